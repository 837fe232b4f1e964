"""Which frames of a clip are kept, on clips that are encoded here."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest
from PIL import Image

from tests.probe import build, clips
from tests.probe.build import rewritten
from tests.probe.media import Clip, encoded, never, noise, saved
from tests.probe.quarters import BLUE, MATRICES, RED, STORED, corners_of, picture_of, quartered
from validator.model import Depth, VideoFacts
from validator.probe.gallery import Gallery
from validator.probe.image import probe_image
from validator.probe.measurement import Measurement
from validator.probe.video import probe_video

X264 = {"preset": "ultrafast", "qp": "40"}
REORDERED = {"preset": "medium", "qp": "40", "g": "20", "bf": "3"}


def probed(data: bytes, depth: Depth = Depth.STANDARD) -> Measurement:
    return probe_video(io.BytesIO(data), depth, never, stills=True)


def times(measurement: Measurement) -> list[Fraction]:
    return [still.time for still in measurement.stills if still.time is not None]


def long_clip(options: dict[str, str], first: int = 0) -> bytes:
    """Half a minute at 10 frames a second, which is sampled."""
    ticks = range(first, first + 300)
    return encoded(Clip(size=(1920, 1080), rate=Fraction(10), times=ticks, still=True, options=options))


def turned(data: bytes, orientation: int) -> bytes:
    path = (b"moov", b"trak", b"tkhd")
    matrix = build.matrix(*MATRICES[orientation])
    return rewritten(data, path, lambda body: body[:40] + matrix + body[76:])


class TestWhichFrames:
    @pytest.mark.parametrize("depth", [Depth.STANDARD, Depth.FULL])
    def test_one_soon_after_the_start_one_at_each_quarter_and_the_last(self, depth: Depth) -> None:
        measurement = probed(clips.plain(), depth)
        assert times(measurement) == [Fraction(number, 24) for number in (3, 6, 12, 18, 23)]

    @pytest.mark.parametrize(
        ("frames", "kept"),
        [
            (1, [0]),
            (2, [1]),
            (3, [1, 2]),
            (4, [1, 2, 3]),
            (5, [1, 2, 3, 4]),
            (10, [1, 3, 5, 8, 9]),
        ],
    )
    def test_clips_of_few_frames(self, frames: int, kept: list[int]) -> None:
        assert times(probed(encoded(Clip(frames=frames)))) == [Fraction(number, 24) for number in kept]

    def test_the_opening_half_second_is_skipped_and_no_more(self) -> None:
        measurement = probed(encoded(Clip(rate=Fraction(10), frames=100)))
        assert times(measurement) == [Fraction(number, 10) for number in (5, 25, 50, 75, 99)]

    def test_reordered_frames_are_kept_by_when_they_are_shown(self) -> None:
        measurement = probed(encoded(Clip(frames=48, noise=True, options=REORDERED)))
        assert times(measurement) == [Fraction(number, 24) for number in (5, 12, 24, 36, 47)]

    def test_frames_that_are_unevenly_spaced(self) -> None:
        ticks = (0, 1, 2, 3, 40, 41, 90)
        data = encoded(Clip(times=ticks, timescale=10, rate=Fraction(10)))
        assert times(probed(data)) == [4, 9]

    def test_fragments(self) -> None:
        assert times(probed(clips.fragmented())) == [Fraction(5, 12), 1, 2, 3, Fraction(95, 24)]

    def test_a_clip_that_begins_late(self) -> None:
        measurement = probed(encoded(Clip(frames=24, times=range(240, 264))))
        assert times(measurement) == [10 + Fraction(number, 24) for number in (3, 6, 12, 18, 23)]

    def test_they_are_the_pictures_of_those_times(self) -> None:
        greys = [Image.new("RGB", (64, 48), (number * 10,) * 3) for number in range(24)]
        for still in probed(encoded(Clip(frames=24, pictures=greys))).stills:
            assert still.time is not None
            red, _, _ = picture_of(still).getpixel((32, 24))  # type: ignore[misc]
            assert round(red / 10) == still.time * 24


class TestLongClips:
    @pytest.mark.parametrize(
        "options",
        [{**X264, "g": "12"}, {**X264, "g": "1000"}, REORDERED],
        ids=["short groups", "one group", "reordered"],
    )
    def test_quarters_are_seen_though_not_all_is_decoded(self, options: dict[str, str]) -> None:
        expected = [Fraction(1, 2), Fraction(15, 2), Fraction(15), Fraction(45, 2), Fraction(299, 10)]
        assert times(probed(long_clip(options))) == expected

    def test_a_long_clip_that_begins_late(self) -> None:
        measurement = probed(long_clip({**X264, "g": "12"}, first=1000))
        begin, *_ = found = times(measurement)
        assert [time - begin for time in found] == [0, 7, Fraction(29, 2), 22, Fraction(147, 5)]

    def test_their_size(self) -> None:
        measurement = probed(clips.large())
        assert {(still.width, still.height) for still in measurement.stills} == {(1920, 1080)}
        assert {(still.shown_width, still.shown_height) for still in measurement.stills} == {(4096, 2304)}
        assert len(measurement.stills) == 5


class TestTurned:
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_they_are_upright(self, orientation: int) -> None:
        stored = (48, 64) if orientation >= 5 else (64, 48)
        still = quartered(stored, STORED[orientation])
        data = encoded(Clip(size=stored, frames=24, pictures=[still] * 24))
        measurement = probed(turned(data, orientation))
        assert len(measurement.stills) == 5
        for each in measurement.stills:
            assert corners_of(each) == STORED[1]
            assert (each.width, each.height, each.shown_width, each.shown_height) == (64, 48, 64, 48)

    def test_wide_pixels_turned(self) -> None:
        data = turned(encoded(Clip(context={"sample_aspect_ratio": Fraction(2)})), 6)
        still = probed(data).stills[0]
        assert (still.width, still.height) == (still.shown_width, still.shown_height) == (48, 128)


class TestWithoutFrames:
    def test_none_of_a_header_alone(self) -> None:
        assert probed(clips.plain(), Depth.HEADER).stills == ()

    def test_none_that_nobody_wants(self) -> None:
        assert probe_video(io.BytesIO(clips.plain()), Depth.STANDARD, never).stills == ()

    def test_none_without_a_video_track(self) -> None:
        assert probed(encoded(Clip(videos=0, audio=1))).stills == ()

    def test_nothing_is_made_of_no_frames(self) -> None:
        gallery = Gallery(0, Fraction(0), Fraction(1))
        assert gallery.stills(VideoFacts(shown_width=4, shown_height=4)) == ()

    def test_other_streams_do_not_count(self) -> None:
        gallery = Gallery(0, Fraction(0), Fraction(1))
        gallery.visit(1, object())
        assert gallery.stills(VideoFacts(shown_width=4, shown_height=4)) == ()


class TestDamage:
    def test_what_could_be_decoded_is_kept(self) -> None:
        data = clips.noisy()
        middle = len(data) * 6 // 10
        measurement = probed(data[:middle] + bytes(3000) + data[middle + 3000 :])
        assert measurement.damage.integrity == "corrupt"
        found = times(measurement)
        assert found[:2] == [Fraction(5, 12), 1]
        assert found[-1] == Fraction(95, 24)

    def test_a_clip_that_is_cut_off(self) -> None:
        measurement = probed(clips.index_first()[: len(clips.index_first()) // 2])
        assert measurement.damage.integrity == "truncated"
        assert measurement.stills == ()

    def test_a_picture_that_is_cut_off_has_no_still(self) -> None:
        data = saved(noise(200, 100), "JPEG")[:5000]
        measurement = probe_image(io.BytesIO(data), "jpeg", Depth.STANDARD, never, stills=True)
        assert (measurement.damage.integrity, measurement.stills) == ("truncated", ())


class TestPictures:
    def test_the_first_of_several(self) -> None:
        red, blue = (quartered((32, 32), (colour,) * 4) for colour in (RED, BLUE))
        data = saved(red, "GIF", save_all=True, append_images=[blue])
        measurement = probe_image(io.BytesIO(data), "gif", Depth.STANDARD, never, stills=True)
        assert [corners_of(still) for still in measurement.stills] == [(RED,) * 4]

    @pytest.mark.parametrize("format_name", ["jpeg", "png", "tiff", "webp"])
    @pytest.mark.parametrize("orientation", [1, 3, 6, 8])
    def test_turned_by_exif(self, format_name: str, orientation: int) -> None:
        from PIL.Image import Exif

        exif = Exif()
        exif[0x0112] = orientation
        size = (48, 64) if orientation >= 5 else (64, 48)
        data = saved(quartered(size, STORED[orientation]), format_name, exif=exif)
        (still,) = probe_image(io.BytesIO(data), format_name, Depth.STANDARD, never, stills=True).stills
        assert corners_of(still) == STORED[1]
        assert (still.shown_width, still.shown_height) == (64, 48)

    def test_none_of_a_header_alone(self) -> None:
        data = saved(quartered((32, 32)), "PNG")
        assert probe_image(io.BytesIO(data), "png", Depth.HEADER, never, stills=True).stills == ()
