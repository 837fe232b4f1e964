"""A JPEG's data: the strict second voice."""

from __future__ import annotations

import io

import pytest

from tests.probe import media
from tests.probe.media import measured
from validator.probe import jpeg
from validator.probe.damage import Damage

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
