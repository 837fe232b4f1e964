"""Times of a copy: the nearest length and the nearest usual frame rate between limits; exact, and pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from validator.repair.demands import Range

USUAL_RATES = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)
"""Frames a second that players and programs expect."""


@dataclass(frozen=True)
class Part:
    """Seconds of the original that stay. `lacks`: so much is missing to the least that is taken, or 0."""

    start: Fraction
    duration: Fraction
    lacks: Fraction = Fraction(0)


def nearest_duration(duration: Fraction, taken: Range, *, step: Fraction | None = None) -> Fraction | None:
    """The length nearest to this one that is taken; `None` where none is.

    What is taken already stays. `step`: else it is a whole number of these, such as frames.

    >>> nearest_duration(Fraction(20), Range(Fraction(2), Fraction(15)))
    Fraction(15, 1)
    >>> nearest_duration(Fraction(20), Range(max=Fraction(15)), step=Fraction(1001, 30000))
    Fraction(449449, 30000)
    """
    raise NotImplementedError


def part_of(
    duration: Fraction, taken: Range, *, start: Fraction | None = None, step: Fraction | None = None
) -> Part | None:
    """Which part of an original stays: from `start`, as long as is taken; `None` where it begins too late.

    >>> part_of(Fraction(20), Range(Fraction(2), Fraction(15)), start=Fraction(10))
    Part(start=Fraction(10, 1), duration=Fraction(10, 1), lacks=Fraction(0, 1))
    >>> part_of(Fraction(1), Range(Fraction(2), Fraction(15))).lacks
    Fraction(1, 1)
    """
    raise NotImplementedError


def nearest_rate(rate: Fraction, taken: Range) -> Fraction | None:
    """The usual frame rate nearest to this one that is taken; without one, the nearest that is.

    `None` where the range is empty. A rate that is usual itself, and taken, stays.

    >>> nearest_rate(Fraction(12), Range(Fraction(24), Fraction(60)))
    Fraction(24, 1)
    >>> nearest_rate(Fraction(2997, 100), Range(Fraction(24), Fraction(60)))
    Fraction(30000, 1001)
    """
    raise NotImplementedError
