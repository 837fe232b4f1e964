"""Has clips and sounds surveyed by workers, processes of their own: nothing a file does can hurt ours."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import BinaryIO

import msgspec

from validator.model import Kind
from validator.repair.survey import Survey
from validator.workers import WorkerError, Workers, can_send_files

_HANDLER = "validator.repair.stream_worker:handler"
_ANSWER_AT_MOST = 64_000_000  # bytes: a hundred streams with all their cuts
_FILES = 1_000  # of one process: whatever a native library loses, it does not add up


class StreamBench:
    """Surveys clips and sounds in worker processes that start when they are needed.

    It may be used by several threads at once. Where the system cannot hand open files to another process
    (Windows), or `processes` is 0, all is surveyed in this one, without limits.

    Args:
        processes: how many files are surveyed at a time.
        seconds: for one file.
        memory: bytes of address space of one process, where the system can limit it (Linux).
        handler: what runs in the workers.

    >>> with StreamBench() as bench:
    ...     isinstance(bench, StreamBench)
    True
    """

    def __init__(
        self,
        *,
        processes: int = 1,
        seconds: float = 60.0,
        memory: int = 4_000_000_000,
        handler: str = _HANDLER,
    ) -> None:
        self._processes = processes
        self._seconds = seconds
        self._memory = memory
        self._handler = handler
        self._lock = threading.Lock()
        self._workers: Workers | None = None
        self._closed = False

    def __enter__(self) -> StreamBench:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def survey(self, file: BinaryIO, kind: Kind, format_name: str, cancelled: Callable[[], bool]) -> Survey:
        """What lies in a clip or a sound; the worker gets the open file, not its name.

        What the worker does not survive becomes a problem.

        Raises:
            Cancelled: the run was asked to stop.
        """
        if not self._processes or not can_send_files():
            from validator.repair.stream_survey import survey_streams

            return survey_streams(file, kind, format_name, cancelled)
        from validator.repair.stream_worker import Ask, decoded

        ask = msgspec.msgpack.encode(Ask(kind, format_name))
        try:
            file.seek(0)  # what we had read ahead is forgotten: the position is shared
            answer = self._started().call(ask, files=(file.fileno(),), cancelled=cancelled)
            return decoded(answer)
        except WorkerError as error:
            return Survey(problem=self._lost(error))
        except msgspec.DecodeError as error:
            return Survey(problem=f"What lies in it could not be told: the answer makes no sense ({error}).")

    def close(self) -> None:
        """End the workers. What is under way in other threads is cancelled."""
        with self._lock:
            self._closed = True
            workers, self._workers = self._workers, None
        if workers is not None:
            workers.close()

    def _started(self) -> Workers:
        with self._lock:
            if self._closed:
                raise WorkerError("the bench is closed", "start")
            if self._workers is None:
                self._workers = Workers(
                    self._handler,
                    limit=self._processes,
                    seconds=self._seconds,
                    memory=self._memory,
                    answer_limit=_ANSWER_AT_MOST,
                    calls_per_process=_FILES,
                )
            return self._workers

    def _lost(self, error: WorkerError) -> str:
        """Why nothing is known of a file that a worker did not survive."""
        reasons = {
            "time": f"it took more than {self._seconds:g} s",
            "memory": f"it takes more than {self._memory:,} bytes of memory",
            "ended": f"its decoder {error.reason}",
            "start": f"no process could be started for it ({error.reason})",
        }
        return f"What lies in it could not be looked at: {reasons.get(error.kind, error.reason)}."
