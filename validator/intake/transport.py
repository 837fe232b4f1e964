"""Our way onto the network: plain HTTP/1.1, one connection a request, and every byte counted.

HTTP libraries stop reading where Content-Length ends, and so never notice a body that goes on. The
stream here counts what follows the header block, which is enough to tell.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HEAD_AT_MOST = 200_000
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d")
_ERRORS = (
    "ConnectTimeout",
    "ReadTimeout",
    "WriteTimeout",
    "PoolTimeout",
    "ConnectError",
    "ReadError",
    "WriteError",
    "LocalProtocolError",
    "RemoteProtocolError",
    "UnsupportedProtocol",
)


class CountingStream(httpcore.NetworkStream):
    """A connection that knows how many bytes came after the header block of the answer."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._head: bytes | None = b""
        self.body_bytes = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read at most `max_bytes`; `timeout` in seconds."""
        data = self._stream.read(max_bytes, timeout)
        if self._head is None:
            self.body_bytes += len(data)
        else:
            self._look_for_body(self._head + data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`; `timeout` in seconds."""
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted; `timeout` in seconds."""
        return CountingStream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What the connection below knows, such as its `"socket"`."""
        return self._stream.get_extra_info(info)

    def _look_for_body(self, head: bytes) -> None:
        end = _HEAD_END.search(head)
        while end is not None and _INTERIM.match(head):
            head = head[end.end() :]
            end = _HEAD_END.search(head)
        if end is None and len(head) <= _HEAD_AT_MOST:
            self._head = head
        else:
            self._head = None
            self.body_bytes = len(head) - end.end() if end else 0


class _Backend(httpcore.SyncBackend):
    """Connects as usual, and counts."""

    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return CountingStream(super().connect_tcp(*args, **options))


class NetworkTransport(httpx.BaseTransport):
    """The transport of a `Downloader` that was given no other.

    Args:
        ssl_context: whom to trust; by default the certificate authorities that httpx brings.
    """

    def __init__(self, ssl_context: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or httpx.create_ssl_context(trust_env=False),
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=_Backend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body is read by whoever iterates over the answer's stream."""
        with _as_httpx_errors():
            response = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    extensions=request.extensions,
                )
            )
        stream = response.stream
        assert isinstance(stream, Iterable)  # noqa: S101 - the synchronous half of httpcore's union
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(stream),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx_errors():
            yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    """Callers know httpx's exceptions; httpcore's have the same names."""
    try:
        yield
    except tuple(getattr(httpcore, name) for name in _ERRORS) as error:
        same = getattr(httpx, type(error).__name__)
        raise same(str(error)) from error
