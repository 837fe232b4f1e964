"""Facts against a profile: no files, no network, no clock.

The judge is a table walk. Whatever needs more than a comparison is computed by a probe into a fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any

import msgspec

from validator import message
from validator.findings import Finding, Limit, Measured, NotJudged, Severity, Side
from validator.message import Comparison, span, value_key
from validator.model import Asset, Facts, FactValue
from validator.profile import Profile
from validator.quantity import exact, plain
from validator.rule import Bounds, Observed, Rule, When


class Limits(StrEnum):
    """Which limits decide: `observed` lowers an error to a warning where others have seen it pass."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"


class Policy(msgspec.Struct, frozen=True):
    """What a user chose for one asset: which rules run, and how much each weighs.

    `codes` is `None` where all rules run; `severities` overrides the profile by code.
    """

    codes: frozenset[str] | None = None
    severities: Mapping[str, Severity] = msgspec.field(default_factory=dict)
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
    values, subjects = facts.values(), facts.subjects
    findings: list[Finding] = []
    not_judged: list[NotJudged] = []
    for rule in profile.rules:
        if rule.applies not in subjects:  # most of them: asked first, and here
            continue
        if policy.codes is not None and rule.code not in policy.codes:
            continue
        if not concerns(rule, asset, subjects, values):
            continue
        if "practice" not in values and not _concerns_any_practice(rule, asset, values):
            # Whether it concerns this asset at all is not known.
            why = facts.why_unmeasured("practice")
            not_judged.append(NotJudged(rule.code, why, _severity(rule, asset, values, policy)))
            continue
        missing = [name for name in _compared(rule, profile) if name not in values]
        if missing:
            why = message.unmeasured(facts.why_unmeasured(missing[0]), rule, missing)
            not_judged.append(NotJudged(rule.code, why, _severity(rule, asset, values, policy)))
        location = {name: plain(values[name]) for name in rule.locates if name in values}
        for found in _broken(rule, values, profile):
            weighed = _weighed(found, rule, asset, values, policy)
            if rule.unknown_outside:
                not_judged.append(
                    NotJudged(rule.code, message.unknown(found.message, rule), weighed.severity)
                )
                continue
            findings.append(msgspec.structs.replace(weighed, location=location or None))
    return tuple(findings), tuple(not_judged)


def concerns(rule: Rule, asset: Asset, subjects: frozenset[str], values: Mapping[str, Any]) -> bool:
    """Whether a rule is about such an asset, by what it is, its role, its group and its framing."""
    if rule.applies not in subjects:
        return False
    alternatives = rule.alternatives
    return not alternatives or any(_fits(when, asset, values) for when in alternatives)


def _concerns_any_practice(rule: Rule, asset: Asset, values: Mapping[str, Any]) -> bool:
    alternatives = rule.alternatives
    return not alternatives or any(not when.practice and _fits(when, asset, values) for when in alternatives)


def _fits(when: When, asset: Asset, values: Mapping[str, Any]) -> bool:
    practice = values.get("practice")
    group = asset.group.kind if asset.group else None
    return when.fits(asset.role, group, None if practice is None else str(practice), values.get("format"))


def chosen_severity(rule: Rule, asset: Asset, values: Mapping[str, Any], policy: Policy) -> Severity | None:
    """What the user, or else the profile, has this rule weigh for this asset, whatever it says itself."""
    return policy.severities.get(rule.code) or _chosen(rule, asset, values)


def seen_to_pass(rule: Rule, severity: Severity, policy: Policy) -> Observed | None:
    """The numbers for which what the rule finds is a warning alone, since others have seen them pass."""
    decides = policy.limits is Limits.OBSERVED and severity is Severity.ERROR
    return rule.observed if decides else None


def _chosen(rule: Rule, asset: Asset, values: Mapping[str, Any]) -> Severity | None:
    """What the profile has this rule weigh for this asset, if it says so."""
    if not rule.weighs:
        return None
    certain = (weighs for weighs in rule.weighs if "practice" in values or not weighs.practice)
    return next((weighs.severity for weighs in certain if _fits(weighs, asset, values)), None)


def _severity(rule: Rule, asset: Asset, values: Mapping[str, Any], policy: Policy) -> Severity:
    """What the rule might have found: a warning that is an error at one level hides an error unjudged."""
    chosen = chosen_severity(rule, asset, values, policy)
    if chosen is not None:
        return chosen
    if not rule.levels and not rule.weighs:
        return rule.severity
    possible = [weighs.severity for weighs in rule.weighs if _fits(weighs, asset, values)]
    return max((rule.severity, *rule.levels.values(), *possible), key=lambda severity: severity.rank)


def _compared(rule: Rule, profile: Profile) -> tuple[str, ...]:
    if rule.on_bound_of:
        return tuple(name for code in rule.on_bound_of for name in profile[code].facts)
    return rule.facts


def _broken(rule: Rule, values: Mapping[str, Any], profile: Profile) -> Iterator[Finding]:
    if rule.on_bound_of:
        for code in rule.on_bound_of:
            yield from _on_bounds(rule, profile[code], values, profile)
        return
    for name in rule.facts:
        if name in values:
            finding = _compare(Comparison(rule, name, values, profile))
            if finding is not None:
                yield finding


def _on_bounds(rule: Rule, other: Rule, values: Mapping[str, Any], profile: Profile) -> Iterator[Finding]:
    if other.open:  # then the bound is outside by the rule itself, which says so
        return
    for name in other.facts:
        if name in values and values[name] in (other.min, other.max):
            its = _limit(Comparison(other, name, values, profile), "on")
            limit = msgspec.structs.replace(its, open=True, by="0", source=rule.source)
            text = message.on_bound(rule, other, name, Fraction(values[name]))
            yield _finding(Comparison(rule, name, values, profile), text, limit=limit)


def _compare(comparison: Comparison) -> Finding | None:
    rule, value = comparison.rule, comparison.value
    bounds = rule.bounds_of(comparison.fact)
    if bounds is not None:
        return _compare_range(comparison, bounds)
    key = value_key(value)
    if rule.equals is not None:
        return None if value == rule.equals else _finding(comparison, message.stated(comparison))
    if key in rule.levels:
        return _finding(comparison, message.stated(comparison), severity=rule.levels[key])
    if rule.one_of and key not in rule.one_of:
        return _finding(comparison, message.not_one_of(comparison))
    return None


def _compare_range(comparison: Comparison, bounds: Bounds) -> Finding | None:
    rule, value = comparison.rule, Fraction(comparison.value)
    if bounds.min is not None and (value < bounds.min or (rule.open and value == bounds.min)):
        text = message.out_of_range(comparison, bounds.min, "below", bounds.below)
        limit = _limit(comparison, "below", bounds.min - value)
        return _finding(comparison, text, limit=limit, help_=bounds.help_below)
    if bounds.max is not None and (value > bounds.max or (rule.open and value == bounds.max)):
        text = message.out_of_range(comparison, bounds.max, "above", bounds.above)
        limit = _limit(comparison, "above", value - bounds.max)
        return _finding(comparison, text, limit=limit, help_=bounds.help_above)
    return None


def _limit(comparison: Comparison, side: Side = "", by: Fraction | None = None) -> Limit:
    rule = comparison.rule
    bounds = rule.bounds_of(comparison.fact) or Bounds()
    observed = ""
    if rule.observed is not None:
        observed = f"{span(rule.observed.min, rule.observed.max)} ({rule.observed.source})"
    return Limit(
        min=None if bounds.min is None else exact(bounds.min),
        max=None if bounds.max is None else exact(bounds.max),
        open=rule.open,
        one_of=rule.one_of,
        unit=comparison.unit,
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
        measured=_measured(comparison.fact, comparison.value, comparison.unit),
        limit=limit or _limit(comparison),
        help=message.help_of(comparison, help_),
        prevents=rule.prevents,
    )


def _measured(name: str, value: FactValue, unit: str) -> Measured:
    if isinstance(value, Fraction):
        return Measured(name, float(value), exact(value), unit)
    return Measured(name, value, value_key(value), unit)


def _weighed(
    finding: Finding, rule: Rule, asset: Asset, values: Mapping[str, Any], policy: Policy
) -> Finding:
    """The finding with the severity that the user's choices and the profile's give it."""
    chosen = chosen_severity(rule, asset, values, policy)
    if chosen is not None:
        return msgspec.structs.replace(finding, severity=chosen)
    number, observed = values[finding.measured.fact], seen_to_pass(rule, finding.severity, policy)
    if observed is None or not isinstance(number, (int, Fraction)) or not observed.holds(Fraction(number)):
        return finding
    return msgspec.structs.replace(finding, severity=Severity.WARNING)
