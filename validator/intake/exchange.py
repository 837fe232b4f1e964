"""One URL's way: request, redirects, answer, body. Runs in the download's own thread."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO

import httpcore
import httpx

from validator._version import __version__
from validator.intake.address import Checked, HostGuard, checked_facts, unchecked_facts
from validator.intake.answer import (
    NOT_DOWNLOADED,
    NotDownloaded,
    announced_bytes,
    content_type,
    network_problem,
    status_name,
    status_problem,
)
from validator.intake.decoding import DamagedBodyError, Unpacker
from validator.intake.download import DownloadLimits
from validator.intake.redirects import follow
from validator.intake.source import Source
from validator.intake.transport import CountingStream, NetworkTransport
from validator.intake.url import parse
from validator.intake.wire import Wire
from validator.model import FileFacts, LinkFacts, Transfer
from validator.probe.sniff import HEAD_SIZE, sniff_bytes

_HEADERS = {
    "User-Agent": f"seedance-validator/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
_GRACE = 0.25  # seconds in which a host that was to close the connection may still send too much
_NO_ANSWER = (httpx.TransportError, UnicodeError)  # the latter from host names that IDNA cannot encode


@dataclass(frozen=True)
class Exchange:
    """Fetches one URL; `facts` fills up on the way and may be read from another thread."""

    transport: httpx.BaseTransport
    limits: DownloadLimits
    wire: Wire
    facts: dict[str, str]
    guard: HostGuard

    def fetch(self, url: str) -> Source:
        """The URL's bytes, or what kept them away."""
        try:
            response, last = follow(url, self._ask, self.facts, self.limits.max_redirects)
            with closing(response):
                problem = status_problem(response)
                if problem is not None:
                    raise problem
                return self._received(response, last)
        except NotDownloaded as end:
            link = LinkFacts(**{**self.facts, **end.facts})  # type: ignore[arg-type]
            return Source(None, FileFacts(), link, {"*": NOT_DOWNLOADED, **end.unmeasured})

    def _ask(self, url: str) -> httpx.Response:
        """One request and the head of its answer. Each is made anew: nothing goes from one to the next."""
        address = parse(url)
        if isinstance(self.transport, NetworkTransport):
            self.transport.guard.check(address)
        else:
            self.guard.check(address)
            self.facts.update(unchecked_facts(address))
        self.facts["port"] = "allowed"
        try:
            request = httpx.Request("GET", address.sendable, headers=_HEADERS, extensions=self._extensions())
        except (httpx.InvalidURL, UnicodeError) as error:
            raise self._unusable(str(error).partition(":")[0].lower()) from error
        try:
            return self.transport.handle_request(request)
        except _NO_ANSWER as error:
            raise network_problem(error, self._timeouts()) from error

    def _unusable(self, reason: str) -> NotDownloaded:
        """What `parse` lets pass and httpx does not, such as a host that IDNA cannot encode."""
        trail = self.facts.get("redirects_detail")
        if trail is not None:
            return NotDownloaded({"redirects": "broken", "redirects_detail": f"{trail}: {reason}"})
        return NotDownloaded({"scheme": "malformed", "scheme_detail": reason})

    def _timeouts(self) -> dict[str, float]:
        read, connect = self.limits.read_timeout, self.limits.connect_timeout
        return {"connect": connect, "read": read, "write": read}

    def _extensions(self) -> dict[str, object]:
        return {"timeout": self._timeouts(), "trace": self._trace}

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        self.wire.trace(event, info)
        if event == "connection.connect_tcp.complete":
            checked = info["return_value"].get_extra_info("checked")
            if isinstance(checked, Checked):
                self.facts.update(checked_facts(checked, self.facts))

    def _received(self, response: httpx.Response, url: str) -> Source:
        self.facts["reach"] = "reached"
        self.facts["reach_detail"] = status_name(response.status_code)
        declared = content_type(response.headers)
        if declared is not None:
            self.facts["content_type"] = declared
        file = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller, closed here on errors
        try:
            body = _Body(response, self.limits, self.wire, file)
            self.facts.update(body.receive(self._timeouts()))
            size = file.tell()
            file.seek(0)
        except OSError as error:
            file.close()
            reason = f"the download could not be stored ({error.strerror})"
            raise NotDownloaded({}, {"transfer": reason}) from error
        except BaseException:  # whatever it was goes on its way; the file must not stay open
            file.close()
            raise
        access = FileFacts(access="readable", bytes=size)
        link = LinkFacts(**self.facts)  # type: ignore[arg-type]
        return Source(file, access, link, url_after_redirects=url)


class _Body:
    """The body of an answer on its way into a file."""

    def __init__(self, response: httpx.Response, limits: DownloadLimits, wire: Wire, file: BinaryIO) -> None:
        self._response = response
        self._limits = limits
        self._wire = wire
        self._file = file
        self._announced = announced_bytes(response.headers)
        self._encoding = response.headers.get("content-encoding", "").strip().lower()
        self._raw = 0
        self._unpacked = 0
        self._head = b""
        self._cap = 0

    def receive(self, timeouts: dict[str, float]) -> dict[str, str]:
        """Write the whole body into the file; returns the facts of its transfer.

        Raises:
            NotDownloaded: it is too large, broke off, or took too long.
        """
        if not Unpacker.knows(self._encoding):
            reason = f"the host packed the file (Content-Encoding {self._encoding[:40]}) though asked not to"
            raise NotDownloaded({}, {"transfer": reason})
        self._check(self._limits.largest)
        unpacker = Unpacker(self._encoding)
        try:
            for chunk in self._chunks():
                self._raw += len(chunk)
                for piece in unpacker.feed(chunk):
                    self._keep(piece)
        except httpx.TimeoutException as error:
            raise NotDownloaded(
                {},
                {"transfer": f"the host sent nothing for {timeouts['read']:g} s in the middle of the file"},
            ) from error
        except httpx.TransportError as error:
            raise self._ended("short") from error
        except DamagedBodyError as error:
            reason = f"the host packed the file ({self._encoding}), and it cannot be unpacked"
            raise NotDownloaded({}, {"transfer": reason}) from error
        self._look()
        if not unpacker.complete or (self._announced is not None and self._raw < self._announced):
            raise self._ended("short")
        return self._whole()

    def _chunks(self) -> Iterable[bytes]:
        stream = self._response.stream
        assert isinstance(stream, httpx.SyncByteStream)  # noqa: S101 - from a synchronous transport
        for chunk in stream:
            if self._wire.is_cut:
                # Nobody waits any more; what is raised here is seen by nobody either.
                raise NotDownloaded({}, {"transfer": "the download was given up"})
            yield chunk

    def _keep(self, piece: bytes) -> None:
        self._unpacked += len(piece)
        self._file.write(piece)
        if not self._cap:
            self._head += piece
            if len(self._head) >= HEAD_SIZE:
                self._look()
        self._check(self._cap or self._limits.largest)

    def _look(self) -> None:
        """Now that the first bytes are there, hold the file to the limit of its kind."""
        if not self._cap:
            self._cap = self._limits.cap(sniff_bytes(self._head).kind)
            self._head = b""
        self._check(self._cap)

    def _check(self, cap: int) -> None:
        if self._announced is not None and self._announced > cap:
            raise NotDownloaded(_transfer("over-cap", f"{self._announced:,} bytes announced, {_read(cap)}"))
        if max(self._raw, self._unpacked) > cap:
            raise NotDownloaded(_transfer("over-cap", f"no end after {cap:,} bytes, {_read(cap)}"))

    def _ended(self, transfer: Transfer) -> NotDownloaded:
        announced = "" if self._announced is None else f"{self._announced:,} bytes announced, "
        return NotDownloaded(_transfer(transfer, f"{announced}{self._raw:,} received"))

    def _whole(self) -> dict[str, str]:
        on_the_wire = self._on_the_wire()
        if self._announced is not None and on_the_wire > self._announced:
            return _transfer(
                "long", f"{self._announced:,} bytes announced, at least {on_the_wire:,} received"
            )
        if self._unpacked != self._raw:
            return _transfer("complete", f"sent as {self._encoding}")
        return {"transfer": "complete"}

    def _on_the_wire(self) -> int:
        """Bytes that came behind the header block, beyond the announced end too."""
        stream = self._response.extensions.get("network_stream")
        if not isinstance(stream, CountingStream) or self._announced is None:
            return self._raw
        if stream.body_bytes == self._announced:
            try:
                stream.read(1, timeout=_GRACE)
            except (httpcore.ReadTimeout, httpcore.ReadError):
                return self._raw
        return stream.body_bytes


def _transfer(transfer: Transfer, detail: str) -> dict[str, str]:
    return {"transfer": transfer, "transfer_detail": detail}


def _read(cap: int) -> str:
    return f"at most {cap:,} are read"
