"""Copies of a picture at the size that a detector looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Pixels = NDArray[numpy.uint8]


def scaled(picture: Pixels, side: int, *, enlarge: bool = False) -> tuple[Pixels, float]:
    """A copy whose longer side is `side` pixels, and how much larger the picture is than the copy.

    A smaller picture is itself the copy, unless `enlarge` is set.
    """
    import cv2

    height, width = picture.shape[:2]
    scale = max(height, width) / side
    if scale == 1 or (scale < 1 and not enlarge):
        return picture, 1.0
    size = max(round(width / scale), 1), max(round(height / scale), 1)
    how = cv2.INTER_AREA if scale > 1 else cv2.INTER_CUBIC
    return cv2.resize(picture, size, interpolation=how), scale  # type: ignore[return-value]
