"""Has clips and sounds surveyed by workers, processes of their own: nothing a file does can hurt ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import msgspec

from validator.model import Kind
from validator.repair.survey import Survey
from validator.workers import FileWorkers, WorkerError

_HANDLER = "validator.repair.stream_worker:handler"
_ANSWER_AT_MOST = 64_000_000  # bytes: a hundred streams with all their cuts
_FILES = 1_000  # of one process: whatever a native library loses, it does not add up


class StreamBench(FileWorkers):
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
        super().__init__(
            handler,
            processes=processes,
            seconds=seconds,
            memory=memory,
            answer_limit=_ANSWER_AT_MOST,
            files=_FILES,
            name="the stream workers",
        )

    def survey(self, file: BinaryIO, kind: Kind, format_name: str, cancelled: Callable[[], bool]) -> Survey:
        """What lies in a clip or a sound; the worker gets the open file, not its name.

        What the worker does not survive becomes a problem.

        Raises:
            Cancelled: the run was asked to stop.
        """
        if self._is_here:
            from validator.repair.stream_survey import survey_streams

            return survey_streams(file, kind, format_name, cancelled)
        from validator.repair.stream_worker import Ask, decoded

        ask = msgspec.msgpack.encode(Ask(kind, format_name))
        try:
            return decoded(self._answer(ask, file, cancelled))
        except WorkerError as error:
            return Survey(problem=self._lost(error))
        except msgspec.DecodeError as error:
            return Survey(problem=f"What lies in it could not be told: the answer makes no sense ({error}).")

    def _lost(self, error: WorkerError) -> str:
        """Why nothing is known of a file that a worker did not survive."""
        reasons = {
            "time": f"it took more than {self._seconds:g} s",
            "memory": f"it takes more than {self._memory:,} bytes of memory",
            "ended": f"its decoder {error.reason}",
            "raised": "its container makes no sense to what reads it",  # an error of Python helps nobody
            "start": f"no process could be started for it ({error.reason})",
        }
        return f"What lies in it could not be looked at: {reasons.get(error.kind, error.reason)}."
