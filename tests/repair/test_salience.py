"""What draws the eye: drawn things on plain grounds, and nothing where there is nothing."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from validator.repair.salience import salient_box


def seen(picture: Image.Image) -> tuple[float, ...] | None:
    found = salient_box(picture.tobytes(), *picture.size)
    return None if found is None else tuple(float(each) for each in found)


@pytest.mark.parametrize("ground", ["white", "black", "#3060a0"])
@pytest.mark.parametrize(("x", "y"), [(40, 30), (200, 40), (120, 100)])
def test_a_thing_on_a_plain_ground(ground: str, x: int, y: int) -> None:
    picture = Image.new("RGB", (300, 180), ground)
    ImageDraw.Draw(picture).ellipse((x, y, x + 60, y + 60), fill="#d04020", outline="#ffe0a0", width=6)
    box = seen(picture)
    assert box is not None
    left, top, width, height = box
    assert (left + width / 2) * 300 == pytest.approx(x + 30, abs=8)
    assert (top + height / 2) * 180 == pytest.approx(y + 30, abs=8)
    assert width * 300 < 70
    assert height * 180 < 70


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
def test_nothing_on_a_plain_ground(colour: str) -> None:
    assert seen(Image.new("RGB", (200, 100), colour)) is None


@pytest.mark.parametrize("size", [(1, 1), (2, 90), (5000, 2), (3, 3)])
def test_hardly_any_pixels(size: tuple[int, int]) -> None:
    assert seen(Image.new("RGB", size, "red")) is None


def test_an_even_pattern_says_nothing() -> None:
    picture = Image.effect_noise((160, 100), 60).convert("RGB")
    box = seen(picture)
    assert box is None or min(box[2:]) > 0.5
