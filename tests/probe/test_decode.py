"""Decoding all, or only samples of it: damage is found, and none is made up."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.probe import clips, media
from tests.probe.media import never
from validator.errors import Cancelled
from validator.probe.damage import Damage
from validator.probe.decode import CONFIRMED_SECONDS, Decoded, Decoder, strict
from validator.probe.stream import opened


@contextmanager
def _opened(data: bytes) -> Iterator[tuple[Any, Any]]:
    with opened(io.BytesIO(data), "mov") as container:
        stream = container.streams.video[0]
        strict(stream)
        yield container, stream


def _sampled(data: bytes, seconds: float) -> Decoded:
    with _opened(data) as (container, stream):
        return Decoder(container, never).samples(stream, seconds)


def _zeroed(data: bytes, part: float, size: int) -> bytes:
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    at = start + int((end - start - size) * part)
    return data[:at] + bytes(size) + data[at + size :]


def test_all_frames_come_out() -> None:
    with _opened(clips.noisy()) as (container, stream):
        decoded = Decoder(container, never).all([stream])
    assert (decoded.frames, decoded.damage.integrity) == ({0: 96}, "whole")
    assert decoded.first[0].pts == 0


def test_samples_are_the_start_the_middle_and_the_end() -> None:
    assert _sampled(clips.noisy(), 4.0).frames == {0: 3 * 24}


def test_a_visitor_is_shown_the_samples_and_a_glance_at_each_quarter() -> None:
    seen: list[float] = []
    with _opened(clips.noisy()) as (container, stream):
        Decoder(container, never, lambda _, frame: seen.append(frame.time)).samples(stream, 4.0)
    frames = [round(time * 24) for time in seen]
    assert frames == [*range(24), 24, 25, *range(48, 72), 72, 73, *range(72, 96)]


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg2video"])
def test_open_groups_of_pictures_are_no_damage(codec: str) -> None:
    data = clips.open_groups(codec)
    with _opened(data) as (container, stream):
        assert Decoder(container, never).all([stream]).damage.detail == ""
    decoded = _sampled(data, 8.0)
    assert decoded.damage.detail == ""
    assert 48 <= decoded.frames[0] < 192


@pytest.mark.parametrize("part", [0.0, 0.55, 1.0])
def test_samples_find_damage_at_the_start_in_the_middle_and_at_the_end(part: float) -> None:
    assert _sampled(_zeroed(clips.noisy(), part, 2000), 4.0).damage.integrity == "corrupt"


def test_of_a_long_clip_damage_behind_a_seek_stays_a_doubt() -> None:
    with _opened(_zeroed(clips.noisy(), 1.0, 2000)) as (container, stream):
        decoded = Decoder(container, never).samples(stream, CONFIRMED_SECONDS + 1.0)
    assert decoded.damage.integrity == "whole"
    assert decoded.doubt.endswith("which may only refer to what was not read: full depth decides")


def test_samples_pass_over_damage_between_them() -> None:
    assert _sampled(_zeroed(clips.noisy(), 0.35, 2000), 4.0).damage.integrity == "whole"


@pytest.mark.parametrize("slices", [1, 4])
def test_h264_tells_of_little_damage_too(slices: int) -> None:
    options = {"preset": "ultrafast", "qp": "35", "x264-params": f"slices={slices}"}
    data = media.encoded(media.Clip(size=(160, 128), frames=24, noise=True, options=options))
    found = [_damage(_zeroed(data, part / 10, 300)) for part in range(10)]
    assert found.count("corrupt") >= 8


def _damage(data: bytes) -> str:
    with _opened(data) as (container, stream):
        return Decoder(container, never).all([stream]).damage.integrity


def test_a_clip_shorter_than_its_samples() -> None:
    assert _sampled(clips.plain(), 1.0).damage.integrity == "whole"
    assert _sampled(clips.plain(), 0.0).damage.integrity == "whole"


def test_it_stops_when_asked_to() -> None:
    with _opened(clips.plain()) as (container, stream), pytest.raises(Cancelled):
        Decoder(container, lambda: True).samples(stream, 1.0)


def test_the_damage_that_was_met_first_is_told() -> None:
    decoded = Decoded()
    decoded.spoil(Damage("corrupt", "first"))
    decoded.spoil(Damage("truncated", "second"))
    assert decoded.damage.detail == "first"
