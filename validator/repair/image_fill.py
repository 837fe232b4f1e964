"""What lies beside a padded picture: the picture itself, blurred; its edge's mean colour; or a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import PIL.Image
from PIL.Image import Resampling

from validator.repair.image_colour import in_eight_bits, in_sixteen_bits, is_grey

if TYPE_CHECKING:
    from PIL.Image import Image

    from validator.repair.recipe import Canvas

_SMALL = 96  # pixels of the longer side: nothing finer outlasts the blur
_SOFT = 16  # the longer side over the blur's radius


def padded(image: Image, canvas: Canvas) -> Image:
    """The picture on a canvas; grey becomes RGB where a colour is asked for.

    >>> from validator.repair.recipe import Canvas
    >>> wide = padded(PIL.Image.new("L", (4, 9), 7), Canvas(8, 9, 2, 0, "#102030"))
    >>> wide.getpixel((0, 0)), wide.getpixel((2, 0))
    ((16, 32, 48), (7, 7, 7))
    """
    size = canvas.width, canvas.height
    if image.mode == "I;16":
        ground = padded(in_eight_bits(image), canvas)
        if ground.mode != "L":
            return ground
        ground = in_sixteen_bits(ground)
    elif canvas.fill == "blur":
        ground = _blurred(image, size)
    elif canvas.fill == "edge":
        ground = _edge(image, canvas).resize(size)
    else:
        if image.mode in ("L", "LA") and not is_grey(canvas.fill):
            image = image.convert("RGB" if image.mode == "L" else "RGBA")
        ground = PIL.Image.new("RGB", size, canvas.fill).convert(image.mode)
    ground.paste(image, (canvas.x, canvas.y))
    return ground


def _blurred(image: Image, size: tuple[int, int]) -> Image:
    """The middle of the picture, as much of it as covers the canvas, without any detail."""
    from PIL import ImageFilter

    width, height = size
    scale = max(width / image.width, height / image.height)
    across, down = width / scale, height / scale
    left, top = (image.width - across) / 2, (image.height - down) / 2
    box = (max(left, 0), max(top, 0), min(left + across, image.width), min(top + down, image.height))
    long = max(size)
    small = (max(1, round(width * _SMALL / long)), max(1, round(height * _SMALL / long)))
    soft = image.resize(small, Resampling.BOX, box).filter(ImageFilter.GaussianBlur(_SMALL / _SOFT))
    return soft.resize(size, Resampling.BICUBIC)


def _edge(image: Image, canvas: Canvas) -> Image:
    """One pixel: the mean colour of those of the picture's edges that the padding touches."""
    width, height = image.size
    touched = {
        (0, 0, 1, height): canvas.x > 0,
        (width - 1, 0, width, height): canvas.x + width < canvas.width,
        (0, 0, width, 1): canvas.y > 0,
        (0, height - 1, width, height): canvas.y + height < canvas.height,
    }
    edges = [
        image.crop(box).resize((1, 1), Resampling.BOX) for box, is_touched in touched.items() if is_touched
    ]
    together = PIL.Image.new(image.mode, (max(len(edges), 1), 1))
    for at, edge in enumerate(edges):
        together.paste(edge, (at, 0))
    return together.resize((1, 1), Resampling.BOX)
