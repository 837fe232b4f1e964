"""How much work something was, which other work on the machine adds nothing to."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What is done inside takes this process and those that it started no more time of a processor."""
    before = _spent()
    yield
    assert _spent() - before < seconds


def _spent() -> float:
    """By this process, by what it started and is gone, and (on Linux) by what it started and runs on."""
    if sys.platform != "linux":
        return time.monotonic()
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system + sum(map(_of, _children()))


def _children() -> Iterator[str]:
    for task in Path("/proc/self/task").iterdir():
        try:
            yield from (task / "children").read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # a thread that has ended meanwhile


def _of(process: str) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (
        sum(map(int, fields[11:15])) / _TICKS
    )  # its own time and that of its children, for users and system
