"""Programs of all kinds use workers: without a guard, from anywhere, and however they end."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.process import CHECKOUT, environment

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="named pipes and signals"),
    pytest.mark.usefixtures("measured_processes"),
]

PROGRAM = """
import sys
from validator.workers import Workers
workers = Workers("tests.workers.handlers:{handler}", limit=1, seconds={seconds})
workers.call(b"pid:")
print(workers.call(b"{order}").decode(), flush=True)
"""


def program(order: str, handler: str = "obey", seconds: float = 30.0) -> str:
    return PROGRAM.format(order=order, handler=handler, seconds=seconds)


@pytest.fixture
def fifo() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own can be too long a name for a request
        path = Path(folder) / "fifo"
        os.mkfifo(path)
        yield str(path)


def ended(reader: int, seconds: float = 10.0) -> bool:
    """Whether all who held the other end of the named pipe are gone, after at most so many seconds."""
    readable, _, _ = select.select([reader], [], [], seconds)
    return bool(readable) and os.read(reader, 1) == b""


def python(*arguments: str, cwd: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=cwd,
        env=environment(),
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestWithoutAGuard:
    def check(self, done: subprocess.CompletedProcess[str], folder: Path) -> list[str]:
        assert (done.returncode, done.stderr) == (0, "")
        seen = json.loads(done.stdout)
        assert Path(seen["colorsys"]).parent != folder
        assert seen["arguments"] == ["-c"]
        path: list[str] = seen["path"]
        return path

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """Where modules lie that bear the names of others."""
        for name in ("colorsys", "msgspec_", "json_"):
            (tmp_path / f"{name}.py").write_text("raise SystemExit('not me')\n")
        return tmp_path

    def test_a_script(self, folder: Path) -> None:
        (folder / "script.py").write_text(program("surroundings:"))
        path = self.check(python("script.py", cwd=folder), folder)
        assert path[-1] == str(folder)

    def test_a_script_elsewhere(self, folder: Path) -> None:
        (folder / "script.py").write_text(program("surroundings:"))
        path = self.check(python(str(folder / "script.py"), cwd=CHECKOUT), folder)
        assert str(folder) in path[1:]

    def test_a_command(self, folder: Path) -> None:
        path = self.check(python("-c", program("surroundings:"), cwd=folder), folder)
        assert str(folder) not in path
        assert "" not in path

    def test_standard_input(self, folder: Path) -> None:
        path = self.check(python("-", cwd=folder, given=program("surroundings:")), folder)
        assert str(folder) not in path

    def test_an_interactive_one(self, folder: Path) -> None:
        done = python("-q", "-i", cwd=folder, given=program("surroundings:"))
        assert json.loads(done.stdout.splitlines()[-1])["arguments"] == ["-c"]
        assert "Error" not in done.stderr


FORKING = """
import contextlib, os, threading, warnings
warnings.simplefilter("ignore")  # of Python 3.12 and later: that forking beside threads may go wrong
def wait():
    with contextlib.suppress(Exception):
        workers.call(b"hold_and_hang:{fifo}")
busy = threading.Thread(target=wait)
busy.start()
open("{fifo}").close()  # until the worker opens it, too
child = os.fork()
if not child:
    print(workers.call(b"pid:").decode(), flush=True)
    workers.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert busy.is_alive()
workers.close()
"""


def test_a_process_that_was_forked_meanwhile_has_workers_of_its_own(fifo: str, tmp_path: Path) -> None:
    done = python("-c", program("pid:") + FORKING.format(fifo=fifo), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    of_the_parent, of_the_child = done.stdout.split()
    assert of_the_parent != of_the_child


class TestTheEnd:
    def test_without_closing(self, fifo: str, tmp_path: Path) -> None:
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        done = python("-c", program(f"hold:{fifo}"), cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert ended(reader, 0.0)
        os.close(reader)

    def test_without_closing_while_a_thread_waits(self, fifo: str, tmp_path: Path) -> None:
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        text = program("pid:") + (
            "import contextlib, threading\n"
            "def wait():\n"
            "    with contextlib.suppress(Exception):\n"
            f"        workers.call(b'hold_and_hang:{fifo}')\n"
            "threading.Thread(target=wait, daemon=True).start()\n"
            f"open('{fifo}').close()\n"  # until the worker opens it, too
        )
        done = python("-c", text, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert ended(reader, 0.0)
        os.close(reader)

    @pytest.mark.parametrize(
        ("order", "handler", "seconds"),
        [
            ("hold_and_hang", "obey", 60.0),
            ("hold_and_freeze", "impatient", 1.0),
        ],
    )
    def test_by_force_while_the_worker_is_busy(
        self, order: str, handler: str, seconds: float, fifo: str, tmp_path: Path
    ) -> None:
        text = program(f"{order}:{fifo}", handler, seconds)
        with subprocess.Popen([sys.executable, "-c", text], cwd=tmp_path, env=environment()) as parent:
            reader = os.open(fifo, os.O_RDONLY)  # until the worker opens it, too
            parent.kill()
        assert ended(reader)
        os.close(reader)

    def test_by_force_while_the_worker_is_idle(self, fifo: str, tmp_path: Path) -> None:
        text = program(f"hold:{fifo}") + "import time; time.sleep(60)\n"
        with subprocess.Popen(
            [sys.executable, "-c", text], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE
        ) as parent:
            reader = os.open(fifo, os.O_RDONLY)
            assert parent.stdout is not None
            assert parent.stdout.readline().strip().isdigit()
            parent.kill()
        assert ended(reader)
        os.close(reader)

    def test_by_ctrl_c_in_a_terminal(self, fifo: str, tmp_path: Path) -> None:
        """The signal goes to the program and all its workers; only the program says something."""
        with subprocess.Popen(
            [sys.executable, "-c", program(f"hold_and_hang:{fifo}")],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as parent:
            reader = os.open(fifo, os.O_RDONLY)
            os.killpg(parent.pid, signal.SIGINT)
            _, said = parent.communicate(timeout=30)
        assert ended(reader, 0.0)
        os.close(reader)
        assert parent.returncode == -signal.SIGINT
        assert said.count(b"Traceback") == said.count(b"KeyboardInterrupt") == 1
