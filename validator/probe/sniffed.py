"""What a look at a file's first bytes says."""

from __future__ import annotations

from dataclasses import dataclass

from validator.model import Content, Kind


@dataclass(frozen=True)
class Sniffed:
    """What the first bytes are. `sure` is false where the signature is short enough to occur by chance."""

    content: Content
    kind: Kind | None = None
    format: str | None = None
    detail: str = ""
    sure: bool = True
