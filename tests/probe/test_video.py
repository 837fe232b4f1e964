"""Clips: what is presented is measured, whatever the headers claim."""

from __future__ import annotations

import io
import re
import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probe import build, clips, media
from tests.probe.build import edit_list, replaced, rewritten
from tests.probe.clips import X264
from tests.probe.media import Clip, encoded, measured, told, video_facts
from validator.errors import Cancelled
from validator.model import CodecSupport, Depth, VideoFacts
from validator.probe.frame_size import resolution
from validator.probe.video import probe_video

_MOVIE = b"moov"
_TRACK = (b"moov", b"trak")
_EDITS = (*_TRACK, b"edts", b"elst")
_TABLE = (*_TRACK, b"mdia", b"minf", b"stbl")


def _facts(data: bytes, depth: Depth = Depth.STANDARD) -> VideoFacts:
    return video_facts(measured(data, depth=depth))


def _edited(*entries: tuple[int, int]) -> VideoFacts:
    return _facts(rewritten(clips.plain(), _EDITS, lambda _: edit_list(*entries)))


class TestFrameRate:
    @pytest.mark.parametrize("rate", ["24000/1001", "24", "25", "30000/1001", "30", "60", "601/10"])
    def test_it_is_exact(self, rate: str) -> None:
        facts = _facts(clips.at_rate(Fraction(rate)))
        assert facts.frame_rate == facts.frame_rate_min == facts.frame_rate_max == Fraction(rate)
        assert (facts.frame_rate_mode, facts.frames, facts.duration) == ("constant", 12, 12 / Fraction(rate))

    @pytest.mark.parametrize("rate", [24, 30, 60])
    def test_times_rounded_to_milliseconds_count_as_constant(self, rate: int) -> None:
        times = [round(number * 1000 / rate) for number in range(2 * rate)]
        facts = _facts(encoded(Clip(rate=Fraction(rate), timescale=1000, times=times)))
        assert facts.frame_rate_mode == "constant"
        assert facts.frame_rate is not None
        assert abs(facts.frame_rate - rate) < Fraction(1, 50)

    def test_a_stretch_that_is_slower_makes_it_variable(self) -> None:
        facts = _facts(encoded(Clip(timescale=1000, times=[0, 40, 80, 200, 240, 280, 320])))
        assert facts.frame_rate_mode == "variable"
        assert told(facts, "frame_rate_min", "frame_rate_max") == (Fraction(25, 3), 25)

    @pytest.mark.parametrize("timescale", [24, 48])
    def test_a_frame_left_out_is_not_taken_for_rounding_by_a_coarse_clock(self, timescale: int) -> None:
        times = [number * timescale // 24 for number in range(48) if number % 12 not in (5, 6)]
        assert _facts(encoded(Clip(timescale=timescale, times=times))).frame_rate_mode == "variable"

    def test_one_frame_has_no_rate_to_vary(self) -> None:
        facts = _facts(encoded(Clip(frames=1)))
        assert (facts.frames, facts.frame_rate_mode, facts.frame_rate_min) == (1, "single-frame", None)

    @pytest.mark.parametrize("container", [{}, {"use_editlist": "0"}, {"movflags": "negative_cts_offsets"}])
    def test_reordered_frames_do_not_disturb_it(self, container: dict[str, str]) -> None:
        options = {"preset": "medium", "bf": "3", "b-adapt": "0", "qp": "30"}
        facts = _facts(encoded(Clip(frames=24, options=options, container=container)))
        assert told(facts, "frame_rate", "frame_rate_mode", "duration") == (24, "constant", 1)


class TestDuration:
    def test_it_is_that_of_the_longest_track(self) -> None:
        facts = _facts(encoded(Clip(frames=24, audio=2)))
        assert [facts.duration, facts.video_duration, facts.audio_duration] == [2, 1, 2]
        assert (facts.tracks, facts.tracks_detail) == ("durations-disagree", "video 1.00 s, audio 2.00 s")

    def test_tracks_may_differ_by_half_a_second(self) -> None:
        assert _facts(encoded(Clip(frames=12, audio=1))).tracks == "one"

    def test_an_edit_list_trims_the_end(self) -> None:
        facts = _edited((500, 0))
        assert told(facts, "duration", "frames", "frame_rate") == (Fraction(1, 2), 12, 24)

    def test_an_edit_list_trims_the_start(self) -> None:
        facts = _edited((500, 512 * 12))
        assert told(facts, "duration", "frames", "frame_rate") == (Fraction(1, 2), 12, 24)

    def test_an_empty_edit_delays_the_track(self) -> None:
        facts = _edited((500, -1), (1000, 0))
        assert told(facts, "duration", "frames", "frame_rate") == (Fraction(3, 2), 24, 24)

    def test_an_empty_edit_before_one_without_end_is_not_the_whole_of_it(self) -> None:
        options = {"preset": "medium", "bf": "2", "qp": "30"}
        clip = encoded(Clip(frames=24, options=options, container={"movflags": "frag_keyframe+delay_moov"}))
        facts = _facts(rewritten(clip, _EDITS, lambda _: edit_list((500, -1), (0, 1024))))
        assert told(facts, "duration", "frames", "frame_rate") == (Fraction(3, 2), 24, 24)

    def test_an_edit_list_cannot_make_it_longer(self) -> None:
        assert _edited((5000, 0)).duration == 1

    @pytest.mark.parametrize(
        ("claimed", "believed", "tracks"),
        [
            (60_000, Fraction(60), "header-disagrees"),
            (400, Fraction(2, 5), "header-disagrees"),
            (1_400, Fraction(7, 5), "one"),
            (0, None, "one"),
            (2**32 - 1, None, "one"),
        ],
    )
    def test_a_header_that_lies_is_told_and_not_believed(
        self, claimed: int, believed: Fraction | None, tracks: str
    ) -> None:
        def lie(body: bytes) -> bytes:
            return body[:16] + struct.pack(">I", claimed) + body[20:]

        facts = _facts(rewritten(clips.plain(), (_MOVIE, b"mvhd"), lie))
        assert told(facts, "duration", "claimed_duration", "tracks") == (1, believed, tracks)

    def test_fragments_are_added_up(self) -> None:
        facts = _facts(clips.fragmented())
        assert told(facts, "duration", "frames", "frame_rate") == (4, 96, 24)
        assert (facts.frame_rate_mode, facts.claimed_duration, facts.tracks) == ("constant", None, "one")


class TestTracks:
    def test_sound_is_described(self) -> None:
        facts = _facts(clips.with_sound())
        assert (facts.audio_codec, facts.audio_sample_rate, facts.audio_channels) == ("aac", 16_000, 1)
        assert (facts.video_tracks, facts.audio_tracks, facts.tracks) == (1, 1, "one")

    def test_several_video_tracks(self) -> None:
        facts = _facts(encoded(Clip(videos=2)))
        assert (facts.tracks, facts.tracks_detail, facts.video_tracks) == ("several", "2 video tracks", 2)

    def test_no_video_track(self) -> None:
        facts = measured(media.sound(1, "aac", format_name="mp4"))
        assert (video_facts(facts).tracks, video_facts(facts).tracks_detail) == ("none", "1 audio")
        assert (facts.file.format, facts.file.integrity) == ("mp4", "whole")
        assert video_facts(facts).width is None

    def test_cover_art_is_no_video_track(self) -> None:
        art = media.saved(media.noise(8, 8), "JPEG")
        image = build.box(b"data", struct.pack(">II", 13, 0), art)
        listed = build.box(b"ilst", build.box(b"covr", image))
        meta = build.full_box(b"meta", build.handler(b"mdir"), listed)
        tagged = rewritten(clips.plain(), (_MOVIE,), lambda body: body + build.box(b"udta", meta))
        facts = _facts(tagged)
        assert (facts.video_tracks, facts.tracks, facts.frames) == (1, "one", 24)

    def test_timecode_is_no_video_track(self) -> None:
        extra = build.track(b"tmcd", build.box(b"tmcd", bytes(26)), head=build.track_header(9))
        facts = _facts(rewritten(clips.plain(), (_MOVIE,), lambda body: body + extra))
        assert (facts.video_tracks, facts.tracks) == (1, "one")

    def test_a_track_of_no_samples_beside_a_full_one(self) -> None:
        extra = build.track(b"vide", build.visual_entry(b"avc1"), head=build.track_header(9))
        assert _facts(rewritten(clips.plain(), (_MOVIE,), lambda body: body + extra)).tracks == "several"


class TestGeometry:
    @pytest.mark.parametrize(
        ("turn", "rotation", "size", "geometry"),
        [
            ((1, 0, 0, 1), 0, (64, 48), False),
            ((0, 1, -1, 0), 90, (48, 64), True),
            ((-1, 0, 0, -1), 180, (64, 48), True),
            ((0, -1, 1, 0), 270, (48, 64), True),
            ((1, 0, 0, -1), 0, (64, 48), True),
            ((0, 1, 1, 0), 90, (48, 64), True),
        ],
    )
    def test_it_is_shown_as_the_matrix_asks(
        self, turn: tuple[int, int, int, int], rotation: int, size: tuple[int, int], geometry: bool
    ) -> None:
        def turned(body: bytes) -> bytes:
            return body[:40] + build.matrix(*turn) + body[76:]

        facts = _facts(rewritten(clips.plain(), (*_TRACK, b"tkhd"), turned))
        assert (facts.rotation, facts.geometry) == (rotation, geometry)
        assert (facts.width, facts.height) == (facts.shown_width, facts.shown_height) == size
        assert (facts.stored_width, facts.stored_height) == (64, 48)
        assert (facts.aspect_ratio, facts.pixels) == (Fraction(*size), 64 * 48)

    def test_pixels_that_are_not_square_are_shown_wider(self) -> None:
        facts = _facts(encoded(Clip(context={"sample_aspect_ratio": Fraction(4, 3)})))
        assert (facts.sample_aspect_ratio, facts.geometry) == (Fraction(4, 3), True)
        assert (facts.width, facts.shown_width, facts.shown_height) == (64, 85, 48)

    def test_a_turned_clip_of_wide_pixels_is_shown_taller(self) -> None:
        def turned(body: bytes) -> bytes:
            return body[:40] + build.matrix(0, 1, -1, 0) + body[76:]

        data = encoded(Clip(context={"sample_aspect_ratio": Fraction(2)}))
        facts = _facts(rewritten(data, (*_TRACK, b"tkhd"), turned))
        assert (facts.width, facts.height, facts.shown_width, facts.shown_height) == (48, 64, 48, 128)

    @pytest.mark.parametrize(
        ("size", "name"),
        [
            ((1280, 720), "720p"),
            ((720, 1280), "720p"),
            ((1920, 1088), "1080p"),
            ((854, 480), "480p"),
            ((640, 641), "640p"),
        ],
    )
    def test_a_resolution_is_named_by_the_short_side(self, size: tuple[int, int], name: str) -> None:
        assert resolution(*size) == name

    @given(st.integers(1, 8192), st.integers(1, 8192))
    def test_a_resolution_does_not_depend_on_orientation(self, width: int, height: int) -> None:
        assert resolution(width, height) == resolution(height, width)


class TestCodec:
    @pytest.mark.parametrize(
        ("codec", "pixels", "options", "name", "support", "bits"),
        [
            ("libx264", "yuv420p", X264, "h264", "usual", 8),
            ("libx264", "yuv420p10le", X264, "h264", "ten-bit", 10),
            ("libx265", "yuv420p", clips.X265, "hevc", "usual", 8),
            ("libx265", "yuv420p10le", clips.X265, "hevc", "ten-bit", 10),
            ("mpeg4", "yuv420p", {}, "mpeg4", "unusual", 8),
            ("mpeg2video", "yuv420p", {}, "mpeg2video", "unusual", 8),
            ("mjpeg", "yuvj420p", {}, "mjpeg", "unusual", 8),
            ("libvpx-vp9", "yuv420p", {"cpu-used": "8"}, "vp9", "unusual", 8),
            ("prores_ks", "yuv422p10le", {}, "prores", "unusual", 10),
            ("qtrle", "rgb24", {}, "qtrle", "unusual", 8),
            ("png", "rgb24", {}, "png", "unusual", 8),
            ("rawvideo", "uyvy422", {}, "rawvideo", "unusual", 8),
        ],
    )
    def test_name_depth_and_whether_it_is_usual(
        self, codec: str, pixels: str, options: dict[str, str], name: str, support: CodecSupport, bits: int
    ) -> None:
        form = "mp4" if codec.startswith("lib") else "mov"
        found = measured(encoded(Clip(frames=4, codec=codec, pixels=pixels, options=options, format=form)))
        facts = video_facts(found)
        assert (facts.codec, facts.codec_support, facts.bit_depth) == (name, support, bits)
        assert facts.codec_detail is not None
        assert name in facts.codec_detail
        assert found.file.integrity == "whole"

    @pytest.mark.parametrize(("transfer", "name"), [("smpte2084", "PQ"), ("arib-std-b67", "HLG")])
    @pytest.mark.parametrize("depth", [Depth.HEADER, Depth.STANDARD])
    def test_hdr_by_its_transfer(self, transfer: str, name: str, depth: Depth) -> None:
        parameters = f"log-level=none:bframes=0:transfer={transfer}:colorprim=bt2020:colormatrix=bt2020nc"
        options = {"preset": "ultrafast", "x265-params": parameters}
        facts = _facts(encoded(Clip(frames=2, codec="libx265", pixels="yuv420p10le", options=options)), depth)
        assert (facts.hdr, facts.codec_support) == (name, "hdr")
        assert f"HDR by {name}" in (facts.codec_detail or "")

    def test_interlaced_frames(self) -> None:
        options = {"preset": "ultrafast", "x264-params": "interlaced=1"}
        assert _facts(encoded(Clip(size=(64, 64), options=options))).codec_support == "interlaced"

    @pytest.mark.parametrize("depth", list(Depth))
    def test_an_encrypted_track_is_not_judged(self, depth: Depth) -> None:
        found = measured(replaced(clips.plain(), b"avc1", b"encv"), depth=depth)
        assert video_facts(found).codec_support == "encrypted"
        assert told(video_facts(found), "width", "duration") == (64, 1)
        assert (found.file.integrity, found.why_unmeasured("integrity")) == (None, "the video is encrypted")

    @pytest.mark.parametrize("fourcc", [b"zzzz", b"tmcd", b"\xff\0\n\x1b"])
    def test_a_codec_that_nobody_knows_is_not_judged(self, fourcc: bytes) -> None:
        name = fourcc.decode("latin-1").strip()
        found = measured(replaced(clips.plain(), b"avc1", fourcc))
        assert found.file.integrity is None
        assert found.why_unmeasured("integrity") == f"no decoder here knows the video codec {name}"
        facts = video_facts(found)
        assert (facts.codec, facts.codec_support, facts.width, facts.height) == (name, "unusual", 64, 48)
        assert told(facts, "duration", "frame_rate") == (1, 24)

    def test_another_codec_than_the_one_that_is_named_is_damage(self) -> None:
        found = measured(replaced(clips.plain(), b"avc1", b"mp4v"))
        assert (found.file.integrity, video_facts(found).codec) == ("corrupt", "mpeg4")

    def test_an_entry_without_a_name_is_not_judged(self) -> None:
        found = measured(rewritten(clips.plain(), _TABLE, lambda _: None))
        assert found.why_unmeasured("integrity") == "no decoder here knows the video codec unknown"
        assert video_facts(found).width is None


def _damaged(data: bytes, part: float, size: int = 2000) -> bytes:
    """Zeros over some of the samples, at this part of them."""
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    at = start + int((end - start - size) * part)
    return data[:at] + bytes(size) + data[at + size :]


class TestLargeClips:
    def test_they_are_sampled(self) -> None:
        found = measured(clips.large())
        assert told(video_facts(found), "width", "frames", "duration") == (4096, 48, 2)
        assert found.file.integrity == "whole"

    def test_damage_at_their_end_is_found(self) -> None:
        data = clips.large()
        end = data.index(b"moov") - 4
        found = measured(data[: end - 6000] + b"\xff" * 6000 + data[end:])
        assert found.file.integrity == "corrupt"


class TestDamage:
    @pytest.mark.parametrize("depth", [Depth.STANDARD, Depth.FULL])
    @pytest.mark.parametrize("part", [0, 0.25, 0.5, 0.75, 1])
    def test_it_is_found_wherever_it_is(self, part: float, depth: Depth) -> None:
        found = measured(_damaged(clips.noisy(), part), depth=depth)
        assert found.file.integrity == "corrupt"
        time = re.fullmatch(r"video at (\d\.\d\d) s: .+", found.file.integrity_detail or "")
        assert time is not None
        assert float(time[1]) == pytest.approx(part * 4, abs=0.15)

    @pytest.mark.parametrize("codec", ["libx265", "mpeg4"])
    def test_other_codecs_tell_it_too(self, codec: str) -> None:
        options = clips.X265 if codec == "libx265" else {}
        data = encoded(Clip(frames=48, noise=True, codec=codec, options=options))
        assert measured(_damaged(data, 0.5, 6000)).file.integrity == "corrupt"

    def test_damaged_sound(self) -> None:
        data = encoded(Clip(frames=2, audio=4))
        assert measured(_damaged(data, 0.9, 1500)).file.integrity_detail is not None
        assert "audio at" in (measured(_damaged(data, 0.9, 1500)).file.integrity_detail or "")

    def test_a_header_alone_says_nothing_of_the_samples(self) -> None:
        found = measured(_damaged(clips.noisy(), 0.5), depth=Depth.HEADER)
        assert found.file.integrity is None
        assert found.why_unmeasured("integrity") == "the pixels and samples were not read"
        assert video_facts(found).frames == 96

    @pytest.mark.parametrize("depth", list(Depth))
    @pytest.mark.parametrize("part", [0.3, 0.5, 0.99])
    def test_a_file_that_is_cut_off(self, part: float, depth: Depth) -> None:
        data = clips.index_first()
        found = measured(data[: int(len(data) * part)], depth=depth)
        assert found.file.integrity == "truncated"
        assert found.file.integrity_detail == "the index points behind the end of the file"

    def test_a_file_without_its_index(self) -> None:
        data = clips.plain()
        found = measured(data[: data.index(b"moov") - 4])
        assert found.file.integrity == "truncated"
        assert found.file.integrity_detail == "there is no index (moov): the file was not finished"
        assert video_facts(found).tracks is None  # nobody knows, which is not the same as none
        assert found.why_unmeasured("tracks") == "no index (moov) says what the file holds"

    @pytest.mark.parametrize("kept", [9, 120, 300, 700])
    def test_a_file_that_ends_inside_its_index(self, kept: int) -> None:
        data = clips.plain()
        found = measured(data[: data.index(b"moov") + kept])
        assert (found.file.integrity, found.file.integrity_detail) == (
            "truncated",
            "the file ends inside its index (moov)",
        )
        assert video_facts(found).tracks != "none"  # what is cut off may have been the video track

    def test_fragments_that_are_cut_off(self) -> None:
        data = clips.fragmented()
        last = data.rindex(b"moof")
        assert measured(data[: last + 40]).file.integrity_detail == "the file ends inside its index (moof)"
        assert measured(data[: data.rindex(b"mdat") + 100]).file.integrity == "truncated"

    def test_an_init_segment_holds_nothing(self) -> None:
        parts = build.parsed(clips.fragmented())
        head = b"".join(build.box(kind, body) for kind, body in parts if kind in (b"ftyp", b"moov"))
        found = measured(head)
        assert (found.file.integrity, found.file.integrity_detail) == (
            "without-content",
            "the tracks hold no samples",
        )

    def test_an_index_of_nothing(self) -> None:
        found = measured(build.brands(b"isom") + build.box(b"moov"))
        assert (found.file.integrity, video_facts(found).tracks) == ("without-content", "none")
        assert video_facts(found).tracks_detail == "no audio either"

    def test_samples_behind_the_end_of_the_file(self) -> None:
        def away(body: bytes) -> bytes:
            return body[:8] + struct.pack(">I", 10**9) * ((len(body) - 8) // 4)

        found = measured(rewritten(clips.plain(), (*_TABLE, b"stco"), away))
        assert found.file.integrity in ("truncated", "without-content")

    def test_a_table_that_ffmpeg_refuses(self) -> None:
        found = measured(rewritten(clips.plain(), (*_TABLE, b"stsc"), lambda _: struct.pack(">II", 0, 2**31)))
        assert (found.file.integrity, found.file.expansion) == ("corrupt", "sane")

    def test_the_first_fragment_without_a_header_before_it(self) -> None:
        found = measured(build.brands(b"isom") + build.box(b"moof"))
        assert found.file.integrity == "corrupt"
        assert video_facts(found).tracks_detail == "the header lists no video track"

    def test_junk_behind_the_end_does_no_harm(self) -> None:
        assert measured(clips.plain() + b"garbage" * 100).file.integrity == "whole"

    def test_the_index_may_come_first(self) -> None:
        assert measured(clips.index_first()).file.integrity == "whole"


@pytest.mark.parametrize("depth", list(Depth))
def test_a_run_that_is_asked_to_stop_stops(depth: Depth) -> None:
    with pytest.raises(Cancelled):
        probe_video(io.BytesIO(clips.plain()), depth, lambda: True)


def test_decoding_stops_too() -> None:
    asked: list[None] = []

    def later() -> bool:
        asked.append(None)
        return len(asked) > 30  # 24 packets were looked at before

    with pytest.raises(Cancelled):
        probe_video(io.BytesIO(clips.plain()), Depth.FULL, later)
