"""Colours of pictures that are mended: what a pixel becomes, by its mode, its depth and its profile."""

from __future__ import annotations

import io
import struct
from typing import Any

import PIL.Image
import pytest
from PIL import ImageCms

from tests.repair.image_files import copied, far, gamma_profile, scene, stored
from validator.repair.image_colour import (
    colour_in,
    comparable,
    editable,
    flattened,
    in_eight_bits,
    in_palette,
    in_srgb,
    scaled,
)
from validator.repair.recipe import Canvas, ImageRecipe

INTENT = 64  # the place of the rendering intent in a profile's head (ICC.1:2022, 7.2.15)


def printer(intent: int, *, black: int = 0) -> bytes:
    """A profile whose tables give another colour by each intent, and whose black is as bright as `black`."""

    def table(lightness: int) -> bytes:
        """Every colour becomes this grey of Lab, black becomes `black` (ICC.1:2022, 10.10: mft1)."""
        head = b"mft1" + bytes(4) + bytes((3, 3, 2, 0))
        head += struct.pack(">9i", *(65536 if at % 4 == 0 else 0 for at in range(9)))
        curves = bytes(range(256)) * 3
        grid = b"".join(bytes((black if at == 0 else lightness, 128, 128)) for at in range(8))
        return head + curves + grid + curves

    tags = {
        b"wtpt": b"XYZ " + bytes(4) + struct.pack(">iii", 63190, 65536, 54061),
        b"A2B0": table(100),
        b"A2B1": table(150),
        b"A2B2": table(200),
    }
    directory, content = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, tag in tags.items():
        directory += struct.pack(">4sII", name, start + len(content), len(tag))
        content += tag
    size = struct.pack(">I", 128 + len(directory) + len(content))
    head = size + b"test" + b"\x02\x40\0\0" + b"prtrRGB Lab " + bytes(12) + b"acsp" + bytes(24)
    head += struct.pack(">I", intent) + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + directory + content


def level(image: PIL.Image.Image) -> int:
    found: Any = image.convert("L").getpixel((0, 0))
    return int(found)


def test_the_intent_is_the_one_that_the_profile_names() -> None:
    grey = PIL.Image.new("RGB", (1, 1), "#c0c0c0")
    shown = [level(in_srgb(grey, printer(intent))) for intent in (0, 1, 2)]
    assert shown == [pytest.approx(each, abs=3) for each in (70, 105, 142)]


def test_black_stays_black_where_colours_are_colorimetric() -> None:
    black = PIL.Image.new("RGB", (1, 1), "black")
    assert level(in_srgb(black, printer(1, black=40))) <= 2
    assert level(in_srgb(black, printer(3, black=40))) > 20  # absolute: the paper's own black


@pytest.mark.parametrize(
    ("sample", "rounded"), [(0, 0), (128, 0), (129, 1), (257, 1), (33_000, 128), (65_406, 254)]
)
def test_samples_of_16_bits_are_rounded_to_the_nearest(sample: int, rounded: int) -> None:
    assert in_eight_bits(PIL.Image.new("I;16", (1, 1), sample)).getpixel((0, 0)) == rounded


@pytest.mark.parametrize(
    ("mode", "colour", "editable_mode"), [("1", 255, "LA"), ("L", 9, "LA"), ("RGB", (1, 2, 3), "RGBA")]
)
def test_a_colour_that_is_said_to_be_clear_is(mode: str, colour: Any, editable_mode: str) -> None:
    image = PIL.Image.new(mode, (2, 1), colour)
    image.putpixel((1, 0), 0 if mode != "RGB" else (0, 0, 0))
    with PIL.Image.open(stored(image, "PNG", transparency=colour)) as opened:
        opened.load()
        found = editable(opened)
    assert found.mode == editable_mode
    assert found.getchannel("A").tobytes() == b"\x00\xff"


def test_a_picture_is_scaled_without_becoming_soft() -> None:
    image = PIL.Image.new("L", (64, 8), 40)
    image.paste(200, (32, 0, 64, 8))
    shown = [*scaled(image, (128, 8)).crop((0, 4, 128, 5)).tobytes()]
    assert max(shown) > 200  # Lanczos rings beside an edge, and is steep there
    assert sum(1 for each in shown if 45 < each < 195) <= 2


@pytest.mark.parametrize(
    ("alpha", "is_clear"), [(0, True), (1, True), (127, True), (128, False), (255, False)]
)
def test_what_is_more_clear_than_not_is_clear_in_a_palette(alpha: int, *, is_clear: bool) -> None:
    found = in_palette(PIL.Image.new("RGBA", (1, 1), (200, 100, 50, alpha)))
    assert (found.getpixel((0, 0)) == found.info["transparency"]) is is_clear


@pytest.mark.parametrize("space", [b"RGB ", b"GRAY"])
def test_a_colour_is_brought_into_the_profile_of_a_picture(space: bytes) -> None:
    profile, mode = gamma_profile(1.0, space), "L" if space == b"GRAY" else "RGB"
    for name, clear in (("#808080", ""), ("#ff8000", ""), ("#808080", "A")):
        pixel = colour_in(name, mode + clear, profile)
        image = PIL.Image.new(mode + clear, (1, 1), pixel)
        assert pixel[0] != 128
        wanted = PIL.Image.new("RGB", (1, 1), name)
        if mode == "RGB" or name == "#808080":
            assert far(comparable(image, profile, "white"), wanted) <= 2


def test_what_is_clear_is_laid_on_a_colour_as_it_is_shown() -> None:
    profile = gamma_profile(1.0)
    image = flattened(PIL.Image.new("RGBA", (1, 1)), "#c08040", profile)
    assert far(comparable(image, profile, "white"), PIL.Image.new("RGB", (1, 1), "#c08040")) <= 2


@pytest.mark.parametrize("fill", ["#ff8000", "#606060"])
@pytest.mark.parametrize(
    ("mode", "space"), [("L", b"GRAY"), ("LA", b"GRAY"), ("RGB", b"RGB "), ("RGBA", b"RGB ")]
)
def test_a_copy_looks_as_its_original_with_the_colour_beside_it(mode: str, space: bytes, fill: str) -> None:
    source = stored(scene().convert(mode), "PNG", icc_profile=gamma_profile(1.0, space))
    with PIL.Image.open(source) as original:
        before = comparable(original, original.info["icc_profile"], "white")
    copy, made, _ = copied(source, ImageRecipe(format="png", canvas=Canvas(96, 84, 0, 10, fill)))
    shown = comparable(copy, copy.info.get("icc_profile"), "white")
    assert far(shown.crop((0, 10, 96, 74)), before) <= 1
    assert far(shown.crop((0, 0, 1, 1)), PIL.Image.new("RGB", (1, 1), fill)) <= 2
    assert made.quality is not None
    assert made.quality.ssim > 0.999


@pytest.mark.parametrize("flatten", ["#ff8000", "#606060"])
def test_greys_with_a_profile_look_the_same_on_a_colour(flatten: str) -> None:
    image = scene().convert("LA")
    image.putalpha(PIL.Image.linear_gradient("L").resize(image.size).point(lambda each: 255 * (each > 127)))
    source = stored(image, "PNG", icc_profile=gamma_profile(1.0, b"GRAY"))
    with PIL.Image.open(source) as original:
        before = comparable(original, original.info["icc_profile"], flatten)
    copy, _, _ = copied(source, ImageRecipe(format="png", flatten=flatten))
    assert far(comparable(copy, copy.info.get("icc_profile"), "white"), before) <= 2


def test_the_profiles_of_these_tests_are_read() -> None:
    for intent in (0, 1, 2):
        opened = ImageCms.ImageCmsProfile(io.BytesIO(printer(intent)))
        assert opened.profile.rendering_intent == intent
