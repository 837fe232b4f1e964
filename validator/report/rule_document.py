"""Rules for programs. The keys are a contract: `schemas/rules.schema.json` is made from these types."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final, Literal

import msgspec

from validator.fact import FactInfo
from validator.findings import ProfileInfo, Severity, Tool
from validator.model import fact_table
from validator.profile import Profile
from validator.quantity import exact
from validator.report.escape import inert_json
from validator.report.rule_example import example_finding
from validator.report.rule_paragraphs import limit_lines, severities
from validator.rule import Applies, Observed, Rule, Weighs, When

SCHEMA_VERSION: Final = 1


class FactLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What one fact is compared with: a range, or a list of values.

    `min` and `max` are exact, a decimal or a fraction, in `unit`; `null`: without end; `open`: the bounds
    themselves are outside. `one_of` are the values that pass, `equals` the only one that does, `levels` the
    severity of those that do not pass.
    """

    fact: str
    label: str
    description: str
    unit: str
    min: str | None = None
    max: str | None = None
    open: bool = False
    one_of: tuple[str, ...] = ()
    equals: bool | int | str | None = None
    levels: dict[str, Severity] = {}
    help_below: str = ""
    help_above: str = ""


class ObservedRange(msgspec.Struct, frozen=True, kw_only=True):
    """What others have seen the service take, and who says so; written like the limits."""

    min: str | None
    max: str | None
    open: bool
    source: str


class RuleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, with all that is known of it.

    `limit` says in words what `limits` says by fact; `on_bound_of` are rules whose bounds it is about.
    `severity` is the rule's own, `severities` all that it can have, the heaviest first, and `weighs` which of
    them for which assets. `when` are the assets that it concerns, any of these; empty: all. `message` is an
    example of what it says. `helps` replaces the help by value, or by kind of media. In helps, a fact's name
    in braces stands for what will be measured.
    """

    code: str
    name: str
    summary: str
    applies: Applies
    severity: Severity
    severities: tuple[Severity, ...]
    limit: tuple[str, ...]
    limits: tuple[FactLimits, ...]
    on_bound_of: tuple[str, ...]
    when: tuple[When, ...]
    weighs: tuple[Weighs, ...]
    why: str
    source: str
    observed: ObservedRange | None
    prevents: tuple[str, ...]
    example: str
    message: str
    help: str
    helps: dict[str, str]
    repair: str


class RulesDocument(msgspec.Struct, frozen=True):
    """The rules of a profile, all or some of them, in its order."""

    schema_version: Literal[1]
    tool: Tool
    profile: ProfileInfo
    rules: tuple[RuleEntry, ...]


def rule_entry(rule: Rule, profile: Profile) -> RuleEntry:
    """A rule with all that is known of it.

    >>> from validator.profile import default_profile
    >>> rule_entry(default_profile()["VID006"], default_profile()).limits[0].max
    '60'
    """
    found = example_finding(rule, profile)
    facts = fact_table(rule.applies)
    return RuleEntry(
        code=rule.code,
        name=rule.name,
        summary=rule.summary,
        applies=rule.applies,
        severity=rule.severity,
        severities=severities(rule),
        limit=limit_lines(rule, profile),
        limits=tuple(_limits(rule, facts[name]) for name in rule.facts),
        on_bound_of=rule.on_bound_of,
        when=rule.alternatives,
        weighs=rule.weighs,
        why=rule.why,
        source=rule.source or profile.info.source,
        observed=_observed(rule.observed),
        prevents=rule.prevents,
        example=rule.example,
        message=found.message if found else "",
        help=rule.help,
        helps=rule.helps,
        repair=rule.repair,
    )


def _limits(rule: Rule, info: FactInfo) -> FactLimits:
    bounds = rule.bounds_of(info.name)
    return FactLimits(
        fact=info.name,
        label=info.label,
        description=info.description,
        unit=info.unit,
        min=_number(bounds.min) if bounds else None,
        max=_number(bounds.max) if bounds else None,
        open=rule.open and bounds is not None,
        one_of=rule.one_of,
        equals=rule.equals,
        levels={
            value: severity
            for value, severity in rule.levels.items()
            if not info.choices or value in info.choices
        },
        help_below=bounds.help_below if bounds else "",
        help_above=bounds.help_above if bounds else "",
    )


def _observed(observed: Observed | None) -> ObservedRange | None:
    if observed is None:
        return None
    return ObservedRange(
        min=_number(observed.min), max=_number(observed.max), open=observed.open, source=observed.source
    )


def _number(value: Fraction | None) -> str | None:
    return None if value is None else exact(value)


def as_json(rules: Iterable[Rule], profile: Profile, tool: Tool) -> str:
    """Rules as one JSON document."""
    entries = tuple(rule_entry(rule, profile) for rule in rules)
    document = RulesDocument(SCHEMA_VERSION, tool, profile.info, entries)
    return inert_json(msgspec.json.format(msgspec.json.encode(document), indent=2).decode()) + "\n"
