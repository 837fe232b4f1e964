"""Pictures of four colours, of which one can tell how they are turned."""

from __future__ import annotations

from typing import Any

from PIL import Image

from validator.probe.still import Still

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
STORED = {  # how a picture with red, green, blue and white corners is stored under each Exif orientation
    1: (RED, GREEN, BLUE, WHITE),
    2: (GREEN, RED, WHITE, BLUE),
    3: (WHITE, BLUE, GREEN, RED),
    4: (BLUE, WHITE, RED, GREEN),
    5: (RED, BLUE, GREEN, WHITE),
    6: (GREEN, WHITE, RED, BLUE),
    7: (WHITE, GREEN, BLUE, RED),
    8: (BLUE, RED, WHITE, GREEN),
}
"""The stored corners: top left, top right, bottom left, bottom right (Exif 3.0, table 4)."""

MATRICES = {
    1: (1, 0, 0, 1),
    2: (-1, 0, 0, 1),
    3: (-1, 0, 0, -1),
    4: (1, 0, 0, -1),
    5: (0, 1, 1, 0),
    6: (0, 1, -1, 0),
    7: (0, -1, -1, 0),
    8: (0, -1, 1, 0),
}
"""The display matrix (a b; c d) of a clip that turns like each Exif orientation."""

Colour = tuple[int, int, int]


def quartered(size: tuple[int, int], corners: tuple[Colour, ...] = STORED[1]) -> Image.Image:
    """A picture of four colours."""
    small = Image.new("RGB", (2, 2))
    small.putdata(corners)
    return small.resize(size, Image.Resampling.NEAREST)


def picture_of(still: Still) -> Image.Image:
    assert len(still.rgb) == still.width * still.height * 3
    return Image.frombytes("RGB", (still.width, still.height), still.rgb)


def corners_of(still: Still) -> tuple[Any, ...]:
    """The colours near the corners, each component as either all or nothing."""
    picture, right, low = picture_of(still), still.width * 7 // 8, still.height * 7 // 8
    left, top = still.width // 8, still.height // 8
    points = (left, top), (right, top), (left, low), (right, low)
    return tuple(tuple(255 * (sample > 127) for sample in _pixel(picture, at)) for at in points)


def _pixel(picture: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    found = picture.getpixel(at)
    assert isinstance(found, tuple)
    return tuple(int(sample) for sample in found)
