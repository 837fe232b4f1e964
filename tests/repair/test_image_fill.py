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


def logo(mode: str) -> PIL.Image.Image:
    """Something opaque on something clear, whose hidden colour is black, and that touches the edge."""
    image = PIL.Image.new("RGBA", (60, 15), (0, 0, 0, 0))
    image.paste((220, 40, 30, 255), (0, 0, 25, 12))
    return image.convert(mode)


@pytest.mark.parametrize("fill", ["blur", "edge", "transparent"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_beside_a_logo_there_is_nothing_at_all(mode: str, fill: str) -> None:
    result = padded(logo(mode), Canvas(60, 31, 0, 8, fill))
    for place in ((0, 0, 60, 8), (0, 23, 60, 31)):
        assert result.getchannel("A").crop(place).getextrema() == (0, 0)
    assert len(result.crop((0, 0, 60, 8)).getcolors() or []) == 1


def test_behind_what_is_clear_lies_the_edges_colour() -> None:
    image = PIL.Image.new("RGBA", (60, 15), (250, 240, 230, 0))
    image.paste((0, 0, 0, 255), (10, 5, 20, 10))
    assert padded(image, Canvas(60, 31, 0, 8, "blur")).getpixel((0, 0)) == (250, 240, 230, 0)


@pytest.mark.parametrize("mode", ["RGB", "L", "I;16"])
def test_an_opaque_picture_can_have_nothing_beside_it(mode: str) -> None:
    image = scene(40, 30).convert("L").convert(mode) if mode == "I;16" else scene(40, 30).convert(mode)
    result = padded(image, Canvas(80, 30, 20, 0, "transparent"))
    assert result.mode == {"RGB": "RGBA"}.get(mode, "LA")
    assert result.getchannel("A").getextrema() == (0, 255)
    assert result.crop((20, 0, 60, 30)).getchannel("A").getextrema() == (255, 255)


def test_an_opaque_picture_with_an_alpha_channel_stays_opaque() -> None:
    result = padded(scene(40, 30).convert("RGBA"), Canvas(80, 30, 20, 0, "blur"))
    assert result.getchannel("A").getextrema() == (255, 255)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "CMYK"])
def test_an_edge_of_one_colour_goes_on_without_a_seam(mode: str) -> None:
    banner = PIL.Image.new("RGB", (120, 30), "white")
    banner.paste((20, 120, 60), (20, 8, 100, 22))
    result = padded(banner.convert(mode), Canvas(120, 61, 0, 15, "blur"))
    assert len(result.crop((0, 0, 120, 23)).getcolors() or []) == 1


def test_an_edge_of_nearly_one_colour_does_too() -> None:
    noisy = PIL.Image.new("RGB", (120, 30), (200, 200, 200))
    for x in range(0, 120, 2):
        noisy.paste((204, 197, 200), (x, 0, x + 1, 30))
    noisy.paste((0, 0, 0), (60, 0, 61, 30))  # what is stray does not count
    assert padded(noisy, Canvas(120, 60, 0, 15, "blur")).getpixel((60, 0)) == (200, 197, 200)


def test_the_other_edge_is_blurred_all_the_same() -> None:
    image = scene(120, 30)
    image.paste((40, 90, 200), (0, 0, 120, 6))
    result = padded(image, Canvas(120, 60, 0, 15, "blur"))
    assert result.crop((0, 0, 120, 15)).getcolors() == [(1800, (40, 90, 200))]
    assert len(result.crop((0, 45, 120, 60)).getcolors(1800) or []) > 10


def test_a_colour_makes_grey_colourful() -> None:
    assert padded(PIL.Image.new("I;16", (4, 4), 9_999), Canvas(8, 4, 2, 0, "#f00")).mode == "RGB"
    assert padded(PIL.Image.new("LA", (4, 4)), Canvas(8, 4, 2, 0, "#f00")).mode == "RGBA"
