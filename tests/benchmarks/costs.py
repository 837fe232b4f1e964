"""What a command costs with all processes that it starts: time, memory, bytes read, processes (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.02  # seconds between two looks at the memory
_SHOWN = 2_000  # bytes of what a command said, in an error
_PROC = Path("/proc")
_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of all cores; bytes of memory at the peak, and bytes read; processes started.

    Memory is the sum over all processes, in which what they share counts for each. Bytes read are those that
    any read call brought, from a disk, a cache, a pipe or a socket alike, and so with the program's own code.
    """

    wall: float
    cpu: float
    memory: int = 0
    read: int = 0
    processes: int = 0


@dataclass(frozen=True)
class Ran:
    """A command that has ended: what it cost, and what it wrote."""

    cost: Cost
    out: str
    errors: str


class CommandError(Exception):
    """A command ended in a way that makes its time worthless."""


def measured(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    codes: Sequence[int] = (0,),
    watched: bool = True,
) -> Ran:
    """Run a command to its end; without `watched`, memory and processes are not looked at.

    Raises:
        CommandError: it ended with another code than these.
    """
    with _adopting_orphans(), tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        for pid in _ended_orphans():  # of what was run before
            os.waitpid(pid, 0)
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env=environment
        )
        with _watching(process.pid, watched) as seen:
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            wall = time.perf_counter() - begin
        read = _bytes_read(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu = used.ru_utime + used.ru_stime
        for pid in _ended_orphans():
            read += _bytes_read(pid)
            _, _, used = os.wait4(pid, 0)
            cpu += used.ru_utime + used.ru_stime
        errors.seek(0)
        said = errors.read()[-_SHOWN:].decode(errors="replace")
        if process.returncode not in codes:
            raise CommandError(f"{' '.join(command)[:200]} ended with {process.returncode}: {said}")
        out.seek(0)
        text = out.read().decode(errors="replace")
    return Ran(Cost(wall, cpu, seen.memory, read, len(seen.processes)), text, said)


class _Seen:
    """The most memory that a tree of processes had at one time, and all processes in it."""

    def __init__(self) -> None:
        self.memory = 0
        self.processes: set[int] = set()

    def look(self, pid: int) -> None:
        tree = list(_tree(pid))
        self.processes.update(tree)
        self.memory = max(self.memory, sum(map(_memory, tree)))


@contextlib.contextmanager
def _watching(pid: int, watched: bool) -> Iterator[_Seen]:
    seen, ended = _Seen(), threading.Event()
    if not watched or not _PROC.is_dir():
        yield seen
        return

    def watch() -> None:
        seen.look(pid)
        while not ended.wait(_EVERY):
            seen.look(pid)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):  # it may end at any time
        for task in (_PROC / str(pid) / "task").iterdir():
            for child in (task / "children").read_bytes().split():
                yield from _tree(int(child))


def _memory(pid: int) -> int:
    try:
        pages = (_PROC / str(pid) / "statm").read_bytes().split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _bytes_read(pid: int) -> int:
    """Of a process that has ended, and of those that it waited for; 0 where the system does not tell."""
    try:
        first = (_PROC / str(pid) / "io").read_bytes().split(b"\n", 1)[0]
    except OSError:
        return 0
    return int(first.removeprefix(b"rchar: "))


def _ended_orphans() -> Iterator[int]:
    """What the command left to end by itself, and this process adopted."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None:
            return
        yield ended.si_pid


@contextlib.contextmanager
def _adopting_orphans() -> Iterator[None]:
    """What the command leaves behind is a child of this process; what anybody else leaves later, is not."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    try:
        yield
    finally:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 0, 0, 0, 0)
