"""Times of a copy: the nearest length and the nearest usual frame rate between limits; exact, and pure."""

from __future__ import annotations

import math
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
_LEAST = Fraction(1, 1000)  # a millisecond: nobody measures lengths and rates more finely


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
    if taken.holds(duration):
        return duration
    if taken.min is not None and duration <= taken.min:
        nearest = _rounded(taken.min, step, is_open=taken.open_min)
    else:
        assert taken.max is not None  # noqa: S101 - or it would be taken
        nearest = -_rounded(-taken.max, step, is_open=taken.open_max)
    if taken.holds(nearest):
        return nearest
    assert taken.min is not None and taken.max is not None  # noqa: S101, PT018 - or there would be room for a step
    middle = (taken.min + taken.max) / 2
    return middle if taken.holds(middle) else None


def part_of(
    duration: Fraction, taken: Range, *, start: Fraction | None = None, step: Fraction | None = None
) -> Part | None:
    """Which part of an original stays: from `start`, as long as is taken; `None` where it begins too late.

    >>> part_of(Fraction(20), Range(Fraction(2), Fraction(15)), start=Fraction(10))
    Part(start=Fraction(10, 1), duration=Fraction(10, 1), lacks=Fraction(0, 1))
    >>> part_of(Fraction(1), Range(Fraction(2), Fraction(15))).lacks
    Fraction(1, 1)
    """
    begin = start or Fraction(0)
    left = duration - begin
    if left <= 0:
        return None
    if taken.holds(left):
        return Part(begin, left)
    nearest = nearest_duration(left, taken, step=step)
    if nearest is None:
        return None
    return Part(begin, left, nearest - left) if nearest > left else Part(begin, nearest)


def nearest_rate(rate: Fraction, taken: Range) -> Fraction | None:
    """The usual frame rate nearest to this one that is taken; without one, the nearest that is.

    `None` where the range is empty. A rate that is usual itself, and taken, stays.

    >>> nearest_rate(Fraction(12), Range(Fraction(24), Fraction(60)))
    Fraction(24, 1)
    >>> nearest_rate(Fraction(2997, 100), Range(Fraction(24), Fraction(60)))
    Fraction(30000, 1001)
    """
    usual = [each for each in USUAL_RATES if taken.holds(each)]
    if usual:
        return min(usual, key=lambda each: (_times(each, rate), each))
    return nearest_duration(rate, taken)


def _times(first: Fraction, second: Fraction) -> Fraction:
    """How many times one is the other, the larger over the smaller."""
    return max(first, second) / max(min(first, second), _LEAST)


def _rounded(bound: Fraction, step: Fraction | None, *, is_open: bool) -> Fraction:
    """The bound, or the first whole step from it on; past it where it is open."""
    if step is None and not is_open:
        return bound
    size = step or _LEAST
    steps = math.floor(bound / size) + 1 if is_open else math.ceil(bound / size)
    return steps * size
