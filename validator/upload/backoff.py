"""How long to wait before the service is asked again."""

from __future__ import annotations

import random as _random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Waits that double, with full jitter, and never less than the service asks for, up to a cap.

    Args:
        at_most: tries after the first.
        first: the first wait is up to so many seconds, each later one up to twice the one before.
        longest: seconds that no wait of our own exceeds.
        asked_at_most: seconds that no wait exceeds that the service asks for.
        random: numbers from 0 to 1.

    >>> Backoff(random=lambda: 1.0).wait(tried=2), Backoff(random=lambda: 0.0).wait(tried=1, asked=3.0)
    (1.0, 3.0)
    >>> Backoff().wait(tried=5)
    """

    at_most: int = 4
    first: float = 0.5
    longest: float = 8.0
    asked_at_most: float = 60.0
    random: Callable[[], float] = _random.random

    def wait(self, tried: int, asked: float | None = None) -> float | None:
        """Seconds before the next try; `None`: there is none. `asked`: what Retry-After says."""
        if tried > self.at_most:
            return None
        own = min(self.first * 2.0 ** min(tried - 1, 60), self.longest) * self.random()
        return max(own, min(asked or 0.0, self.asked_at_most))
