"""What tells a file from others and from itself at other times, and how it is looked at."""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from validator.intake.source import Signature
from validator.model import Asset, Depth

if TYPE_CHECKING:
    from validator.gate import Gate

_SETTLED = 2_000_000_000  # nanoseconds: some disks tell no two moments apart that are nearer to each other


class How(msgspec.Struct, frozen=True):
    """How an asset is looked at: all that its facts depend on, besides its bytes and what it is called.

    `gate`: what stops an asset at its header, where anything may. `people`: whether people are looked for,
    and `likeness`: whether faces are made ready to be compared. `taken`: the formats that the profiles take.
    `digest`: whether all bytes are read for their digest at depth `header`, too. `asks_head`: whether a URL
    is asked for its headers alone, too.
    """

    depth: Depth
    gate: Gate | None = None
    people: bool = False
    likeness: bool = False
    taken: frozenset[str] = frozenset()
    digest: bool = False
    asks_head: bool = False


class Identity(NamedTuple):
    """What changes with a file on disk, and when it was looked at (in nanoseconds)."""

    signature: Signature
    seen: int

    @property
    def is_fresh(self) -> bool:
        """Whether the file was touched so shortly before that it may be again, unnoticed."""
        return self.seen - max(self.signature.written, self.signature.changed) < _SETTLED


def identity_of(asset: Asset) -> Identity | None:
    """The identity of an asset's file, to be taken before it is opened; `None`: there is none to remember.

    >>> identity_of(Asset("no/such.png", "no/such.png")) is None
    True
    """
    if asset.is_url or asset.is_glob or not asset.location:
        return None
    seen = time.time_ns()
    try:
        status = os.stat(asset.location)  # noqa: PTH116 - a name as it was given, which may be no path at all
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return Identity(Signature.of(status), seen)
