from __future__ import annotations

import contextlib
import os
import signal
from fractions import Fraction
from pathlib import Path

import pytest

from tests.repair.ffmpegs import any_ffmpeg, needs_linux, needs_scripts, pattern, program, script
from validator.errors import Cancelled, RepairError
from validator.repair.ffmpeg import Program, bundled_ffmpeg, find_ffmpeg, run_ffmpeg

__all__ = ["program"]


def test_the_program_says_what_it_is_and_has(program: Program) -> None:
    assert Path(program.path).is_absolute()
    assert program.version
    assert {"ssim", "psnr", "scdet", "scale", "atempo", "split"} <= program.filters
    assert {"libx264", "aac", "libmp3lame", "pcm_s16le"} <= program.encoders


def test_a_package_brings_one_or_it_does_not() -> None:
    path = bundled_ffmpeg()
    assert path is None or Path(path).name.startswith("ffmpeg")


@needs_scripts
@pytest.mark.parametrize(
    "lines",
    [
        ("exit 1",),
        ("echo 'ffmpeg version 7' >&2; exit 1",),
        ("echo 'avconv version 7' >&2",),
        ("echo 'ffmpeg version 7' >&2; sleep 60",),
        ("kill -SEGV $$",),
    ],
)
def test_one_that_does_not_work_is_passed_over(tmp_path: Path, lines: tuple[str, ...]) -> None:
    broken = script(tmp_path, *lines)
    working = script(
        tmp_path / "other", "echo 'ffmpeg version 7.1-x Copyright' >&2; echo ' TSC scale V->V Scale'"
    )
    found = find_ffmpeg(which=lambda _: broken, bundled=lambda: working, seconds=2)
    assert found == Program(working, "7.1-x", frozenset({"scale"}))


def test_the_first_that_works_is_taken_and_it_is_asked_for_by_name() -> None:
    known = any_ffmpeg()
    asked: list[str] = []

    def which(name: str) -> str:
        asked.append(name)
        return known.path

    def bundled() -> str:
        raise AssertionError("nobody asked for it")

    assert find_ffmpeg(which, bundled) == known
    assert asked == ["ffmpeg"]


@needs_scripts
def test_a_program_that_lies_in_the_current_folder_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path, "echo 'ffmpeg version 7' >&2")
    monkeypatch.chdir(tmp_path)
    for relative in ("ffmpeg", "./ffmpeg"):
        assert find_ffmpeg(which=lambda _, name=relative: name, bundled=lambda: None) is None  # type: ignore[misc]


def test_progress_is_told_in_seconds_and_the_log_is_kept(program: Program, tmp_path: Path) -> None:
    told: list[Fraction] = []
    target = tmp_path / "-%d: a'b.mp4"
    target.write_text("what was there before")
    log = run_ffmpeg(
        [program.path, *pattern(), f"file:{target}"], cancelled=lambda: False, on_progress=told.append
    )
    assert Fraction(9, 10) <= told[-1] <= 1
    assert sorted(told) == told
    assert target.read_bytes()[4:8] == b"ftyp"
    assert "libx264" in log
    assert [each.name for each in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-f", "mov", "-i", "file:missing.mp4", "-f", "null", "-"), "No such file or directory"),
        (("-f", "lavfi", "-i", "nosuch", "-f", "null", "-"), "No such filter: 'nosuch'"),
        (("-f", "lavfi", "-i", "testsrc2=d=1", "file:missing/a.mp4"), "No such file or directory"),
        (("-nonsense",), "nonsense"),
    ],
)
def test_a_failure_is_told_with_its_reason(program: Program, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(RepairError, match=words) as caught:
        run_ffmpeg([program.path, *arguments], cancelled=lambda: False)
    assert str(caught.value).startswith("ffmpeg failed (exit code ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is always full")
def test_a_full_disk_is_told(program: Program) -> None:
    with pytest.raises(RepairError, match=r"^The disk is full"):
        run_ffmpeg([program.path, *pattern(), "-f", "matroska", "file:/dev/full"], cancelled=lambda: False)


@needs_scripts
def test_a_copy_that_grows_too_large_is_given_up(program: Program, tmp_path: Path) -> None:
    with pytest.raises(RepairError, match=r"^The copy grew beyond 9,000 bytes"):
        run_ffmpeg(
            [program.path, *pattern(), f"file:{tmp_path / 'a.mp4'}"], cancelled=lambda: False, file_bytes=9000
        )


@needs_linux
def test_too_little_memory_is_no_crash_of_ours(program: Program, tmp_path: Path) -> None:
    with pytest.raises(RepairError, match=r"^ffmpeg "):
        run_ffmpeg(
            [program.path, *pattern("4096x4096"), f"file:{tmp_path / 'a.mp4'}"],
            cancelled=lambda: False,
            memory=200 << 20,
        )


def endless(program: Program, target: Path) -> list[str]:
    return [program.path, "-re", *pattern(seconds="600"), f"file:{target}"]


@needs_linux
def test_an_ffmpeg_that_is_killed_is_told(program: Program, tmp_path: Path) -> None:
    def kill(_: Fraction) -> None:
        for child in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    with pytest.raises(RepairError, match=r"^ffmpeg was ended by SIGKILL"):
        run_ffmpeg(endless(program, tmp_path / "a.mp4"), cancelled=lambda: False, on_progress=kill)
    assert not _children()


def _children() -> list[int]:
    """The processes that this thread has started."""
    return [int(number) for number in Path("/proc/thread-self/children").read_text().split()]


def test_a_run_that_is_cancelled_ends_at_once(program: Program, tmp_path: Path) -> None:
    begun: list[Fraction] = []
    with pytest.raises(Cancelled):
        run_ffmpeg(
            endless(program, tmp_path / "a.mp4"), cancelled=lambda: bool(begun), on_progress=begun.append
        )


def test_one_that_takes_too_long_is_stopped(program: Program, tmp_path: Path) -> None:
    with pytest.raises(RepairError, match=r"^ffmpeg took more than 0\.3 s"):
        run_ffmpeg(endless(program, tmp_path / "a.mp4"), cancelled=lambda: False, seconds=0.3)


@needs_scripts
def test_one_that_tells_no_progress_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(RepairError, match=r"^ffmpeg told no progress for 0\.3 s"):
        run_ffmpeg(
            [script(tmp_path, "while :; do echo '[error] again' >&2; sleep 0.01; done")],
            cancelled=lambda: False,
            silence=0.3,
        )


def test_the_environment_changes_nothing(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFREPORT", f"file={tmp_path / 'report.log'}:level=32")
    monkeypatch.setenv("AV_LOG_FORCE_COLOR", "1")
    log = run_ffmpeg([program.path, *pattern(), "-f", "null", "-"], cancelled=lambda: False)
    assert not list(tmp_path.iterdir())
    assert "\x1b" not in log
