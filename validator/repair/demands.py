"""What rules ask of facts: the limits of several profiles at once, as a planner needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial, reduce
from itertools import combinations
from types import MappingProxyType
from typing import Any

from validator.findings import Severity
from validator.judge import Policy, chosen_severity, concerns, seen_to_pass
from validator.message import limit_words, value_key
from validator.model import Asset, Facts, FactValue, fact_table
from validator.profile import Profile
from validator.rule import ABOUT_PEOPLE, Bounds, Observed, Rule

_ANY_OTHER = ""  # format than those that rules name


@dataclass(frozen=True)
class Range:
    """Numbers that are taken, in the fact's unit; `open_min`, `open_max`: the bound itself is outside.

    `shy_min`, `shy_max`: the bound is taken, but others write it as outside: what is made anew keeps off it
    where there is room, what lies on it already may stay.

    >>> Range(Fraction(2), Fraction(15)).holds(Fraction(15))
    True
    """

    min: Fraction | None = None
    max: Fraction | None = None
    open_min: bool = False
    open_max: bool = False
    shy_min: bool = False
    shy_max: bool = False

    def holds(self, number: Fraction | int) -> bool:
        """Whether this number is taken."""
        low = self.min is None or number > self.min or (number == self.min and not self.open_min)
        high = self.max is None or number < self.max or (number == self.max and not self.open_max)
        return low and high

    @property
    def bounds(self) -> tuple[Fraction, ...]:
        """The bounds that there are.

        >>> Range(max=Fraction(15)).bounds
        (Fraction(15, 1),)
        """
        return tuple(bound for bound in (self.min, self.max) if bound is not None)


@dataclass(frozen=True)
class Demands:
    """What every rule that weighs enough asks of an asset, by fact.

    `ranges`: of numbers; `allowed`: of words, the values that are taken without a word, the preferred first;
    `refused`: values that are not taken. `codes`: the rules that ask, by fact. Of a fact that is missing
    here, nothing is asked. `conflicts`: by fact, why no value of it is taken: a whole sentence. `formats`:
    what is asked of a copy in these formats, and of one in any other (""), where that is not the same.
    """

    ranges: Mapping[str, Range] = field(default_factory=lambda: MappingProxyType({}))
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    refused: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    conflicts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    formats: Mapping[str, Demands] = field(default_factory=lambda: MappingProxyType({}))

    def range_of(self, fact: str) -> Range:
        """The numbers that are taken; one without bounds where nothing is asked.

        >>> Demands().range_of("width")
        Range(min=None, max=None, open_min=False, open_max=False, shy_min=False, shy_max=False)
        """
        return self.ranges.get(fact, Range())

    def of_format(self, name: str) -> Demands:
        """What is asked of a copy in this format.

        >>> Demands(formats={"": Demands(), "png": Demands(codes={"bytes": ("A",)})}).of_format("png").codes
        {'bytes': ('A',)}
        """
        return self.formats.get(name, self.formats.get(_ANY_OTHER, self))

    def takes(self, fact: str, value: FactValue) -> bool:
        """Whether this value of a fact is taken without a word.

        >>> Demands(allowed={"format": ("mp4", "mov")}).takes("format", "webm")
        False
        """
        if isinstance(value, (int, Fraction)) and not self.range_of(fact).holds(value):
            return False
        word, allowed = value_key(value), self.allowed.get(fact)
        return word not in self.refused.get(fact, frozenset()) and (allowed is None or word in allowed)


def demands_of(
    asset: Asset,
    facts: Facts,
    profiles: Sequence[Profile],
    policies: Sequence[Policy],
    level: Severity = Severity.ERROR,
    *,
    framing: bool = False,
) -> Demands:
    """What all rules of these profiles that weigh at least `level` ask of a copy of this asset.

    Each profile has its policy. Rules on the way to a URL's bytes ask nothing of a copy. `framing`: what is
    said of faces and portraits is asked for, whatever it weighs. Where rules are on files of some formats
    alone, these are the demands on a copy in the original's format, or else on one in any that is taken.

    >>> from validator.model import ImageFacts, Kind
    >>> from validator.profile import load_profile
    >>> facts = Facts(kind=Kind.IMAGE, media=ImageFacts())
    >>> demands = demands_of(Asset("a.png", "a.png"), facts, [load_profile()], [Policy()])
    >>> demands.range_of("width").max, demands.allowed["format"][:2], demands.takes("format", "avif")
    (Fraction(6000, 1), ('jpeg', 'png'), False)
    """
    judges = [
        _Judge(asset, profile, policy, level, framing)
        for profile, policy in zip(profiles, policies, strict=True)
    ]
    subjects, values = facts.subjects - {"url"}, facts.values()

    def asked(*names: str) -> Demands:
        possible = [{**values, "format": name} for name in names] or [values]
        return _merged(each for judge in judges for each in judge.demands(subjects, possible))

    demands = asked()
    named = {name for profile in profiles for rule in profile.rules for name in _formats_of(rule)}
    if not named:
        return demands
    formats = demands.allowed.get("format", ())
    by_format = {name: asked(name) for name in dict.fromkeys((*formats, *sorted(named), _ANY_OTHER))}
    if all(each == demands for each in by_format.values()):
        return demands
    possible = [name for name in formats if not by_format[name].conflicts]
    if demands.conflicts or (formats and not demands.takes("format", values.get("format", ""))):
        demands = asked(*(possible or formats))
        if demands.conflicts and possible:
            demands = asked(possible[0])  # no copy answers all of them, and none has to
    return replace(demands, formats=MappingProxyType(by_format))


def _formats_of(rule: Rule) -> frozenset[str]:
    """The formats to which this rule is bound, or by which it weighs."""
    return frozenset(name for when in (*rule.alternatives, *rule.weighs) for name in when.format)


@dataclass(frozen=True)
class _Demand:
    """What one rule asks of one fact."""

    profile: str
    rule: Rule
    fact: str
    range: Range = Range()
    allowed: tuple[str, ...] | None = None
    refused: frozenset[str] = frozenset()

    def __str__(self) -> str:
        if self.allowed is not None:
            limit = " or ".join(self.allowed) or "none"
        elif self.refused:
            limit = f"all but {' and '.join(sorted(self.refused))}"
        else:
            bounds, is_open = self.range, self.range.open_min or self.range.open_max
            unit = fact_table(self.rule.applies)[self.fact].unit
            limit = limit_words(Bounds(bounds.min, bounds.max), unit, open_bounds=is_open)
        return f"{self.profile} takes {limit} ({self.rule.code})"


@dataclass(frozen=True)
class _Judge:
    """One profile, as it is applied to one asset."""

    asset: Asset
    profile: Profile
    policy: Policy
    level: Severity
    framing: bool

    def demands(self, subjects: frozenset[str], possible: Sequence[Mapping[str, Any]]) -> Iterator[_Demand]:
        """What its rules ask of a copy with one of these `possible` facts."""
        running = [
            (rule, values)
            for rule in self.profile.rules
            if self.policy.codes is None or rule.code in self.policy.codes
            for values in possible
            if concerns(rule, self.asset, subjects, values)
        ]
        # Of rules that let their bounds pass: whether another one that weighs enough does not.
        edges = {
            code: self._asks(rule, rule.severity, values)
            for rule, values in running
            for code in rule.on_bound_of
        }
        for rule, values in running:
            asks = partial(self._asks, rule, values=values)
            for fact in rule.facts:
                bounds = rule.bounds_of(fact)
                demand = partial(_Demand, self.profile.info.name, rule, fact)
                if bounds is None:
                    yield from _words(rule, asks, demand)
                elif asks(rule.severity):
                    yield demand(_numbers(rule, bounds, self._seen(rule, values), edges.get(rule.code)))

    def _asks(self, rule: Rule, severity: Severity, values: Mapping[str, Any]) -> bool:
        """Whether what a rule finds weighs enough, where it weighs so much by itself."""
        weight = chosen_severity(rule, self.asset, values, self.policy) or severity
        return weight.rank >= self.level.rank or self._is_asked_for(rule)

    def _seen(self, rule: Rule, values: Mapping[str, Any]) -> Observed | None:
        """The numbers beside the rule's own that weigh too little to be asked about."""
        is_kept = chosen_severity(rule, self.asset, values, self.policy) or self._is_asked_for(rule)
        if is_kept or self.level is not Severity.ERROR:
            return None
        return seen_to_pass(rule, rule.severity, self.policy)

    def _is_asked_for(self, rule: Rule) -> bool:
        return self.framing and rule.applies in ABOUT_PEOPLE


def _words(rule: Rule, asks: Callable[[Severity], bool], demand: Callable[..., _Demand]) -> Iterator[_Demand]:
    """What a rule that compares words asks of one fact; `asks`: whether a severity weighs enough."""
    if rule.equals is not None:
        if asks(rule.severity):
            yield demand(allowed=(value_key(rule.equals),))
        return
    refused = frozenset(word for word, severity in rule.levels.items() if asks(severity))
    allowed = None
    if rule.one_of and asks(rule.severity):
        allowed = tuple(word for word in rule.one_of if word not in rule.levels)
    if refused or allowed is not None:
        yield demand(allowed=allowed, refused=refused)


def _numbers(rule: Rule, bounds: Bounds, seen: Observed | None, edge: bool | None) -> Range:
    """What a rule that compares numbers asks of one fact.

    `seen`: numbers that are taken as well. `edge`: whether the bounds themselves weigh enough by another
    rule; `None` where none speaks of them.
    """
    own = Range(bounds.min, bounds.max, *((rule.open or bool(edge),) * 2))
    if edge is not None or (rule.observed is not None and rule.observed.open):
        own = replace(own, shy_min=own.min is not None, shy_max=own.max is not None)
    if seen is None:
        return own
    others = Range(seen.min, seen.max, seen.open, seen.open)
    return own if _is_empty(both(own, others)) else _either(own, others)


def both(first: Range, second: Range) -> Range:
    """The numbers that lie in both.

    >>> both(Range(min=Fraction(300)), Range(Fraction(240), Fraction(8000))).min
    Fraction(300, 1)
    """
    low = _edge((_lowest(first), _lowest(second)), max, any)
    high = _edge((_highest(first), _highest(second)), min, any)
    return Range(low.at, high.at, low.open, high.open, low.shy, high.shy)


def _either(first: Range, second: Range) -> Range:
    """The numbers that lie in one of two that touch each other."""
    lows, highs = (_lowest(first), _lowest(second)), (_highest(first), _highest(second))
    low = _NOWHERE if _NOWHERE in lows else _edge(lows, min, all)
    high = _NOWHERE if _NOWHERE in highs else _edge(highs, max, all)
    return Range(low.at, high.at, low.open, high.open, low.shy, high.shy)


@dataclass(frozen=True)
class _Edge:
    """One end of a range; `at` is `None` where it has none."""

    at: Fraction | None = None
    open: bool = False
    shy: bool = False


_NOWHERE = _Edge()


def _lowest(range_: Range) -> _Edge:
    return _NOWHERE if range_.min is None else _Edge(range_.min, range_.open_min, range_.shy_min)


def _highest(range_: Range) -> _Edge:
    return _NOWHERE if range_.max is None else _Edge(range_.max, range_.open_max, range_.shy_max)


def _edge(
    edges: Sequence[_Edge],
    pick: Callable[[Iterable[Fraction]], Fraction],
    is_open: Callable[[Iterable[bool]], bool],
) -> _Edge:
    """The one of several ends that decides."""
    known = [edge.at for edge in edges if edge.at is not None]
    if not known:
        return _NOWHERE
    at = pick(known)
    there = [edge for edge in edges if edge.at == at]
    return _Edge(at, is_open(edge.open for edge in there), any(edge.shy for edge in there))


def _is_empty(range_: Range) -> bool:
    if range_.min is None or range_.max is None:
        return False
    return range_.min > range_.max or (range_.min == range_.max and not range_.holds(range_.min))


def _merged(demands: Iterable[_Demand]) -> Demands:
    """What all of these ask at once; the first profile's preferences go first."""
    by_fact: dict[str, list[_Demand]] = {}
    for demand in demands:
        same = by_fact.setdefault(demand.fact, [])
        if demand not in same:
            same.append(demand)
    ranges: dict[str, Range] = {}
    allowed: dict[str, tuple[str, ...]] = {}
    refused: dict[str, frozenset[str]] = {}
    conflicts: dict[str, str] = {}
    for fact, asked in by_fact.items():
        ranges[fact] = reduce(both, (demand.range for demand in asked))
        refused[fact] = frozenset[str]().union(*(demand.refused for demand in asked))
        lists = [demand.allowed for demand in asked if demand.allowed is not None]
        if lists:
            common = set(lists[0]).intersection(*lists[1:]) - refused[fact]
            allowed[fact] = tuple(word for word in lists[0] if word in common)
        if _is_empty(ranges[fact]) or (lists and not allowed[fact]):
            conflicts[fact] = _conflict(fact, asked)
    return Demands(
        ranges=MappingProxyType({fact: range_ for fact, range_ in ranges.items() if range_ != Range()}),
        allowed=MappingProxyType(allowed),
        refused=MappingProxyType({fact: words for fact, words in refused.items() if words}),
        codes=MappingProxyType(
            {fact: tuple(dict.fromkeys(each.rule.code for each in asked)) for fact, asked in by_fact.items()}
        ),
        conflicts=MappingProxyType(conflicts),
    )


def _conflict(fact: str, demands: Sequence[_Demand]) -> str:
    """Why no value is taken: by the two that cannot both be had, or else by all."""
    pairs = (pair for pair in combinations(demands, 2) if not _agree(*pair))
    against = next(pairs, demands)
    label = fact_table(demands[0].rule.applies)[fact].label
    return f"No {label} suits all: {', '.join(map(str, against))}; judge by fewer rules."


def _agree(first: _Demand, second: _Demand) -> bool:
    """Whether both can be had."""
    if _is_empty(both(first.range, second.range)):
        return False
    refused = first.refused | second.refused
    lists = [set(each.allowed) - refused for each in (first, second) if each.allowed is not None]
    return not lists or bool(set.intersection(*lists))
