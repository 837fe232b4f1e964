"""How many connections of one downloader are open at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from validator.intake.handover import GivenUp, Handover

_POLL = 0.05  # seconds between two looks at whether anybody still waits for the download
_BRIEFLY = 0.2  # seconds: a connection that nobody reads from does not stay open for long
_PATIENCE = 15.0
_HOSTS_AT_MOST = 10_000


class Lines:
    """So many connections for files, and as many for further requests.

    Who waited for `patience` seconds goes on all the same: then others hang, and that must not hold up a run.
    It knows hosts that gave no part of a file, too: nobody waits for another part there.
    """

    def __init__(self, number: int, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._files = threading.Semaphore(number)
        self._further = threading.Semaphore(number)
        self._without_parts: set[str] = set()

    @contextmanager
    def for_file(self, handover: Handover) -> Iterator[None]:
        """A connection for a file, as soon as one is free or patience ends; in the download's own thread.

        Raises:
            GivenUp: nobody waits for the download any more.
        """
        with _one_of(self._files, handover, self._patience):
            yield

    @contextmanager
    def for_more(self, handover: Handover) -> Iterator[None]:
        """The same for a further request, once the file is there."""
        with _one_of(self._further, handover, self._patience):
            yield

    @contextmanager
    def for_part(self, handover: Handover) -> Iterator[bool]:
        """The same for a request beside a file that waits for it; without one, where none is free soon."""
        with _one_of(self._further, handover, _BRIEFLY) as is_free:
            yield is_free

    def gives_parts(self, host: str) -> bool:
        """Whether a part of a file may be had of a host, as far as anybody knows."""
        return host not in self._without_parts

    def gave_none(self, host: str) -> None:
        """A host gave no part of a file."""
        if len(self._without_parts) >= _HOSTS_AT_MOST:
            self._without_parts.clear()
        self._without_parts.add(host)


@contextmanager
def _one_of(free: threading.Semaphore, handover: Handover, patience: float) -> Iterator[bool]:
    got = free.acquire(blocking=False)
    if not got:
        with handover.unhurried():
            got = _waited(free, patience, lambda: handover.wire.is_cut)
    try:
        yield got
    finally:
        if got:
            free.release()


def _waited(free: threading.Semaphore, patience: float, is_given_up: Callable[[], bool]) -> bool:
    while not free.acquire(timeout=min(_POLL, patience)):
        patience -= _POLL
        if is_given_up():
            raise GivenUp
        if patience <= 0:
            return False
    return True
