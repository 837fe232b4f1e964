"""What the client's core asks of whoever drives it, and what it is told: neither does anything itself."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from validator.upload.operations import Operation

_T = TypeVar("_T")


@dataclass(frozen=True)
class Send:
    """Send one request; the answer is `Reply` or `NoReply`. `timeout`: seconds that it may take."""

    operation: Operation
    url: str
    content: bytes = b""
    timeout: float = 30.0


@dataclass(frozen=True)
class Pause:
    """Do nothing for so many seconds; the answer is `None`."""

    seconds: float


@dataclass(frozen=True)
class Reply:
    """What came back. The names of headers are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class NoReply:
    """Nothing came back, or nothing whole.

    Args:
        reason: in words.
        sent: whether the service may have got the request.
        final: whether there is no point in another try.
    """

    reason: str
    sent: bool
    final: bool = False


Steps: TypeAlias = Generator[Send | Pause, Reply | NoReply | None, _T]
"""A piece of the core: yields what is to be done, and returns what comes of it."""
