"""Room for what is fetched and not measured yet: so many files, and so many bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from validator.errors import Cancelled

MOST_BYTES = 500_000_000
"""Bytes of files that wait to be measured; those that are on their way meanwhile come on top."""

_POLL = 0.05  # seconds between two looks at whether the run was asked to stop


class Room:
    """Room for so many `files`; nothing is fetched while those that came have `most_bytes` or more.

    How large a file is shows when it comes, so that it always fits.

    >>> room = Room(files=8)
    >>> room.enter(lambda: False)
    >>> room.fill(1_000_000)
    >>> room.leave(1_000_000)
    """

    def __init__(self, files: int, most_bytes: int = MOST_BYTES) -> None:
        self._files = files
        self._bytes = most_bytes
        self._change = threading.Condition()

    def enter(self, cancelled: Callable[[], bool]) -> None:
        """Wait until there is room for one more.

        Raises:
            Cancelled: the run was asked to stop.
        """
        with self._change:
            while not self._change.wait_for(lambda: self._files > 0 and self._bytes > 0, _POLL):
                if cancelled():
                    raise Cancelled("the run was asked to stop")
            self._files -= 1

    def fill(self, size: int) -> None:
        """It has come, and takes so many bytes until it leaves."""
        with self._change:
            self._bytes -= size

    def leave(self, size: int) -> None:
        """It was measured, and its file is gone."""
        with self._change:
            self._files += 1
            self._bytes += size
            self._change.notify_all()
