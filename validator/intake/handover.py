"""One download between the thread that does it and those that wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO

from validator.errors import Cancelled
from validator.intake.source import Source
from validator.intake.wire import Wire

Peek = Callable[[BinaryIO, int], bool]
"""Whether more is wanted of a file of so many bytes, the first of which have come: all others are zeros.

It may leave the file's position anywhere, and may raise `Cancelled`.
"""

_TICK = 0.05  # seconds between two looks at the clock and at the caller's wish to stop


class GivenUp(Exception):
    """Nobody waits for this download any more."""


class Handover:
    """What the download's own thread has so far, and what those that wait for it want.

    Args:
        clock: seconds, rising.
        deadline: the clock's time at which nobody waits any more.
        further: seconds that are waited for more, once there is a file.
        cancelled: asked about twenty times a second by those that wait.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        deadline: float,
        further: float,
        cancelled: Callable[[], bool],
    ) -> None:
        self.wire = Wire()
        self.deadline = deadline
        self._clock = clock
        self._further = further
        self._cancelled = cancelled
        self._turn = threading.Condition()
        self._sources: list[Source] = []  # the latest one, at most
        self._taken = self._done = self._dropped = False
        self._is_unhurried = False
        self._question: tuple[BinaryIO, int] | None = None
        self._answer: bool | None = None
        self._error: BaseException | None = None

    def run(self, work: Callable[[Handover], Iterable[Source]]) -> None:
        """In the download's own thread. What `work` gives is worth more each time; the file is the same."""
        try:
            for source in work(self):
                if not self._put(source):
                    break
        except GivenUp:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again in the waiting thread
            self._error = error
        finally:
            self.wire.close()
            with self._turn:
                self._done = True
                self._turn.notify_all()

    def _put(self, source: Source) -> bool:
        """Whether anybody still wants more."""
        with self._turn:
            if self._dropped:
                if not self._taken:
                    source.close()
                return False
            if not self._sources:
                self.deadline = min(self.deadline, self._clock() + self._further)
            self._sources = [source]
            self._turn.notify_all()
            return True

    def ask(self, file: BinaryIO, size: int) -> bool:
        """In the download's own thread: whether more is wanted, which the waiting one finds out.

        So nothing of that goes on when the waiting thread is gone.

        Raises:
            GivenUp: nobody waits any more.
        """
        with self._turn:
            self._question, self._answer = (file, size), None
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._dropped or self._answer is not None)
            if self._answer is None:
                raise GivenUp
            return self._answer

    @contextmanager
    def unhurried(self) -> Iterator[None]:
        """In the download's own thread: what takes its time in here is not the host's doing."""
        began = self._clock()
        self._is_unhurried = True
        try:
            yield
        finally:
            self.deadline += self._clock() - began
            self._is_unhurried = False

    def first(self, peek: Peek | None) -> Source | None:
        """In the waiting thread: the file, or why there is none; `None` when its time is over.

        Raises:
            Cancelled: it was asked to stop.
        """
        try:
            while self._wait(lambda: bool(self._sources) or self._question is not None):
                if self._question is not None and not self._sources:
                    began = self._clock()
                    wanted = peek is None or peek(*self._question)
                    self.deadline += self._clock() - began  # the host has all of its time
                    self._answered(wanted)
                    continue
                return self._take()
            return self._take() if self._sources else None
        finally:
            if not self._taken:
                self.drop()

    def last(self) -> Source:
        """The source with all that came for it within its time. It belongs to whoever has the first one.

        Raises:
            Cancelled: it was asked to stop.
        """
        if not self._wait(lambda: False):
            self.drop()
        if self._error is not None:
            raise self._error
        return self._sources[-1]

    def _wait(self, ready: Callable[[], bool]) -> bool:
        """Whether something is `ready`, or all done, before the time is over."""
        with self._turn:
            while not self._turn.wait_for(lambda: self._done or ready(), _TICK):
                if self._cancelled():
                    raise Cancelled("the download was cancelled")
                now = self._clock()
                self.wire.cut_late(now)
                if now >= self.deadline and not self._is_unhurried:
                    return False
            return True

    def _answered(self, wanted: bool) -> None:
        with self._turn:
            self._question, self._answer = None, wanted
            self._turn.notify_all()

    def _take(self) -> Source:
        """The result so far, which belongs to the caller from now on."""
        with self._turn:
            if self._error is not None:
                raise self._error
            self._taken = True
            source = self._sources[-1]
            return source if self._done else replace(source, further=self)

    def drop(self) -> None:
        """Nobody wants the result any more, if there still is one."""
        with self._turn:
            self._dropped = True
            if self._sources and not self._taken:
                self._sources[-1].close()
            self._turn.notify_all()
            done = self._done
        if not done:
            self.wire.cut()
