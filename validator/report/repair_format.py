"""The small interface of reports on repairs, and the table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from validator.findings import Tool
from validator.profile import Profile
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair, RepairSummary
from validator.report.base import Look


@dataclass(frozen=True)
class Run:
    """What all of a report is about: by what was judged, where copies go, and how they are made."""

    tool: Tool
    profiles: tuple[Profile, ...]
    output: Path
    options: RepairOptions
    dry_run: bool = False


class RepairFormat(Protocol):
    """One report on repairs: it comes in pieces, so that a long run streams with flat memory."""

    def start(self, run: Run) -> str:
        """What stands before the first asset."""

    def repair(self, repair: Repair) -> str:
        """What is said of one asset; may be empty."""

    def finish(self, summary: RepairSummary) -> str:
        """What stands after the last asset."""


def _text(look: Look) -> RepairFormat:
    from validator.report.repair_text import RepairText

    return RepairText(look)


def _json(_: Look) -> RepairFormat:
    from validator.report.repair_json import RepairJson

    return RepairJson()


REPAIR_FORMATS: Mapping[str, Callable[[Look], RepairFormat]] = MappingProxyType(
    {"text": _text, "json": _json}
)
"""Every output by its name."""
