"""How a copy is encoded: as its original was, and no coarser where its pixels are mixed."""

from __future__ import annotations

import io
from typing import Any

import PIL.Image
import pytest
from PIL import JpegImagePlugin

from tests.repair.image_files import copied, scene, stored
from validator.people import Box
from validator.repair.image_encode import Original, original_of
from validator.repair.recipe import Canvas, ImageRecipe

FULL, HALVED_ACROSS, HALVED = 0, 1, 2  # Pillow's numbers


def tables(image: Any) -> list[tuple[int, ...]]:
    return [tuple(image.quantization[key]) for key in sorted(image.quantization)]


def coarse(quality: int = 30, **options: Any) -> io.BytesIO:
    return stored(scene(), "JPEG", quality=quality, **options)


def own(file: io.BytesIO) -> list[tuple[int, ...]]:
    with PIL.Image.open(file) as image:
        return tables(image)


@pytest.mark.parametrize(
    ("recipe", "is_mixed"),
    [
        (ImageRecipe(format="jpeg"), False),
        (ImageRecipe(format="jpeg", crop=Box(16, 32, 40, 20)), False),
        (ImageRecipe(format="jpeg", crop=Box(8, 0, 40, 20)), True),
        (ImageRecipe(format="jpeg", crop=Box(0, 5, 40, 20)), True),
        (ImageRecipe(format="jpeg", canvas=Canvas(128, 64, 16, 0, "blur")), False),
        (ImageRecipe(format="jpeg", canvas=Canvas(128, 64, 15, 0, "blur")), True),
        (ImageRecipe(format="jpeg", size=(192, 128)), True),
    ],
)
def test_its_own_steps_stay_where_its_blocks_lie_as_they_lay(recipe: ImageRecipe, *, is_mixed: bool) -> None:
    source = coarse()
    copy, _, _ = copied(source, recipe)
    before, after = own(source), tables(copy)
    fine = own(coarse(95))
    if is_mixed:
        assert after == [tuple(map(min, table, finer)) for table, finer in zip(before, fine, strict=True)]
    else:
        assert after == before


def test_steps_that_are_finer_than_fine_stay_where_pixels_are_mixed() -> None:
    source = coarse(100)
    copy, _, _ = copied(source, ImageRecipe(format="jpeg", size=(192, 128)))
    assert tables(copy) == own(source)


@pytest.mark.parametrize(
    ("sampling", "orientation", "kept"),
    [
        (FULL, 1, FULL),
        (HALVED_ACROSS, 1, HALVED_ACROSS),
        (HALVED_ACROSS, 3, HALVED_ACROSS),
        (HALVED_ACROSS, 6, FULL),  # halved down, which is not written here
        (HALVED, 6, HALVED),
    ],
)
def test_colours_are_halved_as_they_were(sampling: int, orientation: int, kept: int) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    source = coarse(90, subsampling=sampling, exif=exif)
    copy, _, _ = copied(source, ImageRecipe(format="jpeg", turn=True))
    assert JpegImagePlugin.get_sampling(copy) == kept


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_comes_in_scans_where_it_did(*, progressive: bool) -> None:
    copy, _, _ = copied(coarse(progressive=progressive), ImageRecipe(format="jpeg"))
    assert bool(copy.info.get("progressive")) is progressive


def test_of_what_is_no_jpeg_there_are_no_steps() -> None:
    file = stored(scene(), "PNG")
    with PIL.Image.open(file) as image:
        found = original_of(image, file, "png", orientation=1, mixed=False)
    assert found == Original(format="png")
