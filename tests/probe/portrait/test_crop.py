"""The crop that makes a close-up."""

from __future__ import annotations

import math
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.probe.portrait.crop import close_up_crop
from validator.probe.portrait.look import Head


def _head(x: float, y: float, width: float, height: float) -> Head:
    return Head(x, y, width, height, (), 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 0.5)


_SIZES = st.integers(1, 20_000)
_PLACES = st.floats(-0.02, 1.02)
_ASPECTS = st.floats(0.4, 1, exclude_max=True)


class TestTheCrop:
    def test_two_thirds_in_the_middle(self) -> None:
        crop = close_up_crop(_head(0.45, 0.2, 0.1, 0.2), 4000, 3000)
        assert crop == (1700, 414, 600, 900)

    def test_another_aspect(self) -> None:
        crop = close_up_crop(_head(0.45, 0.2, 0.1, 0.2), 4000, 3000, 0.8)
        assert crop == (1640, 414, 720, 900)

    def test_another_share_for_the_head(self) -> None:
        crop = close_up_crop(_head(0.45, 0.2, 0.1, 0.2), 4000, 3000, fill=0.6)
        assert crop == (1666, 360, 667, 1000)

    def test_a_small_head_leaves_a_crop_that_has_to_be_enlarged(self) -> None:
        small = _head(0.45, 0.2, 0.02, 0.04)
        assert close_up_crop(small, 4000, 3000) is None
        assert close_up_crop(small, 4000, 3000, least_side=1) == (1780, 563, 120, 180)

    def test_near_an_edge_it_grows_narrower_and_stays_centred(self) -> None:
        crop = close_up_crop(_head(0.015, 0.2, 0.1, 0.2), 4000, 3000)
        assert crop == (0, 414, 520, 900)

    def test_at_the_edge_it_keeps_the_head_and_leaves_the_centre(self) -> None:
        crop = close_up_crop(_head(0.0, 0.2, 0.1, 0.2), 4000, 3000)
        assert crop == (0, 414, 460, 900)

    def test_below_the_upper_edge(self) -> None:
        crop = close_up_crop(_head(0.45, 0.01, 0.1, 0.2), 4000, 3000)
        assert crop == (1700, 0, 600, 900)

    def test_a_low_picture_gives_all_of_its_height(self) -> None:
        crop = close_up_crop(_head(0.45, 0.1, 0.15, 0.8), 4000, 1000)
        assert crop == (1755, 0, 690, 1000)

    def test_in_a_narrow_picture_it_is_as_wide_as_the_head(self) -> None:
        crop = close_up_crop(_head(0.05, 0.3, 0.9, 0.25), 800, 2000)
        assert crop is not None
        assert crop[3] == 750
        assert 720 <= crop[2] < 750

    @given(_SIZES, _SIZES, _PLACES, _PLACES, st.floats(0.001, 1.5), st.floats(0.001, 1.5), _ASPECTS)
    def test_whatever_the_head_the_service_takes_it(  # noqa: PLR0917
        self, width: int, height: int, x: float, y: float, wide: float, tall: float, aspect: float
    ) -> None:
        crop = close_up_crop(_head(x, y, wide, tall), width, height, aspect)
        if crop is None:
            return
        left, top, crop_width, crop_height = crop
        assert all(type(value) is int for value in crop)
        assert 0 <= left <= width - crop_width
        assert 0 <= top <= height - crop_height
        assert min(crop_width, crop_height) >= 301
        assert Fraction(2, 5) <= Fraction(crop_width, crop_height) < 1
        assert tall * height <= 0.851 * crop_height

    @given(
        st.integers(1000, 6000),
        st.integers(1000, 6000),
        st.floats(0.0, 0.6),
        st.floats(0.0, 0.6),
        st.floats(201, 400),
        st.floats(0.6, 0.85),
        _ASPECTS,
    )
    def test_it_holds_the_head_at_two_thirds(  # noqa: PLR0917
        self, width: int, height: int, x: float, y: float, tall: float, shape: float, aspect: float
    ) -> None:
        head = _head(x, y, tall * shape / width, tall / height)
        crop = close_up_crop(head, width, height, aspect)
        assert crop is not None
        left, top, crop_width, crop_height = crop
        assert left - 1 <= head.x * width
        assert (head.x + head.width) * width <= left + crop_width + 1
        assert top - 1 <= head.y * height
        assert (head.y + head.height) * height <= top + crop_height + 1
        assert tall / crop_height == pytest.approx(2 / 3, abs=0.003)


class TestNoCrop:
    @pytest.mark.parametrize("edge", ["left", "right", "top", "bottom"])
    def test_the_head_is_cut(self, edge: str) -> None:
        head = msgspec.structs.replace(_head(0.45, 0.2, 0.1, 0.2), cut=(edge,))
        assert close_up_crop(head, 4000, 3000) is None

    def test_too_few_pixels(self) -> None:
        assert close_up_crop(_head(0.45, 0.2, 0.1, 0.2), 1300, 999) is None
        assert close_up_crop(_head(0.45, 0.2, 0.1, 0.2), 1400, 1010) is not None

    def test_no_room_around_the_head(self) -> None:
        assert close_up_crop(_head(0.1, 0.03, 0.7, 0.95), 1000, 1000) is None

    def test_a_picture_that_is_too_narrow(self) -> None:
        assert close_up_crop(_head(0.0, 0.3, 1.0, 0.2), 299, 3000) is None

    @pytest.mark.parametrize("value", [math.nan, math.inf])
    def test_numbers_that_are_none(self, value: float) -> None:
        assert close_up_crop(_head(value, 0.2, 0.1, 0.2), 4000, 3000) is None

    @pytest.mark.parametrize("size", [0.0, -0.1])
    def test_a_head_without_a_size(self, size: float) -> None:
        assert close_up_crop(_head(0.4, 0.2, size, 0.2), 4000, 3000) is None

    @pytest.mark.parametrize("aspect", [0.39, 1.0, 1.5, math.nan])
    def test_an_aspect_that_is_no_close_up(self, aspect: float) -> None:
        with pytest.raises(ValueError, match="a close-up is from"):
            close_up_crop(_head(0.45, 0.2, 0.1, 0.2), 4000, 3000, aspect)
