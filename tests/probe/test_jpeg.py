"""A JPEG's data: the strict second voice."""

from __future__ import annotations

import io
import random
from typing import Any, BinaryIO

import pytest

from tests.probe import media
from tests.probe.media import measured
from validator.model import Depth
from validator.probe import jpeg
from validator.probe.damage import Damage
from validator.probe.image import probe_image
from validator.probe.image_open import open_image

_BASELINE = media.saved(media.noise(64, 64), "JPEG")
_PROGRESSIVE = media.saved(media.noise(64, 64), "JPEG", progressive=True)


def _check(data: bytes) -> Damage:
    return jpeg.check(io.BytesIO(data))


@pytest.mark.parametrize(
    "data",
    [
        _BASELINE,
        _PROGRESSIVE,
        media.saved(media.noise(64, 64, "L"), "JPEG"),
        media.saved(media.noise(64, 64, "CMYK"), "JPEG"),
        media.saved(media.noise(33, 17), "JPEG", subsampling=2, optimize=True),
        media.saved(media.noise(33, 17), "JPEG", subsampling=1),
        media.saved(media.noise(64, 64), "JPEG", restart_marker_blocks=2),
        media.saved(media.noise(1, 1), "JPEG"),
        media.saved(media.noise(64, 64), "JPEG", comment=b"c" * 60_000),
        _BASELINE + b"junk behind its end" * 100,
        _BASELINE + _PROGRESSIVE,
    ],
)
def test_whole_files_are_whole(data: bytes) -> None:
    assert _check(data) == Damage()
    assert measured(data).file.integrity == "whole"


@pytest.mark.parametrize("data", [_BASELINE, _PROGRESSIVE], ids=["baseline", "progressive"])
@pytest.mark.parametrize("part", [0.4, 0.6, 0.8])
@pytest.mark.parametrize("fill", [b"\xff", b"\xff\x99"])
def test_damage_in_the_middle(data: bytes, part: float, fill: bytes) -> None:
    at = int(len(data) * part)
    found = measured(data[:at] + (fill * 100)[:100] + data[at + 100 :])
    assert found.file.integrity == "corrupt"


@pytest.mark.parametrize("data", [_BASELINE, _PROGRESSIVE], ids=["baseline", "progressive"])
@pytest.mark.parametrize("part", [0.5, 0.99])
def test_a_file_that_is_cut_off(data: bytes, part: float) -> None:
    assert measured(data[: int(len(data) * part)]).file.integrity == "truncated"


def test_a_file_without_its_end_marker() -> None:
    assert measured(_BASELINE[:-2]).file.integrity == "truncated"


@pytest.mark.parametrize("marker", [0xC3, 0xC9])  # lossless, arithmetic
def test_of_what_ffmpeg_cannot_decode_nothing_is_said(marker: int) -> None:
    assert _check(_BASELINE.replace(b"\xff\xc0", bytes((0xFF, marker)))) == Damage()


def test_fill_bytes_before_a_marker() -> None:
    at = _BASELINE.index(b"\xff\xdb")
    assert _check(_BASELINE[:at] + b"\xff\xff\xff" + _BASELINE[at:]) == Damage()
    assert measured(_BASELINE[:at] + b"\xff\xff\xff" + _BASELINE[at:]).file.integrity == "whole"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8junk",
        b"\xff\xd8" + b"\xff\xe0\0\2" * 10_001,
    ],
)
def test_without_a_frame_nothing_is_said(data: bytes) -> None:
    assert _check(data) == Damage()


class _Watched:
    """A picture as Pillow opens it, and how often it was decoded."""

    def __init__(self, image: Any, decoded: list[str]) -> None:
        self._image = image
        self._decoded = decoded

    def __getattr__(self, name: str) -> Any:
        return getattr(self._image, name)

    def __enter__(self) -> _Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self._image.close()

    def load(self) -> Any:
        self._decoded.append("load")
        return self._image.load()


def _decoded_by_pillow(data: bytes, *, stills: bool = False, sketch: bool = False) -> bool:
    decoded: list[str] = []

    def opened(file: BinaryIO, format_name: str) -> Any:
        return _Watched(open_image(file, format_name), decoded)

    probe_image(
        io.BytesIO(data),
        "jpeg",
        Depth.STANDARD,
        media.never,
        open_picture=opened,
        stills=stills,
        sketch=sketch,
    )
    return bool(decoded)


_PLAIN = [
    _BASELINE,
    _PROGRESSIVE,
    media.saved(media.noise(33, 17, "L"), "JPEG", optimize=True),
    media.saved(media.noise(33, 17, "CMYK"), "JPEG"),
    media.saved(media.noise(33, 17), "JPEG", subsampling=1, progressive=True, restart_marker_blocks=2),
]


class TestPlainOnes:
    @pytest.mark.parametrize("data", [*_PLAIN, _BASELINE + b"junk behind its end"])
    def test_pillow_decodes_nothing_of_what_is_certain(self, data: bytes) -> None:
        assert not _decoded_by_pillow(data)
        assert measured(data).file.integrity == "whole"

    @pytest.mark.parametrize("wanted", ["stills", "sketch"])
    def test_where_pixels_are_wanted_it_does(self, wanted: str) -> None:
        assert _decoded_by_pillow(_BASELINE, **{wanted: True})

    @pytest.mark.parametrize("data", [_BASELINE[:-2], _BASELINE.replace(b"\xff\xdb", b"\xff\xe3", 1)])
    def test_where_it_is_not_certain_it_does(self, data: bytes) -> None:
        assert _decoded_by_pillow(data)

    @pytest.mark.parametrize("seed", range(20))
    def test_what_is_certain_can_be_read_by_pillow(self, seed: int) -> None:
        """Of the headers, since FFmpeg says what it thinks of the data."""
        random_ = random.Random(seed)  # noqa: S311 - a pattern, no secret
        certain = 0
        for _ in range(100):
            data = bytearray(random_.choice(_PLAIN))
            end = data.index(b"\xff\xda") + 14
            data[random_.randrange(2, end)] ^= 1 << random_.randrange(8)
            if not jpeg.is_whole(io.BytesIO(data)):
                continue
            certain += 1
            with open_image(io.BytesIO(data), "jpeg") as image:
                image.load()
        assert certain
