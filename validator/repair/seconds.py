"""Seconds as ffmpeg's command line takes them: decimals, to the microsecond."""

from __future__ import annotations

from fractions import Fraction

_MICROSECOND = 1_000_000


def seconds(number: Fraction) -> str:
    """A number with at most six decimals, the nearest.

    >>> seconds(Fraction(15)), seconds(Fraction(1001, 30000)), seconds(Fraction(-1, 4))
    ('15', '0.033367', '-0.25')
    """
    ticks = round(number * _MICROSECOND)
    sign = "-" if ticks < 0 else ""
    whole, rest = divmod(abs(ticks), _MICROSECOND)
    return f"{sign}{whole}" + (f".{rest:06}".rstrip("0") if rest else "")
