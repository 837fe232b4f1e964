"""Picture sizes, read from parameter sets without any decoder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probe import build, clips
from tests.probe.media import Clip, encoded
from tests.probe.parameters import avc_record, golomb, h264_unit
from validator.probe.parameter_sets import sizes

_FLAT = golomb(1) + golomb(0) * 2 + "0" + "0"
_LISTS = golomb(3) + "0" + golomb(0) * 2 + "0" + "1" + "1" + golomb(16) + "0" * 11


def _announced(data: bytes, kind: bytes) -> list[tuple[int, int]]:
    at = data.index(kind)
    return list(sizes(kind, data[at + 4 : at - 4 + int.from_bytes(data[at - 4 : at], "big")]))


@pytest.mark.parametrize("options", [clips.X264, {"preset": "medium"}, {"x264-params": "interlaced=1"}])
@pytest.mark.parametrize("pixels", ["yuv420p", "yuv444p", "yuv420p10le"])
def test_what_x264_writes(options: dict[str, str], pixels: str) -> None:
    data = encoded(Clip(frames=2, size=(640, 480), options=options, pixels=pixels))
    assert _announced(data, b"avcC") == [(640, 480)]


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv444p"])
def test_what_x265_writes(pixels: str) -> None:
    clip = Clip(frames=2, size=(320, 240), codec="libx265", options=clips.X265, pixels=pixels)
    assert _announced(encoded(clip), b"hvcC") == [(320, 240)]


@pytest.mark.parametrize(
    "unit",
    [
        h264_unit(16384, 8192),
        h264_unit(16384, 8192, order=0),
        h264_unit(16384, 8192, order=1),
        h264_unit(16384, 8192, high=_FLAT),
        h264_unit(16384, 8192, high=_LISTS),
    ],
)
def test_every_field_before_the_size_is_passed(unit: bytes) -> None:
    assert list(sizes(b"avcC", avc_record(h264_unit(64, 48), unit))) == [(64, 48), (16384, 8192)]


@given(st.sampled_from([b"avcC", b"hvcC", b"av1C"]), st.binary(max_size=300))
def test_any_bytes_can_be_read(kind: bytes, record: bytes) -> None:
    for width, height in sizes(kind, record):
        assert width * height >= 0


def test_a_box_of_endless_promises_costs_nothing() -> None:
    assert len(list(sizes(b"hvcC", b"\xff" * 100_000))) == 0
    assert len(list(sizes(b"avcC", b"\xff" * 100_000))) == 31
    assert build.box(b"hvcC")
