"""What the journal of uploads knows of the assets that a request names, or is to name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from validator.errors import UsageError
from validator.intake.source import open_local
from validator.intake.url import displayed, is_url
from validator.model import Asset, Kind
from validator.quantity import parse_number
from validator.request.facts import Knowledge, Known
from validator.request.item import SCHEME, Item
from validator.upload.entry import Entry
from validator.upload.outcome import Step
from validator.upload.records import ACTIVE

_BLOCK = 1 << 20
_NEVER = frozenset({Step.REJECTED, Step.FAILED, Step.GONE, Step.DELETING, Step.DELETED, Step.DROPPED})


class Uploads(Protocol):
    """What is asked of a `Journal`."""

    def entries(self) -> Iterator[Entry]:
        """All of it, the newest first."""

    def of_asset(self, asset_id: str) -> Entry | None:
        """What an asset was made of."""

    def of_bytes(self, sha256: str) -> tuple[Entry, ...]:
        """Where these bytes were delivered, the newest first."""


class NoUploads:
    """The journal of who has not uploaded anything."""

    def entries(self) -> Iterator[Entry]:
        """None."""
        return iter(())

    def of_asset(self, asset_id: str) -> Entry | None:  # noqa: ARG002 - as asked of a journal
        """None."""
        return None

    def of_bytes(self, sha256: str) -> tuple[Entry, ...]:  # noqa: ARG002 - as asked of a journal
        """None."""
        return ()


@dataclass(frozen=True)
class Uploaded:
    """An asset that a request can name. `kind`: `None` where it is not known; `active`: as far as known."""

    asset_id: str
    kind: Kind | None
    active: bool = True


def parse_durations(said: Iterable[str]) -> dict[str, Fraction]:
    """What `--durations ID=SECONDS` says, by asset id, or by the web address that stands in the request.

    Raises:
        UsageError: it is not of this form, or no duration.

    >>> parse_durations(["asset://asset-1=4.5"])
    {'asset-1': Fraction(9, 2)}
    """
    found: dict[str, Fraction] = {}
    for item in said:
        name, _, number = item.rpartition("=")
        try:
            seconds = parse_number(number.strip().removesuffix("s").strip())
        except ValueError:
            seconds = Fraction(0)
        if not name.strip() or not 0 < seconds <= 86_400:
            raise UsageError(
                f'--durations: "{displayed(item[:200])}" is not ID=SECONDS, '
                "such as asset-20260318071009-xy98z=4.5"
            )
        found[name.strip().removeprefix(SCHEME)] = seconds
    return found


def knowledge_of(
    uploads: Uploads, durations: Mapping[str, Fraction], used: set[str] | None = None
) -> Knowledge:
    """What is known of an item: its duration as the user says, or else as it was measured for its upload.

    The names of `durations` that were asked for are added to `used`.
    """

    def known(item: Item) -> Known:
        entry = uploads.of_asset(item.asset_id) if item.asset_id else None
        name = item.asset_id or item.url
        if name in durations:
            if used is not None:
                used.add(name)
            return Known(None if entry is None else entry.kind, durations[name])
        return Known() if entry is None else Known(entry.kind, entry.duration)

    return known


def find(name: str, uploads: Uploads, *, group_id: str = "", service: str = "") -> Uploaded:
    """The asset that is meant: by its id, by asset://…, or by the file or the URL that was uploaded.

    Uploads into other groups or to other services do not count, where one is named.

    Raises:
        UsageError: nothing was uploaded from there, or what was cannot be used.
    """
    if name.startswith(SCHEME):
        return _by_id(name, uploads)
    if is_url(name):
        shown = displayed(name, is_url=True)
        entries = tuple(entry for entry in uploads.entries() if entry.is_url and entry.target == shown)
    else:
        digest = _digest(name)
        if digest is None:
            return _by_id(name, uploads)
        shown, entries = displayed(name), uploads.of_bytes(digest)
    here = tuple(
        entry for entry in entries if group_id in ("", entry.group_id) and service in ("", entry.service)
    )
    if shown != name and len({entry.sha256 for entry in here}) > 1:  # what tells them apart was not kept
        raise UsageError(
            f"several assets were made of what {shown} stands for: name the one that is meant by its id"
        )
    return _newest(shown, here, f" into {group_id}" if group_id else "")


def _by_id(name: str, uploads: Uploads) -> Uploaded:
    asset_id = name.removeprefix(SCHEME)
    if not Item(Kind.IMAGE, 1, SCHEME + asset_id).asset_id:
        raise UsageError(f'"{displayed(name[:200])}" is neither a file here nor the id of an asset')
    entry = uploads.of_asset(asset_id)
    if entry is None and not name.startswith((SCHEME, "asset-")):
        raise UsageError(
            f'"{displayed(name)}" is neither a file here nor an asset that was uploaded from here; the id of '
            f"another one is written {SCHEME}…"
        )
    return Uploaded(asset_id, None if entry is None else entry.kind, entry is None or _is_active(entry))


def _newest(shown: str, entries: tuple[Entry, ...], where: str) -> Uploaded:
    """The newest asset that was made of it, one that is Active before any other."""
    usable = [entry for entry in entries if entry.asset_id and entry.state not in _NEVER]
    if usable:
        best = next(filter(_is_active, usable), usable[0])
        return Uploaded(best.asset_id, best.kind, _is_active(best))
    if entries and entries[0].code:
        raise UsageError(
            f"{shown} was refused when it was uploaded{where} ({entries[0].code}): name another asset"
        )
    raise UsageError(
        f"{shown} was not uploaded{where} from here as it is now: `validator upload` does it, or name the "
        "asset by its id"
    )


def _is_active(entry: Entry) -> bool:
    return entry.status == ACTIVE or entry.state is Step.ACTIVE


def _digest(path: str) -> str | None:
    """The sha256 of a file; `None` where there is none of this name."""
    with open_local(Asset(path, path)) as source:
        if source.file is None:
            if source.access.access == "missing":
                return None
            if source.access.access == "directory":
                raise UsageError(f"{displayed(path)} is a folder: name the files of it that are meant")
            raise UsageError(
                f"{displayed(path)} cannot be read: {source.access.access_detail or source.access.access}"
            )
        digest = hashlib.sha256()
        while block := source.file.read(_BLOCK):
            digest.update(block)
        return digest.hexdigest()
