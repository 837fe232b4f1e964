"""Options of a mending that a program gives are refused at once, in the words that the command line has."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from tests.nobody import NOBODY
from validator import RepairOptions, UsageError, plan_repair, repair_iter
from validator.findings import Severity
from validator.repair.check_options import check_options


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("face", "bob", "'bob' is not largest, or a number from 1 as the report lists the faces"),
        ("face", 0, "0 is not largest"),
        ("face", True, "True is not largest"),
        (
            "fill",
            "red",
            "'red' is not blur, edge, transparent, black, white or a colour such as #202020",
        ),
        ("fill", None, "None is not blur"),
        ("frame", -1, "-1 is out of bounds: it is at least 0 and at most 1000000"),
        ("frame", Fraction(1, 2), "0.5 is not a whole number"),
        ("max_enlarge", 0, "0 is out of bounds: it is at least 1 and at most 100"),
        ("max_enlarge", float("inf"), "inf is no finite number"),
        ("max_enlarge", None, "None is not a number such as 4, 1.5 or 24000/1001"),
        ("start", -1, "-1 is out of bounds: it is at least 0 and at most 86400"),
        ("start", "soon", "'soon' is not a number such as 4, 1.5 or 24000/1001"),
        ("fit", "stretch", "'stretch' is not pad or crop"),
        ("metadata", "some", "'some' is not keep or drop"),
        ("lengthen", "never", "'never' is not loop, hold, slow or None"),
        ("scenes", 1, "1 is not True or False"),
        ("normalise", "yes", "'yes' is not True or False"),
        ("level", "fatal", "'fatal' is not error, warning, note"),
        ("fill", "x" * 10_000, f"'{'x' * 59}… is not blur"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_before_any_work(name: str, value: Any, problem: str) -> None:
    options = msgspec.structs.replace(RepairOptions(), **{name: value})
    with pytest.raises(UsageError) as refused:
        repair_iter("no/such.png", None, NOBODY, options)
    assert str(refused.value).startswith(f"RepairOptions: {name}: {problem}")
    with pytest.raises(UsageError):
        plan_repair("no/such.png", NOBODY, options)


@pytest.mark.parametrize(
    ("name", "value", "stands_for"),
    [
        ("face", 2, "2"),
        ("face", " Largest ", "largest"),
        ("fill", "ABCDEF", "#abcdef"),
        ("fill", "#fFa", "#ffffaa"),
        ("fill", "white", "#ffffff"),
        ("fill", "Black", "#000000"),
        ("fill", "transparent", "transparent"),
        ("start", 1.1, Fraction(11, 10)),
        ("start", Decimal("2.50"), Fraction(5, 2)),
        ("max_enlarge", 4, Fraction(4)),
        ("level", "warning", Severity.WARNING),
        ("frame", 3, 3),
    ],
)
def test_what_is_plainly_meant_is_taken(name: str, value: Any, stands_for: Any) -> None:
    found = getattr(check_options(msgspec.structs.replace(RepairOptions(), **{name: value})), name)
    assert (found, type(found)) == (stands_for, type(stands_for))


def test_the_defaults_are_good() -> None:
    assert check_options(RepairOptions()) == RepairOptions()
