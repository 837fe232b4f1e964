from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from validator.model import GroupKind, Role
from validator.profile import load_profile, rules_directory
from validator.report.rule_page import as_markdown, as_text, page, paragraphs, write_page
from validator.rule import When

PROFILE = load_profile()


def test_the_page_in_the_repository_is_the_one_that_the_rules_make(tmp_path: Path) -> None:
    fresh = tmp_path / "README.md"
    write_page(fresh)
    stored = rules_directory() / "README.md"
    assert stored.read_bytes() == fresh.read_bytes(), "stale: run python -m validator.report.rule_page"


@pytest.mark.parametrize("code", PROFILE.codes)
def test_every_rule_says_what_it_asks_for_who_says_so_and_how_to_mend(code: str) -> None:
    titles = [paragraph.title for paragraph in paragraphs(PROFILE[code], PROFILE)]
    assert {"Severity", "Concerns", "Why", "Source", "Example", "How to mend"} <= set(titles)


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
