"""Copies that say where they were taken are found out, whichever way they say it."""

from __future__ import annotations

import io

import PIL.Image
import pytest
from PIL.PngImagePlugin import PngInfo

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


XMP = b'<rdf:Description exif:GPSLatitude="48,8.0N"/>'


def raw(name: str, data: bytes) -> tuple[str, str]:
    """A text as ImageMagick writes it."""
    digits = data.hex()
    lines = [digits[start : start + 72] for start in range(0, len(digits), 72)]
    return f"Raw profile type {name}", "\n".join(("", name, f"{len(data):8}", *lines, ""))


def exif_block(*, with_position: bool) -> bytes:
    exif: bytes = PIL.Image.open(photo(with_position=with_position)).info["exif"]
    return exif


@pytest.mark.parametrize("metadata", ["keep", "drop"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (("exif:GPSLatitude", "48/1, 8/1, 0/1"), True),
        (("Comment", "GPSLatitude: 48.1"), True),
        (raw("exif", exif_block(with_position=True)), True),
        (raw("APP1", exif_block(with_position=True)), True),
        (raw("exif", exif_block(with_position=False)), False),
        (raw("xmp", XMP), True),
        (raw("APP1", b"http://ns.adobe.com/xap/1.0/\0" + XMP), True),
        (raw("exif", b"MM\0*\0"), False),
        (("Raw profile type exif", "\nexif\n 4\nno digits"), False),
        (("Comment", "in Paris"), False),
    ],
)
def test_a_text_in_a_png_s_copy(text: tuple[str, str], metadata: str, says: bool) -> None:
    texts, file = PngInfo(), io.BytesIO()
    texts.add_text(*text)
    PIL.Image.new("RGB", (32, 24), "teal").save(file, "PNG", pnginfo=texts)
    recipe = ImageRecipe(format="png", size=(64, 48), metadata=metadata)  # type: ignore[arg-type]
    _, made = make_image(recipe, file, lambda: False)
    assert (position.KEPT in made.notes) is (says and metadata == "keep")
    _, made = make_image(ImageRecipe(format="jpeg"), file, lambda: False)
    assert position.KEPT not in made.notes  # which has no room for it


@pytest.mark.parametrize("in_xmp", [True, False])
def test_a_tiff_s_copy_has_room_for_xmp_alone(in_xmp: bool) -> None:
    exif, file = PIL.Image.Exif(), io.BytesIO()
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 30.0)
    PIL.Image.new("RGB", (32, 24)).save(file, "JPEG", exif=exif, xmp=XMP if in_xmp else b"")
    content, made = make_image(ImageRecipe(format="tiff"), file, lambda: False)
    assert (position.KEPT in made.notes) is (b"GPSLatitude" in content) is in_xmp


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
