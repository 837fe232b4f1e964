"""The size of a clip's frame as facts: stored, turned, of square pixels, and by its usual name."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

TRACK_TOLERANCE = Fraction(1, 2)
"""Seconds by which tracks may differ in length before it is told."""

_RESOLUTIONS = (144, 240, 360, 480, 540, 720, 1080, 1440, 2160, 4320)


def size_facts(stored: tuple[int, int], rotation: int, pixel: Fraction, *, mirrored: bool) -> dict[str, Any]:
    """Sizes in pixels, stored and shown; `pixel` is the width of one over its height."""
    stored_width, stored_height = stored
    pixel = pixel if pixel > 0 else Fraction(1)
    width, height = (stored_height, stored_width) if rotation in (90, 270) else (stored_width, stored_height)
    square = (max(1, round(stored_width * pixel)), stored_height)
    shown_width, shown_height = square[::-1] if rotation in (90, 270) else square
    return {
        "width": width,
        "height": height,
        "stored_width": stored_width,
        "stored_height": stored_height,
        "shown_width": shown_width,
        "shown_height": shown_height,
        "aspect_ratio": Fraction(width, height),
        "pixels": width * height,
        "resolution": resolution(width, height),
        "rotation": rotation,
        "sample_aspect_ratio": Fraction(pixel),
        "geometry": rotation != 0 or pixel != 1 or mirrored,
        "geometry_detail": ", ".join(
            words
            for words, true in (
                (f"rotated by {rotation}°", rotation != 0),
                ("mirrored", mirrored),
                (f"pixels of {pixel.numerator}:{pixel.denominator}", pixel != 1),
                (f"stored {stored_width}x{stored_height}, shown {shown_width}x{shown_height}", True),
            )
            if true
        ),
    }


def resolution(width: int, height: int) -> str:
    """The name of a resolution by its short side, which codecs may round up to a multiple of 16.

    >>> resolution(1080, 1920), resolution(1920, 1088), resolution(640, 640)
    ('1080p', '1080p', '640p')
    """
    short = min(width, height)
    return next((f"{name}p" for name in _RESOLUTIONS if 0 <= short - name < 16), f"{short}p")
