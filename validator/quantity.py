"""Exact numbers in and out: fractions from text, and text that loses nothing a reader needs."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import msgspec

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?|[+-]?\d+/[1-9]\d*", re.ASCII)
_LONGEST = 40  # digits: no limit of any service needs more, and int() of a megabyte of them hangs


def parse_number(value: object) -> Fraction:
    """Read an integer or a string (`"23.976"`, `"24000/1001"`) exactly; floats are refused.

    Raises:
        ValueError: not an integer, a decimal or a fraction, or a float, which would be inexact.

    >>> parse_number("24000/1001")
    Fraction(24000, 1001)
    >>> parse_number("0.4")
    Fraction(2, 5)
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number to compare with")
    if isinstance(value, float):
        raise ValueError(f'write {value} as a string ("{value}"), so that it stays exact')
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(f"expected a number, got {type(value).__name__}")
    if isinstance(value, str) and (len(value) > _LONGEST or not _NUMBER.fullmatch(value)):
        raise ValueError(f'"{value[:_LONGEST]}" is not a number such as 15, "15.2" or "24000/1001"')
    return Fraction(value)


def exact(value: Fraction | int) -> str:
    """The shortest text that is exactly this number: a decimal where one exists, else a fraction.

    >>> exact(Fraction(2, 5)), exact(Fraction(24000, 1001)), exact(2086876)
    ('0.4', '24000/1001', '2086876')
    """
    number = Fraction(value)
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    if rest != 1 or places > 9:
        return f"{number.numerator}/{number.denominator}"
    return _decimal(number, places, grouped=False)


def shown(value: Fraction | int, near: tuple[Fraction, ...] = (), places: int = 3) -> str:
    """Text for people: thousands grouped, rounded, but never rounded onto a number that it is not.

    `near` are the numbers it will be read beside: 1.99996 near 2 is shown as 1.99996, not as 2. Two
    numbers that are each shown near the other never read alike.

    >>> shown(2086876), shown(Fraction(24000, 1001)), shown(Fraction("1.99996"), near=(Fraction(2),))
    ('2,086,876', '23.976', '1.99996')
    """
    number = Fraction(value)
    others = [other for other in near if other != number]
    while places < 30:
        rounded = round(number, places)
        alike = any(rounded == round(other, places) for other in others)
        if not alike and (rounded != 0 or number == 0):
            break
        places += 1
    return _decimal(round(number, places), places, grouped=True)


_SAFE_INTEGER = 2**63  # what lies beyond becomes a float: not every reader of JSON takes it


def plain(value: object) -> Any:
    """A fact as JSON has it: fractions become integers where they are whole, else floats; structs, maps.

    >>> plain(Fraction(30)), plain(Fraction(1, 4)), plain(True), plain(("left", "top"))
    (30, 0.25, True, ['left', 'top'])
    """
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        if value != int(value):
            return float(value)
        whole = int(value)
        return whole if -_SAFE_INTEGER <= whole < _SAFE_INTEGER else float(whole)
    if isinstance(value, msgspec.Struct):
        return {name: plain(held) for name, held in msgspec.structs.asdict(value).items()}
    if isinstance(value, (tuple, list)):
        return [plain(held) for held in value]
    return value


def _decimal(number: Fraction, places: int, *, grouped: bool) -> str:
    scaled = round(abs(number) * 10**places)
    whole, part = divmod(scaled, 10**places)
    digits = f"{part:0{places}d}".rstrip("0") if places else ""
    sign = "-" if number < 0 else ""
    return sign + (f"{whole:,}" if grouped else str(whole)) + (f".{digits}" if digits else "")
