"""Demands: what the judge would find, asked beforehand, by several profiles at once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.findings import Severity
from validator.judge import Limits, Policy, judge
from validator.model import (
    Asset,
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
from validator.people import FaceFacts, PortraitFacts
from validator.profile import Profile, load_profile
from validator.repair.demands import Demands, Range, both, demands_of

OURS, KLING, WAN, HAILUO = map(load_profile, ("seedance-2.0", "kling-omni", "wan-2.7", "hailuo-02"))
ASSET = Asset("a", "a")
ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def demanded(
    kind: Kind,
    profiles: Sequence[Profile] = (OURS,),
    level: Severity = ERROR,
    *,
    policy: Policy | None = None,
    asset: Asset = ASSET,
    format_name: str | None = None,
    framing: bool = False,
) -> Demands:
    facts = Facts(kind=kind, file=FileFacts(format=format_name))
    policies = [policy or Policy()] * len(profiles)
    return demands_of(asset, facts, profiles, policies, level, framing=framing)


def own(tmp_path: Path, rules: str) -> Profile:
    path = tmp_path / "own.toml"
    path.write_text(f'[profile]\nname = "own"\ntitle = "Own"\nchecked = 2026-11-23\nsource = "here"\n{rules}')
    return load_profile(path)


def rule(code: str, keys: str, applies: str = "image") -> str:
    return (
        f'[[rule]]\ncode = "{code}"\nname = "{code.lower()}"\napplies = "{applies}"\n'
        f'severity = "error"\nsummary = "It is so."\nhelp = "Change it."\n{keys}\n'
    )


def test_what_weighs_enough_is_asked() -> None:
    demands = demanded(Kind.VIDEO)
    assert demands.range_of("pixels") == Range(Fraction(409_600), Fraction(2_086_876))
    assert demands.codes["width"] == ("VID004",)
    assert demands.allowed["format"] == ("mp4", "mov")
    assert demands.takes("codec_support", "ten-bit")
    assert not demands.takes("codec_support", "encrypted")
    assert demands.takes("resolution", "540p")
    assert not demanded(Kind.VIDEO, level=WARNING).takes("codec_support", "ten-bit")
    assert not demanded(Kind.VIDEO, level=NOTE).takes("resolution", "540p")


def test_what_only_warns_is_not_asked_unless_warnings_are_answered() -> None:
    assert demanded(Kind.VIDEO, [KLING]).range_of("duration") == Range()
    assert demanded(Kind.VIDEO, [KLING], WARNING).range_of("duration") == Range(Fraction(3), Fraction(10))


def test_several_profiles_ask_for_what_all_take() -> None:
    demands = demanded(Kind.IMAGE, [OURS, KLING, WAN], WARNING)
    assert demands.allowed["format"] == ("jpeg", "png")
    assert demands.range_of("bytes").max == 10_000_000
    assert (demands.range_of("width").min, demands.range_of("width").max) == (Fraction(300), Fraction(6000))
    assert not demands.conflicts


def test_users_weights_and_switches_count() -> None:
    without = Policy(
        codes=frozenset(OURS.codes) - {"VID006"}, severities={"VID005": WARNING, "VID008": ERROR}
    )
    demands = demanded(Kind.VIDEO, policy=without)
    assert "frame_rate" not in demands.ranges
    assert "pixels" not in demands.ranges
    assert demands.allowed["resolution"] == ("480p", "720p", "1080p")


def test_observed_limits_widen_what_is_an_error() -> None:
    observed = Policy(limits=Limits.OBSERVED)
    assert demanded(Kind.VIDEO, policy=observed).range_of("duration") == Range(
        Fraction("1.8"), Fraction("15.2")
    )
    assert demanded(Kind.VIDEO, policy=observed).range_of("bytes").max == 200_000_000
    assert demanded(Kind.VIDEO, level=WARNING, policy=observed).range_of("duration").max == 15
    weighed = Policy(limits=Limits.OBSERVED, severities={"VID002": ERROR})
    assert demanded(Kind.VIDEO, policy=weighed).range_of("duration").max == 15
    # An observed bound that is open does not close one that is documented as inside.
    assert demanded(Kind.IMAGE, policy=observed).range_of("width").holds(300)


def test_observed_limits_may_lie_apart_or_have_no_end(tmp_path: Path) -> None:
    keys = 'fact = "width"\nmin = 10\nmax = 20\nunit = "px"\nobserved = {{ {}, source = "others" }}'
    observed = Policy(limits=Limits.OBSERVED)
    for seen, low, high, is_open in (
        ("min = 30, max = 40", 10, 20, False),
        ("min = 15", 10, None, False),
        ("max = 15", None, 20, False),
        ("min = 5, max = 25, open = true", 5, 25, True),
        ("min = 10, max = 25, open = true", 10, 25, False),
    ):
        profile = own(tmp_path, rule("IMG001", keys.format(seen)))
        found = demanded(Kind.IMAGE, [profile], policy=observed).range_of("width")
        assert (found.min, found.max, found.open_min) == (low, high, is_open)


def test_bounds_that_others_write_as_outside_are_shied_away_from() -> None:
    width = demanded(Kind.IMAGE).range_of("width")
    assert (width.shy_min, width.shy_max, width.open_min, width.open_max) == (True, True, False, False)
    assert width.holds(300)
    assert not demanded(Kind.IMAGE, level=WARNING).range_of("width").holds(300)  # IMG005 is asked itself
    assert not demanded(Kind.VIDEO).range_of("width").shy_min


def test_bounds_that_are_open_are_open() -> None:
    assert not demanded(Kind.IMAGE).range_of("bytes").holds(30_000_000)
    bounds = demanded(Kind.IMAGE, [HAILUO], WARNING).range_of("short_side")
    assert (bounds.open_min, bounds.max) == (True, None)


def test_rules_on_other_formats_count_where_the_copy_has_one() -> None:
    flat = demanded(Kind.IMAGE, [WAN], WARNING, format_name="avif")
    assert flat.allowed["alpha"] == ("false",)
    assert not flat.takes("alpha", True)
    assert (
        "alpha" not in demanded(Kind.IMAGE, [WAN], WARNING, format_name="webp").allowed
    )  # only png is asked
    assert demanded(Kind.IMAGE, [WAN], WARNING, format_name="png").allowed["alpha"] == ("false",)


def test_rules_on_one_format_are_not_asked_of_another(tmp_path: Path) -> None:
    formats = 'fact = "format"\none_of = ["png", "jpeg"]'
    small = 'fact = "bytes"\nmax = 50_000\nunit = "B"\nwhen = { format = ["png"] }'
    profile = own(tmp_path, rule("OWN001", formats) + rule("OWN002", small))
    asked = demanded(Kind.IMAGE, [profile], format_name="png")
    assert asked.range_of("bytes").max == 50_000
    assert asked.of_format("png").range_of("bytes").max == 50_000
    assert asked.of_format("jpeg").range_of("bytes") == Range()
    assert demanded(Kind.IMAGE, [profile], format_name="jpeg").range_of("bytes") == Range()
    assert demanded(Kind.IMAGE, [profile], format_name="webp").of_format("jpeg").range_of("bytes") == Range()
    assert demanded(Kind.VIDEO, [profile]).formats == {}


def test_rules_that_contradict_each_other_in_one_format_leave_the_others(tmp_path: Path) -> None:
    formats = 'fact = "format"\none_of = ["png", "jpeg"]'
    limit = 'fact = "width"\n{side} = {width}\nunit = "px"\nwhen = {{ format = ["png"] }}'
    rules = [limit.format(side="min", width=600), limit.format(side="max", width=500)]
    profile = own(
        tmp_path, "".join(rule(f"OWN00{number}", keys) for number, keys in enumerate([formats, *rules]))
    )
    for format_name in ("png", "webp", "jpeg"):
        asked = demanded(Kind.IMAGE, [profile], format_name=format_name)
        assert not asked.conflicts
        assert asked.range_of("width") == Range()
        assert "width" in asked.of_format("png").conflicts


def test_values_that_weigh_less_are_taken_with_a_word() -> None:
    demands = demanded(Kind.IMAGE)
    assert "mpo" not in demands.allowed["format"]
    assert not demands.takes("format", "mpo")
    assert demands.refused.get("format") is None
    assert "mpo" in demanded(Kind.IMAGE, level=WARNING).refused["format"]


def test_rules_of_a_url_ask_nothing_of_a_copy() -> None:
    facts = Facts(kind=Kind.IMAGE, link=LinkFacts(scheme="http"))
    assert "scheme" not in demands_of(ASSET, facts, [OURS], [Policy()], NOTE).refused


def test_a_role_and_a_group_decide() -> None:
    upstream = load_profile("seedance-upstream")
    real = Asset("a", "a", group=Group(kind=GroupKind.REAL_HUMAN))
    assert demanded(Kind.VIDEO, [upstream]).range_of("bytes").max == 200_000_000
    assert demanded(Kind.VIDEO, [upstream], asset=real).range_of("bytes").max == 50_000_000


def test_a_framing_is_asked_for_whatever_it_weighs() -> None:
    portrait = Asset("a", "a", role=Role.CLOSE_UP)
    facts = Facts(
        kind=Kind.IMAGE,
        media=ImageFacts(),
        faces=FaceFacts(face_count=2),
        portrait=PortraitFacts(practice="close-up"),
    )
    asked = demands_of(portrait, facts, [OURS], [Policy()], framing=True)
    assert asked.range_of("face_count") == Range(Fraction(1), Fraction(1))
    assert asked.range_of("head_height").min == Fraction(1, 2)
    assert not asked.takes("shot", "full-body")
    not_asked = demands_of(portrait, facts, [OURS], [Policy()])
    assert not_asked.range_of("face_count") == Range(min=Fraction(1))
    assert not_asked.takes("shot", "full-body")
    observed = Policy(limits=Limits.OBSERVED)
    assert demands_of(portrait, facts, [OURS], [observed], framing=True).range_of(
        "head_height"
    ).max == Fraction("0.85")


@pytest.mark.parametrize(
    ("first", "second", "fact", "sentence"),
    [
        (
            'fact = "width"\nmin = 100\nunit = "px"',
            'fact = "width"\nmax = 50\nunit = "px"',
            "width",
            "No width suits all: own takes at least 100 px (IMG001), own takes at most 50 px (IMG002); "
            "judge by fewer rules.",
        ),
        (
            'fact = "width"\nmin = 100\nunit = "px"\nopen = true',
            'fact = "width"\nmax = 100\nunit = "px"',
            "width",
            "No width suits all: own takes more than 100 px (IMG001), own takes at most 100 px (IMG002); "
            "judge by fewer rules.",
        ),
        (
            'fact = "format"\none_of = ["png", "jpeg"]',
            'fact = "format"\none_of = ["webp"]',
            "format",
            "No format suits all: own takes png or jpeg (IMG001), own takes webp (IMG002); "
            "judge by fewer rules.",
        ),
        (
            'fact = "format"\none_of = ["png"]',
            'fact = "format"\nlevels = { png = "error", gif = "error" }',
            "format",
            "No format suits all: own takes png (IMG001), own takes all but gif and png (IMG002); "
            "judge by fewer rules.",
        ),
        (
            'fact = "format"\none_of = ["png"]\nlevels = { png = "error" }',
            'fact = "width"\nmin = 1\nunit = "px"',
            "format",
            "No format suits all: own takes none (IMG001); judge by fewer rules.",
        ),
    ],
)
def test_what_cannot_be_had_at_once_is_told(
    tmp_path: Path, first: str, second: str, fact: str, sentence: str
) -> None:
    profile = own(tmp_path, rule("IMG001", first) + rule("IMG002", second))
    assert demanded(Kind.IMAGE, [profile]).conflicts == {fact: sentence}


def test_three_that_agree_in_pairs_alone_are_all_named(tmp_path: Path) -> None:
    lists = ('["png", "gif"]', '["gif", "bmp"]', '["png", "bmp"]')
    rules = "".join(rule(f"IMG00{n}", f'fact = "format"\none_of = {each}') for n, each in enumerate(lists, 1))
    assert demanded(Kind.IMAGE, [own(tmp_path, rules)]).conflicts["format"].count("IMG00") == 3


def test_values_that_a_rule_asks_for(tmp_path: Path) -> None:
    rules = rule("IMG001", 'fact = "alpha"\nequals = true') + rule("IMG002", 'fact = "mode"\nequals = "RGB"')
    demands = demanded(Kind.IMAGE, [own(tmp_path, rules)])
    assert (demands.takes("alpha", True), demands.takes("alpha", False)) == (True, False)
    assert demands.takes("mode", "RGB")
    weak = Policy(severities={"IMG001": NOTE, "IMG002": NOTE})
    assert demanded(Kind.IMAGE, [own(tmp_path, rules)], policy=weak).allowed == {}


def test_both_ranges() -> None:
    first = Range(Fraction(1), Fraction(5), open_min=True, shy_max=True)
    assert both(first, Range()) == first
    assert both(first, Range(Fraction(1), Fraction(4))) == Range(Fraction(1), Fraction(4), open_min=True)
    assert both(first, Range(Fraction(2), Fraction(5))) == Range(Fraction(2), Fraction(5), shy_max=True)


@given(
    profile=st.sampled_from((OURS, KLING, WAN)),
    width=st.integers(200, 8100),
    height=st.integers(200, 8100),
    size=st.integers(1, 40_000_000),
    format_name=st.sampled_from(("png", "jpeg", "gif", "webp", "avif", "mpo")),
    level=st.sampled_from((ERROR, WARNING)),
    limits=st.sampled_from(Limits),
)
def test_what_is_taken_is_not_found_and_what_is_not_is(  # noqa: PLR0917 - named by hypothesis
    profile: Profile, width: int, height: int, size: int, format_name: str, level: Severity, limits: Limits
) -> None:
    media = ImageFacts(
        width=width, height=height, aspect_ratio=Fraction(width, height), pixels=width * height
    )
    facts = Facts(Kind.IMAGE, FileFacts(format=format_name, bytes=size), media=media)
    policy = Policy(limits=limits)
    demands = demands_of(ASSET, facts, [profile], [policy], level)
    found, _ = judge(ASSET, facts, profile, policy)
    broken = {each.measured.fact for each in found if each.severity.rank >= level.rank}
    values = facts.values()
    refused = {fact for fact, value in values.items() if not demands.takes(fact, value)}
    assert broken <= refused
    assert refused - broken <= {"format"}  # what is taken with a word


@given(
    duration=st.fractions(min_value=0, max_value=20, max_denominator=10),
    rate=st.fractions(min_value=20, max_value=70, max_denominator=10),
    limits=st.sampled_from(Limits),
)
def test_the_same_of_clips(duration: Fraction, rate: Fraction, limits: Limits) -> None:
    media: MediaFacts = VideoFacts(duration=duration, frame_rate=rate)
    facts = Facts(Kind.VIDEO, media=media)
    demands = demands_of(ASSET, facts, [OURS], [Policy(limits=limits)])
    found, _ = judge(ASSET, facts, OURS, Policy(limits=limits))
    broken = {each.measured.fact for each in found if each.severity is ERROR}
    assert {fact for fact, value in facts.values().items() if not demands.takes(fact, value)} == broken
