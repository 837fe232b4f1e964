"""The command as a process of its own, as a shell starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "validator")
CHECKOUT = Path(__file__).parents[2]
_DECISIVE = {
    "NO_COLOR",
    "FORCE_COLOR",
    "TERM",
    "COLUMNS",
    "PYTHONIOENCODING",
    "PYTHONUTF8",
    "PYTHONUNBUFFERED",
}


def environment(**extra: str) -> dict[str, str]:
    """Ours, with the checkout importable, without what would decide on colours, encodings or buffers."""
    inherited = {name: value for name, value in os.environ.items() if name not in _DECISIVE}
    return {**inherited, "PYTHONPATH": str(CHECKOUT), "TERM": "xterm-256color", **extra}


def unmeasured() -> dict[str, str]:
    """Without coverage, which loads modules of its own, and whose tracer a signal leaves with a lock held."""
    return {name: value for name, value in environment().items() if not name.startswith("COVERAGE_PROCESS")}


def start(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, **streams: Any
) -> subprocess.Popen[bytes]:
    """Start the command."""
    return subprocess.Popen([*COMMAND, *arguments], cwd=cwd, env=env or environment(), **streams)


def finish(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, **streams: Any
) -> tuple[int, bytes, bytes]:
    """Run the command to its end: exit code, standard output, standard error."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    given = streams.pop("input", None)
    with start(*arguments, cwd=cwd, env=env, **streams) as process:
        out, err = process.communicate(given, timeout=60)
    return process.returncode, out or b"", err or b""


def all_shown(terminal: int) -> bytes:
    """What a terminal shows until its other end is closed."""
    seen = b""
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError:  # Linux: the other end is closed
            return seen
        if not read:
            return seen
        seen += read
