from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from tests.cli.media import photo, sound
from tests.intake.servers import answer, saying, serving
from tests.nobody import LINT
from validator.cli import main

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path) -> Iterator[None]:
    with chdir(tmp_path):
        yield


def findings(text: str) -> dict[str, dict[str, str]]:
    """Severity by code, by target."""
    return {
        asset["target"]: {finding["code"]: finding["severity"] for finding in asset["findings"]}
        for asset in json.loads(text)["assets"]
    }


def lint_json(capsys: Output, *arguments: str) -> tuple[int, Any]:
    code = main([*LINT, "--output-format", "json", *arguments])
    captured = capsys.readouterr()
    assert captured.err == ""
    return code, findings(captured.out)


def test_what_passes_ends_with_0(tmp_path: Path, capsys: Output) -> None:
    photo(tmp_path / "good.png")
    assert main(["lint", "good.png"]) == 0
    captured = capsys.readouterr()
    assert "1 asset: 1 pass" in captured.out
    assert captured.err == ""


def test_what_fails_ends_with_1_and_says_what_was_measured(tmp_path: Path, capsys: Output) -> None:
    photo(tmp_path / "small.png", (299, 400))
    assert main([*LINT, "small.png"]) == 1
    text = capsys.readouterr().out
    assert "small.png" in text
    assert "IMG003" in text
    assert "299 px: 1 px below the minimum of 300 px" in text


def test_without_a_target_the_current_folder_is_judged(tmp_path: Path, capsys: Output) -> None:
    photo(tmp_path / "inside" / "small.png", (299, 400))
    sound(tmp_path / "voice.wav")
    code, found = lint_json(capsys)
    assert code == 1
    assert [target.removeprefix("./") for target in found] == ["inside/small.png", "voice.wav"]


def test_a_missing_file_is_a_finding(capsys: Output) -> None:
    code, found = lint_json(capsys, "nowhere.png")
    assert (code, found) == (1, {"nowhere.png": {"FIL001": "error"}})


def test_a_glob_without_a_match_is_a_finding(tmp_path: Path, capsys: Output) -> None:
    sound(tmp_path / "voice.wav")
    assert main([*LINT, "voice.wav", "nope*.wav"]) == 1
    text = capsys.readouterr().out
    assert "nope*.wav: fail" in text
    assert "There is no such file (no media file matches this glob)" in text
    assert lint_json(capsys, "*.mp4") == (1, {"*.mp4": {"FIL001": "error"}})


def test_a_url_with_too_few_slashes_is_a_finding_without_its_secrets(capsys: Output) -> None:
    targets = ("https:/h.invalid/x?token=QZQ", "https:bob:QZQ@127.0.0.1/x", "//bob:QZQ@h/x?k=QZQ")
    assert main([*LINT, *targets]) == 1
    out, err = capsys.readouterr()
    assert "QZQ" not in out + err
    for shown in ("https:/h.invalid/x?…: fail", "https:127.0.0.1/x: fail", "//h/x?…: fail"):
        assert shown in out
    assert out.count("The URL is malformed (it does not begin with https://)") == 2
    assert lint_json(capsys, targets[0]) == (1, {"https:/h.invalid/x?…": {"URL001": "error"}})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_finding_among_the_others(tmp_path: Path, capsys: Output) -> None:
    photo(tmp_path / "good.png")
    photo(tmp_path / "private.png", (310, 400))
    (tmp_path / "private.png").chmod(0)
    expected = {"private.png": {"FIL001": "error"}, "good.png": {}}
    assert lint_json(capsys, "private.png", "good.png") == (1, expected)


def test_reports_come_in_the_order_of_the_targets(tmp_path: Path, capsys: Output) -> None:
    names = ["c.png", "a.wav", "b.png"]
    photo(tmp_path / "c.png"), sound(tmp_path / "a.wav"), photo(tmp_path / "b.png", (480, 640))
    _, found = lint_json(capsys, "--workers", "2", *names)
    assert list(found) == names


class TestWrongUse:
    """One clear sentence on standard error, nothing on standard output, exit code 2."""

    def refusal(self, capsys: Output, *arguments: str) -> str:
        assert main(["lint", *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.err.startswith("validator: error: ")
        assert captured.err.count("\n") == 1
        assert captured.out == ""
        return captured.err.removeprefix("validator: error: ").rstrip("\n")

    @pytest.mark.parametrize("form", ["text", "json"])
    def test_a_folder_without_media(self, form: str, tmp_path: Path, capsys: Output) -> None:
        (tmp_path / "empty").mkdir()
        assert "empty" in self.refusal(capsys, "--output-format", form, "empty")

    def test_a_broken_list(self, tmp_path: Path, capsys: Output) -> None:
        (tmp_path / "assets.toml").write_text('[[asset]\npath = "a.png"\n')
        assert self.refusal(capsys, "assets.toml").startswith("assets.toml:1: ")

    @pytest.mark.parametrize("option", ["--select", "--ignore"])
    def test_an_unknown_rule_code(self, option: str, capsys: Output) -> None:
        message = self.refusal(capsys, option, "VID05", ".")
        assert message.startswith(f'{option}: "VID05" names no rule')
        assert message.endswith('Did you mean "VID005"?')

    @pytest.mark.parametrize("nothing", ["", " , "])
    def test_a_selection_of_nothing(self, nothing: str, capsys: Output) -> None:
        assert self.refusal(capsys, "--select", nothing, ".").startswith("--select names no rule")

    @pytest.mark.parametrize(
        ("item", "meant"),
        [("IMG003=warn", "IMG003=warning"), ("VID=errors", "VID=error"), ("IMG003", None)],
    )
    def test_a_severity_without_a_level(self, item: str, meant: str | None, capsys: Output) -> None:
        message = self.refusal(capsys, "--severity", item, ".")
        assert message.startswith(f'--severity: "{item}" is not CODE=LEVEL')
        assert message.endswith(f'Did you mean "{meant}"?' if meant else "note, off.")

    @pytest.mark.parametrize(
        "arguments", [("--ignore", "ALL"), ("--select", "IMG003", "--severity", "image-side=off")]
    )
    def test_nothing_left_to_run(self, arguments: tuple[str, ...], capsys: Output) -> None:
        Path("a.png").touch()
        assert "is left to run" in self.refusal(capsys, *arguments, "a.png")

    def test_an_unknown_code_of_a_severity(self, capsys: Output) -> None:
        assert self.refusal(capsys, "--severity", "VID05=off", ".").startswith('--severity: "VID05"')

    @pytest.mark.parametrize("item", ["VID005", "VID005=", "VID005=fatal", "=off"])
    def test_a_severity_that_is_none(self, item: str, capsys: Output) -> None:
        assert self.refusal(capsys, "--severity", item, ".").startswith("--severity: ")

    @pytest.mark.parametrize(
        "views",
        [("--statistics", "--show-passing"), ("--statistics", "--explain"), ("--show-passing", "--quiet")],
    )
    def test_views_that_exclude_each_other(self, views: tuple[str, str], capsys: Output) -> None:
        assert self.refusal(capsys, *views, ".") == " and ".join(views) + " exclude each other"

    def test_profiles_with_commas_between_them(self, capsys: Output) -> None:
        assert self.refusal(capsys, "--profile", "vidu, ltx", ".").endswith(
            "say the option once for each: --profile vidu --profile ltx"
        )

    def test_an_unknown_profile(self, capsys: Output) -> None:
        assert 'Did you mean "seedance-2.0"?' in self.refusal(capsys, "--profile", "seedance-2", ".")

    def test_a_profile_that_does_not_exist(self, capsys: Output) -> None:
        assert self.refusal(capsys, "--profile", "mine.toml", ".").startswith("mine.toml: ")

    def test_an_unknown_option(self, capsys: Output) -> None:
        assert "--selct" in self.refusal(capsys, "--selct", "VID", ".")

    @pytest.mark.parametrize(
        ("option", "value"),
        [("--depth", "deep"), ("--workers", "many"), ("--role", "hero"), ("--color", "red")],
    )
    def test_a_value_that_an_option_does_not_take(self, option: str, value: str, capsys: Output) -> None:
        assert option in self.refusal(capsys, option, value, ".")

    def test_a_configuration_that_does_not_exist(self, capsys: Output) -> None:
        assert "mine.toml" in self.refusal(capsys, "--config", "mine.toml", ".")

    def test_a_configuration_with_an_unknown_key(self, tmp_path: Path, capsys: Output) -> None:
        (tmp_path / "validator.toml").write_text('selct = ["VID"]\n')
        assert 'Did you mean "select"?' in self.refusal(capsys, ".")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ('ignore = ["VID05"]', 'ignore: "VID05" names no rule'),
            ('profile = "mine.toml"', "mine.toml: No such file or directory"),
            ('profile = "seedance"', 'Did you mean "seedance-2.0"?'),
            ('output-format = "jsno"', 'Did you mean "json"?'),
            ('[[overrides]]\nfiles = ["[z-a]"]', 'overrides number 1: files: "[z-a]" is not a glob'),
        ],
    )
    def test_a_configuration_that_names_what_nobody_knows(
        self, text: str, words: str, tmp_path: Path, capsys: Output
    ) -> None:
        (tmp_path / "validator.toml").write_text(text)
        message = self.refusal(capsys, ".")
        assert message.startswith(f"{tmp_path / 'validator.toml'}: ")
        assert words in message

    def test_the_command_line_is_not_blamed_on_the_configuration(
        self, tmp_path: Path, capsys: Output
    ) -> None:
        (tmp_path / "validator.toml").write_text("")
        assert "validator.toml" not in self.refusal(capsys, "--profile", "seedance", ".")

    def test_a_file_that_looks_like_an_option(self, tmp_path: Path, capsys: Output) -> None:
        photo(tmp_path / "-dash.png")
        assert self.refusal(capsys, "-dash.png").endswith("For the file -dash.png, write ./-dash.png.")
        assert "For the file" not in self.refusal(capsys, "-nothing.png")

    def test_a_configuration_wanted_and_not_wanted(self, capsys: Output) -> None:
        assert "exclude each other" in self.refusal(capsys, "--config", "a.toml", "--no-config", ".")

    def test_an_unknown_command(self, capsys: Output) -> None:
        assert main(["photos/"]) == 2
        assert "`validator lint photos/`" in capsys.readouterr().err


class TestTheCommandLineBeatsTheConfiguration:
    @pytest.fixture(autouse=True)
    def small_photo(self, tmp_path: Path) -> None:
        photo(tmp_path / "small.png", (299, 400))

    def configure(self, text: str) -> None:
        Path("validator.toml").write_text(text)

    def test_the_configuration_counts_where_nothing_is_said(self, capsys: Output) -> None:
        self.configure('ignore = ["IMG003"]')
        assert lint_json(capsys, "small.png") == (0, {"small.png": {}})

    def test_a_selection_starts_anew(self, capsys: Output) -> None:
        self.configure('ignore = ["IMG003"]')
        code, found = lint_json(capsys, "--select", "IMG003,IMG002", "small.png")
        assert (code, found) == (1, {"small.png": {"IMG003": "error"}})

    def test_what_is_ignored_adds_up(self, tmp_path: Path, capsys: Output) -> None:
        (tmp_path / "small.png").rename(tmp_path / "small.jpg")
        self.configure('ignore = ["IMG003"]')
        assert lint_json(capsys, "--ignore", "FIL006", "small.jpg") == (0, {"small.jpg": {}})

    def test_also_over_what_is_said_of_single_files(self, capsys: Output) -> None:
        self.configure('[[overrides]]\nfiles = ["*.png"]\nseverity = { IMG003 = "off" }')
        code, found = lint_json(capsys, "--severity", "IMG003=note", "small.png")
        assert (code, found) == (0, {"small.png": {"IMG003": "note"}})

    def test_a_severity_can_switch_a_rule_off(self, capsys: Output) -> None:
        assert lint_json(capsys, "--severity", "IMG003=off", "small.png") == (0, {"small.png": {}})

    def test_warnings_fail_where_that_is_asked_for(self, capsys: Output) -> None:
        assert lint_json(capsys, "--severity", "IMG003=warning", "small.png")[0] == 0
        assert lint_json(capsys, "--severity", "IMG003=warning", "--fail-on", "warning", "small.png")[0] == 1
        assert lint_json(capsys, "--severity", "IMG003=note", "--fail-on", "warning", "small.png")[0] == 0
        assert lint_json(capsys, "--severity", "IMG003=note", "--fail-on", "note", "small.png")[0] == 1

    def test_findings_without_consequence(self, capsys: Output) -> None:
        code, found = lint_json(capsys, "--exit-zero", "small.png")
        assert (code, found) == (0, {"small.png": {"IMG003": "error"}})

    def test_no_configuration_at_all(self, capsys: Output) -> None:
        self.configure('ignore = ["IMG003"]')
        assert lint_json(capsys, "--no-config", "small.png")[0] == 1

    def test_another_configuration(self, tmp_path: Path, capsys: Output) -> None:
        self.configure('ignore = ["ALL"]')
        (tmp_path / "other.toml").write_text('severity = { IMG003 = "warning" }')
        _, found = lint_json(capsys, "--config", "other.toml", "small.png")
        assert found == {"small.png": {"IMG003": "warning"}}

    def test_role_and_group_reach_the_report(self, capsys: Output) -> None:
        self.configure('role = "scene"')
        main([*LINT, "--output-format", "json", "--role", "close-up", "--group", "real-human", "small.png"])
        (asset,) = json.loads(capsys.readouterr().out)["assets"]
        assert asset["role"] == "close-up"
        assert asset["group"]["kind"] == "real-human"

    def test_a_profile_of_ones_own(self, tmp_path: Path, capsys: Output) -> None:
        (tmp_path / "mine.toml").write_text(
            '[profile]\nname = "mine"\ntitle = "Mine"\nchecked = 2026-11-22\nsource = "us"\n'
            'extends = "seedance-2.0"\n[[change]]\ncode = "IMG003"\nmin = 200\n'
        )
        assert lint_json(capsys, "--profile", "mine.toml", "small.png") == (0, {"small.png": {}})


def test_what_could_not_be_judged_ends_with_2_unless_that_is_waived(tmp_path: Path, capsys: Output) -> None:
    photo(tmp_path / "good.png")
    assert main([*LINT, "--depth", "header", "good.png"]) == 2
    assert "FIL005" in capsys.readouterr().out
    assert main([*LINT, "--depth", "header", "--exit-zero", "good.png"]) == 0


def test_passing_assets_are_listed_on_request(tmp_path: Path, capsys: Output) -> None:
    photo(tmp_path / "good.png")
    assert main([*LINT, "good.png"]) == 0
    assert "good.png" not in capsys.readouterr().out
    assert main([*LINT, "--show-passing", "good.png"]) == 0
    assert "good.png" in capsys.readouterr().out


def test_colour_comes_on_request(tmp_path: Path, capsys: Output) -> None:
    photo(tmp_path / "small.png", (299, 400))
    assert main([*LINT, "small.png"]) == 1
    assert "\x1b[" not in capsys.readouterr().out
    assert main([*LINT, "--color", "always", "small.png"]) == 1
    assert "\x1b[" in capsys.readouterr().out


def test_urls_are_fetched_from_public_hosts_on_few_ports_unless_more_is_permitted(
    tmp_path: Path, capsys: Output
) -> None:
    with serving(saying(answer(b"", status="404 Not Found"))) as address:
        port = int(address.rpartition(":")[2])
        url, elsewhere = f"http://localhost:{port}/a.png", f"http://1.1.1.1:{port - 1}/a.png"

        def errors(*arguments: str) -> set[str]:
            _, found = lint_json(capsys, *arguments)
            return {code for code, level in found[arguments[-1]].items() if level == "error"}

        assert errors(url) == {"URL012"}
        assert errors("--allow-port", "1", "--allow-port", str(port), url) == {"URL002"}
        assert errors("--allow-private-hosts", url) == {"URL003"}
        assert errors("--allow-private-hosts", elsewhere) == {"URL012"}
        (tmp_path / "validator.toml").write_text(f"ports = [{port}]")
        assert errors(url) == {"URL002"}
        assert errors("--allow-port", "443", url) == {"URL002"}
        (tmp_path / "validator.toml").write_text("allow-private-hosts = true")
        assert errors(url) == {"URL003"}


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_cannot_be_is_wrong_use(port: str) -> None:
    assert main(["lint", "--allow-port", port]) == 2
