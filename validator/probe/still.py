"""A small, upright copy of a picture or of a frame: shrunk once, and shared by all who look at it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

LONG_SIDE = 1920
"""Pixels: faces of a fiftieth of such a picture's height can still be found."""


@dataclass(frozen=True)
class Still:
    """Rows of 8-bit RGB from the top; `shown_width` and `shown_height` are the size of what it was made from.

    `time` is the presentation time of a clip's frame in seconds.
    """

    width: int
    height: int
    rgb: bytes
    shown_width: int
    shown_height: int
    time: Fraction | None = None
