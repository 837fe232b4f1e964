"""From an asset that was judged to a plan: what has to be answered, by whom, and what comes of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from types import MappingProxyType

import msgspec
from msgspec import UNSET

from validator.findings import AssetReport, Finding, NotJudged, Verdict
from validator.judge import Policy, judge
from validator.measure import shown_target
from validator.model import AudioFacts, Facts, FileFacts, Kind, Role, VideoFacts
from validator.probe import name_agreement
from validator.probe.media import is_opened
from validator.profile import Profile
from validator.repair.demands import demands_of
from validator.repair.hopeless import is_of_others, why_elsewhere, why_hopeless, why_unframed, why_unread
from validator.repair.naming import ending_of
from validator.repair.options import RepairOptions
from validator.repair.plan import Case, Change, Draft, Obstacle, RepairPlan
from validator.repair.recipe import CopyRecipe, Recipe
from validator.repair.survey import Survey
from validator.rule import ABOUT_PEOPLE

FRAMED_ROLES = frozenset({Role.CLOSE_UP, Role.PORTRAIT, Role.FULL_BODY})
"""Roles that ask for a framing: what is said of it is answered, whatever it weighs."""

_NAMES = frozenset({"other-format", "other-kind"})  # agreements that another name mends
_FRAMING = frozenset({"aspect_ratio", "cut_edges", "face_count", "head_center_x", "head_height", "shot"})


def case_of(
    result: AssetReport,
    profiles: Sequence[Profile],
    policies: Sequence[Policy],
    options: RepairOptions,
    survey: Survey | None = None,
) -> Case:
    """All that a plan depends on: the facts, completed by what a survey measured, judged by every profile.

    So a format that is not judged at all is planned for with everything that its copy has to answer. Each
    profile has its policy.

    >>> from validator.model import Asset
    >>> from validator.profile import load_profile
    >>> facts = Facts(kind=Kind.VIDEO, file=FileFacts(format="webm"))
    >>> case = case_of(AssetReport(Asset("a", "a"), facts), [load_profile()], [Policy()], RepairOptions())
    >>> [finding.code for finding in case.findings], case.demands.allowed["format"]
    (['VID001'], ('mp4', 'mov'))
    """
    asset, survey = result.asset, survey or Survey()
    facts = _completed(result.facts, survey)
    framing = options.face is not None or asset.role in FRAMED_ROLES
    about_people = {
        rule.code
        for profile in profiles
        for rule in profile.rules
        if framing and rule.applies in ABOUT_PEOPLE
    }

    # What no profile can judge is brought into a format that it can, however little its own one weighs.
    is_closed = result.verdict is Verdict.UNJUDGED and not is_opened(facts.file.format or "")

    def counts(each: Finding | NotJudged) -> bool:
        is_shut_out = is_closed and isinstance(each, Finding) and each.measured.fact == "format"
        return is_shut_out or each.severity.rank >= options.level.rank

    findings: list[Finding] = []
    not_judged: list[NotJudged] = []
    for profile, policy in zip(profiles, policies, strict=True):
        found, skipped = judge(asset, facts, profile, policy)
        if len(profiles) > 1:
            found = tuple(msgspec.structs.replace(each, profile=profile.info.name) for each in found)
            skipped = tuple(msgspec.structs.replace(each, profile=profile.info.name) for each in skipped)
        findings += (each for each in found if counts(each) or each.code in about_people)
        not_judged += filter(counts, skipped)
    if facts.kind is not result.facts.kind:  # what was said of it as another kind is answered by the change
        codes = {finding.code for finding in findings}
        findings += (each for each in result.findings if counts(each) and each.code not in codes)
    return Case(
        asset,
        facts,
        tuple(findings),
        tuple(not_judged),
        demands_of(asset, facts, profiles, policies, options.level, framing=framing),
        options,
        streams=survey.streams,
        salient=survey.salient,
        scene_changes=survey.scene_changes,
        problem=survey.problem,
        packed=survey.packed,
        notes=survey.notes,
    )


def plan_case(case: Case) -> RepairPlan:
    """The fewest and gentlest steps to a copy that answers all findings of the case, or why there is none.

    >>> from validator.model import Asset
    >>> from validator.profile import load_profile
    >>> facts = Facts(file=FileFacts(access="readable", content="empty"))
    >>> case = case_of(AssetReport(Asset("a", "a"), facts), [load_profile()], [Policy()], RepairOptions())
    >>> plan_case(case).obstacles[0].reason
    'The file is empty, so that there is nothing to copy: export or download it again.'
    """
    target = shown_target(case.asset)
    about_media = [each for each in case.findings if not why_elsewhere(each)]
    obstacles = tuple(dict.fromkeys(_foreseen(case, about_media if case.facts.kind else case.findings)))
    if not obstacles and case.problem and about_media:
        obstacles = (Obstacle(about_media[0].code, case.problem),)
    told = {obstacle.code for obstacle in obstacles}
    aside = (each for each in case.findings if each.code not in told and not (told and is_of_others(each)))
    asides = tuple(dict.fromkeys(filter(None, map(why_elsewhere, aside))))
    if obstacles:
        return RepairPlan(case.asset, target, None, obstacles=obstacles, warnings=asides)
    if not about_media and not is_to_be_framed(case):
        alone = tuple(Obstacle(each.code, why_elsewhere(each)) for each in case.findings)
        return RepairPlan(case.asset, target, None, obstacles=alone, warnings=no_face(case))
    draft = _renamed(case) if _keeps_bytes(case, about_media) else _in_a_format(case)
    recipe = None if draft.obstacles else draft.recipe
    return RepairPlan(
        case.asset,
        target,
        recipe,
        changes=draft.changes if recipe is None else (*draft.changes, *_of_the_file(case, recipe, draft)),
        obstacles=draft.obstacles,
        warnings=(*draft.warnings, *asides, *no_face(case), *_unframed(case), *case.notes),
        predicted=None if recipe is None else _predicted(case, recipe, draft),
    )


def is_to_be_framed(case: Case) -> bool:
    """Whether a face is asked for, so that there is something to plan though nothing is found.

    >>> from validator.model import Asset
    >>> from validator.repair.demands import Demands
    >>> is_to_be_framed(Case(Asset("a", "a"), Facts(), (), (), Demands(), RepairOptions(face="2")))
    False
    """
    faces = None if case.facts.faces is None else case.facts.faces.faces
    return case.options.face is not None and case.facts.kind is Kind.IMAGE and bool(faces)


def no_face(case: Case) -> tuple[str, ...]:
    """What is said where a face is asked for of a picture in which none was found.

    >>> from validator.model import Asset
    >>> from validator.people import FaceFacts
    >>> from validator.repair.demands import Demands
    >>> nobody = Facts(Kind.IMAGE, faces=FaceFacts(face_count=0, faces=()))
    >>> no_face(Case(Asset("a", "a"), nobody, (), (), Demands(), RepairOptions(face="2")))
    ('No face was found in it: --face 2 crops nothing.',)
    """
    facts, face = case.facts, case.options.face
    if face is None or facts.kind is not Kind.IMAGE or facts.faces is None or facts.faces.face_count != 0:
        return ()
    return (f"No face was found in it: --face {face} crops nothing.",)


def answered(case: Case, plan: RepairPlan | None = None) -> tuple[Finding, ...]:
    """The findings that a copy of this case must not have; what lies elsewhere than in the media is left out.

    Of those that weigh too little, and are there because a framing is asked for: such as a crop may answer,
    and, of a `plan`, such as it answers.
    """
    planned = None if plan is None else {code for change in plan.changes for code in change.codes}
    return tuple(
        finding
        for finding in case.findings
        if not why_elsewhere(finding)
        and (
            finding.severity.rank >= case.options.level.rank
            or (finding.measured.fact in _FRAMING if planned is None else finding.code in planned)
        )
    )


def _completed(facts: Facts, survey: Survey) -> Facts:
    """The facts, with what a survey measured; a clip in which there is only sound is a sound."""
    facts = facts if survey.facts is None else dataclasses.replace(facts, media=survey.facts)
    streams = () if survey.streams is None else survey.streams.streams
    kinds = {stream.kind for stream in streams if not stream.is_cover}
    if facts.kind is not Kind.VIDEO or "video" in kinds or "audio" not in kinds:
        return facts
    media = facts.media
    if isinstance(media, VideoFacts):
        media = AudioFacts(
            duration=media.audio_duration,
            codec=media.audio_codec,
            sample_rate=media.audio_sample_rate,
            channels=media.audio_channels,
        )
    file = msgspec.structs.replace(facts.file, kind="audio")
    return dataclasses.replace(facts, kind=Kind.AUDIO, file=file, media=media)


def _foreseen(case: Case, findings: Sequence[Finding]) -> Iterator[Obstacle]:
    """Why there is no copy, whoever plans it."""
    values, demands, level = case.facts.values(), case.demands, case.options.level
    for finding in findings:
        why = why_hopeless(finding)
        if not why and case.facts.kind is Kind.VIDEO:
            why = why_unframed(finding)
        if not why and case.facts.kind is None:
            why = why_unread(finding)
        if why and finding.measured.fact in values and finding.severity.rank >= level.rank:
            yield Obstacle(finding.code, why)
    for fact, why in demands.conflicts.items():
        yield Obstacle(demands.codes[fact][0], why)
    kind = case.facts.kind
    if kind is not None and not demands.takes("kind", kind.value):
        yield Obstacle(demands.codes["kind"][0], _other_kind(case, kind))


def _other_kind(case: Case, kind: Kind) -> str:
    """That a profile knows nothing of such media, and which one, where there are several."""
    taken, codes = " or ".join(case.demands.allowed["kind"]), case.demands.codes["kind"]
    judged: list[Finding | NotJudged] = [*case.findings, *case.not_judged]
    found = dict.fromkeys(each.profile for each in judged if each.code in codes)
    names = [name for name in found if name is not UNSET]
    said = f"It is of the kind {kind}, and {taken} is asked for"
    if not names:
        return f"{said}: judge it by another profile."
    return (
        f"{said} by {' and '.join(names)}: judge it without {'that profile' if len(names) == 1 else 'those'}."
    )


def _unframed(case: Case) -> tuple[str, ...]:
    """What is said of the people in a clip, and weighs too little to be an obstacle."""
    if case.facts.kind is not Kind.VIDEO:
        return ()
    return tuple(dict.fromkeys(filter(None, map(why_unframed, case.findings))))


def _in_a_format(case: Case) -> Draft:
    """What the planner of its kind says, of a copy that answers what is asked of its own format."""
    plan, demands = _planner(case.facts.kind), case.demands
    draft = plan(case)
    if not demands.formats or isinstance(draft.recipe, CopyRecipe):
        return draft
    chosen = () if draft.recipe is None else (draft.recipe.format,)
    if chosen and demands.of_format(*chosen) == dataclasses.replace(demands, formats={}):
        return draft
    if not chosen and not draft.obstacles:
        return draft
    names = dict.fromkeys((*chosen, *demands.allowed.get("format", filter(None, demands.formats))))
    drafts = [plan(_only_in(case, name)) for name in names if demands.takes("format", name)]
    return next((each for each in drafts if each.recipe is not None), (*drafts[: len(chosen)], draft)[0])


def _only_in(case: Case, name: str) -> Case:
    """The same case of a copy that has this format."""
    own = case.demands.of_format(name)
    return dataclasses.replace(
        case, demands=dataclasses.replace(own, allowed={**own.allowed, "format": (name,)})
    )


def _keeps_bytes(case: Case, findings: Sequence[Finding]) -> bool:
    """Whether the name alone is wrong; bytes that may hold metadata do not stay where none are wanted."""
    is_name_alone = all(
        finding.measured.fact == "name_agreement" and finding.measured.exact in _NAMES for finding in findings
    )
    return is_name_alone and case.options.metadata == "keep" and not is_to_be_framed(case)


def _renamed(case: Case) -> Draft:
    """The same bytes under a name that promises them."""
    file = case.facts.file
    format_name = file.format or ""
    codes = tuple(dict.fromkeys(finding.code for finding in case.findings if not why_elsewhere(finding)))
    change = Change(
        codes,
        "name",
        f".{file.extension}",
        f".{ending_of(format_name, file.extension or '')}",
        "the same bytes under the ending that they need",
    )
    return Draft(
        CopyRecipe(format_name),
        (change,),
        predicted=case.facts.media,
        predicted_bytes=file.bytes,
        faces=case.facts.faces,
        portrait=case.facts.portrait,
    )


def _of_the_file(case: Case, recipe: Recipe, draft: Draft) -> Iterator[Change]:
    """What is said of the file itself, and is answered by any copy; planners need not tell."""
    told = {code for change in draft.changes for code in change.codes}
    file = case.facts.file
    ending = ending_of(recipe.format, file.extension or "")
    answers = {
        "name_agreement": ("name", f".{file.extension}", f".{ending}", "the ending of the copy's format"),
        "second_format": ("hidden archive", str(file.second_format), "none", "left out"),
    }
    for finding in case.findings:
        answer = answers.get(finding.measured.fact)
        if answer is not None and finding.code not in told:
            told.add(finding.code)
            yield Change((finding.code,), *answer)


def _planner(kind: Kind | None) -> Callable[[Case], Draft]:
    if kind is Kind.IMAGE:
        from validator.repair.image_plan import plan_image

        return plan_image
    if kind is Kind.VIDEO:
        from validator.repair.video_plan import plan_video

        return plan_video
    from validator.repair.audio_plan import plan_audio

    return plan_audio


def _predicted(case: Case, recipe: Recipe, draft: Draft) -> Facts:
    """The facts of the copy, as far as they are known before it is made."""
    before, kind = case.facts.file, case.facts.kind
    same = isinstance(recipe, CopyRecipe)
    extension = ending_of(recipe.format, before.extension or "").lower()
    agreement, detail = name_agreement(extension, case.asset.role, kind, recipe.format)
    file = FileFacts(
        access="readable",
        bytes=draft.predicted_bytes,
        sha256=before.sha256 if same else None,
        content="media",
        kind=None if kind is None else kind.value,
        format=recipe.format,
        extension=extension,
        name_agreement=agreement,
        name_detail=detail or None,
        integrity=before.integrity if same else "whole",
        expansion=before.expansion if same else "sane",
        second_format=before.second_format if same else "none",
        duplicate=False,
    )
    return Facts(
        kind,
        file,
        None,
        draft.predicted,
        MappingProxyType({"*": "only the copy itself tells"}),
        faces=draft.faces,
        portrait=draft.portrait,
    )
