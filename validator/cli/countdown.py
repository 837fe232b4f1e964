"""How long a link still holds, on a terminal: one line that counts down and goes away."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

from validator.report.columns import cut

_ERASE_LINE = "\r\x1b[2K"
_TICK = 1.0
"""Seconds."""


class Countdown:
    """While it is open, the remaining seconds are shown once a second.

    Args:
        stream: the terminal; `None`: nothing is shown.
        until: when the link ends, on the clock; `None`: nobody knows.
        clock: seconds, rising.
        columns: how wide the terminal is.
    """

    def __init__(
        self,
        stream: TextIO | None,
        until: float | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        columns: Callable[[], int] = lambda: shutil.get_terminal_size().columns,
    ) -> None:
        self._stream = stream
        self._until = until
        self._clock = clock
        self._columns = columns
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="countdown", daemon=True)

    def __enter__(self) -> Countdown:
        if self._stream is not None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._stream is not None:
            self._thread.join()
            self._write(_ERASE_LINE)

    def vanish(self) -> None:
        """Leave the terminal usable, without waiting for anything."""
        if self._stream is not None:
            self._write(_ERASE_LINE)

    def line(self) -> str:
        """What is shown at this moment.

        >>> Countdown(None, 100.0, clock=lambda: 20.5).line()
        'waiting for the person; the link holds for another 79 s'
        """
        if self._until is None:
            return "waiting for the person"
        left = int(self._until - self._clock())
        if left > 0:
            return f"waiting for the person; the link holds for another {left} s"
        return "waiting; the link has ended: only who has opened it can go on"

    def short(self) -> str:
        """The same in a few words.

        >>> Countdown(None, 100.0, clock=lambda: 20.5).short()
        'the link holds for 79 s'
        """
        left = 0 if self._until is None else int(self._until - self._clock())
        if left > 0:
            return f"the link holds for {left} s"
        return "waiting for the person" if self._until is None else "the link has ended"

    def _run(self) -> None:
        while not self._over.is_set():
            # The last column stays free: some terminals go to the next line when it is written to.
            room = self._columns() - 1
            line = self.line()
            self._write(_ERASE_LINE + (line if len(line) <= room else cut(self.short(), room)))
            self._over.wait(_TICK)

    def _write(self, text: str) -> None:
        if self._stream is not None:
            with contextlib.suppress(OSError, ValueError):
                self._stream.write(text)
                self._stream.flush()
