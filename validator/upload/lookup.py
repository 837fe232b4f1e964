"""What people write to name things in the asset library, and what they mean by it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from validator.errors import NotFound, UsageError
from validator.model import GroupKind
from validator.report.escape import printable
from validator.upload.records import ACTIVE, FAILED, PROCESSING, AssetGroup, RegisteredAsset

if TYPE_CHECKING:
    from validator.upload.client import AssetClient

KindChoice = Literal["virtual", "real-human", "all"]
"""Which groups are meant."""

LONGEST_GROUP_NAME = 64
"""Characters."""

_REFERENCE = "asset://"
_STARTS = {"an asset": "asset-", "a group": "group-"}
"""How ids begin, as the service documents."""
_HOW_SHOWN = {
    "an asset": ": `validator assets list` shows those",
    "a group": ": `validator groups list` shows those",
}
_STATUSES = {status.casefold(): status for status in (ACTIVE, PROCESSING, FAILED)}
_LONGEST = 200
_FIRST_PAUSE = 0.25  # seconds between the first two looks; each later one is twice as long


def asset_ids(named: Iterable[str]) -> tuple[str, ...]:
    """The ids of assets that are named by them or by asset://…, each once.

    Raises:
        UsageError: one that cannot be an id.

    >>> asset_ids(["asset://asset-1", "asset-2", "asset-1"])
    ('asset-1', 'asset-2')
    """
    return tuple(dict.fromkeys(an_id(name.removeprefix(_REFERENCE), "an asset") for name in named))


def an_id(text: str, of: str = "a group") -> str:
    """An id, without the spaces around it.

    Raises:
        UsageError: it is empty, too long, or holds what no id holds; or it is that of something else.

    >>> an_id(" group-1 ")
    'group-1'
    >>> an_id("asset-1")
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: "asset-1" is the id of an asset, and not of a group: `validator groups \
list` shows those
    """
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST or not all("!" <= letter <= "~" for letter in stripped):
        raise UsageError(f'"{printable(text[:_LONGEST])}" is not the id of {of}')
    if stripped.startswith("-"):
        raise UsageError(f'"{stripped}" is an option, and not the id of {of}: the id was left out before it')
    for others, start in _STARTS.items():
        if others != of and stripped.startswith(start):
            raise UsageError(f'"{stripped}" is the id of {others}, and not of {of}{_HOW_SHOWN.get(of, "")}')
    return stripped


def group_soon(
    client: AssetClient,
    group_id: str,
    *,
    list_lag: float,
    on_wait: Callable[[float], object] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> AssetGroup:
    """A group, which may have been made a moment ago: lists show it up to `list_lag` seconds later.

    `on_wait` is told once, for how many seconds it will be looked for.

    Raises:
        NotFound: it is not there.
    """
    until = clock() + list_lag
    pause = _FIRST_PAUSE
    while True:
        try:
            return client.group(group_id)
        except NotFound:
            left = until - clock()
            if left <= 0:
                raise
            if pause == _FIRST_PAUSE:
                on_wait(left)
            sleep(min(pause, left))
            pause *= 2


def a_group_name(text: str) -> str:
    """The name of a group, without the spaces around it.

    Raises:
        UsageError: it is empty, or longer than the service takes.

    >>> a_group_name(" Ada ")
    'Ada'
    """
    stripped = text.strip()
    if not stripped or len(stripped) > LONGEST_GROUP_NAME:
        long = f", and this has {len(stripped):,}" if stripped else ""
        raise UsageError(f"a group has a name of 1 to {LONGEST_GROUP_NAME} characters{long}")
    if not stripped.isprintable():
        raise UsageError(f"a group cannot be called {printable(stripped)}: its name has to be one that shows")
    return stripped


def kinds(choice: KindChoice) -> tuple[GroupKind, ...]:
    """The kinds of group that are meant.

    >>> [kind.value for kind in kinds("all")]
    ['virtual', 'real-human']
    """
    return tuple(GroupKind) if choice == "all" else (GroupKind(choice),)


def statuses(written: Iterable[str]) -> tuple[str, ...]:
    """Statuses as the service writes them; one that is not known is left to the service.

    >>> statuses(["active,FAILED", "Queued"])
    ('Active', 'Failed', 'Queued')
    """
    words = [word.strip() for text in written for word in text.split(",") if word.strip()]
    return tuple(_STATUSES.get(word.casefold(), word) for word in words)


def groups_of(client: AssetClient, choice: KindChoice, name: str = "") -> Iterator[AssetGroup]:
    """All groups of the kinds that are meant, the newest of each kind first."""
    for kind in kinds(choice):
        yield from client.groups(kind=kind, name=name)


def assets_of(
    client: AssetClient,
    choice: KindChoice,
    group_id: str = "",
    *,
    states: tuple[str, ...] = (),
    name: str = "",
) -> Iterator[RegisteredAsset]:
    """All assets of one group, or else of the groups of the kinds that are meant."""
    if group_id:  # its kind overrides what else is said
        yield from client.assets(group_id=group_id, statuses=states, name=name)
        return
    for kind in kinds(choice):
        yield from client.assets(group_kind=kind, statuses=states, name=name)


def with_name(client: AssetClient, asset_id: str) -> RegisteredAsset:
    """An asset with its name, which is documented for lists alone.

    Raises:
        ServiceError: among them NotFound.
    """
    asset = client.asset(asset_id)
    if asset.name or not asset.group_id:
        return asset
    named = (held.name for held in client.assets(group_id=asset.group_id) if held.id == asset_id)
    return dataclasses.replace(asset, name=next(named, ""))
