"""Reasons that differ in nothing but what they are about, so that they are said once."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ADDRESS = re.compile(r"https?://\S+(?= )")
_HASHES = re.compile(r"its sha256 was [0-9a-f]+…, and is [0-9a-f]+… now")


def common(message: str, target: str) -> str:
    """A reason as it can be said of several targets.

    >>> common("a.png was not published to s3://b: there is no such bucket.", "a.png")
    'it was not published to s3://b: there is no such bucket.'
    >>> common("http://127.0.0.1/a.png is not forwarded: the answer is 404.", "a.png")
    'its address is not forwarded: the answer is 404.'
    """
    if target and message.startswith(f"{target} "):
        about = f"it{message.removeprefix(target)}"
    else:
        about = _ADDRESS.sub("its address", message, count=1) if _ADDRESS.match(message) else message
    return _HASHES.sub("the sha256 is another now", about)


def address_of(message: str) -> str:
    """The address that a reason begins with; "" where it is about none.

    >>> address_of("http://127.0.0.1/a.png is not forwarded: the answer is 404.")
    'http://127.0.0.1/a.png'
    """
    found = _ADDRESS.match(message)
    return found[0] if found else ""


def last_of_each_row(reasons: Sequence[tuple[str, ...]]) -> list[int]:
    """For the last of each row of equals, how many they are; 0 for the others.

    >>> last_of_each_row([("a",), ("a",), ("b",)])
    [0, 2, 1]
    """
    counts, so_far = [], 0
    for this, following in zip(reasons, [*reasons[1:], None], strict=True):
        so_far += 1
        counts.append(0 if this == following else so_far)
        so_far = 0 if this != following else so_far
    return counts
