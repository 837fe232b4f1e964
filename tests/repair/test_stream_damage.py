"""What is lost of a clip or a sound is missed; of what is whole nothing is."""

from __future__ import annotations

import io
import random
import struct
from pathlib import Path
from typing import Any

import av
import pytest

from tests.probe.media import Clip, encoded
from validator.probe.sniff import sniff
from validator.repair.stream_damage import is_incomplete
from validator.repair.stream_survey import survey_streams

FIXTURES = Path(__file__).parents[2] / "fixtures" / "media"
CLIPS = ("video.webm", "video.mkv", "video.avi", "video.flv", "video.mpg", "video.mts", "video.3gp")
SOUNDS = ("audio.m4a", "audio.flac", "audio.ogg", "audio.opus", "audio.aac")


def problem(data: bytes) -> str:
    file = io.BytesIO(data)
    found = sniff(file)
    assert found.kind is not None
    return survey_streams(file, found.kind, found.format or "", lambda: False).problem


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def with_hole(data: bytes, hole: bytes = b"") -> bytes:
    """The same with a fifth of it, in the middle, never written."""
    middle, length = len(data) // 2, len(data) // 5
    return data[:middle] + (hole or bytes(length)) + data[middle + (len(hole) or length) :]


def sound(format_name: str, codec: str, rate: int = 44_100) -> bytes:
    """Four seconds of noise in any container."""
    file = io.BytesIO()
    noise = random.Random(1).randbytes(2 * 1024)  # noqa: S311 - a pattern, no secret
    with av.open(file, "w", format=format_name) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = 64_000
        for number in range(4 * rate // 1024):
            frame = av.AudioFrame(format="s16", layout="mono", samples=1024)
            frame.planes[0].update(noise)
            frame.rate, frame.pts = rate, number * 1024
            resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate)
            for part in resampler.resample(frame):
                container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


def copied(data: bytes, format_name: str, *, options: dict[str, str] | None = None, later: int = 0) -> bytes:
    """The packets of a clip in another container, `later` by so many seconds."""
    target = io.BytesIO()
    with (
        av.open(io.BytesIO(data), "r") as source,
        av.open(target, "w", format=format_name, options=options or {}) as container,
    ):
        stream: Any = container.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is None or packet.pts is None:
                continue
            shift = int(later / packet.time_base)
            packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
            packet.stream = stream
            container.mux(packet)
    return target.getvalue()


@pytest.mark.parametrize("name", [*CLIPS, *SOUNDS])
def test_a_hole_is_noticed(name: str) -> None:
    assert not problem(fixture(name))
    assert problem(with_hole(fixture(name))).startswith("It is damaged (")


@pytest.mark.parametrize("name", [*CLIPS, *SOUNDS, "audio.aiff"])
def test_an_end_that_is_missing_is_noticed(name: str) -> None:
    data = fixture(name)
    assert problem(data[: len(data) * 6 // 10 + 1]).startswith("It is damaged (")


def test_recordings_that_were_joined_are_called_so() -> None:
    data = fixture("video.mts")
    assert problem(data + data).startswith("It was joined of recordings")


def test_packets_of_a_transport_stream_that_are_missing_may_be_a_joint() -> None:
    data = fixture("video.mts")
    middle = len(data) // 376 * 188
    assert problem(data[:middle] + data[middle + 10 * 188 :]).startswith("There is a jump in its packets")


@pytest.mark.parametrize(
    ("format_name", "codec"),
    [("asf", "wmav2"), ("caf", "alac"), ("au", "pcm_s16be"), ("w64", "pcm_s16le"), ("matroska", "ac3")],
)
def test_sounds_of_which_the_end_is_missing(format_name: str, codec: str) -> None:
    data = sound(format_name, codec)
    assert not problem(data)
    assert problem(data[: len(data) * 6 // 10]).startswith("It is damaged (")


@pytest.mark.parametrize(("format_name", "codec"), [("asf", "wmav2"), ("matroska", "ac3")])
def test_sounds_with_a_hole(format_name: str, codec: str) -> None:
    assert problem(with_hole(sound(format_name, codec))).startswith("It is damaged (")


@pytest.mark.parametrize(("name", "share"), [("audio.opus", 0.8), ("audio.flac", 0.8)])
def test_packets_that_are_left_out_without_a_word_are_missed(name: str, share: float) -> None:
    data = fixture(name)
    noise = random.Random(2).randbytes(int(len(data) * (1 - share)))  # noqa: S311 - a pattern, no secret
    assert problem(with_hole(data, noise)).startswith("It is damaged (")


def test_a_file_whose_header_announces_more_pictures_than_there_are() -> None:
    data = bytearray(fixture("video.avi"))
    at = data.index(b"strh") + 40  # how many there are
    assert struct.unpack_from("<I", data, at) == (72,)
    struct.pack_into("<I", data, at, 96)
    assert "4.00 s announced, 3.00 s are there" in problem(bytes(data))


def test_a_header_that_was_never_finished_announces_nothing() -> None:
    data = bytearray(fixture("video.avi"))
    struct.pack_into("<I", data, data.index(b"strh") + 40, 96)
    struct.pack_into("<I", data, 4, 0xFFFFFFFF)
    assert not problem(bytes(data))


@pytest.mark.parametrize(
    ("format_name", "options", "later"),
    [
        ("matroska", {"live": "1"}, 0),
        ("matroska", {"cluster_time_limit": "100"}, 0),
        ("matroska", {}, 300),
        ("flv", {}, 300),
        ("mpegts", {"mpegts_m2ts_mode": "1"}, 0),
    ],
)
def test_what_is_whole_stays_so_in_any_container(
    format_name: str, options: dict[str, str], later: int
) -> None:
    assert not problem(copied(encoded(Clip(frames=30)), format_name, options=options, later=later))


def test_a_lone_picture_is_shown_for_as_long_as_its_container_says() -> None:
    data = bytearray(copied(encoded(Clip(frames=1)), "matroska"))
    at = data.index(b"\x44\x89\x88") + 3  # its duration, in milliseconds
    struct.pack_into(">d", data, at, 5000.0)
    assert not problem(bytes(data))


@pytest.mark.parametrize(
    ("codec", "content", "is_missed"),
    [
        ("vp9", b"\x82" + bytes(2000) + b"\x01", True),
        ("vp8", b"\x82" + bytes(500) + b"\x01" * 2000, False),
        ("pcm_s16le", bytes(4000), False),
        ("rawvideo", bytes(4000), False),
    ],
)
def test_what_was_never_written_of_a_packet_is_missed_where_it_cannot_be_meant(
    codec: str, content: bytes, is_missed: bool
) -> None:
    assert is_incomplete(av.Packet(content), codec) is is_missed


def test_a_packet_that_its_container_calls_incomplete_is() -> None:
    packet = av.Packet(b"some")
    packet.is_corrupt = True
    assert is_incomplete(packet, "h264")
    assert not is_incomplete(packet, "pcm_s16be")
