"""What an option of a mending may be: one table for whoever calls the library and for the command line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import msgspec

from validator.errors import UsageError
from validator.findings import Severity
from validator.quantity import exact, parse_number
from validator.repair.options import Fit, Lengthen, RepairOptions
from validator.settings import FACES, FILLS, MOST_ENLARGED

_COLOURS = {"black": "#000000", "white": "#ffffff"}
_SHORT = 4  # characters of a colour of one digit each
_FRAMES = 1_000_000
_DAY = 86_400  # seconds: nothing that is mended runs longer
_SHOWN = 60  # characters of what was said


def meant(name: str, value: object) -> Any:
    """What a value stands for as this option: texts and plain numbers become exact ones.

    Raises:
        ValueError: it is none that the option takes; with what it takes.

    >>> meant("start", "1.5s"), meant("fill", "202020"), meant("face", 2)
    (Fraction(3, 2), '#202020', '2')
    """
    return _MEANT[name](value)


def check_options(options: RepairOptions) -> RepairOptions:
    """The same options, each of them one that can be carried out.

    Raises:
        UsageError: naming the one that cannot be, and what is allowed.

    >>> check_options(RepairOptions(face="bob"))
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: RepairOptions: face: 'bob' is not largest, or a number from 1 as the report \
lists the faces
    """
    found = {}
    for name in RepairOptions.__struct_fields__:
        try:
            found[name] = meant(name, getattr(options, name))
        except ValueError as error:
            raise UsageError(f"RepairOptions: {name}: {error}") from None
    return msgspec.structs.replace(options, **found)


def _said(value: object) -> str:
    said = repr(value)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def _one_of(*words: str | bool | None) -> Callable[[object], object]:
    def taken(value: object) -> object:
        # Not by equality alone: 1 equals True.
        if not any(value is word or (isinstance(word, str) and value == word) for word in words):
            allowed = " or ".join(", ".join(map(str, words)).rsplit(", ", 1))
            raise ValueError(f"{_said(value)} is not {allowed}")
        return value

    return taken


def _level(value: object) -> Severity:
    try:
        return Severity(value)  # type: ignore[arg-type]  # what is no severity is refused there
    except ValueError:
        raise ValueError(f"{_said(value)} is not {', '.join(Severity)}") from None


def _fill(value: object) -> str:
    word = value.strip().lower() if isinstance(value, str) else ""
    word = f"#{word}" if re.fullmatch("([0-9a-f]{3}){1,2}", word) else word
    if not re.fullmatch(FILLS, word):
        raise ValueError(
            f"{_said(value)} is not blur, edge, transparent, black, white or a colour such as #202020"
        )
    word = _COLOURS.get(word, word)
    is_short = word.startswith("#") and len(word) == _SHORT
    return "#" + "".join(2 * digit for digit in word[1:]) if is_short else word


def _face(value: object) -> str | None:
    if value is None:
        return None
    is_number = isinstance(value, int) and not isinstance(value, bool)
    word = str(value).strip().lower() if isinstance(value, str) or is_number else ""
    if not re.fullmatch(FACES, word):
        raise ValueError(f"{_said(value)} is not largest, or a number from 1 as the report lists the faces")
    return word


def _frame(value: object) -> int | None:
    if value is None:
        return None
    number = _number(value)
    if number.denominator != 1:
        raise ValueError(f"{exact(number)} is not a whole number")
    return int(_within(number, 0, _FRAMES))


def _start(value: object) -> Fraction | None:
    said = value.strip().removesuffix("s").rstrip() if isinstance(value, str) else value
    return None if value is None else _within(_number(said, value), 0, _DAY)


def _enlarge(value: object) -> Fraction:
    return _within(_number(value), 1, MOST_ENLARGED)


def _number(value: object, said: object = None) -> Fraction:
    if isinstance(value, str):
        try:
            return parse_number(value.strip())
        except ValueError:
            pass  # what is wrong with it is said below
    elif isinstance(value, (int, float, Fraction, Decimal)) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise ValueError(f"{_said(value)} is no finite number")
        return Fraction(str(value))
    raise ValueError(f"{_said(value if said is None else said)} is not a number such as 4, 1.5 or 24000/1001")


def _within(number: Fraction, low: int, high: int) -> Fraction:
    if not low <= number <= high:
        raise ValueError(f"{exact(number)} is out of bounds: it is at least {low} and at most {high}")
    return number


_MEANT: Mapping[str, Callable[[object], object]] = {
    "level": _level,
    "fit": _one_of(*get_args(Fit)),
    "fill": _fill,
    "metadata": _one_of("keep", "drop"),
    "max_enlarge": _enlarge,
    "frame": _frame,
    "face": _face,
    "start": _start,
    "scenes": _one_of(True, False),
    "lengthen": _one_of(*get_args(Lengthen), None),
    "normalise": _one_of(True, False),
}
