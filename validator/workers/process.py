"""One worker process, seen from the program: what to start, to ask, and to end."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from typing import IO, cast

from validator.errors import Cancelled
from validator.workers import wire
from validator.workers.error import WorkerError
from validator.workers.order import Order
from validator.workers.spawn import Requests, Spawned, started

POLL = 0.05
"""Seconds between two looks at whether a call was cancelled."""

_STEP_AT_MOST = 1.0  # seconds: a program that was suspended (Ctrl-Z) does not count the time in between
_GOODBYE = 1.0  # seconds for a worker that ends by itself
_MOMENT = 0.1  # seconds between its last sign of life and its end
_LAST_WAIT = 5.0  # seconds for what takes no time, unless the system is in trouble


class _Errand:
    """Frames to send, and the one that comes back. A thread runs it, another waits for it.

    Open `files` go with each frame; they must stay open until it is done.
    """

    def __init__(
        self, *frames: tuple[bytes | memoryview, ...], greeted: bool, files: Sequence[int] = ()
    ) -> None:
        self._frames = frames
        self._files = files
        self._greeted = greeted
        self._done = threading.Event()
        self._error: Exception | None = None
        self._reply: tuple[bytes, bytes] = (b"", b"")

    def run(self, requests: int, answers: IO[bytes], limit: int) -> None:
        """Send and receive."""
        try:
            with _hanging_up():  # it reads no more, but may have said why
                for parts in self._frames:
                    wire.send(requests, wire.REQUEST, *parts, files=self._files)
            if not self._greeted:
                wire.skip_to_greeting(answers)
            self._reply = wire.receive(answers, limit)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the thread that waits
            self._error = error
        self._done.set()

    def wait(self, seconds: float) -> bool:
        """Whether it is done, after at most so many seconds."""
        return self._done.wait(seconds)

    def reply(self) -> tuple[bytes, bytes]:
        """What came back."""
        if self._error is not None:
            raise self._error
        return self._reply


class Worker:
    """A process that answers one request at a time.

    A thread of its own does all reading and writing, so that whoever waits for an answer can give up
    at any time, whatever the process does or fails to do. It also closes the pipes, when it ends. The process
    may be `spawned` already.

    Raises:
        WorkerError: the system starts no further process or thread.
    """

    def __init__(
        self, order: Order, argument: bytes, answer_limit: int, spawned: Spawned | None = None
    ) -> None:
        self.calls = 0
        self._leaving = False
        self._order = order
        self._argument = argument
        self._errands: SimpleQueue[_Errand | None] = SimpleQueue()
        self._process, requests = (spawned and spawned.taken()) or started()
        self._thread = threading.Thread(
            target=_run_errands,
            args=(self._errands, requests, self._process, answer_limit),
            name="validator-worker",
            daemon=True,
        )
        try:
            self._thread.start()
        except RuntimeError as error:
            with requests, self._process as process:
                process.kill()
            raise WorkerError(f"no thread could be started: {error}", "start") from error

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def start(self, cancelled: Callable[[], bool]) -> None:
        """Wait until the handler is made.

        Raises:
            WorkerError: it could not be made; `kind` is "start".
            Cancelled: `cancelled` became true.
        """
        errand = _Errand((self._order.encoded(),), (self._argument,), greeted=False)
        limit = self._order.start_seconds
        try:
            self._sent(errand, wire.READY, limit, cancelled)
        except WorkerError as error:
            late = f"did not start within {limit:g} s"
            raise WorkerError(late if error.kind == "time" else error.reason, "start") from error

    def call(
        self,
        parts: tuple[bytes | memoryview, ...],
        cancelled: Callable[[], bool],
        files: Sequence[int] = (),
    ) -> bytes:
        """The handler's answer to a request.

        Raises:
            WorkerError: there is none. The worker must be ended.
            Cancelled: `cancelled` became true. The worker must be ended.
        """
        self.calls += max(1, len(files))
        errand = _Errand(parts, greeted=True, files=files)
        return self._sent(errand, wire.ANSWER, self._order.seconds, cancelled)

    def hang_up(self) -> None:
        """Let an idle process know that nothing more comes; it ends by itself."""
        self._errands.put(None)

    def end(self, *, idle: bool = False) -> None:
        """End the process: one that is `idle` ends by itself when it is told to, others by force."""
        self.hang_up()
        if idle or self._leaving:
            self._thread.join(_GOODBYE)  # which is over when the process has let go of its end
        try:
            self._process.wait(_MOMENT if idle or self._leaving else 0.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LAST_WAIT)
        self._thread.join(_LAST_WAIT)

    def _sent(self, errand: _Errand, expected: bytes, seconds: float, cancelled: Callable[[], bool]) -> bytes:
        self._errands.put(errand)
        spent = 0.0
        before = time.monotonic()
        while not errand.wait(min(POLL, seconds - spent)):
            if cancelled():
                raise Cancelled("the call was cancelled")
            now = time.monotonic()
            spent += min(now - before, _STEP_AT_MOST)
            before = now
            if spent >= seconds:
                raise WorkerError(f"took more than {seconds:g} s and was stopped", "time")
        try:
            kind, content = errand.reply()
        except EOFError:
            raise WorkerError(self._end_in_words(), "ended") from None
        except wire.BrokenWireError as error:
            raise WorkerError(f"gave no proper answer: {error}", "answer") from None
        except OSError as error:
            raise WorkerError(f"could not be asked: {error}", "answer") from error
        self._leaving = kind in {wire.MEMORY, wire.RAISED}
        if kind == wire.MEMORY:
            raise WorkerError("ran out of memory", "memory")
        if kind == wire.RAISED:
            raise WorkerError(content.decode(errors="replace"), "raised")
        if kind != expected:
            raise WorkerError("gave no proper answer: it is of an unknown kind", "answer")
        return content

    def _end_in_words(self) -> str:
        try:
            code = self._process.wait(_LAST_WAIT)
        except subprocess.TimeoutExpired:
            return "hung up without an answer"
        if code < 0:
            return f"was ended by {_signal_name(-code)}"
        return f"ended with exit code {code} and without an answer"


def _run_errands(
    errands: SimpleQueue[_Errand | None],
    requests: Requests,
    process: subprocess.Popen[bytes],
    answer_limit: int,
) -> None:
    with requests, io.BufferedReader(cast("io.FileIO", process.stdout)) as answers:
        while (errand := errands.get()) is not None:
            errand.run(requests.fileno(), answers, answer_limit)
            del errand  # with megabytes that nobody needs while we wait
        requests.close()
        with contextlib.suppress(OSError):
            answers.read(1)


@contextlib.contextmanager
def _hanging_up() -> Iterator[None]:
    """A worker may hang up before it has read all; whatever else keeps us from sending is an error."""
    try:
        yield
    except ConnectionError:
        return
    except OSError as error:
        if error.errno != errno.EINVAL or os.name != "nt":  # Windows' word for a broken pipe
            raise


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
