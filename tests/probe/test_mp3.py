"""An MP3's claims, and where it really ends."""

from __future__ import annotations

import io
import struct
from array import array
from fractions import Fraction
from functools import cache

import pytest

from tests.probe import media
from tests.probe.media import audio_facts, measured, told
from validator.model import Depth
from validator.probe.mp3 import Tail, claimed_duration


@cache
def _plain() -> bytes:
    """Three seconds and the encoder's padding: 116 frames of 1,152 samples."""
    return media.mp3(3)


_LENGTH = Fraction(116 * 1152, 44_100)


@cache
def _with_xing() -> bytes:
    return media.mp3(3, options={"q": "4"}, container={"write_xing": "1"})


def _frames_claimed(count: int) -> bytes:
    data = _with_xing()
    at = data.index(b"Xing" if b"Xing" in data else b"Info") + 8
    return data[:at] + struct.pack(">I", count) + data[at + 4 :]


def _id3(size: int) -> bytes:
    return b"ID3\x04\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + bytes(size)


@pytest.mark.parametrize(
    "data",
    [
        _plain(),
        _with_xing(),
        media.mp3(3, options={"q": "4"}),
        _id3(5_000_000) + _plain(),
        _plain() + b"TAG" + b"x" * 125,
        _plain() + b"APETAGEX" + struct.pack("<IIII", 2000, 32, 0, 0) + bytes(8),
        b"hello junk" * 100 + _plain(),
        bytes(1000) + _plain(),
        _plain() + b"junk" * 300,
        _plain() + bytes(3000),
        _plain() + b"\xff",
    ],
    ids=[
        "constant",
        "with Xing",
        "variable",
        "ID3v2",
        "ID3v1",
        "APE",
        "junk",
        "zeros",
        "junk behind",
        "zeros behind",
        "a byte behind",
    ],
)
@pytest.mark.parametrize("depth", list(Depth))
def test_tags_and_junk_at_both_ends_do_not_count(data: bytes, depth: Depth) -> None:
    found = measured(data, "some.mp3", depth=depth)
    assert audio_facts(found).duration == _LENGTH
    assert found.file.integrity == (None if depth is Depth.HEADER else "whole"), found.file.integrity_detail
    assert told(audio_facts(found), "codec", "encoding", "bit_depth") == ("mp3", "usual", None)


@pytest.mark.parametrize(
    ("rate", "layout", "encoding"),
    [
        (44_100, "stereo", "usual"),
        (48_000, "mono", "usual"),
        (22_050, "mono", "usual"),
        (16_000, "stereo", "usual"),
        (11_025, "mono", "unusual-rate"),
        (8_000, "mono", "usual"),
    ],
)
def test_every_version_of_mpeg(rate: int, layout: str, encoding: str) -> None:
    found = measured(media.mp3(2, rate=rate, layout=layout))
    facts = audio_facts(found)
    channels = 2 if layout == "stereo" else 1
    assert told(facts, "sample_rate", "channels", "encoding") == (rate, channels, encoding)
    assert facts.duration is not None
    assert 2 <= facts.duration < Fraction(9, 4)
    assert (found.file.format, found.file.integrity) == ("mp3", "whole")


@pytest.mark.parametrize(("frames", "agreement"), [(5000, "disagrees"), (10, "disagrees"), (115, "agrees")])
def test_a_header_that_lies_is_told_and_not_believed(frames: int, agreement: str) -> None:
    facts = audio_facts(measured(_frames_claimed(frames)))
    assert told(facts, "duration", "header_agreement") == (_LENGTH, agreement)
    assert facts.claimed_duration is not None
    assert abs(facts.claimed_duration - Fraction(frames * 1152, 44_100)) < Fraction(1, 20)


@pytest.mark.parametrize("lacking", [1, 30, 100])
@pytest.mark.parametrize("depth", list(Depth))
def test_a_last_frame_that_is_cut_off_is_played_all_the_same(lacking: int, depth: Depth) -> None:
    found = measured(_plain()[:-lacking], depth=depth)
    assert found.file.integrity == (None if depth is Depth.HEADER else "whole")
    assert audio_facts(found).duration == _LENGTH


def test_junk_between_frames_is_damage() -> None:
    data = _plain()
    found = measured(data[:5000] + bytes(1000) + data[6000:])
    assert found.file.integrity == "corrupt"
    assert (found.file.integrity_detail or "").startswith("audio at 1.2")


def test_a_tag_without_a_sound() -> None:
    found = measured(_id3(100))
    assert (found.file.format, found.file.integrity) == ("mp3", "corrupt")


def test_two_files_in_one_are_measured_as_they_are() -> None:
    found = measured(media.mp3(1, rate=44_100) + media.mp3(1, rate=22_050, layout="stereo"))
    assert found.file.integrity == "whole"
    assert audio_facts(found).level == "audible"


def test_silence_and_a_square_wave() -> None:
    quiet = media.mp3(samples=array("f", [0.0] * 44_100))
    assert audio_facts(measured(quiet)).level == "silent"
    loud = media.mp3(samples=array("f", ([0.999] * 50 + [-0.999] * 50) * 441), options={"b": "320000"})
    assert audio_facts(measured(loud)).level == "clipped"


def test_what_mutagen_cannot_read_claims_nothing() -> None:
    assert claimed_duration(io.BytesIO(b"")) is None
    assert claimed_duration(io.BytesIO(b"\xff\xfb\x90\x64")) is None
    assert claimed_duration(io.BytesIO(_id3(100))) is None


class _Packet(bytes):
    @property
    def size(self) -> int:
        return len(self)


def test_junk_counts_once_a_frame_follows() -> None:
    tail = Tail()
    frame, junk = _Packet(b"\xff\xfb\x90\x64".ljust(417, b"\0")), _Packet(b"junk")
    assert list(tail.counted(frame)) == [frame]
    assert list(tail.counted(junk)) == []
    assert tail.junk == [junk]
    assert list(tail.counted(frame)) == [junk, frame]
    assert tail.junk == []
