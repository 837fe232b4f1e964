"""Sizes of copies: between all limits, by the least change, and never by one that is not needed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validator.judge import Policy
from validator.model import Asset, Facts, Kind
from validator.people import Box
from validator.profile import default_profile
from validator.repair.demands import Demands, Range, demands_of
from validator.repair.fitting import Size
from validator.repair.geometry import Framing, NoFraming, framed
from validator.repair.options import Fit
from validator.repair.recipe import Canvas

SIDES = st.integers(1, 7000)
RATIO = Range(Fraction(2, 5), Fraction(5, 2))


def ours(kind: Kind) -> Demands:
    """What our own profile asks of a picture's or a clip's size."""
    return demands_of(Asset("a", "a"), Facts(kind=kind), [default_profile()], [Policy()])


IMAGES, CLIPS = ours(Kind.IMAGE), ours(Kind.VIDEO)


def way(size: Size, demands: Demands, **options: object) -> Framing:
    found = framed(size, demands, **options)  # type: ignore[arg-type]
    assert isinstance(found, Framing), found
    return found


def asking(**ranges: Range) -> Demands:
    return Demands(ranges=ranges)


def holds(demands: Demands, size: Size) -> bool:
    width, height = size
    values: Mapping[str, Fraction | int] = {
        "width": width,
        "height": height,
        "short_side": min(size),
        "aspect_ratio": Fraction(width, height),
        "pixels": width * height,
    }
    return all(demands.range_of(fact).holds(value) for fact, value in values.items())


@pytest.mark.parametrize(
    ("size", "content", "canvas"),
    [
        ((300, 300), (300, 300), None),  # on a bound that others write as outside: it stays
        ((750, 300), (750, 300), None),
        ((200, 200), (301, 301), None),  # enlarged, it keeps off that bound
        ((250, 100), (755, 302), None),  # of exactly the same ratio
        ((7000, 7000), (5999, 5999), None),
        ((1000, 200), (1000, 200), Canvas(1000, 401, 0, 100, "blur")),
        ((200, 1000), (200, 1000), Canvas(401, 1000, 100, 0, "blur")),
        ((6000, 2000), (6000, 2000), Canvas(6000, 2401, 0, 200, "blur")),
        ((8000, 400), (5999, 300), Canvas(5999, 2400, 0, 1050, "blur")),
        ((600, 150), (600, 150), Canvas(600, 301, 0, 75, "blur")),  # nothing is computed anew: room alone
        ((150, 600), (150, 600), Canvas(301, 600, 75, 0, "blur")),
        ((600, 120), (750, 150), Canvas(750, 301, 0, 75, "blur")),  # of 600x301 it would be a fifth and less
    ],
)
def test_pictures_are_changed_as_little_as_can_be(size: Size, content: Size, canvas: Canvas | None) -> None:
    found = way(size, IMAGES)
    assert (found.crop, found.content, found.canvas) == (None, content, canvas)
    assert found.is_scaled is (content != size)
    assert found.is_as_it_was is (content == size and canvas is None)


@pytest.mark.parametrize(
    ("size", "crop", "content"),
    [
        ((848, 480), None, (852, 482)),  # 2,560 pixels short
        ((3840, 2160), None, (1920, 1080)),  # exactly half, though 1924x1082 would be nearer
        ((1921, 1081), Box(0, 0, 1920, 1080), (1920, 1080)),  # an odd line goes, nothing is scaled
        ((1920, 1080), None, (1920, 1080)),
        ((640, 360), None, (854, 480)),
    ],
)
def test_sides_of_clips_are_even(size: Size, crop: Box | None, content: Size) -> None:
    found = way(size, CLIPS, even=True)
    assert (found.crop, found.content, found.canvas) == (crop, content, None)


def test_a_frame_of_a_clip_lies_on_even_places() -> None:
    canvas = way((2002, 502), CLIPS, even=True).canvas
    assert canvas is not None
    assert {side % 2 for side in (canvas.width, canvas.height, canvas.x, canvas.y)} == {0}


@pytest.mark.parametrize(
    ("size", "keep", "crop", "cuts_kept"),
    [
        ((2000, 500), (), Box(376, 0, 1249, 500), False),
        ((2000, 500), (Box(0, 0, 100, 100),), Box(0, 0, 1249, 500), False),
        ((2000, 500), (Box(1900, 0, 100, 100),), Box(751, 0, 1249, 500), False),
        ((2000, 500), (Box(900, 0, 200, 100),), Box(375, 0, 1249, 500), False),
        ((2000, 500), (Box(0, 0, 10, 10), Box(1990, 0, 10, 10)), Box(375, 0, 1249, 500), True),
        ((500, 2000), (Box(0, 0, 100, 100),), Box(0, 0, 500, 1249), False),
    ],
)
def test_a_crop_is_laid_around_what_is_kept(
    size: Size, keep: tuple[Box, ...], crop: Box, cuts_kept: bool
) -> None:
    found = way(size, IMAGES, fit="crop", keep=keep)
    assert found.crop is not None
    assert (found.crop.width, found.crop.height) == (crop.width, crop.height)
    assert abs(found.crop.x - crop.x) + abs(found.crop.y - crop.y) <= 1
    assert found.cuts_kept is cuts_kept
    assert not found.is_scaled
    assert found.cropped == (crop.width, crop.height)


def test_what_is_cropped_may_have_to_be_enlarged() -> None:
    found = way((1000, 200), IMAGES, fit="crop")
    assert found.crop is not None
    assert found.cropped == (499, 200)
    assert found.content == (751, 301)
    assert found.factor == Fraction(751, 499)  # along the side where it is more


def test_a_crop_of_an_odd_clip_is_even() -> None:
    found = way((2001, 501), CLIPS, fit="crop", even=True)
    assert found.crop is not None
    assert {side % 2 for side in (found.crop.x, found.crop.y, *found.cropped)} == {0}
    assert not found.is_scaled


@pytest.mark.parametrize("fit", ["pad", "crop"])
def test_what_is_far_too_small_says_by_how_much(fit: Fit) -> None:
    found = framed((10, 12), IMAGES, fit=fit)
    assert isinstance(found, NoFraming)
    assert "10x12 would have to be enlarged 30 times" in found.reason
    assert "at most 16 times is allowed" in found.reason
    assert found.fact == "width"
    assert way((10, 12), IMAGES, fit=fit, max_enlarge=Fraction(40)).content == (301, 361)


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (
            (20_000, 10),
            "Padded to 5999x2400, 99.9 % of it would be padding, and 90 % is the most: take an original of"
            " another shape.",
        ),
        (
            (8000, 300),
            "Padded to 5999x2400, 90.6 % of it would be padding, and 90 % is the most: cut it (--crop keeps"
            " 749x300 of it), or take an original of another shape.",
        ),
    ],
)
def test_a_copy_that_is_mostly_padding_is_none(size: Size, reason: str) -> None:
    assert framed(size, IMAGES) == NoFraming(reason, "aspect_ratio")


def test_a_clip_is_padded_rather_than_scaled_as_well() -> None:
    found = way((900, 240), CLIPS, even=True)
    assert (found.is_scaled, found.size, found.added) == (False, (900, 456), Fraction(9, 19))


@pytest.mark.parametrize("size", [(1000, 150), (400, 250)])
def test_a_crop_that_would_be_enlarged_too_much_is_padded_instead(size: Size) -> None:
    found = way(size, IMAGES, fit="crop", max_enlarge=Fraction(1))
    assert (found.crop, found.is_scaled) == (None, False)
    assert found.canvas is not None
    assert holds(IMAGES, found.size)
    assert found.instead.endswith("at most 1 time is allowed (--max-enlarge): it is padded instead.")


def test_a_crop_and_padding_that_both_fail_say_so() -> None:
    found = framed((2000, 60), IMAGES, fit="crop", max_enlarge=Fraction(2))
    assert found == NoFraming(
        "Cropped, its part 150x60 would have to be enlarged 5 times, to 750x300, and at most 2 times is "
        "allowed (--max-enlarge): padded to 2000x801, 92.5 % of it would be padding, and 90 % is the most: "
        "take an original of another shape.",
        "aspect_ratio",
    )


def test_a_small_strip_that_would_be_padded_says_so_as_well() -> None:
    found = framed((20, 2), CLIPS, even=True)
    assert isinstance(found, NoFraming)
    assert found.fact == "width"


@pytest.mark.parametrize(
    "demands",
    [
        asking(
            width=Range(max=Fraction(100)), pixels=Range(min=Fraction(10**6)), height=Range(max=Fraction(100))
        ),
        asking(width=Range(min=Fraction(100), max=Fraction(50))),
        asking(
            aspect_ratio=Range(Fraction(3), Fraction(4)),
            width=Range(max=Fraction(2)),
            height=Range(min=Fraction(2)),
        ),
        asking(aspect_ratio=Range(max=Fraction(0))),
    ],
)
def test_limits_that_contradict_each_other_are_told(demands: Demands) -> None:
    found = framed((1000, 1000), demands)
    assert isinstance(found, NoFraming)
    assert found.reason.startswith("No size lies within all limits at once")
    assert found.fact in {"width", "aspect_ratio", "pixels"}


def test_a_least_number_of_pixels_is_named_where_the_sides_are_taken() -> None:
    found = framed((20, 20), asking(pixels=Range(min=Fraction(10**6))))
    assert isinstance(found, NoFraming)
    assert found.fact == "pixels"


@pytest.mark.parametrize("size", [(500, 800), (800, 500)])
def test_the_short_side_counts_whichever_it_is(size: Size) -> None:
    found = way(size, asking(short_side=Range(Fraction(300), Fraction(400), open_min=True)))
    assert (min(found.size), found.canvas) == (400, None)


def test_a_bound_of_nothing_says_nothing() -> None:
    nothing = Range(min=Fraction(0))
    assert way((200, 400), asking(width=nothing, pixels=nothing)).is_as_it_was


def test_a_picture_may_have_to_be_tiny() -> None:
    few = Range(max=Fraction(3))
    assert way((100, 90), asking(width=few, height=few)).size == (3, 3)


def test_a_bound_that_is_outside_is_not_met() -> None:
    assert way((200, 400), asking(short_side=Range(min=Fraction(300), open_min=True))).size == (301, 602)


def test_a_frame_is_no_taller_than_it_has_to_be() -> None:
    asked = Demands(
        {
            "aspect_ratio": Range(max=Fraction(5, 2)),
            "width": Range(max=Fraction(1000)),
            "height": Range(Fraction(240)),
        }
    )
    found = framed((2349, 666), asked)
    assert isinstance(found, Framing)
    assert (found.size, found.content) == ((1000, 400), (1000, 284))  # 998x283 is less distorted, in 998x400


def test_where_there_is_no_room_others_bounds_are_met() -> None:
    shy = Range(Fraction(300), Fraction(300), shy_min=True, shy_max=True)
    assert way((200, 200), asking(width=shy, height=shy)).size == (300, 300)


def test_one_exact_ratio_is_found() -> None:
    wide = Range(Fraction(16, 9), Fraction(16, 9))
    assert way((1000, 1000), asking(aspect_ratio=wide), even=True).size == (1792, 1008)
    cropped = way((1000, 1000), asking(aspect_ratio=wide), fit="crop")
    assert Fraction(*cropped.size) == Fraction(16, 9)


def test_a_copy_may_have_to_lie_where_the_picture_stands() -> None:
    short = Range(Fraction(23), Fraction(29))
    demands = asking(width=Range(Fraction(98)), height=Range(max=Fraction(89)), short_side=short)
    assert way((52, 80), demands).size == (98, 29)


def test_where_rounding_leaves_no_usual_step_each_width_is_tried() -> None:
    demands = asking(height=Range(max=Fraction(157)), pixels=Range(Fraction(23_846)))
    found = way((100, 103), demands, even=True)
    assert holds(demands, found.size)
    assert found.added < Fraction(1, 20)


def test_a_clip_one_pixel_wide_is_still_even() -> None:
    found = way((1, 400), asking(), even=True)
    assert (found.content[0], found.content[1] % 2) == (2, 0)


@given(width=SIDES, height=SIDES, fit=st.sampled_from(("pad", "crop")), even=st.booleans())
def test_whatever_comes_out_is_taken(width: int, height: int, fit: Fit, even: bool) -> None:
    demands = CLIPS if even else IMAGES
    found = framed((width, height), demands, fit=fit, even=even)
    if isinstance(found, NoFraming):
        is_small = min(width, height) * 16 < 302 * 2 or width * height * 256 < 409_600 * 4
        assert is_small or max(width, height) > 24 * min(width, height)
        return
    assert holds(demands, found.size)
    assert found.factor <= 16
    assert found.added <= Fraction(9, 10)
    across, down = (Fraction(a, b) for a, b in zip(found.content, found.cropped, strict=True))
    step = 2 if even else 1
    assert abs(across - down) <= step * max(Fraction(1, side) for side in found.cropped)  # no distortion
    if even:
        assert not {side % 2 for side in (*found.size, *found.content)} - {0}
    if holds(demands, (width, height)) and not even:
        assert found.is_as_it_was
    if found.canvas is not None:
        assert found.canvas.width == found.content[0] or found.canvas.height == found.content[1]
        if found.factor < 15:  # else what may be enlarged no further is padded
            assert (fit == "crop") is bool(found.instead)
            assert not RATIO.holds(Fraction(width, height))  # else scaling alone is enough
    if found.crop is not None and not even:
        assert not RATIO.holds(Fraction(width, height))
        assert found.crop.x + found.crop.width <= width
        assert found.crop.y + found.crop.height <= height


@st.composite
def some_range(draw: st.DrawFn, numbers: st.SearchStrategy[Fraction]) -> Range:
    """Numbers between two, above one, below one, or all."""
    low, high = sorted((draw(numbers), draw(numbers)))
    ends = draw(st.sampled_from(((low, high), (low, None), (None, high), (None, None))))
    return Range(*ends, draw(st.booleans()), draw(st.booleans()))


LENGTHS = st.integers(20, 200).map(Fraction)
RATIOS = st.fractions(min_value=Fraction(1, 10), max_value=4, max_denominator=20)


@given(
    size=st.tuples(st.integers(1, 200), st.integers(1, 200)),
    demands=st.builds(
        asking,
        width=some_range(LENGTHS),
        height=some_range(LENGTHS),
        short_side=some_range(LENGTHS),
        aspect_ratio=some_range(RATIOS),
        pixels=some_range(st.integers(400, 40_000).map(Fraction)),
    ),
    fit=st.sampled_from(("pad", "crop")),
    even=st.booleans(),
)
@settings(max_examples=60)
def test_whatever_is_asked_is_kept(size: Size, demands: Demands, fit: Fit, even: bool) -> None:
    found = framed(size, demands, fit=fit, even=even)
    if isinstance(found, NoFraming):
        assert not holds(demands, size) or even
        step = 2 if even else 1
        sizes = product(range(20, 401, 20 * step), range(20, 401, 20 * step))
        assert "No size" not in found.reason or not any(holds(demands, each) for each in sizes)
        return
    assert holds(demands, found.size)
    if found.canvas is not None:
        assert min(found.canvas.x, found.canvas.y) >= 0
        assert found.canvas.x + found.content[0] <= found.canvas.width
        assert found.canvas.y + found.content[1] <= found.canvas.height
    if found.crop is not None:
        assert min(found.crop.x, found.crop.y) >= 0
        assert found.crop.x + found.crop.width <= size[0]
        assert found.crop.y + found.crop.height <= size[1]


@given(width=st.integers(301, 5999), height=st.integers(301, 5999))
def test_where_the_ratio_alone_is_wrong_nothing_is_scaled(width: int, height: int) -> None:
    found = way((width, height), IMAGES)
    padded_too_large = max(width, height) > 5999 or max(found.size) > 5999
    assert not found.is_scaled or padded_too_large
