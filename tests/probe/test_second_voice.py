"""Pictures that Pillow refuses: another decoder's word, or none at all."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest

from tests.probe.media import image_facts, measured, noise, saved, told
from validator.model import Depth
from validator.probe.second_voice import announced_size, decoded_size


def _bitfields(masks: tuple[int, int, int], width: int = 4, height: int = 2) -> bytes:
    """A 32-bit BMP whose colours lie in bits of one's own choice."""
    head = struct.pack("<IiiHHIIiiII", 40, width, -height, 1, 32, 3, 0, 0, 0, 0, 0)
    pixels = struct.pack("<III", *masks) + bytes(4 * width * height)
    return b"BM" + struct.pack("<IHHI", 14 + len(head) + len(pixels), 0, 0, 66) + head + pixels


_UNKNOWN = _bitfields((0x0FF0, 0xF000, 0xF0000))


def _with_wrong_text(data: bytes) -> bytes:
    """A PNG with a text chunk whose checksum is wrong: no pixel is concerned, and Pillow refuses it."""
    chunk = b"tEXt" + b"a\0b"
    return data[:33] + struct.pack(">I", 3) + chunk + struct.pack(">I", zlib.crc32(chunk) ^ 1) + data[33:]


def test_a_whole_picture_that_only_pillow_refuses_is_whole() -> None:
    found = measured(_with_wrong_text(saved(noise(64, 48), "PNG")))
    assert found.file.integrity == "whole"
    assert told(image_facts(found), "width", "height", "frames", "pixels") == (64, 48, 1, 64 * 48)


def test_a_picture_that_is_damaged_too_is_damaged() -> None:
    data = _with_wrong_text(saved(noise(64, 48), "PNG"))
    assert measured(data[: len(data) // 2]).file.integrity in ("truncated", "corrupt")


@pytest.mark.parametrize("depth", [Depth.STANDARD, Depth.FULL])
def test_a_variant_that_no_decoder_knows_is_not_judged(depth: Depth) -> None:
    found = measured(_UNKNOWN, depth=depth)
    assert found.file.integrity is None
    assert found.why_unmeasured("integrity") == (
        "no decoder here knows this variant of bmp (Unsupported BMP bitfields layout)"
    )
    assert told(image_facts(found), "width", "height") == (4, 2)  # which its header says


def test_a_look_at_headers_alone_asks_no_decoder() -> None:
    data = _with_wrong_text(saved(noise(64, 48), "PNG"))
    found = measured(data, depth=Depth.HEADER)
    assert found.file.integrity is None  # neither whole nor broken: nobody knows yet
    assert found.why_unmeasured("integrity").endswith("and no other was asked to read its pixels")
    assert told(image_facts(found), "width", "height") == (64, 48)


@pytest.mark.parametrize(("name", "format_name"), [("PNG", "png"), ("BMP", "bmp"), ("TIFF", "tiff")])
def test_the_size_as_decoded_and_as_announced(name: str, format_name: str) -> None:
    file = io.BytesIO(saved(noise(64, 48), name))
    assert decoded_size(file, format_name) == announced_size(file, format_name) == (64, 48)


@pytest.mark.parametrize("format_name", ["png", "bmp", "tiff"])
def test_of_nothing_there_is_no_size(format_name: str) -> None:
    assert decoded_size(io.BytesIO(b""), format_name) is None
    assert announced_size(io.BytesIO(b""), format_name) is None


def test_other_formats_have_one_voice() -> None:
    file = io.BytesIO(saved(noise(64, 48), "WEBP"))
    assert (decoded_size(file, "webp"), announced_size(file, "webp")) == (None, None)


def test_what_would_fill_the_memory_is_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "padded.bmp"
    path.write_bytes(saved(noise(64, 48), "BMP"))
    with path.open("r+b") as file:
        file.truncate(200_000_001)  # sparse: it takes no room
        assert decoded_size(file, "bmp") is None
