"""The README says what is so: its screen, its tables and its examples are run."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

import validator
from validator.cli import main
from validator.cli.completion import SHELLS
from validator.config import load_config
from validator.intake.asset_list import read_asset_list
from validator.profile import default_profile, load_profile, shipped_profiles
from validator.repair.configured import options_of
from validator.repair.ffmpeg import find_ffmpeg
from validator.report.base import FORMATS
from validator.upload import OPERATIONS
from validator.upload.connect import service_of

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def example(start: str) -> str:
    return next(block for block in blocks("toml") if block.startswith(start))


def test_the_screen_is_what_the_command_prints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command, expected = blocks("console")[0].removeprefix("$ ").split("\n", 1)
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(command)[1:]) == 1
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("option", ["--explain", "--statistics"])
def test_the_other_views_are_as_shown(
    option: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = next(block for block in blocks("console") if block.startswith(f"$ validator lint {option} "))
    command, expected = shown.removeprefix("$ ").split("\n", 1)
    monkeypatch.chdir(ROOT)
    assert main([*shlex.split(command)[1:], "--no-config"]) == 1
    assert capsys.readouterr().out == expected


def test_the_requests_are_judged_as_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = next(block for block in blocks("console") if block.startswith("$ validator request lint"))
    command, expected = shown.removeprefix("$ ").split("\n", 1)
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(command)[1:]) == 1
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize("command", ["lint", "new"])
def test_every_option_on_requests_is_named(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["request", command, "--help"]) == 0
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--isolated"}
    assert {option for option in options if not re.search(f"{option}(?![a-z-])", README)} == set()


def test_every_output_format_has_its_row() -> None:
    section = README.partition("### Output formats\n")[2].partition("\n###")[0]
    assert set(re.findall(r"^\| `(\w+)` \| ", section, re.MULTILINE)) == set(FORMATS)


def test_the_identified_file_is_what_it_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = next(block for block in blocks("text") if block.startswith("$ validator identify"))
    command, expected = shown.removeprefix("$ ").split("\n", 1)
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(command)[1:]) == 0
    assert_left_out(expected, capsys.readouterr().out)


def test_the_settings_that_hold_are_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown = next(block for block in blocks("console") if block.startswith("$ validator config show"))
    command, expected = shown.removeprefix("$ ").split("\n", 1)
    (tmp_path / "validator.toml").write_text('ignore = ["IMG008"]\n[upload]\nquota = 250\n')
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[1:]) == 0
    assert_left_out(expected.replace("/path/to/cast", str(tmp_path)), capsys.readouterr().out)


def assert_left_out(expected: str, printed: str) -> None:
    """That the one is the other, in which some lines are left out where an ellipsis stands."""
    pattern = re.escape(expected).replace("…\\\n", "(?:.*\n)+?")
    assert re.fullmatch(pattern, printed) is not None, printed


@pytest.mark.parametrize("command", [["identify"], ["init"]], ids=" ".join)
def test_every_option_of_a_small_command_is_named(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--help"]) == 0
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--isolated"}
    assert {option for option in options if f"`{option}" not in README} == set()


def test_every_schema_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "schema", "--help"]) == 0
    (names,) = re.findall(r"--of \[([a-z|]+)\]", capsys.readouterr().out)
    section = README.partition("`validator config schema` prints")[2].partition("```")[0]
    assert {name for name in names.split("|") if f"`{name}`" not in section} <= {"config", "profile"}
    assert "`--of profile`" in section


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_is_explained_for_every_shell(shell: str) -> None:
    section = README.partition("## Shell completion")[2].partition("\n## ")[0]
    assert f"| {shell} |" in section
    assert f"validator completion {shell}" in section


def test_each_of_the_two_commands_is_one_line() -> None:
    for name in ("install-command", "test-command"):
        found = re.search(rf"^<!-- {name} -->\n```sh\n(.*?)```$", README, re.DOTALL | re.MULTILINE)
        assert found is not None
        assert found[1].count("\n") == 1


def test_the_rule_table_holds_every_rule() -> None:
    rows = re.findall(r"^\| ([A-Z]{3}\d{3}) \| (\S+) \| (.*) \|$", README, re.MULTILINE)
    assert rows == [(rule.code, rule.name, rule.summary) for rule in default_profile().rules]


def test_every_option_of_lint_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--help"]) == 0
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--isolated"}
    assert {option for option in options if f"`{option}" not in README} == set()


def test_every_option_of_upload_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["upload", "--help"]) == 0
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--isolated"}
    section = README.partition("### Options of `validator upload`")[2].partition("###")[0]
    assert {option for option in options if f"`{option}" not in section} == set()


def test_every_option_of_fix_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "--help"]) == 0
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help", "--isolated"}
    section = README.partition("### Options of `validator fix`")[2].partition("\n## ")[0]
    assert {option for option in options if f"`{option}" not in section} == set()


needs_ffmpeg = pytest.mark.skipif(find_ffmpeg() is None, reason="there is no ffmpeg")
"""Copies of clips are made, and planned, by it."""


@needs_ffmpeg
def test_copies_are_made_as_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown = next(block for block in blocks("console") if block.startswith("$ validator fix fixtures"))
    command, expected = shown.removeprefix("$ ").split("\n", 1)
    monkeypatch.chdir(ROOT)
    assert main([*shlex.split(command)[1:], "--output", str(tmp_path / "mended"), "--no-config"]) == 1
    printed = capsys.readouterr().out.replace(str(tmp_path / "mended"), "mended")
    # What is said of a copy's size and quality depends on who compresses it.
    size = re.compile(r"[0-9.]+ (kB|bytes)|nothing lost in encoding|SSIM [0-9.]+, PSNR [0-9.]+ dB")
    assert size.sub("…", printed) == size.sub("…", expected)


@needs_ffmpeg
def test_a_plan_is_as_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    shown = next(block for block in blocks("console") if block.startswith("$ validator fix --dry-run"))
    command, expected = shown.removeprefix("$ ").split("\n", 1)
    monkeypatch.chdir(ROOT)
    assert main([*shlex.split(command)[1:], "--no-config"]) == 0
    program = find_ffmpeg()
    assert program is not None
    assert capsys.readouterr().out.replace(program.path, "ffmpeg") == expected


def test_the_configuration_of_a_mending_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "validator.toml").write_text(example("# of a mending"), encoding="utf-8")
    options = options_of(load_config(tmp_path).fix)
    assert (options.fit, options.fill, options.lengthen) == ("crop", "#202020", "hold")


def test_the_configuration_of_uploads_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "validator.toml").write_text(example("# validator.toml of an upload"), encoding="utf-8")
    config = load_config(tmp_path)
    assert (config.upload.quota, config.upload.unpublish) == (250, True)
    assert service_of(config).operation("delete-asset").verb == "POST"
    assert {name for name, each in OPERATIONS.items() if each.inferred} == set(
        re.findall(r"`([a-z]+-[a-z]+)`", README.partition("mends a wrong guess:")[2].partition("\n")[0])
    )


def test_the_configuration_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "validator.toml").write_text(example("# validator.toml"), encoding="utf-8")
    config = load_config(tmp_path)
    assert config.fail_on == "warning"
    assert [override.files for override in config.overrides] == [("voices/**",), ("drafts/**",)]


def test_the_asset_list_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "assets.toml"
    path.write_text(example("# assets.toml"), encoding="utf-8")
    first, second = read_asset_list(path)
    assert (first.role, first.group and first.group.name) == (validator.Role.CLOSE_UP, "Ada")
    assert second.is_url


def test_the_profile_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "house.toml"
    path.write_text(example("[profile]"), encoding="utf-8")
    profile = load_profile(path)
    assert profile["VID007"].max == 20_000_000
    assert not {"VID008", "IMG008"} & set(profile.codes)


def test_the_profiles_are_those_that_are_shipped() -> None:
    section = README.partition("## Profiles")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\S+)` \| (.*) \| (.*) \| (.*) \| (.*) \|$", section, re.MULTILINE)
    profiles = [load_profile(name) for name in shipped_profiles()]
    assert sorted(rows) == [
        (each.info.name, each.info.title, each.info.checked, each.grade, each.info.source)
        for each in profiles
    ]


def test_several_profiles_say_what_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = next(block for block in blocks("console") if "--profile kling-omni" in block)
    command, expected = shown.removeprefix("$ ").split("\n", 1)
    monkeypatch.chdir(ROOT)
    assert main(shlex.split(command)[1:]) == 1
    assert capsys.readouterr().out == expected


def test_the_license_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"This project: {project['license']}" in README


def test_the_example_of_checking_a_url_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    source = next(block for block in blocks("python") if "check_url" in block)
    (said,) = re.findall(r"# … (.*)", source)
    exec(source, {"validator": validator})  # noqa: S102 - our own words
    assert capsys.readouterr().out.rstrip().endswith(said)


def test_the_example_of_mending_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = next(block for block in blocks("python") if "plan_repair" in block)
    (tmp_path / "photos").mkdir()
    for name, place in (("image-299x400.png", "photos/a.png"), ("video.mov", "clip.mov")):
        shutil.copy(ROOT / "fixtures/media" / name, tmp_path / place)
    monkeypatch.chdir(tmp_path)
    exec(source, {})  # noqa: S102 - our own words
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("photos/a.png mended mended/a.png")
    assert printed[-1] == "[] () ()"


def test_the_library_example_compiles_and_names_what_exists() -> None:
    source = blocks("python")[0]
    compile(source, "README.md", "exec")
    assert {
        name for name in re.findall(r"validator\.(\w+)", README) if name not in ("toml", "py", "fish")
    } <= {
        *validator.__all__,
        "batch",
        "profile",
        "report",
        "request",
        "upload",
    }


def test_the_example_for_servers_judges_what_a_user_typed() -> None:
    security = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    code = security.partition("```python\n")[2].partition("```")[0]
    known: dict[str, object] = {"validator": validator}
    exec(code.replace("https://typed.example", "http://10.0.0.1"), known)  # noqa: S102 - our own words
    report = known["report"]
    assert isinstance(report, validator.Report)
    assert [finding.code for finding in report.assets[0].findings if finding.severity.value == "error"] == [
        "URL002"
    ]
