"""Work that waits in a row for a few threads, each of which takes as much of it as is worth its while."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from validator.errors import OutOfResources

_Piece = TypeVar("_Piece")

_AT_ONCE = 0.05  # seconds of work that are taken at once: nobody waits longer for the first result of it
_KINDS_AT_MOST = 256


class Pace:
    """How long work takes by its kind, and so how much of it is taken at once.

    Of a kind that nobody has met, one piece is taken.

    >>> pace = Pace(64)
    >>> pace.learn(["jpg"], 0.008)
    >>> pace.share(["jpg"] * 100), pace.share(["mp4", "jpg"])
    (6, 1)
    """

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most
        self._seconds: dict[str, float] = {}
        self._lately = _AT_ONCE

    @property
    def usual(self) -> int:
        """How many pieces are taken at once as work goes lately."""
        return max(1, min(self.at_most, int(_AT_ONCE / self._lately)))

    def share(self, kinds: Sequence[str]) -> int:
        """How many of the pieces that wait, which are of these kinds, are taken at once; at least one."""
        seconds, count = 0.0, 0
        for kind in kinds:
            seconds += self._seconds.get(kind, _AT_ONCE)
            if count and (seconds > _AT_ONCE or count >= self.at_most):
                break
            count += 1
        return count

    def learn(self, kinds: Sequence[str], seconds: float) -> None:
        """Pieces of these kinds took so long together."""
        each = max(seconds / len(kinds), 1e-6)
        self._lately = _weighed(self._lately, each)
        if len(self._seconds) >= _KINDS_AT_MOST:
            self._seconds.clear()
        for kind in {*kinds}:
            self._seconds[kind] = _weighed(self._seconds.get(kind, each), each)


def _weighed(before: float, now: float) -> float:
    """Quick work is believed at once: what was slow before may have waited for something to start."""
    return min(now, (before + now) / 2)


class Lane(Generic[_Piece]):
    """Pieces of work, done by at most so many threads, in their order as far as several threads have one.

    Args:
        name: of the threads.
        threads: how many at most; they start when there is work for them.
        work: does some pieces, one or more; never raises.
        at_most: how many pieces a thread may take at once.
        kind: of a piece; those of one kind take about as long.
    """

    def __init__(
        self,
        name: str,
        threads: int,
        work: Callable[[list[_Piece]], None],
        *,
        at_most: int = 1,
        kind: Callable[[_Piece], str] = lambda _: "",
    ) -> None:
        self.threads = threads
        self.pace = Pace(at_most)
        self._work = work
        self._kind = kind
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._waiting: deque[_Piece] = deque()
        self._busy = 0

    def put(self, piece: _Piece) -> None:
        """Have a piece of work done.

        Raises:
            OutOfResources: the system starts no thread.
        """
        with self._lock:
            self._waiting.append(piece)
            if self._busy >= self.threads:
                return
            self._busy += 1
        try:
            self._pool.submit(self._serve)
        except RuntimeError as error:
            raise OutOfResources(f"no thread could be started: {error}") from error

    def close(self) -> None:
        """Wait for what is under way, and do nothing of what still waits."""
        with self._lock:
            self._waiting.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _serve(self) -> None:
        while pieces := self._taken():
            began = time.perf_counter()
            self._work(pieces)
            self.pace.learn([self._kind(piece) for piece in pieces], time.perf_counter() - began)

    def _taken(self) -> list[_Piece]:
        with self._lock:
            fair = -(-len(self._waiting) // self.threads)
            ahead = [self._waiting[number] for number in range(min(fair, self.pace.at_most))]
            if not ahead:
                self._busy -= 1
                return []
            count = self.pace.share([self._kind(piece) for piece in ahead])
            return [self._waiting.popleft() for _ in range(count)]
