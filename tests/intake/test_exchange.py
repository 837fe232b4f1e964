"""Tries and waits of one download, its second request, and how long all of that may take."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from functools import partial

import httpx
import pytest

from tests.intake.servers import (
    Talk,
    answer,
    asked_range,
    in_turn,
    ranging,
    remembering,
    saying,
    saying_nothing,
    second,
    serving,
)
from validator.errors import Cancelled
from validator.intake.address import HostGuard
from validator.intake.download import Downloader, DownloadLimits
from validator.intake.retry import Retries
from validator.intake.source import Source
from validator.model import Asset, LinkFacts

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
LOOPBACK = HostGuard(allow_private=True)
QUICK = DownloadLimits(connect_timeout=0.5, read_timeout=0.3, total_timeout=30.0)
BUSY = saying(answer(b"", status="503 Service Unavailable"))
GOOD = ranging(PNG)


def asset(url: str) -> Asset:
    return Asset(url, url, is_url=True)


class Visit:
    """One download with waits that are written down instead of waited for."""

    def __init__(self, talk: Talk, *, retries: int = 2, limits: DownloadLimits = QUICK) -> None:
        self.heads: list[str] = []
        self.waits: list[float] = []
        choice = Retries(retries, jitter=lambda: 1.0)
        with (
            serving(remembering(self.heads, talk)) as url,
            Downloader(limits, retries=choice, guard=LOOPBACK, sleep=self.waits.append) as downloader,
            downloader.fetch(asset(f"{url}/a.png")).settled() as source,
        ):
            self.source: Source = source
            self.bytes = source.file.read() if source.file else None
        assert source.link is not None
        self.link: LinkFacts = source.link


class TestAnotherTry:
    def test_follows_on_a_wait_that_doubles(self) -> None:
        visit = Visit(in_turn(BUSY, BUSY, GOOD))
        assert visit.bytes == PNG
        assert visit.waits == [0.5, 1.0]
        assert visit.link.reach == "reached"
        assert [asked_range(head) is None for head in visit.heads] == [True, True, True, False]

    def test_is_made_so_often_and_no_more(self) -> None:
        for retries in (0, 1, 3):
            visit = Visit(BUSY, retries=retries)
            assert len(visit.heads) == retries + 1
            assert len(visit.waits) == retries
            assert visit.link.reach is None
        assert visit.source.unmeasured["reach"] == (
            "the host was too busy to answer (503 Service Unavailable), asked 4 times"
        )

    @pytest.mark.parametrize(
        "trouble",
        [
            pytest.param(saying(answer(b"", status="429 Too Many Requests")), id="429"),
            pytest.param(saying(answer(b"", status="502 Bad Gateway")), id="502"),
            pytest.param(saying(answer(b"", status="504 Gateway Timeout")), id="504"),
            pytest.param(saying(), id="dropped"),
            pytest.param(saying(b"HTTP/1.1 2"), id="dropped in the status"),
            pytest.param(saying(answer(PNG, length=9999)), id="broken off"),
            pytest.param(
                saying(answer(b"", "Location: /b", status="302 Found"), b""), id="redirect to trouble"
            ),
        ],
    )
    def test_brings_the_file_and_forgets_what_was_before(self, trouble: Talk) -> None:
        visit = Visit(in_turn(trouble, in_turn(GOOD)))
        assert visit.bytes == PNG
        assert visit.link.transfer == "complete"
        assert visit.link.reach_detail == "200 OK"

    def test_after_redirects_starts_from_the_address_as_given(self) -> None:
        there = saying(answer(b"", "Location: /b.png", status="302 Found"))
        visit = Visit(in_turn(there, BUSY, GOOD))
        assert visit.bytes == PNG
        assert visit.link.redirects == "none"
        assert [head.split()[1] for head in visit.heads] == ["/a.png", "/b.png", "/a.png", "/a.png"]

    @pytest.mark.parametrize(
        "final",
        [
            pytest.param(saying(answer(b"", status="403 Forbidden")), id="403"),
            pytest.param(saying(answer(b"", status="404 Not Found")), id="404"),
            pytest.param(saying(answer(b"", status="500 Internal Server Error")), id="500"),
            pytest.param(saying(answer(b"", status="301 Moved Permanently")), id="redirect to nowhere"),
            pytest.param(saying(answer(b"", length=10**12)), id="too large"),
            pytest.param(saying(answer(PNG, "Content-Encoding: br")), id="packed"),
            pytest.param(saying(b"SSH-2.0\r\n\r\n"), id="not HTTP"),
            pytest.param(saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000), id="endless headers"),
            pytest.param(saying(answer(b"", "Retry-After: 11", status="503 Busy")), id="busy for long"),
            pytest.param(saying_nothing, id="silent"),
        ],
    )
    def test_is_not_made_where_it_leads_nowhere(self, final: Talk) -> None:
        visit = Visit(final)
        assert len(visit.heads) == 1
        assert visit.waits == []
        assert visit.bytes is None

    def test_of_a_body_that_broke_off_is_the_only_one(self) -> None:
        visit = Visit(saying(answer(PNG, length=9999)), retries=5)
        assert len(visit.heads) == 2
        assert visit.link.transfer_detail == "9,999 bytes announced, 2,056 received, asked 2 times"

    def test_waits_as_long_as_the_host_asks(self) -> None:
        busy = saying(answer(b"", "Retry-After: 7", status="429 Too Many Requests"))
        assert Visit(in_turn(busy, GOOD)).waits == [7]

    def test_is_not_made_when_the_deadline_comes_first(self) -> None:
        busy = saying(answer(b"", "Retry-After: 7", status="429 Too Many Requests"))
        visit = Visit(busy, limits=DownloadLimits(total_timeout=6))
        assert visit.waits == []
        assert len(visit.heads) == 1

    def test_comes_after_a_look_up_that_failed_for_now(self) -> None:
        answers: list[Callable[[], list[str]]] = [_temporary, _temporary, lambda: ["127.0.0.1"]]
        guard = HostGuard(allow_private=True, resolve=lambda _host, _port: answers[0]())
        waits: list[float] = []

        def wait(seconds: float) -> None:
            waits.append(seconds)
            answers.pop(0)

        with serving(GOOD) as url, Downloader(QUICK, guard=guard, sleep=wait) as downloader:
            source = downloader.fetch(asset(url.replace("127.0.0.1", "somewhere.example")))
        with source:
            assert len(waits) == 2
            assert source.file is not None

    def test_ends_with_a_wish_to_stop(self) -> None:
        stop = threading.Event()

        def busy_for_long(connection: socket.socket, _: str) -> None:
            connection.sendall(answer(b"", "Retry-After: 9", status="503 Busy"))
            stop.set()

        heads: list[str] = []
        started = time.monotonic()
        with (
            serving(remembering(heads, busy_for_long)) as url,
            Downloader(QUICK, guard=LOOPBACK, cancelled=stop.is_set) as downloader,
            pytest.raises(Cancelled),
        ):
            downloader.fetch(asset(url))
        assert time.monotonic() - started < 2
        _no_download_goes_on()
        assert len(heads) == 1


def _temporary() -> list[str]:
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def _same(moment: datetime) -> datetime:
    return moment


def _no_download_goes_on() -> None:
    for thread in threading.enumerate():
        if thread.name == "download":
            thread.join(2)
            assert not thread.is_alive()


class TestTheSecondRequest:
    def test_is_one_from_the_address_as_given_and_on_the_same_way(self) -> None:
        there = saying(answer(b"", "Location: /b.png", status="302 Found"))

        def talk(connection: socket.socket, head: str) -> None:
            (GOOD if "/b.png" in head else there)(connection, head)

        visit = Visit(talk)
        assert visit.link.ranges == "honoured"
        asked = [(head.split()[1], asked_range(head)) for head in visit.heads]
        assert asked == [("/a.png", None), ("/b.png", None), ("/a.png", (0, 2055)), ("/b.png", (0, 2055))]

    def test_is_not_made_where_there_is_nothing_to_compare(self) -> None:
        for body, why in ((b"", "the file is empty"), (b"<html></html>", "what came is no media")):
            visit = Visit(saying(answer(body)))
            assert len(visit.heads) == 1
            assert visit.source.unmeasured == {"ranges": why}
        visit = Visit(saying(answer(PNG), b"more"))
        assert (visit.link.transfer, len(visit.heads)) == ("long", 1)
        assert visit.source.unmeasured == {"ranges": "the file did not come whole"}

    def test_is_not_tried_again(self) -> None:
        visit = Visit(second(BUSY, otherwise=GOOD))
        assert visit.bytes == PNG
        assert len(visit.heads) == 2
        assert visit.waits == []

    @pytest.mark.parametrize("limits", ["second_timeout", "total_timeout"])
    def test_that_takes_too_long_costs_nothing_else(self, limits: str) -> None:
        def trickle(connection: socket.socket, _: str) -> None:
            connection.sendall(b"HTTP/1.1 206 Partial Content\r\nX-Long: ")
            while True:
                connection.sendall(b"x")
                time.sleep(0.05)

        started = time.monotonic()
        visit = Visit(second(trickle, otherwise=GOOD), limits=DownloadLimits(**{limits: 0.5}))  # type: ignore[arg-type]
        assert time.monotonic() - started < 2
        assert visit.bytes == PNG
        assert visit.link.transfer == "complete"
        assert visit.source.unmeasured == {
            "ranges": "the second request, for a part of the file, took too long"
        }
        _no_download_goes_on()

    def test_hears_a_wish_to_stop(self) -> None:
        stop = threading.Event()

        def stall(connection: socket.socket, _: str) -> None:
            stop.set()
            connection.recv(1)

        started = time.monotonic()
        with (
            serving(second(stall, otherwise=GOOD)) as url,
            Downloader(DownloadLimits(), guard=LOOPBACK, cancelled=stop.is_set) as downloader,
            downloader.fetch(asset(url)) as source,
        ):
            assert source.link is not None
            assert source.link.transfer == "complete", "the file is there already"
            with pytest.raises(Cancelled):
                source.settled()
        assert time.monotonic() - started < 2
        _no_download_goes_on()

    def test_to_an_address_that_is_refused_by_then_is_a_finding(self) -> None:
        names = iter([["1.1.1.1"], ["10.0.0.1"]])
        guard = HostGuard(resolve=lambda _host, _port: next(names))

        class Pretend(httpx.BaseTransport):
            """Looks every name up, as the network's transport does, and answers in its host's place."""

            def handle_request(self, request: httpx.Request) -> httpx.Response:
                guard.addresses(request.url.host, 443)
                return httpx.Response(200, content=PNG)

        with (
            Downloader(QUICK, transport=Pretend()) as downloader,
            downloader.fetch(asset("https://rebinding.example/a.png")) as source,
        ):
            assert source.link is not None
            assert source.link.host == "private"
            assert "10.0.0.1" in (source.link.host_detail or "")
            assert "nothing was sent" in source.unmeasured["ranges"]
            assert source.file is not None


class TestTime:
    def test_of_a_download_is_taken_from_the_clock_that_was_given(self) -> None:
        ticks = iter(Fraction(number, 8) for number in range(1000))
        lock = threading.Lock()

        def clock() -> float:
            with lock:
                return float(next(ticks))

        with (
            serving(ranging(PNG)) as url,
            Downloader(QUICK, guard=LOOPBACK, clock=clock) as downloader,
            downloader.fetch(asset(url)) as source,
        ):
            assert source.link is not None
            seconds = source.link.fetch_seconds
        assert seconds is not None
        assert seconds > 0
        assert seconds % Fraction(1, 8) == 0

    def test_of_a_download_holds_the_last_try_alone(self) -> None:
        def slow(connection: socket.socket, _: str) -> None:
            time.sleep(0.25)
            connection.close()

        seconds = Visit(in_turn(slow, GOOD)).link.fetch_seconds
        assert seconds is not None
        assert 0 <= seconds < Fraction(1, 4)
        assert seconds * 1000 == int(seconds * 1000)

    def test_of_day_decides_whether_a_signed_link_has_ended(self) -> None:
        url = "https://host.example/a.png?X-Amz-Date=20261122T230000Z&X-Amz-Expires=600&X-Amz-Signature=s"
        transport = httpx.MockTransport(lambda _: httpx.Response(403))
        for minute, state in ((5, "soon"), (10, "expired")):
            now = datetime(2026, 11, 22, 23, minute, tzinfo=UTC)
            with Downloader(QUICK, transport=transport, now=partial(_same, now)) as downloader:
                source = downloader.fetch(asset(url))
            assert source.link is not None
            assert (source.link.expiry, source.link.reach) == (state, "refused")

    def test_at_which_a_link_ends_is_not_judged_where_it_cannot_be_read(self) -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=PNG))
        with (
            Downloader(QUICK, transport=transport) as downloader,
            downloader.fetch(asset("https://host.example/a.png?sv=1&si=policy&sig=abc")) as source,
        ):
            assert source.link is not None
            assert source.link.expiry is None
            assert "does not say when it ends" in source.unmeasured["expiry"]
            assert source.file is not None


def test_nowhere_to_store_a_download_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nonexistent")
    with serving(GOOD) as address, Downloader(QUICK, guard=LOOPBACK) as downloader:
        source = downloader.fetch(asset(f"{address}/a.png"))
    assert source.file is None
    assert source.link is not None
    assert source.link.reach == "reached"
    assert source.unmeasured["transfer"] == "the download could not be stored (No such file or directory)"
