"""`validator fix`: what its options mean, its exit codes, where its reports go, and a few real copies."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import chdir
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from tests.cli.media import photo, sound
from tests.report.repair_samples import failed, gone, impossible, mended, passes, planned, present, unjudged
from validator.cli import main
from validator.cli.fix import fix
from validator.cli.fix_options import FixChoices, repair_options
from validator.cli.fix_run import carried_out
from validator.cli.options import settled
from validator.cli.progress import Shown
from validator.cli.session import Session
from validator.cli.stop import Stop
from validator.errors import UsageError
from validator.findings import Severity
from validator.model import ImageFacts
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair
from validator.repair.work import RepairProgress

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path) -> Iterator[Path]:
    with chdir(tmp_path):
        yield tmp_path


def chosen(*arguments: str) -> FixChoices:
    """What a command line says."""
    said = fix.make_context("fix", list(arguments)).params
    return FixChoices(**{name: value for name, value in said.items() if name != "targets"})


def options(*arguments: str) -> RepairOptions:
    choices = chosen(*arguments)
    config, _ = settled(choices, Path())
    return repair_options(config, choices)


class Mender:
    """Takes the place of the loop: what became of each asset is known before."""

    def __init__(self, *repairs: Repair) -> None:
        self._repairs = repairs
        self.targets: Any = ()
        self.folder = Path()
        self.said: dict[str, Any] = {}

    def __call__(self, targets: Any, folder: Path, *_: Any, **said: Any) -> Generator[Repair, None, None]:
        self.targets, self.folder, self.said = targets, folder, said
        tell: Callable[[RepairProgress], object] = said["on_progress"]
        for done, repair in enumerate(self._repairs):
            tell(RepairProgress(done, len(self._repairs), repair.target, "making", Fraction(1, 3)))
            yield repair


def run(mender: Mender, *arguments: str, targets: tuple[str, ...] = ("clips",)) -> int:
    return carried_out(Session(Stop()), chosen(*arguments), targets, mender)


class TestOptions:
    def test_nothing_said_is_the_default(self) -> None:
        assert options() == RepairOptions()

    def test_everything_said(self) -> None:
        assert options(
            *("--pad", "--fill", "202020", "--metadata", "drop", "--frame", "3", "--face", "LARGEST"),
            *("--start", "1.5s", "--scenes", "--lengthen", "hold", "--normalize", "--max-enlarge", "2.5"),
            *("--level", "warning"),
        ) == RepairOptions(
            level=Severity.WARNING,
            fit="pad",
            fill="#202020",
            metadata="drop",
            max_enlarge=Fraction(5, 2),
            frame=3,
            face="largest",
            start=Fraction(3, 2),
            scenes=True,
            lengthen="hold",
            normalise=True,
        )

    def test_the_command_line_is_laid_over_the_file(self) -> None:
        Path("validator.toml").write_text('[fix]\nfit = "crop"\nlengthen = "loop"\nmax-enlarge = 4\n')
        assert options("--pad", "--max-enlarge", "8") == RepairOptions(
            lengthen="loop", max_enlarge=Fraction(8)
        )
        assert options("--no-config") == RepairOptions()

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            (
                ("--fill", "red"),
                "'red' is not blur, edge, transparent, black, white or a colour",
            ),
            (("--face", "0"), "'0' is not largest, or a number from 1"),
            (("--start", "a"), "'a' is not a number such as 4, 1.5 or 24000/1001."),
            (("--start", "-1"), "-1 is out of bounds: it is at least 0 and at most 86400."),
            (("--max-enlarge", "0.5"), "0.5 is out of bounds: it is at least 1"),
            (("--crop", "--fill", "blur"), "--crop and --fill exclude each other"),
            (("--dry-run", "--overwrite"), "--dry-run and --overwrite exclude each other"),
            (("-o", ""), "--output: the name of the folder is empty"),
            (("--format", "sarif"), '`validator fix` has no output format "sarif": it is one of text, json.'),
            (("--format", "jsno"), 'Did you mean "json"?'),
            (("--fail-on", "warning"), "--fail-on is for `validator lint`: say --level"),
            (("--exit-zero",), "--exit-zero is for `validator lint`"),
            (("--lengthen", "lop"), "'lop' is not one of 'loop', 'hold', 'slow'"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, arguments: tuple[str, ...], problem: str, capsys: Output
    ) -> None:
        photo(Path("a.png"))
        assert main(["fix", "a.png", *arguments]) == 2
        captured = capsys.readouterr()
        assert problem in captured.err
        assert captured.out == ""
        assert [path.name for path in Path().iterdir()] == ["a.png"]


class TestRun:
    @pytest.mark.parametrize(
        ("repairs", "code"),
        [
            ((), 0),
            ((passes(), mended(), present(), planned()), 0),
            ((mended(), impossible()), 1),
            ((mended(), failed()), 1),
            ((mended(), unjudged()), 2),
            ((unjudged(), gone()), 1),
        ],
    )
    def test_the_exit_code(self, repairs: tuple[Repair, ...], code: int, capsys: Output) -> None:
        assert run(Mender(*repairs)) == code
        assert f"{len(repairs)} asset" in capsys.readouterr().out

    def test_what_the_loop_is_told(self) -> None:
        mender = Mender()
        run(mender, "-o", "out", "--overwrite")
        assert (mender.targets, mender.folder) == (("clips",), Path("out"))
        assert (mender.said["dry_run"], mender.said["overwrite"]) == (False, True)
        run(mender, "--diff", targets=())
        assert (mender.targets, mender.folder) == ((".",), Path("mended"))
        assert (mender.said["dry_run"], mender.said["overwrite"]) == (True, False)

    def test_an_option_that_is_for_nothing_there_is_said_to_be(self, capsys: Output) -> None:
        still, media = passes(), passes().result.facts.media
        assert isinstance(media, ImageFacts)
        facts = dataclasses.replace(still.result.facts, media=msgspec.structs.replace(media, frames=1))
        still = dataclasses.replace(still, result=dataclasses.replace(still.result, facts=facts))
        run(Mender(still, still), "--frame", "0", "--lengthen", "loop", "--crop")
        assert capsys.readouterr().err == (
            "validator: --frame changed nothing: there is no animation among the assets\n"
            "validator: --lengthen changed nothing: there is no clip and no sound among the assets\n"
        )
        run(Mender(passes(), mended()), "--lengthen", "loop", "--quiet", "--frame", "1")
        run(Mender(gone()), "--lengthen", "loop")
        assert capsys.readouterr().err == ""

    def test_quality_is_said_on_standard_error(self, capsys: Output) -> None:
        run(Mender(mended()))
        captured = capsys.readouterr()
        assert captured.err == (
            "validator: mended/clips/phone.mp4: SSIM 0.988, PSNR 42.1 dB (against the original)\n"
        )
        assert "\n  quality: SSIM 0.988, PSNR 42.1 dB (against the original)\n" in captured.out
        run(Mender(mended()), "--quiet")
        assert capsys.readouterr() == ("", "")

    @pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals are of Unix")
    @pytest.mark.parametrize(("form", "times"), [("text", 1), ("json", 1)])
    def test_on_one_terminal_quality_is_said_once(
        self, form: str, times: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import pty

        ours, theirs = pty.openpty()
        with os.fdopen(theirs, "w", closefd=True) as terminal, os.fdopen(ours, "rb", buffering=0) as screen:
            with monkeypatch.context() as patched:
                patched.setattr(sys, "stdout", terminal)
                patched.setattr(sys, "stderr", terminal)
                run(Mender(mended()), "--format", form)
            terminal.flush()
            said = b""
            while not said.rstrip().endswith((b"mended.", b"}")):
                said += screen.read(4096)
        assert said.count(b"42.1 dB") == times

    def test_several_reports_of_one_run(self, capsys: Output) -> None:
        assert run(Mender(mended()), "--format", "text", "--format", "json=fix.json") == 0
        assert capsys.readouterr().out.endswith("1 asset: 1 mended.\n")
        assert json.loads(Path("fix.json").read_text())["summary"]["mended"] == 1

    def test_the_configured_form_holds_where_there_is_such_a_report(self, capsys: Output) -> None:
        for form, first in (("json", "{"), ("sarif", "1")):
            Path("validator.toml").write_text(f'output-format = "{form}"\n')
            run(Mender(passes()))
            assert capsys.readouterr().out.startswith(first)

    @pytest.mark.parametrize("name", ["validator.toml", "a.png", "key"])
    def test_a_report_replaces_nothing_that_matters(self, name: str) -> None:
        photo(Path("a.png"))
        Path("key").write_text("secret")
        Path("validator.toml").write_text('[service]\napi-key-file = "key"\n')
        before = Path(name).read_bytes()
        with pytest.raises(UsageError, match=f"cannot write the report to {name}"):
            run(Mender(passes()), "--format", f"json={name}", targets=("a.png",))
        assert Path(name).read_bytes() == before

    def test_no_half_report_stays_behind(self) -> None:
        def breaking(*_: Any, **__: Any) -> Generator[Repair, None, None]:
            yield mended()
            raise UsageError("the disk is full")

        with pytest.raises(UsageError):
            carried_out(Session(Stop()), chosen("--format", "json=fix.json"), ("clips",), breaking)
        assert not list(Path().iterdir())

    def test_no_half_copy_stays_behind_where_nobody_waits_for_it(self) -> None:
        half, stopped = Path(".validator-1.mp4"), Session(Stop())

        def stuck(*_: Any, unfinished: set[Path], **__: Any) -> Generator[Repair, None, None]:
            half.write_bytes(b"half")
            unfinished.add(half)
            stopped.give_up(stopped.stop.reason)  # as a second Ctrl-C has it
            assert not half.exists()
            yield mended()

        assert carried_out(stopped, chosen(), ("clips",), stuck) == 0

    def test_a_file_that_nobody_named_does_not_say_where_copies_go(self) -> None:
        Path("validator.toml").write_text('[fix]\noutput = "../elsewhere"\n')
        with pytest.raises(UsageError, match="outside this file's own folder"):
            run(Mender())
        assert run(Mender(), "--config", "validator.toml") == 0


class Recorded:
    """A bar that remembers where it was."""

    def __init__(self) -> None:
        self.places: list[tuple[float, int | None, str]] = []

    def update(self, done: float, total: int | None, text: str = "") -> None:
        self.places.append((round(done, 3), total, text))


def test_the_bar_goes_on_with_each_copy_and_never_back() -> None:
    bar = Recorded()
    shown = Shown(bar)
    for progress in (
        RepairProgress(0, 1, "a.mp4", "linting"),
        RepairProgress(0, 2, "a.mp4", "planning"),
        RepairProgress(0, 2, "a.mp4", "making", Fraction(1, 2)),
        RepairProgress(0, 2, "b.mp4", "making", Fraction(1, 4)),
        RepairProgress(0, 2, "a.mp4", "making", Fraction(3)),
        RepairProgress(0, 2, "a.mp4", "judging"),
        RepairProgress(1, 2, "b.mp4", "making", Fraction(1, 2)),
        RepairProgress(2, 2),
    ):
        shown.show(progress)
    assert bar.places == [
        (0.0, 1, "judging a.mp4"),
        (0.0, 2, "planning a.mp4"),
        (0.45, 2, "50 %, making the copy of a.mp4"),
        (0.45, 2, "25 %, making the copy of b.mp4"),
        (0.9, 2, "100 %, making the copy of a.mp4"),
        (0.9, 2, "judging the copy of a.mp4"),
        (1.45, 2, "50 %, making the copy of b.mp4"),
        (2.0, 2, ""),
    ]


class TestForReal:
    def test_a_picture_that_is_too_small(self, capsys: Output) -> None:
        before = photo(Path("in/small.png"), (290, 400)).read_bytes()
        assert main(["fix", "in", "-o", "out", "--ignore", "POR"]) == 0
        captured = capsys.readouterr()
        assert captured.out.startswith("in/small.png: mended (png image, 290x400")
        assert "(IMG003)" in captured.out
        assert captured.out.endswith("1 asset: 1 mended.\n")
        assert captured.err.startswith("validator: out/small.png: ")
        assert captured.err.endswith(" (against the original scaled alike)\n")
        (copy,) = (path for path in Path("out").rglob("*") if path.is_file())
        with Image.open(copy) as picture:
            assert min(picture.size) >= 300
        assert Path("in/small.png").read_bytes() == before
        assert main(["lint", "out", "--ignore", "POR"]) == 0

    def test_a_dry_run_writes_nothing(self, capsys: Output) -> None:
        photo(Path("wide.png"), (1200, 400))
        assert main(["fix", "wide.png", "--dry-run", "--ignore", "POR", "--format", "json"]) == 0
        held = json.loads(capsys.readouterr().out)
        assert held["repairs"][0]["status"] == "planned"
        assert held["repairs"][0]["plan"]["changes"][0]["codes"] == ["IMG002"]
        assert [path.name for path in Path().iterdir()] == ["wide.png"]

    def test_a_sound_that_is_too_short_stays_so_unless_asked(self, capsys: Output) -> None:
        sound(Path("short.wav"), 1.5)
        assert main(["fix", "short.wav"]) == 1
        captured = capsys.readouterr()
        assert "short.wav: cannot be mended" in captured.out
        assert "--lengthen" in captured.out
        assert not Path("mended").exists()

    def test_nothing_to_do(self, capsys: Output) -> None:
        photo(Path("good.png"))
        assert main(["fix", "--ignore", "POR"]) == 0
        assert capsys.readouterr().out == "1 asset: 1 passing.\n"
        assert [path.name for path in Path().iterdir()] == ["good.png"]

    def test_no_such_file(self, capsys: Output) -> None:
        assert main(["fix", "gone.png"]) == 1
        assert "gone.png: cannot be mended" in capsys.readouterr().out
