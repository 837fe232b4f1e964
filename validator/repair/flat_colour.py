"""Pictures of one colour, behind others: the same whatever program draws it and however it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

_BT601 = (Fraction(299, 1000), Fraction(114, 1000))
_LUMA: Mapping[str, tuple[Fraction, Fraction]] = MappingProxyType(
    {
        "bt709": (Fraction(2126, 10_000), Fraction(722, 10_000)),
        "fcc": (Fraction(30, 100), Fraction(11, 100)),
        "smpte240m": (Fraction(212, 1000), Fraction(87, 1000)),
        "bt2020nc": (Fraction(2627, 10_000), Fraction(593, 10_000)),
    }
)
"""What red and blue weigh in the luma of a matrix, by FFmpeg's name of it; of all others as in BT.601."""


def backdrop(picture: Any, colour: str, matrix: str, size: tuple[int, int] | None = None) -> Any:
    """As many pictures, of this size or their own and of one colour "#RRGGBB"; in YUV of the usual range.

    Filters that take the name of a colour convert it by a matrix of their own, and programs differ in which.
    """
    luma, blue, red = yuv_of(colour, matrix)
    drawn = picture.filter("scale", *(size or ()), out_range="tv", flags="neighbor").filter(
        "format", "yuv444p"
    )
    return drawn.filter("lutyuv", y=luma, u=blue, v=red)


def yuv_of(colour: str, matrix: str) -> tuple[int, int, int]:
    """A colour "#RRGGBB" as luma and both chromas of 8 bits, of the usual range.

    >>> yuv_of("#c81e1e", "bt709"), yuv_of("#c81e1e", "smpte170m")
    ((73, 111, 203), (85, 103, 203))
    """
    red, green, blue = (Fraction(value, 255) for value in rgb_of(colour))
    of_red, of_blue = _LUMA.get(matrix, _BT601)
    luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    chroma = ((blue - luma) / (2 - 2 * of_blue), (red - luma) / (2 - 2 * of_red))
    return round(16 + 219 * luma), round(128 + 224 * chroma[0]), round(128 + 224 * chroma[1])


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of "#RRGGBB".

    >>> rgb_of("#204080")
    (32, 64, 128)
    """
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
