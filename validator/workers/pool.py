"""A few worker processes that many threads share."""

from __future__ import annotations

import math
import os
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from types import TracebackType

from validator.errors import Cancelled
from validator.workers.error import WorkerError
from validator.workers.order import Order
from validator.workers.process import POLL, Worker
from validator.workers.spawn import Spawned

_CLOSING_AT_MOST = 10.0  # seconds
_FAILURES_AT_MOST = 3  # in a row, of workers that could be started before
_AGAIN_AFTER = 60.0  # seconds: a server outlives a want of memory
_ANSWER_LIMIT = 256 << 20  # bytes


class Workers:
    """Worker processes that answer requests, at most `limit` at a time, started when they are needed.

    `handler` names a function as "package.module:function". It is called once in each process, with
    `argument`, and returns what turns each request (a memoryview that is valid during the call) into an
    answer. A call may take `seconds`, a start `start_seconds`. `memory` limits the address space of each
    process, in bytes, where the system can do that; an answer has at most `answer_limit` bytes. After
    `calls_per_process` calls a process is replaced; one with several files counts as many.

    A process that is `spawned` already becomes the first one; it is theirs from then on.

    One object serves any number of threads; a process that is forked has workers of its own. Close it, or use
    it as a context manager.

    >>> with Workers("builtins:type", b"", limit=1) as workers:  # type(b"") is bytes: it copies requests
    ...     workers.call(b"Anybody there", b"?")
    b'Anybody there?'
    """

    def __init__(  # noqa: PLR0913 - limits, all by name
        self,
        handler: str,
        argument: bytes = b"",
        *,
        limit: int,
        seconds: float = 30.0,
        start_seconds: float = 60.0,
        memory: int | None = None,
        answer_limit: int = _ANSWER_LIMIT,
        calls_per_process: int | None = None,
        spawned: Spawned | None = None,
    ) -> None:
        self._order = Order(handler, seconds, start_seconds, memory)
        self._argument = argument
        self._limit = limit
        self._answer_limit = answer_limit
        self._calls_per_process = calls_per_process
        self._spawned = spawned
        self._closed = False
        self._failures = 0
        self._ever_started = False
        self._failure: WorkerError | None = None
        self._hopeless_until = 0.0
        self._begin()
        _EVERY.add(self)

    def _begin(self) -> None:
        self._change = threading.Condition()
        self._idle: list[Worker] = []
        self._taken = 0  # places: workers that are idle, busy, starting or ending
        self._all: set[Worker] = set()
        self._last_resort = weakref.finalize(self, _end_all, self._all)

    def begin_anew(self) -> None:
        """Forget all workers: in a process that was forked, they are those of its parent."""
        self._last_resort.detach()
        self._spawned = None
        self._begin()

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(
        self,
        *parts: bytes | memoryview,
        files: Sequence[int] = (),
        cancelled: Callable[[], bool] = lambda: False,
        patience: float = math.inf,
    ) -> bytes:
        """Have a request answered, the content of which is all parts in a row.

        The descriptors of open `files` are handed to the worker with it, where `can_send_files()`; they
        share their position with ours.

        Waits while all workers are busy, for `patience` seconds at most. Whatever goes wrong, only this
        call is affected: its worker is ended, and another one starts when it is needed.

        Raises:
            WorkerError: there is no answer; says why. A worker that could not be started is not tried
                again and again: for a minute, each further call gets the same reason at once.
            Cancelled: `cancelled` became true, or the workers were closed.
        """
        stop = self._or_closed(cancelled)
        worker = self._acquired(stop, time.monotonic() + patience)
        try:
            answer = worker.call(parts, stop, files)
        except BaseException:  # also Ctrl-C: what such a worker is at is not known any more
            self._discard(worker)
            raise
        if self._calls_per_process is not None and worker.calls >= self._calls_per_process:
            self._discard(worker, idle=True)
        else:
            self._give_back(worker)
        return answer

    def close(self) -> None:
        """End all workers. Calls that are under way in other threads are cancelled."""
        with self._change:
            self._closed = True
            idle, self._idle = self._idle, []
            self._change.notify_all()
        if self._spawned is not None:
            self._spawned.end()
        for worker in idle:  # so that they end side by side
            worker.hang_up()
        for worker in idle:
            self._discard(worker, idle=True)
        with self._change:
            self._change.wait_for(lambda: self._taken == 0, _CLOSING_AT_MOST)
        self._last_resort()

    def _or_closed(self, cancelled: Callable[[], bool]) -> Callable[[], bool]:
        return lambda: self._closed or cancelled()

    def _acquired(self, cancelled: Callable[[], bool], until: float) -> Worker:
        """An idle worker, or else a new one, as soon as there may be one, and before `until`."""
        while True:
            if cancelled():
                raise Cancelled("the call was cancelled")
            with self._change:
                if self._idle:
                    worker = self._idle.pop()
                elif self._failure is not None and time.monotonic() < self._hopeless_until:
                    raise WorkerError(self._failure.reason, "start")
                elif self._taken < self._limit:
                    self._taken += 1
                    break
                else:
                    left = until - time.monotonic()
                    if left <= 0:
                        raise WorkerError("found no worker that was free", "busy")
                    self._change.wait(min(POLL, left))
                    continue
            if worker.alive:
                return worker
            self._discard(worker)  # the system ended it meanwhile
        return self._started(cancelled)

    def _started(self, cancelled: Callable[[], bool]) -> Worker:
        worker = None
        try:
            worker = Worker(self._order, self._argument, self._answer_limit, self._spawned)
            self._all.add(worker)
            worker.start(cancelled)
        except BaseException as error:
            if isinstance(error, WorkerError):
                self._remember(error)
            self._discard(worker)
            raise
        self._ever_started = True
        self._failures = 0
        return worker

    def _remember(self, error: WorkerError) -> None:
        """What never started, or fails to start again and again, is not worth further tries."""
        with self._change:
            self._failures += 1
            if not self._ever_started or self._failures >= _FAILURES_AT_MOST:
                self._failure = error
                self._hopeless_until = time.monotonic() + _AGAIN_AFTER

    def _give_back(self, worker: Worker) -> None:
        with self._change:
            if not self._closed:
                self._idle.append(worker)
                self._change.notify()
                return
        self._discard(worker, idle=True)

    def _discard(self, worker: Worker | None, *, idle: bool = False) -> None:
        """End a worker, if it came to that, and free its place."""
        try:
            if worker is not None:
                worker.end(idle=idle)
                self._all.discard(worker)
        finally:
            with self._change:
                self._taken -= 1
                self._change.notify_all()


_EVERY: weakref.WeakSet[Workers] = weakref.WeakSet()


def _begin_anew() -> None:
    for workers in tuple(_EVERY):
        workers.begin_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def _end_all(workers: set[Worker]) -> None:
    for worker in tuple(workers):
        worker.end()
