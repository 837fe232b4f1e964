"""An asset list as written: rows that know their line, whatever format they came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class ListSyntaxError(Exception):
    """The file is not what its ending says, from this line on."""

    def __init__(self, line: int, what: str, field_name: str = "") -> None:
        self.line = line
        self.what = what
        self.field_name = field_name
        super().__init__(what)


@dataclass(frozen=True)
class Row:
    """One asset as written; `line` counts from 1, `place` names it where lines are not enough."""

    line: int
    data: object
    place: str = ""


@dataclass(frozen=True)
class Sheet:
    """A whole list as written; `group` is the list-wide one."""

    rows: tuple[Row, ...]
    group: Row | None = None
    others: Mapping[str, int] = field(default_factory=dict)
    """Keys beside assets and group, with their lines; the first of them is enough."""


ASSETS_KEYS = ("assets", "asset")
"""What the array of assets may be called."""
