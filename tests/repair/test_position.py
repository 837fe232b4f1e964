"""Copies that say where they were taken are found out, whichever way they say it."""

from __future__ import annotations

import io

import PIL.Image
import pytest

from validator.repair import position
from validator.repair.image_make import make_image
from validator.repair.recipe import ImageRecipe


def photo(*, with_position: bool) -> io.BytesIO:
    exif = PIL.Image.Exif()
    exif[0x010F] = "A maker"
    if with_position:
        exif.get_ifd(0x8825)[2] = (48.0, 51.0, 30.0)
    file = io.BytesIO()
    PIL.Image.new("RGB", (32, 24), "teal").save(file, "JPEG", exif=exif)
    file.seek(0)
    return file


@pytest.mark.parametrize("with_position", [True, False])
@pytest.mark.parametrize("metadata", ["keep", "drop"])
def test_a_picture_s_copy(metadata: str, with_position: bool) -> None:
    recipe = ImageRecipe(format="jpeg", size=(64, 48), metadata=metadata)  # type: ignore[arg-type]
    _, made = make_image(recipe, photo(with_position=with_position), lambda: False)
    assert (position.KEPT in made.notes) is (with_position and metadata == "keep")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("00000008 66747970 00000010 6d6f6f76 00000008 a978797a", True),
        ("00000010 6d646174 00000008 6c6f6369 00000008 6d6f6f76", False),
        ("00000001 6d646174 0000000000000010", False),
        ("00000002 6d6f6f76", False),
        ("", False),
    ],
)
def test_a_clip_s_index(content: str, says: bool) -> None:
    assert position.is_in_clip(io.BytesIO(bytes.fromhex(content))) is says
