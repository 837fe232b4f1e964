"""What a shell offers at TAB: answered in this process, and asked for by real shells."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.process import CHECKOUT, environment
from validator.cli import main
from validator.cli.app import ASKED, COMMANDS, application
from validator.cli.completion import SHELLS, answers, script
from validator.profile import load_profile, shipped_profiles
from validator.report.base import FORMATS

Output = pytest.CaptureFixture[str]

HOUSE = """
[profile]
name = "house"
title = "House"
checked = 2026-11-22
source = "us"
[[rule]]
code = "HSE001"
name = "house-width"
applies = "image"
fact = "width"
unit = "px"
max = 100
severity = "error"
summary = "s"
help = "h"
"""


def offered(line: str, breaks: str = "") -> dict[str, str]:
    """What can stand at the end of a line, each with its kind."""
    environ = {ASKED: "bash", "_VALIDATOR_LINE": line, "_VALIDATOR_BREAKS": breaks}
    cells = [answer.split("\t") for answer in answers(application, environ)]
    return {value: kind for kind, value, _ in cells}


class TestAnswers:
    def test_commands(self) -> None:
        assert set(offered("validator ")) == set(COMMANDS)
        assert offered("validator com") == {"completion": "plain"}
        assert set(offered("validator assets ")) == {"delete", "list", "show", "wait"}

    @pytest.mark.parametrize("command", COMMANDS)
    def test_options_of_every_command(self, command: str) -> None:
        assert "--help" in offered(f"validator {command} --")

    def test_targets_are_files(self) -> None:
        assert offered("validator lint pho") == {"pho": "file"}
        assert offered("validator lint --reference pho") == {"pho": "file"}

    @pytest.mark.parametrize(
        "line", ["validator lint --role po", "validator upload --skip-moderation --role po"]
    )
    def test_values_of_options(self, line: str) -> None:
        assert offered(line) == {"portrait": "plain"}

    def test_values_behind_an_equals_sign(self) -> None:
        assert offered("validator lint --role=po") == {"--role=portrait": "plain"}
        assert offered("validator lint --role=po", breaks=" \t\n\"'><=;|&(:") == {"portrait": "plain"}

    def test_profiles_are_the_shipped_ones_or_files(self) -> None:
        assert set(offered("validator lint --profile ")) == set(shipped_profiles())
        assert offered("validator lint --profile seed") == dict.fromkeys(
            (name for name in shipped_profiles() if name.startswith("seed")), "plain"
        )
        assert offered("validator rules --profile ./ru") == {"./ru": "file"}

    def test_output_formats_and_their_files(self) -> None:
        assert set(offered("validator lint --output-format ")) == set(FORMATS)
        assert offered("validator lint --output-format json=re") == {"json=re": "file"}

    def test_what_mends_has_two_forms_a_folder_and_words_of_its_own(self) -> None:
        assert offered("validator fix --format ") == {"text": "plain", "json": "plain"}
        assert offered("validator fix --format json=re") == {"json=re": "file"}
        assert offered("validator fix --output ou") == {"ou": "dir"}
        assert set(offered("validator fix --fill ")) == {"blur", "edge", "transparent", "black", "white"}
        assert offered("validator fix --face la") == {"largest": "plain"}
        assert offered("validator fix --lengthen h") == {"hold": "plain"}

    @pytest.mark.parametrize("option", ["--select", "--ignore"])
    def test_codes_family_by_family(self, option: str) -> None:
        families = offered(f"validator lint {option} ")
        assert families["ALL"] == "plain"
        assert {code for code, kind in families.items() if kind == "part"} == {
            code[:3] for code in load_profile().codes
        }
        assert offered(f"validator lint {option} gr") == {"GRP": "part"}
        assert offered(f"validator lint {option} GRP") == dict.fromkeys(("GRP", "GRP001", "GRP002"), "plain")
        assert offered(f"validator lint {option} IMG,grp00") == dict.fromkeys(
            ("IMG,GRP001", "IMG,GRP002"), "plain"
        )

    def test_severities_in_two_steps(self) -> None:
        assert offered("validator lint --severity GRP001") == {"GRP001=": "part"}
        assert offered("validator lint --severity GRP001=w") == {"GRP001=warning": "plain"}
        assert offered("validator lint --severity VID=off,GRP001=n") == {"VID=off,GRP001=note": "plain"}
        assert offered("validator lint --severity GRP001=w", breaks="=") == {"warning": "plain"}

    def test_rules_by_code_or_name(self) -> None:
        assert "ALL" not in offered("validator rules ")
        assert offered("validator rules VID00") == dict.fromkeys((f"VID00{n}" for n in range(1, 10)), "plain")
        assert offered("validator rules Video-P") == {"video-pixels": "plain"}

    def test_codes_are_those_of_the_profile_that_is_named(self, tmp_path: Path) -> None:
        house = tmp_path / "house.toml"
        house.write_text(HOUSE)
        for option in ("--profile", "--profile seedance-2.0 --profile"):
            line = f"validator lint {option} {house} --select HSE"
            assert ("HSE001" in offered(line)) is (option == "--profile")
        assert set(offered(f"validator rules --profile {house} HSE")) == {"HSE", "HSE001"}
        assert "VID001" in offered(f"validator rules --profile {tmp_path}/none.toml VID")

    @pytest.mark.parametrize("line", ["", "validator", "validator lint --role=xyz", "validator lint --xyz"])
    def test_nothing_to_offer(self, line: str) -> None:
        assert "xyz" not in str(offered(line))

    @pytest.mark.parametrize("line", ["validator xyz ", "validator assets xyz "])
    def test_no_such_command_is_no_noise_on_standard_output(
        self, line: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        monkeypatch.setenv(ASKED, "bash")
        monkeypatch.setenv("_VALIDATOR_LINE", line)
        assert main([]) == 2
        assert capsys.readouterr().out == ""

    def test_the_command_answers(self, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
        monkeypatch.setenv(ASKED, "zsh")
        monkeypatch.setenv("_VALIDATOR_LINE", "validator lin")
        assert main([]) == 0
        assert capsys.readouterr().out == "plain\tlint\tJudge files, folders, URLs and asset lists.\n"


class TestScripts:
    @pytest.mark.parametrize("shell", SHELLS)
    def test_are_printed(self, shell: str, capsys: Output) -> None:
        assert main(["completion", shell]) == 0
        text = capsys.readouterr().out
        assert text == script(shell)
        assert f"{ASKED}={shell} " in text

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [(["tcsh"], "'tcsh' is not one of 'bash', 'zsh', 'fish'."), ([], "Choose from: bash, zsh, fish")],
    )
    def test_another_shell_is_wrong_use(self, arguments: list[str], words: str, capsys: Output) -> None:
        assert main(["completion", *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.endswith(f"{words}\n")

    @pytest.mark.parametrize("shell", SHELLS)
    def test_are_installed_as_the_help_says(self, shell: str, capsys: Output) -> None:
        assert main(["completion", "--help"]) == 0
        lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
        (line,) = (line for line in lines if f"validator completion {shell}" in line)
        assert line.startswith(("eval ", "validator "))
        assert line.endswith((')"', ".fish"))


@pytest.fixture
def path(tmp_path: Path) -> dict[str, str]:
    """An environment in which the checkout's command is on PATH."""
    programs = tmp_path / "bin"
    programs.mkdir()
    shim = programs / "validator"
    shim.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(CHECKOUT))} exec {sys.executable} -m validator "$@"\n'
    )
    shim.chmod(0o755)
    ours = environment(HOME=str(tmp_path))
    return {**ours, "PATH": f"{programs}:{ours['PATH']}"}


def said(shell: str, commands: str, path: dict[str, str], cwd: Path) -> str:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    done = subprocess.run(
        [program, "-c", commands], env=path, cwd=cwd, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    return done.stdout


def test_bash_completes(path: dict[str, str], tmp_path: Path) -> None:
    trap = tmp_path / "validator"
    trap.write_text("#!/bin/sh\ntouch started\n")
    trap.chmod(0o755)
    lines = (
        "validator li",
        "validator lint --role=po",
        "validator lint --severity GRP001=w",
        "validator xyz ",
    )
    asked = "\n".join(
        f"COMP_LINE='{line}' COMP_POINT={len(line)}; _validator_completion $COMP_LINE; echo ${{COMPREPLY[*]}}"
        for line in (*lines, "./validator completion z")
    )
    out = said("bash", f'eval "$(validator completion bash)"\ncomplete -p validator\n{asked}', path, tmp_path)
    registered, *found = out.splitlines()
    assert registered == "complete -o nosort -F _validator_completion validator"
    assert found == ["lint", "portrait", "warning", "", "zsh"]
    assert not (tmp_path / "started").exists()  # what is on PATH answers, not what is about to be run


def test_fish_completes(path: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    lines = ("validator li", "validator lint --role=po", "validator lint --reference=ph", "validator lint ph")
    asked = "\n".join(f"complete -C'{line}'" for line in lines)
    out = said("fish", f"validator completion fish | source\n{asked}", path, tmp_path)
    assert [line.partition("\t")[0] for line in out.splitlines()] == [
        "lint",
        "--role=portrait",
        "--reference=photos/",
        "photos/",
    ]


def test_zsh_reads_its_script(path: dict[str, str], tmp_path: Path) -> None:
    asked = 'compdef() { echo "compdef $*" }\neval "$(validator completion zsh)"'
    assert said("zsh", asked, path, tmp_path) == "compdef _validator validator\n"
