"""What the tests of all planners share: a case of facts on paper, and what comes of a plan for it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

import msgspec

from tests.report.samples import file_facts
from validator.judge import Policy, judge
from validator.model import Asset, AudioFacts, Facts, FileFacts, Kind
from validator.profile import Profile, default_profile
from validator.repair.demands import demands_of
from validator.repair.options import RepairOptions
from validator.repair.plan import Case, Draft
from validator.repair.streams import Streams

Recipe = TypeVar("Recipe")


def file_of(kind: Kind, format_name: str, size: int) -> FileFacts:
    """A whole file whose name says nothing."""
    known = file_facts(format_name, size)
    return msgspec.structs.replace(known, kind=kind.value, name_agreement="unknown", sha256=None)


def case_of_facts(
    asset: Asset,
    facts: Facts,
    streams: Streams | None,
    options: RepairOptions,
    *,
    profile: Profile | None = None,
    copied_as: Kind | None = None,
    attempt: int = 0,
    changes: tuple[Fraction, ...] = (),
    problem: str = "",
) -> Case:
    """What has to be answered where these facts are judged; `copied_as`: another kind than they are of."""
    profile = profile or default_profile()
    found, _ = judge(asset, facts, profile, Policy())
    wanted = replace(facts, kind=copied_as or facts.kind)
    return Case(
        asset=asset,
        facts=facts,
        findings=tuple(each for each in found if each.severity.rank >= options.level.rank),
        not_judged=(),
        demands=demands_of(asset, wanted, [profile], [Policy()], options.level),
        options=options,
        streams=streams,
        scene_changes=changes,
        problem=problem,
        attempt=attempt,
    )


def recipe_of(draft: Draft, kind: type[Recipe]) -> Recipe:
    assert isinstance(draft.recipe, kind), draft.obstacles
    return draft.recipe


def reason_of(draft: Draft) -> str:
    assert draft.recipe is None
    (obstacle,) = draft.obstacles
    return obstacle.reason


def broken_by(case: Case, draft: Draft, profile: Profile | None = None) -> list[str]:
    """The rules that the copy would break, of those that have to be answered."""
    assert draft.recipe is not None, draft.obstacles
    kind = Kind.AUDIO if isinstance(draft.predicted, AudioFacts) else Kind.VIDEO
    file = FileFacts(format=draft.recipe.format, bytes=draft.predicted_bytes)
    found, _ = judge(
        case.asset, Facts(kind, file, media=draft.predicted), profile or default_profile(), Policy()
    )
    return [each.code for each in found if each.severity.rank >= case.options.level.rank]
