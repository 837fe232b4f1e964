"""How small a picture's samples get without loss, measured on a part of it."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING

from validator.model import ImageFacts
from validator.repair.image_colour import editable
from validator.repair.image_format import Source

if TYPE_CHECKING:
    from PIL.Image import Image

_STRIPS, _ROWS = 16, 16
_KEPT = frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA"})  # modes that a PNG holds


def packed_share(image: Image, bit_depth: int = 8) -> Fraction:
    """The share of its bare samples that a decoded picture takes in a PNG, by strips all over it.

    >>> import PIL.Image
    >>> packed_share(PIL.Image.new("RGB", (64, 64))) < Fraction(1, 10)
    True
    """
    bare = packed = 0
    facts = ImageFacts(mode=image.mode, bit_depth=bit_depth)
    last = max(0, image.height - _ROWS)
    for top in sorted({last * number // (_STRIPS - 1) for number in range(_STRIPS)}):
        strip = image.crop((0, top, image.width, min(top + _ROWS, image.height)))
        bare += Source("", facts, None, strip.size).bare
        packed += _packed(strip if strip.mode in _KEPT else editable(strip).convert("RGB"))
    return Fraction(packed, bare)


def _packed(strip: Image) -> int:
    file = io.BytesIO()
    strip.info = {}  # a colour profile would be written too
    strip.save(file, "PNG", compress_level=6)
    return len(file.getvalue())
