"""How a picture or a clip asks to be turned, as one of Exif's eight orientations."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from validator.probe import png
from validator.probe.damage import DECODER_ERRORS

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

UPRIGHT = 1
"""Stored as it is shown."""

_ORIENTATION = 0x0112  # Exif 3.0, table 4
_BY_ROTATION = {0: (1, 4), 90: (6, 5), 180: (3, 2), 270: (8, 7)}


def orientation(image: Image, file: BinaryIO, format_name: str, in_png: bytes | None = None) -> int:
    """The Exif orientation, 1 to 8. Exif that cannot be read turns nothing, and is no damage.

    `in_png`: a PNG's Exif, where it was looked for already.
    """
    try:
        exif = _png_exif(file, in_png) if format_name in ("png", "apng") else image.getexif()
        found = exif.get(_ORIENTATION, UPRIGHT)
    except DECODER_ERRORS:
        return UPRIGHT
    return found if isinstance(found, int) and 1 <= found <= 8 else UPRIGHT


def orientation_of_matrix(rotation: int, *, mirrored: bool) -> int:
    """The Exif orientation of a display matrix: mirrored top to bottom or not, then turned clockwise.

    >>> orientation_of_matrix(90, mirrored=False), orientation_of_matrix(180, mirrored=True)
    (6, 2)
    """
    return _BY_ROTATION[rotation][mirrored]


def _png_exif(file: BinaryIO, data: bytes | None) -> Exif:
    """To look for Exif behind the picture, Pillow would decode the whole of it."""
    from PIL.Image import Exif

    exif = Exif()
    if data is None:
        position = file.tell()  # Pillow goes on reading where it stopped
        data = png.exif(file)
        file.seek(position)
    exif.load(data)
    return exif
