"""Sharpness and brightness of a face, whatever its size."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from tests.probe.portrait.astronaut import Pixels, face_in, framed, pixels
from validator.probe.portrait.light import light_of

_FILL = 2 / 3


def _box() -> tuple[float, float, float, float]:
    left, top, width, height = face_in(_FILL)
    return left, top, left + width, top + height


def _blurred(share: float) -> Pixels:
    image = Image.fromarray(framed(_FILL))
    return pixels(image.filter(ImageFilter.GaussianBlur(share * _FILL * image.height)))


class TestSharpness:
    def test_of_an_ordinary_photograph(self) -> None:
        assert light_of(framed(_FILL), _box())[0] == pytest.approx(0.63, abs=0.05)

    @pytest.mark.parametrize("height", [150, 300, 900, 1800])
    def test_size_makes_no_difference(self, height: int) -> None:
        whole = light_of(framed(_FILL), _box())[0]
        assert light_of(framed(_FILL, height=height), _box())[0] == pytest.approx(whole, abs=0.04)

    def test_the_more_blurred_the_less(self) -> None:
        falling = [light_of(_blurred(share), _box())[0] for share in (0.0, 0.01, 0.02, 0.03, 0.05)]
        assert falling == sorted(falling, reverse=True)
        assert falling[2] < 0.43
        assert falling[3] < 0.35

    @pytest.mark.parametrize("factor", [0.3, 0.6, 1.2])
    def test_light_makes_no_difference(self, factor: float) -> None:
        image = ImageEnhance.Brightness(Image.fromarray(framed(_FILL))).enhance(factor)
        assert light_of(pixels(image), _box())[0] == pytest.approx(0.63, abs=0.06)

    def test_of_one_colour(self) -> None:
        assert light_of(np.full((90, 60, 3), 100, np.uint8), (0.0, 0.0, 1.0, 1.0))[0] == 0.0


class TestBrightness:
    @pytest.mark.parametrize("grey", [0, 51, 128, 255])
    def test_is_the_mean(self, grey: int) -> None:
        assert light_of(np.full((90, 60, 3), grey, np.uint8), (0.1, 0.1, 0.9, 0.9))[1] == pytest.approx(
            grey / 255
        )

    def test_only_the_face_counts(self) -> None:
        picture = np.zeros((100, 100, 3), np.uint8)
        picture[40:60, 40:60] = 255
        assert light_of(picture, (0.4, 0.4, 0.6, 0.6))[1] == pytest.approx(1.0)


class TestOddBoxes:
    @pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (3, 5)])
    @pytest.mark.parametrize(
        "box", [(0, 0, 1, 1), (-1, -1, 2, 2), (1.2, 1.2, 1.4, 1.4), (0.5, 0.5, 0.5, 0.5)]
    )
    def test_anything_is_measured(
        self, size: tuple[int, int], box: tuple[float, float, float, float]
    ) -> None:
        picture = np.full((*size, 3), 100, np.uint8)
        sharpness, brightness = light_of(picture, box)
        assert 0 <= sharpness <= 1
        assert brightness == pytest.approx(100 / 255)
