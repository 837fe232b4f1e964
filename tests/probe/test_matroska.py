"""Matroska: opened where a profile takes it, and then measured as any clip."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache
from pathlib import Path

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
        # Its clock counts milliseconds.
        assert facts.duration is not None
        assert abs(facts.duration - 1) < Fraction(1, 100)
        assert facts.claimed_duration is not None
        assert abs(facts.claimed_duration - facts.duration) < Fraction(1, 100)

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
            facts = probe(Asset("a.mkv", "a.mkv"), source, taken=MKV, measure=decoders.measure)
        assert facts == measured(clip())


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
    assert lint("ltx", "seedance-2.0").verdicts[0][1] is validator.Verdict.PASS
    assert video_facts(lint("seedance-2.0", "ltx").facts).codec == "h264"
