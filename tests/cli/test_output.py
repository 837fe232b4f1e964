from __future__ import annotations

import codecs
import io
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
from tests.report.samples import missing, report
from validator.cli import main
from validator.cli.output import ReportFile, StandardOutput
from validator.errors import UsageError
from validator.report import base
from validator.report.base import FORMATS, new_format, render

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


def test_force_color_is_for_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    photo(tmp_path / "small.png", (299, 400))
    assert main([*LINT, "--output-format", "text", "--output-format", "text=report.txt", "small.png"]) == 1
    assert "\x1b[" in capsys.readouterr().out
    assert "\x1b" not in (tmp_path / "report.txt").read_text()
    assert main([*LINT, "--color", "always", "--output", "report.txt", "small.png"]) == 1
    assert "\x1b[" in (tmp_path / "report.txt").read_text()


@pytest.mark.parametrize("name", ["good.png", "./good.png"])
def test_a_report_takes_the_place_of_no_target(name: str, tmp_path: Path, capsys: Output) -> None:
    before = (tmp_path / "good.png").read_bytes()
    assert lint_into(name, "good.png") == 2
    assert capsys.readouterr().err == (
        f"validator: error: cannot write the report to {name}: it is one of the targets\n"
    )
    assert (tmp_path / "good.png").read_bytes() == before


def test_a_report_takes_the_place_of_no_medium_of_a_folder(tmp_path: Path, capsys: Output) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    file = photo(folder / "one.png")
    before = file.read_bytes()
    assert main([*LINT, "--output-format", "html=media/one.png", "media"]) == 2
    assert capsys.readouterr() == (
        "",
        "validator: error: cannot write the report to media/one.png: it is media (png image), which is "
        "never replaced\n",
    )
    assert main([*LINT, "--write-baseline", "media/one.png", "media"]) == 2
    assert file.read_bytes() == before
    assert list(folder.iterdir()) == [file]


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg image"),
        (b"ID3\x04" + bytes(40), "mp3 audio"),
        (b"YUV4MPEG2 W2 H2\nFRAME\n" + bytes(6), "y4m video"),
    ],
)
def test_media_is_known_by_its_bytes(start: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(start)
    with pytest.raises(UsageError, match=f"it is media .{what}., which is never replaced"):
        ReportFile(tmp_path / "report.json")
    assert (tmp_path / "report.json").read_bytes() == start


@pytest.mark.parametrize("name", [*sorted(FORMATS), "nothing"])
@pytest.mark.parametrize("target", ["MAC", "qoif", "\x1b[1mBM"])
def test_every_report_can_be_written_anew(name: str, target: str, tmp_path: Path) -> None:
    whole = report(missing(target))
    formats = () if name == "nothing" else (new_format(name),)
    with (tmp_path / "report").open("wb") as file:
        for pieces, _ in base.written(whole.assets, whole.tool, whole.profiles, formats):
            file.writelines(piece if isinstance(piece, bytes) else piece.encode() for piece in pieces)
    ReportFile(tmp_path / "report").abandon()


def test_a_report_that_is_there_may_begin_like_media(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_bytes("MAC.png: fail\n  é\x1b[1m error".encode())
    ReportFile(tmp_path / "report.txt").abandon()


@pytest.mark.parametrize("name", ["csv", "junit", "text"])
def test_standard_output_has_the_line_ends_of_the_report(name: str) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="utf-8", newline="\r\n")  # as Windows has it
    text = render(report(missing()), name)
    StandardOutput(stream).write(text)
    assert written.getvalue() == text.encode()


def test_pieces_for_an_encoding_with_a_mark_have_one() -> None:
    written = io.BytesIO()
    out = StandardOutput(io.TextIOWrapper(written, encoding="utf-16", newline="\r\n"))
    out.write("a\n")
    out.write("b\n")
    assert written.getvalue().count(codecs.BOM_UTF16) == 1
    assert written.getvalue().decode("utf-16") == "a\nb\n"


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="there is no such device")
def test_what_others_wrote_where_standard_output_leads_stays(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("before\n")
    with log.open("ab") as stream:
        finish(*LINT, "--output", "/dev/stdout", "good.png", cwd=tmp_path, stdout=stream)
    assert log.read_text().startswith("before\n")
    assert log.read_text().count("1 asset: 1 pass") == 1
