"""What lies beside a padded picture."""

from __future__ import annotations

from typing import Any

import PIL.Image
import pytest

from tests.repair.image_files import scene
from validator.repair.image_fill import padded
from validator.repair.recipe import Canvas

MODES = ["L", "LA", "I;16", "RGB", "RGBA", "CMYK"]


@pytest.mark.parametrize("fill", ["blur", "edge", "#808080"])
@pytest.mark.parametrize("mode", MODES)
def test_the_picture_itself_is_untouched(mode: str, fill: str) -> None:
    image = scene(40, 30).convert("L").convert("I;16") if mode == "I;16" else scene(40, 30).convert(mode)
    result = padded(image, Canvas(80, 50, 20, 10, fill))
    assert (result.mode, result.size) == (mode, (80, 50))
    assert result.crop((20, 10, 60, 40)).tobytes() == image.tobytes()


@pytest.mark.parametrize(
    ("canvas", "colour"),
    [
        (Canvas(90, 30, 25, 0, "edge"), (150, 50, 0)),  # left and right
        (Canvas(60, 30, 20, 0, "edge"), (200, 0, 0)),  # left alone
        (Canvas(60, 30, 0, 0, "edge"), (100, 100, 0)),  # right alone
    ],
)
def test_the_edge_is_that_which_the_padding_touches(canvas: Canvas, colour: tuple[int, ...]) -> None:
    image = PIL.Image.new("RGB", (40, 30), (0, 0, 255))
    image.paste((200, 0, 0), (0, 0, 1, 30))
    image.paste((100, 100, 0), (39, 0, 40, 30))
    result = padded(image, canvas)
    outside = (canvas.width - 1, 0) if canvas.x == 0 else (0, 0)
    assert result.getpixel(outside) == colour


def test_a_blur_has_the_pictures_colours_and_none_of_its_detail() -> None:
    image = PIL.Image.new("RGB", (400, 400))
    for x in range(0, 400, 2):
        image.paste((200, 100, 0), (x, 0, x + 1, 400))
    result = padded(image, Canvas(800, 400, 200, 0, "blur"))
    beside: Any = result.crop((0, 0, 200, 400)).getextrema()
    assert all(most - least <= 3 for least, most in beside)
    assert result.getpixel((5, 5)) == pytest.approx((100, 50, 0), abs=4)


def test_beside_what_is_clear_it_is_clear() -> None:
    image = PIL.Image.new("RGBA", (40, 40))
    image.paste((255, 0, 0, 255), (15, 15, 25, 25))
    for fill in ("blur", "edge"):
        at: Any = padded(image, Canvas(100, 40, 30, 0, fill)).getpixel((0, 0))
        assert at[3] == 0


def test_a_colour_makes_grey_colourful() -> None:
    assert padded(PIL.Image.new("I;16", (4, 4), 9_999), Canvas(8, 4, 2, 0, "#f00")).mode == "RGB"
    assert padded(PIL.Image.new("LA", (4, 4)), Canvas(8, 4, 2, 0, "#f00")).mode == "RGBA"
