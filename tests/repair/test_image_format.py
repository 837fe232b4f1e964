"""Formats and colours of copies: kept where they are taken, else with the least loss."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.repair.pictures import image
from validator.model import ImageFacts
from validator.repair.colour_plan import choose_colours
from validator.repair.demands import Demands, Range
from validator.repair.image_format import Source, at_most, choose_format, most_bytes
from validator.repair.options import RepairOptions

FORMATS = ("jpeg", "png", "webp", "bmp", "tiff", "gif", "heic", "heif")
LIMIT = Range(max=Fraction(30_000_000), open_max=True)
PHOTO, LARGE = image(2000, 1500), image(4000, 3000)
CLEAR = image(2000, 1500, mode="RGBA", alpha=True, colour=True, colour_detail="alpha")


def asking(*formats: str, limit: Range | None = LIMIT, **allowed: tuple[str, ...]) -> Demands:
    ranges = {} if limit is None else {"bytes": limit}
    return Demands(ranges=ranges, allowed={"format": formats or FORMATS, **allowed})


def chosen(
    name: str, media: ImageFacts, demands: Demands, *, size: int = 1_000_000, plain: bool = False
) -> str | None:
    sides = media.width or 1, media.height or 1
    return choose_format(Source(name, media, size, sides), demands, plain=plain)


class TestFormat:
    def test_a_gif_whose_pixels_are_mixed_has_too_many_colours_for_one(self) -> None:
        palette = image(500, 200, mode="P")
        for taken, wanted in ((asking(), "png"), (asking("gif", "jpeg"), "gif")):
            source = Source("gif", palette, 9_000, (500, 200))
            assert choose_format(source, taken) == "gif"
            assert choose_format(source, taken, mixed=True) == wanted

    @pytest.mark.parametrize("name", ["heic", "avif", "jpeg", "webp"])
    def test_wide_samples_become_8_bits_where_no_more_can_be_written(self, name: str) -> None:
        deep = image(2000, 1500, mode="I;16", bit_depth=16, colour=True, colour_detail="16 bit a sample")
        found = choose_colours(deep, name, Demands(), RepairOptions())
        assert (found.depth8, found.bit_depth, found.steps) == (True, 8, ("16 bit a sample become 8",))

    @pytest.mark.parametrize("name", ["jpeg", "png", "webp", "bmp", "tiff", "gif", "heic"])
    def test_it_stays_where_it_is_taken(self, name: str) -> None:
        assert chosen(name, PHOTO, asking()) == name

    @pytest.mark.parametrize(
        ("name", "single"), [("mpo", "jpeg"), ("apng", "png"), ("bigtiff", "tiff"), ("heif-sequence", "heic")]
    )
    def test_of_a_variant_the_plain_one(self, name: str, single: str) -> None:
        assert chosen(name, PHOTO, asking()) == single

    @pytest.mark.parametrize(
        ("name", "media", "wanted"),
        [
            ("jp2", PHOTO, "jpeg"),
            ("avif", PHOTO, "jpeg"),
            ("webp", PHOTO, "jpeg"),
            ("psd", PHOTO, "png"),
            ("tiff", PHOTO, "png"),
            ("avif", CLEAR, "png"),
            ("webp", image(2000, 1500, mode="P"), "png"),
            ("webp", image(400, 400), "png"),
        ],
    )
    def test_what_is_not_taken(self, name: str, media: ImageFacts, wanted: str) -> None:
        assert chosen(name, media, asking("jpeg", "png")) == wanted

    def test_alpha_that_is_not_taken_needs_no_room_for_it(self) -> None:
        assert chosen("avif", CLEAR, asking("jpeg", "png", alpha=("false",))) == "jpeg"

    def test_a_palette_that_is_not_taken_is_no_gif(self) -> None:
        assert chosen("gif", image(400, 400, mode="P"), asking(colour=("false",))) == "png"

    def test_odd_sides_that_would_be_cut_are_no_heic(self) -> None:
        odd = image(801, 600)
        assert chosen("heic", odd, asking()) == "heic"
        assert chosen("heic", odd, asking(orientation=("false",))) == "jpeg"

    def test_none_that_can_be_written(self) -> None:
        assert chosen("png", PHOTO, asking("jxl")) is None


class TestTooLarge:
    def test_a_photograph_without_loss_becomes_one_with_little(self) -> None:
        assert chosen("png", LARGE, asking(), size=33_000_000) == "jpeg"

    def test_one_with_alpha_keeps_it(self) -> None:
        clear = image(4000, 3000, mode="RGBA", alpha=True)
        assert chosen("png", clear, asking(), size=40_000_000) == "webp"

    def test_bare_samples_are_packed(self) -> None:
        assert chosen("tiff", LARGE, asking(), size=36_000_000) == "tiff"
        assert chosen("bmp", LARGE, asking(), size=36_000_000) == "png"

    @pytest.mark.parametrize("name", ["bmp", "tiff", "png"])
    @pytest.mark.parametrize(("share", "wanted"), [(Fraction(1), "jpeg"), (Fraction(1, 2), "")])
    def test_pixels_go_last(self, name: str, share: Fraction, wanted: str) -> None:
        kept = "png" if name == "bmp" else name
        measured = Source(name, LARGE, 36_000_000, (4000, 3000), share)
        assert choose_format(measured, asking()) == (wanted or kept)

    def test_samples_that_fit_as_they_are_fit_however_they_are_packed(self) -> None:
        small = image(3300, 3000)
        measured = Source("tiff", small, 29_700_000, (3300, 3000), Fraction(1))
        assert measured.bare < measured.packed < 29_999_999
        assert choose_format(measured, asking()) == "tiff"

    def test_a_lossy_one_stays(self) -> None:
        assert chosen("jpeg", LARGE, asking(), size=40_000_000) == "jpeg"

    def test_the_only_one_that_is_taken(self) -> None:
        assert chosen("png", LARGE, asking("png"), size=33_000_000) == "png"

    @pytest.mark.parametrize(
        ("limit", "most"),
        [
            (LIMIT, 29_999_999),
            (Range(max=Fraction(100)), 100),
            (Range(max=Fraction(201, 2), open_max=True), 100),
            (Range(), None),
        ],
    )
    def test_the_largest_that_is_taken(self, limit: Range, most: int | None) -> None:
        assert most_bytes(asking(limit=limit)) == most

    def test_an_upper_bound(self) -> None:
        source = Source("png", LARGE, 1000, (4000, 3000))
        assert at_most(source, "png") > 4000 * 3000 * 3 + 1000


class TestColours:
    def test_nothing_is_done_where_nothing_is_asked(self) -> None:
        deep = image(9, 9, mode="I;16", bit_depth=16, colour=True, colour_detail="16 bit a sample")
        found = choose_colours(deep, "png", Demands(), RepairOptions())
        assert (found.steps, found.mode, found.bit_depth, found.colour) == ((), "I;16", 16, True)

    def test_what_a_format_cannot_hold(self) -> None:
        deep = image(9, 9, mode="I;16", bit_depth=16, colour=True)
        found = choose_colours(deep, "jpeg", Demands(), RepairOptions())
        assert (found.depth8, found.mode, found.bit_depth, found.colour) == (True, "L", 8, False)
        cmyk = image(9, 9, mode="CMYK", colour=True, colour_detail="CMYK")
        assert not choose_colours(cmyk, "jpeg", Demands(), RepairOptions()).srgb
        assert choose_colours(cmyk, "png", Demands(), RepairOptions()).srgb

    @pytest.mark.parametrize(
        ("mode", "detail", "alpha"),
        [("CMYK", "CMYK", False), ("RGB", "wide gamut (Display P3)", False), ("P", "a palette", False)],
    )
    def test_as_every_reader_takes_them(self, mode: str, detail: str, alpha: bool) -> None:
        unusual = image(9, 9, mode=mode, colour=True, colour_detail=detail, alpha=alpha)
        found = choose_colours(unusual, "png", asking(colour=("false",)), RepairOptions())
        assert (found.srgb, found.mode, found.colour) == (True, "RGB", False)

    @pytest.mark.parametrize(("fill", "behind"), [("blur", "#ffffff"), ("#102030", "#102030")])
    def test_the_colour_behind_what_is_transparent(self, fill: str, behind: str) -> None:
        found = choose_colours(CLEAR, "png", asking(alpha=("false",)), RepairOptions(fill=fill))
        assert (found.flatten, found.alpha, found.mode) == (behind, False, "RGB")

    def test_a_palette_stays_where_no_pixel_is_mixed(self) -> None:
        palette = image(9, 9, mode="P", colour=True, colour_detail="a palette")
        modes = [
            choose_colours(palette, "png", Demands(), RepairOptions(), mixed=mixed).mode
            for mixed in (False, True)
        ]
        assert modes == ["P", "RGB"]
