from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from validator.cli import main
from validator.cli.rules import table
from validator.profile import load_profile, shipped_profiles
from validator.report.rule_page import as_markdown, of_profile


def test_without_a_code_all_rules_are_listed_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["code", "name", "severity", "summary"]
    assert [line.split()[0] for line in lines] == list(load_profile().codes)


def test_a_rule_is_explained_with_all_that_is_known_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "VID005"]) == 0
    text = capsys.readouterr().out
    for known in (
        "VID005 video-pixels",
        "409,600 to 2,086,876 px",
        "labels, not limits",
        "https://docs.orcarouter.ai/seedance-video/asset-library (checked 2026-11-22)",
        "407,696–8,295,044 px (newer upstream text quoted by third parties)",
        "PixelCountTooSmall",
        "640x640 is exactly 409,600",
        "ffmpeg -i in.mp4 -vf scale=-2:720 out.mp4",
    ):
        assert known in text, known


@pytest.mark.parametrize("written", ["video-pixels", "vid005", "Video-Pixels"])
def test_a_rule_is_found_by_its_name_and_in_any_case(
    written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", written]) == 0
    assert capsys.readouterr().out.startswith("VID005 video-pixels\n")


def test_a_prefix_lists_its_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "AUD"]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == [
        code for code in load_profile().codes if code.startswith("AUD")
    ]


@pytest.mark.parametrize("written", ["VID05", "vdi005", "video-pixel"])
def test_an_unknown_code_is_refused_with_what_may_have_been_meant(
    written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", written]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f'validator: error: there is no rule "{written}" in seedance-2.0. ')
    assert captured.err.endswith(" Did you mean VID005 (video-pixels)?\n")


def test_a_code_like_no_other_is_sent_to_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "nonsense!"]) == 2
    assert capsys.readouterr().err.endswith("`validator rules` lists them all.\n")


def test_the_rules_of_another_profile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        """
        [profile]
        name = "mine"
        title = "Mine"
        checked = 2026-11-22
        source = "https://example.com/limits"
        extends = "seedance-2.0"
        [[change]]
        code = "VID006"
        min = 25
        source = "house rule"
        """
    )
    assert main(["rules", "VID006", "--profile", str(mine)]) == 0
    text = capsys.readouterr().out
    assert "frame rate: 25 to 60 fps" in text
    assert "house rule\n" in text


def test_an_unknown_profile_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--profile", "seedance-2.1"]) == 2
    assert capsys.readouterr().err == (
        'validator: error: There is no profile "seedance-2.1". Did you mean "seedance-2.0"? '
        f"Shipped profiles: {', '.join(shipped_profiles())}; or give the path of a TOML file.\n"
    )


def test_on_a_narrow_terminal_summaries_are_folded() -> None:
    profile = load_profile()
    lines = table(profile.rules, 80).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) > len(profile.rules) + 1
    narrow = table(profile.rules, 60).splitlines()
    assert max(map(len, narrow)) <= 60
    at = next(at for at, line in enumerate(narrow) if line.startswith("VID005  video-pixels  "))
    assert narrow[at + 1] == "        A video frame has 409,600 to 2,086,876 pixels."
    flat = table(profile.rules, 20).splitlines()
    assert len(flat) == len(profile.rules) + 1  # too narrow for columns: the terminal folds by itself


class TestForPrograms:
    @staticmethod
    def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
        assert main(["rules", "--format", "json", *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    def test_all_rules_stand_in_the_order_of_the_profile(self, capsys: pytest.CaptureFixture[str]) -> None:
        document = self.document(capsys)
        assert document["profile"]["name"] == "seedance-2.0"
        assert [rule["code"] for rule in document["rules"]] == list(load_profile().codes)

    def test_numbers_are_exact_and_all_is_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        (rule,) = self.document(capsys, "VID006")["rules"]
        assert rule["limits"] == [
            {
                "fact": "frame_rate",
                "label": "frame rate",
                "description": "average over the presentation",
                "unit": "fps",
                "min": "24",
                "max": "60",
                "open": False,
                "one_of": [],
                "equals": None,
                "levels": {},
                "help_below": "Convert it: ffmpeg -i in.mp4 -vf fps=24 out.mp4",
                "help_above": "Convert it: ffmpeg -i in.mp4 -vf fps=60 out.mp4",
            }
        ]
        assert rule["limit"] == ["frame rate: 24 to 60 fps"]
        assert rule["observed"] == {
            "min": "23.8",
            "max": "60",
            "open": False,
            "source": "server message quoted by third parties",
        }
        assert (rule["severity"], rule["severities"]) == ("error", ["error"])
        assert rule["message"].startswith("The frame rate is 66 fps: ")
        for field in ("summary", "why", "source", "example", "help", "repair"):
            assert rule[field], field

    def test_of_each_fact_only_its_own_values_are_named(self, capsys: pytest.CaptureFixture[str]) -> None:
        (rule,) = self.document(capsys, "REQ001")["rules"]
        levels = {limits["fact"]: set(limits["levels"]) for limits in rule["limits"]}
        assert levels["prompt_ids"] >= {"raw-id"}
        (rule,) = self.document(capsys, "REQ003")["rules"]
        assert [set(limits["levels"]) for limits in rule["limits"]] == [
            {"unfit", "missing", "other-kind"}
        ] * 2

    def test_whom_it_concerns_and_what_it_weighs(self, capsys: pytest.CaptureFixture[str]) -> None:
        (rule,) = self.document(capsys, "POR002")["rules"]
        portraits = ["portrait", "close-up", "full-body"]
        assert [when["role"] or when["group"] for when in rule["when"]] == [portraits, ["real-human"]]
        assert [(weighs["role"], weighs["severity"]) for weighs in rule["weighs"]] == [(portraits, "error")]

    def test_some_of_them_each_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        document = self.document(capsys, "GRP", "grp001", "video-pixels")
        assert [rule["code"] for rule in document["rules"]] == ["VID005", "GRP001", "GRP002"]


class TestAsMarkdown:
    def test_a_rule_is_a_section(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["rules", "VID005", "--format", "markdown"]) == 0
        rule = load_profile()["VID005"]
        assert capsys.readouterr().out == as_markdown(rule, load_profile())

    def test_a_family_and_a_rule_are_a_table_and_sections(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["rules", "GRP", "VID005", "--format", "markdown"]) == 0
        headings = [line for line in capsys.readouterr().out.splitlines() if line.startswith("#")]
        assert headings == [
            "## Seedance 2.0 private asset library (`seedance-2.0`)",
            "### seedance-2.0, GRP: the set",
            "#### GRP001 group-other-person",
            "#### GRP002 group-quota",
            "#### VID005 video-pixels",
        ]

    def test_without_a_code_it_is_the_page_of_the_profile(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["rules", "--format", "markdown"]) == 0
        assert capsys.readouterr().out == of_profile(load_profile())


@pytest.mark.parametrize("name", ["text", "json", "markdown"])
def test_an_unknown_code_is_refused_in_every_form(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "VID999", "--format", name]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert 'no rule "VID999"' in captured.err
