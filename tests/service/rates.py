"""How many calls of a sort a second takes."""

from __future__ import annotations

from collections import deque


class Rate:
    """Counts calls of the last second; `most` is the most that any second held, refused ones too.

    >>> rate = Rate()
    >>> [rate.takes(2, at) for at in (0.0, 0.5, 0.9, 1.1)], rate.most
    ([True, True, False, True], 3)
    """

    def __init__(self) -> None:
        self.most = 0
        self._asked: deque[float] = deque()
        self._taken: deque[float] = deque()

    def takes(self, limit: int, now: float) -> bool:
        """Whether one more is taken now."""
        for times in (self._asked, self._taken):
            while times and times[0] <= now - 1:
                times.popleft()
        self._asked.append(now)
        self.most = max(self.most, len(self._asked))
        if len(self._taken) >= limit:
            return False
        self._taken.append(now)
        return True
