"""Takes what is done in several threads at once in the order in which it was begun."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from validator.errors import Cancelled

_TICK = 0.05  # seconds between two looks at the caller's wish to stop


class Turns:
    """Gives out turns, one behind the other; for many threads.

    >>> turns = Turns()
    >>> first, second = turns.next(), turns.next()
    >>> first.end()
    >>> second.wait()
    """

    def __init__(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        self._cancelled = cancelled
        self._changed = threading.Condition()
        self._given = 0
        self._ended: set[int] = set()  # of those whose turn has not come yet
        self._now = 0

    def next(self) -> Turn:
        """A turn behind all that were given before."""
        with self._changed:
            self._given += 1
            return Turn(self, self._given - 1)

    def wait(self, number: int) -> None:
        """Wait until all turns before this one have ended.

        Raises:
            Cancelled: the run was asked to stop.
        """
        with self._changed:
            while self._now < number:
                if self._cancelled():
                    raise Cancelled("the run was asked to stop")
                self._changed.wait(_TICK)

    def end(self, number: int) -> None:
        """End this turn, whether it has come or not."""
        with self._changed:
            if number >= self._now:
                self._ended.add(number)
            while self._now in self._ended:
                self._ended.remove(self._now)
                self._now += 1
            self._changed.notify_all()


@dataclass(frozen=True)
class Turn:
    """One of them."""

    turns: Turns
    number: int

    def wait(self) -> None:
        """Wait for it.

        Raises:
            Cancelled: the run was asked to stop.
        """
        self.turns.wait(self.number)

    def end(self) -> None:
        """Let the next one come; as often as one likes."""
        self.turns.end(self.number)
