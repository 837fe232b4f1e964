"""Rectangles of a picture, also beyond its border."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probe.portrait.astronaut import Pixels, astronaut
from validator.probe.portrait.cutout import cut_out, size_of


def _gradient(width: int, height: int) -> Pixels:
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([columns % 256, rows % 256, (columns + rows) % 256], axis=2).astype(np.uint8)


def test_size() -> None:
    assert size_of(np.zeros((30, 50, 3), np.uint8)) == (50, 30)


def test_inside_at_its_own_size() -> None:
    picture = _gradient(60, 40)
    assert np.array_equal(cut_out(picture, (10, 5, 20, 30), 100).pixels, picture[5:35, 10:30])


@pytest.mark.parametrize("box", [(-10, -5, 30, 20), (40, 30, 30, 20), (-10, -10, 80, 60)])
def test_the_outermost_pixels_go_on(box: tuple[int, int, int, int]) -> None:
    picture = _gradient(60, 40)
    rows = np.clip(np.arange(box[1], box[1] + box[3]), 0, 39)
    columns = np.clip(np.arange(box[0], box[0] + box[2]), 0, 59)
    assert np.array_equal(cut_out(picture, box, 100).pixels, picture[rows][:, columns])


def test_large_ones_shrink() -> None:
    cut = cut_out(astronaut(), (-100, 0, 700, 512), 350)
    assert cut.pixels.shape == (256, 350, 3)
    assert (cut.left, cut.top, cut.width, cut.height) == (-100, 0, 700, 512)
    assert cut.pixels.mean() == pytest.approx(
        cut_out(astronaut(), (-100, 0, 700, 512), 700).pixels.mean(), abs=1
    )


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(-100, 100),
    st.integers(-100, 100),
    st.integers(1, 200),
    st.integers(1, 200),
    st.integers(1, 60),
)
def test_whatever_is_asked_for_comes(  # noqa: PLR0917
    width: int, height: int, left: int, top: int, wide: int, tall: int, longest: int
) -> None:
    cut = cut_out(_gradient(width, height), (left, top, wide, tall), longest)
    scale = min(1.0, longest / max(wide, tall))
    assert cut.pixels.shape == (max(1, round(tall * scale)), max(1, round(wide * scale)), 3)
    assert cut.pixels.flags.c_contiguous
    assert cut.pixels.dtype == np.uint8
