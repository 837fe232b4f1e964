"""Workers that are handed open files: what such classes have in common."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import BinaryIO, Self

from validator.workers.error import WorkerError
from validator.workers.inbox import can_send_files
from validator.workers.pool import Workers
from validator.workers.spawn import Spawned


class FileWorkers:
    """Worker processes that get open files, not their names; they start when they are needed.

    Each kind of work has a class that is made from it. It may be used by several threads at once, and as a
    context manager.

    Args:
        handler: what runs in the workers, as "package.module:function".
        processes: how many files are worked on at a time; with 0, none is sent.
        seconds: for one file.
        memory: bytes of address space of one process, where the system can limit it (Linux).
        answer_limit: bytes of an answer at most.
        files: how many one process works on: whatever a native library loses, it does not add up.
        name: what they are called where they are closed, such as "the decoders".
        spawned: a worker's process that was started already, to be the first one.

    """

    def __init__(  # noqa: PLR0913 - limits, all by name
        self,
        handler: str,
        *,
        processes: int,
        seconds: float,
        memory: int,
        answer_limit: int,
        files: int,
        name: str,
        spawned: Spawned | None = None,
    ) -> None:
        self._handler = handler
        self._processes = processes
        self._seconds = seconds
        self._memory = memory
        self._answer_limit = answer_limit
        self._files = files
        self._name = name
        self._spawned = spawned
        self._lock = threading.Lock()
        self._workers: Workers | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers. What is under way in other threads is cancelled."""
        with self._lock:
            self._closed = True
            workers, self._workers = self._workers, None
        if workers is not None:
            workers.close()
        elif self._spawned is not None:
            self._spawned.end()

    @property
    def _is_here(self) -> bool:
        """Whether the work has to be done in this process: no other is wanted, or can be sent a file."""
        return not self._processes or not can_send_files()

    def _answer(self, ask: bytes, file: BinaryIO, cancelled: Callable[[], bool]) -> bytes:
        """What a worker answers about an open file; see `_answer_about`."""
        return self._answer_about([file], ask, cancelled)

    def _answer_about(
        self,
        files: Sequence[BinaryIO],
        ask: bytes,
        cancelled: Callable[[], bool],
        patience: float = math.inf,
    ) -> bytes:
        """What a worker answers about open files, at most `FILES_AT_MOST`; see `Workers.call`.

        Raises:
            WorkerError: there is no answer; says why.
            Cancelled: the run was asked to stop.
        """
        for file in files:
            file.seek(0)  # what we had read ahead is forgotten: the position is shared
        descriptors = [file.fileno() for file in files]
        return self._started().call(ask, files=descriptors, cancelled=cancelled, patience=patience)

    def _started(self) -> Workers:
        with self._lock:
            if self._closed:
                raise WorkerError(f"{self._name} are closed", "start")
            if self._workers is None:
                self._workers = Workers(
                    self._handler,
                    limit=self._processes,
                    seconds=self._seconds,
                    memory=self._memory,
                    answer_limit=self._answer_limit,
                    calls_per_process=self._files,
                    spawned=self._spawned,
                )
            return self._workers
