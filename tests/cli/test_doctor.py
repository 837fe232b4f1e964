from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.cli.process import finish
from validator import doctor
from validator.cli import main
from validator.cli.doctor import table
from validator.doctor import Check, Surroundings

Output = pytest.CaptureFixture[str]

GOOD = (
    Check(name="Python", kind="program", needed=True, version="3.13.1", detail="/usr/bin/python"),
    Check(name="pillow", kind="decoder", needed=True, version="12.0", detail="jpeg 3.1.2, webp 1.6.0"),
)
OPTIONAL = Check(
    name="ffmpeg",
    kind="program",
    state="missing",
    needed=False,
    detail="mends videos and sounds (validator fix)",
    mend="apt-get install ffmpeg",
)
NEEDED = Check(
    name="libEGL.so.1",
    kind="system library",
    state="missing",
    needed=True,
    detail="not installed",
    mend="apt-get install libegl1 libgles2 libgl1",
)


@pytest.fixture
def finding(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the doctor find these things; returns the surroundings in which it looked."""

    def finding(*checks: Check) -> list[Surroundings]:
        looked: list[Surroundings] = []

        def examine(where: Surroundings) -> tuple[Check, ...]:
            looked.append(where)
            return checks

        monkeypatch.setattr(doctor, "examine", examine)
        return looked

    return finding


def test_a_line_for_each_and_a_sentence(finding: Any, capsys: Output) -> None:
    finding(*GOOD, OPTIONAL)
    assert main(["doctor"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out == (
        "ok       Python 3.13.1      /usr/bin/python\n"
        "ok       pillow 12.0        jpeg 3.1.2, webp 1.6.0\n"
        "missing  ffmpeg (optional)  mends videos and sounds (validator fix)\n"
        "         help: apt-get install ffmpeg\n"
        "\n"
        "All that is needed is there; 1 optional thing is missing or broken.\n"
    )


def test_something_needed_that_is_missing_is_code_1(finding: Any, capsys: Output) -> None:
    finding(*GOOD, NEEDED, OPTIONAL)
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "missing  libEGL.so.1        not installed\n         help: apt-get install libegl1 " in out
    assert out.endswith("\nNeeded, and missing or broken: 1; 1 optional thing is missing or broken.\n")


def test_when_all_is_there(finding: Any, capsys: Output) -> None:
    finding(*GOOD)
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.endswith("\n\nAll that is needed is there.\n")


@pytest.mark.parametrize("checks", [GOOD, (*GOOD, NEEDED)])
def test_json_says_the_same(checks: tuple[Check, ...], finding: Any, capsys: Output) -> None:
    finding(*checks)
    fit = NEEDED not in checks
    assert main(["doctor", "--format", "json"]) == (0 if fit else 1)
    report = json.loads(capsys.readouterr().out)
    assert (report["schema_version"], report["fit"]) == (1, fit)
    assert report["tool"]["name"] == "seedance-validator"
    assert report["checks"] == [msgspec.to_builtins(check) for check in checks]


def test_names_that_are_no_text_do_nothing_but_show(finding: Any, capsys: Output) -> None:
    finding(msgspec.structs.replace(GOOD[0], detail="/home/\udce9\x1b[2J"))
    assert main(["doctor"]) == 0
    assert "/home/\\xe9\\x1b[2J\n" in capsys.readouterr().out
    assert main(["doctor", "--format", "json"]) == 0
    assert "\x1b" not in (out := capsys.readouterr().out)
    assert json.loads(out)["checks"][0]["detail"] == "/home/\\xe9\x1b[2J"


def test_models_are_looked_for_where_the_configuration_says(
    finding: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = finding(*GOOD)
    (tmp_path / "validator.toml").write_text('models = "detectors"')
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert main(["doctor"]) == 0
    (tmp_path / "other.toml").write_text("")
    assert main(["doctor", "--config", str(tmp_path / "other.toml")]) == 0
    assert [where.models for where in looked] == [tmp_path / "detectors", None]


def test_a_broken_configuration_is_wrong_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (tmp_path / "validator.toml").write_text("nonsense")
    monkeypatch.chdir(tmp_path)
    assert main(["doctor"]) == 2
    assert "validator.toml" in capsys.readouterr().err


@pytest.mark.parametrize("width", [60, 80, 140])
def test_details_are_folded_and_commands_are_not(width: int) -> None:
    long = msgspec.structs.replace(NEEDED, detail="one word after another " * 9, mend="pip install " * 20)
    lines = table((*GOOD, long), width).splitlines()
    assert [len(line) <= width for line in lines].count(False) == 1
    assert f"         help: {'pip install ' * 20}" in lines
    assert "".join(line.strip() for line in lines if "word" in line).count("word") == 9


def test_on_a_terminal_of_a_few_columns_nothing_is_folded() -> None:
    assert OPTIONAL.detail in table((OPTIONAL,), 20)


def test_as_a_process_of_its_own(tmp_path: Path) -> None:
    code, out, err = finish("doctor", "--format", "json", cwd=tmp_path)
    report = json.loads(out)
    wrong = [check for check in report["checks"] if check["needed"] and check["state"] != "ok"]
    assert (code, err, wrong) == (0, b"", [])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to write to")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        code, _, err = finish("doctor", cwd=tmp_path, stdout=full)
    assert code == 2
    assert b"cannot write to standard output" in err


def test_the_help_page_says_what_the_exit_codes_mean(capsys: Output) -> None:
    assert main(["doctor", "--help"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "Exit code: 0 all that is needed is there; 1 something needed" in " ".join(out.split())
