"""The views of a text report, as they are asked for: on the command line and in a configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from validator.cli import main

REQUESTS = Path(__file__).parents[2] / "fixtures" / "requests"
COUNTED = "1  FIL001 file-unreadable  error  1 asset\n"
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def linted(capsys: Output, *arguments: str) -> str:
    """The report on a file that is not there: to find that takes no process of its own."""
    assert main(["lint", "--ignore", "POR,GRP", "gone.png", *arguments]) == 1
    return capsys.readouterr().out


def test_a_configuration_may_ask_for_reasons_and_values(capsys: Output) -> None:
    plain = linted(capsys)
    assert "  why: " not in plain
    assert "  outside  " not in plain
    Path("validator.toml").write_text("explain = true\nshow-passing = true\n")
    text = linted(capsys)
    assert "\n          why: What cannot be read here cannot be published" in text
    assert "\n  outside  access  no such file  readable (FIL001)\n" in text
    assert linted(capsys, "--quiet") == (
        "gone.png: fail\n  error   FIL001 file-unreadable  There is no such file.\n\n"
    )
    assert linted(capsys, "--no-config") == plain
    assert linted(capsys, "--no-config", "--explain", "--show-passing") == text


def test_statistics_stand_in_place_of_the_assets(capsys: Output) -> None:
    codes = "FIL002, FIL003, FIL004, FIL005, FIL006, FIL007, FIL008, FIL009"
    unjudged = f"8 rules not judged: the file could not be read (1 asset; {codes})\n"
    for configuration in ("", "show-passing = true\n"):
        Path("validator.toml").write_text(configuration)
        assert linted(capsys, "--statistics") == (f"{COUNTED}{unjudged}\n1 asset: 1 fail (1 error).\n")
    assert linted(capsys, "--statistics", "--quiet") == COUNTED


def test_statistics_beside_a_report_for_programs(capsys: Output) -> None:
    reports = ("--output-format", "text", "--output-format", "json=report.json")
    assert linted(capsys, "--statistics", *reports).startswith(COUNTED)
    assert len(json.loads(Path("report.json").read_text(encoding="utf-8"))["assets"]) == 1


def test_statistics_without_a_report_for_people_are_refused(capsys: Output) -> None:
    assert main(["lint", "gone.png", "--statistics", "--output-format", "json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "validator: error: --statistics is a view of the text report: add --output-format text\n"
    )


def test_requests_are_explained_too(capsys: Output) -> None:
    name = str(REQUESTS / "misspelt.json")
    main(["request", "lint", "--no-config", "--explain", name])
    explained = capsys.readouterr().out
    main(["request", "lint", "--no-config", name])
    plain = capsys.readouterr().out
    assert "why: The page asks for type and position" in explained
    assert set(plain.splitlines()) < set(explained.splitlines())
