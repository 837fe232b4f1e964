"""One documented limit, as data: which fact is compared with what."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Literal

import msgspec

from validator.findings import Severity
from validator.model import GroupKind, Role
from validator.people import Practice

Number = Annotated[
    Fraction,
    msgspec.Meta(description='an integer, or a string such as "0.4" or "24000/1001": never a float'),
]


PLACEHOLDER = re.compile(r"\{(\w+)\}")
"""A fact's name in a text of a rule, to be replaced by what was measured."""


Applies = Literal[
    "file",
    "url",
    "image",
    "video",
    "audio",
    "faces",
    "portrait",
    "likeness",
    "request",
    "references",
    "library",
]
"""What a rule is about: see `validator.model.APPLIES`."""

ABOUT_PEOPLE = frozenset({"faces", "portrait", "likeness"})
"""What rules apply to that need somebody to look for faces."""


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
    """Assets with one of these roles, meant for one of these kinds of group, held to one of these practices.

    `format`: files of one of these formats, by their bytes. What is left out does not matter; of what is
    given, all has to fit.
    """

    role: tuple[Role, ...] = ()
    group: tuple[GroupKind, ...] = ()
    practice: tuple[Practice, ...] = ()
    format: tuple[str, ...] = ()

    def fits(
        self, role: Role | None, group: GroupKind | None, practice: str | None, format_name: str | None = None
    ) -> bool:
        """Whether an asset is meant; a practice that could not be measured is no reason to leave it out.

        >>> When(role=(Role.PORTRAIT,)).fits(Role.PORTRAIT, None, None)
        True
        """
        return (
            (not self.role or role in self.role)
            and (not self.group or group in self.group)
            and (not self.practice or practice is None or practice in self.practice)
            and (not self.format or format_name in self.format)
        )


class Weighs(When, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a rule weighs for some assets, in place of its own severity and its levels."""

    severity: Severity


class Bounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of one fact, and what is said where it lies outside of them.

    `below` and `above` begin the sentence in place of the fact's name and value, and the helps replace the
    rule's. `{fact}` in them stands for what was measured; a sentence with a fact that was not is left out,
    and where nothing remains, what would be replaced stays.
    """

    min: Number | None = None
    max: Number | None = None
    below: str = ""
    above: str = ""
    help_below: str = ""
    help_above: str = ""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One documented limit.

    A rule compares the facts that it names by one of: `min`/`max` (bounds are inside unless `open`),
    `bounds` (limits of their own for each of several facts), `one_of`, `equals` (what the fact must be),
    `levels` (severity by value; what is not listed is fine; beside `one_of` it softens the refusal), or
    `on_bound_of` (the values that the named rules let pass exactly on a bound). `says` words the message by
    value, with `{fact}` for what was measured; `shows` names facts to print in it; numbers among these that
    lie outside the limits of the rule `against` are marked as such; `helps` replaces the help by value, or by
    kind of media (`image`, `video`, `audio`); `locates` names facts that go into the
    finding's location. `when` (one, or a list of which any fits) limits the rule to some assets; the first of
    `weighs` that fits an asset decides what the rule weighs for it. `unknown_outside`: of what the rule
    does not let pass nothing is known, so that it is not judged there.
    """

    code: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}[0-9]{3}$")]
    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")]
    applies: Applies
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
    bounds: dict[str, Bounds] = {}
    one_of: tuple[str, ...] = ()
    equals: bool | int | str | None = None
    levels: dict[str, Severity] = {}
    says: dict[str, str] = {}
    helps: dict[str, str] = {}
    on_bound_of: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    locates: tuple[str, ...] = ()
    against: str = ""
    unit: str = ""
    prevents: tuple[str, ...] = ()
    observed: Observed | None = None
    source: str = ""
    when: When | tuple[When, ...] = ()
    weighs: tuple[Weighs, ...] = ()
    repair: str = ""
    unknown_outside: bool = False

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that are compared, by name."""
        if self.bounds:
            return tuple(self.bounds)
        return (self.fact,) if isinstance(self.fact, str) else self.fact

    @property
    def alternatives(self) -> tuple[When, ...]:
        """The assets that the rule is limited to; empty: it concerns all."""
        return (self.when,) if isinstance(self.when, When) else self.when

    def bounds_of(self, fact: str) -> Bounds | None:
        """The limits of one of the rule's facts; `None` where it is not compared with limits."""
        if self.bounds or (self.min is None and self.max is None):
            return self.bounds.get(fact)
        return Bounds(self.min, self.max, help_below=self.help_below, help_above=self.help_above)


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
