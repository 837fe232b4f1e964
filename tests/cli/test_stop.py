from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.cli.process import unmeasured
from validator.cli import main
from validator.cli.stop import Stop, Stopped

# A command that cannot be stopped: it stands for a decoder that is deep in some library.
_STUCK = """
import sys, time
from validator.cli import app, program
@app.application.command()
def stuck() -> None:
    try:
        print("ready", flush=True)
        time.sleep(60)
    finally:
        print("busy", flush=True)
        time.sleep(60)
sys.argv[1:] = ["stuck"]
program()
"""


@pytest.mark.parametrize("signals", [1, 2])
def test_a_command_that_does_not_end_is_left_after_a_while_or_at_the_second_signal(
    signals: int, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _STUCK],
        cwd=tmp_path,
        env=unmeasured(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        began = time.monotonic()
        for word in (b"ready\n", b"busy\n")[:signals]:
            assert process.stdout.readline() == word
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == b"validator: interrupted\n"
    assert time.monotonic() - began < 15


def test_the_first_signal_sets_the_event_and_raises() -> None:
    with Stop() as stop:
        with pytest.raises(Stopped, match="Terminated"):
            signal.raise_signal(signal.SIGTERM)
        assert stop.cancel.is_set()
        assert (stop.reason.exit_code, stop.reason.word) == (143, "terminated")
        signal.raise_signal(signal.SIGTERM)  # more of them do not disturb the tidying up


def test_former_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Stop():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Stop():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_command_can_be_called_in_any_thread(capsys: pytest.CaptureFixture[str]) -> None:
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(main(["rules", "VID005"])))
    thread.start()
    thread.join(30)
    assert codes == [0]
    assert capsys.readouterr().out.startswith("VID005")
