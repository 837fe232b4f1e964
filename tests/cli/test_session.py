"""`validator session`, against the tests' own asset library."""

from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import threading
import time

import pytest

from tests.cli.process import all_shown, start, unmeasured
from tests.cli.shell import Shell
from validator.cli.countdown import Countdown
from validator.cli.real_human import qr_code


def sessions(shell: Shell) -> list[dict[str, str]]:
    """The sessions that were started."""
    held = shell.account.state()["sessions"]
    return list(held.values()) if isinstance(held, dict) else held


def session_id(shell: Shell) -> str:
    """That of the only session, once it is there."""
    shell.account.wait_for_calls(1, "start-session")
    (one,) = sessions(shell)
    return next(value for key, value in one.items() if key.lower() in ("id", "session_id", "sessionid"))


def ending(shell: Shell, status: str = "success") -> threading.Thread:
    """Somebody who verifies themselves once a session has started."""
    thread = threading.Thread(
        target=lambda: shell.account.end_session(session_id(shell), status=status, name="Ada")
    )
    thread.start()
    return thread


def test_the_link_stands_alone_on_standard_output(shell: Shell) -> None:
    said = shell("session", "start", "--return-url", "https://us.example/back")
    assert said.code == 0
    assert said.out.startswith("http")
    assert said.out.count("\n") == 1
    assert "the link holds for about 120 s" in said.err
    assert f"validator session wait {session_id(shell)}" in said.err
    assert said.out.strip() not in said.err


def test_waiting_gives_the_group(shell: Shell) -> None:
    person = ending(shell)
    said = shell("session", "start", "--wait")
    person.join()
    assert said.code == 0
    link, group = said.out.splitlines()
    assert link.startswith("http")
    shell.account.configure(list_lag=0)
    (listed,) = shell("groups", "list", "--kind", "real-human", "--format", "json").json["groups"]
    assert listed["id"] == group


def test_as_json_each_is_a_line(shell: Shell) -> None:
    person = ending(shell)
    said = shell("session", "start", "--wait", "--format", "json")
    person.join()
    first, second = (json.loads(line) for line in said.out.splitlines())
    assert (first["status"], second["status"]) == ("pending", "success")
    assert first["link"].startswith("http")
    assert second["group_id"].startswith("group-")


def test_one_that_failed(shell: Shell) -> None:
    person = ending(shell, "failed")
    said = shell("session", "start", "--wait")
    person.join()
    assert said.code == 1
    assert "the verification ended with failed: start another one" in said.err


def test_nobody_came_and_it_can_be_waited_for_again(shell: Shell) -> None:
    said = shell("session", "start", "--wait", "--timeout", "0.3")
    assert said.code == 2
    one = session_id(shell)
    assert f"`validator session wait {one}` goes on waiting" in said.err
    group = shell.account.end_session(one)
    again = shell("session", "wait", one)
    assert (again.code, again.out) == (0, f"{group}\n")


def test_ctrl_c_while_waiting_says_how_to_go_on(shell: Shell) -> None:
    with start(
        "session", "start", "--wait", cwd=shell.folder, env={**shell.environment(), **_unmeasured(shell)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        shell.account.wait_for_calls(1, "get-session")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"validator session wait {session_id(shell)}".encode() in err
    assert b"Traceback" not in err


def _unmeasured(shell: Shell) -> dict[str, str]:
    return {**unmeasured(), "ORCAROUTER_API_KEY": shell.account.key}


def test_a_terminal_shows_the_code_and_counts_down(shell: Shell) -> None:
    ours, theirs = pty.openpty()
    person = ending(shell)
    with start(
        "session", "start", "--wait", cwd=shell.folder, env=shell.environment(COLUMNS="100", LINES="60"),
        stdout=theirs, stderr=theirs,
    ) as process:  # fmt: skip
        os.close(theirs)
        seen = all_shown(ours)
    os.close(ours)
    person.join()
    assert process.returncode == 0, seen
    text = seen.decode()
    assert "█▀▀▀▀▀█" in text or "▄▄▄▄▄" in text
    assert "the link holds for another 11" in text
    (link,) = (line for line in text.splitlines() if line.startswith("http"))
    assert text.index(link) > text.rindex("▀▀▀▀▀▀▀")  # what stands above the code may have scrolled away


def test_somebody_who_may_not(shell: Shell) -> None:
    shell.account.configure(real_human=False)
    said = shell("session", "start")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("validator: error: ")


@pytest.mark.parametrize(
    "arguments", [["wait", "a b"], ["start", "--return-url", "javascript:x"], ["stop"], []]
)
def test_what_makes_no_sense(shell: Shell, arguments: list[str]) -> None:
    said = shell("session", *arguments)
    assert (said.code, said.out) == (2, "")
    assert sessions(shell) == []


class TestQrCode:
    def test_it_fits_or_is_left_out(self) -> None:
        code = qr_code("https://h5.example/verify?token=" + "a" * 60, 80)
        assert code
        assert max(map(len, code.splitlines())) <= 80
        assert qr_code("https://h5.example/verify?token=" + "a" * 60, 30) == ""

    def test_a_link_that_is_too_long_for_one(self) -> None:
        assert qr_code("x" * 8000, 10_000) == ""


class TestCountdown:
    def test_it_ends_in_a_sentence(self) -> None:
        assert Countdown(None, 3.0, clock=lambda: 5.0).line() == (
            "waiting; the link has ended: only who has opened it can go on"
        )
        assert Countdown(None, None).line() == "waiting for the person"

    def test_it_fits_a_narrow_terminal(self) -> None:
        screen = io.StringIO()
        with Countdown(screen, time.monotonic() + 119, columns=lambda: 40):
            pass
        shown = [line for line in screen.getvalue().split("\r\x1b[2K") if line]
        assert shown
        assert all(len(line) < 40 for line in shown)
        assert "the link holds for 11" in shown[0]

    def test_without_a_terminal_nothing_is_started(self) -> None:
        before = threading.active_count()
        with Countdown(None, time.monotonic() + 5):
            assert threading.active_count() == before
