"""What the library and the journal hold of some bytes in one group, as far as it can be known."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from validator.errors import AssetRejected, NotFound
from validator.upload.decision import Known, Tried
from validator.upload.history import History, Moment
from validator.upload.journal import Journal
from validator.upload.naming import mark_in, mark_of
from validator.upload.reading import is_id
from validator.upload.records import RegisteredAsset

if TYPE_CHECKING:
    from validator.upload.client import AssetClient

_FIRST_PAUSE = 0.25  # seconds between the first two looks; each later one is twice as long, up to
_LONGEST_PAUSE = 4.0
_SLICE = 0.25  # seconds between two looks at the caller's wish to stop


@dataclass(frozen=True)
class Held:
    """What is held of the same bytes.

    Args:
        known: what there is to decide upon.
        history: what the journal knows.
        gone: ids that the journal or a list names, and that the library does not know (any more).
        young: for how many seconds at least it may not know yet what it has just created.
    """

    known: Known = field(default_factory=Known)
    history: History = field(default_factory=History)
    gone: tuple[str, ...] = ()
    young: float = 0.0

    def unsure_for(self, list_lag: float) -> float:
        """Seconds after which it is sure that there is nothing more than is known."""
        if self.known.assets:
            return 0.0
        tried = self.known.tried
        open_for = list_lag - tried.seconds if tried is not None and self.known.is_open else 0.0
        return max(0.0, open_for, self.young)


@dataclass(frozen=True)
class Inventory:
    """Looks at one group. `service` is its base URL."""

    client: AssetClient
    journal: Journal | None
    service: str
    group_id: str
    list_lag: float
    at_a_time: int

    def look(self, digests: Sequence[str]) -> dict[str, Held]:
        """What is held of each: listed, remembered, and asked for by its id.

        Lists are behind, so that what they show may be gone, and what they do not show may be there.
        """
        # What is found is as old as this, however long it takes to ask for all of it.
        asked = None if self.journal is None else self.journal.moment()
        listed: dict[str, list[RegisteredAsset]] = {}
        for asset in self.client.assets(group_id=self.group_id) if self.group_id else ():
            if is_id(asset.id):  # else it can be neither asked for nor used
                listed.setdefault(mark_in(asset.name), []).append(asset)
        named = {digest: listed.get(mark_of(digest), []) for digest in digests}
        histories = {digest: self._history(digest) for digest in digests}
        ids = {digest: self._ids(named[digest], histories[digest], asked) for digest in digests}
        present = self._present(
            {asset_id for of_one in ids.values() for asset_id in of_one},
            {asset.id: asset for of_one in named.values() for asset in of_one},
        )
        return {
            digest: self._held(histories[digest], named[digest], ids[digest], present, asked)
            for digest in digests
        }

    def _history(self, digest: str) -> History:
        if self.journal is None or not self.group_id:
            return History()
        return self.journal.history(self.service, self.group_id, digest)

    def _ids(
        self, listed: Sequence[RegisteredAsset], history: History, asked: Moment | None
    ) -> tuple[str, ...]:
        """Those of all that are listed, or remembered, or were missed too soon after they were made."""
        young = (
            asset_id
            for asset_id, made in history.gone.items()
            if asked is not None and asked.seconds_since(made) < self.list_lag
        )
        return tuple(dict.fromkeys([*(asset.id for asset in listed), *history.made, *young]))

    def _present(
        self, ids: Iterable[str], listed: Mapping[str, RegisteredAsset]
    ) -> dict[str, RegisteredAsset]:
        chosen = sorted(ids)
        with ThreadPoolExecutor(self.at_a_time, thread_name_prefix="inventory") as pool:
            found = pool.map(lambda asset_id: self._asked(asset_id, listed.get(asset_id)), chosen)
            return {each: asset for each, asset in zip(chosen, found, strict=True) if asset is not None}

    def _asked(self, asset_id: str, listed: RegisteredAsset | None) -> RegisteredAsset | None:
        try:
            return self.client.asset(asset_id)
        except NotFound:
            return None
        except AssetRejected:  # the vendor's word on this one: it is there, in whatever state
            return listed or RegisteredAsset(asset_id)

    def _held(
        self,
        history: History,
        listed: list[RegisteredAsset],
        ids: Sequence[str],
        present: dict[str, RegisteredAsset],
        asked: Moment | None,
    ) -> Held:
        names = {asset.id: asset.name for asset in listed}
        there = (present[asset_id] for asset_id in ids if asset_id in present)
        assets = tuple(
            dataclasses.replace(asset, name=names.get(asset.id) or asset.name or history.name)
            for asset in there
        )
        gone = tuple(asset_id for asset_id in ids if asset_id not in present)
        tried, young = None, 0.0
        if asked is not None:
            made = {**history.gone, **history.made}
            ages = [asked.seconds_since(made[each]) for each in gone if each in made]
            young = max((self.list_lag - age for age in ages), default=0.0)
            if history.attempt is not None:
                tried = Tried(history.attempt.name, asked.seconds_since(history.attempt.moment))
        known = Known(assets, frozenset(names.values()) | history.names, tried)
        return Held(known, history, gone, max(0.0, young))


@dataclass(frozen=True)
class Patience:
    """How long is looked for what may be there: the seams of waiting, and whom it is told."""

    clock: Callable[[], float]
    sleep: Callable[[float], object]
    check: Callable[[], None]
    tell: Callable[[float], object]


def surely_held(
    inventory: Inventory, digests: Sequence[str], patience: Patience, *, all_unsure: bool
) -> dict[str, Held]:
    """What is held, looked at until it is sure of what is not there that nobody has made it.

    `all_unsure`: the journal knows nothing of the group, so that another one may, which is lost: then
    whatever is not listed may have been created a moment ago.
    """
    began = looked = patience.clock()
    held = inventory.look(digests)
    lag = inventory.list_lag
    deadlines = {
        digest: began + (lag if all_unsure and not each.known.assets else each.unsure_for(lag))
        for digest, each in held.items()
    }
    pause, told = _FIRST_PAUSE, False
    while unsure := [each for each in digests if not held[each].known.assets and deadlines[each] > looked]:
        left = max(deadlines[digest] for digest in unsure) - patience.clock()
        if not told and left > 0:
            patience.tell(left)
            told = True
        _sleep(min(pause, left), patience)
        pause = min(pause * 2, _LONGEST_PAUSE)
        looked = patience.clock()
        held |= inventory.look(unsure)
    return held


def looks(seconds: float, patience: Patience) -> Iterator[None]:
    """Turns for looking: at least one, the last when so many seconds have passed; ever longer between."""
    deadline, pause = patience.clock() + seconds, _FIRST_PAUSE
    while True:
        now = patience.clock()
        yield
        if now >= deadline:
            return
        _sleep(min(pause, deadline - patience.clock()), patience)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _sleep(seconds: float, patience: Patience) -> None:
    """In slices, so that a wish to stop is heard."""
    until = patience.clock() + seconds
    while (left := until - patience.clock()) > 0:
        patience.check()
        patience.sleep(min(left, _SLICE))
    patience.check()
