"""Profiles: what a rules file may say, and how each mistake in one is named."""

from __future__ import annotations

import datetime
import errno
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.errors import ProfileError
from validator.findings import Severity
from validator.model import GroupKind, Role, fact_table
from validator.profile import (
    Change,
    check_profile,
    decode_number,
    default_profile,
    load_profile,
    read_profile_file,
    rules_directory,
    shipped_profiles,
)
from validator.quantity import exact
from validator.rule import Bounds, Observed, Rule, Weighs, When, within

HEADER = """
[profile]
name = "mine"
title = "My limits"
checked = 2026-11-22
source = "my notes"
"""
RULE = """
[[rule]]
code = "VID002"
name = "video-duration"
applies = "video"
severity = "error"
summary = "A video runs 2 to 15 seconds."
help = "Trim it."
fact = "duration"
unit = "s"
min = 2
max = 15
"""
PORTRAIT = """
[[rule]]
code = "POR901"
name = "portrait-angle"
applies = "portrait"
severity = "warning"
summary = "The head is upright."
help = "Turn it."
"""
ANGLES = (
    PORTRAIT
    + """
[rule.bounds.yaw]
min = -20
max = 20
[rule.bounds.head_height]
min = "0.5"
above = "The face fills {head_height}"
help_above = "Crop to {close_up_crop}."
"""
)
FRACTIONS = st.fractions(max_denominator=10**6)
BOUNDS = st.none() | FRACTIONS

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a profile and give its path."""

    def written(text: str, name: str = "mine.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def portrait(more: str) -> str:
    """A profile with one rule about portraits that says this too."""
    return HEADER + PORTRAIT + more


def without(key: str, text: str = RULE) -> str:
    return re.sub(rf"(?m)^{key} = .*\n", "", text)


def refused(path: Path, *parts: str) -> None:
    """The profile is refused by a sentence that holds its path and each of these parts."""
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    for part in (str(path), *parts):
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


class TestShipped:
    def test_the_default_profile_is_the_shipped_one_read_once(self) -> None:
        assert default_profile() is default_profile()
        assert default_profile() == load_profile("seedance-2.0")
        assert default_profile().info.name == "seedance-2.0"

    def test_a_name_finds_what_is_shipped(self) -> None:
        assert shipped_profiles() == tuple(sorted(path.stem for path in rules_directory().glob("*.toml")))
        for name in shipped_profiles():
            assert load_profile(name).info.name == name

    def test_an_unknown_name_is_refused_with_what_there_is(self) -> None:
        with pytest.raises(ProfileError, match=r'no profile "seedance-2". Did you mean "seedance-2\.0"\?'):
            load_profile("seedance-2")
        known = re.escape(", ".join(shipped_profiles()))
        with pytest.raises(
            ProfileError, match=rf'no profile "imagine"\. Shipped profiles: {known}; or give the path'
        ):
            load_profile("imagine")

    def test_every_rule_of_the_catalogue_is_there_once_in_order(self) -> None:
        codes = default_profile().codes
        families = {"FIL": range(1, 10), "IMG": range(1, 10), "VID": range(1, 13), "AUD": range(1, 7)}
        families |= {"POR": range(1, 11)}
        for family, numbers in families.items():
            assert [code for code in codes if code.startswith(family)] == [f"{family}{n:03}" for n in numbers]
        assert {"URL001", "URL003", "URL005", "URL006", "URL010", "GRP001"} <= set(codes)

    @pytest.mark.parametrize("rule", default_profile().rules, ids=lambda rule: rule.code)
    def test_every_rule_says_what_why_and_how_to_mend(self, rule: object) -> None:
        for key in ("summary", "help", "why", "example", "source"):
            assert getattr(rule, key), key

    @pytest.mark.parametrize(
        ("code", "low", "high", "is_open"),
        [
            ("IMG002", "0.4", "2.5", False),
            ("IMG003", "300", "6000", False),
            ("IMG004", None, "30000000", True),
            ("VID002", "2", "15", False),
            ("VID003", "0.4", "2.5", False),
            ("VID004", "300", "6000", False),
            ("VID005", "409600", "2086876", False),
            ("VID006", "24", "60", False),
            ("VID007", None, "50000000", False),
            ("AUD002", "2", "15", False),
            ("AUD003", None, "15000000", False),
        ],
    )
    def test_the_documented_numbers(self, code: str, low: str | None, high: str, is_open: bool) -> None:
        rule = default_profile()[code]
        assert (rule.min and exact(rule.min), rule.max and exact(rule.max), rule.open) == (low, high, is_open)

    def test_an_unknown_code_is_a_key_error(self) -> None:
        with pytest.raises(KeyError, match="VID999"):
            default_profile()["VID999"]

    @pytest.mark.parametrize("address", ["https://ada:s3cret@host/a.toml", "https:/ada:s3cret@host/a.toml"])
    def test_an_address_is_no_file(self, address: str) -> None:
        with pytest.raises(
            ProfileError, match=r"host/a\.toml is a URL, but a profile has to be a file"
        ) as found:
            load_profile(address)
        assert "s3cret" not in str(found.value)


class TestReading:
    def test_numbers_stay_exact(self, write: Write) -> None:
        text = RULE.replace("min = 2", 'min = "24000/1001"').replace("max = 15", 'max = "59.94"')
        rule = load_profile(write(HEADER + text))["VID002"]
        assert (rule.min, rule.max) == (Fraction(24000, 1001), Fraction("59.94"))

    def test_a_path_may_be_text_or_a_path(self, write: Write) -> None:
        path = write(HEADER + RULE)
        assert load_profile(path) == load_profile(str(path))
        assert load_profile(path).info.checked == "2026-11-22"

    def test_a_rule_without_a_source_has_the_profiles(self, write: Write) -> None:
        text = (
            HEADER
            + RULE
            + RULE.replace("VID002", "VID902").replace("video-", "other-")
            + 'source = "elsewhere"\n'
        )
        profile = load_profile(write(text))
        assert (profile["VID002"].source, profile["VID902"].source) == ("my notes", "elsewhere")

    def test_one_fact_or_several(self, write: Write) -> None:
        several = RULE.replace('"duration"', '["duration", "audio_duration"]')
        assert load_profile(write(HEADER + RULE))["VID002"].facts == ("duration",)
        assert load_profile(write(HEADER + several))["VID002"].facts == ("duration", "audio_duration")

    def test_min_equal_to_max_is_a_limit_like_any_other(self, write: Write) -> None:
        assert load_profile(write(HEADER + RULE.replace("min = 2", "min = 15")))["VID002"].min == 15

    def test_the_number_hook_reads_numbers_only(self) -> None:
        assert decode_number(Fraction, "0.4") == Fraction(2, 5)
        with pytest.raises(NotImplementedError):
            decode_number(complex, "1")


class TestFilesThatCannotBeRead:
    def test_missing(self, tmp_path: Path) -> None:
        refused(tmp_path / "none.toml", "No such file")

    def test_a_folder(self, tmp_path: Path) -> None:
        refused(tmp_path, "Is a directory")

    def test_a_link_to_itself(self, tmp_path: Path) -> None:
        (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
        refused(tmp_path / "loop.toml", "symbolic links")

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"[profile", id="syntax"),
            pytest.param(b"a = 1\na = 2", id="key given twice"),
            pytest.param(b"\xff\xfe", id="not UTF-8"),
            pytest.param(b"a = " + b"9" * 5000, id="endless integer"),
            pytest.param(b"a = " + b"[" * 100_000, id="endless nesting"),
        ],
    )
    def test_not_toml(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "bad.toml").write_bytes(content)
        refused(tmp_path / "bad.toml", "not TOML")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param(RULE, ("missing required field `profile`",), id="no header"),
        pytest.param(
            HEADER + "colour = 1", ("profile", "unknown field `colour`"), id="unknown key in the header"
        ),
        pytest.param(without("title", HEADER) + RULE, ("profile", "`title`"), id="header without a title"),
        pytest.param(HEADER.replace("2026-11-22", '"soon"'), ("profile.checked",), id="date that is none"),
        pytest.param(
            "rule = 5\n" + HEADER, ("rule", "Expected `array`, got `int`"), id="rules that are no tables"
        ),
        pytest.param(
            "rule = [5]\n" + HEADER, ("[[rule]] number 1", "Expected `object`"), id="rule that is no table"
        ),
        pytest.param("surprise = 1\n" + HEADER, ("unknown field `surprise`",), id="unknown table"),
        pytest.param(HEADER + RULE + "minimum = 2", ("VID002", "unknown field `minimum`"), id="unknown key"),
        pytest.param(HEADER + RULE + "maxx = 2", ('Did you mean "max"?',), id="mistyped key of a rule"),
        pytest.param(
            HEADER + RULE + 'observed = { minn = 2, source = "x" }',
            ("VID002: observed: ", 'Did you mean "min"?'),
            id="mistyped key of observed",
        ),
        pytest.param(
            HEADER + 'sourc = "x"', ("profile: ", 'Did you mean "source"?'), id="mistyped key of the header"
        ),
        pytest.param(HEADER + "[[rules]]", ('Did you mean "rule"?',), id="mistyped table"),
        pytest.param(
            HEADER + RULE.replace("min = 2", "min = nan"), ("nan is no number",), id="no number at all"
        ),
        pytest.param(HEADER + without("help"), ("VID002", "missing required field `help`"), id="missing key"),
        pytest.param(HEADER + without("code"), ("[[rule]] number 1", "`code`"), id="missing code"),
        pytest.param(HEADER + RULE.replace("VID002", "V2"), ("V2", "code"), id="code of another form"),
        pytest.param(
            HEADER + RULE.replace('"VID002"', "2"), ("2", "code", "Expected `str`"), id="code a number"
        ),
        pytest.param(
            HEADER + RULE.replace("video-duration", "Video Duration"), ("VID002", "name"), id="name form"
        ),
        pytest.param(
            HEADER + RULE.replace('"video"', '"film"'), ("VID002", "applies", "film"), id="applies to what"
        ),
        pytest.param(
            HEADER + RULE.replace('"error"', '"fatal"'), ("VID002", "severity", "fatal"), id="severity"
        ),
        pytest.param(
            HEADER + RULE.replace("min = 2", "min = 1.8"), ("VID002", "min", '"1.8"'), id="float min"
        ),
        pytest.param(
            HEADER + RULE.replace("max = 15", "max = inf"), ("VID002", "max", "inf"), id="float max"
        ),
        pytest.param(
            HEADER + RULE.replace("max = 15", "max = true"), ("VID002", "max", "got bool"), id="bool max"
        ),
        pytest.param(
            HEADER + RULE.replace("max = 15", 'max = "15 s"'), ("VID002", "max", '"15 s"'), id="text max"
        ),
        pytest.param(
            HEADER + RULE.replace("max = 15", "max = []"), ("VID002", "max", "got list"), id="list max"
        ),
        pytest.param(
            HEADER + RULE + "observed = { min = 1.8, source = 'x' }",
            ("VID002", "observed.min", '"1.8"'),
            id="float observed",
        ),
        pytest.param(
            HEADER + RULE + "observed = { min = 1 }", ("VID002", "observed", "`source`"), id="no source"
        ),
        pytest.param(HEADER + RULE + "open = 'yes'", ("VID002", "open", "Expected `bool`"), id="wrong type"),
        pytest.param(
            HEADER + RULE + "prevents = 'X'", ("VID002", "prevents", "Expected `array`"), id="no list"
        ),
        pytest.param(
            HEADER + RULE + "when = { role = ['hero'] }", ("VID002", "when.role", "hero"), id="role"
        ),
        pytest.param(HEADER + RULE + "when = { group = ['x'] }", ("VID002", "when.group", "'x'"), id="group"),
        pytest.param(
            HEADER + RULE + "when = { kind = ['x'] }", ("VID002", "when", "`kind`"), id="unknown when"
        ),
    ],
)
def test_wrong_keys_and_types_are_refused_with_file_rule_and_key(
    write: Write, text: str, parts: tuple[str, ...]
) -> None:
    refused(write(text), *parts)


def enum_rule(extra: str, fact: str = "integrity") -> str:
    plain = without("unit", without("min", without("max", RULE.replace('"duration"', f'"{fact}"'))))
    return HEADER + plain + extra


ON_BOUND = """
[[rule]]
code = "VID905"
name = "video-on-bound"
applies = "{applies}"
severity = "warning"
summary = "Not on a bound."
help = "Stay clear of it."
on_bound_of = ["{other}"]
"""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param(
            HEADER + RULE + RULE.replace("video-", "other-"),
            ("VID002: code: ", "used twice"),
            id="duplicate code",
        ),
        pytest.param(
            HEADER + RULE + RULE.replace("VID002", "VID003"),
            ("VID003: name: ", '"video-duration" is used twice'),
            id="duplicate name",
        ),
        pytest.param(
            HEADER + RULE.replace('"duration"', '"durration"'),
            ("VID002: fact: ", 'video has no fact "durration" (did you mean "duration"?)'),
            id="unknown fact",
        ),
        pytest.param(
            HEADER + RULE.replace('"duration"', '"xyzzy"'),
            ("VID002: fact: ", 'no fact "xyzzy"'),
            id="no near fact",
        ),
        pytest.param(
            HEADER + RULE.replace('"video"', '"image"'),
            ("VID002: fact: ", 'image has no fact "duration"'),
            id="fact of another kind",
        ),
        pytest.param(
            HEADER + RULE + "shows = ['widht']",
            ("VID002: shows: ", 'did you mean "width"?'),
            id="unknown shows",
        ),
        pytest.param(
            HEADER + RULE.replace('unit = "s"', 'unit = "ms"'),
            ("VID002: unit: ", '"ms" given, but duration is in "s"'),
            id="wrong unit",
        ),
        pytest.param(HEADER + without("unit"), ("VID002: unit: ", 'duration is in "s"'), id="no unit"),
        pytest.param(
            HEADER + RULE.replace('"duration"', '["duration", "width"]'),
            ("VID002: unit: ", '"s" given, but width is in "px"'),
            id="facts of several units",
        ),
        pytest.param(
            HEADER + RULE.replace("min = 2", "min = 16"),
            ("VID002: min: ", "16 is larger than max 15"),
            id="min > max",
        ),
        pytest.param(
            HEADER + RULE + "observed = { min = 3, max = 1, source = 'x' }",
            ("VID002: observed.min: ", "3 is larger than max 1"),
            id="observed min > max",
        ),
        pytest.param(
            HEADER + RULE + "observed = { source = 'x' }",
            ("VID002: observed: ", "give min or max"),
            id="observed void",
        ),
        pytest.param(enum_rule(""), ("VID002: compares by nothing",), id="no comparison"),
        pytest.param(
            HEADER + RULE + "equals = 3",
            ("VID002: compares by min/max and equals",),
            id="several comparisons",
        ),
        pytest.param(HEADER + without("fact"), ("VID002: fact: ", "at least one"), id="no fact"),
        pytest.param(
            HEADER + RULE.replace('"duration"', '"codec"').replace('unit = "s"', ""),
            ("VID002: min/max: ", '"codec" is not a number'),
            id="bounds on a text",
        ),
        pytest.param(
            enum_rule("levels = { trunkated = 'error' }"),
            ("VID002: levels: ", '"integrity" is never "trunkated" (did you mean "truncated"?)'),
            id="level of no such value",
        ),
        pytest.param(
            enum_rule("levels = { truncated = 'bad' }"),
            ("VID002: levels", "Invalid enum value 'bad'"),
            id="level value",
        ),
        pytest.param(
            enum_rule("one_of = ['hole']"), ("VID002: one_of: ", 'did you mean "whole"?'), id="one_of"
        ),
        pytest.param(
            enum_rule("equals = 'whole'\nsays = { corupt = 'x' }"),
            ("VID002: says: ", 'did you mean "corrupt"?'),
            id="says",
        ),
        pytest.param(
            enum_rule("equals = 'whole'\nhelps = { corupt = 'x' }"),
            ("VID002: helps: ", 'did you mean "corrupt"?'),
            id="helps",
        ),
        pytest.param(
            enum_rule("equals = 'whole'\nhelps = { vidio = 'x' }"),
            ("VID002: helps: ", 'did you mean "video"?'),
            id="helps of no kind",
        ),
        pytest.param(
            enum_rule("equals = 'whole'\nhelps = { corrupt = 'At {nowhere}' }"),
            ('VID002: {}: video has no fact "nowhere"',),
            id="helps that name no fact",
        ),
        pytest.param(
            enum_rule("one_of = ['mp4']\nhelps = { xyzzy = 'x' }", "format"),
            ('VID002: helps: format is never "xyzzy"',),
            id="help for no format",
        ),
        pytest.param(
            enum_rule("equals = 'wole'"), ("VID002: equals: ", 'did you mean "whole"?'), id="equals choice"
        ),
        pytest.param(
            enum_rule("equals = true"),
            ("VID002: equals: ", "integrity is of type str, not bool"),
            id="equals type",
        ),
        pytest.param(
            enum_rule("equals = true\nunit = 'px'", "width"),
            ("VID002: equals: ", "width is of type int, not bool"),
            id="a truth is no number",
        ),
        pytest.param(
            enum_rule("levels = { true = 'error' }", "geometry"),
            ("VID002: levels: ", '"geometry" is not a text'),
            id="levels of a truth",
        ),
        pytest.param(
            enum_rule("one_of = ['300']\nunit = 'px'", "width"),
            ("VID002: one_of: ", '"width" is not a text'),
            id="one_of of a number",
        ),
        pytest.param(
            HEADER + ON_BOUND.format(applies="video", other="VID003") + RULE,
            ("VID905: on_bound_of: ", "VID003 is no rule with min or max"),
            id="on bound of no rule",
        ),
        pytest.param(
            enum_rule("equals = 'whole'") + ON_BOUND.format(applies="video", other="VID002"),
            ("VID905: on_bound_of: ", "no rule with min or max"),
            id="on bound of a rule without",
        ),
        pytest.param(
            HEADER + RULE + ON_BOUND.format(applies="image", other="VID002"),
            ("VID905: on_bound_of: ", "VID002 applies to video, not to image"),
            id="on bound of another kind",
        ),
        pytest.param(
            HEADER + RULE + ON_BOUND.format(applies="video", other="VID002") + "fact = 'duration'",
            ("VID905: fact: ", "none with on_bound_of"),
            id="on bound with a fact",
        ),
        pytest.param(
            HEADER + RULE + "when = { format = ['pngg'] }",
            ('VID002: when.format: format is never "pngg" (did you mean "png"?)',),
            id="when of no format",
        ),
        pytest.param(
            HEADER + RULE + "weighs = [{ format = ['mov', 'mp44'], severity = 'note' }]",
            ('VID002: weighs.format: format is never "mp44" (did you mean "mp4"?)',),
            id="weighs of no format",
        ),
        pytest.param(
            enum_rule("one_of = ['jpg', 'png']", "format"),
            ('VID002: one_of: format is never "jpg" (did you mean "jpeg"?)',),
            id="one_of no format",
        ),
        pytest.param(
            enum_rule("one_of = ['mp4']\nlevels = { TIF = 'note' }", "format"),
            ('VID002: levels: format is never "TIF" (did you mean "tiff"?)',),
            id="level of no format",
        ),
        pytest.param(
            enum_rule("one_of = ['mp4']\nsays = { xyzzy = 'x' }", "format"),
            ('VID002: says: format is never "xyzzy"',),
            id="words for no format",
        ),
        pytest.param(
            HEADER + RULE + "against = 'VID006'",
            ("VID002: against: ", "VID006 is no rule of this profile"),
            id="against",
        ),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_file_rule_and_key(
    write: Write, text: str, parts: tuple[str, ...]
) -> None:
    refused(write(text), *parts)


@pytest.mark.parametrize(
    ("more", "parts"),
    [
        pytest.param("[rule.bounds]", ("compares by nothing",), id="no fact at all"),
        pytest.param("[rule.bounds.yaw]\nabove = 'Far'", ("bounds.yaw: give min or max",), id="no bound"),
        pytest.param(
            "fact = 'yaw'\n[rule.bounds.yaw]\nmax = 20",
            ("bounds: each fact is named there", "leave fact and unit out"),
            id="fact beside bounds",
        ),
        pytest.param(
            "unit = '°'\n[rule.bounds.yaw]\nmax = 20",
            ("bounds: ", "has its own unit"),
            id="unit beside bounds",
        ),
        pytest.param(
            "max = 3\n[rule.bounds.yaw]\nmax = 20",
            ("compares by min/max and bounds",),
            id="max beside bounds",
        ),
        pytest.param(
            "levels = { group = 'note' }\n[rule.bounds.yaw]\nmax = 20",
            ("compares by bounds and levels",),
            id="levels beside bounds",
        ),
        pytest.param(
            "[rule.bounds.yawn]\nmax = 20",
            ('bounds: portrait has no fact "yawn" (did you mean "yaw"?)',),
            id="unknown fact",
        ),
        pytest.param(
            "[rule.bounds.face_distance]\nmax = 1",
            ('bounds: portrait has no fact "face_distance"',),
            id="fact of others",
        ),
        pytest.param(
            "[rule.bounds.yaw]\nmin = 3\nmax = 2", ("bounds.yaw.min: 3 is larger than max 2",), id="min > max"
        ),
        pytest.param("[rule.bounds.shot]\nmin = 3", ('"shot" is not a number',), id="bounds on a text"),
        pytest.param("[rule.bounds.body_frontal]\nmin = 1", ("is not a number",), id="bounds on a truth"),
        pytest.param(
            "[rule.bounds.faces]\nmax = 1",
            ('fact: "faces" only locates, it cannot be compared',),
            id="bounds on a list",
        ),
        pytest.param(
            "fact = 'close_up_crop'\nequals = 'x'",
            ('fact: "close_up_crop" only locates, it cannot be compared',),
            id="a box compared",
        ),
        pytest.param(
            "fact = 'shot'\nequals = 'none'\nlocates = ['face']",
            ('locates: portrait has no fact "face" (did you mean "faces"?)',),
            id="locates",
        ),
        pytest.param(
            "fact = 'shot'\nequals = 'none'\nshows = ['faces']",
            ('shows: "faces" only locates, it cannot be shown',),
            id="a list shown",
        ),
        pytest.param(
            "[rule.bounds.yaw]\nmax = 2.5",
            ("bounds", ".max: ", '("2.5"), so that it stays exact'),
            id="a float",
        ),
        pytest.param("[rule.bounds.yaw]\nmim = 2", ('Did you mean "min"?',), id="mistyped key of bounds"),
        pytest.param(
            "when = { rol = ['portrait'] }", ("when: ", 'Did you mean "role"?'), id="mistyped key of when"
        ),
        pytest.param(
            "when = [{ role = ['portrait'] }, { grup = ['virtual'] }]",
            ("when[1]: ", 'Did you mean "group"?'),
            id="mistyped key of an alternative",
        ),
        pytest.param(
            "weighs = [{ severty = 'note' }]",
            ("weighs[0]: ", 'Did you mean "severity"?'),
            id="mistyped key of weighs",
        ),
        pytest.param(
            "weighs = [{ role = ['portrait'] }]", ("weighs[0]: ", "field `severity`"), id="weighs nothing"
        ),
        pytest.param("when = { role = ['hero'] }", ("when.role[0]: ", "'hero'"), id="unknown role"),
        pytest.param(
            "when = { practice = ['closeup'] }", ("when.practice[0]: ", "'closeup'"), id="unknown framing"
        ),
    ],
)
def test_rules_about_people_that_make_no_sense_are_refused(
    write: Write, more: str, parts: tuple[str, ...]
) -> None:
    refused(write(portrait(more)), "POR901: ", *parts)


@pytest.mark.parametrize("fact", ["face_hight", "faces"])
@pytest.mark.parametrize(
    "more",
    [
        "fact = 'yaw'\nunit = '°'\nmax = 3\nhelp_above = '{NAME}'",
        "fact = 'yaw'\nunit = '°'\nmax = 3\nhelp_below = '{NAME}'",
        "fact = 'shot'\nequals = 'none'\nsays = { group = 'Here: {NAME}' }",
        *(
            f"[rule.bounds.yaw]\nmax = 3\n{key} = '{{NAME}}'"
            for key in ("below", "above", "help_below", "help_above")
        ),
    ],
)
def test_texts_name_facts_that_can_stand_in_them(write: Write, more: str, fact: str) -> None:
    known = {"face_hight": 'no fact "face_hight" (did you mean "face_height"?)', "faces": '"faces" is a list'}
    refused(write(portrait(more.replace("NAME", fact))), "POR901: {}: ", known[fact])
    assert load_profile(write(portrait(more.replace("NAME", "face_height"))))


def test_the_help_names_facts_that_there_are(write: Write) -> None:
    text = HEADER + ANGLES.replace("Turn it.", "Turn it by {yam}.")
    refused(write(text), 'POR901: {}: portrait has no fact "yam" (did you mean "yaw"?)')


@pytest.mark.parametrize(
    "text",
    [
        enum_rule("one_of = ['whole']\nlevels = { truncated = 'warning' }"),
        enum_rule("equals = false\nsays = { true = 'x' }", "geometry"),
        enum_rule("equals = 300\nunit = 'px'", "width"),
        enum_rule("equals = 'whole'"),
        HEADER + without("max"),
        HEADER + without("min") + "observed = { max = 16, source = 'x' }",
        HEADER + RULE + "against = 'VID002'\nshows = ['claimed_duration']",
        HEADER + RULE + ON_BOUND.format(applies="video", other="VID002"),
        HEADER + ON_BOUND.format(applies="video", other="VID002") + RULE,
        HEADER
        + RULE.replace('"duration"', '"width"').replace('"s"', '"px"')
        + "when = { role = ['close-up'] }",
        HEADER + ANGLES,
        HEADER + RULE + "when = [{ role = ['close-up'] }, { group = ['virtual'] }]",
        HEADER + RULE + "when = { format = ['mp4', 'mov'] }",
        HEADER + RULE + "unknown_outside = true",
        enum_rule("one_of = ['heif with j2k1', 'jpeg']", "format"),
        HEADER + RULE + "weighs = [{ role = ['portrait'], practice = ['close-up'], severity = 'note' }]",
        portrait("locates = ['faces', 'close_up_crop', 'head_cut']\nfact = 'shot'\nequals = 'none'"),
        portrait("fact = 'shot'\nequals = 'none'\nsays = { group = 'Crop to {close_up_crop}' }"),
        HEADER,
    ],
)
def test_what_a_rule_may_say(write: Write, text: str) -> None:
    assert load_profile(write(text)).info.name == "mine"


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a/b", "../a", "a\\nb", "a\\n", "a\\u0000", ".hidden", "-x", "a" * 61, "x,y"]
)
def test_a_name_is_one_that_can_stand_anywhere(write: Write, name: str) -> None:
    text = HEADER.replace('"mine"', f'"{name}"')
    refused(write(text), 'profile.name: a name is 1 to 60 letters, digits, ".", "_" and "-"')


@pytest.mark.parametrize("name", ["a", "seedance-2.0", "My_Limits.v2", "a" * 60])
def test_a_name_that_can(write: Write, name: str) -> None:
    assert load_profile(write(HEADER.replace('"mine"', f'"{name}"'))).info.name == name


@pytest.mark.parametrize("title", ["", " ", "a\\nb", "a\\u0000b", "a\\u001b[31m", "a\\n", "t" * 201])
def test_a_title_is_one_line(write: Write, title: str) -> None:
    text = HEADER.replace('"My limits"', f'"{title}"')
    refused(write(text), "profile.title: a title is one line of 1 to 200 characters")


class TestExtending:
    def extending(self, base: str = "seedance-2.0", more: str = "") -> str:
        return HEADER + f'extends = "{base}"\n' + more

    def test_all_rules_are_inherited(self, write: Write) -> None:
        mine = load_profile(write(self.extending()))
        assert mine.rules == default_profile().rules
        assert mine.info.name == "mine"

    def test_a_change_touches_what_it_names_and_nothing_else(self, write: Write) -> None:
        mine = load_profile(write(self.extending(more='[[change]]\ncode = "VID002"\nseverity = "warning"\n')))
        before, after = default_profile()["VID002"], mine["VID002"]
        assert after.severity is Severity.WARNING
        assert (after.min, after.max, after.summary, after.source) == (
            before.min,
            before.max,
            before.summary,
            before.source,
        )
        assert mine.codes == default_profile().codes, "the order stays"
        assert mine["VID006"] == default_profile()["VID006"]

    def test_a_changed_limit_is_the_word_of_the_profile_that_changes_it(self, write: Write) -> None:
        changed = self.extending(more='[[change]]\ncode = "VID002"\nmax = 30\n')
        sourced = self.extending(more='[[change]]\ncode = "VID002"\nmax = 30\nsource = "a letter"\n')
        assert load_profile(write(changed))["VID002"].source == "my notes"
        assert load_profile(write(sourced))["VID002"].source == "a letter"

    @pytest.mark.parametrize(
        ("key", "written", "value"),
        [
            ("min", '"1.5"', Fraction(3, 2)),
            ("max", "30", Fraction(30)),
            ("open", "true", True),
            ("summary", '"Other."', "Other."),
            ("help", '"Do."', "Do."),
            ("observed", '{ max = 40, source = "x" }', Observed(source="x", max=Fraction(40))),
            ("prevents", '["TooLong"]', ("TooLong",)),
            ("why", '"So."', "So."),
            ("example", '"16 s."', "16 s."),
            ("help_below", '"Longer."', "Longer."),
            ("help_above", '"Shorter."', "Shorter."),
            ("shows", '["width"]', ("width",)),
            ("against", '"VID006"', "VID006"),
            ("repair", '"cut"', "cut"),
            ("unknown_outside", "true", True),
            ("locates", '["width"]', ("width",)),
            ("when", '{ group = ["virtual"] }', When(group=(GroupKind.VIRTUAL,))),
            ("when", '[{ role = ["voice"] }]', (When(role=(Role.VOICE,)),)),
            (
                "weighs",
                '[{ role = ["voice"], severity = "note" }]',
                (Weighs(role=(Role.VOICE,), severity=Severity.NOTE),),
            ),
        ],
    )
    def test_what_can_be_changed(self, write: Write, key: str, written: str, value: object) -> None:
        text = self.extending(more=f'[[change]]\ncode = "VID002"\n{key} = {written}\n')
        assert getattr(load_profile(write(text))["VID002"], key) == value

    def test_all_can_be_changed_but_what_a_rule_is_about(self) -> None:
        about = {"code", "name", "applies", "fact", "unit"}
        assert set(Rule.__struct_fields__) - about == set(Change.__struct_fields__) - {"code", "remove"}

    def test_what_a_fact_has_to_be_and_whose_bounds_are_meant_can_be_changed(self, write: Write) -> None:
        changes = (
            '[[change]]\ncode = "IMG005"\non_bound_of = ["IMG003"]\n'
            '[[change]]\ncode = "FIL008"\nequals = true\nunknown_outside = true\n'
        )
        mine = load_profile(write(self.extending(more=changes)))
        assert mine["IMG005"].on_bound_of == ("IMG003",)
        assert (mine["FIL008"].equals, mine["FIL008"].source) == (True, "my notes")

    def test_the_limits_of_each_fact_are_changed_together(self, write: Write) -> None:
        write(HEADER.replace("my notes", "theirs") + ANGLES, "base.toml")
        change = '[[change]]\ncode = "POR901"\n[change.bounds.yaw]\nmax = "12.5"\nabove = "Far"\n'
        mine = load_profile(write(self.extending("base.toml", change)))["POR901"]
        assert mine.bounds == {"yaw": Bounds(max=Fraction("12.5"), above="Far")}
        assert mine.source == "my notes", "whoever changes a limit is its source"

    @pytest.mark.parametrize(
        ("change", "parts"),
        [
            ("max = 3", ("compares by min/max and bounds",)),
            ("[change.bounds.yaw]\nabove = 'x'", ("bounds.yaw: give min or max",)),
            ("[change.bounds.yaw]\nmin = 2\nmax = 1", ("bounds.yaw.min: 2 is larger than max 1",)),
            ("[change.bounds.yam]\nmin = 2", ('has no fact "yam"',)),
            ("[change.bounds.yaw]\nmaxx = 2", ('Did you mean "max"?',)),
            ("[change.bounds]", ("compares by nothing",)),
        ],
    )
    def test_such_a_change_is_checked_too(self, write: Write, change: str, parts: tuple[str, ...]) -> None:
        write(HEADER + ANGLES, "base.toml")
        text = self.extending("base.toml", f'[[change]]\ncode = "POR901"\n{change}\n')
        refused(write(text), "POR901: ", *parts)

    def test_limits_of_each_fact_cannot_stand_beside_one_for_all(self, write: Write) -> None:
        change = '[[change]]\ncode = "VID002"\n[change.bounds.duration]\nmax = 30\n'
        refused(write(self.extending(more=change)), "VID002: compares by min/max and bounds")

    def test_a_rule_can_be_removed_and_another_added(self, write: Write) -> None:
        more = '[[change]]\ncode = "VID002"\nremove = true\n' + RULE.replace("VID002", "VID902")
        mine = load_profile(write(self.extending(more=more)))
        assert "VID002" not in mine.codes
        at = mine.codes.index("VID902")
        assert mine.codes[at - 1 : at + 2] == ("VID012", "VID902", "AUD001"), "it stands with its family"

    def test_of_a_new_family_the_rules_come_last(self, write: Write) -> None:
        more = RULE.replace("VID002", "XYZ002").replace("video-", "second-")
        more += RULE.replace("VID002", "XYZ001").replace("video-", "first-")
        mine = load_profile(write(self.extending(more=more)))
        assert mine.codes == (*default_profile().codes, "XYZ001", "XYZ002")

    def test_the_rules_of_a_file_that_extends_nothing_stay_in_its_order(self, write: Write) -> None:
        text = HEADER + RULE.replace("VID002", "VID902") + RULE.replace("video-", "other-")
        assert load_profile(write(text)).codes == ("VID902", "VID002")

    def test_several_rules_can_be_changed_together_and_each_in_several_places(self, write: Write) -> None:
        more = """
            [[change]]
            code = ["VID002", "AUD002"]
            severity = "note"
            [[change]]
            code = "VID002"
            max = 30
            [[change]]
            code = ["FIL008", "FIL009"]
            remove = true
        """
        mine = load_profile(write(self.extending(more=more)))
        assert [mine[code].severity for code in ("VID002", "AUD002")] == [Severity.NOTE, Severity.NOTE]
        assert [mine[code].max for code in ("VID002", "AUD002")] == [30, 15]
        assert set(default_profile().codes) - set(mine.codes) == {"FIL008", "FIL009"}

    def test_what_a_rule_inherits_keeps_the_source_that_it_had(self, write: Write) -> None:
        write(self.extending("media", '[[change]]\ncode = "FIL002"\nwhy = "So it is."\n'), "middle.toml")
        mine = load_profile(write(self.extending("middle.toml")))
        assert {rule.source for rule in mine.rules} == {load_profile("media").info.source}

    def test_another_severity_for_a_value_is_the_word_of_the_profile_that_says_so(self, write: Write) -> None:
        more = '[[change]]\ncode = "URL004"\nlevels = { followed = "error" }\n'
        rule = load_profile(write(self.extending(more=more)))["URL004"]
        assert rule.levels == {"followed": Severity.ERROR}, "levels are not merged"
        assert rule.source == "my notes"

    def test_a_chain_of_files_is_found_beside_each_other(self, write: Write) -> None:
        write(HEADER + RULE, "base.toml")
        write(self.extending("base.toml", '[[change]]\ncode = "VID002"\nmax = 20\n'), "middle.toml")
        top = write(self.extending("middle.toml", '[[change]]\ncode = "VID002"\nmin = 1\n'), "top.toml")
        assert (load_profile(top)["VID002"].min, load_profile(top)["VID002"].max) == (
            Fraction(1),
            Fraction(20),
        )

    def test_a_change_without_a_base_is_refused(self, write: Write) -> None:
        refused(write(HEADER + '[[change]]\ncode = "VID002"\n'), "VID002: ", "needs a profile to extend")

    def test_a_change_of_an_unknown_rule_is_refused(self, write: Write) -> None:
        text = self.extending(more='[[change]]\ncode = "VID999"\nmax = 3\n')
        refused(write(text), "VID999: ", "no such rule in seedance-2.0")

    @pytest.mark.parametrize(
        ("change", "parts"),
        [
            ('code = "VID002"\nmax = 15.2', ("VID002: max: ", '"15.2"')),
            ('code = "VID002"\nfact = "width"', ("VID002: ", "unknown field `fact`")),
            ("max = 3", ("[[change]] number 1: ", "`code`")),
            (
                'code = "VID002"\nmax = 3\n[[change]]\ncode = ["VID006", "VID002"]\nmax = 3',
                ("VID002: max: ", "changed twice"),
            ),
            ('code = "VID002"\nmax = 3\n[[change]]\ncode = "VID002"\nremove = true', ("nothing else",)),
            ('code = ["VID002", "VID999"]\nmax = 3', ("VID999: ", "no such rule")),
            ('code = ["VID002", "VID003"]\nmax = 1.5', ("VID002, VID003: max: ", '"1.5"')),
            ('code = "VID002"\nlevels = { x = "error" }', ("VID002: compares by min/max and levels",)),
            (
                'code = "URL004"\nlevels = { gone = "error" }',
                ('URL004: levels: "redirects" is never "gone"',),
            ),
            ('code = "VID009"\nagainst = "VID099"', ("VID009: against: VID099 is no rule",)),
            ('code = "VID002"\nmax = 3\nremove = true', ("VID002: remove: ", "nothing else")),
            ('code = "VID002"\nmin = 16', ("VID002: min: ", "16 is larger than max 15")),
            ('code = "VID001"\nmin = 16', ("VID001: compares by min/max and one_of",)),
            ('code = "IMG003"\nremove = true', ("IMG005: on_bound_of: IMG003 is no rule",)),
        ],
    )
    def test_a_change_is_checked_like_a_rule(self, write: Write, change: str, parts: tuple[str, ...]) -> None:
        refused(write(self.extending(more=f"[[change]]\n{change}\n")), *parts)

    def test_a_code_that_the_base_has_cannot_be_added(self, write: Write) -> None:
        refused(write(self.extending(more=RULE)), "VID002: code: ", "used twice")

    def test_a_missing_base_is_named(self, write: Write, tmp_path: Path) -> None:
        path = write(self.extending("nowhere.toml"))
        with pytest.raises(ProfileError, match=re.escape(f"{tmp_path / 'nowhere.toml'}: No such file")):
            load_profile(path)

    @pytest.mark.parametrize("length", [1, 2, 3])
    def test_a_circle_is_refused(self, write: Write, length: int) -> None:
        paths = [write(self.extending(f"{(n + 1) % length}.toml"), f"{n}.toml") for n in range(length)]
        refused(paths[0], "extends itself, by way of", f"{length - 1}.toml")

    def test_an_unknown_base_is_refused(self, write: Write) -> None:
        with pytest.raises(ProfileError, match='no profile "seedance-3"'):
            load_profile(write(self.extending("seedance-3")))

    def test_a_base_with_a_nul_in_its_name_is_refused(self, write: Write) -> None:
        with pytest.raises(ProfileError, match="null byte"):
            load_profile(write(self.extending("a\\u0000.toml")))


class TestBounds:
    @given(FRACTIONS, BOUNDS, BOUNDS)
    def test_closed_bounds_are_inside(
        self, value: Fraction, low: Fraction | None, high: Fraction | None
    ) -> None:
        expected = not (low is not None and value < low) and not (high is not None and value > high)
        assert within(value, low, high) is expected

    @given(FRACTIONS, BOUNDS, BOUNDS)
    def test_open_bounds_are_the_closed_ones_without_the_bounds_themselves(
        self, value: Fraction, low: Fraction | None, high: Fraction | None
    ) -> None:
        expected = within(value, low, high) and value not in (low, high)
        assert within(value, low, high, open_bounds=True) is expected

    @given(FRACTIONS, BOUNDS, BOUNDS, st.booleans())
    def test_an_observed_band_holds_what_lies_within(
        self, value: Fraction, low: Fraction | None, high: Fraction | None, is_open: bool
    ) -> None:
        band = Observed(source="x", min=low, max=high, open=is_open)
        assert band.holds(value) is within(value, low, high, open_bounds=is_open)

    @given(st.integers(-100, 100), st.integers(-100, 100))
    def test_bounds_are_accepted_exactly_if_they_are_in_order(self, low: int, high: int) -> None:
        file = read_profile_file(rules_directory() / "seedance-2.0.toml")
        (rule,) = (rule for rule in file.rule if rule.code == "VID002")
        changed = type(rule)(
            **{key: getattr(rule, key) for key in rule.__struct_fields__}
            | {"min": Fraction(low), "max": Fraction(high), "observed": None}
        )
        if low <= high:
            assert check_profile(file.profile, (changed,), "f")["VID002"].min == low
        else:
            with pytest.raises(ProfileError, match="f: VID002: min: "):
                check_profile(file.profile, (changed,), "f")


def test_the_header_says_whether_the_service_itself_is_the_source(write: Write) -> None:
    assert load_profile(write(HEADER)).grade == "documented"
    assert load_profile(write(HEADER + 'grade = "third parties"')).grade == "third parties"
    refused(write(HEADER + 'grade = "rumour"'), "profile.grade: ", "rumour")


def test_the_header_says_who_and_when(write: Write) -> None:
    file = read_profile_file(write(HEADER + RULE))
    assert file.profile.checked == datetime.date(2026, 11, 22)
    assert fact_table("video")["duration"].unit == file.rule[0].unit


def test_a_program_that_may_open_no_further_file_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> Iterator[Path]:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ProfileError, match=r"seedance-2\.0: Too many open files"):
        load_profile()
