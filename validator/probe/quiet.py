"""Keeps decoders' words off the caller's screen: what they warn of becomes a fact, or is nothing."""

from __future__ import annotations

import logging
import threading
import warnings
from contextlib import AbstractContextManager
from types import TracebackType


class _Quiet:
    """Silences warnings, and Pillow's log where nobody listens to it, while at least one thread is inside.

    `warnings.catch_warnings` is not safe between threads: two that overlap can leave the filters of
    one behind for good. Counting who is inside restores them exactly once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._caught: AbstractContextManager[object] | None = None
        self._log = logging.getLogger("PIL")
        self._handler = logging.NullHandler()  # without any handler, Python prints a logged error

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
                self._log.addHandler(self._handler)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._caught is not None:
                self._log.removeHandler(self._handler)
                self._caught.__exit__(None, None, None)
                self._caught = None


quiet = _Quiet()
"""`with quiet:` around calls into decoders that warn."""
