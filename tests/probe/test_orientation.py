"""Exif says how a picture is turned; Exif that cannot be read says nothing."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.probe.build import png_chunks, png_of
from tests.probe.media import image_facts, measured, noise, saved, told
from validator.model import Depth

_PICTURE = noise(64, 48)


def _exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def _png(exif: bytes, position: int) -> bytes:
    chunks = png_chunks(saved(_PICTURE, "PNG"))
    chunks.insert(position, (b"eXIf", exif.removeprefix(b"Exif\0\0")))
    return png_of(chunks)


@pytest.mark.parametrize("depth", [Depth.HEADER, Depth.STANDARD])
@pytest.mark.parametrize("position", [1, -1])
def test_a_png_may_name_it_before_its_picture_or_behind(position: int, depth: Depth) -> None:
    facts = image_facts(measured(_png(_exif(6), position), depth=depth))
    assert told(facts, "width", "height", "stored_width", "stored_height") == (48, 64, 64, 48)
    assert facts.orientation is True


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"Exif\0\0", _exif(9)]
)
@pytest.mark.parametrize("format_name", ["PNG", "WEBP", "JPEG"])
def test_exif_that_makes_no_sense_turns_nothing_and_breaks_nothing(format_name: str, exif: bytes) -> None:
    data = _png(exif, 1) if format_name == "PNG" else saved(_PICTURE, format_name, exif=exif)
    found = measured(data)
    assert found.file.integrity == "whole"
    assert told(image_facts(found), "width", "height", "orientation") == (64, 48, False)
