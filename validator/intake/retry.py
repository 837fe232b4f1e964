"""Which failures are worth another try, and how long to wait before it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FOREVER = 10**9  # seconds: what a number of too many digits stands for


@dataclass(frozen=True)
class Again:
    """Another try may help.

    Args:
        after: the Retry-After header: seconds, or a date.
        once: there is no point in a third try.
    """

    after: str = ""
    once: bool = False


@dataclass(frozen=True)
class Retries:
    """How often to try again, and when: exponential backoff with full jitter, or what the host asks for.

    Args:
        at_most: tries after the first.
        first: the first wait is up to so many seconds, each later one up to twice the one before.
        longest: seconds that no wait exceeds. A host that asks for more is not asked again.
        jitter: a number from 0 to 1, by which a wait is shortened, so that many clients spread.
        now: the time of day, for dates in Retry-After.

    >>> Retries(jitter=lambda: 1.0).wait(Again(), tried=2, left=60)
    1.0
    """

    at_most: int = 2
    first: float = 0.5
    longest: float = 10.0
    jitter: Callable[[], float] = random.random
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def wait(self, again: Again | None, tried: int, left: float) -> float | None:
        """Seconds to wait before the next try; `None`: there is none.

        Args:
            again: what is known of the last failure; `None`: it is final.
            tried: tries so far.
            left: seconds until all tries together have to end.
        """
        if again is None or tried > (min(self.at_most, 1) if again.once else self.at_most):
            return None
        asked = retry_after(again.after, self.now())
        if asked is None:
            wait = min(self.first * 2 ** (tried - 1), self.longest) * self.jitter()
        elif asked > self.longest:
            return None
        else:
            wait = asked
        return wait if wait < left else None

    def refused(self, again: Again | None) -> str:
        """In words, that the host asks for a longer wait than there is; "" where it does not.

        >>> Retries().refused(Again("86400"))
        'which is longer than the 10 s that are waited at most'
        """
        asked = retry_after(again.after, self.now()) if again else None
        if asked is None or asked <= self.longest:
            return ""
        return f"which is longer than the {self.longest:g} s that are waited at most"


def retry_after(text: str, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for; `None` where it is missing or says nothing.

    >>> retry_after("120", datetime.now(UTC))
    120.0
    >>> retry_after("Sun, 22 Nov 2026 23:10:00 GMT", datetime(2026, 11, 22, 23, 9, tzinfo=UTC))
    60.0
    """
    text = text.strip()
    if re.fullmatch(r"[0-9]+", text):
        return float(text) if len(text) < 10 else float(_FOREVER)
    try:
        moment = parsedate_to_datetime(text[:100])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max((moment - now).total_seconds(), 0.0)
    except (TypeError, ValueError, IndexError, OverflowError):  # what the parser raises for what is no date
        return None
