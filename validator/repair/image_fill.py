"""What lies beside a padded picture: itself, blurred; the colour of its edge; transparency; or a colour."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import PIL.Image
from PIL.Image import Resampling

from validator.repair.image_colour import colour_in, has_alpha, in_eight_bits, in_sixteen_bits, is_grey
from validator.repair.options import CLEAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

    from validator.repair.recipe import Canvas

_SMALL = 96  # pixels of the longer side: nothing finer outlasts the blur
_SOFT = 16  # the longer side over the blur's radius
_NEARLY = 6  # levels by which pixels of one colour differ, after a compression with loss
_STRAY = 50  # of so many pixels of a plain edge, one may be of any colour
_DEEP = 3  # lines of an edge that are of one colour: a single one is a border
_LEVELS = 256
_OPAQUE = 255

_Place = tuple[int, int, int, int]


def padded(image: Image, canvas: Canvas, profile: bytes | None = None) -> Image:
    """The picture on a canvas; grey becomes RGB where a colour is asked for, which is one of sRGB.

    `profile`: that of the picture's own colours. Beside what is transparent it is transparent, unless a
    colour is asked for. A blur gives way along an edge of one colour, which goes on: that has no seam.

    >>> from validator.repair.recipe import Canvas
    >>> wide = padded(PIL.Image.new("L", (4, 9), 7), Canvas(8, 9, 2, 0, "#102030"))
    >>> wide.getpixel((0, 0)), wide.getpixel((2, 0))
    ((16, 32, 48), (7, 7, 7))
    """
    size = canvas.width, canvas.height
    fill = CLEAR if _is_clear(image, canvas) else canvas.fill
    if image.mode == "I;16":
        ground = padded(in_eight_bits(image), canvas, profile)
        if ground.mode != "L":
            return ground
        ground = in_sixteen_bits(ground)
    elif fill == CLEAR:
        image = image if has_alpha(image) else image.convert("LA" if image.mode == "L" else "RGBA")
        ground = _clear(image, canvas)
    elif fill == "blur":
        ground = _blurred(image, size)
        for colour, place in _plain_sides(image, canvas):
            ground.paste(colour, place)
    elif fill == "edge":
        ground = _edge(image, canvas).resize(size)
    else:
        if image.mode in ("L", "LA") and not is_grey(fill):
            image = image.convert("RGB" if image.mode == "L" else "RGBA")
        ground = PIL.Image.new(image.mode, size, colour_in(fill, image.mode, profile))
    ground.paste(image, (canvas.x, canvas.y))
    return ground


def _is_clear(image: Image, canvas: Canvas) -> bool:
    """Whether a picture is so transparent that its own colours would be smudges beside it."""
    if not has_alpha(image) or canvas.fill not in ("blur", "edge"):
        return False
    alpha = image.getchannel("A")
    parts = [alpha] if canvas.fill == "blur" else [alpha.crop(edge) for edge, _ in _touched(image, canvas)]
    return any(sum(part.histogram()[:_OPAQUE]) for part in parts)


def _clear(image: Image, canvas: Canvas) -> Image:
    """Nothing, of the edges' usual colour: for those who look past the alpha channel."""
    opaque = image.convert("L" if image.mode == "LA" else "RGB")
    edges = [opaque.crop(edge).histogram() for edge, _ in _touched(image, canvas)]
    counts = [sum(levels) for levels in zip(*edges, strict=True)]
    ground = PIL.Image.new(opaque.mode, (canvas.width, canvas.height), _usual(counts))
    ground.putalpha(0)
    return ground


def _touched(image: Image, canvas: Canvas, deep: int = 1) -> Iterator[tuple[_Place, _Place]]:
    """Each edge of the picture that padding lies beside, and the place of that padding on the canvas."""
    width, height = image.size
    right, bottom = canvas.x + width, canvas.y + height
    across, down = min(deep, width), min(deep, height)
    if canvas.x > 0:
        yield (0, 0, across, height), (0, 0, canvas.x, canvas.height)
    if right < canvas.width:
        yield (width - across, 0, width, height), (right, 0, canvas.width, canvas.height)
    if canvas.y > 0:
        yield (0, 0, width, down), (0, 0, canvas.width, canvas.y)
    if bottom < canvas.height:
        yield (0, height - down, width, height), (0, bottom, canvas.width, canvas.height)


def _plain_sides(image: Image, canvas: Canvas) -> Iterator[tuple[tuple[int, ...], _Place]]:
    """The colour of each edge that has but one, nearly, and the place of the padding beside it."""
    for edge, place in _touched(image, canvas, _DEEP):
        line = image.crop(edge)
        counts, pixels = line.histogram(), line.width * line.height
        colour = _usual(counts)
        alike = (
            sum(band[max(level - _NEARLY, 0) : level + _NEARLY + 1])
            for level, band in zip(colour, _bands(counts), strict=True)
        )
        if (pixels - min(alike)) * _STRAY <= pixels:
            yield colour, place


def _usual(counts: list[int]) -> tuple[int, ...]:
    """Of each band's histogram, the level that half of the pixels do not exceed."""
    return tuple(
        next(level for level, seen in enumerate(accumulate(band)) if 2 * seen >= sum(band))
        for band in _bands(counts)
    )


def _bands(counts: list[int]) -> list[list[int]]:
    return [counts[start : start + _LEVELS] for start in range(0, len(counts), _LEVELS)]


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
    edges = [image.crop(edge).resize((1, 1), Resampling.BOX) for edge, _ in _touched(image, canvas)]
    together = PIL.Image.new(image.mode, (max(len(edges), 1), 1))
    for at, edge in enumerate(edges):
        together.paste(edge, (at, 0))
    return together.resize((1, 1), Resampling.BOX)
