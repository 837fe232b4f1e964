from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from tests.cli.media import photo
from tests.cli.process import finish
from tests.nobody import LINT
from validator.cli import main

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def beside_a_photo(tmp_path: Path) -> Iterator[None]:
    with chdir(tmp_path):
        photo(tmp_path / "good.png")
        yield


def lint_into(target: str, *arguments: str) -> int:
    return main([*LINT, "--output-format", "json", "--output", target, *arguments])


def test_a_report_in_a_file_leaves_standard_output_empty(tmp_path: Path, capsys: Output) -> None:
    assert lint_into("report.json", "good.png") == 0
    assert capsys.readouterr() == ("", "")
    assert json.loads((tmp_path / "report.json").read_text())["summary"]["passed"] == 1


def test_nothing_else_is_left_beside_it(tmp_path: Path) -> None:
    lint_into("report.json", "good.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.png", "report.json"]


def test_a_run_that_breaks_off_leaves_the_former_report(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("the former one")
    (tmp_path / "empty").mkdir()
    assert lint_into("report.json", "empty") == 2
    assert (tmp_path / "report.json").read_text() == "the former one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "good.png", "report.json"]


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("no/such/folder/report.json", "No such file or directory"),
        (".", "it is a folder"),
        ("good.png/x", ""),
    ],
)
def test_an_unwritable_file_is_refused_before_the_work(target: str, why: str, capsys: Output) -> None:
    asked: list[str] = []
    assert lint_into(target, "good.png", *asked) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"validator: error: cannot write the report to {target}: {why}")
    assert captured.err.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_write_protected_file_is_refused(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "report.json").write_text("keep")
    (tmp_path / "report.json").chmod(0o444)
    assert lint_into("report.json", "good.png") == 2
    assert "write-protected" in capsys.readouterr().err


def test_a_link_stays_a_link_and_rights_stay_as_they_were(tmp_path: Path) -> None:
    real = tmp_path / "reports" / "latest.json"
    real.parent.mkdir()
    real.write_text("")
    real.chmod(0o640)
    (tmp_path / "link.json").symlink_to(real)
    assert lint_into("link.json", "good.png") == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads(real.read_text())["summary"]["assets"] == 1
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_new_report_has_the_rights_that_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "any").touch()
    lint_into("report.json", "good.png")
    assert (tmp_path / "report.json").stat().st_mode == (tmp_path / "any").stat().st_mode


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    assert lint_into("pipe", "good.png") == 0
    reader.join(10)
    assert json.loads(read[0])["summary"]["assets"] == 1
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="there is no such device")
def test_standard_output_by_its_device_is_written_to(tmp_path: Path) -> None:
    arguments = (*LINT, "--output-format", "json", "--output", "/dev/stdout", "good.png")
    code, out, err = finish(*arguments, cwd=tmp_path)
    assert (code, err) == (0, b"")
    assert json.loads(out)["summary"]["assets"] == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("lint", "--help"), ("rules",), (*LINT, "good.png")]
)
def test_a_full_disk_is_told_in_one_sentence(arguments: tuple[str, ...], tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        code, _, err = finish(*arguments, cwd=tmp_path, stdout=full)
    assert code == 2
    assert err == b"validator: error: cannot write to standard output: No space left on device\n"


def test_a_dash_is_standard_output(capsys: Output) -> None:
    assert lint_into("-", "good.png") == 0
    assert json.loads(capsys.readouterr().out)["summary"]["assets"] == 1


def test_a_file_is_never_coloured_unless_that_is_asked_for(tmp_path: Path) -> None:
    photo(tmp_path / "small.png", (299, 400))
    assert main([*LINT, "--output", "report.txt", "small.png"]) == 1
    assert "\x1b" not in (tmp_path / "report.txt").read_text()


@pytest.mark.parametrize("name", ["good.png", "./good.png"])
def test_a_report_takes_the_place_of_no_target(name: str, tmp_path: Path, capsys: Output) -> None:
    before = (tmp_path / "good.png").read_bytes()
    assert lint_into(name, "good.png") == 2
    assert capsys.readouterr().err == (
        f"validator: error: cannot write the report to {name}: it is one of the targets\n"
    )
    assert (tmp_path / "good.png").read_bytes() == before


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="there is no such device")
def test_what_others_wrote_where_standard_output_leads_stays(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("before\n")
    with log.open("ab") as stream:
        finish(*LINT, "--output", "/dev/stdout", "good.png", cwd=tmp_path, stdout=stream)
    assert log.read_text().startswith("before\n")
    assert log.read_text().count("1 asset: 1 pass") == 1
