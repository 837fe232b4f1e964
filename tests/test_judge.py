"""Facts against limits: exact on every bound, and honest about what could not be measured."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.findings import Finding, NotJudged, Severity
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
from validator.people import PortraitFacts, Practice
from validator.profile import Profile, default_profile
from validator.quantity import exact, parse_number
from validator.rule import Observed, Rule, When, within

PROFILE = default_profile()
ASSET = Asset("clip", "clip")
DOCUMENTED, OBSERVED = Policy(), Policy(limits=Limits.OBSERVED)
FRACTIONS = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**5)
MEDIA: Mapping[Kind, type[MediaFacts]] = {
    Kind.IMAGE: ImageFacts,
    Kind.VIDEO: VideoFacts,
    Kind.AUDIO: AudioFacts,
}


def facts_of(kind: Kind, **values: object) -> Facts:
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


def facts_for(rule: Rule, value: FactValue) -> Facts:
    """Facts that hold this value for the rule's fact."""
    (name,) = rule.facts
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
