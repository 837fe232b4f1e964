"""What `validator fix` prints for programs; `schemas/fix.schema.json` is made from these types."""

from __future__ import annotations

import textwrap
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from validator.findings import ProfileInfo, Tool
from validator.quantity import plain
from validator.repair.outcome import Repair, RepairSummary, Status
from validator.repair.plan import Change, Obstacle, Quality, RepairPlan
from validator.report.json import AssetEntry, asset_entry, pretty
from validator.report.repair_command import redacted
from validator.report.repair_format import Run

SCHEMA_VERSION = 1


class PlanEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The steps to a copy that passes; `possible`: whether there are any, or `obstacles` say why not.

    `predicted`: the facts of the copy on paper, written like `facts` of an asset, with the `bytes` that it
    has at most; `null` where nothing is made. `commands`: what is called for a clip or a sound, argument by
    argument, without the secrets of a URL.
    """

    possible: bool
    changes: tuple[Change, ...]
    obstacles: tuple[Obstacle, ...]
    warnings: tuple[str, ...]
    predicted: dict[str, Any] | None
    commands: tuple[tuple[str, ...], ...]


class RepairEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one asset. `original` is as in the report of `validator lint`; `copy` is alike.

    `status`: "passes" (there is nothing to mend), "mended" (the copy passes), "present" (a file was there
    already in the copy's place, newer than the original, and passes), "planned" (of a dry run), "impossible"
    (no copy would pass), "failed" (a copy could not be made, or does not pass) or "unjudged".
    `path` is where the copy lies, and `quality` how near it is to the original where that was compared.
    """

    target: str
    status: Status
    reason: str
    original: AssetEntry
    plan: PlanEntry | None
    path: str | None
    copy: AssetEntry | None
    quality: Quality | None
    notes: tuple[str, ...]


class RepairDocument(msgspec.Struct, frozen=True):
    """What `validator fix --output-format json` writes. `summary` is written last.

    `profile` is the main one; `profiles` are all, where there are several. `output` is where copies go.
    """

    schema_version: Literal[1]
    tool: Tool
    profile: ProfileInfo
    output: str
    dry_run: bool
    repairs: tuple[RepairEntry, ...]
    summary: RepairSummary
    profiles: tuple[ProfileInfo, ...] | UnsetType = UNSET


def repair_entry(repair: Repair) -> RepairEntry:
    """One asset, as it stands in the report."""
    original = asset_entry(repair.result)
    return RepairEntry(
        target=original.target,
        status=repair.status,
        reason=repair.reason,
        original=original,
        plan=None if repair.plan is None else _plan_entry(repair.plan),
        path=None if repair.path is None else str(repair.path),
        copy=None if repair.copy is None else asset_entry(repair.copy),
        quality=repair.quality,
        notes=repair.notes,
    )


def _plan_entry(plan: RepairPlan) -> PlanEntry:
    return PlanEntry(
        possible=plan.is_possible,
        changes=plan.changes,
        obstacles=plan.obstacles,
        warnings=plan.warnings,
        predicted=None
        if plan.predicted is None or not plan.is_possible
        else {name: plain(value) for name, value in plan.predicted.values().items()},
        commands=tuple(redacted(command, plan.asset) for command in plan.commands),
    )


class RepairJson:
    """The report as one JSON document, asset by asset."""

    def __init__(self) -> None:
        self._separator = ""

    def start(self, run: Run) -> str:
        """The head of the document."""
        infos = [profile.info for profile in run.profiles]
        head: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "tool": run.tool, "profile": infos[0]}
        if len(infos) > 1:
            head["profiles"] = infos
        head |= {"output": str(run.output), "dry_run": run.dry_run}
        return pretty(head).removesuffix("\n}") + ',\n  "repairs": ['

    def repair(self, repair: Repair) -> str:
        """One element of `repairs`."""
        separator, self._separator = self._separator, ","
        return f"{separator}\n{textwrap.indent(pretty(repair_entry(repair)), '    ')}"

    def finish(self, summary: RepairSummary) -> str:
        """The counts, and the end."""
        end = "\n  ]" if self._separator else "]"
        return f"{end},\n{pretty({'summary': summary}).removeprefix('{').strip(chr(10))}\n"
