"""Facts against limits: exact on every bound, and honest about what could not be measured."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.findings import Finding, NotJudged, Severity
from validator.generation import LibraryFacts, ReferenceFacts, RequestFacts
from validator.judge import Limits, Policy, judge
from validator.model import (
    Asset,
    AudioFacts,
    Facts,
    FactValue,
    FileFacts,
    Group,
    GroupKind,
    ImageFacts,
    Kind,
    LinkFacts,
    MediaFacts,
    Role,
    VideoFacts,
    fact_table,
)
from validator.people import Box, Face, FaceFacts, LikenessFacts, PortraitFacts, Practice
from validator.profile import Profile, default_profile
from validator.quantity import exact, parse_number
from validator.rule import Bounds, Observed, Rule, Weighs, When, within

PROFILE = default_profile()
ASSET = Asset("clip", "clip")
DOCUMENTED, OBSERVED = Policy(), Policy(limits=Limits.OBSERVED)
FRACTIONS = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**5)
MEDIA: Mapping[Kind, type[MediaFacts]] = {
    Kind.IMAGE: ImageFacts,
    Kind.VIDEO: VideoFacts,
    Kind.AUDIO: AudioFacts,
}


def facts_of(kind: Kind, /, **values: object) -> Facts:
    """Facts of one kind; those of the file are told apart by their names."""
    of_file = {key: values.pop(key) for key in tuple(values) if key in FileFacts.__struct_fields__}
    return Facts(kind=kind, file=FileFacts(**of_file), media=MEDIA[kind](**values))  # type: ignore[arg-type]


def errors(facts: Facts, policy: Policy = DOCUMENTED, profile: Profile = PROFILE) -> list[str]:
    found, _ = judge(ASSET, facts, profile, policy)
    return [each.code for each in found if each.severity is Severity.ERROR]


def warnings(facts: Facts, policy: Policy = DOCUMENTED) -> list[str]:
    found, _ = judge(ASSET, facts, PROFILE, policy)
    return [each.code for each in found if each.severity is Severity.WARNING]


def only(facts: Facts, code: str, profile: Profile = PROFILE, **policy: object) -> Finding | None:
    """The finding of one rule, if there is one."""
    chosen = Policy(codes=frozenset({code}), **policy)  # type: ignore[arg-type]
    found, _ = judge(ASSET, facts, profile, chosen)
    return found[0] if found else None


def video(width: int, height: int) -> Facts:
    return facts_of(
        Kind.VIDEO, width=width, height=height, pixels=width * height, aspect_ratio=Fraction(width, height)
    )


def image(width: int, height: int) -> Facts:
    return facts_of(Kind.IMAGE, width=width, height=height, aspect_ratio=Fraction(width, height))


def seconds(kind: Kind, text: str) -> Facts:
    return facts_of(kind, duration=parse_number(text))


# The boundary cases of the documented limits: facts, errors, warnings, errors where observed limits decide.
BOUNDARIES = {
    "640x640 is 409,600 pixels exactly": (video(640, 640), [], [], []),
    "640x639": (video(640, 639), ["VID005"], [], []),
    "848x480 is called 480p and is too small": (video(848, 480), ["VID005"], [], ["VID005"]),
    "852x480": (video(852, 480), ["VID005"], [], []),
    "854x480": (video(854, 480), [], [], []),
    "1920x1080": (video(1920, 1080), [], [], []),
    "1920x1088 is called 1080p and is too large": (video(1920, 1088), ["VID005"], [], []),
    "2206x946 is 2,086,876 pixels exactly": (video(2206, 946), [], [], []),
    "2207x946": (video(2207, 946), ["VID005"], [], []),
    "3840x2160": (video(3840, 2160), ["VID005"], [], []),
    "video ratio 0.4": (video(600, 1500), [], [], []),
    "video ratio 2.5": (video(1920, 768), [], [], []),
    "video ratio a pixel beyond 2.5": (video(1921, 768), ["VID003"], [], ["VID003"]),
    "video ratio a pixel beyond 0.4": (video(600, 1501), ["VID003"], [], ["VID003"]),
    "video side 299": (video(299, 747), ["VID004", "VID005"], [], ["VID004", "VID005"]),
    "video 1.99 s": (seconds(Kind.VIDEO, "1.99"), ["VID002"], [], []),
    "video 2 s": (seconds(Kind.VIDEO, "2"), [], [], []),
    "video 15 s": (seconds(Kind.VIDEO, "15"), [], [], []),
    "video 15.01 s": (seconds(Kind.VIDEO, "15.01"), ["VID002"], [], []),
    "video 15.2 s": (seconds(Kind.VIDEO, "15.2"), ["VID002"], [], []),
    "video 15.21 s": (seconds(Kind.VIDEO, "15.21"), ["VID002"], [], ["VID002"]),
    "video 1.8 s": (seconds(Kind.VIDEO, "1.8"), ["VID002"], [], []),
    "video 1.79 s": (seconds(Kind.VIDEO, "1.79"), ["VID002"], [], ["VID002"]),
    "sound 1.99 s": (seconds(Kind.AUDIO, "1.99"), ["AUD002"], [], []),
    "sound 2 s": (seconds(Kind.AUDIO, "2"), [], [], []),
    "sound 15 s": (seconds(Kind.AUDIO, "15"), [], [], []),
    "sound a sample beyond 15 s": (seconds(Kind.AUDIO, "720001/48000"), ["AUD002"], [], []),
    "23.976 fps": (facts_of(Kind.VIDEO, frame_rate=Fraction(24000, 1001)), ["VID006"], [], []),
    "23.7 fps": (facts_of(Kind.VIDEO, frame_rate=Fraction("23.7")), ["VID006"], [], ["VID006"]),
    "24 fps": (facts_of(Kind.VIDEO, frame_rate=Fraction(24)), [], [], []),
    "60 fps": (facts_of(Kind.VIDEO, frame_rate=Fraction(60)), [], [], []),
    "60.1 fps": (facts_of(Kind.VIDEO, frame_rate=Fraction(601, 10)), ["VID006"], [], ["VID006"]),
    "image 299": (image(299, 400), ["IMG003"], [], ["IMG003"]),
    "image 300": (image(300, 400), [], ["IMG005"], []),
    "image 300x300": (image(300, 300), [], ["IMG005", "IMG005"], []),
    "image 301": (image(301, 400), [], [], []),
    "image 5999": (image(5999, 4000), [], [], []),
    "image 6000": (image(6000, 4000), [], ["IMG005"], []),
    "image 6001": (image(6001, 4000), ["IMG003"], [], ["IMG003"]),
    "image ratio 0.4": (image(400, 1000), [], ["IMG005"], []),
    "image ratio 2.5": (image(1000, 400), [], ["IMG005"], []),
    "image 6000x2400, side and ratio on a bound": (image(6000, 2400), [], ["IMG005", "IMG005"], []),
    "image ratio a pixel beyond 2.5": (image(1001, 400), ["IMG002"], [], ["IMG002"]),
    "image ratio a pixel beyond 0.4": (image(400, 1001), ["IMG002"], [], ["IMG002"]),
    "image of 29,999,999 bytes": (facts_of(Kind.IMAGE, bytes=29_999_999), [], [], []),
    "image of 30 MB": (facts_of(Kind.IMAGE, bytes=30_000_000), ["IMG004"], [], ["IMG004"]),
    "video of 50 MB": (facts_of(Kind.VIDEO, bytes=50_000_000), [], [], []),
    "video of 50 MB and a byte": (facts_of(Kind.VIDEO, bytes=50_000_001), ["VID007"], [], []),
    "video of 200 MB and a byte": (facts_of(Kind.VIDEO, bytes=200_000_001), ["VID007"], [], ["VID007"]),
    "sound of 15 MB": (facts_of(Kind.AUDIO, bytes=15_000_000), [], [], []),
    "sound of 15 MB and a byte": (facts_of(Kind.AUDIO, bytes=15_000_001), ["AUD003"], [], ["AUD003"]),
}


@pytest.mark.parametrize("case", BOUNDARIES)
def test_boundary_cases(case: str) -> None:
    facts, documented, warned, observed = BOUNDARIES[case]
    assert errors(facts) == documented
    assert warnings(facts) == warned
    assert errors(facts, OBSERVED) == observed
    lowered = set(documented) - set(observed)
    assert lowered <= set(warnings(facts, OBSERVED)), "what is lowered is still reported"


def bounded_rule(
    low: Fraction | None, high: Fraction | None, *, is_open: bool = False, observed: Observed | None = None
) -> Profile:
    """A profile of one rule over a video's duration."""
    rule = msgspec.structs.replace(
        PROFILE["VID002"], min=low, max=high, open=is_open, observed=observed, shows=(), against=""
    )
    return msgspec.structs.replace(PROFILE, rules=(rule,))


class TestBounds:
    @given(FRACTIONS, st.none() | FRACTIONS, st.none() | FRACTIONS, st.booleans())
    def test_a_value_within_has_no_finding_and_any_other_has_one(
        self, value: Fraction, low: Fraction | None, high: Fraction | None, is_open: bool
    ) -> None:
        if low is None:
            high = value if high is None else high
        elif high is not None:
            low, high = min(low, high), max(low, high)
        profile = bounded_rule(low, high, is_open=is_open)
        found = only(facts_of(Kind.VIDEO, duration=value), "VID002", profile)
        assert (found is None) is within(value, low, high, open_bounds=is_open)

    @given(FRACTIONS, FRACTIONS, FRACTIONS)
    def test_what_is_measured_and_by_how_much_it_is_off_give_the_bound_exactly(
        self, value: Fraction, one: Fraction, other: Fraction
    ) -> None:
        low, high = min(one, other), max(one, other)
        found = only(facts_of(Kind.VIDEO, duration=value), "VID002", bounded_rule(low, high))
        if found is None:
            return
        assert parse_number(found.measured.exact) == value
        assert found.limit.by is not None
        by = parse_number(found.limit.by)
        assert by > 0
        assert value + by == low if found.limit.side == "below" else value - by == high

    @given(FRACTIONS, FRACTIONS)
    def test_an_open_bound_is_outside_by_nothing(self, one: Fraction, other: Fraction) -> None:
        low, high = min(one, other), max(one, other)
        profile = bounded_rule(low, high, is_open=True)
        for bound, side in ((low, "below"), (high, "above")):
            found = only(facts_of(Kind.VIDEO, duration=bound), "VID002", profile)
            assert found is not None
            assert found.limit.by == "0"
            assert found.limit.open
            assert found.limit.side == (side if low != high else "below")

    @given(st.integers(1, 20_000), st.integers(1, 20_000))
    def test_ratios_are_compared_as_fractions_never_as_floats(self, width: int, height: int) -> None:
        facts = facts_of(Kind.VIDEO, aspect_ratio=Fraction(width, height))
        fine = 4 * height <= 10 * width and 10 * width <= 25 * height
        assert (only(facts, "VID003") is None) is fine

    @given(st.integers(0, 10**8))
    def test_file_sizes(self, size: int) -> None:
        assert (only(facts_of(Kind.IMAGE, bytes=size), "IMG004") is None) is (size < 30_000_000)
        assert (only(facts_of(Kind.VIDEO, bytes=size), "VID007") is None) is (size <= 50_000_000)
        assert (only(facts_of(Kind.AUDIO, bytes=size), "AUD003") is None) is (size <= 15_000_000)

    def test_each_side_has_a_finding_of_its_own(self) -> None:
        found, _ = judge(ASSET, image(200, 7000), PROFILE, Policy(codes=frozenset({"IMG003"})))
        assert [(each.measured.fact, each.limit.side, each.limit.by) for each in found] == [
            ("width", "below", "100"),
            ("height", "above", "1000"),
        ]

    def test_the_help_is_that_of_the_side(self) -> None:
        too_small, too_large = only(image(200, 400), "IMG003"), only(image(7000, 6000), "IMG003")
        assert too_small is not None
        assert too_large is not None
        assert too_small.help == PROFILE["IMG003"].help_below
        assert too_large.help == PROFILE["IMG003"].help_above

    def test_a_side_without_help_of_its_own_has_the_rules(self) -> None:
        found = only(facts_of(Kind.IMAGE, bytes=10**9), "IMG004")
        assert found is not None
        assert found.help == PROFILE["IMG004"].help

    def test_a_finding_tells_the_whole_limit(self) -> None:
        found = only(facts_of(Kind.VIDEO, frame_rate=Fraction(24000, 1001)), "VID006")
        assert found is not None
        assert msgspec.to_builtins(found.measured) == {
            "fact": "frame_rate",
            "value": float(Fraction(24000, 1001)),
            "exact": "24000/1001",
            "unit": "fps",
        }
        assert msgspec.to_builtins(found.limit) == {
            "min": "24",
            "max": "60",
            "unit": "fps",
            "side": "below",
            "by": "24/1001",
            "source": PROFILE.info.source,
            "observed": "23.8–60 (server message quoted by third parties)",
        }
        assert found.prevents == ("FpsTooLow", "FpsTooHigh")


class TestOnBound:
    def test_the_finding_is_about_the_fact_and_names_the_open_interval(self) -> None:
        found = only(image(300, 400), "IMG005")
        assert found is not None
        assert found.code == "IMG005"
        assert found.measured.fact == "width"
        assert (found.limit.min, found.limit.max, found.limit.by, found.limit.side) == (
            "300",
            "6000",
            "0",
            "on",
        )
        assert found.limit.open
        assert found.limit.source == PROFILE["IMG005"].source

    @given(st.integers(1, 7000), st.integers(1, 7000))
    def test_it_fires_on_the_bounds_and_only_there(self, width: int, height: int) -> None:
        expected = {300, 6000} & {width, height} or Fraction(width, height) in (
            Fraction(2, 5),
            Fraction(5, 2),
        )
        assert (only(image(width, height), "IMG005") is not None) is bool(expected)

    def test_a_bound_that_the_profile_itself_calls_open_is_left_to_its_rule(self) -> None:
        rules = tuple(
            msgspec.structs.replace(rule, open=True) if rule.code == "IMG003" else rule
            for rule in PROFILE.rules
        )
        profile = msgspec.structs.replace(PROFILE, rules=rules)
        assert only(image(300, 400), "IMG005", profile) is None
        assert only(image(300, 400), "IMG003", profile) is not None

    def test_what_is_missing_is_said(self) -> None:
        facts = facts_of(Kind.IMAGE, width=300)
        found, skipped = judge(ASSET, facts, PROFILE, Policy(codes=frozenset({"IMG005"})))
        assert [each.code for each in found] == ["IMG005"], "what is known is still judged"
        assert [each.code for each in skipped] == ["IMG005"]


class TestValues:
    @pytest.mark.parametrize(
        ("facts", "code", "severity"),
        [
            (facts_of(Kind.VIDEO, format="mp4"), "VID001", None),
            (facts_of(Kind.VIDEO, format="m4v"), "VID001", Severity.WARNING),
            (facts_of(Kind.VIDEO, format="webm"), "VID001", Severity.ERROR),
            (facts_of(Kind.IMAGE, format="apng"), "IMG001", Severity.WARNING),
            (facts_of(Kind.IMAGE, format="avif"), "IMG001", Severity.ERROR),
            (facts_of(Kind.AUDIO, format="rf64"), "AUD001", Severity.WARNING),
            (facts_of(Kind.AUDIO, format="flac"), "AUD001", Severity.ERROR),
            (facts_of(Kind.IMAGE, name_agreement="agrees"), "FIL006", None),
            (facts_of(Kind.IMAGE, name_agreement="unknown"), "FIL006", None),
            (facts_of(Kind.IMAGE, name_agreement="other-format"), "FIL006", Severity.WARNING),
            (facts_of(Kind.IMAGE, name_agreement="other-kind"), "FIL006", Severity.ERROR),
            (facts_of(Kind.IMAGE, name_agreement="other-role"), "FIL006", Severity.ERROR),
            (facts_of(Kind.IMAGE, duplicate=True), "FIL008", Severity.WARNING),
            (facts_of(Kind.IMAGE, duplicate=False), "FIL008", None),
            (facts_of(Kind.IMAGE, orientation=True), "IMG007", Severity.NOTE),
            (facts_of(Kind.IMAGE, colour=False), "IMG008", None),
            (facts_of(Kind.IMAGE, frames=1), "IMG006", None),
            (facts_of(Kind.IMAGE, frames=2), "IMG006", Severity.WARNING),
            (facts_of(Kind.VIDEO, resolution="480p"), "VID008", None),
            (facts_of(Kind.VIDEO, resolution="2160p"), "VID008", Severity.NOTE),
            (facts_of(Kind.VIDEO, frame_rate_mode="variable"), "VID009", Severity.WARNING),
            (facts_of(Kind.VIDEO, codec_support="encrypted"), "VID010", Severity.ERROR),
            (facts_of(Kind.VIDEO, codec_support="hdr"), "VID010", Severity.WARNING),
            (facts_of(Kind.VIDEO, geometry=True), "VID011", Severity.NOTE),
            (facts_of(Kind.VIDEO, tracks="none"), "VID012", Severity.ERROR),
            (facts_of(Kind.VIDEO, tracks="several"), "VID012", Severity.WARNING),
            (facts_of(Kind.AUDIO, level="silent"), "AUD004", Severity.WARNING),
            (facts_of(Kind.AUDIO, encoding="not-pcm"), "AUD005", Severity.WARNING),
            (facts_of(Kind.AUDIO, encoding="usual"), "AUD005", None),
        ],
    )
    def test_a_value_weighs_what_its_level_says(
        self, facts: Facts, code: str, severity: Severity | None
    ) -> None:
        found = only(facts, code)
        assert (found and found.severity) == severity

    @pytest.mark.parametrize(
        "rule", [rule for rule in PROFILE.rules if rule.levels], ids=lambda rule: rule.code
    )
    def test_every_level_of_every_rule_is_reached(self, rule: Rule) -> None:
        for value, severity in rule.levels.items():
            found = only(facts_for(rule, value), rule.code)
            assert found is not None
            assert found.severity is severity
            assert found.measured.exact == value

    def test_a_truth_is_measured_as_one(self) -> None:
        found = only(facts_of(Kind.IMAGE, orientation=True), "IMG007")
        assert found is not None
        assert (found.measured.value, found.measured.exact) == (True, "true")

    def test_a_list_of_values_stands_in_the_limit(self) -> None:
        found = only(facts_of(Kind.VIDEO, format="webm"), "VID001")
        assert found is not None
        assert found.limit.one_of == ("mp4", "mov")
        assert found.limit.by is None


OF_REQUESTS = ("request", "references")


def request_facts(rule: Rule, name: str, value: object) -> Facts:
    """Facts of a generation request, one of which is this."""
    if name == "bytes":
        return Facts(file=FileFacts(bytes=value), request=RequestFacts())  # type: ignore[arg-type]
    if rule.applies == "references":
        return Facts(request=RequestFacts(), references=ReferenceFacts(**{name: value}))  # type: ignore[arg-type]
    return Facts(request=RequestFacts(**{name: value}))  # type: ignore[arg-type]


def facts_for(rule: Rule, value: FactValue) -> Facts:
    """Facts that hold this value for the rule's fact."""
    name = rule.facts[0]
    if rule.applies in OF_REQUESTS:
        return request_facts(rule, name, value)
    if rule.applies == "url":
        return Facts(link=LinkFacts(**{name: value}))  # type: ignore[arg-type]
    if rule.applies == "portrait":
        practice: Practice = rule.alternatives[0].practice[0]
        portrait = PortraitFacts(**{"practice": practice, name: value})  # type: ignore[arg-type]
        return Facts(kind=Kind.IMAGE, portrait=portrait)
    kind = Kind.IMAGE if rule.applies == "file" else Kind(rule.applies)
    return facts_of(kind, **{name: value})


class TestWhatConcernsAnAsset:
    def test_rules_of_another_kind_are_not_applied(self) -> None:
        _, skipped = judge(ASSET, facts_of(Kind.AUDIO), PROFILE, DOCUMENTED)
        assert {each.code[:3] for each in skipped} == {"FIL", "AUD"}

    def test_an_asset_of_unknown_kind_has_the_rules_of_files_alone(self) -> None:
        _, skipped = judge(ASSET, Facts(), PROFILE, DOCUMENTED)
        assert {each.code[:3] for each in skipped} == {"FIL"}

    @pytest.mark.parametrize(
        ("facts", "codes"),
        [
            (
                Facts(request=RequestFacts()),
                {"REQ001", "REQ002", "REQ003", "REQ004", "REQ006", "REQ007", "REQ008"},
            ),
            (
                Facts(request=RequestFacts(), references=ReferenceFacts()),
                {f"REQ00{at}" for at in range(1, 9)},
            ),
            (Facts(library=LibraryFacts()), {"GRP002"}),
        ],
    )
    def test_what_is_no_media_has_rules_of_its_own_alone(self, facts: Facts, codes: set[str]) -> None:
        _, skipped = judge(ASSET, facts, PROFILE, DOCUMENTED)
        assert {each.code for each in skipped} == codes

    def test_rules_of_urls_are_for_urls(self) -> None:
        _, skipped = judge(ASSET, Facts(link=LinkFacts()), PROFILE, DOCUMENTED)
        assert {each.code[:3] for each in skipped} == {"FIL", "URL"}

    @pytest.mark.parametrize(
        ("when", "role", "group", "applied"),
        [
            (When(), None, None, True),
            (When(role=(Role.CLOSE_UP,)), None, None, False),
            (When(role=(Role.CLOSE_UP, Role.PORTRAIT)), Role.PORTRAIT, None, True),
            (When(role=(Role.CLOSE_UP,)), Role.SCENE, None, False),
            (When(group=(GroupKind.REAL_HUMAN,)), None, None, False),
            (When(group=(GroupKind.REAL_HUMAN,)), None, GroupKind.REAL_HUMAN, True),
            (When(group=(GroupKind.REAL_HUMAN,)), None, GroupKind.VIRTUAL, False),
            (When(role=(Role.CLOSE_UP,), group=(GroupKind.VIRTUAL,)), Role.CLOSE_UP, GroupKind.VIRTUAL, True),
            (When(role=(Role.CLOSE_UP,), group=(GroupKind.VIRTUAL,)), Role.CLOSE_UP, None, False),
            (When(role=(Role.CLOSE_UP,), group=(GroupKind.VIRTUAL,)), None, GroupKind.VIRTUAL, False),
        ],
    )
    def test_a_rule_can_be_limited_to_roles_and_groups(
        self, when: When, role: Role | None, group: GroupKind | None, applied: bool
    ) -> None:
        rule = msgspec.structs.replace(PROFILE["VID002"], when=when)
        asset = Asset("clip", "clip", role=role, group=Group(kind=group) if group else None)
        profile = msgspec.structs.replace(PROFILE, rules=(rule,))
        found, _ = judge(asset, facts_of(Kind.VIDEO, duration=Fraction(1)), profile, DOCUMENTED)
        assert bool(found) is applied

    def test_findings_come_in_the_profiles_order(self) -> None:
        facts = facts_of(
            Kind.VIDEO,
            width=100,
            height=100,
            pixels=10_000,
            duration=Fraction(1),
            format="avi",
            content="empty",
        )
        found, skipped = judge(ASSET, facts, PROFILE, DOCUMENTED)
        order = PROFILE.codes.index
        assert [each.code for each in found] == sorted((each.code for each in found), key=order)
        assert [each.code for each in skipped] == sorted((each.code for each in skipped), key=order)


class TestNotJudged:
    def test_a_rule_whose_fact_is_missing_is_listed_with_the_reason(self) -> None:
        facts = Facts(kind=Kind.VIDEO, media=VideoFacts(), unmeasured={"duration": "no time stamps"})
        _, skipped = judge(ASSET, facts, PROFILE, Policy(codes=frozenset({"VID002"})))
        assert skipped == (NotJudged("VID002", "no time stamps", Severity.ERROR),)

    def test_its_severity_is_what_the_user_chose(self) -> None:
        policy = Policy(codes=frozenset({"VID002"}), severities={"VID002": Severity.NOTE})
        _, skipped = judge(ASSET, facts_of(Kind.VIDEO), PROFILE, policy)
        assert [each.severity for each in skipped] == [Severity.NOTE]

    def test_a_warning_that_may_be_an_error_leaves_an_error_unjudged(self) -> None:
        assert PROFILE["VID010"].severity is Severity.WARNING  # and an error where the video is encrypted
        _, skipped = judge(
            ASSET, facts_of(Kind.VIDEO), PROFILE, Policy(codes=frozenset({"VID009", "VID010"}))
        )
        assert [(each.code, each.severity) for each in skipped] == [
            ("VID009", Severity.WARNING),
            ("VID010", Severity.ERROR),
        ]

    def test_what_nothing_is_known_of_is_no_finding(self) -> None:
        rule = msgspec.structs.replace(PROFILE["AUD001"], unknown_outside=True, levels={})
        profile = Profile(PROFILE.info, (rule,))
        found, skipped = judge(ASSET, facts_of(Kind.AUDIO, format="flac"), profile, DOCUMENTED)
        why = "the format is flac, not wav or mp3: nothing is known of others"
        assert (found, skipped) == ((), (NotJudged("AUD001", why, Severity.ERROR),))
        assert judge(ASSET, facts_of(Kind.AUDIO, format="wav"), profile, DOCUMENTED) == ((), ())

    @pytest.mark.parametrize(
        ("code", "changed", "measured", "why"),
        [
            (
                "IMG008",
                {"equals": True, "says": {}},
                {"colour": False},
                '"unusual colour" is false, not true: nothing is known of such media',
            ),
            (
                "VID009",
                {},
                {"frame_rate_mode": "variable"},
                "the frame rate is variable: nothing is known of such media",
            ),
        ],
    )
    def test_of_what_nothing_is_known_is_said_by_how_it_is_compared(
        self, code: str, changed: dict[str, object], measured: dict[str, object], why: str
    ) -> None:
        rule = msgspec.structs.replace(PROFILE[code], unknown_outside=True, shows=(), **changed)
        kind = Kind.IMAGE if code.startswith("IMG") else Kind.VIDEO
        _, skipped = judge(ASSET, facts_of(kind, **measured), Profile(PROFILE.info, (rule,)), DOCUMENTED)
        assert [each.reason for each in skipped] == [why]

    def test_of_two_facts_the_known_one_is_judged(self) -> None:
        found, skipped = judge(
            ASSET, facts_of(Kind.IMAGE, width=299), PROFILE, Policy(codes=frozenset({"IMG003"}))
        )
        assert [each.measured.fact for each in found] == ["width"]
        assert [each.code for each in skipped] == ["IMG003"]

    @given(st.sets(st.sampled_from(sorted(fact_table("video")))))
    def test_every_rule_that_concerns_an_asset_is_judged_or_listed_as_not(self, measured: set[str]) -> None:
        facts = facts_of(Kind.VIDEO, **{name: sample_value(name) for name in measured})
        found, skipped = judge(ASSET, facts, PROFILE, DOCUMENTED)
        listed = {each.code for each in skipped}
        for rule in PROFILE.rules:
            if rule.applies in ("file", "video"):
                assert (rule.code in listed) is not (set(rule.facts) <= measured)
            else:
                assert rule.code not in listed
        assert {each.measured.fact for each in found} <= measured


def sample_value(name: str) -> FactValue:
    info = fact_table("video")[name]
    if info.choices:
        return info.choices[0]
    return {str: "x", int: 1, bool: False, Fraction: Fraction(1)}[info.python_type]  # type: ignore[return-value]


BROKEN = facts_of(
    Kind.VIDEO,
    width=290,
    height=7000,
    pixels=290 * 7000,
    aspect_ratio=Fraction(290, 7000),
    duration=Fraction("1.9"),
    frame_rate=Fraction(24000, 1001),
    frame_rate_mode="variable",
    format="m4v",
    bytes=60_000_000,
    codec_support="encrypted",
    geometry=True,
    resolution="290p",
)


class TestPolicy:
    @given(st.sets(st.sampled_from(PROFILE.codes)))
    def test_only_chosen_rules_run_and_they_say_what_they_always_say(self, codes: set[str]) -> None:
        everything, all_skipped = judge(ASSET, BROKEN, PROFILE, DOCUMENTED)
        found, skipped = judge(ASSET, BROKEN, PROFILE, Policy(codes=frozenset(codes)))
        assert found == tuple(each for each in everything if each.code in codes)
        assert skipped == tuple(each for each in all_skipped if each.code in codes)

    @given(
        st.dictionaries(st.sampled_from(PROFILE.codes), st.sampled_from(Severity)), st.sampled_from(Limits)
    )
    def test_a_severity_chosen_by_the_user_holds_whatever_else_is_chosen(
        self, severities: dict[str, Severity], limits: Limits
    ) -> None:
        found, skipped = judge(ASSET, BROKEN, PROFILE, Policy(severities=severities, limits=limits))
        usual, usual_skipped = judge(ASSET, BROKEN, PROFILE, Policy(limits=limits))
        for each, before in zip(found, usual, strict=True):
            assert each.severity is severities.get(each.code, before.severity)
            assert msgspec.structs.replace(each, severity=before.severity) == before
        for missing, before_missing in zip(skipped, usual_skipped, strict=True):
            assert missing.severity is severities.get(missing.code, before_missing.severity)

    @given(FRACTIONS, FRACTIONS, FRACTIONS, st.booleans(), st.booleans())
    def test_observed_limits_lower_exactly_the_errors_that_they_hold(
        self, value: Fraction, one: Fraction, other: Fraction, is_open: bool, severe: bool
    ) -> None:
        observed = Observed(source="x", min=min(one, other), max=max(one, other), open=is_open)
        profile = bounded_rule(Fraction(2), Fraction(15), observed=observed)
        facts = facts_of(Kind.VIDEO, duration=value)
        documented = only(facts, "VID002", profile)
        lowered = only(facts, "VID002", profile, limits=Limits.OBSERVED)
        if documented is None:
            assert lowered is None
            return
        assert lowered is not None
        assert documented.severity is Severity.ERROR
        assert lowered.severity is (Severity.WARNING if observed.holds(value) else Severity.ERROR)
        chosen = {"VID002": Severity.ERROR if severe else Severity.NOTE}
        kept = only(facts, "VID002", profile, limits=Limits.OBSERVED, severities=chosen)
        assert kept is not None
        assert kept.severity is chosen["VID002"]

    def test_observed_limits_never_raise_a_note_to_a_warning(self) -> None:
        (rule,) = bounded_rule(
            Fraction(2), Fraction(15), observed=Observed(source="x", min=Fraction(0))
        ).rules
        profile = msgspec.structs.replace(
            PROFILE, rules=(msgspec.structs.replace(rule, severity=Severity.NOTE),)
        )
        found = only(facts_of(Kind.VIDEO, duration=Fraction(1)), "VID002", profile, limits=Limits.OBSERVED)
        assert found is not None
        assert found.severity is Severity.NOTE

    def test_observed_limits_of_a_rule_without_numbers_change_nothing(self) -> None:
        rule = msgspec.structs.replace(PROFILE["VID001"], observed=Observed(source="x", min=Fraction(0)))
        profile = msgspec.structs.replace(PROFILE, rules=(rule,))
        found = only(facts_of(Kind.VIDEO, format="avi"), "VID001", profile, limits=Limits.OBSERVED)
        assert found is not None
        assert found.severity is Severity.ERROR


ABOUT_PORTRAITS = tuple(rule for rule in PROFILE.rules if rule.applies == "portrait")
LIMITED = [(rule, name) for rule in PROFILE.rules for name in rule.bounds]
NEAR = Fraction(1, 10**12)


def people_of(**values: Any) -> Facts:
    """Facts of a picture in which somebody was looked for, and which can be compared with others."""

    def held(part: type[msgspec.Struct]) -> dict[str, Any]:
        return {name: values.pop(name) for name in part.__struct_fields__ if name in values}

    facts = Facts(
        Kind.IMAGE,
        media=ImageFacts(**held(ImageFacts)),
        faces=FaceFacts(**held(FaceFacts)),
        portrait=PortraitFacts(**held(PortraitFacts)),
        likeness=LikenessFacts(**held(LikenessFacts)),
    )
    assert not values, "no such fact"
    return facts


def meant_for(rule: Rule) -> tuple[Asset, Practice]:
    """An asset that the rule concerns, and the framing that it is held to."""
    when = rule.alternatives[0] if rule.alternatives else When()
    role = when.role[0] if when.role else None
    group = Group(when.group[0]) if when.group else None
    return Asset("a.png", "a.png", role=role, group=group), when.practice[0] if when.practice else "close-up"


def limited(rule: Rule, practice: Practice, name: str, value: object) -> Facts:
    """Facts that the rule concerns, one of which is this."""
    if rule.applies in OF_REQUESTS:
        return request_facts(rule, name, value)
    return people_of(practice=practice, **{name: value})


def sides(rule: Rule, name: str, value: Fraction | int) -> list[tuple[str, str, str | None]]:
    """Fact, side and distance of each finding of a rule, where this is what was measured."""
    asset, practice = meant_for(rule)
    facts = limited(rule, practice, name, value)
    found, _ = judge(asset, facts, PROFILE, Policy(codes=frozenset({rule.code})))
    return [(each.measured.fact, each.limit.side, each.limit.by) for each in found]


@pytest.mark.parametrize(("rule", "name"), LIMITED, ids=[f"{rule.code} {name}" for rule, name in LIMITED])
class TestLimitsOfSeveralFacts:
    def test_a_bound_is_inside_and_the_least_beyond_it_is_not(self, rule: Rule, name: str) -> None:
        bounds = rule.bounds[name]
        step = 1 if fact_table(rule.applies)[name].python_type is int else NEAR
        if bounds.min is not None:
            assert sides(rule, name, bounds.min) == []
            assert sides(rule, name, bounds.min - step) == [(name, "below", exact(step))]
        if bounds.max is not None:
            assert sides(rule, name, bounds.max) == []
            assert sides(rule, name, bounds.max + step) == [(name, "above", exact(step))]

    @given(data=st.data())
    def test_the_verdict_is_that_of_exact_numbers(self, rule: Rule, name: str, data: st.DataObject) -> None:
        bounds = rule.bounds[name]
        whole = fact_table(rule.applies)[name].python_type is int
        known = [bound for bound in (bounds.min, bounds.max) if bound is not None]
        value = data.draw(
            st.integers(-100, 10_000)
            if whole
            else st.fractions(-200, 200, max_denominator=10**6)
            | st.builds(
                lambda bound, steps: bound + steps * NEAR, st.sampled_from(known), st.integers(-1000, 1000)
            )
        )
        found = sides(rule, name, value)
        assert bool(found) is not within(Fraction(value), bounds.min, bounds.max)
        for _, side, by in found:
            assert by is not None
            distance = parse_number(by)
            assert value == (bounds.min - distance if side == "below" else bounds.max + distance)  # type: ignore[operator]

    def test_the_finding_is_whole(self, rule: Rule, name: str) -> None:
        asset, practice = meant_for(rule)
        for value in (-(10**4), 10**4):
            facts = limited(rule, practice, name, value)
            found, _ = judge(asset, facts, PROFILE, Policy(codes=frozenset({rule.code})))
            for each in found:
                assert each.message.endswith((".", ")."))
                assert "{" not in each.message + each.help
                assert each.help
                assert (each.limit.unit, each.measured.unit) == (fact_table(rule.applies)[name].unit,) * 2


ANGLES = msgspec.structs.replace(
    PROFILE["POR006"],
    bounds={
        "yaw": Bounds(Fraction(-20), Fraction(20), above="The head is turned to the right, to {yaw}"),
        "roll": Bounds(Fraction(-20), Fraction(20)),
        "pitch": Bounds(Fraction(-30), Fraction(30), below="The head is raised, to {pitch}"),
    },
)
"""A rule over several facts, whose numbers are those of the test."""


def profile_of(rule: Rule) -> Profile:
    return msgspec.structs.replace(PROFILE, rules=(rule,))


class TestBoundsOfSeveralFacts:
    def test_each_has_limits_and_words_of_its_own(self) -> None:
        facts = people_of(
            practice="close-up", yaw=Fraction(31), roll=Fraction(20), pitch=Fraction("-30.5"), head_height=1
        )
        found, skipped = judge(ASSET, facts, profile_of(ANGLES), DOCUMENTED)
        assert [(each.measured.fact, each.limit.side, each.limit.by) for each in found] == [
            ("yaw", "above", "11"),
            ("pitch", "below", "0.5"),
        ]
        assert [(each.limit.min, each.limit.max) for each in found] == [("-20", "20"), ("-30", "30")]
        assert [each.message for each in found] == [
            "The head is turned to the right, to 31°: 11° above the maximum of 20°.",
            "The head is raised, to -30.5°: 0.5° below the minimum of -30°.",
        ]
        assert skipped == ()

    def test_of_several_the_measured_ones_are_judged(self) -> None:
        facts = people_of(practice="close-up", roll=Fraction(40))
        found, skipped = judge(ASSET, facts, profile_of(ANGLES), DOCUMENTED)
        assert [each.measured.fact for each in found] == ["roll"]
        assert [each.code for each in skipped] == ["POR006"]

    def test_a_rule_whose_bounds_are_open_has_them_outside(self) -> None:
        profile = profile_of(msgspec.structs.replace(ANGLES, open=True))
        facts = people_of(practice="close-up", yaw=Fraction(20), roll=Fraction(19), pitch=Fraction(-30))
        found, _ = judge(ASSET, facts, profile, DOCUMENTED)
        assert [(each.measured.fact, each.limit.by, each.limit.open) for each in found] == [
            ("yaw", "0", True),
            ("pitch", "0", True),
        ]

    def test_the_help_of_the_side_counts_while_all_that_it_names_is_known(self) -> None:
        box = Box(402, 96, 812, 1218)
        small = {"practice": "close-up", "head_height": Fraction("0.31")}
        with_crop = only(people_of(**small, close_up_crop=box), "POR004")
        without_crop = only(people_of(**small), "POR004")
        assert with_crop is not None
        assert without_crop is not None
        assert with_crop.help == "About two thirds is asked for: crop to 812x1218 at (402, 96)."
        assert without_crop.help == PROFILE["POR004"].help


class TestWeighs:
    """The first of `weighs` that fits an asset decides what the rule weighs for it."""

    def rule(self, *weighs: Weighs, **changes: object) -> Profile:
        rule = msgspec.structs.replace(PROFILE["POR006"], when=(), weighs=weighs, **changes)
        return msgspec.structs.replace(PROFILE, rules=(rule,))

    def severities(
        self,
        profile: Profile,
        *,
        role: Role | None = None,
        group: GroupKind | None = None,
        practice: Practice | None = "close-up",
        policy: Policy = DOCUMENTED,
    ) -> list[Severity]:
        """That of the finding of a head that is turned, and that of what was not measured of it."""
        asset = Asset("a", "a", role=role, group=Group(group) if group else None)
        values = {} if practice is None else {"practice": practice}
        found, skipped = judge(asset, people_of(yaw=Fraction(90), **values), profile, policy)
        return [*(each.severity for each in found), *(each.severity for each in skipped)]

    def test_by_role_group_and_framing(self) -> None:
        profile = self.rule(
            Weighs(role=(Role.PORTRAIT, Role.CLOSE_UP), severity=Severity.ERROR),
            Weighs(group=(GroupKind.REAL_HUMAN,), practice=("full-body",), severity=Severity.NOTE),
        )
        usual = [Severity.WARNING] * 2
        assert self.severities(profile) == usual
        assert self.severities(profile, role=Role.CLOSE_UP) == [Severity.ERROR] * 2
        assert self.severities(profile, role=Role.FULL_BODY) == usual
        assert self.severities(profile, group=GroupKind.REAL_HUMAN) == usual
        real = GroupKind.REAL_HUMAN
        assert self.severities(profile, group=real, practice="full-body") == [Severity.NOTE] * 2
        assert self.severities(profile, group=GroupKind.VIRTUAL, practice="full-body") == usual

    def test_the_first_that_fits_decides(self) -> None:
        note = Weighs(role=(Role.PORTRAIT,), severity=Severity.NOTE)
        error = Weighs(severity=Severity.ERROR)
        assert self.severities(self.rule(note, error), role=Role.PORTRAIT) == [Severity.NOTE] * 2
        assert self.severities(self.rule(note, error)) == [Severity.ERROR] * 2
        assert self.severities(self.rule(error, note), role=Role.PORTRAIT) == [Severity.ERROR] * 2

    def test_a_framing_that_was_not_measured_decides_nothing_and_hides_no_error(self) -> None:
        profile = self.rule(Weighs(practice=("half-body",), severity=Severity.ERROR))
        assert self.severities(profile, practice=None) == [Severity.WARNING, Severity.ERROR]
        milder = self.rule(Weighs(practice=("half-body",), severity=Severity.NOTE))
        assert self.severities(milder, practice=None) == [Severity.WARNING] * 2

    def test_the_user_decides_over_the_profile(self) -> None:
        profile = self.rule(Weighs(severity=Severity.ERROR))
        policy = Policy(severities={"POR006": Severity.NOTE})
        assert self.severities(profile, policy=policy) == [Severity.NOTE] * 2

    def test_it_stands_in_place_of_levels(self) -> None:
        half = people_of(practice="half-body", shot="half-body")
        close = people_of(practice="close-up", shot="full-body")
        assert [(only(facts, "POR009") or _nothing()).severity for facts in (half, close)] == [
            Severity.NOTE,
            Severity.WARNING,
        ]

    def test_observed_limits_change_nothing_of_it(self) -> None:
        observed = Observed(source="x", min=Fraction(0))
        for weighs, severity in (
            ((Weighs(severity=Severity.ERROR),), Severity.ERROR),
            ((), Severity.WARNING),
        ):
            profile = self.rule(*weighs, severity=Severity.ERROR, observed=observed)
            assert self.severities(profile, policy=OBSERVED)[0] is severity

    def test_what_was_not_judged_weighs_the_gravest_of_the_levels_only_without_it(self) -> None:
        levels = {"cut": Severity.ERROR, "turned": Severity.NOTE}
        for weighs, severity in (
            ((), Severity.ERROR),
            ((Weighs(severity=Severity.NOTE),), Severity.NOTE),
            ((Weighs(role=(Role.SCENE,), severity=Severity.NOTE),), Severity.ERROR),
        ):
            rule = msgspec.structs.replace(PROFILE["POR008"], levels=levels, weighs=weighs)
            profile = msgspec.structs.replace(PROFILE, rules=(rule,))
            _, skipped = judge(ASSET, people_of(), profile, DOCUMENTED)
            assert [each.severity for each in skipped] == [severity]


def _nothing() -> Finding:
    raise AssertionError("nothing was found")


class TestPeople:
    """What the shipped rules say of whom."""

    @pytest.mark.parametrize(
        ("role", "group", "severity"),
        [
            (None, None, Severity.WARNING),
            (Role.CLOSE_UP, None, Severity.WARNING),
            (None, GroupKind.VIRTUAL, Severity.WARNING),
            (None, GroupKind.REAL_HUMAN, Severity.ERROR),
            (Role.PORTRAIT, GroupKind.REAL_HUMAN, Severity.ERROR),
        ],
    )
    def test_several_faces(self, role: Role | None, group: GroupKind | None, severity: Severity) -> None:
        asset = Asset("a", "a", role=role, group=Group(group) if group else None)
        facts = people_of(face_count=2, faces_detail="2 faces (one of 58 px at the left edge)")
        (found,), _ = judge(asset, facts, PROFILE, Policy(codes=frozenset({"POR001"})))
        assert found.severity is severity
        assert found.message.startswith("2 faces (one of 58 px at the left edge): 1 face above")
        assert found.prevents == ("FaceMismatch",)

    @pytest.mark.parametrize(
        ("role", "group", "severity"),
        [
            (None, None, None),
            (None, GroupKind.VIRTUAL, None),
            (None, GroupKind.REAL_HUMAN, Severity.WARNING),
            (Role.PORTRAIT, None, Severity.ERROR),
            (Role.CLOSE_UP, GroupKind.VIRTUAL, Severity.ERROR),
            (Role.FULL_BODY, GroupKind.REAL_HUMAN, Severity.ERROR),
            (Role.SCENE, None, None),
            (Role.PRODUCT, GroupKind.VIRTUAL, None),
        ],
    )
    def test_no_face(self, role: Role | None, group: GroupKind | None, severity: Severity | None) -> None:
        asset = Asset("a", "a", role=role, group=Group(group) if group else None)
        found, skipped = judge(asset, people_of(face_count=0), PROFILE, Policy(codes=frozenset({"POR002"})))
        assert [each.severity for each in found] == ([severity] if severity else [])
        assert skipped == ()

    @pytest.mark.parametrize("rule", ABOUT_PORTRAITS, ids=lambda rule: rule.code)
    @pytest.mark.parametrize("practice", ["close-up", "full-body", "half-body", "other", "none"])
    def test_a_framing_has_its_own_rules(self, rule: Rule, practice: Practice) -> None:
        facts = people_of(practice=practice)
        _, skipped = judge(ASSET, facts, PROFILE, Policy(codes=frozenset({rule.code})))
        assert bool(skipped) is (practice in rule.alternatives[0].practice)
        assert not (practice in ("other", "none") and skipped), "what is no portrait is left in peace"

    @pytest.mark.parametrize("rule", ABOUT_PORTRAITS, ids=lambda rule: rule.code)
    def test_where_the_framing_was_not_measured_none_of_them_is_judged(self, rule: Rule) -> None:
        facts = Facts(
            Kind.IMAGE,
            media=ImageFacts(aspect_ratio=Fraction(3)),
            faces=FaceFacts(),
            portrait=PortraitFacts(yaw=Fraction(90)),
            unmeasured={"practice": "the face detector took more than 30 s"},
        )
        found, skipped = judge(ASSET, facts, PROFILE, Policy(codes=frozenset({rule.code})))
        assert found == ()
        assert [(each.code, each.reason) for each in skipped] == [
            (rule.code, "the face detector took more than 30 s")
        ]

    @pytest.mark.parametrize(
        ("facts", "families"),
        [
            (Facts(Kind.IMAGE, media=ImageFacts()), set()),
            (Facts(Kind.VIDEO, faces=FaceFacts()), {"faces"}),
            (Facts(Kind.IMAGE, faces=FaceFacts(), portrait=PortraitFacts()), {"faces", "portrait"}),
            (Facts(Kind.IMAGE, likeness=LikenessFacts()), {"likeness"}),
            (people_of(), {"faces", "portrait", "likeness"}),
        ],
    )
    def test_only_who_was_looked_at_is_judged(self, facts: Facts, families: set[str]) -> None:
        asset = Asset("a", "a", role=Role.CLOSE_UP)
        _, skipped = judge(asset, facts, PROFILE, DOCUMENTED)
        applied = {PROFILE[each.code].applies for each in skipped}
        assert applied - {"file", "image", "video"} == families

    def test_where_it_does_not_matter_it_need_not_be_measured(self) -> None:
        either = (When(practice=("close-up",)), When(group=(GroupKind.REAL_HUMAN,)))
        profile = profile_of(msgspec.structs.replace(PROFILE["POR001"], when=either))
        for group, judged in ((GroupKind.REAL_HUMAN, True), (GroupKind.VIRTUAL, False)):
            asset = Asset("a", "a", group=Group(group))
            found, skipped = judge(asset, people_of(face_count=3), profile, DOCUMENTED)
            assert (bool(found), bool(skipped)) == (judged, not judged)

    def test_of_alternatives_one_is_enough(self) -> None:
        rule = msgspec.structs.replace(
            PROFILE["POR001"],
            when=(
                When(role=(Role.PORTRAIT,), group=(GroupKind.VIRTUAL,)),
                When(practice=("close-up",)),
                When(group=(GroupKind.REAL_HUMAN,)),
            ),
        )
        profile = profile_of(rule)

        def applied(practice: Practice, role: Role | None = None, group: GroupKind | None = None) -> bool:
            asset = Asset("a", "a", role=role, group=Group(group) if group else None)
            return bool(judge(asset, people_of(face_count=3, practice=practice), profile, DOCUMENTED)[0])

        assert applied("close-up")
        assert applied("other", group=GroupKind.REAL_HUMAN)
        assert applied("other", role=Role.PORTRAIT, group=GroupKind.VIRTUAL)
        assert not applied("other", role=Role.PORTRAIT)
        assert not applied("other", group=GroupKind.VIRTUAL)
        assert not applied("half-body")


class TestLocation:
    FACE = Face(
        Fraction("0.25"),
        Fraction("0.125"),
        Fraction("0.5"),
        Fraction("0.5"),
        640,
        Fraction("0.9375"),
        drawn=True,
    )
    BOX: Mapping[str, object] = {
        "x": 0.25,
        "y": 0.125,
        "width": 0.5,
        "height": 0.5,
        "height_px": 640,
        "confidence": 0.9375,
        "drawn": True,
    }

    def test_it_holds_what_the_rule_locates_as_json_has_it(self) -> None:
        found = only(
            people_of(face_count=2, faces=(self.FACE, self.FACE), face_time=Fraction(5, 2)), "POR001"
        )
        assert found is not None
        assert found.location == {"faces": [self.BOX, self.BOX], "face_time": 2.5}

    def test_seconds_are_told_also_where_there_are_as_many_faces(self) -> None:
        found = only(people_of(face_count=2, face_time=Fraction(2)), "POR001")
        assert found is not None
        assert found.message.endswith("(time 2 s).")

    def test_what_was_not_measured_is_left_out(self) -> None:
        facts = people_of(practice="close-up", head_height=Fraction("0.2"), close_up_crop=Box(4, 9, 81, 121))
        found = only(facts, "POR004")
        assert found is not None
        assert found.location == {"close_up_crop": {"x": 4, "y": 9, "width": 81, "height": 121}}

    def test_where_nothing_of_it_was_measured_there_is_none(self) -> None:
        assert (only(people_of(face_count=2), "POR001") or _nothing()).location is None
        assert (only(image(299, 400), "IMG003") or _nothing()).location is None

    def test_each_finding_of_a_rule_has_it(self) -> None:
        facts = people_of(
            practice="close-up",
            faces=(),
            head_cut=("left", "top"),
            cut_edges=2,
            head_center_x=Fraction("0.1"),
        )
        found, _ = judge(ASSET, facts, PROFILE, Policy(codes=frozenset({"POR005"})))
        expected = {"faces": [], "head_cut": ["left", "top"]}
        assert [each.location for each in found] == [expected, expected]


EVERY_FINDING = [
    found
    for facts in (BROKEN, *(case[0] for case in BOUNDARIES.values()))
    for found in judge(ASSET, facts, PROFILE, DOCUMENTED)[0]
]


@pytest.mark.parametrize("found", EVERY_FINDING, ids=lambda found: f"{found.code} {found.measured.exact}")
def test_every_finding_is_complete(found: Finding) -> None:
    assert found.message.endswith((".", ")."))
    assert found.help
    assert found.limit.source
    assert found.name == PROFILE[found.code].name
    if isinstance(found.measured.value, int) and not isinstance(found.measured.value, bool):
        assert found.measured.exact == exact(found.measured.value)
