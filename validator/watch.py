"""When to judge again: what there is to judge, whether it changed, and whether it has come to rest.

What the system tells of changes only wakes: whether there is anything to do is seen by looking. So nothing is
lost where it tells too little, as on network drives, and nothing is done where it tells too much.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from validator.intake.source import Signature
from validator.measure import shown_target
from validator.model import Asset

_NAMED_AT_MOST = 3


@dataclass(frozen=True)
class Sight:
    """All that a report depends on, at one moment.

    `files` is what would change with each file of an asset (`None`: there is none); `beside` is all else
    that counts, by what it is called. With `trouble`, nothing can be judged, and it says why. `plan` is for
    whoever looks, and is not compared.
    """

    assets: tuple[Asset, ...] = ()
    files: Mapping[str, Signature | None] = field(default_factory=dict)
    beside: Mapping[str, object] = field(default_factory=dict)
    trouble: str = ""
    plan: Any = field(default=None, compare=False)

    def without(self, locations: frozenset[str]) -> Sight:
        """The same without the assets at some places."""
        if not locations:
            return self
        return replace(
            self,
            assets=tuple(asset for asset in self.assets if asset.location not in locations),
            files={location: held for location, held in self.files.items() if location not in locations},
        )


@dataclass(frozen=True)
class Round:
    """Something to judge, and why: what is new, changed or gone since the round before.

    `unsettled` are files that are still written to, and left out until they rest.
    """

    sight: Sight
    why: str = ""
    unsettled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pace:
    """How long to wait, in seconds.

    `rest`: for how long nothing may change; `patience`: how long a file may hold up others; `idle`: when to
    look although nobody was woken; `blind`: the same where the system tells of no changes. A look that takes
    long is repeated less often: it takes 2 % of the time at most, or `share` of it where it has to be.
    """

    rest: float = 0.5
    patience: float = 10.0
    idle: float = 5.0
    blind: float = 1.0
    share: float = 0.1

    def until_next(self, cost: float, *, blind: bool) -> float:
        """How long to wait for being woken, if a look takes `cost` seconds.

        >>> Pace().until_next(0.01, blind=False), Pace().until_next(2, blind=True)
        (5.0, 20.0)
        """
        return max(self.blind, cost / self.share) if blind else max(self.idle, cost / 0.02)


class Stirs(Protocol):
    """What is woken when something stirs."""

    @property
    def is_blind(self) -> bool:
        """Whether it is never woken, so that looking is all there is."""

    def aim(self, sight: Sight) -> None:
        """Be woken by what may change this sight from now on."""

    def wait(self, seconds: float) -> bool:
        """Wait until something stirs, but no longer than this; whether it did."""


def rounds(
    look: Callable[[], Sight],
    stirs: Stirs,
    pace: Pace | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], object] = time.sleep,
) -> Iterator[Round]:
    """What there is to judge now, and again whenever that has changed and has come to rest. Never ends.

    `clock` and `pause` are in seconds.
    """
    pace = pace or Pace()
    told: Sight | None = None
    judged: Sight | None = None
    unsettled: frozenset[str] = frozenset()
    began = clock()
    sight = look()
    cost = clock() - began
    while True:
        stirs.aim(sight)
        calm = sight.without(unsettled)
        if calm != told:
            why = "" if judged is None else difference(judged, calm)
            yield Round(calm, why, tuple(sorted(unsettled)))
            told = calm
            judged = judged if calm.trouble else calm
        stirs.wait(pace.until_next(cost, blind=stirs.is_blind))
        began = clock()
        now = look()
        cost = clock() - began
        if now != sight:
            now, unsettled = _settled(now, look, pace, pause)
        elif unsettled:
            unsettled = frozenset()  # it rested for a whole wait
        sight = now


def _settled(
    now: Sight, look: Callable[[], Sight], pace: Pace, pause: Callable[[float], object]
) -> tuple[Sight, frozenset[str]]:
    """The first sight that holds for a while, and the files that did not rest while there was patience."""
    waited = 0.0
    while True:
        pause(pace.rest)
        waited += pace.rest
        later = look()
        if later == now:
            return later, frozenset()
        if waited >= pace.patience:
            return later, _moving(now, later)
        now = later


def _moving(before: Sight, now: Sight) -> frozenset[str]:
    return frozenset(
        location
        for location, held in now.files.items()
        if held is not None and before.files.get(location) != held
    )


def difference(before: Sight, now: Sight) -> str:
    """What happened, in a few words.

    >>> a, b = Asset("a.png", "a.png"), Asset("b.png", "b.png")
    >>> difference(Sight((a,), {"a.png": (1,)}), Sight((a, b), {"a.png": (2,), "b.png": (1,)}))
    'b.png is new, a.png changed'
    """
    old = {asset.location: asset for asset in before.assets}
    new = {asset.location: asset for asset in now.assets}
    happened = [
        *(
            (shown_target(asset), "is missing" if _is_missing(now, location) else "is new")
            for location, asset in new.items()
            if location not in old
        ),
        *(
            (shown_target(new[place]), what)
            for place in new
            if place in old and (what := _fate(before, now, place))
        ),
        *(
            (shown_target(asset), "is gone")
            for location, asset in old.items()
            if location not in new and not _is_missing(before, location)
        ),
    ]
    told = [f"{name} {what}" for name, what in happened[:_NAMED_AT_MOST]]
    if len(happened) > _NAMED_AT_MOST:
        told.append(f"{len(happened) - _NAMED_AT_MOST:,} more changed")
    told += [f"{name} changed" for name, held in now.beside.items() if before.beside.get(name) != held]
    return ", ".join(told) or "what was wrong is mended"


def _is_missing(sight: Sight, location: str) -> bool:
    """Whether there is nothing at the place that was named, as where a folder has been moved away."""
    return sight.files.get(location, ()) is None


def _fate(before: Sight, now: Sight, location: str) -> str:
    was, held = before.files.get(location), now.files.get(location)
    if was == held:
        return ""
    if held is None:
        return "is gone"
    return "changed" if was is not None else "is there again"
