"""Every measured value of an asset beside its limit: in words, and as a place on a scale to be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_type_hints

from msgspec import UNSET, UnsetType

from validator.fact import FactInfo, fact_info
from validator.fact_words import fact_words
from validator.findings import AssetReport, Finding, Severity
from validator.judge import Policy, concerns, judge
from validator.message import limit_words, quantity
from validator.model import Part, fact_table
from validator.profile import Profile
from validator.report.fact_details import details, told_elsewhere, with_detail
from validator.rule import Bounds, Rule, within

State = Literal["inside", "outside", "not judged", "no limit"]

_EDGE = 0.2  # how much of the scale lies beyond each bound
_NEAREST = 0.02  # what lies outside is drawn outside, however near to the bound


@dataclass(frozen=True)
class Scale:
    """Where a value is drawn, and the range it may lie in: shares of the scale's length, from 0 to 1."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Reading:
    """One measured fact beside its limit.

    `codes`: the rules that compare it; several where each of them forbids other values. `value` is empty
    where nothing was measured, and `limit` where there is none. `severity`: the worst of what was found,
    `None` unless `outside`. `why`: why it was not judged. `bounds` and `scale`: only of numbers with limits.
    """

    fact: str
    label: str
    description: str
    codes: tuple[str, ...]
    value: str
    limit: str
    state: State
    severity: Severity | None = None
    why: str = ""
    bounds: Bounds | None = None
    scale: Scale | None = None

    @property
    def share(self) -> float | None:
        """Where the value lies on the scale, from 0 to 1; `None` where there is no scale.

        >>> Reading("pixels", "pixel count", "", (), "1 px", "", "no limit").share is None
        True
        """
        return None if self.scale is None else self.scale.share


def measured(result: AssetReport, profile: Profile) -> tuple[Reading, ...]:
    """Every fact of an asset that a profile limits, in the order of its rules, then all other facts.

    A rule that was switched off limits nothing.

    >>> from validator.model import Asset, Facts, FileFacts, ImageFacts, Kind
    >>> from validator.profile import default_profile
    >>> facts = Facts(Kind.IMAGE, FileFacts(format="png"), media=ImageFacts(width=299, bit_depth=8))
    >>> asset = Asset("a.png", "a.png")
    >>> result = AssetReport(asset, facts, *judge(asset, facts, default_profile(), Policy()))
    >>> for each in measured(result, default_profile()):
    ...     if each.fact in ("format", "width", "height", "bit_depth"):
    ...         print(f"{each.label}: {each.value}; {each.limit}: {each.state}")
    format: png; jpeg, png, webp, bmp, tiff, gif, heic or heif: inside
    width: 299 px; 300 to 6,000 px: outside
    height: ; 300 to 6,000 px: not judged
    bit depth: 8 bit; : no limit
    """
    outcome = _Outcome.of(result, profile)
    values = result.facts.values()
    limited: dict[tuple[str, str], list[Rule]] = {}
    for rule in profile.rules:
        if not concerns(rule, result.asset, result.facts.subjects, values):
            continue
        for name in rule.facts:
            if outcome.tells_of(rule, name, values):
                # Limits of numbers stand by themselves; of other facts, rules forbid one value each.
                key = (name, rule.code if rule.bounds_of(name) else "")
                limited.setdefault(key, []).append(rule)
    readings = tuple(outcome.reading(rules, name, values) for (name, _), rules in limited.items())
    return (*readings, *_unlimited(result, {reading.fact for reading in readings}))


@dataclass(frozen=True)
class _Outcome:
    """What was found by one profile: by rule and fact, by rule, and what it would have found by default."""

    findings: Mapping[tuple[str, str], Finding]
    not_judged: Mapping[str, str]
    switched_off: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, result: AssetReport, profile: Profile) -> _Outcome:
        ours: tuple[str | UnsetType, ...] = (UNSET, profile.info.name)
        findings = {(each.code, each.measured.fact): each for each in result.findings if each.profile in ours}
        not_judged = {each.code: each.reason for each in result.not_judged if each.profile in ours}
        by_default, _ = judge(result.asset, result.facts, profile, Policy())
        broken = {(each.code, each.measured.fact) for each in by_default}
        return cls(findings, not_judged, frozenset(broken - findings.keys()))

    def tells_of(self, rule: Rule, name: str, values: Mapping[str, Any]) -> bool:
        """Whether the rule was applied to this fact, or tells why it was not."""
        return (rule.code, name) not in self.switched_off and (name in values or rule.code in self.not_judged)

    def reading(self, rules: Sequence[Rule], name: str, values: Mapping[str, Any]) -> Reading:
        info = fact_table(rules[0].applies)[name]
        found = [self.findings[rule.code, name] for rule in rules if (rule.code, name) in self.findings]
        # Of a rule with several facts, those that were measured were judged.
        skipped = [
            rule for rule in rules if rule.code in self.not_judged and not _was_judged(rule, name, values)
        ]
        why = next((self.not_judged[rule.code] for rule in skipped), "")
        return Reading(
            fact=name,
            label=info.label,
            description=info.description,
            codes=tuple(rule.code for rule in rules),
            value=_value(info, values, rules[0].bounds_of(name)),
            limit=_limit(rules, info),
            state="outside" if found else "not judged" if why else "inside",
            severity=max((each.severity for each in found), key=lambda each: each.rank, default=None),
            why=why,
            bounds=rules[0].bounds_of(name),
            scale=_scale(rules[0], name, values.get(name)),
        )


def _was_judged(rule: Rule, name: str, values: Mapping[str, Any]) -> bool:
    """Whether it is for other facts of a rule that this one is not judged."""
    is_known_to_concern = rule.applies != "portrait" or "practice" in values
    return is_known_to_concern and name in values and any(other not in values for other in rule.facts)


def _unlimited(result: AssetReport, named: set[str]) -> Iterator[Reading]:
    """What was measured and is not limited; what tells more of another fact stands there."""
    values = result.facts.values()
    told = told_elsewhere(values)
    for part in result.facts.parts():
        for name, info in _infos(type(part)).items():
            if name in named or name not in values or name in told:
                continue
            said = _value(info, values)
            if said:
                yield Reading(name, info.label, info.description, (), said, "", "no limit")


@cache
def _infos(part: type[Part]) -> Mapping[str, FactInfo]:
    hints = get_type_hints(part, include_extras=True)
    return MappingProxyType({name: fact_info(name, hint) for name, hint in hints.items()})


def _value(info: FactInfo, values: Mapping[str, Any], bounds: Bounds | None = None) -> str:
    """What was measured, in words; empty where nothing was, or where it only locates."""
    value, detail = values.get(info.name), details(values).get(info.name, "")
    if isinstance(value, tuple):
        return detail or ", ".join(each for each in value if isinstance(each, str))
    limits = () if bounds is None else tuple(each for each in (bounds.min, bounds.max) if each is not None)
    return with_detail(_words(info, value, limits), detail)


def _words(info: FactInfo, value: Any, near: tuple[Fraction, ...] = ()) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return quantity(value, info.unit, near)
    return fact_words(info.name, value)


def _limit(rules: Sequence[Rule], info: FactInfo) -> str:
    first = rules[0]
    bounds = first.bounds_of(info.name)
    if bounds is not None:
        return limit_words(bounds, info.unit, open_bounds=first.open)
    if first.equals is not None:
        return _words(info, first.equals)
    forbidden = {value: None for rule in rules for value in rule.levels if not rule.one_of}
    listed = [value for rule in rules for value in rule.one_of]
    allowed = [value for value in (listed or info.choices) if value not in forbidden]
    in_words = _listed([fact_words(info.name, value) for value in allowed or forbidden])
    return in_words if allowed else f"not {in_words}"


def _listed(words: Sequence[str]) -> str:
    """Words as a sentence has them.

    >>> _listed(("jpeg", "png", "webp"))
    'jpeg, png or webp'
    """
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _scale(rule: Rule, name: str, value: Any) -> Scale | None:
    bounds = rule.bounds_of(name)
    if bounds is None or not isinstance(value, (int, Fraction)):
        return None
    return scale_of(Fraction(value), bounds, open_bounds=rule.open)


def scale_of(value: Fraction, bounds: Bounds, *, open_bounds: bool = False) -> Scale:
    """Where a value is drawn: what is allowed takes most of the scale, what lies beyond is pressed together.

    >>> scale_of(Fraction(15), Bounds(min=Fraction(2), max=Fraction(15)))
    Scale(share=0.8, low=0.2, high=0.8)
    >>> scale_of(Fraction(10**9), Bounds(max=Fraction(10))).share > 0.99
    True
    """
    low, high = bounds.min, bounds.max
    left = 0.0 if low is None else _EDGE
    right = 1.0 if high is None else 1 - _EDGE
    inside = within(value, low, high, open_bounds=open_bounds)
    if low is not None and not inside and value <= low:
        share = min(_EDGE * _below(value, low, bounds), _EDGE - _NEAREST)
    elif high is not None and not inside:
        share = max(1 - _EDGE * _pressed(value - high, high, bounds), 1 - _EDGE + _NEAREST)
    else:
        share = left + (right - left) * _position(value, low, high)
    return Scale(share, left, right)


def _below(value: Fraction, low: Fraction, bounds: Bounds) -> float:
    """1 at the lower bound, and less the further below; of a bound above 0, the scale ends at 0.

    >>> [_below(Fraction(each), Fraction(2), Bounds(min=Fraction(2))) for each in (0, 2)]
    [0.0, 1.0]
    """
    pressed = _pressed(low - value, low, bounds)
    if low <= 0:
        return pressed
    least = _pressed(low, low, bounds)
    return max(pressed - least, 0.0) / (1 - least)


def _pressed(distance: Fraction, bound: Fraction, bounds: Bounds) -> float:
    """1 at the bound, and less the further away, measured by the bound or by the range, which is smaller."""
    sizes = [abs(bound)] if bound else []
    if bounds.min is not None and bounds.max is not None and bounds.min < bounds.max:
        sizes.append(bounds.max - bounds.min)
    return 1 / (1 + _number(distance / min(sizes, default=Fraction(1))))


def _position(value: Fraction, low: Fraction | None, high: Fraction | None) -> float:
    """Where a value lies in its range, from 0 to 1; a range without end is pressed together."""
    if low is not None and high is not None:
        return _number((value - low) / (high - low)) if low < high else 0.5
    if low is not None:
        return 1 - 1 / (1 + _number((value - low) / (abs(low) or 1)))
    bound = high or Fraction(0)
    if bound > 0:
        return max(0.0, _number(value / bound))
    return 1 / (1 + _number((bound - value) / (abs(bound) or 1)))


_LARGEST = 10**9  # a float holds it, and no scale shows more


def _number(value: Fraction) -> float:
    return float(min(value, Fraction(_LARGEST)))
