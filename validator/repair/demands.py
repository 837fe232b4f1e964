"""What rules ask of facts: the limits of several profiles at once, as a planner needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from validator.findings import Severity
from validator.judge import Policy
from validator.model import Asset, Facts
from validator.profile import Profile


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


@dataclass(frozen=True)
class Demands:
    """What every rule that weighs enough asks of an asset, by fact.

    `ranges`: of numbers; `allowed`: of words, the values that are taken without a word, the preferred first;
    `refused`: values that are not taken. `codes`: the rules that ask, by fact. Of a fact that is missing here,
    nothing is asked. `conflicts`: by fact, why no value of it is taken: a whole sentence.
    """

    ranges: Mapping[str, Range] = field(default_factory=lambda: MappingProxyType({}))
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    refused: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    conflicts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def range_of(self, fact: str) -> Range:
        """The numbers that are taken; one without bounds where nothing is asked.

        >>> Demands().range_of("width")
        Range(min=None, max=None, open_min=False, open_max=False)
        """
        return self.ranges.get(fact, Range())

    def takes(self, fact: str, value: object) -> bool:
        """Whether this value of a fact breaks no rule.

        >>> Demands(allowed={"format": ("mp4", "mov")}).takes("format", "webm")
        False
        """
        if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
            return self.range_of(fact).holds(value)
        word = str(value).lower() if isinstance(value, bool) else str(value)
        allowed = self.allowed.get(fact)
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
    said of faces and portraits is asked for, whatever it weighs.

    >>> from validator.model import ImageFacts, Kind
    >>> from validator.profile import load_profile
    >>> facts = Facts(kind=Kind.IMAGE, media=ImageFacts())
    >>> demands = demands_of(Asset("a.png", "a.png"), facts, [load_profile()], [Policy()])
    >>> demands.range_of("width").max, demands.allowed["format"][:2], demands.takes("format", "avif")
    (Fraction(6000, 1), ('jpeg', 'png'), False)
    """
    raise NotImplementedError
