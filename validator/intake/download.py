"""URLs to bytes in a nameless temporary file, within limits of time and size."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any

from validator.errors import Cancelled, OutOfResources
from validator.intake.address import HostGuard, is_ip
from validator.intake.expiry import UNREADABLE, expiry
from validator.intake.handover import Handover, Peek
from validator.intake.lines import Lines
from validator.intake.retry import Retries
from validator.intake.source import Source
from validator.intake.url import parse
from validator.model import URL_REFUSED, Asset, FileFacts, HostKind, Kind, LinkFacts

if TYPE_CHECKING:
    import httpx

    from validator.intake.validators import Validators

_CONNECTIONS = 8
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
        second_timeout: seconds for further requests, such as one for a part of what was downloaded.

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
        lines: how many connections may be open at a time; by default eight for files, and as many again for
            further requests.
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
        lines: Lines | None = None,
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
        self._lines = lines or Lines(_CONNECTIONS)
        self._lock = threading.Lock()
        self._under_way: set[Handover] = set()

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
        """End what still goes on, and close the transport."""
        with self._lock:
            for handover in tuple(self._under_way):
                handover.drop()
            if self._transport is not None:
                self._transport.close()

    def fetch(self, asset: Asset, peek: Peek | None = None, known: Validators | None = None) -> Source:
        """Download one URL. Whatever goes wrong becomes a fact, or a reason why one is missing.

        Nothing is sent for a URL that is malformed or not http(s). Once the file is there, a second request
        for a part of it goes on beside whatever is done with it: `Source.settled` waits for that, closing the
        source ends it.

        `peek` is asked once, in this thread, when the first part of a large file has come, and the index of a
        clip that has it at its end; if it says no, that is all that is downloaded, and the source is
        `partial`. With `known`, the host is asked for the file only if it is another one by now; if not, the
        source is `not_modified`.

        Raises:
            Cancelled: `cancelled()` said so; the download is dropped.
            OutOfResources: the system starts no thread.

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
        kind: HostKind = "address" if is_ip(address.host) else "name"
        facts: dict[str, Any] = {
            "scheme": address.scheme,
            "url_length": _length_as_sent(asset.location),
            "host_kind": kind,
            **expires,
        }
        deadline = self._clock() + self._limits.total_timeout
        handover = Handover(self._clock, deadline, self._limits.second_timeout, self._cancelled)
        wish = Wish(asset.location, self._asks_head(asset), peek is not None, known)
        with self._lock:
            self._under_way.add(handover)
        why = {} if expires else {"expiry": UNREADABLE}
        work = partial(self._work, wish, facts, why)
        try:
            threading.Thread(target=handover.run, args=(work,), daemon=True, name="download").start()
        except RuntimeError as error:
            with self._lock:
                self._under_way.discard(handover)
            raise OutOfResources(f"no thread could be started: {error}") from error
        return handover.first(peek) or self._late(facts, why)

    def _work(
        self, wish: Wish, facts: dict[str, Any], why: Mapping[str, str], handover: Handover
    ) -> Iterator[Source]:
        # Imported here, since it brings in httpx: whoever lints files alone never waits for that.
        from validator.intake.asking import Asker
        from validator.intake.exchange import Exchange, Timing
        from validator.intake.transport import NetworkTransport

        try:
            with self._lock:
                if self._transport is None:
                    self._transport = NetworkTransport(self._guard)
                transport = self._transport
            timing = Timing(self._clock, self._retries, self._sleep)
            asker = Asker(transport, self._limits, handover.wire, facts, self._guard)
            for source in Exchange(asker, timing, wish, handover, self._lines).fetch():
                yield replace(source, unmeasured={**why, **source.unmeasured})
        finally:
            with self._lock:
                self._under_way.discard(handover)

    def _late(self, facts: dict[str, Any], why: Mapping[str, str]) -> Source:
        known = dict(facts)
        reason = f"the download did not finish within {self._limits.total_timeout:g} s"
        unmeasured = {**why, "transfer": reason, "*": "the file was not downloaded"}
        if "reach" not in known:
            unmeasured["reach"] = reason
        return Source(None, FileFacts(), LinkFacts(**known), unmeasured)


@dataclass(frozen=True)
class Wish:
    """What is asked of one download.

    Args:
        url: the address as given.
        asks_head: a HEAD request is made of it, too, once the file is there.
        peeks: somebody wants to see the first part of a large file before the rest is downloaded.
        known: what the host said of the file that it sent before.
    """

    url: str
    asks_head: bool = False
    peeks: bool = False
    known: Validators | None = None


def _length_as_sent(url: str) -> int:
    """The characters of a URL as they stand in a request: percent-encoded, and without a fragment."""
    import httpx  # here, since something is sent by it right away

    sent = url.partition("#")[0]
    try:
        return len(str(httpx.URL(sent)))
    except (httpx.InvalidURL, UnicodeError):  # nothing will be sent, as the facts say
        return len(sent)
