"""Small upright copies of pictures and frames: turned as shown, RGB, and never larger than they were."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import av
import pytest
from av.video.reformatter import ColorRange, Colorspace
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.probe.media import heif, saved
from tests.probe.quarters import (
    BLUE,
    GREEN,
    RED,
    STORED,
    WHITE,
    Colour,
    corners_of,
    picture_of,
    quartered,
)
from validator.probe.image_open import open_image
from validator.probe.shrink import still_of, still_of_frame
from validator.probe.still import LONG_SIDE, Still

RUST = (200, 40, 60)
UNNAMED = 2  # ISO/IEC 23091-2, MatrixCoefficients


def only_colour(still: Still) -> tuple[int, ...]:
    colours = picture_of(still).getcolors(2)
    assert colours is not None
    ((_, colour),) = colours
    assert isinstance(colour, tuple)
    return tuple(int(sample) for sample in colour)


class TestOrientation:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("shown", [(40, 24), (2400, 1440)])
    def test_every_one_ends_upright(self, orientation: int, shown: tuple[int, int]) -> None:
        stored = shown[::-1] if orientation >= 5 else shown
        still = still_of(quartered(stored, STORED[orientation]), orientation)
        assert corners_of(still) == STORED[1]
        assert (still.shown_width, still.shown_height) == shown
        assert (still.width, still.height) == ((40, 24) if shown == (40, 24) else (1920, 1152))

    def test_the_truth_is_what_pillow_does(self) -> None:
        from PIL import ImageOps

        for orientation, corners in STORED.items():
            exif = Image.Exif()
            exif[0x0112] = orientation
            data = saved(quartered((16, 16), corners), "PNG", exif=exif)
            turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
            assert turned.tobytes() == quartered((16, 16)).tobytes()


class TestModes:
    @pytest.mark.parametrize("size", [(8, 6), (2000, 6)])
    @pytest.mark.parametrize(
        ("mode", "stored", "shown"),
        [
            ("1", 1, (255, 255, 255)),
            ("L", 200, (200, 200, 200)),
            ("LA", (200, 255), (200, 200, 200)),
            ("P", 0, (0, 0, 0)),
            ("RGB", (1, 2, 3), (1, 2, 3)),
            ("RGBA", (1, 2, 3, 255), (1, 2, 3)),
            ("RGBX", (1, 2, 3, 0), (1, 2, 3)),
            ("CMYK", (0, 255, 255, 0), (255, 0, 0)),
            ("I", 40_000, (156, 156, 156)),
            ("I", 1_000_000, (255, 255, 255)),
            ("I", -5, (0, 0, 0)),
            ("I;16", 40_000, (156, 156, 156)),
            ("I;16L", 40_000, (156, 156, 156)),
            ("I;16B", 40_000, (156, 156, 156)),
            ("I;16N", 40_000, (156, 156, 156)),
            ("F", 0.5, (127, 127, 127)),
            ("F", 200.0, (200, 200, 200)),
            ("F", 1e30, (255, 255, 255)),
        ],
    )
    def test_all_become_rgb(
        self, mode: str, stored: float | tuple[int, ...], shown: Colour, size: tuple[int, int]
    ) -> None:
        assert only_colour(still_of(Image.new(mode, size, stored))) == shown

    @pytest.mark.parametrize("size", [(8, 6), (2000, 6)])
    @pytest.mark.parametrize(
        ("mode", "stored", "shown"),
        [
            ("LA", (0, 0), WHITE),
            ("RGBA", (1, 2, 3, 0), WHITE),
            ("RGBA", (200, 0, 0, 128), (227, 127, 127)),
            ("PA", (0, 0), WHITE),
        ],
    )
    def test_transparent_becomes_white(
        self, mode: str, stored: tuple[int, ...], shown: Colour, size: tuple[int, int]
    ) -> None:
        assert only_colour(still_of(Image.new(mode, size, stored))) == shown

    @pytest.mark.parametrize("width", [8, 2000])
    @pytest.mark.parametrize(
        ("mode", "stored", "clear"),
        [("L", 7, 7), ("1", 0, 0), ("P", 0, 0), ("P", 0, b"\0\xff"), ("RGB", (1, 2, 3), (1, 2, 3))],
    )
    def test_the_clear_colour_of_a_png_becomes_white(
        self, mode: str, stored: int | Colour, clear: int | bytes | Colour, width: int
    ) -> None:
        data = saved(Image.new(mode, (width, 6), stored), "PNG", transparency=clear)
        with open_image(io.BytesIO(data), "png") as image:
            image.load()
            assert "transparency" in image.info
            assert only_colour(still_of(image)) == WHITE

    def test_other_colours_beside_a_clear_one_stay(self) -> None:
        image = quartered((16, 16))
        image.info["transparency"] = GREEN
        assert corners_of(still_of(image)) == (RED, WHITE, BLUE, WHITE)

    @pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
    def test_heic(self, mode: str) -> None:
        with open_image(io.BytesIO(heif(quartered((64, 32)).convert(mode))), "heic") as image:
            still = still_of(image)
        assert (still.width, still.height, still.shown_width, still.shown_height) == (64, 32, 64, 32)
        if mode == "L":
            assert [corner[0] for corner in corners_of(still)] == [0, 255, 0, 255]
        else:
            assert corners_of(still) == STORED[1]

    @pytest.mark.parametrize("mode", ["I;16", "I;16B", "I", "F", "CMYK", "LA"])
    def test_what_a_tiff_holds(self, mode: str) -> None:
        with open_image(io.BytesIO(saved(Image.new(mode, (9, 7)), "TIFF")), "tiff") as image:
            image.load()
            assert image.mode == mode
            still = still_of(image)
        assert only_colour(still) == (WHITE if mode in ("CMYK", "LA") else (0, 0, 0))

    def test_the_picture_itself_is_left_alone(self) -> None:
        image = quartered((3000, 1500))
        image.info["transparency"] = GREEN
        before = image.copy()
        still_of(image, 6)
        assert (image.size, image.mode, image.tobytes()) == (before.size, "RGB", before.tobytes())
        assert image.info == {"transparency": GREEN}


class TestSizes:
    @pytest.mark.parametrize(
        ("size", "small"),
        [
            ((1, 1), (1, 1)),
            ((LONG_SIDE, LONG_SIDE), (LONG_SIDE, LONG_SIDE)),
            ((LONG_SIDE + 1, 10), (LONG_SIDE, 10)),
            ((3840, 2160), (1920, 1080)),
            ((2160, 3840), (1080, 1920)),
            ((1, 4000), (1, 1920)),
            ((20_000, 2), (1920, 1)),
            ((3, 20_000), (1, 1920)),
            ((5, 1919), (5, 1919)),
        ],
    )
    @pytest.mark.parametrize("mode", ["RGB", "P", "I;16", "RGBA"])
    def test_the_long_side_has_1920_pixels_at_most(
        self, size: tuple[int, int], small: tuple[int, int], mode: str
    ) -> None:
        still = still_of(Image.new(mode, size))
        assert (still.width, still.height) == small
        assert (still.shown_width, still.shown_height) == size
        assert len(still.rgb) == small[0] * small[1] * 3

    @given(st.integers(1, 4000), st.integers(1, 4000), st.integers(1, 8))
    @settings(max_examples=40, deadline=None)
    def test_never_enlarged_never_empty(self, width: int, height: int, orientation: int) -> None:
        still = still_of(Image.new("L", (width, height)), orientation)
        turned = (height, width) if orientation >= 5 else (width, height)
        assert (still.shown_width, still.shown_height) == turned
        assert 1 <= still.width <= min(turned[0], LONG_SIDE)
        assert 1 <= still.height <= min(turned[1], LONG_SIDE)
        assert max(still.width, still.height) == min(max(turned), LONG_SIDE)
        assert len(still.rgb) == still.width * still.height * 3

    def test_a_picture_has_no_time(self) -> None:
        assert still_of(Image.new("L", (2, 2))).time is None


def frame_of(
    image: Image.Image, pts: int | None = 3, *, pixels: str = "yuv420p", **colours: Colorspace | ColorRange
) -> Any:
    """A decoded frame as a clip holds it: halved colour, ticks of a quarter of a second."""
    made: Any = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
    frame = made.reformat(format=pixels, **colours)
    frame.pts, frame.time_base = pts, Fraction(1, 4)
    return frame


def shown_colour(frame: Any) -> tuple[int, ...]:
    return tuple(still_of_frame(frame, (frame.width, frame.height)).rgb[:3])


class TestFrames:
    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("shown", [(64, 32), (32, 64), (2400, 1200)])
    def test_all_end_upright(self, orientation: int, shown: tuple[int, int]) -> None:
        stored = shown[::-1] if orientation >= 5 else shown
        frame = frame_of(quartered(stored, STORED[orientation]))
        still = still_of_frame(frame, shown, orientation)
        assert corners_of(still) == STORED[1]
        assert (still.shown_width, still.shown_height) == shown
        assert (still.width, still.height) == ((1920, 960) if shown[0] == 2400 else shown)

    @pytest.mark.parametrize(
        ("orientation", "shown"), [(1, (128, 32)), (5, (32, 128)), (3, (128, 32)), (8, (32, 128))]
    )
    def test_pixels_that_are_not_square_are_stretched(self, orientation: int, shown: tuple[int, int]) -> None:
        stored = quartered((64, 32), STORED[orientation])  # pixels of 2:1
        still = still_of_frame(frame_of(stored), shown, orientation)
        assert corners_of(still) == STORED[1]
        assert (still.width, still.height, still.shown_width, still.shown_height) == (*shown, *shown)

    def test_wide_pixels_of_a_large_frame(self) -> None:
        still = still_of_frame(frame_of(quartered((1440, 1080))), (2560, 1080))
        assert (still.width, still.height) == (1920, 810)

    def test_a_thread_as_wide_as_a_pixel(self) -> None:
        still = still_of_frame(frame_of(Image.new("RGB", (2, 4000))), (1, 4000))
        assert (still.width, still.height) == (1, 1920)

    @pytest.mark.parametrize("size", [(640, 480), (1280, 718), (1280, 720), (720, 1280)])
    @pytest.mark.parametrize("matrix", [Colorspace.ITU601, Colorspace.ITU709])
    @pytest.mark.parametrize("span", [ColorRange.MPEG, ColorRange.JPEG])
    def test_named_colours(self, size: tuple[int, int], matrix: Colorspace, span: ColorRange) -> None:
        frame = frame_of(Image.new("RGB", size, RUST), dst_colorspace=matrix, dst_color_range=span)
        assert (frame.colorspace, frame.color_range) == (6 if matrix is Colorspace.ITU601 else 1, span)
        assert shown_colour(frame) == pytest.approx(RUST, abs=4)

    @pytest.mark.parametrize(
        ("size", "matrix"),
        [
            ((640, 480), Colorspace.ITU601),
            ((1280, 718), Colorspace.ITU601),
            ((1280, 720), Colorspace.ITU709),
            ((720, 1280), Colorspace.ITU709),
        ],
    )
    @pytest.mark.parametrize("span", [ColorRange.MPEG, ColorRange.JPEG])
    def test_colours_that_are_not_named_are_those_of_the_size(
        self, size: tuple[int, int], matrix: Colorspace, span: ColorRange
    ) -> None:
        frame = frame_of(Image.new("RGB", size, RUST), dst_colorspace=matrix, dst_color_range=span)
        frame.colorspace = UNNAMED
        assert shown_colour(frame) == pytest.approx(RUST, abs=4)
        assert frame.colorspace == UNNAMED

    @pytest.mark.parametrize("pixels", ["gbrp", "rgb24", "bgra"])
    def test_of_rgb_nothing_is_assumed(self, pixels: str) -> None:
        frame = frame_of(Image.new("RGB", (1280, 720), RUST), pixels=pixels)
        frame.colorspace = UNNAMED
        assert shown_colour(frame) == RUST

    @pytest.mark.parametrize(("pts", "time"), [(3, Fraction(3, 4)), (0, Fraction(0)), (None, None)])
    def test_its_time(self, pts: int | None, time: Fraction | None) -> None:
        assert still_of_frame(frame_of(quartered((16, 16)), pts), (16, 16)).time == time
