"""One documented limit, as data: which fact is compared with what."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

import msgspec

from validator.findings import Severity
from validator.model import GroupKind, Role

Number = Annotated[
    Fraction,
    msgspec.Meta(description='an integer, or a string such as "0.4" or "24000/1001": never a float'),
]


class Observed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What others have seen the service take; never a reason for an error.

    `open` means that the bounds themselves are outside.
    """

    source: str
    min: Number | None = None
    max: Number | None = None
    open: bool = False

    def holds(self, value: Fraction) -> bool:
        """Whether the value lies inside."""
        return within(value, self.min, self.max, open_bounds=self.open)


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits a rule to assets with one of these roles, or meant for one of these kinds of group."""

    role: tuple[Role, ...] = ()
    group: tuple[GroupKind, ...] = ()


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One documented limit.

    A rule compares the facts that it names by one of: `min`/`max` (bounds are inside unless `open`),
    `one_of`, `equals` (what the fact must be), `levels` (severity by value; what is not listed is
    fine; beside `one_of` it softens the refusal), or `on_bound_of` (the values that the named rules
    let pass exactly on a bound). `says` words the message by value; `shows` names facts to print in it;
    numbers among these that lie outside the limits of the rule `against` are marked as such.
    """

    code: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}[0-9]{3}$")]
    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    applies: Literal["file", "url", "image", "video", "audio"]
    severity: Severity
    summary: str
    help: str
    help_below: str = ""
    help_above: str = ""
    why: str = ""
    example: str = ""
    fact: str | tuple[str, ...] = ()
    min: Number | None = None
    max: Number | None = None
    open: bool = False
    one_of: tuple[str, ...] = ()
    equals: bool | int | str | None = None
    levels: dict[str, Severity] = {}
    says: dict[str, str] = {}
    on_bound_of: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    against: str = ""
    unit: str = ""
    prevents: tuple[str, ...] = ()
    observed: Observed | None = None
    source: str = ""
    when: When | None = None
    repair: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that are compared, by name."""
        return (self.fact,) if isinstance(self.fact, str) else self.fact


def within(
    value: Fraction, low: Fraction | None, high: Fraction | None, *, open_bounds: bool = False
) -> bool:
    """Whether a value lies between two bounds, which are inside unless `open_bounds`.

    >>> [within(Fraction(2), Fraction(2), None, open_bounds=outside) for outside in (False, True)]
    [True, False]
    """
    if open_bounds:
        return (low is None or value > low) and (high is None or value < high)
    return (low is None or value >= low) and (high is None or value <= high)
