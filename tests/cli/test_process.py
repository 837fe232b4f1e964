"""How the command behaves among other programs: pipes, signals, encodings."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.media import photo
from tests.cli.process import COMMAND, environment, finish, start, unmeasured
from tests.nobody import LINT

pytestmark = pytest.mark.usefixtures("measured_processes")


@pytest.fixture
def many_photos(tmp_path: Path) -> Path:
    """A folder whose report is longer than a pipe holds."""
    folder = tmp_path / "photos"
    photo(folder / "0.png", (299, 400))
    for number in range(1, 400):
        os.link(folder / "0.png", folder / f"{number}.png")
    return folder


@pytest.mark.usefixtures("many_photos")
class TestAClosedPipe:
    def closed_after(self, lines: int, *arguments: str, cwd: Path) -> tuple[int, bytes]:
        with start(*LINT, *arguments, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            for _ in range(lines):
                process.stdout.readline()
            process.stdout.close()
            err = process.stderr.read()
        return process.returncode, err

    def test_stops_the_run_quietly_with_the_verdicts_so_far(self, tmp_path: Path) -> None:
        code, err = self.closed_after(1, "photos", cwd=tmp_path)
        assert code == 1
        assert err.startswith(b"validator: standard output was closed after ")
        assert err.count(b"\n") == 1
        assert b"Exception ignored" not in err

    def test_the_same_for_json(self, tmp_path: Path) -> None:
        code, err = self.closed_after(1, "--output-format", "json", "photos", cwd=tmp_path)
        assert code == 1
        assert err.count(b"\n") == 1

    def test_and_for_the_rules(self, tmp_path: Path) -> None:
        read_end, write_end = os.pipe()
        os.close(read_end)
        code, _, err = finish("rules", cwd=tmp_path, stdout=write_end)
        os.close(write_end)
        assert (code, err) == (0, b"")

    def test_and_for_the_help_page(self, tmp_path: Path) -> None:
        read_end, write_end = os.pipe()
        os.close(read_end)
        code, _, err = finish("--help", cwd=tmp_path, stdout=write_end)
        os.close(write_end)
        assert (code, err) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    photo(tmp_path / "small.png", (299, 400))
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device, opened as a shell does
        code, _, err = finish(*LINT, "small.png", cwd=tmp_path, stdout=full)
    assert (code, err) == (2, b"validator: error: cannot write to standard output: No space left on device\n")
    code, _, err = finish(*LINT, "small.png", "--output", "/dev/full", cwd=tmp_path)
    assert code == 2
    assert err == b"validator: error: cannot write the report to /dev/full: No space left on device\n"


def test_standard_output_that_is_closed_is_one_sentence(tmp_path: Path) -> None:
    photo(tmp_path / "small.png", (299, 400))
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *COMMAND, *LINT, "small.png"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert (
        done.stderr
        == b"validator: error: standard output is closed, so there is nowhere to write the report\n"
    )


def test_an_encoding_that_lacks_characters_gets_escapes(tmp_path: Path) -> None:
    photo(tmp_path / "Grüße.png", (299, 400))
    env = environment(PYTHONIOENCODING="ascii", LANG="C", LC_ALL="C")
    code, out, err = finish(*LINT, "Grüße.png", cwd=tmp_path, env=env)
    assert (code, err) == (1, b"")
    assert rb"Gr\xfc\xdfe.png" in out
    code, out, err = finish("rules", "VID005", cwd=tmp_path, env=env)
    assert (code, err) == (0, b"")
    assert rb"407,696\u20138,295,044" in out


def test_names_that_are_no_text_and_names_that_are_commands_to_a_terminal(tmp_path: Path) -> None:
    nasty = os.fsencode(tmp_path) + b"/caf\xe9\x1b[2J\n.png"
    photo(tmp_path / "small.png", (299, 400)).rename(Path(os.fsdecode(nasty)))
    code, out, err = finish(*LINT, ".", cwd=tmp_path)
    assert (code, err) == (1, b"")
    assert rb"caf\xe9\x1b[2J\x0a.png" in out
    assert b"\x1b" not in out
    code, _, err = finish(
        *LINT, "--output", os.fsdecode(nasty), "--select", os.fsdecode(b"\x1b\xff"), cwd=tmp_path
    )
    assert code == 2
    assert b"\x1b" not in err


def test_targets_come_from_standard_input(tmp_path: Path) -> None:
    photo(tmp_path / "small.png", (299, 400))
    photo(tmp_path / "good.png")
    code, out, err = finish("lint", "-", cwd=tmp_path, stdin=subprocess.PIPE, input=b"small.png\ngood.png\n")
    assert (code, err) == (1, b"")
    assert b"2 assets: 1 pass, 1 fail" in out


@pytest.mark.parametrize(
    ("arguments", "env", "colored"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_who_decides_on_colour(
    arguments: list[str], env: dict[str, str], colored: bool, tmp_path: Path
) -> None:
    photo(tmp_path / "small.png", (299, 400))
    _, out, _ = finish(*LINT, *arguments, "small.png", cwd=tmp_path, env=environment(**env))
    assert (b"\x1b[" in out) is colored


@pytest.fixture
def silent_host() -> Iterator[socket.socket]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


class TestBeingStopped:
    def stopped_by(
        self, signum: int, host: socket.socket, cwd: Path, *arguments: str
    ) -> tuple[int, bytes, float]:
        url = f"http://127.0.0.1:{host.getsockname()[1]}/clip.mp4"
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with start(
            *LINT, "--allow-private-hosts", *arguments, "small.png", url, cwd=cwd, env=unmeasured(), **streams
        ) as process:
            connection, _ = host.accept()  # so it is waiting for an answer now
            began = time.monotonic()
            process.send_signal(signum)
            _, err = process.communicate(timeout=30)
            connection.close()
        return process.returncode, err, time.monotonic() - began

    @pytest.mark.parametrize(
        ("signum", "code", "word"),
        [(signal.SIGINT, 130, b"interrupted"), (signal.SIGTERM, 143, b"terminated")],
    )
    def test_in_the_middle_of_a_download(
        self, signum: int, code: int, word: bytes, silent_host: socket.socket, tmp_path: Path
    ) -> None:
        photo(tmp_path / "small.png", (299, 400))
        ended, err, seconds = self.stopped_by(signum, silent_host, tmp_path)
        assert ended == code
        assert err.startswith(b"validator: " + word + b" after ")
        assert err.count(b"\n") == 1
        assert seconds < 6

    def test_leaves_no_half_report(self, silent_host: socket.socket, tmp_path: Path) -> None:
        photo(tmp_path / "small.png", (299, 400))
        (tmp_path / "report.json").write_text("the former one")
        ended, _, _ = self.stopped_by(
            signal.SIGINT, silent_host, tmp_path, "--output", "report.json", "--output-format", "json"
        )
        assert ended == 130
        assert sorted(path.name for path in tmp_path.iterdir()) == ["report.json", "small.png"]
        assert (tmp_path / "report.json").read_text() == "the former one"

    def test_while_waiting_for_targets(self, tmp_path: Path) -> None:
        photo(tmp_path / "small.png", (299, 400))
        streams: dict[str, Any] = {
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        with start(*LINT, "-", cwd=tmp_path, env=unmeasured(), **streams) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(b"small.png\nsmall.png\nsmall.png\nsmall.png\nsmall.png\nsmall.png\n")
            process.stdin.flush()
            process.stdout.readline()  # so it is at work
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert err.count(b"\n") == 1


def test_a_current_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", *COMMAND, "lint"],
        cwd=tmp_path / "gone",
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == b"validator: error: the current folder cannot be used: No such file or directory\n"
