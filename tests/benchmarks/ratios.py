"""Ratios with their spread, and the bounds that they are held to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """What several rounds gave.

    >>> str(Spread((1.1, 1.04, 1.2)))
    '1.10 (1.04 to 1.20)'
    >>> str(Spread((131.2,)))
    '131'
    """

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        if len(self.values) == 1:
            return _figures(self.median)
        return f"{_figures(self.median)} ({_figures(min(self.values))} to {_figures(max(self.values))})"


def _figures(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


@dataclass(frozen=True)
class Target:
    """A row of the table: what is compared, and where the ratio should lie.

    >>> row = Target("`--help` / `python -c pass`", most=5)
    >>> row.bound, row.is_met(Spread((4.9, 5.2, 4.8)))
    ('≤ 5', True)
    """

    title: str
    most: float | None = None
    least: float | None = None
    unit: str = ""

    @property
    def bound(self) -> str:
        """As the table writes it."""
        if self.most is None and self.least is None:
            return "–"
        sign, bound = ("≤", self.most) if self.most is not None else ("≥", self.least)
        return f"{sign} {bound:g}{self.unit}"

    def is_met(self, spread: Spread) -> bool:
        """By the median; without a bound, anything will do."""
        return (self.most is None or spread.median <= self.most) and (
            self.least is None or spread.median >= self.least
        )


def ratios(these: Sequence[float], those: Sequence[float]) -> Spread:
    """Those of one round each, so that what else the machine did falls on both.

    >>> ratios([2, 3], [1, 2]).values
    (2.0, 1.5)
    """
    return Spread(tuple(this / that for this, that in zip(these, those, strict=True)))
