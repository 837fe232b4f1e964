"""Demuxing: one demuxer by name, no other file, and packets counted as they are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest

from tests.probe import build, clips
from tests.probe.media import never
from validator.errors import Cancelled
from validator.probe.stream import Timeline, decoder_damage, demuxed, opened


@dataclass
class _Packet:
    pts: int | None = None
    dts: int | None = None
    duration: int | None = 1
    size: int = 1
    is_corrupt: bool = False
    is_discard: bool = False


def _timeline(*packets: Any) -> Timeline:
    timeline = Timeline(Fraction(1, 10))
    for packet in packets:
        timeline.add(packet)
    return timeline


def test_packets_become_times() -> None:
    timeline = _timeline(_Packet(2), _Packet(0), _Packet(1, duration=3))
    assert [timeline.first, timeline.last, timeline.total] == [0, Fraction(4, 10), Fraction(5, 10)]
    assert (timeline.packets, timeline.last_duration) == (3, 3)


def test_what_an_edit_list_cuts_away_does_not_count() -> None:
    timeline = _timeline(_Packet(0, is_discard=True), _Packet(5))
    assert (timeline.packets, timeline.first) == (1, Fraction(1, 2))


def test_packets_without_times() -> None:
    timeline = _timeline(_Packet(None, dts=7, duration=None), _Packet(None))
    assert (timeline.untimed, timeline.first, timeline.last) == (1, Fraction(7, 10), Fraction(7, 10))
    assert (_timeline().first, _timeline().last) == (None, None)
    assert _timeline().total == 0


def test_damaged_packets_are_counted_even_where_they_are_cut_away() -> None:
    assert _timeline(_Packet(0, is_corrupt=True, is_discard=True), _Packet(1)).damaged == 1


def test_a_demuxer_that_is_not_named_does_not_read_it() -> None:
    with pytest.raises(av.error.FFmpegError), opened(io.BytesIO(build.wav(bytes(100))), "mov"):
        pass


def test_a_file_that_names_another_file_opens_nothing(tmp_path: Path) -> None:
    other = tmp_path / "secret.mp4"
    other.write_bytes(clips.plain())
    alias = build.full_box(b"alis", bytes(10) + str(other).encode())
    reference = build.box(b"dinf", build.full_box(b"dref", b"\0\0\0\1", alias))

    def elsewhere(body: bytes) -> bytes:
        return body + reference

    data = build.rewritten(clips.plain(), (b"moov", b"trak", b"mdia", b"minf", b"dinf"), lambda _: None)
    data = build.rewritten(data, (b"moov", b"trak", b"mdia", b"minf"), elsewhere)
    with opened(io.BytesIO(data), "mov") as container:
        assert len(list(demuxed(container, [container.streams.video[0]], never))) <= 24


def test_the_packet_that_flushes_is_left_out() -> None:
    with opened(io.BytesIO(clips.plain()), "mov") as container:
        assert all(packet.size for packet in demuxed(container, [container.streams.video[0]], never))


def test_it_stops_when_asked_to() -> None:
    with opened(io.BytesIO(clips.plain()), "mov") as container, pytest.raises(Cancelled):
        list(demuxed(container, [container.streams.video[0]], lambda: True))


def test_errors_are_told_without_the_name_of_the_file_object() -> None:
    error = av.error.InvalidDataError(1, "Invalid data found", "<_io.BytesIO object at 0x7f>")
    damage = decoder_damage(error, "reading")
    assert (damage.integrity, damage.detail) == ("corrupt", "reading: Invalid data found")
    entry: Any = (16, "mov", " moov atom not found \n")
    logged = av.error.InvalidDataError(1, "Invalid data found", "x", entry)
    assert decoder_damage(logged, "header").detail == "header: Invalid data found (moov atom not found)"
    assert decoder_damage(av.error.EOFError(1, "End of file", "x"), "reading").integrity == "truncated"
    assert decoder_damage(ValueError(), "reading").detail == "reading: ValueError"


def test_a_stream_that_turns_up_on_the_way_ends_nothing_with_an_error() -> None:
    class Container:
        """As PyAV's, whose own list of streams is too short for what it flushes at the end."""

        def demux(self, *_streams: object) -> Iterator[SimpleNamespace]:
            yield SimpleNamespace(size=1)
            raise IndexError

    container: Any = Container()
    assert [packet.size for packet in demuxed(container, [object()], never)] == [1]
