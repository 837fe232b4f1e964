"""What rules ask of facts: the limits of several profiles at once, as a planner needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType


@dataclass(frozen=True)
class Range:
    """Numbers that are taken, in the fact's unit; `open_min`, `open_max`: the bound itself is outside.

    >>> Range(Fraction(2), Fraction(15)).holds(Fraction(15))
    True
    """

    min: Fraction | None = None
    max: Fraction | None = None
    open_min: bool = False
    open_max: bool = False

    def holds(self, number: Fraction | int) -> bool:
        """Whether this number is taken."""
        low = self.min is None or number > self.min or (number == self.min and not self.open_min)
        high = self.max is None or number < self.max or (number == self.max and not self.open_max)
        return low and high


@dataclass(frozen=True)
class Demands:
    """What every rule that weighs enough asks of an asset, by fact.

    `ranges`: of numbers, with bounds that other sources write as open left outside where there is room;
    `allowed`: of words, the values that are taken without a word, the preferred first; `refused`: values that
    are not taken. `codes`: the rules that ask, by fact. Of a fact that is missing here, nothing is asked.
    """

    ranges: Mapping[str, Range] = field(default_factory=lambda: MappingProxyType({}))
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    refused: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

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
