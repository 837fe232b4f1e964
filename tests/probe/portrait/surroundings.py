"""What a run leaves behind, if it does: processes and threads."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="/proc lists the processes of a process")


def children(pid: int | str = "self") -> set[int]:
    """The processes that a process has started and that are still there."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found.update(map(int, task.read_text().split()))
    return found


def resident(pid: int | str = "self") -> float:
    """The memory that a process has in use, in MB (10^6 bytes); 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    for line in lines:
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def threads() -> set[threading.Thread]:
    """Threads of ours that run."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("validator")}


def waited_for(path: Path, seconds: float = 30.0) -> bool:
    """Whether the file came to be, after at most so many seconds."""
    end = time.monotonic() + seconds
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.01)
    return path.exists()
