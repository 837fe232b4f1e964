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
    full_width, full_height = size_of(picture)
    scale = min(1.0, longest / max(width, height))
    wanted = max(1, round(width * scale)), max(1, round(height * scale))
    inner = (
        min(max(left, 0), full_width - 1),
        min(max(top, 0), full_height - 1),
        max(min(left + width, full_width), 1),
        max(min(top + height, full_height), 1),
    )
    before = [
        min(round((inner[axis] - start) * scale), wanted[axis] - 1) for axis, start in enumerate((left, top))
    ]
    shown = [
        max(1, min(round((inner[axis + 2] - inner[axis]) * scale), wanted[axis] - before[axis]))
        for axis in (0, 1)
    ]
    part = np.asarray(picture[inner[1] : inner[3], inner[0] : inner[2]])
    if shown != [part.shape[1], part.shape[0]]:
        image = Image.fromarray(np.ascontiguousarray(part))
        part = np.asarray(image.resize((shown[0], shown[1]), Image.Resampling.BILINEAR, reducing_gap=2.0))
    after = [wanted[axis] - before[axis] - shown[axis] for axis in (0, 1)]
    padded = np.pad(part, ((before[1], after[1]), (before[0], after[0]), (0, 0)), mode="edge")
    return Cutout(np.ascontiguousarray(padded), left, top, width, height)
