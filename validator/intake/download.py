"""URLs to bytes in a nameless temporary file, within limits of time and size."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING

import msgspec

from validator.errors import Cancelled
from validator.intake.address import HostGuard, is_ip
from validator.intake.expiry import UNREADABLE, expiry
from validator.intake.retry import Retries
from validator.intake.source import Source
from validator.intake.url import parse
from validator.intake.wire import Wire
from validator.model import URL_REFUSED, Asset, FileFacts, HostKind, Kind, LinkFacts

if TYPE_CHECKING:
    import httpx

_TICK = 0.05  # seconds between two looks at the clock and at the caller's wish to stop
_DEFAULT_CAPS = MappingProxyType({Kind.IMAGE: 33_000_000, Kind.VIDEO: 55_000_000, Kind.AUDIO: 16_500_000})


@dataclass(frozen=True)
class DownloadLimits:
    """How long and how much a download may be.

    Args:
        caps: most bytes by kind, the kind being told from the first bytes. A run takes the limits of
            its profile's size rules and adds 10 %, so that a file just above a limit is still
            measured exactly; the defaults are that for the Seedance 2.0 limits.
        unknown_cap: most bytes of what is no medium, such as a web page.
        connect_timeout: seconds to a connection, TLS included.
        read_timeout: seconds without a single byte.
        total_timeout: seconds for everything, redirects included.
        max_redirects: hops after the first address.
        second_timeout: seconds for the second request, for a part of what was downloaded.

    >>> DownloadLimits().largest
    55000000
    """

    caps: Mapping[Kind, int] = field(default_factory=lambda: _DEFAULT_CAPS)
    unknown_cap: int = 55_000_000
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    total_timeout: float = 120.0
    max_redirects: int = 5
    second_timeout: float = 15.0

    @property
    def largest(self) -> int:
        """Bytes that nothing may exceed, whatever it is."""
        return max(*self.caps.values(), self.unknown_cap)

    def cap(self, kind: Kind | None) -> int:
        """Most bytes of this kind."""
        return self.unknown_cap if kind is None else self.caps.get(kind, self.unknown_cap)


class Downloader:
    """Fetches URLs, from any number of threads at once. A context manager.

    Each download runs in a thread of its own while the caller watches clock and cancellation: so the
    overall limit holds against whatever a host, a resolver or a TLS handshake does, and a wish to
    stop is heard at once. The bytes go to a file without a name, so nothing is left behind.

    Args:
        limits: times in seconds, sizes in bytes.
        retries: how often to try again, and when.
        guard: which hosts may be reached; by default public ones on the usual ports.
        transport: replaces the network, and the guard's look at addresses with it. Closed with the
            downloader.
        clock: seconds, rising.
        now: the time of day, with a time zone; it says whether a signed URL has ended.
        sleep: replaces the waits between two tries, in seconds.
        cancelled: asked about twenty times a second during a download.
        asks_head: whether a HEAD request is made of an asset's URL, too, once its file is there.
    """

    def __init__(  # noqa: PLR0913 - the seams of a download
        self,
        limits: DownloadLimits | None = None,
        *,
        retries: Retries | None = None,
        guard: HostGuard | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], object] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        asks_head: Callable[[Asset], bool] = lambda _: False,
    ) -> None:
        self._limits = limits or DownloadLimits()
        self._retries = retries or Retries()
        self._guard = guard or HostGuard()
        self._transport = transport
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._cancelled = cancelled
        self._asks_head = asks_head
        self._lock = threading.Lock()

    def __enter__(self) -> Downloader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the transport."""
        with self._lock:
            if self._transport is not None:
                self._transport.close()

    def fetch(self, asset: Asset) -> Source:
        """Download one URL. Whatever goes wrong becomes a fact, or a reason why one is missing.

        Nothing is sent for a URL that is malformed or not http(s).

        Raises:
            Cancelled: `cancelled()` said so; the download is dropped.

        >>> Downloader().fetch(Asset("ftp://host/a.png", "ftp://host/a.png", is_url=True)).link.scheme
        'other'
        """
        address = parse(asset.location)
        if address.problem:
            length = len(asset.location.partition("#")[0])
            link = LinkFacts(scheme=address.scheme, scheme_detail=address.problem, url_length=length)
            return Source(None, FileFacts(), link, {"*": URL_REFUSED})
        if self._cancelled():
            raise Cancelled("the download was cancelled")
        expires = expiry(asset.location, self._now())
        facts = {"scheme": address.scheme, **expires}
        deadline = self._clock() + self._limits.total_timeout
        source = self._fetched(_Job(asset.location, facts, deadline, asks_head=self._asks_head(asset)))
        assert source.link is not None  # noqa: S101 - it came from a URL
        kind: HostKind = "address" if is_ip(address.host) else "name"
        length = _length_as_sent(asset.location)
        link = msgspec.structs.replace(source.link, url_length=length, host_kind=kind)
        why = {} if expires else {"expiry": UNREADABLE}
        return replace(source, link=link, unmeasured={**why, **source.unmeasured})

    def _fetched(self, job: _Job) -> Source:
        threading.Thread(target=job.run, args=(self._work,), daemon=True, name="download").start()
        try:
            while not job.done.wait(_TICK):
                if self._cancelled():
                    raise Cancelled("the download was cancelled")
                now = self._clock()
                job.allow(now + self._limits.second_timeout)
                if now >= job.deadline:
                    break
            return job.take() or self._late(job)
        finally:
            job.drop()

    def _work(self, job: _Job) -> Iterator[Source]:
        # Imported here, since it brings in httpx: whoever lints files alone never waits for that.
        from validator.intake.asking import Asker
        from validator.intake.exchange import Exchange, Timing
        from validator.intake.transport import NetworkTransport

        with self._lock:
            if self._transport is None:
                self._transport = NetworkTransport(self._guard)
            transport = self._transport
        timing = Timing(self._clock, job.deadline, self._retries, self._sleep)
        asker = Asker(transport, self._limits, job.wire, job.facts, self._guard)
        return Exchange(asker, timing, job.asks_head).fetch(job.url)

    def _late(self, job: _Job) -> Source:
        facts = dict(job.facts)
        reason = f"the download did not finish within {self._limits.total_timeout:g} s"
        unmeasured = {"transfer": reason, "*": "the file was not downloaded"}
        if "reach" not in facts:
            unmeasured["reach"] = reason
        return Source(None, FileFacts(), LinkFacts(**facts), unmeasured)  # type: ignore[arg-type]


def _length_as_sent(url: str) -> int:
    """The characters of a URL as they stand in a request: percent-encoded, and without a fragment."""
    import httpx  # here, since something was sent by it just now

    sent = url.partition("#")[0]
    try:
        return len(str(httpx.URL(sent)))
    except (httpx.InvalidURL, UnicodeError):  # nothing was sent, as the facts say
        return len(sent)


class _Job:
    """One download between the thread that does it and the one that waits for it."""

    def __init__(self, url: str, facts: dict[str, str], deadline: float, *, asks_head: bool = False) -> None:
        self.url = url
        self.asks_head = asks_head
        self.facts = facts
        self.deadline = deadline
        self.wire = Wire()
        self.done = threading.Event()
        self._lock = threading.Lock()
        self._dropped = False
        self._taken = False
        self._bounded = False
        self._source: Source | None = None
        self._error: BaseException | None = None

    def run(self, work: Callable[[_Job], Iterator[Source]]) -> None:
        """In the download's own thread. What `work` gives is worth more each time; the file is the same."""
        try:
            for source in work(self):
                if not self._put(source):
                    break
        except BaseException as error:  # noqa: BLE001 - raised again in the waiting thread, by take()
            self._error = error
        finally:
            self.wire.close()
            self.done.set()

    def _put(self, source: Source) -> bool:
        """Whether anybody still wants more."""
        with self._lock:
            if self._dropped:
                if not self._taken:
                    source.close()
                return False
            self._source = source
            return True

    def allow(self, until: float) -> None:
        """Once there is a file, what is still done for it has to end by then."""
        with self._lock:
            if self._source is not None and not self._bounded:
                self._bounded = True
                self.deadline = min(self.deadline, until)

    def take(self) -> Source | None:
        """The result so far, which belongs to the caller from now on; `None` where there is none yet."""
        with self._lock:
            source, self._source = self._source, None
            self._taken = source is not None
            self._dropped = True
        if self._error is not None:
            if source is not None:
                source.close()
            raise self._error
        return source

    def drop(self) -> None:
        """Nobody wants the result any more, if there still is one."""
        with self._lock:
            self._dropped = True
            if self._source is not None:
                self._source.close()
        if not self.done.is_set():
            self.wire.cut()
