"""Rows 64 to 70, 74 and 75: clips whose headers say one thing and whose packets say another."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from functools import cache

import pytest
from PIL import Image

from fixtures.clips import ENCRYPTED
from fixtures.encode import Picture, Sound, encode
from tests.hostile.boxes import TABLE, TRACK, edited, in_header, in_movie, with_table
from tests.hostile.judging import Judge, decoders, judge
from tests.hostile.lint import codes, words
from tests.nobody import PEOPLE
from tests.probe import build, clips, media
from tests.probe.build import box, full_box, rewritten
from tests.probe.clips import X264
from tests.probe.media import Clip, encoded, never
from validator import AssetReport, Config, Depth, Limits, Verdict
from validator.probe.still import LONG_SIDE
from validator.probe.video import probe_video

__all__ = ["decoders", "judge"]

_OBSERVED = Config(ignore=PEOPLE, limits=Limits.OBSERVED)
_HUGE = 2**63
_WIDE = Clip(context={"sample_aspect_ratio": Fraction(4, 3)})


def _values(result: AssetReport, *names: str) -> tuple[object, ...]:
    return tuple(result.facts.values().get(name) for name in names)


def _short(duration: int) -> bytes:
    """Where a movie or media header of version 0 has its duration."""
    return struct.pack(">I", duration)


def _long_header(body: bytes) -> bytes:
    """A header of version 1, in which everything lasts for ages."""
    return b"\1\0\0\0" + bytes(16) + body[12:16] + struct.pack(">Q", _HUGE) + body[20:]


class TestDurations:
    @pytest.mark.parametrize("kind", [b"mvhd", b"mdhd"])
    @pytest.mark.parametrize("claimed", [0, 1, 2**32 - 1, 2**31])
    def test_row_64_durations_of_nothing_and_of_ages_are_not_believed(
        self, kind: bytes, claimed: int, judge: Judge
    ) -> None:
        data = in_header(kind, lambda body: body[:16] + _short(claimed) + body[20:])
        assert _values(judge(data, "a.mp4"), "duration", "frames", "frame_rate") == (1, 24, 24)

    @pytest.mark.parametrize("kind", [b"mvhd", b"mdhd"])
    def test_row_64_a_duration_of_64_bits(self, kind: bytes, judge: Judge) -> None:
        result = judge(in_header(kind, _long_header), "a.mp4")
        assert _values(result, "duration", "frames", "integrity") == (1, 24, "whole")
        if kind == b"mvhd":
            assert "header 9223372036854776.00 s, measured 1.00 s" in words(result)

    @pytest.mark.parametrize("kind", [b"mvhd", b"mdhd"])
    def test_row_64_a_header_that_is_missing(self, kind: bytes, judge: Judge) -> None:
        result = judge(in_header(kind, lambda _: None), "a.mp4")
        assert result.verdict is Verdict.FAIL
        assert codes(result) & {"FIL005", "VID002"}

    def test_row_64_a_time_scale_of_0(self, judge: Judge) -> None:
        movie = in_header(b"mvhd", lambda body: body[:12] + bytes(4) + body[16:])
        assert _values(judge(movie, "a.mp4"), "duration", "claimed_duration", "frames") == (1, None, 24)
        track = in_header(b"mdhd", lambda body: body[:12] + bytes(4) + body[16:])
        assert "VID006" in codes(judge(track, "a.mp4"))  # a tick of which nobody knows the length

    @pytest.mark.parametrize("scale", [1, 2**32 - 1])
    def test_row_64_a_time_scale_at_its_bounds(self, scale: int, judge: Judge) -> None:
        data = in_header(b"mdhd", lambda body: body[:12] + struct.pack(">I", scale) + body[16:])
        assert codes(judge(data, "a.mp4")) >= {"VID002", "VID006"}

    @pytest.mark.parametrize(
        ("data", "duration"),
        [
            (edited(struct.pack(">Iii", 1000, -5, 1 << 16)), 1),
            (edited(struct.pack(">Iii", 2**32 - 1, 0, 1 << 16)), 1),
            (edited(struct.pack(">IiI", 4000, -1, 1 << 16), struct.pack(">IiI", 1000, 0, 1 << 16)), 5),
            (with_table(b"stts", struct.pack(">IIII", 0, 1, 24, 0)), 1),
            (with_table(b"stts", struct.pack(">II", 0, 1_000) + struct.pack(">II", 1, 512) * 1_000), 1),
        ],
        ids=["negative", "too long", "empty in front", "frames without length", "too many times"],
    )
    def test_row_64_edits_and_times_that_make_no_sense(
        self, data: bytes, duration: int, judge: Judge
    ) -> None:
        result = judge(data, "a.mp4")
        assert _values(result, "duration") == (duration,)
        assert (result.verdict, "VID002" in codes(result)) == (Verdict.FAIL, duration < 2)

    @pytest.mark.parametrize(
        "data",
        [
            edited(struct.pack(">Iii", 0, 0, 1 << 16)),
            edited(struct.pack(">QqI", _HUGE, 0, 1 << 16), version=1),
            edited(struct.pack(">QqI", 1000, -(2**62), 1 << 16), version=1),
            edited(struct.pack(">IiI", 1000, 2**31 - 1, 1 << 16)),
            with_table(b"stts", b""),
        ],
        ids=["of 0", "for ever", "before all times", "behind the end", "no times"],
    )
    def test_row_64_edits_that_show_nothing(self, data: bytes, judge: Judge) -> None:
        result = judge(data, "a.mp4")
        assert "FIL005" in codes(result)
        assert _values(result, "duration") == (None,)

    @pytest.mark.parametrize("step", [2**31 - 1, 2**32 - 512])
    def test_row_64_frames_that_last_for_weeks_or_go_back(self, step: int, judge: Judge) -> None:
        result = judge(with_table(b"stts", struct.pack(">IIII", 0, 1, 24, step)), "a.mp4")
        assert codes(result) >= {"VID002", "VID006"}

    def test_row_65_a_header_of_5_seconds_over_packets_of_60(self, judge: Judge) -> None:
        data = encoded(Clip(frames=1440, still=True, container={"use_editlist": "0"}))
        for path, at in ((b"mvhd", 16), (b"tkhd", 20), (b"mdhd", 16)):
            where = {
                b"mvhd": (b"moov", path),
                b"tkhd": (*TRACK, path),
                b"mdhd": (*TRACK, b"mdia", path),
            }[path]
            ticks = 5 * (12_288 if path == b"mdhd" else 1_000)

            def claim(body: bytes, at: int = at, ticks: int = ticks) -> bytes:
                return body[:at] + _short(ticks) + body[at + 4 :]

            data = rewritten(data, where, claim)
        result = judge(data, "a.mp4")
        assert _values(result, "duration", "claimed_duration") == (60, 5)
        assert "VID002" in codes(result)
        assert "VID012" in codes(result, "warning")
        assert "header 5.00 s, measured 60.00 s" in words(result)


class TestRates:
    @pytest.mark.parametrize("rate", ["24000/1001", "60000/1001", "2997/50", "24", "60"])
    def test_row_66_rates_are_exact(self, rate: str, judge: Judge) -> None:
        result = judge(encoded(Clip(rate=Fraction(rate), frames=48, still=True)), "a.mp4")
        assert _values(result, "frame_rate", "frame_rate_mode") == (Fraction(rate), "constant")
        assert ("VID006" in codes(result)) is (Fraction(rate) < 24)

    def test_row_66_a_clock_of_600_is_no_rate(self, judge: Judge) -> None:
        times = [25 * number + number % 2 for number in range(48)]
        result = judge(encoded(Clip(timescale=600, times=times, still=True)), "a.mov")
        average, fastest = _values(result, "frame_rate", "frame_rate_max")
        assert isinstance(average, Fraction)
        assert abs(average - 24) < Fraction(1, 40)
        assert fastest == 25
        assert "VID006" not in codes(result) or average < 24

    def test_row_67_from_5_to_60_frames_a_second(self, judge: Judge) -> None:
        steps = [10] * 60 + [120] * 5 + [20] * 30
        times = [sum(steps[:number]) for number in range(len(steps) + 1)]
        result = judge(encoded(Clip(timescale=600, times=times, still=True)), "a.mp4")
        slowest, fastest, mode = _values(result, "frame_rate_min", "frame_rate_max", "frame_rate_mode")
        assert (slowest, fastest, mode) == (5, 60, "variable")
        (average,) = _values(result, "frame_rate")
        assert isinstance(average, Fraction)
        assert 30 < average < 32
        assert "VID009" in codes(result, "warning")
        for value in ("5 fps", "60 fps"):
            assert value in words(result)


class TestGeometry:
    def test_row_68_turned_with_wide_pixels_both_sizes_are_told(self, judge: Judge) -> None:
        data = encoded(Clip(size=(854, 480), frames=48, still=True, context={"sample_aspect_ratio": 2}))

        def turned(body: bytes) -> bytes:
            return body[:40] + build.matrix(0, 1, -1, 0) + body[76:]

        result = judge(rewritten(data, (*TRACK, b"tkhd"), turned), "a.mp4")
        names = ("stored_width", "stored_height", "width", "height", "shown_width", "shown_height")
        assert _values(result, *names) == (854, 480, 480, 854, 480, 1708)
        assert "VID011" in codes(result, "note")
        assert "rotated by 90°, pixels of 2:1, stored 854x480, shown 480x1708" in words(result)

    @pytest.mark.parametrize(
        ("across", "down"), [(2**32 - 1, 1), (1, 2**32 - 1), (0, 0), (2**32 - 1, 2**32 - 1)]
    )
    def test_row_68_pixels_of_no_sane_shape(self, across: int, down: int, judge: Judge) -> None:
        def shaped(body: bytes) -> bytes:
            at = body.index(b"pasp") + 4
            return body[:at] + struct.pack(">II", across, down) + body[at + 8 :]

        data = rewritten(encoded(_WIDE), (*TABLE, b"stsd"), shaped)
        result = judge(data, "a.mp4")
        assert _values(result, "width", "height", "integrity") == (64, 48, "whole")
        stills = probe_video(io.BytesIO(data), Depth.STANDARD, never, stills=True).stills
        assert len(stills) >= 2
        assert max(stills[0].width, stills[0].height) <= LONG_SIDE

    def test_row_68_a_matrix_of_nonsense_turns_nothing(self, judge: Judge) -> None:
        def turned(body: bytes) -> bytes:
            return body[:40] + b"\x7f\xff\xff\xff" * 9 + body[76:]

        result = judge(rewritten(clips.plain(), (*TRACK, b"tkhd"), turned), "a.mp4")
        assert _values(result, "width", "height", "rotation") == (64, 48, 0)

    @pytest.mark.parametrize("side", [96, 6_400])
    def test_row_68_frames_that_change_their_size(self, side: int, judge: Judge) -> None:
        data = _two_sizes(side)
        result = judge(data, "a.mov")
        assert _values(result, "width", "height", "frames") == (64, 48, 2)
        assert ("FIL005" in codes(result)) is (side > 6_000)  # more than one frame may have


def _two_sizes(side: int) -> bytes:
    """Motion JPEG whose second frame is a square of this side."""
    pictures = [media.saved(Image.new("RGB", size, "teal"), "JPEG") for size in ((64, 48), (side, side))]
    data = encoded(Clip(frames=2, codec="mjpeg", pixels="yuvj420p", format="mov", still=True))
    start = data.index(b"mdat") - 4
    sizes = struct.pack(">III", 0, 0, 2) + b"".join(struct.pack(">I", len(each)) for each in pictures)
    data = with_table(b"stsz", sizes, data)
    data = with_table(b"stsc", struct.pack(">IIIII", 0, 1, 1, 2, 1), data)
    data = with_table(b"stco", struct.pack(">III", 0, 1, len(data) + 100), data)
    padding = data.index(b"moov") - 4
    assert start < padding
    data = with_table(b"stco", struct.pack(">III", 0, 1, len(data) + 8), data)
    return data + box(b"mdat", *pictures)


class TestTracks:
    def test_row_69_a_film_without_pictures(self, judge: Judge) -> None:
        result = judge(media.sound(3, "aac", format_name="mp4"), "a.mp4")
        assert codes(result) == {"VID012"}
        assert "There is no video track (1 audio)" in words(result)

    def test_row_69_two_films_in_one(self, judge: Judge) -> None:
        result = judge(encoded(Clip(videos=2)), "a.mp4")
        assert "VID012" in codes(result, "warning")
        assert "2 video tracks" in words(result)

    def test_row_69_cover_art_is_no_film(self, judge: Judge) -> None:
        art = box(b"data", struct.pack(">II", 13, 0), media.saved(media.noise(640, 640), "JPEG"))
        tags = full_box(b"meta", build.handler(b"mdir"), box(b"ilst", box(b"covr", art)))
        with_picture = judge(in_movie(box(b"udta", tags)), "a.mp4")
        assert _values(with_picture, "video_tracks", "width", "frames") == (1, 64, 24)
        tagged = rewritten(
            media.sound(3, "aac", format_name="mp4"), (b"moov",), lambda body: body + box(b"udta", tags)
        )
        assert codes(judge(tagged, "a.mp4")) == {"VID012"}


_CBCS = full_box(b"schm", b"cbcs", struct.pack(">I", 1 << 16))


def _protected(data: bytes, scheme: bytes = _CBCS) -> bytes:
    """A clip that says of its samples that they are encrypted."""

    def change(body: bytes) -> bytes:
        key = full_box(b"tenc", b"\0\x19\1\0" + bytes(16) + b"\x10" + bytes(16), version=1)
        protection = box(b"sinf", box(b"frma", body[12:16]), scheme, box(b"schi", key))
        return body[:8] + box(b"encv", body[16:], protection)

    return rewritten(data, (*TABLE, b"stsd"), change)


class TestEncrypted:
    @pytest.mark.parametrize(
        "make",
        [
            lambda: encode("mp4", [Picture()], ENCRYPTED),
            lambda: encode("mp4", [Picture()], {**ENCRYPTED, "movflags": "+frag_keyframe+empty_moov"}),
            lambda: _protected(clips.plain()),
            lambda: _protected(clips.plain(), full_box(b"schm", b"cenc", struct.pack(">I", 1 << 16))),
            lambda: _protected(clips.plain(), b""),
        ],
        ids=["cenc", "cenc in fragments", "cbcs", "cenc by hand", "no scheme"],
    )
    def test_row_70_an_encrypted_film(self, make: object, judge: Judge) -> None:
        assert callable(make)
        result = judge(make(), "a.mp4")
        assert "VID010" in codes(result)
        assert "The video is encrypted" in words(result)
        assert ("FIL005", "the video is encrypted") in {
            (each.code, each.reason) for each in result.not_judged
        }

    def test_row_70_encrypted_fragments_without_an_honest_index(self, judge: Judge) -> None:
        data = clips.fragmented()
        first = data.index(b"moof") - 4
        result = judge(_protected(data[:first]) + data[first:], "a.mp4")
        assert "VID010" in codes(result)


@cache
def _clip_of(seconds: str) -> bytes:
    frames = round(Fraction(seconds) * 25) + 1
    tick = Fraction(seconds) / frames
    return encode("mp4", [Picture(tick=tick, durations=(1,) * frames, options={"preset": "ultrafast"})])


def _sound_of(seconds: str) -> bytes:
    rate = 16_000
    return build.wav(media.pcm(media.tone(float(Fraction(seconds)), rate)), rate=rate)


class TestBounds:
    @pytest.mark.parametrize(
        ("seconds", "documented", "observed"),
        [
            ("1.79", False, False),
            ("1.8", False, True),
            ("1.99", False, True),
            ("2", True, True),
            ("15", True, True),
            ("15.04", False, True),
            ("15.2", False, True),
            ("15.21", False, False),
        ],
    )
    def test_row_74_documented_and_observed_lengths_are_kept_apart(
        self, seconds: str, documented: bool, observed: bool, judge: Judge
    ) -> None:
        for data, name, rule in (
            (_clip_of(seconds), "a.mp4", "VID002"),
            (_sound_of(seconds), "a.wav", "AUD002"),
        ):
            for config, passes in ((Config(ignore=PEOPLE), documented), (_OBSERVED, observed)):
                result = judge(data, name, config)
                assert _values(result, "duration") == (Fraction(seconds),), name
                assert codes(result) == (set() if passes else {rule})
            strict = judge(data, name)
            assert ("1.8–15.2 s has been seen to pass" in words(strict)) is (observed and not documented)


class TestFragments:
    @pytest.mark.parametrize("claimed", [0, 1, 3_600_000, 2**32 - 1])
    def test_row_75_fragments_are_measured_whatever_the_header_says(self, claimed: int, judge: Judge) -> None:
        def lie(body: bytes) -> bytes:
            return body[:16] + _short(claimed) + body[20:]

        result = judge(rewritten(clips.fragmented(), (b"moov", b"mvhd"), lie), "a.mp4")
        names = ("duration", "frames", "frame_rate", "frame_rate_mode", "integrity")
        assert _values(result, *names) == (4, 96, 24, "constant", "whole")

    def test_row_75_a_header_of_fragments_that_lies_is_told(self, judge: Judge) -> None:
        def lie(body: bytes) -> bytes:
            return full_box(b"mehd", struct.pack(">I", 3_600_000)) + body

        data = clips.fragmented()
        first = data.index(b"moof") - 4
        head = rewritten(data[:first], (b"moov", b"mvex"), lie)
        result = judge(head + data[first:], "a.mp4")
        assert _values(result, "claimed_duration", "tracks") == (3600, "header-disagrees")
        assert "VID012" in codes(result, "warning")

    def test_row_75_the_first_fragment_alone(self, judge: Judge) -> None:
        data = clips.fragmented()
        second = data.index(b"moof", data.index(b"moof") + 4) - 4
        assert _values(judge(data[:second], "a.mp4"), "duration", "frames") == (1, 24)
        assert "FIL005" in codes(judge(data[: data.index(b"moof") - 4], "a.mp4"))

    def test_row_75_one_frame_a_fragment(self, judge: Judge) -> None:
        flags = {"movflags": "frag_every_frame+empty_moov"}
        result = judge(encoded(Clip(frames=96, options={**X264, "g": "24"}, container=flags)), "a.mp4")
        assert _values(result, "duration", "frames", "frame_rate") == (4, 96, 24)


def test_row_69_a_sound_beside_a_film_is_described(judge: Judge) -> None:
    result = judge(encode("mp4", [Picture(), Sound(144_000)]), "a.mp4")
    assert codes(result) == set()
    assert _values(result, "kind", "audio_tracks", "audio_codec") == ("video", 1, "aac")
