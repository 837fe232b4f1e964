"""A connection of ours: what follows the header block is counted, and little comes before it is wanted."""

from __future__ import annotations

import re
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import httpcore

from validator.intake.address import Checked

MOST = 65_536
"""Bytes that a file may take that nobody wants; what announces no more can be read at once."""
HELD = 28_672
"""Bytes of an answer that are read until somebody says that the rest is worth it, by `Connection.let_go`.

With what the system takes meanwhile, and TLS's own, it is less than `MOST`.
"""

_FIRST_PIECE = 4_096  # bytes of the first read: enough to tell what most files are
_PIECE = 16_384  # bytes of every other read until then
_BUFFER = 12_288  # bytes, as asked for; Linux makes a window of 22 KiB of it
# Linux since 5.14, <asm-generic/socket.h>: whether the system may size a connection's buffers by itself.
_BUFFER_LOCK, _LOCKED, _FREE = 72, 2, 0

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HEAD_AT_MOST = 200_000  # bytes before a body, interim answers included; h11 ends a single block at 100 KiB
_LINE_ENDS = 3  # bytes of a header block's end that may have come before
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d")


def connected(address: str, port: int, timeout: float | None) -> socket.socket:
    """A connection to an address, over which the other side can send little before it is read.

    As long as nobody has read anything, a system usually takes 128 KiB and more, and the faster it comes, the
    more it takes. Where that cannot be kept small and be given back later, it is left as it is.

    Raises:
        OSError: nobody is there, or answers within `timeout` seconds.
    """
    form = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    family, kind, protocol, _, place = form[0]
    connection = socket.socket(family, kind, protocol)
    try:
        connection.settimeout(timeout)
        kept_small = _keep_small(connection)
        connection.connect(place)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if kept_small:
            connection.setsockopt(socket.SOL_SOCKET, _BUFFER_LOCK, _LOCKED)
    except BaseException:  # whatever it was goes on its way; the handle must not stay open
        connection.close()
        raise
    return connection


def _keep_small(connection: socket.socket) -> bool:
    if sys.platform != "linux":
        return False
    with suppress(OSError):  # an older Linux
        connection.setsockopt(socket.SOL_SOCKET, _BUFFER_LOCK, _FREE)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        # Free while it connects, or the window could never grow beyond 64 KiB: its scale is agreed on once.
        connection.setsockopt(socket.SOL_SOCKET, _BUFFER_LOCK, _FREE)
        return True
    return False


class Connection(httpcore.NetworkStream):
    """A connection that knows how many bytes came after the header block of the answer."""

    def __init__(self, connection: socket.socket, checked: Checked) -> None:
        self._socket = connection
        self._checked = checked
        self._head: bytes | None = b""
        self._head_bytes = 0
        self._held = HELD
        self._read_bytes = 0
        self._patience: float | None = None
        self.body_bytes = 0

    @property
    def is_held(self) -> bool:
        """Whether all came that does before somebody says that the rest is worth reading."""
        return 0 < self._held <= self._read_bytes

    def hold_for(self, more: int) -> None:
        """Read so many bytes more before somebody says that the rest is worth reading."""
        if self._held:
            self._held = self._read_bytes + more

    def hurry(self, patience: float) -> None:
        """Wait no longer for anything than so many seconds."""
        self._patience = patience

    def let_go(self) -> None:
        """Read as fast as it comes from now on."""
        if self._held:
            self._held = 0
            if sys.platform == "linux":
                with suppress(OSError):  # an older Linux, which was not held back
                    self._socket.setsockopt(socket.SOL_SOCKET, _BUFFER_LOCK, _FREE)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read at most `max_bytes`; `timeout` in seconds."""
        if self._held:
            left = self._held - self._read_bytes
            piece = _PIECE if self._read_bytes else _FIRST_PIECE
            max_bytes = min(max_bytes, piece, left if left > 0 else piece)
        if self._patience is not None:
            timeout = self._patience if timeout is None else min(timeout, self._patience)
        with _as_httpcore_errors(httpcore.ReadTimeout, httpcore.ReadError):
            self._socket.settimeout(timeout)
            data = self._socket.recv(max_bytes)
        self._read_bytes += len(data)
        if self._head is None:
            self.body_bytes += len(data)
        else:
            self._look_for_body(self._head, data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`; `timeout` in seconds."""
        with _as_httpcore_errors(httpcore.WriteTimeout, httpcore.WriteError):
            self._socket.settimeout(timeout)
            self._socket.sendall(buffer)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted; `timeout` in seconds."""
        with _as_httpcore_errors(httpcore.ConnectTimeout, httpcore.ConnectError):
            try:
                self._socket.settimeout(timeout)
                encrypted = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
            except BaseException:  # whatever it was goes on its way; the handle must not stay open
                self._socket.close()
                raise
        return Connection(encrypted, self._checked)

    def get_extra_info(self, info: str) -> Any:
        """Its `"socket"`, and what was `"checked"` of its host."""
        return {"checked": self._checked, "socket": self._socket}.get(info)

    def _look_for_body(self, before: bytes, data: bytes) -> None:
        self._head_bytes += len(data)
        head = before + data
        # What came before holds no end: looking through all of it for each byte would take its time.
        end = _HEAD_END.search(head, max(len(before) - _LINE_ENDS, 0))
        while end is not None and _INTERIM.match(head):
            head = head[end.end() :]
            end = _HEAD_END.search(head)
        if end is not None:
            self._head = None
            self.body_bytes = len(head) - end.end()
        elif self._head_bytes > _HEAD_AT_MOST:
            raise httpcore.RemoteProtocolError("header block too long")
        else:
            self._head = head


def connection_of(extensions: Mapping[str, Any]) -> Connection | None:
    """The connection that an answer comes over, if it is one of ours; `extensions` are the answer's."""
    stream = extensions.get("network_stream")
    return stream if isinstance(stream, Connection) else None


@contextmanager
def _as_httpcore_errors(timeout: type[Exception], other: type[Exception]) -> Iterator[None]:
    """Callers know httpcore's exceptions, not the system's."""
    try:
        yield
    except TimeoutError as error:
        raise timeout(str(error)) from error
    except OSError as error:
        raise other(str(error)) from error
