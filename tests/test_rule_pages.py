from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from validator.findings import Severity
from validator.model import GroupKind, Role
from validator.profile import Profile, load_profile, rules_directory, shipped_profiles
from validator.report.rule_page import as_markdown, as_text, page, write_page
from validator.report.rule_paragraphs import limit_lines, paragraphs, severity_words
from validator.rule import Bounds, Rule, Weighs, When

PROFILE = load_profile()
PROFILES = {name: load_profile(name) for name in shipped_profiles()}


def test_the_page_in_the_repository_is_the_one_that_the_rules_make(tmp_path: Path) -> None:
    fresh = tmp_path / "README.md"
    write_page(fresh)
    stored = rules_directory() / "README.md"
    assert stored.read_bytes() == fresh.read_bytes(), "stale: run python -m validator.report.rule_page"


ALWAYS = {"Limit", "Severity", "Concerns", "Why", "Source", "Example", "Message", "How to mend"}
"""What a reader finds of every rule."""


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_rule_says_limit_reason_source_example_message_and_how_to_mend(profile: Profile) -> None:
    lacking = {
        rule.code: missing
        for rule in profile.rules
        if (missing := ALWAYS - {paragraph.title for paragraph in paragraphs(rule, profile)})
    }
    assert lacking == {}


@pytest.mark.parametrize("code", PROFILE.codes)
def test_terminal_and_page_say_the_same(code: str) -> None:
    rule = PROFILE[code]
    text, markdown = as_text(rule, PROFILE), as_markdown(rule, PROFILE)
    for paragraph in paragraphs(rule, PROFILE):
        assert f"\n  {paragraph.title}\n" in text
        assert f"**{paragraph.title}:**" in markdown
        for line in paragraph.lines:
            assert words(line) in words(text)
            assert words(line) in words(markdown)


def words(text: str) -> str:
    return "".join(text.replace("\\", "").replace("`", "").replace("- ", "").split())


@pytest.mark.parametrize("code", PROFILE.codes)
def test_prose_keeps_to_the_width_and_commands_to_one_line(code: str) -> None:
    for line in as_text(PROFILE[code], PROFILE, width=60).splitlines():
        assert len(line) <= 60 or "ffmpeg -" in line or "http" in line


def test_every_rule_is_in_its_table_and_linked_to_its_section() -> None:
    lines = page((PROFILE,)).splitlines()
    for rule in PROFILE.rules:
        assert any(line.startswith(f"| [{rule.code}](#{rule.code.lower()}-{rule.name}) ") for line in lines)
        assert f"#### {rule.code} {rule.name}" in lines


def test_a_rule_of_several_profiles_is_explained_once_and_one_that_differs_again() -> None:
    stricter = msgspec.structs.replace(PROFILE["VID007"], max=Fraction(20_000_000))
    other = Profile(
        msgspec.structs.replace(PROFILE.info, name="our-house-1.0", title="Our house"),
        (msgspec.structs.replace(PROFILE["VID006"], source="our wiki"), stricter),
    )
    text = page((PROFILE, other))
    assert text.count("#### VID006 video-frame-rate\n") == 1
    assert text.count("#### VID007 video-file-size\n") == 1
    assert "#### VID006 video-frame-rate (" not in text
    section = text.partition("#### VID007 video-file-size (our-house-1.0)\n")[2]
    assert "at most 20,000,000 bytes" in section
    table = text.partition("## Our house (`our-house-1.0`)")[2]
    assert "| [VID006](#vid006-video-frame-rate) |" in table
    assert "| [VID007](#vid007-video-file-size-our-house-10) |" in table


def test_every_link_of_the_page_leads_to_a_heading() -> None:
    text = (rules_directory() / "README.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert len(set(anchors)) == len(anchors)
    assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= set(anchors)


def test_nothing_in_a_rule_is_taken_for_a_mark() -> None:
    text = page((PROFILE,))
    assert "`ffmpeg -i in.mp4 -vf scale=-2:720 out.mp4`" in text
    assert 'The page says "\\< 30 MB"' in text
    assert "Run `git lfs pull` to fetch" in text


def test_a_limit_is_written_with_its_unit_and_whether_its_bounds_are_inside() -> None:
    limits = {
        code: next(part.lines[0] for part in paragraphs(PROFILE[code], PROFILE) if part.title == "Limit")
        for code in ("IMG002", "IMG004", "IMG005", "VID005", "VID007", "AUD001")
    }
    assert limits == {
        "IMG002": "aspect ratio: 0.4 to 2.5",
        "IMG004": "file size: less than 30,000,000 bytes",
        "IMG005": "not exactly on a bound of IMG002 (0.4 to 2.5) or IMG003 (300 to 6,000 px)",
        "VID005": "pixel count: 409,600 to 2,086,876 px",
        "VID007": "file size: at most 50,000,000 bytes",
        "AUD001": "format: wav, mp3",
    }


def test_of_values_those_are_named_that_pass() -> None:
    assert {
        code: limit_lines(PROFILE[code], PROFILE) for code in ("FIL003", "IMG007", "URL008", "VID012")
    } == {
        "FIL003": ("content: media",),  # what other rules refuse of the same fact does not pass either
        "IMG007": ("stored turned or mirrored, or cropped when shown: no",),
        "URL008": ("expiry: not signed, in an hour or later",),
        "VID012": ("tracks: one video track",),
    }


def test_of_values_without_end_those_are_named_that_do_not_pass() -> None:
    rule = msgspec.structs.replace(
        PROFILE["VID008"], one_of=(), levels={"8p": Severity.NOTE, "9p": Severity.NOTE}
    )
    assert limit_lines(rule, PROFILE) == ("resolution: not 8p or 9p",)
    same = msgspec.structs.replace(PROFILE["VID008"], one_of=(), equals="480p")
    assert limit_lines(same, PROFILE) == ("resolution: 480p",)


def test_a_band_that_changes_no_verdict_is_not_said_to() -> None:
    observed = {
        code: next(part.lines[0] for part in paragraphs(PROFILE[code], PROFILE) if part.title == "Observed")
        for code in ("IMG003", "VID006")
    }
    assert observed["IMG003"] == "300–6,000 px, both bounds outside (server text quoted by third parties)"
    assert "with --limits observed" in observed["VID006"]


def test_a_rule_for_some_assets_only_says_for_which() -> None:
    rule = msgspec.structs.replace(
        PROFILE["IMG003"], when=When(role=(Role.CLOSE_UP, Role.PORTRAIT), group=(GroupKind.REAL_HUMAN,))
    )
    concerns = next(part for part in paragraphs(rule, PROFILE) if part.title == "Concerns")
    assert concerns.lines == ("every image with the role close-up or portrait in a real-human group",)


def test_a_limit_with_one_end() -> None:
    limits = [
        msgspec.structs.replace(PROFILE["VID006"], max=None),
        msgspec.structs.replace(PROFILE["VID006"], max=None, open=True),
        msgspec.structs.replace(PROFILE["VID006"], open=True),
    ]
    assert [paragraphs(rule, PROFILE)[0].lines[0] for rule in limits] == [
        "frame rate: at least 24 fps",
        "frame rate: more than 24 fps",
        "frame rate: 24 to 60 fps, both bounds outside",
    ]


ANGLES = msgspec.structs.replace(
    PROFILE["POR006"],
    help="Look at the camera.",
    weighs=(),
    when=When(practice=("close-up", "full-body")),
    bounds={
        "yaw": Bounds(
            Fraction(-20), Fraction(20), help_below="Turn right.", help_above="Turn left by {yaw}."
        ),
        "head_height": Bounds(Fraction(1, 2), Fraction("0.85")),
        "face_count": Bounds(None, Fraction(1)),
        "brightness": Bounds(Fraction("0.1"), None),
    },
)
"""A rule with limits for each of several facts."""


def lines(rule: Rule, title: str) -> tuple[str, ...]:
    return next(part.lines for part in paragraphs(rule, PROFILE) if part.title == title)


class TestLimitsOfSeveralFacts:
    def test_each_has_its_line_and_its_unit(self) -> None:
        assert lines(ANGLES, "Limit") == (
            "turn of the head: -20 to 20°",
            "face's share of the height: 50 % to 85 %",
            "face count: at most 1 face",
            "face's brightness: at least 0.1",
        )

    def test_one_fact_needs_no_list(self) -> None:
        rule = msgspec.structs.replace(ANGLES, bounds={"yaw": ANGLES.bounds["yaw"]})
        assert lines(rule, "Limit") == ("turn of the head: -20 to 20°",)
        assert "**Limit:** turn of the head: -20 to 20°" in as_markdown(rule, PROFILE)

    def test_bounds_that_are_outside_are_said_to_be(self) -> None:
        assert lines(msgspec.structs.replace(ANGLES, open=True), "Limit") == (
            "turn of the head: -20 to 20°, both bounds outside",
            "face's share of the height: 50 % to 85 %, both bounds outside",
            "face count: less than 1 face",
            "face's brightness: more than 0.1",
        )

    def test_the_help_names_whose_side_it_is_for(self) -> None:
        assert lines(ANGLES, "How to mend") == (
            "Look at the camera.",
            "Below the minimum of the turn of the head: Turn right.",
            "Above the maximum of the turn of the head: Turn left by [turn of the head].",
        )
        alone = msgspec.structs.replace(ANGLES, bounds={"yaw": ANGLES.bounds["yaw"]})
        assert lines(alone, "How to mend")[1] == "Below the minimum: Turn right."

    def test_of_a_limit_that_several_facts_share_the_help_is_said_once(self) -> None:
        assert len(PROFILE["IMG003"].facts) == 2
        assert [line.partition(":")[0] for line in lines(PROFILE["IMG003"], "How to mend")[1:]] == [
            "Below the minimum",
            "Above the maximum",
        ]


class TestWhom:
    @pytest.mark.parametrize(
        ("applies", "words"),
        [
            ("file", "every file"),
            ("url", "every URL"),
            ("image", "every image"),
            ("video", "every video"),
            ("faces", "every image and every video that is looked at for faces"),
            ("portrait", "every image that is looked at for faces"),
            (
                "likeness",
                "every image and every video with others of its group, or a reference, to compare with",
            ),
        ],
    )
    def test_what_it_applies_to_in_words(self, applies: str, words: str) -> None:
        rule = msgspec.structs.replace(PROFILE["FIL002"], applies=applies)
        assert lines(rule, "Concerns") == (words,)

    def test_role_framing_and_group(self) -> None:
        when = When(role=(Role.PORTRAIT,), practice=("close-up", "half-body"), group=(GroupKind.VIRTUAL,))
        assert lines(msgspec.structs.replace(ANGLES, when=when), "Concerns") == (
            "every image that is looked at for faces with the role portrait held to the framing close-up or "
            "half-body in a virtual group",
        )

    def test_alternatives_are_told_one_after_the_other(self) -> None:
        either = (When(role=(Role.PORTRAIT, Role.CLOSE_UP)), When(group=(GroupKind.REAL_HUMAN,)))
        assert lines(msgspec.structs.replace(PROFILE["IMG003"], when=either), "Concerns") == (
            "every image with the role portrait or close-up; or in a real-human group",
        )


class TestWeights:
    RULE = msgspec.structs.replace(
        ANGLES,
        severity=Severity.NOTE,
        weighs=(
            Weighs(role=(Role.PORTRAIT,), severity=Severity.ERROR),
            Weighs(group=(GroupKind.REAL_HUMAN,), severity=Severity.WARNING),
        ),
    )

    def test_the_rules_own_comes_first_then_who_has_another(self) -> None:
        assert lines(self.RULE, "Severity") == (
            "note",
            "error with the role portrait",
            "warning in a real-human group",
        )

    def test_the_table_names_all_of_them_the_heaviest_first(self) -> None:
        assert severity_words(self.RULE) == "error, warning, note"
        assert severity_words(msgspec.structs.replace(self.RULE, weighs=())) == "note"

    def test_they_stand_beside_levels(self) -> None:
        rule = PROFILE["POR009"]
        assert severity_words(rule) == "warning, note"
        assert lines(rule, "Severity")[-1] == "note held to the framing half-body"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("It is cut: {full_body_detail}", "warning: it is cut"),
        ("It is cut ({full_body_detail})", "warning: it is cut"),
        ("{full_body_detail}", "warning: cut off"),
        ("{full_body_detail}: see {shot}", "warning: cut off"),
    ],
)
def test_a_severity_names_nothing_that_is_measured_only_in_a_case(said: str, line: str) -> None:
    rule = msgspec.structs.replace(PROFILE["POR008"], says={"cut": said})
    assert lines(rule, "Severity")[0] == line


def test_severities_that_read_alike_are_listed_once() -> None:
    assert lines(PROFILE["REQ005"], "Severity") == ("error: not every asset is Active",)


def test_helps_by_value_and_by_kind_stand_below_the_help() -> None:
    rule = msgspec.structs.replace(
        PROFILE["FIL005"], help="Export it.", helps={"video": "Cut it.", "corrupt": "Mend it."}
    )
    assert lines(rule, "How to mend") == ("Export it.", "A video: Cut it.", "Damaged: Mend it.")


def test_what_will_be_measured_is_named_in_brackets() -> None:
    rule = msgspec.structs.replace(PROFILE["POR008"], help="Crop to {close_up_crop}.")
    assert lines(rule, "How to mend") == ("Crop to [crop].",)
    assert "Crop to \\[crop\\]." in as_markdown(rule, PROFILE)
    assert "Crop to [crop]." in as_text(rule, PROFILE)


@pytest.mark.parametrize("code", PROFILE.codes)
def test_no_name_of_a_fact_is_left_in_braces(code: str) -> None:
    assert "{" not in as_text(PROFILE[code], PROFILE)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_word_of_a_repair_is_a_sentence_of_what_the_command_does(profile: Profile) -> None:
    for rule in profile.rules:
        said = [paragraph.lines for paragraph in paragraphs(rule, profile) if paragraph.title == "Mended by"]
        assert len(said) == bool(rule.repair), rule.code


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("VID005", "`validator fix` scales"),
        ("IMG006", "`validator fix --level warning` keeps"),
        ("IMG007", "`validator fix --level note` turns"),
        ("FIL006", "`validator fix` copies"),
        ("POR004", "`validator fix --role close-up` crops"),
    ],
)
def test_the_command_that_mends_it_is_named_with_what_it_asks_for(code: str, command: str) -> None:
    (line,) = lines(PROFILE[code], "Mended by")
    assert line.startswith(command)
