"""What surveys originals and makes copies of them: the worker processes and the program of one run."""

from __future__ import annotations

from types import TracebackType

from validator.repair.ffmpeg import Program
from validator.settings import Config


class Workshop:
    """The benches of one run, each of which starts when it is first needed; a context manager."""

    def __init__(self, config: Config, *, program: Program | None = None) -> None:
        self._config = config
        self._program = program

    def __enter__(self) -> Workshop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker processes."""
