"""How often the service may be asked: requests are spread, so that its rate limits are never reached."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

# Requests a second. The service takes 30 creates, 30 lists and changes, and 100 single gets; what is sent
# evenly may still arrive in a bunch.
RATES: Mapping[str, float] = MappingProxyType({"create": 25.0, "list": 25.0, "get": 85.0})


class Pace:
    """Gives each request its moment, to any number of threads.

    Args:
        clock: seconds, rising.
        rates: requests a second, by the operation's pace.

    >>> pace = Pace(lambda: 0.0, {"get": 10.0})
    >>> [round(pace.reserve("get"), 1) for _ in range(3)]
    [0.0, 0.1, 0.2]
    """

    def __init__(self, clock: Callable[[], float], rates: Mapping[str, float] = RATES) -> None:
        self._clock = clock
        self._rates = rates
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def reserve(self, kind: str) -> float:
        """Seconds until the next request of this kind may be sent; nobody else gets that moment."""
        with self._lock:
            now = self._clock()
            moment = max(now, self._next.get(kind, now))
            self._next[kind] = moment + 1 / self._rates[kind]
        return moment - now

    def hold(self, kind: str, seconds: float) -> None:
        """Give out no moment of this kind for so many seconds, as the service asked.

        >>> pace = Pace(lambda: 0.0, {"get": 10.0})
        >>> pace.hold("get", 30.0)
        >>> pace.reserve("get")
        30.0
        """
        with self._lock:
            now = self._clock()
            self._next[kind] = max(self._next.get(kind, now), now + seconds)
