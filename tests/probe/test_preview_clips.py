"""What there is to see of a clip: a strip of frames at their times, and the frame rate where it varies."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pytest
from av.video.reformatter import Colorspace
from PIL import Image

from tests.probe import build, clips
from tests.probe.build import rewritten
from tests.probe.media import Clip, encoded, never
from tests.probe.previewing import Finder, facts_of, opened, preview_of, seen, still_of
from tests.probe.quarters import MATRICES, STORED, corners_of, quartered
from validator.model import Depth, Role
from validator.preview import Preview, RateSpan
from validator.probe import Attention
from validator.probe.previews import FRAME_BYTES
from validator.probe.sketch import FRAME_SIDE
from validator.probe.video import probe_video

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
UNEVEN = (*range(24), *range(24, 48, 2))  # 24 frames a second for a second, then 12


def turned(data: bytes, orientation: int) -> bytes:
    path = (b"moov", b"trak", b"tkhd")
    matrix = build.matrix(*MATRICES[orientation])
    return rewritten(data, path, lambda body: body[:40] + matrix + body[76:])


def uneven() -> bytes:
    return encoded(Clip(times=UNEVEN, timescale=24))


def times(preview: Preview) -> list[Fraction]:
    return [frame.time for frame in preview.strip]


class TestStrip:
    @pytest.mark.parametrize("depth", [Depth.STANDARD, Depth.FULL])
    def test_frames_soon_after_the_start_at_each_quarter_and_at_the_end(self, depth: Depth) -> None:
        preview = seen(clips.plain(), depth)
        assert times(preview) == [Fraction(number, 24) for number in (3, 6, 12, 18, 23)]
        assert (preview.picture, preview.waveform) == (None, ())

    def test_of_a_long_clip_too(self) -> None:
        preview = seen(clips.large())
        assert times(preview) == sorted(times(preview))
        assert times(preview)[-1] == Fraction(47, 24)
        assert {(frame.picture.width, frame.picture.height) for frame in preview.strip} == {(240, 135)}

    def test_they_are_the_pictures_of_those_times(self) -> None:
        greys = [Image.new("RGB", (64, 48), (number * 10,) * 3) for number in range(24)]
        for frame in seen(encoded(Clip(frames=24, pictures=greys))).strip:
            red, _, _ = opened(frame.picture).getpixel((32, 24))  # type: ignore[misc]
            assert red / 10 == pytest.approx(float(frame.time * 24), abs=0.6)

    @pytest.mark.parametrize("orientation", range(2, 9))
    def test_turned_as_shown(self, orientation: int) -> None:
        stored = (360, 480) if orientation >= 5 else (480, 360)
        still = quartered(stored, STORED[orientation])
        preview = seen(turned(encoded(Clip(size=stored, frames=6, pictures=[still] * 6)), orientation))
        assert preview.strip
        for frame in preview.strip:
            assert (frame.picture.width, frame.picture.height) == (240, 180)
            assert corners_of(still_of(opened(frame.picture))) == STORED[1]

    @pytest.mark.parametrize(
        ("size", "colours"), [((640, 480), Colorspace.ITU601), ((1280, 720), Colorspace.ITU709)]
    )
    def test_colours_that_the_file_does_not_name(self, size: tuple[int, int], colours: Colorspace) -> None:
        rust = Image.new("RGB", size, (200, 40, 60))
        options = {"preset": "ultrafast", "qp": "10"}
        clip = Clip(size=size, frames=2, pictures=[rust] * 2, colours=colours, options=options)
        (frame,) = seen(encoded(clip)).strip
        assert opened(frame.picture).getpixel((60, 60)) == pytest.approx((200, 40, 60), abs=6)

    def test_pixels_are_square(self) -> None:
        data = encoded(Clip(size=(64, 64), context={"sample_aspect_ratio": Fraction(2)}))
        assert {(frame.picture.width, frame.picture.height) for frame in seen(data).strip} == {(128, 64)}

    def test_frames_that_do_not_compress_have_few_bytes_too(self) -> None:
        strip = seen(encoded(Clip(size=(640, 480), frames=12, noise=True))).strip
        assert len(strip) >= 4
        for frame in strip:
            assert 500 < len(frame.picture.data) <= FRAME_BYTES
            assert max(frame.picture.width, frame.picture.height) <= FRAME_SIDE

    def test_frames_that_are_large_are_much_smaller_than_stills(self) -> None:
        measurement = probe_video(io.BytesIO(clips.large()), Depth.STANDARD, never, stills=True, sketch=True)
        assert measurement.sketch is not None
        assert [still.time for still in measurement.sketch.stills] == [
            still.time for still in measurement.stills
        ]
        assert max(len(still.rgb) for still in measurement.sketch.stills) == 240 * 135 * 3


class TestFaces:
    def test_the_frame_whose_faces_the_facts_hold_is_marked(self) -> None:
        greys = [Image.new("RGB", (64, 48), (number * 10,) * 3) for number in range(24)]
        data = encoded(Clip(frames=24, pictures=greys))
        people = Attention(Finder(lambda pixel: pixel[0] > 110))  # from frame 12 on
        facts = facts_of(data, people=people)
        assert facts.preview is not None
        assert facts.faces is not None
        assert facts.faces.face_time == Fraction(1, 2)
        assert [frame.faces for frame in facts.preview.strip] == [False, False, True, False, False]

    def test_none_is_where_nobody_is_seen(self) -> None:
        facts = facts_of(clips.plain(), people=Attention(Finder(lambda _: False)))
        assert facts.preview is not None
        assert not any(frame.faces for frame in facts.preview.strip)

    def test_none_is_where_nobody_looked(self) -> None:
        preview = facts_of(clips.plain(), role=Role.PRODUCT).preview
        assert preview is not None
        assert len(preview.strip) == 5
        assert not any(frame.faces for frame in preview.strip)


class TestFrameRate:
    def test_where_it_varies_it_is_exact(self) -> None:
        assert seen(uneven()).frame_rates == (
            RateSpan(Fraction(0), Fraction(1), Fraction(24)),
            RateSpan(Fraction(1), Fraction(46, 24), Fraction(12)),
        )

    def test_where_it_is_constant_there_is_nothing_to_see(self) -> None:
        assert seen(clips.plain()).frame_rates == ()

    def test_a_clip_that_is_kept(self) -> None:
        preview = seen((MEDIA / "variable-rate.mp4").read_bytes())
        assert len(preview.frame_rates) == 2


class TestWithoutFrames:
    def test_of_a_header_alone_only_the_frame_rate_is_known(self) -> None:
        assert preview_of(clips.plain(), Depth.HEADER) is None
        preview = seen(uneven(), Depth.HEADER)
        assert preview == Preview(frame_rates=seen(uneven()).frame_rates)
        assert len(preview.frame_rates) == 2

    @pytest.mark.parametrize(
        "name", ["truncated.mp4", "no-index.mp4", "no-frames.mp4", "sound-only.mp4", "unknown-codec.mp4"]
    )
    def test_clips_of_which_there_is_nothing_to_see(self, name: str) -> None:
        facts = facts_of((MEDIA / name).read_bytes(), name)
        assert facts.preview is None
        assert facts.file.sha256 is not None

    def test_of_damage_what_could_be_decoded(self) -> None:
        data = clips.noisy()
        spoilt = len(data) * 6 // 10
        facts = facts_of(data[:spoilt] + bytes(3000) + data[spoilt + 3000 :])
        assert facts.file.integrity == "corrupt"
        assert facts.preview is not None
        assert times(facts.preview)[:2] == [Fraction(5, 12), 1]

    def test_not_unless_asked_for(self) -> None:
        assert facts_of(uneven(), previews=False).preview is None
