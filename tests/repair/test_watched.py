from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repair.ffmpegs import Witness, needs_linux, needs_scripts, script
from validator.errors import Cancelled, RepairError
from validator.repair.watched import LINE_AT_MOST, Bounds, End, run_watched

PATIENT = Bounds(seconds=30, silence=30)
ENVIRONMENT = {"PATH": os.defpath}

pytestmark = needs_scripts


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    witness = Witness(tmp_path / "witness")
    yield witness
    witness.close()


def run(program: str, *arguments: str, bounds: Bounds = PATIENT) -> tuple[End, list[str], list[str]]:
    output: list[str] = []
    errors: list[str] = []
    end = run_watched(
        [program, *arguments],
        ENVIRONMENT,
        bounds,
        cancelled=lambda: False,
        on_output=output.append,
        on_error=errors.append,
    )
    return end, output, errors


def test_each_line_of_both_outputs_is_told_and_the_exit_code(tmp_path: Path) -> None:
    program = script(tmp_path, 'echo "$1"; echo', "echo 'not ok' >&2", "printf 'no end'; exit 3")
    assert run(program, "a  b;$HOME") == (End(3), ["a  b;$HOME", "no end"], ["not ok"])


def test_a_program_has_no_input_and_no_terminal(tmp_path: Path) -> None:
    program = script(tmp_path, "cat; (: < /dev/tty) 2>/dev/null || echo none")
    assert run(program) == (End(0), ["none"], [])


@pytest.mark.parametrize("name", ["missing", "a file that is no program", "a folder"])
def test_what_is_no_program_is_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "a file that is no program").write_text("")
    (tmp_path / "a folder").mkdir()
    with pytest.raises(RepairError, match=rf"^{name} could not be started: .+; validator doctor"):
        run(str(tmp_path / name))


def test_a_nul_in_an_argument_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RepairError, match="could not be started"):
        run(script(tmp_path, "exit"), "a\0b")


@pytest.mark.parametrize(
    ("bounds", "late"), [(Bounds(0.3, 30), "seconds"), (Bounds(30, 0.3), "silence")], ids=str
)
def test_what_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, witness: Witness, bounds: Bounds, late: str
) -> None:
    program = script(tmp_path, witness.line, "trap '' TERM INT HUP", "sleep 60 &", "sleep 60")
    end, _, _ = run(program, bounds=bounds)
    assert (end.late, end.signal_name) == (late, "SIGKILL")
    assert witness.all_gone()


def test_what_is_suspended_is_ended(tmp_path: Path, witness: Witness) -> None:
    end, _, _ = run(script(tmp_path, witness.line, "kill -STOP $$"), bounds=Bounds(30, 0.3))
    assert end.late == "silence"
    assert witness.all_gone()


def test_words_of_error_are_no_progress(tmp_path: Path) -> None:
    program = script(tmp_path, "while :; do echo working >&2; sleep 0.05; done")
    assert run(program, bounds=Bounds(30, 0.3))[0].late == "silence"


def test_progress_breaks_the_silence(tmp_path: Path) -> None:
    program = script(tmp_path, "for each in 1 2 3 4 5 6; do echo $each; sleep 0.1; done")
    assert run(program, bounds=Bounds(30, 0.4))[0] == End(0)


@pytest.mark.parametrize("saying", ["yes", "cat /dev/zero"])
def test_endless_words_end_in_time_and_lines_are_cut(tmp_path: Path, witness: Witness, saying: str) -> None:
    longest = 0

    def measure(line: str) -> None:
        nonlocal longest
        longest = max(longest, len(line))

    program = script(tmp_path, witness.line, f"{saying} >&2")
    end = run_watched(
        [program],
        ENVIRONMENT,
        Bounds(0.3, 30),
        cancelled=lambda: False,
        on_output=lambda _: None,
        on_error=measure,
    )
    assert end.late == "seconds"
    assert longest <= LINE_AT_MOST
    assert witness.all_gone()


def test_a_run_that_is_cancelled_leaves_nothing_running(tmp_path: Path, witness: Witness) -> None:
    program = script(tmp_path, witness.line, "echo begun; sleep 60")
    begun: list[str] = []
    with pytest.raises(Cancelled):
        run_watched(
            [program],
            ENVIRONMENT,
            PATIENT,
            cancelled=lambda: bool(begun),
            on_output=begun.append,
            on_error=lambda _: None,
        )
    assert witness.all_gone()


def test_whoever_listens_may_fail_and_nothing_is_left_running(tmp_path: Path, witness: Witness) -> None:
    def fail(line: str) -> None:
        raise KeyboardInterrupt(line)

    program = script(tmp_path, witness.line, "echo begun; sleep 60")
    with pytest.raises(KeyboardInterrupt):
        run_watched(
            [program], ENVIRONMENT, PATIENT, cancelled=lambda: False, on_output=fail, on_error=lambda _: None
        )
    assert witness.all_gone()


def test_what_a_program_leaves_behind_is_ended(tmp_path: Path, witness: Witness) -> None:
    begun = time.monotonic()
    end, output, _ = run(script(tmp_path, witness.line, "sleep 60 & echo done"))
    assert (end, output) == (End(0), ["done"])
    assert time.monotonic() - begun < 30
    assert witness.all_gone()


def test_a_signal_is_named(tmp_path: Path) -> None:
    assert run(script(tmp_path, "kill -KILL $$"))[0].signal_name == "SIGKILL"
    assert End(-63).signal_name in {"signal 63", "SIGRTMAX-1"}
    assert not End(1).signal_name


def test_a_file_that_grows_too_large_ends_the_program(tmp_path: Path) -> None:
    large = tmp_path / "large"
    program = script(tmp_path, f"exec dd if=/dev/zero of='{large}' bs=1000 count=9")
    end, _, _ = run(program, bounds=Bounds(30, 30, file_bytes=5000))
    assert end.signal_name == "SIGXFSZ"
    assert large.stat().st_size == 5000


@needs_linux
def test_memory_is_limited(tmp_path: Path) -> None:
    program = script(tmp_path, "ulimit -v; ulimit -c")
    assert run(program, bounds=Bounds(30, 30, memory=1 << 30))[1] == [str(1 << 20), "0"]


@needs_linux
def test_no_descriptor_and_no_thread_is_left(tmp_path: Path) -> None:
    program = script(tmp_path, "echo a; echo b >&2; sleep 60")
    run(program, bounds=Bounds(30, 0.1))
    before = set(os.listdir("/proc/self/fd")), threading.active_count()  # noqa: PTH208
    run(program, bounds=Bounds(30, 0.1))
    assert (set(os.listdir("/proc/self/fd")), threading.active_count()) == before  # noqa: PTH208


@needs_linux
def test_a_program_ends_with_us_however_we_end(tmp_path: Path, witness: Witness) -> None:
    program = script(tmp_path, witness.line, "echo begun; exec sleep 60")
    code = (
        "import os, signal\n"
        "from validator.repair.watched import Bounds, run_watched\n"
        f"run_watched([{program!r}], {ENVIRONMENT!r}, Bounds(60, 60), cancelled=lambda: False,\n"
        "            on_output=lambda line: os.kill(os.getpid(), signal.SIGKILL), on_error=print)\n"
    )
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", code], cwd=root, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert witness.all_gone()
