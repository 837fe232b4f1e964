"""The ffmpegs of this machine, small clips made by them, and programs that only look like one."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from validator.repair.ffmpeg import Program, find_ffmpeg, run_ffmpeg

IS_POSIX = os.name == "posix"
needs_scripts = pytest.mark.skipif(not IS_POSIX, reason="programs of these tests are shell scripts")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="session", params=["PATH", "package"])
def program(request: pytest.FixtureRequest) -> Program:
    """Each ffmpeg of this machine."""
    found = find_ffmpeg(which=lambda _: None) if request.param == "package" else _on_path()
    if found is None:
        pytest.skip(f"there is no ffmpeg of the {request.param} here")
    return found


def _on_path() -> Program | None:
    return find_ffmpeg(bundled=lambda: None)


def any_ffmpeg() -> Program:
    """One ffmpeg, for what does not depend on it."""
    found = find_ffmpeg()
    if found is None:
        pytest.skip("there is no ffmpeg here")
    return found


def made(program: Program, target: Path, *arguments: str) -> Path:
    """A clip of test patterns, by the arguments that follow the program's name."""
    run_ffmpeg([program.path, *arguments, f"file:{target}"], cancelled=lambda: False)
    return target


def pattern(size: str = "320x180", seconds: str = "1", rate: str = "25") -> tuple[str, ...]:
    """Arguments: a moving pattern, coded fast."""
    source = f"testsrc2=size={size}:rate={rate}:duration={seconds}"
    return ("-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def script(folder: Path, *lines: str, name: str = "ffmpeg") -> str:
    """A shell script that passes for a program."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return str(path)


class Witness:
    """Tells whether processes that hold one end of a named pipe are gone."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    @property
    def line(self) -> str:
        """What a script says to hold the other end, it and all that it starts."""
        return f"exec 9>'{self.path}'; echo here >&9"

    def all_gone(self, seconds: float = 10.0) -> bool:
        """Whether somebody was there, and nobody is any more."""
        said, deadline = b"", time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                part = os.read(self._end, 100)
            except BlockingIOError:  # somebody still holds it
                time.sleep(0.01)
                continue
            if not part:
                return said == b"here\n"
            said += part
        return False

    def close(self) -> None:
        """Look no more."""
        os.close(self._end)
