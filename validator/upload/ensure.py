"""Exactly one asset for a name, whatever becomes of the answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ensured:
    """An asset that is there. `created`: by this call, rather than found."""

    asset_id: str
    created: bool
