"""What has to be answered, who plans it, what no copy mends, and what a copy will be like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from validator.findings import AssetReport, Severity, Verdict
from validator.judge import Policy, judge
from validator.model import (
    Asset,
    AudioFacts,
    Facts,
    FileFacts,
    Group,
    GroupKind,
    ImageFacts,
    Kind,
    LinkFacts,
    MediaFacts,
    Role,
    VideoFacts,
)
from validator.people import FaceFacts, LikenessFacts, PortraitFacts
from validator.probe.frame_size import size_facts
from validator.profile import Profile, load_profile
from validator.repair.options import RepairOptions
from validator.repair.plan import Case, Change, RepairPlan
from validator.repair.planning import answered, case_of, plan_case
from validator.repair.recipe import AudioRecipe, CopyRecipe, ImageRecipe, VideoRecipe
from validator.repair.streams import Stream, Streams
from validator.repair.survey import Survey

OURS, KLING, WAN = map(load_profile, ("seedance-2.0", "kling-omni", "wan-2.7"))
FILE = FileFacts(
    access="readable",
    bytes=100_000,
    content="media",
    name_agreement="agrees",
    integrity="whole",
    expansion="sane",
    second_format="none",
    duplicate=False,
)
KINDS = {ImageFacts: Kind.IMAGE, VideoFacts: Kind.VIDEO, AudioFacts: Kind.AUDIO}
PICTURE = ImageFacts(
    width=1000,
    height=1000,
    short_side=1000,
    stored_width=1000,
    stored_height=1000,
    aspect_ratio=Fraction(1),
    pixels=10**6,
    frames=1,
    orientation=False,
    exif="none",
    mode="RGB",
    bit_depth=8,
    colour=False,
    alpha=False,
)
CLIP = VideoFacts(
    duration=Fraction(5),
    video_duration=Fraction(5),
    frames=125,
    frame_rate=Fraction(25),
    frame_rate_mode="constant",
    codec="h264",
    codec_support="usual",
    tracks="one",
    hdr="none",
    **size_facts((1280, 720), 0, Fraction(1), mirrored=False),
)
PICTURES = Stream(
    index=0, kind="video", codec="h264", duration=Fraction(5), bit_rate=10**6, pixel_format="yuv420p"
)
SOUND = Stream(index=1, kind="audio", codec="aac", duration=Fraction(5), sample_rate=48_000, channels=2)


def facts_of(media: MediaFacts, format_name: str, **file: object) -> Facts:
    kind = KINDS[type(media)]
    known = {"format": format_name, "extension": format_name, "kind": kind.value, **file}
    return Facts(kind, msgspec.structs.replace(FILE, **known), media=media)


def case(
    facts: Facts,
    options: RepairOptions | None = None,
    *,
    profiles: Sequence[Profile] = (OURS,),
    asset: Asset | None = None,
    survey: Survey | None = None,
) -> Case:
    asset = asset or Asset("a", "a")
    policies = [Policy() for _ in profiles]
    found = [judge(asset, facts, profile, Policy()) for profile in profiles]
    result = AssetReport(
        asset,
        facts,
        tuple(one for findings, _ in found for one in findings),
        tuple(one for _, skipped in found for one in skipped),
    )
    return case_of(result, profiles, policies, options or RepairOptions(), survey)


def codes(planned: Case) -> list[str]:
    return [finding.code for finding in planned.findings]


def of_clip(*streams: Stream, demuxer: str = "mov", **more: object) -> Survey:
    return Survey(streams=Streams(demuxer, streams), **more)  # type: ignore[arg-type]


def only_reason(plan: RepairPlan) -> str:
    assert plan.recipe is None
    assert plan.predicted is None
    (obstacle,) = plan.obstacles
    return f"{obstacle.code}: {obstacle.reason}"


def test_what_weighs_too_little_is_not_answered() -> None:
    facts = facts_of(msgspec.structs.replace(PICTURE, frames=3, orientation=True), "png")
    assert codes(case(facts)) == []
    assert codes(case(facts, RepairOptions(level=Severity.WARNING))) == ["IMG006"]
    assert codes(case(facts, RepairOptions(level=Severity.NOTE))) == ["IMG006", "IMG007"]


def test_nothing_to_answer_is_no_obstacle() -> None:
    plan = plan_case(case(facts_of(PICTURE, "png")))
    assert (plan.is_possible, plan.obstacles, plan.changes) == (False, (), ())


def test_a_format_that_is_not_judged_is_planned_for_with_all_that_is_wrong() -> None:
    media = msgspec.structs.replace(CLIP, duration=Fraction(40), width=320, height=240, pixels=76_800)
    unopened = Facts(Kind.VIDEO, msgspec.structs.replace(FILE, format="webm", integrity=None, kind="video"))
    assert codes(case(unopened)) == ["VID001"]
    known = case(unopened, survey=of_clip(PICTURES, demuxer="matroska", facts=media))
    assert codes(known) == ["VID001", "VID002", "VID004", "VID005"]
    assert [skipped.code for skipped in known.not_judged] == ["FIL005"]
    assert known.streams is not None
    assert known.facts.media == media


@pytest.mark.parametrize("profile", [WAN, KLING])
def test_what_no_rule_can_judge_is_brought_into_a_format_that_they_can(profile: Profile) -> None:
    unopened = Facts(Kind.VIDEO, msgspec.structs.replace(FILE, format="webm", integrity=None, kind="video"))
    survey = of_clip(PICTURES, demuxer="matroska", facts=CLIP)
    planned = case(unopened, profiles=(profile,), survey=survey)
    assert codes(planned) == ["VID001"]
    assert planned.findings[0].severity is Severity.WARNING
    recipe = plan_case(planned).recipe
    assert isinstance(recipe, VideoRecipe)
    assert recipe.format == "mp4"


def test_findings_of_several_profiles_name_theirs() -> None:
    media = msgspec.structs.replace(CLIP, duration=Fraction(40))
    several = case(facts_of(media, "mp4"), RepairOptions(level=Severity.WARNING), profiles=(OURS, KLING))
    assert {finding.profile for finding in several.findings if finding.code == "VID002"} == {
        "seedance-2.0",
        "kling-omni",
    }
    unread = case(Facts(Kind.VIDEO, msgspec.structs.replace(FILE, integrity=None)), profiles=(OURS, KLING))
    assert {skipped.profile for skipped in unread.not_judged} == {"seedance-2.0", "kling-omni"}


def test_a_survey_is_carried_along() -> None:
    survey = Survey(
        salient=(Fraction(0),) * 4,
        scene_changes=(Fraction(1),),
        problem="It is no use.",
        packed=Fraction(1, 2),
    )
    carried = case(facts_of(PICTURE, "avif"), survey=survey)
    assert (carried.salient, carried.scene_changes) == (survey.salient, survey.scene_changes)
    assert carried.packed == survey.packed
    assert only_reason(plan_case(carried)) == "IMG001: It is no use."


def test_damage_that_is_known_is_told_once() -> None:
    damaged = facts_of(CLIP, "mp4", integrity="corrupt")
    plan = plan_case(case(damaged, survey=Survey(problem="It is damaged.")))
    assert only_reason(plan).startswith("FIL005: Parts of the file are damaged")


def test_a_problem_alone_is_nothing_to_answer() -> None:
    assert plan_case(case(facts_of(PICTURE, "png"), survey=Survey(problem="It is no use."))).obstacles == ()


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ({"access": "missing"}, "FIL001: There is no such file"),
        ({"access": "directory"}, "FIL001: It is a folder"),
        ({"access": "denied"}, "FIL001: It may not be read"),
        ({"access": "special"}, "FIL001: It is no regular file"),
        ({"content": "empty"}, "FIL002: The file is empty"),
        ({"content": "lfs-pointer"}, "FIL003: It stands in for a file that Git LFS keeps"),
        ({"content": "not-media"}, "FIL004: It is no media"),
    ],
)
def test_what_is_no_media_has_no_copy(file: dict[str, str], sentence: str) -> None:
    plan = plan_case(case(Facts(file=FileFacts(**file))))  # type: ignore[arg-type]
    assert only_reason(plan).startswith(sentence)
    assert only_reason(plan).endswith(".")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ({"integrity": "truncated"}, "FIL005: The end of the file is missing, and what is lost"),
        ({"integrity": "corrupt"}, "FIL005: Parts of the file are damaged"),
        ({"integrity": "without-content"}, "FIL005: It holds nothing"),
        ({"integrity": "decoder-crashed"}, "FIL005: Decoders crash on it"),
        ({"expansion": "pixels"}, "FIL007: It announces more than is ever decoded"),
        ({"name_agreement": "other-role"}, "FIL006: The declared role needs another kind of media"),
    ],
)
def test_what_is_lost_is_not_brought_back(file: dict[str, str], sentence: str) -> None:
    plan = plan_case(case(facts_of(PICTURE, "png", **file)))
    assert only_reason(plan).startswith(sentence)


@pytest.mark.parametrize(
    ("media", "sentence"),
    [
        ({"codec_support": "encrypted"}, "VID010: It is encrypted"),
        ({"tracks": "none"}, "VID012: There is no video track in it"),
    ],
)
def test_clips_that_cannot_be_read(media: dict[str, str], sentence: str) -> None:
    broken = msgspec.structs.replace(CLIP, **media)
    assert only_reason(plan_case(case(facts_of(broken, "mp4")))).startswith(sentence)


def test_a_wrong_ending_alone_is_mended_by_the_same_bytes() -> None:
    facts = facts_of(PICTURE, "jpeg", extension="mp4", name_agreement="other-kind", sha256="ab")
    plan = plan_case(case(facts))
    assert plan.recipe == CopyRecipe("jpeg")
    assert plan.changes == (
        Change(("FIL006",), "name", ".mp4", ".jpg", "the same bytes under the ending that they need"),
    )
    assert plan.predicted is not None
    assert plan.predicted.media == PICTURE
    file = plan.predicted.file
    assert (file.sha256, file.extension, file.name_agreement, file.bytes) == ("ab", "jpg", "agrees", 100_000)


def test_the_same_bytes_do_not_stay_where_no_metadata_is_wanted() -> None:
    drop = RepairOptions(metadata="drop")
    plan = plan_case(case(facts_of(PICTURE, "jpeg", extension="mp4", name_agreement="other-kind"), drop))
    assert plan.recipe == ImageRecipe(format="jpeg", metadata="drop")
    assert plan.changes[-1].codes == ("FIL006",)
    clip = facts_of(CLIP, "mp4", extension="mp3", name_agreement="other-kind")
    plan = plan_case(case(clip, drop, survey=of_clip(PICTURES)))
    assert isinstance(plan.recipe, VideoRecipe)
    assert (plan.recipe.copy_video, plan.recipe.metadata) == (True, "drop")
    assert plan.changes[-1].codes == ("FIL006",)


RULE = """
[[rule]]
code = "OWN00{number}"
name = "own-{number}"
applies = "image"
severity = "error"
summary = "It is so."
help = "Change it."
{keys}
"""
FORMATS = 'fact = "format"\none_of = ["png", "jpeg"]'
WHEN_PNG = 'fact = "{fact}"\n{bound}\nunit = "{unit}"\nwhen = {{ format = ["png"] }}'


def own(folder: Path, *rules: str) -> Profile:
    head = '[profile]\nname = "own"\ntitle = "Own"\nchecked = 2026-11-23\nsource = "here"\n'
    path = folder / "own.toml"
    path.write_text(
        head + "".join(RULE.format(number=number, keys=keys) for number, keys in enumerate(rules))
    )
    return load_profile(path)


def test_a_copy_in_another_format_answers_the_rules_on_that_one(tmp_path: Path) -> None:
    small = own(tmp_path, FORMATS, WHEN_PNG.format(fact="bytes", bound="max = 50_000", unit="B"))
    plan = plan_case(case(facts_of(PICTURE, "png"), profiles=[small]))
    assert plan.recipe == ImageRecipe(format="jpeg")  # of any number of bytes
    wide = own(tmp_path, FORMATS, WHEN_PNG.format(fact="width", bound="min = 99_000", unit="px"))
    plan = plan_case(case(facts_of(PICTURE, "png"), profiles=[wide]))
    assert plan.recipe == ImageRecipe(format="jpeg")  # as there is no such png
    plan = plan_case(case(facts_of(PICTURE, "bmp"), profiles=[wide]))
    assert plan.recipe == ImageRecipe(format="jpeg")


def test_a_wrong_ending_comes_along_with_what_else_is_wrong() -> None:
    media = msgspec.structs.replace(PICTURE, width=200, stored_width=200, aspect_ratio=Fraction(1, 5))
    facts = facts_of(media, "jpeg", extension="png", name_agreement="other-format")
    plan = plan_case(case(facts, RepairOptions(level=Severity.WARNING)))
    assert isinstance(plan.recipe, ImageRecipe)
    assert plan.predicted is not None
    assert plan.predicted.file.name_agreement == "agrees"


@pytest.mark.parametrize(
    ("file", "answer"),
    [
        ({"second_format": "zip"}, Change(("FIL009",), "hidden archive", "zip", "none", "left out")),
        (
            {"extension": "mov", "name_agreement": "other-format"},
            Change(("FIL006",), "name", ".mov", ".mp4", "the ending of the copy's format"),
        ),
    ],
)
def test_what_any_copy_answers_is_told(file: dict[str, str], answer: Change) -> None:
    long = msgspec.structs.replace(CLIP, duration=Fraction(40), video_duration=Fraction(40), frames=1000)
    several = msgspec.structs.replace(OURS, rules=(*OURS.rules, *OURS.rules))  # each finding comes twice
    facts = facts_of(long, "mp4", **file)
    options = RepairOptions(level=Severity.NOTE)
    plan = plan_case(case(facts, options, profiles=(several,), survey=of_clip(PICTURES)))
    assert isinstance(plan.recipe, VideoRecipe)
    assert [change for change in plan.changes if change.codes == answer.codes] == [answer]


def test_an_address_is_its_hosts_matter() -> None:
    asset = Asset("https://a.example/a.png", "https://a.example/a.png", is_url=True)
    small = msgspec.structs.replace(PICTURE, width=200, stored_width=200, aspect_ratio=Fraction(1, 5))
    link = LinkFacts(reach="reached", content_type_agreement="contradicts", redirects="loop")
    for media in (PICTURE, small):
        facts = facts_of(media, "png")
        linked = Facts(facts.kind, facts.file, link, facts.media)
        planned = case(linked, asset=asset)
        plan = plan_case(planned)
        aside = "A copy does not mend its address: "
        if media is small:
            assert isinstance(plan.recipe, ImageRecipe)
            assert plan.warnings[-1].startswith(aside)
            assert "URL004" not in {finding.code for finding in answered(planned)}
        else:
            assert only_reason(plan).startswith(f"URL004: {aside}")


def test_what_was_never_fetched_has_no_copy() -> None:
    asset = Asset("https://a.example/a.png", "https://a.example/a.png", is_url=True)
    plan = plan_case(case(Facts(link=LinkFacts(reach="not-found")), asset=asset))
    (reason,) = (obstacle.reason for obstacle in plan.obstacles)
    assert reason.startswith("The host")
    assert reason.endswith("it must download the file without a login.")
    assert not plan.warnings


def test_of_what_is_empty_it_does_not_matter_that_another_one_is() -> None:
    facts = Facts(file=FileFacts(access="readable", content="empty", duplicate=True, duplicate_of="b.png"))
    plan = plan_case(case(facts, RepairOptions(level=Severity.WARNING)))
    assert [obstacle.code for obstacle in plan.obstacles] == ["FIL002"]
    assert not plan.warnings


def test_a_duplicate_is_no_reason_for_a_copy() -> None:
    facts = facts_of(PICTURE, "png", duplicate=True, duplicate_of="b.png")
    plan = plan_case(case(facts, RepairOptions(level=Severity.WARNING)))
    assert only_reason(plan).startswith("FIL008: Another asset of this run has the same bytes")


@pytest.mark.parametrize(("format_name", "profiles"), [("wav", (WAN,)), ("flac", (OURS, WAN))])
def test_a_kind_that_is_not_taken_stays_what_it_is(format_name: str, profiles: Sequence[Profile]) -> None:
    media = AudioFacts(duration=Fraction(5), level="audible", encoding="usual", header_agreement="agrees")
    why = "It is of the kind audio, and image or video is asked for: judge it by another profile."
    if len(profiles) > 1:
        why = why.replace(": judge it by another", " by wan-2.7: judge it without that")
    assert only_reason(plan_case(case(facts_of(media, format_name), profiles=profiles))) == f"FIL010: {why}"


def test_limits_that_contradict_each_other_are_obstacles() -> None:
    media = msgspec.structs.replace(CLIP, duration=Fraction(40))
    short = Profile(
        msgspec.structs.replace(OURS.info, name="short"),
        tuple(
            msgspec.structs.replace(rule, min=Fraction(20), max=Fraction(30))
            if rule.code == "VID002"
            else rule
            for rule in OURS.rules
        ),
    )
    plan = plan_case(case(facts_of(media, "mp4"), profiles=(OURS, short), survey=of_clip(PICTURES)))
    reason = only_reason(plan)
    assert reason.startswith(
        "VID002: No duration suits all: seedance-2.0 takes 2 to 15 s (VID002), short takes"
    )


def test_a_clip_is_planned_as_a_clip() -> None:
    media = msgspec.structs.replace(CLIP, duration=Fraction(40), video_duration=Fraction(40), frames=1000)
    planned = case(facts_of(media, "mp4"), survey=of_clip(PICTURES))
    plan = plan_case(planned)
    assert isinstance(plan.recipe, VideoRecipe)
    assert plan.predicted is not None
    found, skipped = judge(planned.asset, plan.predicted, OURS, Policy())
    assert Verdict.PASS is AssetReport(planned.asset, plan.predicted, found, skipped).verdict


@pytest.mark.parametrize("surveyed", [True, False])
def test_a_clip_in_which_there_is_only_sound_is_a_sound(surveyed: bool) -> None:
    media = VideoFacts(
        tracks="none",
        audio_duration=Fraction(5),
        audio_codec="aac",
        audio_sample_rate=48_000,
        audio_channels=2,
    )
    sound = AudioFacts(duration=Fraction(5), codec="aac", sample_rate=48_000, channels=2)
    cover = msgspec.structs.replace(PICTURES, is_cover=True, index=2)
    survey = of_clip(SOUND, cover, facts=sound if surveyed else None)
    planned = case(facts_of(media, "mp4"), survey=survey)
    assert planned.facts.kind is Kind.AUDIO
    assert planned.facts.media == sound
    assert codes(planned) == ["AUD001", "VID012"]
    plan = plan_case(planned)
    assert isinstance(plan.recipe, AudioRecipe)
    assert plan.predicted is not None
    assert (plan.predicted.kind, plan.predicted.file.kind) == (Kind.AUDIO, "audio")


def portrait(role: Role | None = Role.CLOSE_UP) -> tuple[Facts, Asset]:
    facts = facts_of(PICTURE, "png")
    people = PortraitFacts(practice="close-up", shot="half-body", smile=Fraction(9, 10))
    return (
        Facts(facts.kind, facts.file, media=facts.media, faces=FaceFacts(face_count=1), portrait=people),
        Asset("a", "a", role=role),
    )


def test_a_framing_that_was_asked_for_is_answered_whatever_it_weighs() -> None:
    facts, asset = portrait()
    planned = case(facts, asset=asset)
    assert {"POR007", "POR009"} <= set(codes(planned))
    assert [finding.code for finding in answered(planned)] == ["POR009"]  # a smile is not cropped away
    plan = RepairPlan(asset, "a", None, changes=(Change(("POR004",), "framing", "", ""),))
    assert answered(planned, plan) == ()
    facts, asset = portrait(None)
    assert codes(case(facts, asset=asset)) == []
    assert "POR009" in codes(case(facts, RepairOptions(face="largest"), asset=asset))


@pytest.mark.parametrize("faces", [FaceFacts(face_count=0, faces=()), None])
@pytest.mark.parametrize("media", [PICTURE, msgspec.structs.replace(PICTURE, orientation=True)])
@pytest.mark.parametrize("extension", ["png", "jpg"])
def test_that_no_face_was_found_is_said(media: ImageFacts, extension: str, faces: FaceFacts | None) -> None:
    facts = replace(facts_of(media, "png", extension=extension, name_agreement="agrees"), faces=faces)
    plan = plan_case(case(facts, RepairOptions(face="2", level=Severity.NOTE)))
    assert bool(plan.recipe) is media.orientation
    assert plan.obstacles == ()
    assert ("No face was found in it: --face 2 crops nothing." in plan.warnings) is (faces is not None)
    assert not plan_case(case(facts, RepairOptions(level=Severity.NOTE))).warnings


def test_who_is_in_a_clip_stays() -> None:
    facts = facts_of(msgspec.structs.replace(CLIP, duration=Fraction(40)), "mp4")
    several = Facts(
        facts.kind, facts.file, media=facts.media, faces=FaceFacts(face_count=2, faces_detail="2 faces")
    )
    real = Asset("a", "a", group=Group(kind=GroupKind.REAL_HUMAN))
    assert only_reason(plan_case(case(several, asset=real, survey=of_clip(PICTURES)))).startswith(
        "POR001: 2 faces"
    )
    warned = plan_case(case(several, asset=Asset("a", "a", role=Role.PORTRAIT), survey=of_clip(PICTURES)))
    assert isinstance(warned.recipe, VideoRecipe)
    assert any(
        "2 faces" in sentence and "what a clip shows stays" in sentence for sentence in warned.warnings
    )


def test_another_person_stays_another() -> None:
    facts = facts_of(PICTURE, "png")
    other = Facts(
        facts.kind,
        facts.file,
        media=facts.media,
        faces=FaceFacts(face_count=1),
        likeness=LikenessFacts(face_distance=Fraction(9, 10)),
    )
    real = Asset("a", "a", group=Group(kind=GroupKind.REAL_HUMAN))
    assert only_reason(plan_case(case(other, asset=real))).startswith("GRP001: It shows another person")
