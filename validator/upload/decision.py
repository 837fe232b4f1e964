"""What to do for some bytes, given what the library and the journal hold: pure, no service and no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from validator.upload.naming import asset_name
from validator.upload.records import ACTIVE, FAILED, RegisteredAsset

Action = Literal["create", "wait", "retry", "skip", "failed"]
"""Create it; wait for it; delete what has failed and create it; leave it, being Active; or being Failed."""

_DAWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Tried:
    """A create whose answer is not known, and at least how many seconds ago it was sent."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Known:
    """What is known of the same bytes in one group.

    Args:
        assets: those that are there, each asked for by its id.
        names: the names of these, and of those that were there.
        tried: the create that may have made one more.
    """

    assets: tuple[RegisteredAsset, ...] = ()
    names: frozenset[str] = frozenset()
    tried: Tried | None = None

    @property
    def is_open(self) -> bool:
        """Whether there may be an asset that is not listed yet."""
        return self.tried is not None and self.tried.name not in self.names


@dataclass(frozen=True)
class Decision:
    """What to do.

    Args:
        action: see `Action`.
        asset: the one that is there and counts.
        name: of the asset that is to be created.
        look_for: seconds for which it has to be looked for before that; 0: once, as somebody else may have
            created it since all was listed.
        delete: the ids of what has failed.
    """

    action: Action
    asset: RegisteredAsset | None = None
    name: str = ""
    look_for: float = 0.0
    delete: tuple[str, ...] = ()

    @property
    def creates(self) -> bool:
        """Whether an asset may be created."""
        return self.action in ("create", "retry")


def decide(
    known: Known, stem: str, sha256: str, *, retry_failed: bool = False, list_lag: float = 10.0
) -> Decision:
    """What to do for these bytes.

    An asset that is Active is all that is wanted, and one that is not settled may become it; of several, the
    oldest counts. What has failed stays, unless it is to be retried. What was tried without an answer is
    looked for under the name that was tried; otherwise a name is taken that no asset has or had, so that what
    is listed although it is gone is never mistaken for the new one.

    >>> decide(Known(), "face", "0" * 64)
    Decision(action='create', asset=None, name='face-0000000000000000', look_for=0.0, delete=())
    >>> decide(Known(tried=Tried("face-0000000000000000", 4.0)), "face", "0" * 64).look_for
    6.0
    >>> decide(Known((RegisteredAsset("asset-1", status="Active"),)), "face", "0" * 64).action
    'skip'
    """
    active = _oldest(asset for asset in known.assets if asset.status == ACTIVE)
    if active is not None:
        return Decision("skip", active)
    under_way = _oldest(asset for asset in known.assets if asset.status != FAILED)
    if under_way is not None:
        return Decision("wait", under_way)
    failed = _oldest(known.assets)
    delete = tuple(asset.id for asset in known.assets) if retry_failed else ()
    if known.tried is not None and known.is_open:
        look_for = max(0.0, list_lag - known.tried.seconds)
        return Decision("retry" if delete else "create", failed, known.tried.name, look_for, delete)
    if failed is not None and not retry_failed:
        return Decision("failed", failed)
    return Decision("retry" if delete else "create", failed, _fresh(known, stem, sha256), delete=delete)


def _oldest(assets: Iterable[RegisteredAsset]) -> RegisteredAsset | None:
    return min(assets, key=lambda asset: (asset.created or _DAWN, asset.id), default=None)


def _fresh(known: Known, stem: str, sha256: str) -> str:
    """A name for these bytes that no asset has or had."""
    attempt = 1
    while asset_name(stem, sha256, attempt) in known.names:
        attempt += 1
    return asset_name(stem, sha256, attempt)
