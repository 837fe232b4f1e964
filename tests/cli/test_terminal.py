"""What a person at a terminal sees."""

from __future__ import annotations

import fcntl
import os
import pty
import socket
import struct
import subprocess
import termios
import threading
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from tests.cli.media import photo
from tests.cli.process import all_shown, environment, start
from tests.nobody import LINT
from validator.cli import main
from validator.cli.screen import Screen
from validator.report.columns import columns_of

pytestmark = pytest.mark.usefixtures("measured_processes")

LOCAL = (*LINT, "--allow-private-hosts")
SOON_DONE = "no-such-file.png"  # no process is started for it, which may take its time on a busy machine
BAR = "\N{BOX DRAWINGS HEAVY HORIZONTAL}".encode()


def slow_host(seconds: float) -> socket.socket:
    """A server that answers every request with a small picture, but takes its time."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with server:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                threading.Event().wait(seconds)
                connection.sendall(
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )

    threading.Thread(target=serve, daemon=True).start()
    return server


def on_terminal(
    *arguments: str, cwd: Path, both: bool, env: dict[str, str] | None = None
) -> tuple[int, bytes, bytes]:
    """Exit code, what the terminal saw, and standard output where it is not (`both`) the terminal."""
    ours, theirs = pty.openpty()
    with start(
        *arguments,
        cwd=cwd,
        env=environment(COLUMNS="80", **(env or {})),
        stdout=theirs if both else subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        seen = all_shown(ours)
        out = process.stdout.read() if process.stdout else b""
    os.close(ours)
    return process.returncode, seen, out


@pytest.fixture
def small_photo(tmp_path: Path) -> Path:
    return photo(tmp_path / "small.png", (299, 400))


def url(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}/clip.mp4"


def test_a_terminal_gets_colour_and_a_short_run_no_bar(tmp_path: Path) -> None:
    code, seen, _ = on_terminal(*LINT, SOON_DONE, cwd=tmp_path, both=True)
    assert code == 1
    assert b"\x1b[" in seen
    assert b"FIL001" in seen
    assert BAR not in seen


def test_a_terminal_that_asks_for_none_gets_none(tmp_path: Path) -> None:
    code, seen, _ = on_terminal(*LINT, SOON_DONE, cwd=tmp_path, both=True, env={"NO_COLOR": "1"})
    assert code == 1
    assert b"FIL001" in seen
    assert b"\x1b[" not in seen


@pytest.mark.usefixtures("small_photo")
def test_a_long_run_shows_a_bar_and_keeps_it_out_of_the_report(tmp_path: Path) -> None:
    with slow_host(1.6) as server:
        code, seen, out = on_terminal(*LOCAL, "small.png", url(server), cwd=tmp_path, both=False)
    assert code == 1
    assert BAR in seen
    assert b"1/2" in seen
    assert b"\x1b" not in out
    assert BAR not in out
    assert out.rstrip().endswith(b".")
    assert b"IMG003" in out


@pytest.mark.usefixtures("small_photo")
def test_bar_and_report_share_a_screen_but_no_line(tmp_path: Path) -> None:
    with slow_host(1.6) as server:
        code, seen, _ = on_terminal(*LOCAL, url(server), "small.png", cwd=tmp_path, both=True)
    assert code == 1
    assert BAR in seen
    for line in seen.splitlines():
        assert not (BAR in line and b"IMG003" in line)


@pytest.mark.usefixtures("small_photo")
@pytest.mark.parametrize("why", ["quiet", "dumb"])
def test_no_bar_where_none_is_wanted_or_can_be_drawn(why: str, tmp_path: Path) -> None:
    arguments = ["--quiet"] if why == "quiet" else []
    env = {"TERM": "dumb"} if why == "dumb" else {}
    with slow_host(1.3) as server:
        _, seen, _ = on_terminal(*LOCAL, *arguments, url(server), cwd=tmp_path, both=False, env=env)
    assert seen == b""


@pytest.mark.usefixtures("small_photo")
def test_the_bar_and_a_message_share_no_line(tmp_path: Path) -> None:
    nobody, closed = os.pipe()
    os.close(nobody)
    ours, theirs = pty.openpty()
    with slow_host(1.6) as server:
        arguments = (*LOCAL, url(server), "small.png")
        env = environment(COLUMNS="80")
        with start(*arguments, cwd=tmp_path, env=env, stdout=closed, stderr=theirs):
            os.close(theirs)
            seen = all_shown(ours)
    for descriptor in (ours, closed):
        os.close(descriptor)
    assert BAR in seen
    before, _, after = seen.partition(b"validator: standard output was closed")
    assert after
    assert before.endswith((b"\n", b"\r", b"\x1b[2K", b"\x1b[?25h")), before[-80:]
    assert BAR not in after.split(b"\n")[0]


def said_on_terminal(columns: int, say: Callable[[], object]) -> str:
    """What stands on a terminal of so many columns when something is said on standard error."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with open(theirs, "w", encoding="utf-8") as stream, redirect_stderr(stream):  # noqa: PTH123 - a descriptor
        say()
    seen = all_shown(ours).decode()
    os.close(ours)
    return seen.replace("\r\n", "\n")


def test_messages_are_folded_between_words() -> None:
    sentence = "error: there is no such thing as a picture of 顔写真顔写真 in this folder"
    shown = said_on_terminal(30, lambda: Screen().say(sentence)).splitlines()
    assert shown[0] == "validator: error: there is no"
    assert all(columns_of(line) <= 30 for line in shown)
    assert " ".join(line.strip() for line in shown) == f"validator: {sentence}"


def test_a_terminal_without_a_width_folds_by_itself() -> None:
    assert said_on_terminal(0, lambda: Screen().say("word " * 40 + "end")).count("\n") == 1


@pytest.mark.usefixtures("small_photo")
def test_a_person_learns_the_counts_of_reports_in_files(tmp_path: Path) -> None:
    asked = [*LINT, str(tmp_path / "small.png"), f"--output-format=json={tmp_path / 'report.json'}"]
    said = said_on_terminal(100, lambda: main(asked))
    assert said == "validator: 1 asset: 1 fail (1 error). 1 was not decoded (--all-findings decodes it).\n"
    assert said_on_terminal(80, lambda: main([*asked, "--quiet"])) == ""
