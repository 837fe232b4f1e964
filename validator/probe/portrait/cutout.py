"""A rectangle of a picture at another size; beyond the picture's border its outermost pixels go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    """Rows, columns and red, green, blue."""


@dataclass(frozen=True)
class Cutout:
    """The pixels, and where they come from: left, top, width and height in pixels of the picture."""

    pixels: Picture
    left: float
    top: float
    width: float
    height: float


def size_of(picture: Picture) -> tuple[int, int]:
    """Width and height in pixels."""
    return int(picture.shape[1]), int(picture.shape[0])


def cut_out(picture: Picture, box: tuple[int, int, int, int], longest: int) -> Cutout:
    """What lies in `box` (left, top, width, height in pixels, may reach beyond), at most `longest` on a side.

    Example:
        >>> import numpy
        >>> cut_out(numpy.zeros((40, 60, 3), numpy.uint8), (-10, 0, 80, 40), 20).pixels.shape
        (10, 20, 3)
    """
    import numpy as np

    left, top, width, height = box
    scale = min(1.0, longest / max(width, height))
    first = [min(max(start, 0), full - 1) for start, full in zip((left, top), size_of(picture), strict=True)]
    last = [
        max(min(start + length, full), begin + 1)
        for start, length, full, begin in zip(box[:2], box[2:], size_of(picture), first, strict=True)
    ]
    part = np.ascontiguousarray(picture[first[1] : last[1], first[0] : last[0]])
    shown = [max(1, round((end - begin) * scale)) for begin, end in zip(first, last, strict=True)]
    if shown != [part.shape[1], part.shape[0]]:
        small = Image.fromarray(part).resize(
            (shown[0], shown[1]), Image.Resampling.BILINEAR, reducing_gap=1.0
        )
        part = np.asarray(small)
    columns, rows = (
        np.clip(np.arange(max(1, round(length * scale))) - round((begin - start) * scale), 0, count - 1)
        for length, begin, start, count in zip(box[2:], first, box[:2], shown, strict=True)
    )
    return Cutout(part[rows[:, None], columns], left, top, width, height)
