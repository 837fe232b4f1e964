"""The network below the client that waits: no answer takes longer than its time, however slowly it drips."""

from __future__ import annotations

import math
import ssl
import threading
import time
from typing import Any

import httpcore
import httpx

from validator.intake.transport import handled, trusting_the_usual


class NetworkTransport(httpx.BaseTransport):
    """The transport of an `AssetClient` that was given no other, for any number of threads at once.

    The time limits of HTTP libraries are for a single read, which begins anew with each byte; here, the time
    to connect and the time to read together bound the whole exchange. No proxy and no variable of the
    environment has a say, and no redirect is followed.

    Args:
        keepalive: seconds for which a connection is kept that nobody uses.
        ssl_context: whom to trust; by default the certificate authorities that certifi brings.
    """

    def __init__(self, keepalive: float, ssl_context: ssl.SSLContext | None = None) -> None:
        self._end = _End()
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or trusting_the_usual(),
            max_connections=100,
            keepalive_expiry=keepalive,
            network_backend=_Backend(self._end),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; its answer has to be read by the same thread."""
        timeouts = request.extensions["timeout"]
        self._end.moment = time.monotonic() + timeouts["connect"] + timeouts["read"]
        return handled(self._pool, request)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _End(threading.local):
    """When the exchange of this thread has to be over, by the system's clock."""

    moment = math.inf

    def within(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
        left = self.moment - time.monotonic()
        if left <= 0:
            raise late("the exchange takes too long")
        return left if timeout is None else min(timeout, left)


class _Backend(httpcore.SyncBackend):
    def __init__(self, end: _End) -> None:
        self._end = end

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **options: Any
    ) -> httpcore.NetworkStream:
        timeout = self._end.within(timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, timeout, *args, **options), self._end)


class _Stream(httpcore.NetworkStream):
    """A connection whose reads end with the exchange of the thread that reads."""

    def __init__(self, stream: httpcore.NetworkStream, end: _End) -> None:
        self._stream = stream
        self._end = end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._end.within(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._end.within(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        timeout = self._end.within(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._end)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
