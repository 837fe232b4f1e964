"""`validator upload` as a process: stopped at any moment, with nobody reading, on a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.media import photo
from tests.cli.process import all_shown, start, unmeasured
from tests.cli.shell import Shell
from tests.nobody import IGNORED

GO_ON = b"run the same command again, or `validator upload --resume`"


@pytest.fixture
def served(shell: Shell) -> Shell:
    """Three pictures in a folder that is on the web already."""
    for at in range(3):
        photo(shell.folder / "photos" / f"ada-{at}.png", (640, 400 + at))
    shell.serve()
    return shell


@pytest.fixture
def group(served: Shell) -> str:
    return served.group()


def outside(shell: Shell) -> dict[str, str]:
    """The environment of a process that is stopped by a signal."""
    return {**unmeasured(), "ORCAROUTER_API_KEY": shell.account.key}


def stopped(
    shell: Shell, when: Callable[[], object], signum: int, *arguments: str
) -> tuple[int, bytes, bytes]:
    """Exit code, standard output and standard error of an upload that gets a signal at that moment."""
    with start(
        "upload", *IGNORED, *arguments, cwd=shell.folder, env=outside(shell),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        when()
        process.send_signal(signum)
        out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def goes_on(shell: Shell, *arguments: str) -> None:
    """The same command again, or --resume: all are Active, and none is there twice."""
    shell.account.configure(processing_seconds=0.05, create_seconds=0.0, stuck=())
    shell.account.heal()
    said = shell("upload", *(arguments or ("--resume",)))
    assert said.code == 0, said.err
    assets = shell.account.state()["assets"]
    assert len(assets) == 3
    assert len({asset["Name"] for asset in assets}) == 3


class TestStopped:
    def test_while_it_lints_nothing_is_sent(self, served: Shell, group: str) -> None:
        arguments = ("photos", "--group", group)

        def linting() -> None:
            served.account.wait_for_calls(1, "list-groups")

        code, _, err = stopped(served, linting, signal.SIGINT, *arguments)
        assert code == 130
        assert b"Traceback" not in err
        assert served.account.state()["assets"] == []
        goes_on(served, *IGNORED, *arguments)

    @pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_while_it_creates(self, served: Shell, group: str, signum: int, code: int) -> None:
        served.account.configure(create_seconds=0.5)
        arguments = ("photos", "--group", group)
        ended, out, err = stopped(
            served,
            lambda: served.account.wait_for_calls(1, "create-asset", phase="arrived"),
            signum,
            *arguments,
        )
        assert ended == code
        assert GO_ON in err
        assert b"Traceback" not in err
        assert b"Active" not in out
        goes_on(served, *IGNORED, *arguments)

    @pytest.mark.parametrize("how", ["the same command", "--resume"])
    def test_while_it_waits(self, served: Shell, group: str, how: str) -> None:
        served.account.configure(stuck=("",))
        arguments = ("photos", "--group", group)
        ended, _, err = stopped(
            served, lambda: served.account.wait_for_calls(3, "create-asset"), signal.SIGINT, *arguments
        )
        assert ended == 130
        assert GO_ON in err
        goes_on(served, *(() if how == "--resume" else (*IGNORED, *arguments)))

    def test_killed(self, served: Shell, group: str) -> None:
        served.account.configure(stuck=("",))
        ended, _, _ = stopped(
            served,
            lambda: served.account.wait_for_calls(2, "create-asset"),
            signal.SIGKILL,
            *("photos", "--group", group),
        )
        assert ended == -signal.SIGKILL
        goes_on(served)

    def test_no_half_report_stays(self, served: Shell, group: str) -> None:
        served.account.configure(stuck=("",))
        stopped(
            served,
            lambda: served.account.wait_for_calls(3, "create-asset"),
            signal.SIGTERM,
            *("photos", "--group", group, "-o", "report.txt"),
        )
        assert not (served.folder / "report.txt").exists()
        assert not list(served.folder.glob(".validator-*"))


class TestNobodyReads:
    def test_the_upload_goes_on_and_is_in_the_journal(self, served: Shell, group: str) -> None:
        photo(served.folder / "photos" / "small.png", (200, 200))
        with start(
            "upload", *IGNORED, "photos", "--group", group, cwd=served.folder, env=served.environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            process.stdout.close()
            err = process.stderr.read() if process.stderr else b""
        assert process.returncode == 1
        assert b"standard output was closed; the upload goes on, and `validator uploads` lists it" in err
        assert b"Traceback" not in err
        assert b"BrokenPipe" not in err
        assert len(served.account.assets()) == 3
        assert served("uploads").out.count("active") == 3

    def test_without_standard_output_nothing_is_done(self, served: Shell, group: str) -> None:
        with start(
            "upload", "photos", "--group", group, cwd=served.folder, env=served.environment(),
            preexec_fn=lambda: os.close(1), stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            err = process.stderr.read() if process.stderr else b""
        assert process.returncode == 2
        assert b"standard output is closed" in err
        assert served.account.state()["assets"] == []

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
    def test_a_full_disk(self, served: Shell, group: str) -> None:
        with Path("/dev/full").open("wb") as full, start(
            "upload", *IGNORED, "photos", "--group", group, cwd=served.folder, env=served.environment(),
            stdout=full, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            err = process.stderr.read() if process.stderr else b""
        assert process.returncode == 2
        assert b"cannot write to standard output: No space left" in err
        assert b"Traceback" not in err


def on_terminal(
    shell: Shell, *arguments: str, columns: int = 80, lines: int = 24, **env: str
) -> tuple[int, str]:
    """Exit code and what a terminal of that size saw."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    environment = shell.environment(**env)
    environment.pop("LINES", None)
    with start(
        "upload", *IGNORED, *arguments, cwd=shell.folder, env=environment, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        seen = all_shown(ours)
    os.close(ours)
    return process.returncode, seen.decode()


def plain(text: str) -> str:
    """Without escape sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


class TestTerminal:
    def test_a_table_while_it_lasts_and_one_at_the_end(self, served: Shell, group: str) -> None:
        served.account.configure(processing_seconds=1.0)
        code, seen = on_terminal(served, "photos", "--group", group)
        assert code == 0, seen
        assert re.search(r"photos/ada-0\.png +Processing", plain(seen))
        assert "3 Processing" in plain(seen)
        assert "validator: photos/" not in seen  # no lines beside the table
        assert "  \x1b[32mActive\x1b[0m  asset://" in seen
        final = plain(seen).splitlines()[-5:]
        assert final[-1] == "3 assets: 3 Active."
        assert [line.split()[:2] for line in final[:3]] == [
            [f"photos/ada-{at}.png", "Active"] for at in range(3)
        ]

    def test_no_colour_where_none_is_wanted(self, served: Shell, group: str) -> None:
        _, seen = on_terminal(served, "photos", "--group", group, NO_COLOR="1")
        assert not re.search(r"\x1b\[[0-9;]*m", seen)

    def test_a_narrow_terminal_shows_references_whole(self, served: Shell, group: str) -> None:
        name = "photos/" + "a-long-name-" * 6 + ".png"
        photo(served.folder / name, (640, 555))
        code, seen = on_terminal(served, name, "--group", group, columns=60, lines=10)
        assert code == 0
        (asset,) = served.account.assets()
        last = plain(seen).splitlines()
        at = next(number for number, line in enumerate(last) if line.strip().startswith("Active  asset://"))
        assert last[at].split()[1] == f"asset://{asset['Id']}"
        assert last[at - 1] == name

    def test_what_can_draw_nothing_gets_lines(self, served: Shell, group: str) -> None:
        code, seen = on_terminal(served, "photos", "--group", group, TERM="dumb")
        assert code == 0
        assert "validator: photos/ada-0.png: Active, asset://" in seen
        assert "\x1b" not in seen

    def test_ctrl_c_leaves_the_terminal_as_it_was(self, served: Shell, group: str) -> None:
        served.account.configure(stuck=("",))
        ours, theirs = pty.openpty()
        with start(
            "upload", *IGNORED, "photos", "--group", group, cwd=served.folder, env=outside(served),
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        ) as process:  # fmt: skip
            os.close(theirs)
            seen = bytearray()

            def read() -> None:
                while True:
                    try:
                        piece = os.read(ours, 65536)
                    except OSError:
                        return
                    if not piece:
                        return
                    seen.extend(piece)

            reader = threading.Thread(target=read)
            reader.start()
            served.account.wait_for_calls(3, "create-asset")
            served.account.wait_for_calls(1, "get-asset")
            process.send_signal(signal.SIGINT)
            process.wait(30)
            reader.join(10)
        os.close(ours)
        assert process.returncode == 130
        assert GO_ON in bytes(seen)
        assert bytes(seen).count(b"\x1b[?25l") <= bytes(seen).count(b"\x1b[?25h")  # the cursor is back
