"""The connection of one download, held so that another thread can cut it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any


class Wire:
    """Holds a second handle on the connection in use.

    No time limit of a single read ends a host that sends one byte every few seconds; cutting the
    connection from outside does, whatever the reading thread waits for.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._beside: dict[Wire, float] = {}
        self._cut = threading.Event()

    @property
    def is_cut(self) -> bool:
        """Whether nobody waits for this download any more."""
        return self._cut.is_set()

    def pause(self, seconds: float) -> None:
        """Do nothing for a while, or until nobody waits any more."""
        self._cut.wait(seconds)

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """For httpx's `trace` extension: takes hold of a connection as soon as it stands."""
        if event != "connection.connect_tcp.complete":
            return
        connection = info["return_value"].get_extra_info("socket")
        if not isinstance(connection, socket.socket):
            return
        # A duplicate: TLS takes the first handle away from its owner.
        duplicate = connection.dup()
        with self._lock:
            self._drop()
            self._socket = duplicate
            if self._cut.is_set():
                self._shut_down()

    @contextmanager
    def beside(self, until: float) -> Iterator[Wire]:
        """A second wire, for a request while the first connection stays open; see `cut_late`."""
        other = Wire()
        with self._lock:
            self._beside[other] = until
            if self._cut.is_set():
                other.cut()
        try:
            yield other
        finally:
            with self._lock:
                del self._beside[other]
            other.close()

    def cut_late(self, now: float) -> None:
        """End what goes on beside the first connection for longer than until `now`, by the same clock."""
        with self._lock:
            for other, until in self._beside.items():
                if now >= until:
                    other.cut()

    def cut(self) -> None:
        """End the connection now, and every later one as soon as it stands."""
        with self._lock:
            self._cut.set()
            self._shut_down()
            for other in self._beside:
                other.cut()

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._drop()

    def _shut_down(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # the other side may have been faster
                self._socket.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
