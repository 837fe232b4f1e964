"""Has clips and sounds surveyed by workers, processes of their own: nothing a file does can hurt ours."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import BinaryIO

from validator.model import Kind
from validator.repair.survey import Survey


class StreamBench:
    """Surveys clips and sounds in worker processes that start when they are needed.

    It may be used by several threads at once. Where the system cannot hand open files to another process
    (Windows), or `processes` is 0, all is surveyed in this one, without limits.
    """

    def __init__(self, *, processes: int = 1, seconds: float = 60.0, memory: int = 4_000_000_000) -> None:
        self._processes = processes
        self._seconds = seconds
        self._memory = memory

    def __enter__(self) -> StreamBench:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def survey(self, file: BinaryIO, kind: Kind, format_name: str, cancelled: Callable[[], bool]) -> Survey:
        """What lies in a clip or a sound; the worker gets the open file, not its name.

        Raises:
            Cancelled: the run was asked to stop.
        """
        del file, kind, cancelled  # not yet looked at
        return Survey(problem=f"There is no demuxer here for {format_name}.")

    def close(self) -> None:
        """End the workers. What is under way in other threads is cancelled."""
