"""What was measured of files that nobody has touched since, for runs that follow each other."""

from __future__ import annotations

import os
import threading
from collections.abc import Hashable
from dataclasses import dataclass

from validator.intake.source import Signature
from validator.model import Asset, Facts

NEVER = Signature(0, 0, 0, 0, 0)
"""That of what has no file that could change."""


def signature(path: str) -> Signature | None:
    """What would change with the file; `None` where there is none that can be looked at.

    >>> signature("no/such.png") is None
    True
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - a name as it was given, which may be no path at all
    except (OSError, ValueError):
        return None
    return Signature.of(status)


@dataclass(frozen=True)
class _Kept:
    signature: Signature
    facts: Facts


class Memory:
    """Facts by asset, as long as the file is what it was; a URL is fetched once. For several threads, too.

    Only what is measured is kept: by rules, and beside each other, assets are judged anew in each run.

    >>> memory, asset = Memory(), Asset("https://a/b.png", "https://a/b.png", is_url=True)
    >>> before, facts = signature_of(asset), Facts()
    >>> memory.keep(asset, (), before, facts)
    >>> memory.known(asset, (), before) is facts
    True
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, _Kept] = {}
        self._used: set[Hashable] = set()

    def known(self, asset: Asset, how: Hashable, now: Signature | None) -> Facts | None:
        """The facts of an asset, if this was its signature before; `how`: what else they depend on."""
        key = (asset, how)
        with self._lock:
            self._used.add(key)
            kept = self._kept.get(key)
        return kept.facts if kept is not None and kept.signature == now else None

    def keep(self, asset: Asset, how: Hashable, before: Signature | None, facts: Facts) -> None:
        """Remember what was measured, unless the asset has another signature than `before` by now."""
        if facts.lasting and before is not None and before == signature_of(asset):
            with self._lock:
                self._kept[asset, how] = _Kept(before, facts)

    def forget_unused(self) -> None:
        """Keep only what was asked for since this was called last."""
        with self._lock:
            self._kept = {key: kept for key, kept in self._kept.items() if key in self._used}
            self._used = set()

    def forget_urls(self) -> None:
        """Have URLs fetched again."""
        with self._lock:
            self._kept = {key: kept for key, kept in self._kept.items() if kept.signature != NEVER}


def signature_of(asset: Asset) -> Signature | None:
    """The signature of what an asset names; that of a URL never changes.

    >>> signature_of(Asset("no/such.png", "no/such.png")) is None
    True
    """
    return NEVER if asset.is_url else signature(asset.location)
