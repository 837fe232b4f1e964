"""A PNG's chunks: damage where the picture is, and none where only its words are."""

from __future__ import annotations

import io
import struct

import pytest

from tests.probe import media
from tests.probe.build import PNG, png_chunk, png_chunks, png_head, png_of
from validator.probe import png
from validator.probe.damage import Damage

_CHUNKS = png_chunks(media.saved(media.noise(16, 16), "PNG"))
_WHOLE = png_of(_CHUNKS)


def _check(data: bytes) -> Damage:
    return png.check(io.BytesIO(data))


def _with_wrong_checksum(name: bytes) -> bytes:
    chunks = [(b"tEXt", b"Title\0x") if each[0] == b"IEND" else each for each in _CHUNKS]
    chunks.append((b"IEND", b""))
    return PNG + b"".join(png_chunk(kind, data, 1 if kind == name else None) for kind, data in chunks)


def test_a_whole_file() -> None:
    assert _check(_WHOLE) == Damage()
    assert _check(_WHOLE + b"junk behind its end") == Damage()


@pytest.mark.parametrize("name", ["IHDR", "IDAT", "IEND"])
def test_a_wrong_checksum_of_the_picture_is_damage(name: str) -> None:
    assert _check(_with_wrong_checksum(name.encode())) == Damage(
        "corrupt", f"wrong checksum in its {name} chunk"
    )


def test_a_wrong_checksum_of_words_is_none() -> None:
    data = _with_wrong_checksum(b"tEXt")
    assert _check(data) == Damage()
    assert media.measured(data).file.integrity == "whole"


@pytest.mark.parametrize("lacking", [1, 6, 11, 12, 13, 15, 17, 300])
def test_a_file_that_is_cut_off(lacking: int) -> None:
    damage = _check(_WHOLE[:-lacking])
    assert damage.integrity == "truncated"
    place = "inside its IEND chunk" if lacking < 5 else "before its IEND chunk"
    place = "inside its IDAT chunk" if lacking > 12 else place
    assert damage.detail == f"the file ends {place}"


def test_a_chunk_longer_than_the_file() -> None:
    data = PNG + png_head(1, 1) + struct.pack(">I", 2**31) + b"IDAT" + bytes(100)
    assert _check(data) == Damage("truncated", "the file ends inside its IDAT chunk")


def test_a_file_of_words_comes_to_an_end() -> None:
    assert _check(PNG + png_chunk(b"teXt") * 1_000_001).integrity == "corrupt"


class TestExif:
    def test_before_and_behind_the_picture(self) -> None:
        head, *rest, end = _CHUNKS
        assert png.exif(io.BytesIO(png_of([head, (b"eXIf", b"front"), *rest, end]))) == b"front"
        assert png.exif(io.BytesIO(png_of([head, *rest, (b"eXIf", b"back"), end]))) == b"back"

    def test_none(self) -> None:
        assert png.exif(io.BytesIO(_WHOLE)) == b""
        assert png.exif(io.BytesIO(_WHOLE[:40])) == b""
        assert png.exif(io.BytesIO(_WHOLE + png_chunk(b"eXIf", b"behind the end"))) == b""
