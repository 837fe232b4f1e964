"""What `validator identify` prints for programs; `schemas/identify.schema.json` is made from these types."""

from __future__ import annotations

import textwrap
from typing import Any, Literal

import msgspec

from validator.findings import AssetReport, ProfileInfo, Summary, Tool
from validator.identify import Fit, fits
from validator.model import Kind, Role
from validator.profile import Profile
from validator.report.json import asset_entry, pretty

SCHEMA_VERSION = 1


class IdentifiedAsset(msgspec.Struct, frozen=True, kw_only=True):
    """One asset: all that was measured of it, and what each profile says. `kind` is `null` for no media.

    `target`, `facts`, `bytes` and `sha256` are as in the report of `validator lint`.
    """

    target: str
    source: Literal["file", "url"]
    kind: Kind | None
    role: Role | None
    sha256: str | None
    bytes: int | None
    facts: dict[str, Any]
    fits: tuple[Fit, ...]


class IdentityDocument(msgspec.Struct, frozen=True):
    """The whole document."""

    schema_version: Literal[1]
    tool: Tool
    profiles: tuple[ProfileInfo, ...]
    assets: tuple[IdentifiedAsset, ...]


class IdentityJson:
    """One JSON document, asset by asset."""

    def __init__(self) -> None:
        self._separator = ""
        self._profiles: tuple[Profile, ...] = ()

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:
        """The head of the document."""
        self._profiles = profiles
        head = {"schema_version": SCHEMA_VERSION, "tool": tool, "profiles": [each.info for each in profiles]}
        return pretty(head).removesuffix("\n}") + ',\n  "assets": ['

    def asset(self, result: AssetReport) -> str:
        """One element of `assets`."""
        entry = asset_entry(result)
        identified = IdentifiedAsset(
            target=entry.target,
            source=entry.source,
            kind=entry.kind,
            role=entry.role,
            sha256=entry.sha256,
            bytes=entry.bytes,
            facts=entry.facts,
            fits=tuple(fits(result, self._profiles)),
        )
        separator, self._separator = self._separator, ","
        return f"{separator}\n{textwrap.indent(pretty(identified), '    ')}"

    def finish(self, summary: Summary) -> str:  # noqa: ARG002 - nothing is counted
        """The end."""
        return ("\n  ]" if self._separator else "]") + "\n}\n"
