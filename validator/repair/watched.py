"""Runs another program, bounded in time and memory: nothing of it outlives the call, nor this process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Full, Queue
from typing import IO, Literal

from validator.errors import Cancelled, RepairError
from validator.workers import interpreter

POLL = 0.05
"""Seconds between two looks at whether a run was cancelled."""

LINE_AT_MOST = 1000
"""Characters of a line; what is longer is cut."""

_CHUNK = 1 << 16  # bytes
_CHUNKS_WAITING = 16  # whoever says more than is read has to wait
_STEP_AT_MOST = 1.0  # seconds: a program that was suspended (Ctrl-Z) does not count the time in between
_STRAGGLERS = 1.0  # seconds: the program has ended, but something that it started holds its pipes
_LAST_WAIT = 5.0  # seconds for what takes no time, unless the system is in trouble
_NOT_STARTED = "validator cannot start it: "
_NO_SUCH_PROGRAM = 127
_KILLED = -9
Late = Literal["", "seconds", "silence"]
"""Which bound a program exceeded, if any."""

# Sets limits on itself and becomes the program: what `preexec_fn` would do, which is not safe where there are
# threads. The program ends with the thread that waits for it (Linux), however that ends.
_LAUNCH = """\
import os, signal, sys
parent, memory, file_bytes = map(int, sys.argv[1:4])
try:
    import resource
    limits = [(resource.RLIMIT_CORE, 0, True), (resource.RLIMIT_AS, memory, memory),
              (resource.RLIMIT_FSIZE, file_bytes, file_bytes)]
    for kind, wanted, is_set in limits:
        if is_set:
            try:
                most = resource.getrlimit(kind)[1]
                if most != resource.RLIM_INFINITY:
                    wanted = min(wanted, most)
                resource.setrlimit(kind, (wanted, wanted))
            except (OSError, ValueError):
                pass
except ImportError:
    pass
if sys.platform == "linux":
    try:
        import ctypes
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass
if os.getppid() != parent:
    os._exit(1)
for name in ("SIGPIPE", "SIGXFSZ"):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
try:
    os.execv(sys.argv[4], sys.argv[4:])
except OSError as error:
    print(f"validator cannot start it: {error.strerror}", file=sys.stderr, flush=True)
    os._exit(127)
"""


@dataclass(frozen=True)
class Bounds:
    """`silence`: seconds without a line of output; `memory`, `file_bytes`: where the system limits them."""

    seconds: float
    silence: float
    memory: int | None = None
    file_bytes: int | None = None


@dataclass(frozen=True)
class End:
    """How a program ended: `code` is negative where a signal ended it; `late`: what was exceeded."""

    code: int
    late: Late = ""

    @property
    def signal_name(self) -> str:
        """The signal that ended it, or "".

        >>> End(-9).signal_name
        'SIGKILL'
        """
        if self.code >= 0:
            return ""
        try:
            return signal.Signals(-self.code).name
        except ValueError:
            return f"signal {-self.code}"


def run_watched(
    command: Sequence[str],
    environment: Mapping[str, str],
    bounds: Bounds,
    *,
    cancelled: Callable[[], bool],
    on_output: Callable[[str], object],
    on_error: Callable[[str], object],
) -> End:
    """Run a program to its end, and tell each line of its standard output and standard error.

    Raises:
        Cancelled: `cancelled` became true; the program was ended.
        RepairError: it could not be started.
    """
    process = _started(command, environment, bounds)
    words = _Words()

    def listen(line: str) -> None:
        if not words.heard(line):
            on_error(line)

    code, late = _Watch(process, bounds).end(cancelled, {"output": on_output, "error": listen})
    if code == _NO_SUCH_PROGRAM and words.reason:
        raise _cannot_start(command[0], words.reason)
    return End(code, late)


class _Words:
    """What the launcher says where the program itself never began."""

    reason = ""

    def heard(self, line: str) -> bool:
        """Whether the line is the launcher's."""
        if line.startswith(_NOT_STARTED):
            self.reason = line.removeprefix(_NOT_STARTED)
        return bool(self.reason)


class _Watch:
    """Two threads read what a process says, so that whoever waits for it can give up at any time."""

    def __init__(self, process: subprocess.Popen[bytes], bounds: Bounds) -> None:
        self._process = process
        self._bounds = bounds
        self._said: Queue[tuple[str, list[str]]] = Queue(_CHUNKS_WAITING)
        self._given_up = threading.Event()
        self._readers: list[threading.Thread] = []

    def end(
        self, cancelled: Callable[[], bool], told: Mapping[str, Callable[[str], object]]
    ) -> tuple[int, Late]:
        """Wait for it; its exit code, and which bound it exceeded."""
        late: Late = ""
        try:
            self._read_all()
            late = self._listened(cancelled, told)
        finally:
            self._given_up.set()
            if self._is_alive():
                _kill(self._process)
            for reader in self._readers:
                reader.join(_LAST_WAIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LAST_WAIT)
        code = self._process.returncode
        return (_KILLED if code is None else code), late

    def _is_alive(self) -> bool:
        """Whether the process runs, or something that it started and that holds its pipes."""
        return self._process.poll() is None or any(reader.is_alive() for reader in self._readers)

    def _read_all(self) -> None:
        pipes = {"output": self._process.stdout, "error": self._process.stderr}
        for name, pipe in pipes.items():
            reader = threading.Thread(target=self._read, args=(name, pipe), daemon=True)
            try:
                reader.start()
            except RuntimeError as error:
                for each in list(pipes.values())[len(self._readers) :]:
                    if each is not None:
                        each.close()
                raise RepairError(f"No thread could be started to watch a program: {error}.") from error
            self._readers.append(reader)

    def _read(self, name: str, pipe: IO[bytes]) -> None:
        with pipe:
            for lines in _lines(pipe):
                self._put(name, lines)
        self._put("", [])  # so that nobody waits for more

    def _put(self, name: str, lines: list[str]) -> None:
        while not self._given_up.is_set():
            with contextlib.suppress(Full):
                self._said.put((name, lines), timeout=POLL)
                return

    def _listened(self, cancelled: Callable[[], bool], told: Mapping[str, Callable[[str], object]]) -> Late:
        """Tell what it says until it ends, or until it takes too long."""
        before = time.monotonic()
        spent = silent = straggling = 0.0
        while self._is_alive() or not self._said.empty():
            if cancelled():
                raise Cancelled("the run was cancelled")
            name = self._heard(told)
            now = time.monotonic()
            step = min(now - before, _STEP_AT_MOST)
            before = now
            spent += step
            silent = 0.0 if name == "output" else silent + step
            straggling = straggling + step if self._process.poll() is not None and not name else 0.0
            if straggling > _STRAGGLERS:
                return ""
            if spent > self._bounds.seconds:
                return "seconds"
            if silent > self._bounds.silence:
                return "silence"
        return ""

    def _heard(self, told: Mapping[str, Callable[[str], object]]) -> str:
        """Tell the next lines; what said them, or "" where nothing was said for a moment."""
        if self._said.empty() and not any(reader.is_alive() for reader in self._readers):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(POLL)
            return ""
        try:
            name, lines = self._said.get(timeout=POLL)
        except Empty:
            return ""
        for line in lines:
            told[name](line)
        return name


def _lines(pipe: IO[bytes]) -> Iterator[list[str]]:
    """Whole lines, several at a time, each cut where it is long: also of what never ends one."""
    rest = b""
    while chunk := pipe.read(_CHUNK):
        *lines, rest = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
        rest = rest[:LINE_AT_MOST]
        yield [_text(line) for line in lines if line]
    if rest:
        yield [_text(rest)]


def _text(line: bytes) -> str:
    return line[:LINE_AT_MOST].decode(errors="replace")


def _started(
    command: Sequence[str], environment: Mapping[str, str], bounds: Bounds
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - no shell: the program and its arguments, one by one
            [*_launcher(bounds), *command],
            bufsize=0,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            start_new_session=os.name == "posix",  # a group of its own, and no terminal to ask questions in
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0)
            | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    except (OSError, ValueError) as error:  # ValueError: a NUL in an argument
        raise _cannot_start(command[0], getattr(error, "strerror", None) or str(error)) from error


def _launcher(bounds: Bounds) -> tuple[str, ...]:
    """What sets the limits, as the beginning of a command; nothing where no interpreter is known."""
    program = interpreter.interpreter(sys.executable or "", sys.prefix)
    if os.name != "posix" or not Path(program).name.lower().startswith(("python", "pypy")):
        return ()
    limits = (os.getpid(), bounds.memory or 0, bounds.file_bytes or 0)
    return (program, "-I", "-S", "-c", _LAUNCH, *map(str, limits))


def _cannot_start(program: str, reason: str) -> RepairError:
    return RepairError(f"{Path(program).name} could not be started: {reason}; validator doctor looks at it.")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it, and all that it started."""
    if hasattr(os, "killpg"):
        # It is the group's leader, and a group's number is not given away as long as it has members.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
