"""`validator lint --watch`: judged anew when something changed, and ended by Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from tests.cli.media import photo
from tests.cli.process import start, unmeasured
from tests.nobody import IGNORED, LINT
from validator.cli import main
from validator.cli.options import Choices
from validator.cli.session import Session
from validator.cli.stop import Stop
from validator.cli.watch import Watching
from validator.errors import UsageError
from validator.watch import Pace, Sight

Step = Callable[[], object]
WAITING = "validator: waiting for changes; Ctrl-C ends it\n"


class Over(Exception):
    """All that was to happen has happened."""


class Script:
    """Stands for the system: each time nothing is left to do, the next thing happens."""

    is_blind = False

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = iter(steps)
        self.sights: list[Sight] = []

    def aim(self, sight: Sight) -> None:
        self.sights.append(sight)

    def wait(self, seconds: float) -> bool:
        del seconds
        step = next(self._steps, None)
        if step is None:
            raise Over
        step()
        return True


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Watched:
    """What happens while steps are taken: reports and what is said, each of a round."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.reports: list[str] = []
        self.said: list[str] = []

    def __call__(self, *steps: Step, targets: Sequence[str] = (".",), **choices: object) -> None:
        self._capsys.readouterr()
        self.reports.clear()
        self.said.clear()
        chosen = Choices(**{"no_config": True, "ignore": ("POR",), **choices})  # type: ignore[arg-type]
        session = Session(Stop())
        with Watching(session, chosen, targets) as watching, pytest.raises(Over):
            watching.until_the_end(Script([self._heard, *self._between(steps)]), Pace(rest=0))
        assert session.destination is None
        assert session.judged is None

    def _between(self, steps: Sequence[Step]) -> list[Step]:
        return [each for step in steps for each in (step, self._heard)]

    def _heard(self) -> None:
        captured = self._capsys.readouterr()
        self.reports.append(captured.out)
        self.said.append(captured.err)


@pytest.fixture
def watched(folder: Path, capsys: pytest.CaptureFixture[str]) -> Watched:  # noqa: ARG001 - the current folder
    return Watched(capsys)


def broken(path: str, text: str = "no picture") -> Step:
    """A file that is no picture, whatever its name says: the quickest fault there is."""

    def step() -> None:
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")

    return step


def summary(report: str) -> str:
    return report.splitlines()[-1] if report else ""


class TestRounds:
    def test_what_is_new_changed_renamed_and_gone(self, watched: Watched) -> None:
        broken("a.png", "one")()
        watched(
            broken("b.png", "two"),
            broken("b.png", "three"),
            lambda: Path("b.png").rename("c.png"),
            Path("c.png").unlink,
            lambda: None,
        )
        assert [summary(report) for report in watched.reports] == [
            "1 asset: 1 fail (1 error).",
            "2 assets: 2 fail (2 errors).",
            "2 assets: 2 fail (2 errors).",
            "2 assets: 2 fail (2 errors).",
            "1 asset: 1 fail (1 error).",
            "",
        ]
        reasons = [said.partition("judging again: ")[2].partition("\n")[0] for said in watched.said]
        assert reasons == [
            "",
            "./b.png is new",
            "./b.png changed",
            "./c.png is new, ./b.png is gone",
            "./c.png is gone",
            "",
        ]
        assert all(said.endswith(WAITING) for said in watched.said[:-1])
        assert watched.said[-1] == ""

    def test_reports_in_files_leave_the_counts_to_be_said(self, watched: Watched) -> None:
        broken("a.png", "one")()
        watched(broken("b.png", "two"), watch=True, outputs=("json=report.json",))
        assert watched.reports == ["", ""]
        assert watched.said[0] == f"validator: 1 asset: 1 fail (1 error).\n{WAITING}"
        assert "validator: 2 assets: 2 fail (2 errors).\n" in watched.said[1]
        watched(watch=True, outputs=("json=report.json",), quiet=True)
        assert watched.said == [""]

    def test_an_editor_that_writes_by_renaming(self, watched: Watched) -> None:
        broken("a.png", "one")()

        def save() -> None:
            broken("a.png~", "two")()
            Path("a.png~").replace("a.png")

        watched(save, targets=["a.png"])
        assert "a.png changed" in watched.said[1]

    def test_what_belongs_together_is_judged_together(self, watched: Watched) -> None:
        broken("a.png", "one")()
        watched(broken("b.png", "one"))
        assert "FIL008" in watched.reports[1]

    def test_a_file_that_is_not_there_yet(self, watched: Watched) -> None:
        watched(broken("a.png"), Path("a.png").unlink, targets=["a.png"])
        assert ["FIL001" in report for report in watched.reports] == [True, False, True]
        assert "a.png is there again" in watched.said[1]

    def test_an_empty_folder_is_waited_for(self, watched: Watched) -> None:
        watched(broken("a.png"))
        assert watched.said[0] == (
            "validator: error: Nothing to judge was found in .: no image, no video, no sound.\n" + WAITING
        )
        assert summary(watched.reports[1]) == "1 asset: 1 fail (1 error)."

    def test_a_folder_that_is_moved_away_and_back(self, watched: Watched) -> None:
        broken("clips/a.png")()
        away = Path("clips").rename
        watched(lambda: away("kept"), lambda: Path("kept").rename("clips"), targets=["clips"])
        assert "judging again: clips is missing, clips/a.png is gone\n" in watched.said[1]
        assert "judging again: clips/a.png is new\n" in watched.said[2]

    @pytest.mark.skipif(sys.platform == "win32", reason="a current folder cannot be removed there")
    def test_it_ends_where_the_current_folder_is_gone(
        self, watched: Watched, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        inner = folder / "inner"
        inner.mkdir()
        monkeypatch.chdir(inner)
        broken("a.png")()
        with pytest.raises(UsageError, match="the current folder cannot be used: No such file or directory"):
            watched(lambda: shutil.rmtree(inner))

    def test_a_list_is_watched_with_what_it_names(self, watched: Watched) -> None:
        broken("deep/a.png", "one")()
        Path("list.csv").write_text("path\ndeep/a.png\n", encoding="utf-8")
        watched(
            broken("deep/a.png", "two"),
            broken("deep/b.png"),
            lambda: Path("list.csv").write_text("path\ndeep/b.png\n", encoding="utf-8"),
            lambda: Path("list.csv").write_text("way\ndeep/b.png\n", encoding="utf-8"),
            lambda: Path("list.csv").write_text("path\ndeep/a.png\n", encoding="utf-8"),
            targets=["list.csv"],
        )
        assert [bool(report) for report in watched.reports] == [True, True, False, True, False, True]
        assert "deep/b.png is new, deep/a.png is gone" in watched.said[3]
        assert re.match(r"validator: \d\d:\d\d:\d\d error: list\.csv:1: ", watched.said[4])

    def test_what_git_ignores(self, watched: Watched) -> None:
        Path(".git").mkdir()
        broken("a.png", "one")()
        broken("b.png", "two")()
        watched(lambda: Path(".gitignore").write_text("b.png\n", encoding="utf-8"))
        assert summary(watched.reports[1]) == "1 asset: 1 fail (1 error)."


class TestWhatDecides:
    def test_a_configuration_that_is_wrong_is_said_and_waited_for(self, watched: Watched) -> None:
        broken("a.png")()

        def configure(text: str) -> Step:
            return lambda: Path("validator.toml").write_text(text, encoding="utf-8")

        watched(
            configure('severity = { FIL004 = "warning" }'),
            configure("severity = 1"),
            configure('severity = { FIL004 = "warning" }'),
            configure("workers = 1"),
            Path("validator.toml").unlink,
            no_config=False,
        )
        assert [summary(report) for report in watched.reports] == [
            "1 asset: 1 fail (1 error).",
            "1 asset: 1 not judged (1 warning).",
            "",
            "1 asset: 1 not judged (1 warning).",
            "1 asset: 1 fail (1 error).",
            "1 asset: 1 fail (1 error).",
        ]
        assert "judging again: the configuration changed" in watched.said[1]
        assert "validator.toml: severity: expected a table, got a whole number" in watched.said[2]
        assert "judging again: what was wrong is mended" in watched.said[3]

    def test_a_profile_and_a_baseline(self, watched: Watched) -> None:
        broken("a.png")()
        profile = (
            '[profile]\nname = "house"\ntitle = "House"\nchecked = 2026-11-22\nsource = "https://a.example"\n'
            'extends = "seedance-2.0"\n'
        )
        Path("house.toml").write_text(profile, encoding="utf-8")
        assert (
            main(["lint", *IGNORED, "a.png", "--profile", "house.toml", "--write-baseline", "known.json"])
            == 0
        )
        known = Path("known.json").read_text(encoding="utf-8")
        watched(
            lambda: Path("known.json").write_text(known.replace("FIL004", "FIL005"), encoding="utf-8"),
            lambda: Path("house.toml").write_text(
                profile + '[[change]]\ncode = "FIL004"\nremove = true\n', encoding="utf-8"
            ),
            targets=["a.png"],
            profiles=("house.toml",),
            baseline="known.json",
        )
        assert summary(watched.reports[0]) == "1 asset: 1 known to fail. 1 known finding is in the baseline."
        assert "judging again: the baseline changed" in watched.said[1]
        assert "judging again: the profile changed" in watched.said[2]
        assert "FIL004" not in watched.reports[2]

    @pytest.mark.usefixtures("folder")
    def test_workers_and_what_was_measured_are_kept_until_others_are_wanted(self) -> None:
        broken("a.png")()
        seen: list[object] = []

        def configure(text: str) -> Step:
            return lambda: Path("validator.toml").write_text(text, encoding="utf-8")

        def note() -> None:
            seen.append(watching.kept)

        steps = [
            *(note, broken("b.png"), note, configure("quiet = true"), note),
            *(configure("quiet = true\ndecode-timeout = 5"), note),
        ]
        watching = Watching(Session(Stop()), Choices(ignore=("POR",)), ["."])
        with watching, pytest.raises(Over):
            watching.until_the_end(Script(steps), Pace(rest=0))
        first, after_a_change, after_a_choice, after_a_limit = seen
        assert first is after_a_change
        assert first is after_a_choice
        assert first is not after_a_limit


class TestReports:
    def test_files_are_written_anew_each_time(self, watched: Watched) -> None:
        broken("a.png")()
        numbers: list[int] = []

        def count() -> None:
            numbers.append(json.loads(Path("report.json").read_text(encoding="utf-8"))["summary"]["assets"])

        watched(count, broken("b.png"), count, outputs=("text", "json=report.json"))
        assert numbers == [1, 2]
        assert len([report for report in watched.reports if report]) == 2

    def test_quiet_says_nothing_besides(self, watched: Watched) -> None:
        Path("validator.toml").write_text("quiet = true", encoding="utf-8")
        photo(Path("a.png"))
        watched(broken("b.png"), no_config=False)
        assert watched.said == ["", ""]
        assert watched.reports[1].startswith("./b.png: fail")

    def test_a_report_that_can_no_longer_be_written_is_said(self, watched: Watched) -> None:
        broken("a.png")()
        broken("deep/b.txt")()

        def clear() -> None:
            for path in Path("deep").iterdir():
                path.unlink()
            Path("deep").rmdir()
            broken("a.png", "two")()

        watched(clear, targets=["a.png"], output="deep/report.txt")
        assert "cannot write the report to deep/report.txt" in watched.said[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-"], "--watch cannot watch standard input"),
        (["https://a.example/b.png"], "--watch has nothing to watch: URLs are fetched once"),
        (["https:/a.example/b.png"], "--watch has nothing to watch: URLs are fetched once"),
        ([".", "--write-baseline", "known.json"], "--watch and --write-baseline exclude each other"),
        ([".", "--select", "XYZ"], '"XYZ" names no rule'),
        ([".", "--config", "none.toml"], "none.toml: No such file or directory"),
        (["a.png", "-o", "a.png"], "cannot write the report to a.png: it is one of the targets"),
        ([".", "-o", "none/report.txt"], "cannot write the report to none/report.txt"),
    ],
)
def test_silly_mistakes_end_it_at_once(
    arguments: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(str(folder / "a.png"))()
    assert main(["lint", "--watch", *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


@contextmanager
def running(folder: Path, **streams: Any) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """The command, watching the folder, and its standard error; it is gone afterwards, whatever happens."""
    with start(
        *LINT, "--watch", ".", cwd=folder, env=unmeasured(), stderr=subprocess.PIPE, **streams
    ) as process:
        try:
            assert process.stderr is not None
            yield process, process.stderr
        finally:
            process.kill()


def until(terminal: int, words: bytes) -> bytes:
    """What a terminal shows up to some words: it passes on what it is given when it likes."""
    shown = b""
    while words not in shown:
        shown += os.read(terminal, 65536)
    return shown


def test_on_a_terminal_until_ctrl_c(folder: Path) -> None:
    """A real process, real changes, and a screen that is cleared before each report."""
    broken("a.png")()
    ours, theirs = os.openpty()
    with running(folder, stdout=theirs) as (process, said):
        os.close(theirs)
        assert b"\x1b[2J" not in until(ours, b"1 asset: 1 fail")
        assert said.readline() == WAITING.encode()
        broken("b.png", "another")()
        assert said.readline().endswith(b" judging again: ./b.png is new\n")
        assert b"\x1b[2J\x1b[H" in until(ours, b"2 assets: 2 fail")
        assert said.readline() == WAITING.encode()
        process.send_signal(signal.SIGINT)
        assert said.read() == b"validator: interrupted\n"
        assert process.wait(20) == 130
    os.close(ours)


def test_it_ends_when_nobody_reads_on(folder: Path) -> None:
    broken("a.png")()
    with running(folder, stdout=subprocess.PIPE) as (process, said):
        assert process.stdout is not None
        assert said.readline() == WAITING.encode()
        process.stdout.close()
        broken("b.png", "another")()
        assert b"standard output was closed after" in said.read()
        assert process.wait(20) == 1
