"""The least loss within a number of bytes: packed harder, then coarser, then smaller."""

from __future__ import annotations

import random

import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.repair.image_files import copied, open_copy, scene, stored
from validator.repair.image_encode import Effort, Original, encoded
from validator.repair.image_metadata import Metadata
from validator.repair.image_save import QUALITY_AT_LEAST, Saved, save, size_near
from validator.repair.recipe import ImageRecipe

SIDE = 160


@pytest.fixture(scope="module")
def grain() -> PIL.Image.Image:
    """A scene with some noise, as photographs have it."""
    seeded = random.Random(7)  # noqa: S311 - the same noise each time
    noise = PIL.Image.frombytes("RGB", (SIDE, SIDE), seeded.randbytes(3 * SIDE * SIDE))
    return PIL.Image.blend(scene(SIDE, SIDE), noise, 0.2)


def saved(image: PIL.Image.Image, format_name: str, max_bytes: int | None = None) -> Saved:
    return save(image.copy(), format_name, Metadata(), Original(), lambda: False, max_bytes=max_bytes)


@pytest.mark.parametrize("format_name", ["jpeg", "png", "webp", "tiff", "bmp", "gif", "heic", "avif"])
def test_what_fits_is_written_as_it_is(grain: PIL.Image.Image, format_name: str) -> None:
    free = saved(grain, format_name)
    assert saved(grain, format_name, len(free.content)) == free
    assert free.notes == ()


@pytest.mark.parametrize("format_name", ["jpeg", "webp", "heic", "avif"])
def test_quality_goes_before_pixels(grain: PIL.Image.Image, format_name: str) -> None:
    room = int(len(saved(grain, format_name).content) * 0.8)
    found = saved(grain, format_name, room)
    assert room * 0.7 < len(found.content) <= room
    assert found.size == grain.size
    assert found.notes[0].startswith("Compressed to quality ")
    assert int(found.notes[0].split()[3]) >= QUALITY_AT_LEAST


@pytest.mark.parametrize("format_name", ["jpeg", "png", "webp", "tiff", "bmp", "gif", "heic", "avif"])
def test_pixels_go_last_and_the_ratio_stays(grain: PIL.Image.Image, format_name: str) -> None:
    room = len(saved(grain, format_name).content) // 8
    found = saved(grain, format_name, room)
    assert room * 0.6 < len(found.content) <= room
    assert found.size[0] == found.size[1] < SIDE
    assert open_copy(found.content).size == found.size
    assert found.notes[0].startswith(f"Scaled down from {SIDE}x{SIDE} to {found.size[0]}x{found.size[1]}: ")


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_noise_is_written_at_the_finest_quality(mode: str, progressive: bool) -> None:
    # Its bytes are more than the two a pixel that Pillow's buffer holds by itself.
    side, bands = 400, len(mode)
    noise = PIL.Image.frombytes(mode, (side, side), random.Random(7).randbytes(bands * side**2))  # noqa: S311
    tables = ((1,) * 64,) * 2
    original = Original(format="jpeg", tables=tables, sampling=0, progressive=progressive)
    effort = Effort(100 if mode == "CMYK" else None)
    content = encoded(noise, "jpeg", Metadata(comment=b"noise"), original, effort)
    assert len(content) > 2 * side**2
    with open_copy(content) as copy:
        assert (copy.size, copy.mode, "progressive" in copy.info) == ((side, side), mode, progressive)


def test_packing_harder_costs_nothing() -> None:
    image = scene(300, 300)
    free = saved(image, "png")
    room = len(free.content) - 1
    found = saved(image, "png", room)
    assert len(found.content) <= room
    assert found.notes[0].startswith("Packed harder, without any loss: ")
    assert open_copy(found.content).tobytes() == image.tobytes()


def test_a_smaller_copy_is_compared_with_the_original_at_its_size(grain: PIL.Image.Image) -> None:
    _, made, content = copied(stored(grain, "PNG"), ImageRecipe(format="png", max_bytes=9_000))
    assert open_copy(content).size < grain.size
    assert made.quality is not None
    assert made.quality.of == "the original scaled alike"
    assert made.quality.psnr is None


@given(
    width=st.integers(10, 20_000),
    height=st.integers(10, 20_000),
    scale=st.floats(0.01, 0.99),
)
def test_a_smaller_size_keeps_the_ratio(width: int, height: int, scale: float) -> None:
    smaller = size_near((width, height), scale)
    assert min(smaller) >= 1
    assert smaller[0] <= width * scale + 1
    # A pixel at most of the shorter side, and where there are many sizes to choose from, far less.
    assert abs(smaller[0] * height - smaller[1] * width) <= max(width, height)
