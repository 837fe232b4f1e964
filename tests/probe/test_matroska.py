"""Matroska: opened where a profile takes it, and then measured as any clip."""

from __future__ import annotations

import io
import struct
from array import array
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import validator
from tests.probe.media import Clip, encoded, never, video_facts
from validator import Asset, Decoders
from validator.errors import Cancelled
from validator.intake.source import Source
from validator.model import Depth, Facts, FileFacts
from validator.probe import matroska, probe
from validator.probe.matroska_video import probe_matroska
from validator.probe.stream import Timeline
from validator.workers import can_send_files

MKV = frozenset({"mkv"})
MEDIA = Path(__file__).parents[2] / "fixtures" / "media"


@cache
def clip(audio: float = 0, codec: str = "libx264", videos: int = 1) -> bytes:
    return encoded(Clip(format="matroska", frames=24, audio=audio, codec=codec, videos=videos))


def measured(data: bytes, depth: Depth = Depth.STANDARD) -> Facts:
    source = Source(io.BytesIO(data), FileFacts(access="readable", bytes=len(data)))
    return probe(Asset("a.mkv", "a.mkv"), source, depth=depth, taken=MKV)


class TestWhole:
    @pytest.mark.parametrize("depth", list(Depth))
    def test_it_is_measured_like_any_clip(self, depth: Depth) -> None:
        found = measured(clip(), depth)
        facts = video_facts(found)
        assert (found.file.format, facts.width, facts.height, facts.codec) == ("mkv", 64, 48, "h264")
        assert (facts.frames, facts.tracks, facts.codec_support) == (24, "one", "usual")
        assert found.file.integrity == (None if depth is Depth.HEADER else "whole")
        assert facts.duration == facts.claimed_duration == Fraction(1)

    def test_sound_and_tracks(self) -> None:
        assert video_facts(measured(clip(audio=1))).audio_codec == "aac"
        assert video_facts(measured(clip(audio=3))).tracks == "durations-disagree"
        assert video_facts(measured(clip(videos=2))).tracks == "several"

    def test_other_codecs_are_named(self) -> None:
        facts = video_facts(measured(clip(codec="mpeg4")))
        assert (facts.codec, facts.codec_support) == ("mpeg4", "unusual")

    def test_stills_and_sketches_are_kept_as_of_any_clip(self) -> None:
        kept = probe_matroska(io.BytesIO(clip()), Depth.STANDARD, never, stills=True, sketch=True)
        assert kept.stills
        assert kept.sketch is not None

    def test_it_can_be_cancelled(self) -> None:
        with pytest.raises(Cancelled):
            probe_matroska(io.BytesIO(clip()), Depth.STANDARD, lambda: True)

    @pytest.mark.skipif(not can_send_files(), reason="this system has no decoding workers")
    def test_a_worker_says_the_same(self, tmp_path: Path) -> None:
        path = tmp_path / "a.mkv"
        path.write_bytes(clip())
        with Decoders(processes=1) as decoders, path.open("rb") as file:
            source = Source(file, FileFacts(access="readable", bytes=len(clip())))
            facts = probe(Asset("a.mkv", "a.mkv"), source, taken=MKV, decoders=decoders)
        assert facts == measured(clip())


RATES = [Fraction(rate) for rate in ("24", "25", "24000/1001", "30000/1001", "30", "50", "60", "60000/1001")]


def two_seconds(rate: Fraction, **more: Any) -> bytes:
    return encoded(Clip(format="matroska", rate=rate, frames=int(2 * rate), **more))


class TestClock:
    """Its clock counts milliseconds: frames are rounded to them, and the header says from what."""

    @pytest.mark.parametrize("rate", RATES, ids=str)
    def test_a_rate_is_exact_and_so_is_a_duration(self, rate: Fraction) -> None:
        facts = video_facts(measured(two_seconds(rate)))
        assert (facts.frame_rate, facts.frame_rate_min, facts.frame_rate_max) == (rate, rate, rate)
        assert (facts.frame_rate_mode, facts.duration) == ("constant", int(2 * rate) / rate)

    @pytest.mark.parametrize("rate", RATES, ids=str)
    def test_ffmpeg_reads_the_same_rate_from_the_header(self, rate: Fraction) -> None:
        with av.open(io.BytesIO(two_seconds(rate)), format="matroska") as container:
            theirs = container.streams.video[0].average_rate
        ours = video_facts(measured(two_seconds(rate))).frame_rate
        assert theirs is not None
        assert ours is not None
        assert abs(theirs - ours) < Fraction(1, 1000)

    @pytest.mark.parametrize("rate", [Fraction(24), Fraction(60)], ids=str)
    def test_on_a_bound_it_is_judged_like_an_mp4(self, rate: Fraction, tmp_path: Path) -> None:
        (tmp_path / "a.mkv").write_bytes(two_seconds(rate))
        own = tmp_path / "own.toml"
        own.write_text(
            '[profile]\nname = "own"\ntitle = "Own"\nchecked = 2026-11-23\nsource = "us"\n'
            'extends = "seedance-2.0"\n[[change]]\ncode = "VID001"\none_of = ["mkv"]\n'
        )
        config = validator.Config(profile=str(own), select=("VID001", "VID002", "VID006"))
        assert validator.lint(tmp_path / "a.mkv", config).assets[0].findings == ()

    def test_what_the_times_do_not_agree_with_is_not_believed(self) -> None:
        late = [0, 42, 83, 125, 260, 300]
        clip = Clip(format="matroska", frames=len(late), times=late, timescale=1000)
        facts = video_facts(measured(encoded(clip)))
        assert facts.frame_rate_mode == "variable"
        assert facts.frame_rate is not None
        assert facts.frame_rate < 20

    def test_sound_before_the_beginning_is_not_heard(self) -> None:
        facts = video_facts(measured(two_seconds(Fraction(25), audio=2)))
        assert facts.audio_duration is not None
        assert 2 <= facts.audio_duration <= 2 + Fraction(1024, 16_000), "whole packets"

    @pytest.mark.parametrize(
        ("nanoseconds", "frame"),
        [
            (41_666_666, Fraction(1, 24)),
            (41_666_667, Fraction(1, 24)),
            (41_708_333, Fraction(1001, 24000)),
            (33_366_667, Fraction(1001, 30000)),
            (16_683_333, Fraction(1001, 60000)),
            (40_000_000, Fraction(1, 25)),
            (41_700_001, Fraction(41_700_001, 10**9)),
            (10**12, Fraction(1000)),
            (0, None),
        ],
    )
    def test_a_frame_is_what_it_was_rounded_from(self, nanoseconds: int, frame: Fraction | None) -> None:
        assert matroska.frame_of(nanoseconds) == frame

    @given(st.integers(1, 2**63), st.integers(1, 10**9), st.lists(st.integers(-(2**40), 2**40), max_size=4))
    def test_any_header_and_any_times_make_a_timeline(self, said: int, scale: int, times: list[int]) -> None:
        timeline = Timeline(Fraction(scale, 10**9), array("q", times), end=max(times, default=None))
        frame = matroska.frame_of(said)
        assert frame is not None
        exact = timeline.evenly(frame)
        assert len(exact.times) == len(times)
        for ours, theirs in zip(exact.times, sorted(times) if exact is not timeline else times, strict=True):
            assert abs(exact.seconds(ours) - timeline.seconds(theirs)) <= timeline.time_base


class TestDamage:
    @pytest.mark.parametrize("share", [0.3, 0.5, 0.9, 0.99])
    def test_a_file_that_ends_too_early_is_truncated(self, share: float) -> None:
        data = clip()[: int(len(clip()) * share)]
        found = measured(data)
        assert found.file.integrity == "truncated"
        assert f"the file has {len(data):,}" in (found.file.integrity_detail or "")

    def test_pictures_that_cannot_be_decoded_are_damage(self) -> None:
        data = bytearray(clip())
        begin = data.index(b"\x1f\x43\xb6\x75") + 200
        data[begin:-200] = bytes(len(data) - begin - 200)
        assert measured(bytes(data)).file.integrity in ("corrupt", "truncated", "without-content")

    def test_a_header_alone_is_no_clip(self) -> None:
        found = matroska.read(io.BytesIO(clip()[:30]))
        assert found.damage.integrity == "truncated"

    def test_a_length_of_less_than_a_nanosecond_is_none(self) -> None:
        data = bytearray(clip())
        at = data.index(b"\x44\x89\x88") + 3
        data[at : at + 8] = struct.pack(">d", 1e-9)
        assert matroska.read(io.BytesIO(bytes(data))).claimed_duration is None

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_no_bytes_make_it_fail(self, data: st.DataObject) -> None:
        spoilt = bytearray(clip())
        for _ in range(data.draw(st.integers(1, 8))):
            place = data.draw(st.integers(4, 1000))
            spoilt[place % len(spoilt)] = data.draw(st.integers(0, 255))
        found = matroska.read(io.BytesIO(bytes(spoilt)))
        assert found.claimed_duration is None or found.claimed_duration > 0


def element(number: int, content: bytes, size: int | None = None) -> bytes:
    """An element; `size` in place of the true one, and -1 for one that is left open."""
    length = len(content) if size is None else size
    written = b"\xff" if length == -1 else (length | 1 << 56).to_bytes(8)
    return number.to_bytes((number.bit_length() + 7) // 8) + written + content


HEADER = element(0x1A45DFA3, element(0x4282, b"matroska"))


def read(*segment: bytes, size: int | None = None) -> matroska.Matroska:
    return matroska.read(io.BytesIO(HEADER + element(0x18538067, b"".join(segment), size)))


class TestHeaders:
    def test_the_duration_is_in_ticks_of_the_files_own_clock(self) -> None:
        ticks = element(0x4489, b"\x40\xa7\x70\x00\x00\x00\x00\x00")  # 3000.0
        assert read(element(0x1549A966, ticks)).claimed_duration == 3
        scale = element(0x2AD7B1, (2_000_000).to_bytes(3))
        assert read(element(0x1549A966, scale + ticks)).claimed_duration == 6

    @pytest.mark.parametrize(
        "ticks", [b"\x7f\xf0" + bytes(6), b"\x7f\xf8" + bytes(6), bytes(8), b"\xc0" + bytes(7), b"\1"]
    )
    def test_a_duration_that_is_none_is_not_taken(self, ticks: bytes) -> None:
        assert read(element(0x1549A966, element(0x4489, ticks))).claimed_duration is None

    def test_what_is_live_leaves_its_ends_open(self) -> None:
        cluster = element(0x1F43B675, b"pictures", -1)
        assert read(cluster, size=-1).damage.integrity == "whole"
        assert read(size=-1).damage.integrity == "whole"

    def test_a_segment_that_announces_more_than_there_is(self) -> None:
        assert read(size=1000).damage.detail.startswith("1,0")
        assert (
            read(element(0x1549A966, b"", 500), size=-1).damage.detail == "the file ends inside its headers"
        )

    def test_an_encrypted_track_is_found(self) -> None:
        def tracks(inner: bytes) -> bytes:
            return element(0x1654AE6B, element(0xAE, element(0x6D80, element(0x6240, inner))))

        assert read(tracks(element(0x5035, b""))).encrypted
        assert not read(tracks(element(0x5034, b""))).encrypted
        assert not read(element(0x1654AE6B, element(0xAE, b""))).encrypted

    def test_elements_without_end_are_not_counted_for_ever(self) -> None:
        assert read(*[element(0xEC, b"")] * 20_000).damage.integrity == "whole"

    @given(st.binary(max_size=200))
    def test_any_bytes_can_be_read(self, data: bytes) -> None:
        matroska.read(io.BytesIO(data))
        matroska.read(io.BytesIO(HEADER + b"\x18\x53\x80\x67\xff" + data))


def test_it_is_opened_for_those_alone_who_take_it() -> None:
    path = MEDIA / "video.mkv"

    def lint(*profiles: str) -> validator.AssetReport:
        config = validator.Config(profile=profiles[0], further_profiles=profiles[1:], ignore=("POR", "GRP"))
        return validator.lint(path, config).assets[0]

    assert lint("seedance-2.0").facts.media is None
    judged = (("ltx", validator.Verdict.PASS), ("seedance-2.0", validator.Verdict.FAIL))
    assert lint("ltx", "seedance-2.0").verdicts == judged
    assert video_facts(lint("seedance-2.0", "ltx").facts).codec == "h264"
