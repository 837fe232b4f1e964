"""Requests and answers as they go over the wire, the same for both clients; none is too large or too late."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx

from validator._version import __version__
from validator.errors import UsageError
from validator.intake.decoding import DamagedBodyError, Unpacker
from validator.intake.transport import trusting_the_usual
from validator.intake.url import parse, shown
from validator.upload.exchange import NoReply, Reply, Send
from validator.upload.key import ApiKey
from validator.upload.network import NetworkTransport
from validator.upload.operations import Service

_LARGEST = 10_000_000  # bytes of an answer
_CONNECT_TIMEOUT = 10.0  # seconds
# Shorter than servers keep a connection: one that closes while a create is sent makes its answer a lost one.
_KEEPALIVE = 2.0
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_ERROR_NUMBER = re.compile(r"^\[Errno -?\d+\] ")
_RIGHT_ADDRESS = "see whether ORCAROUTER_BASE_URL or base-url in [service] is right"
_NETWORK = (
    "see whether the network is there, and whether ORCAROUTER_BASE_URL or base-url in [service] is right: "
    "proxies that the environment names are not used"
)
_HOPELESS = re.compile(r"CERTIFICATE_VERIFY_FAILED|WRONG_VERSION_NUMBER")


class UnusableAnswer(Exception):
    """The answer is not read to its end; says in words why."""


def request_for(send: Send, key: ApiKey) -> httpx.Request:
    """The request as it is sent."""
    headers = {
        "User-Agent": f"seedance-validator/{__version__}",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {key.reveal()}",
    }
    if send.content:
        headers["Content-Type"] = "application/json"
    timeouts = dict.fromkeys(("read", "write", "pool"), send.timeout)
    timeouts["connect"] = connect_timeout(send)
    return httpx.Request(
        send.operation.verb,
        send.url,
        headers=headers,
        content=send.content,
        extensions={"timeout": timeouts},
    )


def connect_timeout(send: Send) -> float:
    """Seconds that a connection may take, TLS included; the answer has its own time after that."""
    return min(_CONNECT_TIMEOUT, send.timeout)


def host_of(send: Send) -> str:
    """Whom it is sent to."""
    return parse(send.url).host


class Answer:
    """Gathers an answer piece by piece.

    Args:
        response: its head.
        ends: until when all of it has to be there, by the clock.
        clock: seconds, rising.

    Raises:
        UnusableAnswer: it is packed in a way that was not asked for.
    """

    def __init__(self, response: httpx.Response, ends: float, clock: Callable[[], float]) -> None:
        encoding = response.headers.get("content-encoding", "")
        if not Unpacker.knows(encoding):
            raise UnusableAnswer("the answer is packed in a way that was not asked for")
        self._response = response
        self._unpacker = Unpacker(encoding)
        self._ends = ends
        self._clock = clock
        self._body = bytearray()

    def feed(self, piece: bytes) -> None:
        """Take the next bytes.

        Raises:
            UnusableAnswer: they are too many, too late or damaged.
        """
        if self._clock() > self._ends:
            raise UnusableAnswer("the answer did not come to its end in time")
        try:
            for part in self._unpacker.feed(piece):
                self._body += part
                if len(self._body) > _LARGEST:
                    raise UnusableAnswer(f"the answer has more than {_LARGEST:,} bytes")
        except DamagedBodyError:
            raise UnusableAnswer("the answer is damaged") from None

    def reply(self) -> Reply:
        """All of it.

        Raises:
            UnusableAnswer: it was cut short.
        """
        if not self._unpacker.complete:
            raise UnusableAnswer("the answer was cut short")
        headers = {name.lower(): value for name, value in self._response.headers.items()}
        return Reply(self._response.status_code, headers, bytes(self._body))


def no_reply(error: httpx.HTTPError | UnusableAnswer, send: Send) -> NoReply:
    """What an exception means: whether the service may have got the request, and why there is no answer."""
    if isinstance(error, UnusableAnswer):
        return NoReply(str(error), sent=True)
    host = host_of(send)
    details = _ERROR_NUMBER.sub("", " ".join(str(error).split())) or type(error).__name__
    if isinstance(error, _NOT_SENT):
        late = isinstance(error, httpx.TimeoutException)
        reason = f"none within {connect_timeout(send):g} s" if late else details
        hopeless = _HOPELESS.search(details) is not None
        advice = _RIGHT_ADDRESS if hopeless else _NETWORK
        return NoReply(f"no connection to {host} ({reason}); {advice}", sent=False, final=hopeless)
    if isinstance(error, httpx.TimeoutException):
        return NoReply(f"nothing came within {send.timeout:g} s from {host}", sent=True)
    return NoReply(f"{host} dropped the connection ({details})", sent=True)


def network(service: Service) -> httpx.BaseTransport:
    """The network for programs that wait: no proxy, no redirect, no variable of the environment."""
    check(service)
    return NetworkTransport(_KEEPALIVE)


def async_network(service: Service) -> httpx.AsyncBaseTransport:
    """The same for asynchronous programs."""
    check(service)
    limits = httpx.Limits(max_connections=100, keepalive_expiry=_KEEPALIVE)
    return httpx.AsyncHTTPTransport(verify=trusting_the_usual(), trust_env=False, limits=limits)


def check(service: Service) -> None:
    """Refuse what httpx would refuse with each request.

    Raises:
        UsageError: the base URL is none for httpx.
    """
    try:
        httpx.URL(service.base_url)
    except (httpx.InvalidURL, UnicodeError):
        url = shown(service.base_url)
        raise UsageError(f"The service's base URL {url} cannot be used: its host is malformed.") from None
