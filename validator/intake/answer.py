"""What a host's answer, or the lack of one, says about a URL: one table and one function each."""

from __future__ import annotations

import errno
import http
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from validator.intake.retry import Again
from validator.model import FileFacts, Reach
from validator.probe.link import says_nothing

NOT_DOWNLOADED = "the file was not downloaded"

_MOST_HEADERS = 500
_TOO_LARGE = "too long"  # in h11's words for a header block of more than 100 KiB, and in ours
_RESET = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)

_SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})

_REACH_BY_CAUSE: tuple[tuple[type[BaseException], Reach], ...] = (
    (socket.gaierror, "dns-failure"),
    (UnicodeError, "dns-failure"),
    (ssl.SSLError, "tls-failure"),
)


class NotDownloaded(Exception):
    """The way to the file ended here: with facts about the link, or with what could not be found out.

    `again` says that another try may lead further, and `file` is what is known of the file all the same.
    """

    def __init__(
        self,
        facts: Mapping[str, str],
        unmeasured: Mapping[str, str] | None = None,
        again: Again | None = None,
        file: FileFacts | None = None,
    ) -> None:
        self.facts = facts
        self.unmeasured = unmeasured or {}
        self.again = again
        self.file = file or FileFacts()
        super().__init__(str(facts or unmeasured))

    def saying(self, more: str) -> NotDownloaded:
        """The same end, with more words to whatever says why."""
        facts = {
            name: f"{words}, {more}" if name.endswith("_detail") else words
            for name, words in self.facts.items()
        }
        reasons = {name: f"{words}, {more}" for name, words in self.unmeasured.items()}
        return NotDownloaded(facts, reasons, self.again, self.file)


def unmeasured(reason: str, again: Again | None = None) -> NotDownloaded:
    """Nothing against the file was found, and nothing for it: `reason` says why."""
    return NotDownloaded({}, {"reach": reason, "transfer": reason}, again)


def is_busy(status: int) -> bool:
    """Whether a status only means that this was not the moment.

    >>> [status for status in (404, 429, 500, 502, 503, 504) if is_busy(status)]
    [429, 502, 503, 504]
    """
    return status in (429, 502, 503, 504)


def status_problem(response: httpx.Response) -> NotDownloaded | None:
    """Why an answer that is no redirect does not bring the file; `None` where it does."""
    status = response.status_code
    if 200 <= status < 300 and status != 206:
        return None
    name = status_name(status)
    patience = response.headers.get("retry-after", "")
    again = Again(patience) if is_busy(status) else None
    if status in (429, 503):
        wait = f", Retry-After {patience[:40]}" if patience else ""
        return unmeasured(f"the host was too busy to answer ({name}{wait})", again)
    return NotDownloaded({"reach": _reach(status), "reach_detail": name}, again=again)


def headers_problem(response: httpx.Response) -> NotDownloaded | None:
    """Why an answer is not looked at at all; `None` where it is."""
    count = len(response.headers.raw)
    if count > _MOST_HEADERS:
        return unmeasured(f"the host sent {count:,} header lines; at most {_MOST_HEADERS} are read")
    return None


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
        return unmeasured(f"no connection within {timeouts['connect']:g} s", Again())
    if isinstance(error, httpx.TimeoutException):
        return unmeasured(f"the host sent nothing for {timeouts['read']:g} s")
    causes = tuple(_causes(error))
    shortage = next((cause for cause in causes if _is_shortage(cause)), None)
    if shortage is not None:
        return unmeasured(f"this machine could make no connection ({_words(shortage)})", Again())
    for kind, reach in _REACH_BY_CAUSE:
        cause = next((cause for cause in causes if isinstance(cause, kind)), None)
        if cause is not None:
            return _no_answer(reach, _words(cause), Again() if _is_temporary(cause) else None)
    if isinstance(error, httpx.ConnectError) and not any(isinstance(cause, _RESET) for cause in causes):
        return _no_answer("connection-failure", _words(causes[-1]))
    return _broken_off(error)


def _broken_off(error: Exception) -> NotDownloaded:
    """A connection stood, and brought no answer."""
    if isinstance(error, httpx.RemoteProtocolError) and _TOO_LARGE in str(error):
        return unmeasured("the headers of the host's answer have no end")
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
        return _no_answer("server-error", "what it sent is not HTTP")
    return unmeasured("the host closed the connection before an answer came", Again())


def announced_bytes(headers: httpx.Headers) -> int | None:
    """Content-Length, where it counts.

    >>> announced_bytes(httpx.Headers({"Content-Length": "12"}))
    12
    """
    text = headers.get("content-length", "")
    if "transfer-encoding" in headers or not re.fullmatch(r"[0-9]{1,20}", text):  # as many as h11 takes
        return None
    return int(text)


def content_type(headers: httpx.Headers) -> str | None:
    """The Content-Type without its parameters.

    >>> content_type(httpx.Headers({"Content-Type": "image/png; charset=x"}))
    'image/png'
    """
    return headers.get("content-type", "").partition(";")[0].strip()[:200] or None


def head_facts(
    response: httpx.Response, got_type: str | None = None, got_bytes: int | None = None
) -> dict[str, str]:
    """What the answer to a HEAD request says: whether it came, with what fetchers read from it.

    `got_type` and `got_bytes` are what GET brought, where that is known: HEAD has to announce the same.

    Raises:
        NotDownloaded: it says nothing; with the reason.

    >>> head_facts(httpx.Response(405))
    {'head': 'refused', 'head_detail': '405 Method Not Allowed'}
    """
    status = response.status_code
    if is_busy(status):
        busy = f"the HEAD request failed: the host was too busy to answer ({status_name(status)})"
        raise NotDownloaded({}, {"head": busy})
    if not 200 <= status < 300:
        return {"head": "refused", "head_detail": status_name(status)}
    declared, announced = content_type(response.headers), announced_bytes(response.headers)
    lacks = [f"Content-Type {declared}" if declared else "no Content-Type"] if says_nothing(declared) else []
    lacks += ["no Content-Length"] if announced is None else []
    if lacks:
        return {"head": "incomplete", "head_detail": ", ".join(lacks)}
    other = []
    if got_type is not None and declared is not None and got_type.lower() != declared.lower():
        other.append(f"Content-Type {declared}, to GET {got_type}")
    packed = "content-encoding" in response.headers
    if got_bytes is not None and announced is not None and announced != got_bytes and not packed:
        other.append(f"Content-Length {announced:,}, to GET {got_bytes:,}")
    return {"head": "contradicts", "head_detail": "; ".join(other)} if other else {"head": "answered"}


def _reach(status: int) -> Reach:
    if status in (404, 410):
        return "not-found"
    # Codes from 600 up are some hosts' own way to turn programs away.
    if 400 <= status < 500 or status >= 600:
        return "refused"
    return "server-error"


def _no_answer(reach: Reach, detail: str, again: Again | None = None) -> NotDownloaded:
    return NotDownloaded({"reach": reach, "reach_detail": detail}, again=again)


def _is_shortage(error: BaseException) -> bool:
    """Whether it is this machine that has too little of something, which says nothing of the host."""
    if isinstance(error, socket.gaierror):
        return error.errno == socket.EAI_MEMORY
    return isinstance(error, OSError) and error.errno in _SHORTAGES


def _is_temporary(error: BaseException) -> bool:
    return isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN


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
