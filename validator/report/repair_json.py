"""What `validator fix` prints for programs; `schemas/fix.schema.json` is made from these types."""

from __future__ import annotations

import textwrap
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from validator.findings import AssetReport, ProfileInfo, Tool
from validator.quantity import plain
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair, RepairSummary, Status
from validator.repair.plan import Change, Obstacle, Quality, RepairPlan
from validator.repair.recipe import Recipe
from validator.report.json import AssetEntry, asset_entry, pretty
from validator.report.repair_command import redacted
from validator.report.repair_format import Run
from validator.report.repair_hints import hints

SCHEMA_VERSION = 1


class ChangeEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that differs in the copy, in words; `codes`: the rules that ask for it.

    `facts`: the names of what these rules are about, whose values are in `facts` of the original, and in
    `predicted` or in `facts` of the copy.
    """

    codes: tuple[str, ...]
    what: str
    before: str
    after: str
    how: str
    facts: tuple[str, ...]


class PlanEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The steps to a copy that passes; `possible`: whether there are any, or `obstacles` say why not.

    `predicted`: the facts of the copy on paper, written like `facts` of an asset, with the `bytes` that it
    has at most; `null` where nothing is made. `commands`: what is called for a clip or a sound, argument by
    argument, without the secrets of a URL. `recipe`: how the copy is made, as data; `null` where nothing is.
    """

    possible: bool
    changes: tuple[ChangeEntry, ...]
    obstacles: tuple[Obstacle, ...]
    warnings: tuple[str, ...]
    predicted: dict[str, Any] | None
    commands: tuple[tuple[str, ...], ...]
    recipe: dict[str, Any] | None


class RepairEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one asset. `original` is as in the report of `validator lint`; `copy` is alike.

    `status`: "passes" (there is nothing to mend), "mended" (the copy passes), "present" (a file was there
    already in the copy's place, newer than the original, and passes), "planned" (of a dry run), "impossible"
    (no copy would pass), "failed" (a copy could not be made, or does not pass) or "unjudged".
    `path` is where the copy lies, and `quality` how near it is to the original where that was compared.
    `hints`: what would let it be mended, such as an option.
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
    hints: tuple[str, ...]


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


def repair_entry(repair: Repair, options: RepairOptions) -> RepairEntry:
    """One asset, as it stands in the report; `options`: those of the run."""
    original = asset_entry(repair.result)
    return RepairEntry(
        target=original.target,
        status=repair.status,
        reason=repair.reason,
        original=original,
        plan=None if repair.plan is None else _plan_entry(repair.plan, repair.result),
        path=None if repair.path is None else str(repair.path),
        copy=None if repair.copy is None else asset_entry(repair.copy),
        quality=repair.quality,
        notes=repair.notes,
        hints=hints(repair, options),
    )


def _plan_entry(plan: RepairPlan, result: AssetReport) -> PlanEntry:
    return PlanEntry(
        possible=plan.is_possible,
        changes=tuple(_change_entry(change, result) for change in plan.changes),
        obstacles=plan.obstacles,
        warnings=plan.warnings,
        predicted=None
        if plan.predicted is None or not plan.is_possible
        else {name: plain(value) for name, value in plan.predicted.values().items()},
        commands=tuple(redacted(command, plan.asset) for command in plan.commands),
        recipe=None if plan.recipe is None else _data(plan.recipe),
    )


def _change_entry(change: Change, result: AssetReport) -> ChangeEntry:
    facts = dict.fromkeys(each.measured.fact for each in result.findings if each.code in change.codes)
    return ChangeEntry(
        codes=change.codes,
        what=change.what,
        before=change.before,
        after=change.after,
        how=change.how,
        facts=tuple(facts),
    )


def _data(recipe: Recipe) -> dict[str, Any]:
    """A recipe by the names of its parts; `type` says of what it is."""
    return {"type": recipe.__struct_config__.tag, **plain(recipe)}


class RepairJson:
    """The report as one JSON document, asset by asset."""

    def __init__(self) -> None:
        self._separator = ""
        self._options = RepairOptions()

    def start(self, run: Run) -> str:
        """The head of the document."""
        self._options = run.options
        infos = [profile.info for profile in run.profiles]
        head: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "tool": run.tool, "profile": infos[0]}
        if len(infos) > 1:
            head["profiles"] = infos
        head |= {"output": str(run.output), "dry_run": run.dry_run}
        return pretty(head).removesuffix("\n}") + ',\n  "repairs": ['

    def repair(self, repair: Repair) -> str:
        """One element of `repairs`."""
        separator, self._separator = self._separator, ","
        return f"{separator}\n{textwrap.indent(pretty(repair_entry(repair, self._options)), '    ')}"

    def finish(self, summary: RepairSummary) -> str:
        """The counts, and the end."""
        end = "\n  ]" if self._separator else "]"
        return f"{end},\n{pretty({'summary': summary}).removeprefix('{').strip(chr(10))}\n"
