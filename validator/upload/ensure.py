"""Exactly one asset for a name, whatever becomes of the answers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from validator.errors import AnswerLost, AssetRejected, NotFound, RateLimited, ServiceUnavailable, UsageError
from validator.model import Kind
from validator.report.escape import printable
from validator.upload import reading
from validator.upload.asking import Asker, Request
from validator.upload.exchange import Pause, Steps
from validator.upload.paging import Listing, Pages
from validator.upload.records import ACTIVE, FAILED, RegisteredAsset

_HASHED = re.compile(r".*-[0-9a-f]{16}", re.DOTALL)
_CREATES = 3  # how often an asset is created whose answers are lost and that no list holds
_FIRST_PAUSE = 0.25  # seconds between the first two looks; each later one is twice as long, up to
_LONGEST_PAUSE = 4.0
_LARGEST_PAGE = 100


@dataclass(frozen=True)
class Ensured:
    """An asset that is there. `created`: by this call, rather than found."""

    asset_id: str
    created: bool


@dataclass(frozen=True)
class NewAsset:
    """What is to be registered. `name` ends in 16 digits of the file's hash wherever it has to be unique."""

    group_id: str
    url: str
    kind: Kind
    name: str = ""
    skip_moderation: bool = False

    @property
    def request(self) -> Request:
        """The request that creates it."""
        body: dict[str, Any] = {
            "GroupId": self.group_id,
            "URL": self.url,
            "AssetType": self.kind.capitalize(),
        }
        if self.name:
            body["Name"] = self.name
        if self.skip_moderation:
            body["Moderation"] = {"Strategy": "Skip"}
        return Request("create-asset", body=body)


def ensured(
    asker: Asker,
    new: NewAsset,
    *,
    look_for: float | None,
    list_lag: float,
    before_create: Callable[[], None] | None,
) -> Steps[Ensured]:
    """The one asset of this name in its group: found, or created, and looked for where the answer was lost.

    Args:
        asker: asks.
        new: what is to be there.
        look_for: seconds to look for it before anything is created; infinite: as long as lists may be behind;
            `None`: it was never tried.
        list_lag: seconds that the service's lists may be behind.
        before_create: called right before each time that a create is sent.

    Raises:
        AnswerLost: it may be there, and cannot be found.
    """
    if not _HASHED.fullmatch(new.name):
        raise UsageError("The name of an asset that is to be there once has to end in - and 16 hex digits.")
    if look_for is not None:
        found = yield from _found(asker, new, list_lag if math.isinf(look_for) else look_for)
        if found:
            return Ensured(found.id, created=False)
    for left in reversed(range(_CREATES)):
        try:
            asset_id = yield from asker.ask(new.request, reading.created_id, before_create)
        except AnswerLost as lost:
            found = yield from _found_after(asker, new, list_lag, lost)
            if found:
                return Ensured(found.id, created=True)
            if not left:
                raise
        else:
            return Ensured(asset_id, created=True)
    raise AssertionError  # pragma: no cover - the last try returns or raises


def _found_after(
    asker: Asker, new: NewAsset, seconds: float, lost: AnswerLost
) -> Steps[RegisteredAsset | None]:
    """The same; where nothing can be listed either, it is the lost answer that matters."""
    try:
        return (yield from _found(asker, new, seconds))
    except (ServiceUnavailable, RateLimited) as error:
        raise lost from error


def _found(asker: Asker, new: NewAsset, seconds: float) -> Steps[RegisteredAsset | None]:
    """Look at least once, and again with growing pauses until so many seconds have passed.

    The service's search by name is fuzzy, so the last look goes through the whole group.
    """
    for pause in _pauses(seconds):
        found = yield from _looked(asker, new, new.name)
        if found:
            return found
        yield Pause(pause)
    return (yield from _looked(asker, new, new.name)) or (yield from _looked(asker, new, ""))


def _pauses(seconds: float) -> Iterator[float]:
    """Pauses between looks, which together last as long.

    >>> list(_pauses(1.0)), list(_pauses(0.0))
    ([0.25, 0.5, 0.25], [])
    """
    pause, left = _FIRST_PAUSE, seconds
    while left > 0:
        yield min(pause, left)
        left -= pause
        pause = min(pause * 2, _LONGEST_PAUSE)


def _looked(asker: Asker, new: NewAsset, search: str) -> Steps[RegisteredAsset | None]:
    query = (
        ("group_id", new.group_id),
        ("name", search),
        ("sort_by", "CreateTime"),
        ("sort_order", "Desc"),
    )
    pages = Pages(asker, (Listing("list-assets", query, reading.asset),), _LARGEST_PAGE)
    candidates: list[RegisteredAsset] = []
    while (items := (yield from pages.next_page())) is not None:
        candidates += [
            item for item in items if item.name == new.name and item.group_id in ("", new.group_id)
        ]
    for candidate in sorted(candidates, key=_preference):
        if not reading.is_id(candidate.id):
            raise ServiceUnavailable(
                f"The service gave the asset {printable(new.name)} an id that can name nothing."
            )
        if (yield from _is_there(asker, candidate.id)):
            return candidate
    return None


def _preference(asset: RegisteredAsset) -> int:
    """Should there be several, that which can be used, then that which may become so."""
    return {ACTIVE: 0, FAILED: 2}.get(asset.status, 1)


def _is_there(asker: Asker, asset_id: str) -> Steps[bool]:
    """Lists go on naming for a while what was deleted."""
    request = Request("get-asset", {"asset_id": asset_id})
    try:
        yield from asker.ask(request, partial(reading.asset, asked=asset_id))
    except NotFound:
        return False
    except AssetRejected:  # it is there, and whoever waits for it is told why it cannot be used
        return True
    return True
