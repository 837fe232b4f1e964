"""What a user chooses for copies that conform: how gaps are filled, what is cut, what may be invented."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import msgspec

from validator.findings import Severity

Fit = Literal["pad", "crop"]
"""How a ratio is mended: by room beside the picture, or by cutting it."""

Lengthen = Literal["loop", "hold", "slow"]
"""How what is too short may be made longer: played again, its last frame held, or slowed down."""


CLEAR = "transparent"
"""What lies beside a padded picture where that is to be seen through."""


class RepairOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to mend. Times are seconds from the start of the original.

    `level`: findings from this severity on are answered; what weighs less only changes on the way.
    `fill`: what lies beside a padded picture: "blur" (the picture itself, blurred; along an edge of one
    colour that colour, and beside a picture that is transparent anywhere nothing), "edge" (its edge's
    mean colour), "transparent" (white, or in clips black, where the copy cannot be), "black", "white", or
    a colour such as "#202020" or "#fff". `metadata`: whether Exif, XMP, IPTC and tags stay.
    `max_enlarge`: a picture is enlarged at most so many times; `frame`: which picture of an animation
    stays, from 0; `None`: the one that is shown first. `face`: whom a portrait is cropped to: "largest",
    or a number from 1 in the order that the report lists them. `start`: where a cut begins; `scenes`: a
    cut ends, and begins, where a shot does. `lengthen`: `None` refuses what is too short. `normalise`:
    bring a sound to a usual loudness.

    >>> RepairOptions().fit
    'pad'
    """

    level: Severity = Severity.ERROR
    fit: Fit = "pad"
    fill: str = "blur"
    metadata: Literal["keep", "drop"] = "keep"
    max_enlarge: Fraction = Fraction(16)
    frame: int | None = None
    face: str | None = None
    start: Fraction | None = None
    scenes: bool = False
    lengthen: Lengthen | None = None
    normalise: bool = False
