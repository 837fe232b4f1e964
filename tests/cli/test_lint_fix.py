"""`validator lint --fix`: the report as ever, and copies of what fails."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from tests.cli.media import photo, sound
from tests.nobody import LINT
from validator.cli import main
from validator.cli.lint_fix import line_of
from validator.findings import AssetReport, Verdict
from validator.model import Asset, Facts
from validator.repair.outcome import Repair
from validator.repair.plan import Change, Quality, RepairPlan
from validator.repair.recipe import CopyRecipe
from validator.report.repair_text import quality_in_words
from validator.run import run

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path) -> Iterator[None]:
    with chdir(tmp_path):
        yield


def verdict_on(path: Path) -> Verdict:
    (result,) = run([Asset(str(path), str(path))])
    return result.verdict


def test_the_report_and_the_exit_code_are_those_of_the_originals(capsys: Output) -> None:
    photo(Path("in", "small.png"), (299, 400))
    photo(Path("in", "good.png"))
    Path("in", "empty.png").touch()
    code = main([*LINT, "in"])
    plain = capsys.readouterr()
    before = Path("in", "small.png").read_bytes()
    assert main([*LINT, "in", "--fix"]) == code == 1
    fixed = capsys.readouterr()
    assert fixed.out == plain.out
    lines = fixed.err.splitlines()
    assert lines[0].startswith("validator: in/empty.png: cannot be mended: The file is empty")
    assert lines[1].startswith("validator: in/small.png: mended: mended/small.png (size 299x400 → ")
    assert lines[2] == "validator: 2 assets: 1 mended, 1 cannot be mended. Copies are in mended."
    assert len(lines) == 3
    assert verdict_on(Path("mended", "small.png")) is Verdict.PASS
    assert Path("in", "small.png").read_bytes() == before
    assert [path.name for path in Path("mended").iterdir()] == ["small.png"]


def test_where_nothing_fails_nothing_is_made(capsys: Output) -> None:
    photo(Path("good.png"))
    assert main([*LINT, "good.png", "--fix"]) == 0
    assert capsys.readouterr().err == ""
    assert not Path("mended").exists()


def test_copies_go_where_the_command_line_says_or_else_the_configuration(capsys: Output) -> None:
    photo(Path("small.png"), (299, 400))
    Path("validator.toml").write_text('ignore = ["POR", "GRP"]\n[fix]\noutput = "set"\n', encoding="utf-8")
    assert main(["lint", "small.png", "--fix"]) == 1
    assert main(["lint", "small.png", "--fix", "--fix-output", "said"]) == 1
    assert Path("set", "small.png").is_file()
    assert Path("said", "small.png").is_file()
    assert capsys.readouterr().err.count(": mended: ") == 2


def test_a_report_for_machines_stays_one(capsys: Output) -> None:
    photo(Path("small.png"), (299, 400))
    assert main([*LINT, "small.png", "--fix", "--output-format", "json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["summary"]["failed"] == 1
    assert "small.png: mended: " in captured.err


def test_copies_of_earlier_runs_are_left_alone(capsys: Output) -> None:
    photo(Path("small.png"), (299, 400))
    assert main([*LINT, "--fix"]) == 1
    copy = Path("mended", "small.png").read_bytes()
    photo(Path("mended", "tiny.png"), (50, 50))
    capsys.readouterr()
    assert main([*LINT, "--fix"]) == 1
    said = capsys.readouterr().err
    assert f"small.png: there already: {Path('mended', 'small.png')}\n" in said
    assert "1 asset: 1 there already." in said
    assert "tiny" not in said
    assert Path("mended", "small.png").read_bytes() == copy


def test_what_a_baseline_knows_is_left_alone(capsys: Output) -> None:
    photo(Path("known.png"), (299, 400))
    assert main([*LINT, "known.png", "--write-baseline", "known.json"]) == 0
    sound(Path("short.wav"), 1)
    capsys.readouterr()
    assert main([*LINT, "known.png", "short.wav", "--baseline", "known.json", "--fix"]) == 1
    said = capsys.readouterr().err
    assert "known.png: " not in said
    assert "short.wav: cannot be mended: It runs 1 s" in said


def test_what_makes_the_command_fail_is_mended(capsys: Output) -> None:
    photo(Path("edge.png"), (300, 400))  # on a bound that others write as outside: a warning
    assert main([*LINT, "edge.png", "--fix"]) == 0
    assert capsys.readouterr().err == "validator: 0 assets: nothing to mend.\n"
    assert main([*LINT, "edge.png", "--fix", "--fail-on", "warning"]) == 1
    assert "edge.png: mended: " in capsys.readouterr().err


def test_with_quiet_only_what_has_no_copy_is_named(capsys: Output) -> None:
    photo(Path("small.png"), (299, 400))
    Path("empty.png").touch()
    assert main([*LINT, "small.png", "empty.png", "--fix", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("validator: empty.png: cannot be mended: ")
    assert said.count("\n") == 1
    assert Path("mended", "small.png").is_file()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--fix", "--watch"], "--watch and --fix exclude each other"),
        (["--fix-output", "out"], "--fix-output says where the copies of --fix go: say --fix, too"),
        (["--fix", "--fix-output", ""], "--fix-output: the name of the folder is empty"),
        (["--fix", "--fix-output", "small.png"], "copies cannot go into small.png: it is no folder"),
        (["--fix", "--fix-output", "."], "small.png lies in the output folder .: name a folder"),
    ],
)
def test_wrong_use_is_told_before_any_work(options: list[str], reason: str, capsys: Output) -> None:
    photo(Path("small.png"), (299, 400))
    assert main([*LINT, "small.png", *options]) == 2
    captured = capsys.readouterr()
    assert reason in captured.err
    assert captured.out == ""


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("files", "options", "said"),
    [
        ({"small.png": (299, 400), "good.png": (400, 400)}, [], "`validator fix` may mend 1 of these: "),
        ({"good.png": (400, 400)}, [], ""),
        ({"small.png": (299, 400)}, ["--quiet"], ""),
        ({"small.png": (299, 400)}, ["--fix"], ""),
        ({"empty.png": None}, [], ""),
    ],
)
def test_at_a_terminal_it_is_said_that_copies_can_be_made(
    files: dict[str, tuple[int, int] | None], options: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in files.items():
        if size is None:
            Path(name).touch()
        else:
            photo(Path(name), size)
    screen = Terminal()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", screen)
        main([*LINT, ".", *options])
    assert ("validator fix" in screen.getvalue()) is bool(said)
    assert said in " ".join(screen.getvalue().split())


def test_elsewhere_it_is_not(capsys: Output) -> None:
    photo(Path("small.png"), (299, 400))
    assert main([*LINT, "."]) == 1
    assert capsys.readouterr().err == ""


def test_a_line_says_what_changed_and_what_was_lost() -> None:
    result = AssetReport(Asset("a.png", "a.png"), Facts())
    changes = (Change(("IMG003",), "size", "1x1", "2x2"), Change((), "metadata", "", "dropped"))
    plan = RepairPlan(result.asset, "a.png", CopyRecipe("png"), changes)
    mended = Repair(
        result, "mended", plan, path=Path("out", "a.png"), quality=Quality(0.5, 20.0, "at 2x2 px")
    )
    quality = quality_in_words(Quality(0.5, 20.0, "at 2x2 px"))
    assert line_of(mended) == f"a.png: mended: {Path('out', 'a.png')} (size 1x1 → 2x2; {quality})"
    there = Repair(result, "present", plan, path=Path("out", "a.png"), reason="It was there already.")
    assert line_of(there) == f"a.png: there already: {Path('out', 'a.png')}"
    assert line_of(Repair(result, "failed", plan, reason="No room.")) == "a.png: not mended: No room."
