"""Facts against a profile: no files, no network, no clock.

The judge is a table walk. Whatever needs more than a comparison is computed by a probe into a fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import msgspec

from validator import message
from validator.findings import Finding, Limit, Measured, NotJudged, Severity, Side
from validator.message import Comparison, span, value_key
from validator.model import Asset, Facts, FactValue, fact_table
from validator.profile import Profile
from validator.quantity import exact
from validator.rule import Rule


class Limits(StrEnum):
    """Which limits decide: `observed` lowers an error to a warning where others have seen it pass."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"


@dataclass(frozen=True)
class Policy:
    """What a user chose for one asset: which rules run, and how much each weighs.

    `codes` is `None` where all rules run; `severities` overrides the profile by code.
    """

    codes: frozenset[str] | None = None
    severities: Mapping[str, Severity] = field(default_factory=dict)
    limits: Limits = Limits.DOCUMENTED


def judge(
    asset: Asset, facts: Facts, profile: Profile, policy: Policy
) -> tuple[tuple[Finding, ...], tuple[NotJudged, ...]]:
    """Apply every rule that concerns this asset, in the profile's order.

    >>> from validator.model import FileFacts
    >>> from validator.profile import load_profile
    >>> facts = Facts(file=FileFacts(content="empty"))
    >>> findings, _ = judge(Asset("a.png", "a.png"), facts, load_profile(), Policy())
    >>> [finding.code for finding in findings]
    ['FIL002']
    """
    values = facts.values()
    findings: list[Finding] = []
    not_judged: list[NotJudged] = []
    for rule in profile.rules:
        if not _concerns(rule, asset, facts, policy):
            continue
        missing = [name for name in _compared(rule, profile) if name not in values]
        if missing:
            severity = policy.severities.get(rule.code) or _gravest(rule)
            not_judged.append(NotJudged(rule.code, facts.why_unmeasured(missing[0]), severity))
        findings.extend(_weighed(found, rule, values, policy) for found in _broken(rule, values, profile))
    return tuple(findings), tuple(not_judged)


def _concerns(rule: Rule, asset: Asset, facts: Facts, policy: Policy) -> bool:
    if policy.codes is not None and rule.code not in policy.codes:
        return False
    if rule.applies == "url":
        return facts.link is not None
    if rule.applies not in ("file", facts.kind):
        return False
    if rule.when is None:
        return True
    group = asset.group.kind if asset.group else None
    return (not rule.when.role or asset.role in rule.when.role) and (
        not rule.when.group or group in rule.when.group
    )


def _gravest(rule: Rule) -> Severity:
    """What the rule might have found: a warning that is an error at one level hides an error unjudged."""
    return max((rule.severity, *rule.levels.values()), key=lambda severity: severity.rank)


def _compared(rule: Rule, profile: Profile) -> tuple[str, ...]:
    if rule.on_bound_of:
        return tuple(name for code in rule.on_bound_of for name in profile[code].facts)
    return rule.facts


def _broken(rule: Rule, values: Mapping[str, FactValue], profile: Profile) -> Iterator[Finding]:
    if rule.on_bound_of:
        for code in rule.on_bound_of:
            yield from _on_bounds(rule, profile[code], values, profile)
        return
    for name in rule.facts:
        if name in values:
            finding = _compare(Comparison(rule, name, values, profile))
            if finding is not None:
                yield finding


def _on_bounds(
    rule: Rule, other: Rule, values: Mapping[str, FactValue], profile: Profile
) -> Iterator[Finding]:
    if other.open:  # then the bound is outside by the rule itself, which says so
        return
    for name in other.facts:
        if name in values and values[name] in (other.min, other.max):
            limit = msgspec.structs.replace(_limit(other, "on"), open=True, by="0", source=rule.source)
            text = message.on_bound(rule, other, name, Fraction(values[name]))
            yield _finding(Comparison(rule, name, values, profile), text, limit=limit)


def _compare(comparison: Comparison) -> Finding | None:
    rule, value = comparison.rule, comparison.value
    if rule.min is not None or rule.max is not None:
        return _compare_range(comparison)
    key = value_key(value)
    if rule.equals is not None:
        return None if value == rule.equals else _finding(comparison, message.stated(comparison))
    if key in rule.levels:
        return _finding(comparison, message.stated(comparison), severity=rule.levels[key])
    if rule.one_of and key not in rule.one_of:
        return _finding(comparison, message.not_one_of(comparison))
    return None


def _compare_range(comparison: Comparison) -> Finding | None:
    rule, value = comparison.rule, Fraction(comparison.value)
    if rule.min is not None and (value < rule.min or (rule.open and value == rule.min)):
        text = message.out_of_range(comparison, rule.min, "below")
        limit = _limit(rule, "below", rule.min - value)
        return _finding(comparison, text, limit=limit, help_=rule.help_below)
    if rule.max is not None and (value > rule.max or (rule.open and value == rule.max)):
        text = message.out_of_range(comparison, rule.max, "above")
        limit = _limit(rule, "above", value - rule.max)
        return _finding(comparison, text, limit=limit, help_=rule.help_above)
    return None


def _limit(rule: Rule, side: Side = "", by: Fraction | None = None) -> Limit:
    observed = ""
    if rule.observed is not None:
        observed = f"{span(rule.observed.min, rule.observed.max)} ({rule.observed.source})"
    return Limit(
        min=None if rule.min is None else exact(rule.min),
        max=None if rule.max is None else exact(rule.max),
        open=rule.open,
        one_of=rule.one_of,
        unit=rule.unit,
        side=side,
        by=None if by is None else exact(by),
        source=rule.source,
        observed=observed,
    )


def _finding(
    comparison: Comparison,
    text: str,
    *,
    severity: Severity | None = None,
    limit: Limit | None = None,
    help_: str = "",
) -> Finding:
    rule = comparison.rule
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity or rule.severity,
        message=text,
        measured=_measured(comparison.fact, comparison.value, fact_table(rule.applies)[comparison.fact].unit),
        limit=limit or _limit(rule),
        help=help_ or rule.help,
        prevents=rule.prevents,
    )


def _measured(name: str, value: FactValue, unit: str) -> Measured:
    if isinstance(value, Fraction):
        return Measured(name, float(value), exact(value), unit)
    return Measured(name, value, value_key(value), unit)


def _weighed(finding: Finding, rule: Rule, values: Mapping[str, FactValue], policy: Policy) -> Finding:
    """The finding with the severity that the user's choices give it."""
    chosen = policy.severities.get(rule.code)
    if chosen is not None:
        return msgspec.structs.replace(finding, severity=chosen)
    number = values[finding.measured.fact]
    passes_elsewhere = (
        policy.limits is Limits.OBSERVED
        and finding.severity is Severity.ERROR
        and rule.observed is not None
        and isinstance(number, (int, Fraction))
        and rule.observed.holds(Fraction(number))
    )
    return msgspec.structs.replace(finding, severity=Severity.WARNING) if passes_elsewhere else finding
