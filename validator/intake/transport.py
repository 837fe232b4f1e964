"""Our way onto the network: plain HTTP/1.1 to checked addresses, one connection a request, all bytes counted.

The name of a host is looked up once for a connection, by the guard, and the connection goes to an address
that the guard has seen: what the name means a moment later does not matter. Host and SNI keep the name. No
proxy, no variable of the environment and no `.netrc` has a say.

HTTP libraries stop reading where Content-Length ends, and so never notice a body that goes on. The
connection here counts what follows the header block, which is enough to tell.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import certifi
import httpcore
import httpx

from validator.intake.address import HostGuard
from validator.intake.connection import Connection, connected

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


class _Backend(httpcore.SyncBackend):
    """Connects to what the guard lets pass, and counts."""

    def __init__(self, guard: HostGuard) -> None:
        self._guard = guard

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *_: Any, **__: Any
    ) -> httpcore.NetworkStream:
        """Connect to one of the host's addresses; `timeout`, in seconds, is for all of them."""
        ends = None if timeout is None else time.monotonic() + timeout
        try:
            checked = self._guard.checked(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        left = len(checked.addresses)
        while True:
            # Each gets its share of the time, so that one that does not answer leaves some to the next.
            share = None if ends is None else max((ends - time.monotonic()) / left, 0.001)
            address = checked.addresses[-left]
            left -= 1
            try:
                return Connection(connected(address, port, share), checked)
            except TimeoutError as error:
                if not left:
                    raise httpcore.ConnectTimeout(str(error)) from error
            except OSError as error:
                if not left:
                    raise httpcore.ConnectError(str(error)) from error

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """Never: no URL names one."""
        raise httpcore.ConnectError("sockets of this machine are not reached")


def trusting_the_usual() -> ssl.SSLContext:
    """Certificate authorities as certifi lists them.

    Not `ssl.create_default_context`, which writes the keys of each connection into the file that the variable
    SSLKEYLOGFILE names.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certifi.where())
    return context


class NetworkTransport(httpx.BaseTransport):
    """The transport of a `Downloader` that was given no other.

    Args:
        guard: which hosts may be reached; by default public ones on the usual ports.
        ssl_context: whom to trust; by default the certificate authorities that certifi brings.

    Raises:
        AddressRefused: by `handle_request`, where the guard refuses the host; nothing was sent then.
    """

    def __init__(self, guard: HostGuard | None = None, ssl_context: ssl.SSLContext | None = None) -> None:
        self.guard = guard or HostGuard()
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or trusting_the_usual(),
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=_Backend(self.guard),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body is read by whoever iterates over the answer's stream."""
        return handled(self._pool, request)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


def handled(pool: httpcore.ConnectionPool, request: httpx.Request) -> httpx.Response:
    """Send one request over a connection of a pool; httpx's own transport knows no pool but its own.

    Raises:
        httpx.TransportError: there was no answer.
    """
    with _as_httpx_errors():
        response = pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream if isinstance(request.stream, Iterable) else b"",
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
