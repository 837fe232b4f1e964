"""The profiles of other services: each limit as it was written down, met and missed by a hair."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.findings import Severity, Verdict, verdict_of
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
    VideoFacts,
)
from validator.profile import Profile, load_profile, read_profile_file, rules_directory, shipped_profiles
from validator.quantity import exact
from validator.rule import Rule
from validator.rule_check import rule_problem

OTHERS = ("runway", "ltx", "kling-omni", "hailuo-02", "wan-2.7", "vidu", "seedance-upstream")
PROFILES = {name: load_profile(name) for name in shipped_profiles()}
ERROR, WARNING = Severity.ERROR, Severity.WARNING

MEDIA: Mapping[Kind, type[MediaFacts]] = {
    Kind.IMAGE: ImageFacts,
    Kind.VIDEO: VideoFacts,
    Kind.AUDIO: AudioFacts,
}
REAL_HUMAN, VIRTUAL = Group(GroupKind.REAL_HUMAN), Group(GroupKind.VIRTUAL)


def media(kind: Kind, /, **values: Any) -> Facts:
    of_file = {name: values.pop(name) for name in tuple(values) if name in FileFacts.__struct_fields__}
    return Facts(kind, FileFacts(kind=kind.value, **of_file), media=MEDIA[kind](**values))


def image(**values: Any) -> Facts:
    return media(Kind.IMAGE, **values)


def video(**values: Any) -> Facts:
    return media(Kind.VIDEO, **values)


def audio(**values: Any) -> Facts:
    return media(Kind.AUDIO, **values)


def picture(width: int, height: int) -> Facts:
    ratio = Fraction(width, height)
    return image(width=width, height=height, short_side=min(width, height), aspect_ratio=ratio)


def frame(width: int, height: int) -> Facts:
    return video(width=width, height=height, aspect_ratio=Fraction(width, height), pixels=width * height)


def link(**values: Any) -> Facts:
    return Facts(link=LinkFacts(**values))


class Case(NamedTuple):
    """What one rule finds: `found` is a severity, `None` where it passes, or why it is not judged."""

    profile: str
    code: str
    facts: Facts
    found: Severity | str | None
    group: Group | None = None


def _links(name: str) -> Iterator[Case]:
    for scheme, found in (("https", None), ("http", ERROR), ("other", ERROR), ("malformed", ERROR)):
        yield Case(name, "URL001", link(scheme=scheme), found)
    for redirects in ("followed", "too-many", "loop", "downgrade", "broken"):
        yield Case(name, "URL004", link(redirects=redirects), ERROR)
    yield Case(name, "URL004", link(redirects="none"), None)
    yield Case(name, "URL010", link(transfer="complete"), None)
    for transfer in ("short", "long", "over-cap", "changed", "damaged", "packed"):
        yield Case(name, "URL010", link(transfer=transfer), ERROR)
    yield Case(name, "URL013", link(host_kind="name"), None)
    yield Case(name, "URL013", link(host_kind="address"), ERROR)


def _sizes(
    name: str, kind: Kind, code: str, most: int, found: Severity, *, is_open: bool = False
) -> Iterator[Case]:
    """The last size that passes, and the next one."""
    last = most - 1 if is_open else most
    yield Case(name, code, media(kind, bytes=last), None)
    yield Case(name, code, media(kind, bytes=last + 1), found)


def _formats(
    name: str, kind: Kind, taken: str, refused: str, found: Severity, variants: str = ""
) -> Iterator[Case]:
    code = {Kind.IMAGE: "IMG001", Kind.VIDEO: "VID001", Kind.AUDIO: "AUD001"}[kind]
    for format_name in taken.split():
        yield Case(name, code, media(kind, format=format_name), None)
    for format_name in refused.split():
        yield Case(name, code, media(kind, format=format_name), found)
    for format_name in variants.split():
        yield Case(name, code, media(kind, format=format_name), WARNING)


def _unknown(name: str, taken: str) -> Iterator[Case]:
    """The kinds of media that a profile has limits for, and those that it has none for."""
    for kind in Kind:
        words = taken.replace(" ", " or ")
        why = f"the kind of media is {kind}, not {words}: nothing is known of others"
        yield Case(name, "FIL010", media(kind), None if kind in taken.split() else why)


def _ratios(
    name: str, code: str, shape: Any, wide: tuple[int, int], step: int, found: Severity
) -> Iterator[Case]:
    """The widest picture that passes, and the same turned; one `step` wider, and the same turned."""
    width, height = wide
    for size, expected in ((width, None), (width + step, found)):
        yield Case(name, code, shape(size, height), expected)
        yield Case(name, code, shape(height, size), expected)


def _runway() -> Iterator[Case]:
    name = "runway"
    yield from _links(name)
    for agreement, found in (("agrees", None), ("missing", ERROR), ("contradicts", ERROR)):
        yield Case(name, "URL006", link(content_type_agreement=agreement), found)
    yield Case(name, "URL014", link(url_length=2048), None)
    yield Case(name, "URL014", link(url_length=2049), ERROR)
    for head, level in (
        ("answered", None),
        ("incomplete", WARNING),
        ("contradicts", WARNING),
        ("redirected", ERROR),
        ("refused", ERROR),
    ):
        yield Case(name, "URL015", link(head=head), level)
    yield Case(name, "URL016", link(content_length="announced"), None)
    yield Case(name, "URL016", link(content_length="missing"), ERROR)
    yield from _formats(name, Kind.IMAGE, "jpeg png webp", "gif heic bmp tiff avif", ERROR, "mpo apng")
    yield from _sizes(name, Kind.IMAGE, "IMG004", 16_000_000, ERROR)
    yield from _sizes(name, Kind.VIDEO, "VID007", 32_000_000, ERROR)
    yield from _sizes(name, Kind.AUDIO, "AUD003", 32_000_000, ERROR)


def _ltx() -> Iterator[Case]:
    name = "ltx"
    yield from _links(name)
    yield from _formats(name, Kind.IMAGE, "png jpeg webp", "gif bmp tiff heic heif avif", ERROR, "mpo apng")
    yield from _sizes(name, Kind.IMAGE, "IMG004", 15_000_000, ERROR)
    yield from _formats(name, Kind.VIDEO, "mp4 mov mkv", "webm avi 3gp", ERROR, "m4v")
    yield from _sizes(name, Kind.VIDEO, "VID007", 32_000_000, ERROR)
    levels = {"usual": None, "unusual": ERROR, "encrypted": ERROR}
    levels |= dict.fromkeys(("ten-bit", "hdr", "interlaced"), WARNING)
    for support, found in levels.items():
        yield Case(name, "VID010", video(codec_support=support), found)
    yield from _sizes(name, Kind.AUDIO, "AUD003", 32_000_000, ERROR)


def _kling() -> Iterator[Case]:
    name = "kling-omni"
    yield from _unknown(name, "image video")
    yield from _formats(name, Kind.IMAGE, "jpeg png", "webp gif bmp tiff heic", WARNING, "mpo apng")
    yield from _sizes(name, Kind.IMAGE, "IMG004", 10_000_000, WARNING)
    yield from _ratios(name, "IMG002", picture, (1000, 400), 1, WARNING)
    for size, found in ((300, None), (299, WARNING)):
        yield Case(name, "IMG003", picture(size, 400), found)
        yield Case(name, "IMG003", picture(400, size), found)
    yield from _formats(name, Kind.VIDEO, "mp4 mov", "mkv webm avi", WARNING, "m4v")
    for duration, found in (("3", None), ("2999/1000", WARNING), ("10", None), ("10001/1000", WARNING)):
        yield Case(name, "VID002", video(duration=Fraction(duration)), found)
    for width, found in ((720, None), (719, WARNING), (2160, None), (2161, WARNING)):
        yield Case(name, "VID004", frame(width, 1080), found)
        yield Case(name, "VID004", frame(1080, width), found)
    for rate, found in (("24", None), ("24000/1001", WARNING), ("60", None), ("60001/1000", WARNING)):
        yield Case(name, "VID006", video(frame_rate=Fraction(rate)), found)
    yield from _sizes(name, Kind.VIDEO, "VID007", 200_000_000, WARNING)
    yield Case(name, "VID009", video(frame_rate_mode="constant"), None)
    yield Case(name, "VID009", video(frame_rate_mode="variable"), WARNING)


def _hailuo() -> Iterator[Case]:
    name = "hailuo-02"
    yield from _unknown(name, "image")
    yield from _formats(name, Kind.IMAGE, "jpeg png webp", "gif bmp tiff heic", WARNING, "mpo apng")
    yield from _sizes(name, Kind.IMAGE, "IMG004", 20_000_000, WARNING, is_open=True)
    yield from _ratios(name, "IMG002", picture, (1000, 400), 1, WARNING)
    for size, found in ((301, None), (300, WARNING), (299, WARNING)):
        yield Case(name, "IMG003", picture(size, 400), found)
        yield Case(name, "IMG003", picture(400, size), found)


def _wan() -> Iterator[Case]:
    name = "wan-2.7"
    yield from _unknown(name, "image video")
    yield from _formats(name, Kind.IMAGE, "jpeg png bmp webp", "gif tiff heic", WARNING, "mpo apng")
    yield from _sizes(name, Kind.IMAGE, "IMG004", 20_000_000, WARNING)
    yield from _ratios(name, "IMG002", picture, (2400, 300), 1, WARNING)
    for size, found in ((240, None), (239, WARNING), (8000, None), (8001, WARNING)):
        yield Case(name, "IMG003", picture(size, 1000), found)
        yield Case(name, "IMG003", picture(1000, size), found)
    for format_name, alpha, found in (
        ("png", False, None),
        ("png", True, WARNING),
        ("apng", True, WARNING),
        ("webp", True, None),
    ):
        yield Case(name, "IMG010", image(format=format_name, alpha=alpha), found)
    yield from _formats(name, Kind.VIDEO, "mp4 mov", "mkv webm avi", WARNING, "m4v")
    for duration, found in (("2", None), ("1999/1000", WARNING), ("10", None), ("10001/1000", WARNING)):
        yield Case(name, "VID002", video(duration=Fraction(duration)), found)
    yield from _ratios(name, "VID003", frame, (1920, 240), 2, WARNING)
    for size, found in ((240, None), (239, WARNING), (4096, None), (4097, WARNING)):
        yield Case(name, "VID004", frame(size, 1000), found)
        yield Case(name, "VID004", frame(1000, size), found)
    yield from _sizes(name, Kind.VIDEO, "VID007", 100_000_000, WARNING)


def _vidu() -> Iterator[Case]:
    name = "vidu"
    yield from _unknown(name, "image")
    yield from _formats(name, Kind.IMAGE, "jpeg png webp", "gif bmp tiff heic", ERROR, "mpo apng")
    yield from _sizes(name, Kind.IMAGE, "IMG004", 50_000_000, ERROR, is_open=True)
    yield from _ratios(name, "IMG002", picture, (1600, 400), 1, ERROR)


def _upstream() -> Iterator[Case]:
    name = "seedance-upstream"
    for duration, found in (("2", None), ("1999/1000", ERROR), ("30", None), ("30001/1000", ERROR)):
        yield Case(name, "VID002", video(duration=Fraction(duration)), found)
    for pixels, found in ((407_696, None), (407_695, ERROR), (8_295_044, None), (8_295_045, ERROR)):
        yield Case(name, "VID005", video(pixels=pixels), found)
    yield Case(name, "VID005", frame(3840, 2160), None)
    yield Case(name, "VID005", frame(848, 480), ERROR)
    yield from _sizes(name, Kind.VIDEO, "VID007", 200_000_000, ERROR)
    for duration, found in (("1999/1000", None), ("15", None), ("15001/1000", ERROR)):
        yield Case(name, "VID013", video(duration=Fraction(duration)), found, REAL_HUMAN)
        yield Case(name, "VID013", video(duration=Fraction(duration)), None, VIRTUAL)
    for size, found in ((50_000_000, None), (50_000_001, ERROR)):
        yield Case(name, "VID014", video(bytes=size), found, REAL_HUMAN)
        yield Case(name, "VID014", video(bytes=size), None, VIRTUAL)
    for format_name, found in (("jpeg", None), ("bmp", WARNING), ("tiff", WARNING), ("bigtiff", WARNING)):
        yield Case(name, "IMG011", image(format=format_name), found, REAL_HUMAN)
        yield Case(name, "IMG011", image(format=format_name), None, VIRTUAL)
        yield Case(name, "IMG011", image(format=format_name), None)


CASES = (*_runway(), *_ltx(), *_kling(), *_hailuo(), *_wan(), *_vidu(), *_upstream())


def outcome(case: Case) -> Severity | str | None:
    """What a rule of a profile says: a severity, nothing, or why it is not judged."""
    profile = PROFILES[case.profile]
    asset = Asset("a", "a", group=case.group)
    found, skipped = judge(asset, case.facts, profile, Policy(codes=frozenset({case.code})))
    severities = {finding.severity for finding in found}
    assert len(severities) <= 1
    return next(iter(severities), None) or next((each.reason for each in skipped), None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.profile}-{case.code}")
def test_a_limit_holds_exactly(case: Case) -> None:
    assert outcome(case) == case.found


def own_rules(profile: Profile) -> dict[str, Rule]:
    """What a profile says itself, added or changed."""
    file = read_profile_file(rules_directory() / f"{profile.info.name}.toml")
    codes = [rule.code for rule in file.rule] + [code for change in file.change for code in change.codes]
    return {code: profile[code] for code in codes}


@pytest.mark.parametrize("name", PROFILES)
def test_every_rule_makes_sense(name: str) -> None:
    rules = {rule.code: rule for rule in PROFILES[name].rules}
    assert {code: rule_problem(rule, rules) for code, rule in rules.items()} == dict.fromkeys(rules, "")


@pytest.mark.parametrize("name", OTHERS)
def test_every_rule_of_its_own_is_met_and_missed(name: str) -> None:
    passed = {case.code for case in CASES if case.profile == name and case.found is None}
    broken = {case.code for case in CASES if case.profile == name and case.found is not None}
    assert passed == broken == own_rules(PROFILES[name]).keys()


def test_a_rule_without_a_case_would_be_noticed() -> None:
    assert "URL013" in own_rules(PROFILES["runway"])
    assert "FIL001" not in own_rules(PROFILES["runway"])


def test_all_that_are_shipped_are_here() -> None:
    assert set(shipped_profiles()) == {"media", "seedance-2.0", *OTHERS}


class TestSources:
    def test_the_page_is_the_source_of_what_it_speaks_of_and_of_nothing_else(self) -> None:
        ours, everybodys = PROFILES["seedance-2.0"], PROFILES["media"]
        page = ours.info.source
        assert {code for code in everybodys.codes if ours[code].source == page} == {
            "FIL004",  # "Formats"
            "URL001",  # "provided as a publicly accessible URL"
            "URL002",
            "URL003",
            "URL010",  # the sizes
        }
        assert {ours[code].source for code in everybodys.codes} == {page, everybodys.info.source}

    @pytest.mark.parametrize("name", OTHERS)
    def test_a_limit_names_its_source_and_what_is_inherited_keeps_its_own(self, name: str) -> None:
        profile, own = PROFILES[name], own_rules(PROFILES[name])
        base = PROFILES["seedance-2.0" if name == "seedance-upstream" else "media"]
        for rule in profile.rules:
            if rule.code not in own:
                assert rule == base[rule.code]
            elif rule.code in base.codes and not _differs_in_limits(rule, base[rule.code]):
                assert rule.source == base[rule.code].source
            elif rule.code not in ("VID013", "VID014"):  # the documented limits of another source
                assert rule.source.startswith(("http", "a reseller", "resellers", "the server's text"))
                others = ("specification", "the service's own reference")
                assert rule.source.startswith(profile.info.source) or any(
                    words in rule.source for words in others
                )

    @pytest.mark.parametrize("name", OTHERS)
    def test_what_only_others_tell_is_a_warning_unless_the_service_refuses_it_too(self, name: str) -> None:
        profile = PROFILES[name]
        heavy = {
            code
            for code, rule in own_rules(profile).items()
            if ERROR in (rule.severity, *rule.levels.values()) and not rule.unknown_outside
        }
        if profile.grade == "documented":
            assert heavy == {code for code in own_rules(profile) if code != "FIL010"}
        else:
            documented = PROFILES["seedance-2.0"]
            wider = {code for code in heavy if profile[code].source != documented.info.source}
            assert wider == ({"VID002", "VID005", "VID007"} if name == "seedance-upstream" else set())
            for code in wider:  # whatever lies outside is outside of the documented limits as well
                ours, theirs = profile[code], documented[code]
                assert (ours.min is None) == (theirs.min is None)
                assert ours.min is None or theirs.min is None or ours.min <= theirs.min
                assert ours.max is not None
                assert theirs.max is not None
                assert ours.max > theirs.max

    def test_who_says_so_is_told_apart(self) -> None:
        documented = {name for name, profile in PROFILES.items() if profile.grade == "documented"}
        assert documented == {"media", "seedance-2.0", "runway", "ltx", "vidu"}

    @pytest.mark.parametrize("name", sorted(PROFILES))
    def test_each_was_compared_on_a_day_that_has_been(self, name: str) -> None:
        checked = datetime.date.fromisoformat(PROFILES[name].info.checked)
        assert checked >= datetime.date(2026, 11, 22)

    @pytest.mark.parametrize("name", sorted(PROFILES))
    def test_the_name_is_that_of_the_file(self, name: str) -> None:
        assert PROFILES[name].info.name == name
        assert PROFILES[name].info.title


def _differs_in_limits(rule: Rule, other: Rule) -> bool:
    limits = ("min", "max", "open", "bounds", "one_of", "levels")
    return any(getattr(rule, key) != getattr(other, key) for key in limits)


class TestTogether:
    def test_the_same_code_means_the_same_thing(self) -> None:
        names = {rule.code: {rule.name} for rule in PROFILES["seedance-2.0"].rules}
        subjects = {rule.code: {rule.applies} for rule in PROFILES["seedance-2.0"].rules}
        for profile in PROFILES.values():
            for rule in profile.rules:
                names.setdefault(rule.code, set()).add(rule.name)
                subjects.setdefault(rule.code, set()).add(rule.applies)
        assert {code for code, found in names.items() if len(found) > 1} == set()
        assert {code for code, found in subjects.items() if len(found) > 1} == set()

    @pytest.mark.parametrize("name", [name for name in OTHERS if name != "seedance-upstream"])
    def test_nothing_of_the_asset_library_is_asked_of_other_services(self, name: str) -> None:
        assert {rule.code[:3] for rule in PROFILES[name].rules} <= {"FIL", "URL", "IMG", "VID", "AUD"}
        assert not any(rule.prevents for rule in PROFILES[name].rules), "the error codes of another service"

    def test_upstream_is_the_documented_library_but_for_videos_and_groups_of_real_people(self) -> None:
        ours, documented = PROFILES["seedance-upstream"], PROFILES["seedance-2.0"]
        assert set(ours.codes) - set(documented.codes) == {"IMG011", "VID013", "VID014"}
        changed = {code for code in documented.codes if ours[code] != documented[code]}
        assert changed == {"VID002", "VID005", "VID007"}
        for code in changed:
            assert ours[code].prevents == documented[code].prevents

    @pytest.mark.parametrize("name", ["hailuo-02", "vidu"])
    def test_a_clip_is_not_said_to_pass_where_only_pictures_are_known(self, name: str) -> None:
        policy = Policy(codes=frozenset({"FIL010", "IMG001", "IMG004"}))
        asset = Asset("a", "a")
        assert verdict_of(*judge(asset, video(format="mp4"), PROFILES[name], policy)) is Verdict.UNJUDGED
        good = image(format="png", bytes=1000)
        assert verdict_of(*judge(asset, good, PROFILES[name], policy)) is Verdict.PASS


SIDES = st.integers(1, 10_000)


class TestArithmetic:
    """Ratios by whole numbers alone: a:b lies within p:q and q:p where a·q ≤ b·p and b·q ≤ a·p."""

    @pytest.mark.parametrize(
        ("name", "code", "wide", "high"),
        [
            ("kling-omni", "IMG002", 5, 2),
            ("hailuo-02", "IMG002", 5, 2),
            ("wan-2.7", "IMG002", 8, 1),
            ("wan-2.7", "VID003", 8, 1),
            ("vidu", "IMG002", 4, 1),
        ],
    )
    @given(width=SIDES, height=SIDES)
    def test_ratios(self, name: str, code: str, wide: int, high: int, width: int, height: int) -> None:
        facts = (frame if code.startswith("VID") else picture)(width, height)
        passes = width * high <= height * wide and height * high <= width * wide
        assert (outcome(Case(name, code, facts, None)) is None) is passes

    @given(width=SIDES, height=SIDES)
    def test_turning_a_picture_changes_nothing(self, width: int, height: int) -> None:
        for name in ("kling-omni", "hailuo-02", "wan-2.7", "vidu"):
            for code in ("IMG002", "IMG003"):
                if code in PROFILES[name].codes:
                    upright = outcome(Case(name, code, picture(width, height), None))
                    assert outcome(Case(name, code, picture(height, width), None)) == upright

    @given(size=st.integers(0, 60_000_000))
    def test_sizes_in_whole_bytes(self, size: int) -> None:
        for name, most, is_open in (
            ("runway", 16_000_000, False),
            ("ltx", 15_000_000, False),
            ("kling-omni", 10_000_000, False),
            ("hailuo-02", 20_000_000, True),
            ("wan-2.7", 20_000_000, False),
            ("vidu", 50_000_000, True),
        ):
            passes = size < most if is_open else size <= most
            assert (outcome(Case(name, "IMG004", image(bytes=size), None)) is None) is passes

    def test_a_bound_that_is_outside_is_said_to_be(self) -> None:
        profile, facts = PROFILES["hailuo-02"], picture(300, 400)
        found, _ = judge(Asset("a", "a"), facts, profile, Policy(codes=frozenset({"IMG003"})))
        assert [finding.message for finding in found] == [
            "The short side is 300 px: exactly on the minimum of 300 px, which is itself outside (300x400)."
        ]

    def test_how_mb_is_read_is_said_where_it_decides(self) -> None:
        profile, facts = PROFILES["runway"], image(bytes=16_500_000)
        found, _ = judge(Asset("a", "a"), facts, profile, Policy(codes=frozenset({"IMG004"})))
        assert (
            "We read MB as 1,000,000 bytes; read as 1,048,576 bytes, 16 MB would hold it." in found[0].message
        )

    @pytest.mark.parametrize("name", OTHERS)
    def test_limits_are_exact(self, name: str) -> None:
        for rule in PROFILES[name].rules:
            for bound in (rule.min, rule.max):
                assert bound is None or Fraction(exact(bound)) == bound


def test_a_profile_is_data_alone() -> None:
    """Whatever a profile of ours says can be said by a file of a user's own."""
    for path in rules_directory().glob("*.toml"):
        assert (
            msgspec.structs.replace(load_profile(path), info=PROFILES[path.stem].info) == PROFILES[path.stem]
        )
