"""What a host's answer, or the lack of one, says about a URL: one table and one function each."""

from __future__ import annotations

import http
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from validator.model import Reach

NOT_DOWNLOADED = "the file was not downloaded"

_REACH_BY_CAUSE: tuple[tuple[type[BaseException], Reach], ...] = (
    (socket.gaierror, "dns-failure"),
    (UnicodeError, "dns-failure"),
    (ssl.SSLError, "tls-failure"),
)


class NotDownloaded(Exception):
    """The way to the file ended here: with facts about the link, or with what could not be found out."""

    def __init__(self, facts: Mapping[str, str], unmeasured: Mapping[str, str] | None = None) -> None:
        self.facts = facts
        self.unmeasured = unmeasured or {}
        super().__init__(str(facts or unmeasured))


def unmeasured(reason: str) -> NotDownloaded:
    """Nothing against the file was found, and nothing for it: `reason` says why."""
    return NotDownloaded({}, {"reach": reason, "transfer": reason})


def status_problem(response: httpx.Response) -> NotDownloaded | None:
    """Why an answer that is no redirect does not bring the file; `None` where it does."""
    status = response.status_code
    if 200 <= status < 300 and status != 206:
        return None
    name = status_name(status)
    if status in (429, 503):
        patience = response.headers.get("retry-after", "")[:40]
        wait = f", Retry-After {patience}" if patience else ""
        return unmeasured(f"the host was too busy to answer ({name}{wait})")
    return NotDownloaded({"reach": _reach(status), "reach_detail": name})


def status_name(status: int) -> str:
    """A status as people know it.

    >>> status_name(404), status_name(599)
    ('404 Not Found', 'status 599')
    """
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def network_problem(error: Exception, timeouts: Mapping[str, float]) -> NotDownloaded:
    """Why no answer came at all; `timeouts` in seconds."""
    if isinstance(error, httpx.ConnectTimeout):
        return _no_answer("connection-failure", f"no connection within {timeouts['connect']:g} s")
    if isinstance(error, httpx.TimeoutException):
        return unmeasured(f"the host sent nothing for {timeouts['read']:g} s")
    causes = tuple(_causes(error))
    for kind, reach in _REACH_BY_CAUSE:
        cause = next((cause for cause in causes if isinstance(cause, kind)), None)
        if cause is not None:
            return _no_answer(reach, _words(cause))
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
        return _no_answer("server-error", "what it sent is not HTTP")
    if isinstance(error, httpx.ConnectError):
        return _no_answer("connection-failure", _words(causes[-1]))
    return _no_answer("connection-failure", "the connection was closed before an answer came")


def announced_bytes(headers: httpx.Headers) -> int | None:
    """Content-Length, where it counts.

    >>> announced_bytes(httpx.Headers({"Content-Length": "12"}))
    12
    """
    text = headers.get("content-length", "")
    if "transfer-encoding" in headers or not re.fullmatch(r"[0-9]{1,18}", text):
        return None
    return int(text)


def content_type(headers: httpx.Headers) -> str | None:
    """The Content-Type without its parameters.

    >>> content_type(httpx.Headers({"Content-Type": "image/png; charset=x"}))
    'image/png'
    """
    return headers.get("content-type", "").partition(";")[0].strip()[:200] or None


def _reach(status: int) -> Reach:
    if status in (404, 410):
        return "not-found"
    # Codes from 600 up are some hosts' own way to turn programs away.
    if 400 <= status < 500 or status >= 600:
        return "refused"
    return "server-error"


def _no_answer(reach: Reach, detail: str) -> NotDownloaded:
    return NotDownloaded({"reach": reach, "reach_detail": detail})


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _words(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message or "the certificate is not trusted"
    if isinstance(error, ssl.SSLError):
        return (error.reason or "the handshake failed").replace("_", " ").lower()
    strerror: Any = getattr(error, "strerror", None)
    return str(strerror or error)[:200]
