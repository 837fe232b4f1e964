"""One asset's way to a copy: planned, made beside its place, judged, and only then put there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from validator.config import policy_for
from validator.errors import RepairError, ValidatorError
from validator.findings import AssetReport, Finding, Severity, Verdict
from validator.intake.source import Source
from validator.intake.url import redact
from validator.judge import Policy
from validator.model import Asset
from validator.profile import Profile
from validator.repair.ffmpeg_log import RecipeRefusedError
from validator.repair.hopeless import why_elsewhere
from validator.repair.in_group import in_group, likeness_codes
from validator.repair.naming import Names
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair
from validator.repair.plan import Case, RepairPlan
from validator.repair.planning import answered, case_of, is_to_be_framed, no_face, plan_case
from validator.repair.recipe import AudioRecipe, Recipe, VideoRecipe
from validator.repair.source_again import Original, opened_again
from validator.repair.survey import Survey
from validator.repair.turns import Turn
from validator.repair.workshop import NO_FFMPEG, Workshop
from validator.repair.writing import Folders, NewFile, PlaceTakenError, check_free, reason_of
from validator.settings import Config

Step = Literal["", "linting", "planning", "making", "judging"]
"""What is being done to an asset: it is judged, planned for, copied, and its copy is judged."""

Tell = Callable[[Step, Fraction | None], object]
"""Told which step begins, or how much of it is done."""

ATTEMPTS = 3
"""How many plans are tried: each is less gentle than the one before, which led to no copy that passes."""

_NAMED_AT_MOST = 3  # findings in one sentence
_LONGEST_REASON = 300
_SPOILED = MappingProxyType(
    {
        "silent": "It is silent, and its original is not: choose a part that can be heard (--start).",
        "clipped": "It is clipped throughout, and its original is not.",
    }
)
"""Why a copy whose sound has such a level is none, whatever weight that has: its original's is audible."""


@dataclass(frozen=True)
class Mender:
    """What all assets of a run share; safe from several threads.

    `names` gives places below the output folder; `folders` is `None` where nothing is to be made;
    `unfinished` holds the copies that are being made, for whoever has to remove them without waiting.
    `opener` opens or downloads an original once more, `judged` judges a copy by the rules of the run.
    """

    config: Config
    profiles: tuple[Profile, ...]
    options: RepairOptions
    names: Names
    folders: Folders | None
    overwrite: bool
    unfinished: set[Path]
    workshop: Workshop
    opener: Callable[[Asset], Source]
    judged: Callable[[Asset], AssetReport]
    cancelled: Callable[[], bool]

    def mend(self, result: AssetReport, turn: Turn, tell: Tell) -> Repair:
        """What became of one asset. Whatever goes wrong in here is said of this asset alone.

        Raises:
            Cancelled: the run was asked to stop.
            UsageError: what concerns all assets, such as a reference that cannot be used.
        """
        try:
            with ExitStack() as at_the_end:
                way = _Way(self, result, at_the_end, turn, tell)
                try:
                    return way.go()
                except RepairError as error:
                    return way.failed(str(error))
                except OSError as error:
                    return way.failed(f"The copy could not be made: {reason_of(error)}.")
                except ValidatorError:
                    raise
                except Exception as error:  # noqa: BLE001 - a bug must not take the other assets down; it is told
                    return way.failed(_internal_error(error))
        finally:
            turn.end()

    def policies(self, asset: Asset) -> tuple[Policy, ...]:
        """Which rules run for an asset, by profile."""
        return tuple(policy_for(asset, self.config, profile) for profile in self.profiles)


@dataclass
class _Way:
    """One asset on its way, and how far it has come."""

    mender: Mender
    result: AssetReport
    at_the_end: ExitStack
    turn: Turn
    tell: Tell
    original: Original | None = None
    plan: RepairPlan | None = None
    place: Path | None = None
    format: str = ""

    def go(self) -> Repair:
        self.tell("planning", None)
        case = self._case()
        asks_for_a_face = is_to_be_framed(case) or bool(no_face(case))
        if self.result.verdict is Verdict.PASS and not answered(case) and not asks_for_a_face:
            return Repair(self.result, "passes")
        survey = self.mender.workshop.survey(
            self.result,
            self._opened,
            self.mender.options,
            self.mender.cancelled,
            case.demands.range_of("duration"),
        )
        if survey is not None:
            case = self._case(survey)
        self.plan = plan_case(case)
        if self.plan.recipe is None:
            return self._without_recipe(case, self.plan)
        try:
            plan, place = self._named(self.plan, self.plan.recipe)
        except PlaceTakenError as error:
            return self._found(case, self.plan, str(error))
        folders = self.mender.folders
        if folders is None:
            return Repair(self.result, "planned", plan, reason=f"A copy would be made at {place}.")
        return self._made(case, plan, place, folders)

    def failed(self, reason: str) -> Repair:
        return Repair(self.result, "failed", self.plan, reason=reason)

    def _case(self, survey: Survey | None = None) -> Case:
        mender = self.mender
        policies = mender.policies(self.result.asset)
        return case_of(self.result, mender.profiles, policies, mender.options, survey)

    def _opened(self) -> Original:
        if self.original is None:
            mender = self.mender
            original = opened_again(self.result, mender.opener, mender.cancelled)
            self.original = self.at_the_end.enter_context(original)
        return self.original

    def _without_recipe(self, case: Case, plan: RepairPlan) -> Repair:
        is_refused = bool(plan.obstacles) and is_to_be_framed(case)
        passes = self.result.verdict is Verdict.PASS and not is_refused
        if passes and not any(_weighs(each, case) and not why_elsewhere(each) for each in case.findings):
            return Repair(self.result, "passes", plan)
        reasons = dict.fromkeys(obstacle.reason for obstacle in plan.obstacles)
        if reasons:
            return Repair(self.result, "impossible", plan, reason=" ".join(reasons))
        if self.result.verdict is Verdict.FAIL:
            reason = _said(self.result.findings, Severity.ERROR)
            return Repair(self.result, "impossible", plan, reason=f"A copy would be no better: {reason}")
        if self.result.verdict is Verdict.UNJUDGED:
            return Repair(self.result, "unjudged", plan, reason=_not_judged(self.result))
        return Repair(self.result, "passes", plan)

    def _named(self, plan: RepairPlan, recipe: Recipe) -> tuple[RepairPlan, Path]:
        """The plan with what will be called, and the place of the copy, given in the order of the targets."""
        if self.place is None or self.format != recipe.format:
            self.turn.wait()
            self.place = self.mender.names.place(self.result.asset, recipe.format)
            self.format = recipe.format
            self.turn.end()
        asset, workshop = self.result.asset, self.mender.workshop
        source = f"original.{self.result.facts.file.format}" if asset.is_url else asset.location
        plan = dataclasses.replace(plan, commands=workshop.commands(recipe, source, str(self.place)))
        self.plan = plan
        check_free(self.place, overwrite=self.mender.overwrite)
        if _needs_ffmpeg(recipe) and workshop.program is None:
            raise RepairError(NO_FFMPEG)
        return plan, self.place

    def _found(self, case: Case, plan: RepairPlan, taken: str) -> Repair:
        """What a file is worth that lies in the copy's place: most likely, an earlier run made it."""
        asset, place = self.result.asset, self.place
        if place is None or asset.is_url or place.is_symlink():
            return self.failed(taken)
        if place.stat().st_mtime_ns < Path(asset.location).stat().st_mtime_ns:
            return self.failed(f"{taken} It is older than its original.")
        self.tell("judging", None)
        copy, notes = self._judged(place, place)
        problem = _problem(copy, case, plan)
        if problem:
            return self.failed(f"{taken} It does not pass: {problem}")
        reason = "It was there already, is newer than its original and passes: --overwrite makes it anew."
        return Repair(self.result, "present", plan, copy=copy, path=place, reason=reason, notes=notes)

    def _judged(self, place: Path, path: Path) -> tuple[AssetReport, tuple[str, ...]]:
        """What is said of a copy that is to lie in a place, and of what was not compared."""
        mender, asset = self.mender, self.result.asset
        codes = likeness_codes(mender.profiles, mender.policies(asset))
        copy = mender.judged(_as_placed(asset, place, path))
        return in_group(copy, self.result, codes, mender.config, mender.options)

    def _made(self, case: Case, plan: RepairPlan, place: Path, folders: Folders) -> Repair:
        """A copy by the gentlest plan that leads to one that passes."""
        tried: list[Recipe | None] = [None]
        for attempt in range(1, ATTEMPTS + 1):
            tried.append(plan.recipe)
            try:
                with folders.holding(place.parent):
                    repair, reason = self._tried(case, plan, place)
            except RecipeRefusedError as error:
                if not _keeps_packets(plan.recipe):
                    raise
                repair, reason = None, str(error)
            if repair is not None:
                return repair
            if attempt < ATTEMPTS:
                plan = plan_case(dataclasses.replace(case, attempt=attempt))
            if plan.recipe is None or plan.recipe in tried:
                break
            plan, place = self._named(plan, plan.recipe)
        return self.failed(reason)

    def _tried(self, case: Case, plan: RepairPlan, place: Path) -> tuple[Repair | None, str]:
        """One copy, in its place; or why it is not good enough."""
        mender = self.mender
        with NewFile(place, overwrite=mender.overwrite, unfinished=mender.unfinished) as new:
            self.tell("making", None)
            original = self._opened()
            with new.told():
                made = mender.workshop.make(
                    plan, original, new, mender.cancelled, lambda share: self.tell("making", share)
                )
            original.check_unchanged()
            new.finish()
            self.tell("judging", None)
            copy, notes = self._judged(place, new.path)
            problem = _problem(copy, case, plan)
            if problem:
                return None, f"A copy was made, and is not kept: {problem}"
            new.commit()
        asset = dataclasses.replace(copy.asset, location=str(place))
        return Repair(
            self.result,
            "mended",
            plan,
            copy=dataclasses.replace(copy, asset=asset),
            path=place,
            quality=made.quality,
            notes=(*made.notes, *notes),
        ), ""


def _as_placed(asset: Asset, place: Path, path: Path) -> Asset:
    """A copy, to be judged as its original was: for the same role and group, under the same overrides."""
    return Asset(
        str(place),
        str(path),
        name=asset.name,
        role=asset.role,
        group=asset.group,
        placed_as=asset.location if asset.placed_as is None else asset.placed_as,
    )


def _problem(copy: AssetReport, case: Case, plan: RepairPlan) -> str:
    """Why a copy is not mended, or nothing; a whole sentence."""
    if copy.verdict is Verdict.FAIL:
        return _said(copy.findings, Severity.ERROR)
    if copy.verdict is Verdict.UNJUDGED:
        return _not_judged(copy)
    spoiled = _SPOILED.get(str(copy.facts.values().get("level")), "")
    if spoiled and case.facts.values().get("level") == "audible":
        return spoiled
    promised = {_about(each) for each in answered(case, plan) if not _weighs(each, case)}
    left = (
        each
        for each in copy.findings
        if (_weighs(each, case) and not why_elsewhere(each)) or _about(each) in promised
    )
    return _said(left, Severity.NOTE)


def _about(finding: Finding) -> tuple[object, str, str]:
    """Whose rule speaks of what: another profile's of the same code may take less, and weigh less."""
    return finding.profile, finding.code, finding.measured.fact


def _weighs(finding: Finding, case: Case) -> bool:
    return finding.severity.rank >= case.options.level.rank


def _said(findings: Iterable[Finding], level: Severity) -> str:
    """The sentences of findings, each once, with their codes."""
    said = dict.fromkeys(
        f"{each.message} [{each.code}]" for each in findings if each.severity.rank >= level.rank
    )
    return " ".join(list(said)[:_NAMED_AT_MOST]) + (" …" if len(said) > _NAMED_AT_MOST else "")


def _not_judged(result: AssetReport) -> str:
    skipped = next(each for each in result.not_judged if each.severity is Severity.ERROR)
    return f"{skipped.code} could not be judged: {skipped.reason}."


def _keeps_packets(recipe: Recipe | None) -> bool:
    """Whether packets are copied, which not every container takes: encoded anew, they fit."""
    if isinstance(recipe, VideoRecipe):
        return recipe.copy_video or recipe.copy_audio
    return isinstance(recipe, AudioRecipe) and recipe.copy


def _needs_ffmpeg(recipe: Recipe) -> bool:
    return isinstance(recipe, (VideoRecipe, AudioRecipe))


def _internal_error(error: Exception) -> str:
    text = redact(" ".join(str(error).split()))[:_LONGEST_REASON]
    return f"The copy could not be made: internal error: {type(error).__name__}{text and ': '}{text}."
