"""No more connections than were asked for, and nobody asks twice where nothing is to be had."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor

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
from tests.intake.test_first_part import clip
from validator.errors import OutOfResources
from validator.intake.address import HostGuard
from validator.intake.download import Downloader, DownloadLimits
from validator.intake.lines import Lines
from validator.intake.retry import Retries
from validator.intake.source import Source
from validator.model import Asset

LOOPBACK = HostGuard(allow_private=True)
LIMITS = DownloadLimits(read_timeout=5.0, total_timeout=30.0)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
CLIP = clip(index_first=False)


def asset(url: str) -> Asset:
    return Asset(url, url, is_url=True)


class Counter:
    """A host that counts the connections that are open at a time, by what they are for."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._lock = threading.Lock()
        self.open = {True: 0, False: 0}
        self.most = {True: 0, False: 0}

    def talk(self, connection: socket.socket, head: str) -> None:
        is_part = asked_range(head) is not None
        with self._lock:
            self.open[is_part] += 1
            self.most[is_part] = max(self.most[is_part], self.open[is_part])
        if is_part:
            threading.Event().wait(0.05)  # so that they would pile up
        with self._lock:
            self.open[is_part] -= 1
        self._talk(connection, head)


def test_further_requests_are_no_more_at_a_time_than_files() -> None:
    host = Counter(ranging(PNG))
    with (
        serving(host.talk) as url,
        Downloader(LIMITS, guard=LOOPBACK, lines=Lines(2)) as downloader,
        ThreadPoolExecutor(4) as pool,
    ):
        sources = [*pool.map(downloader.fetch, [asset(f"{url}/{number}.png") for number in range(8)])]
        ranges = [source.settled().link for source in sources]
        for source in sources:
            source.close()
    assert [link.ranges for link in ranges if link is not None] == ["honoured"] * 8
    assert max(host.most.values()) <= 2


def test_waiting_for_a_connection_takes_none_of_the_time_that_the_host_has() -> None:
    now, go = [0.0], threading.Event()

    def slow(connection: socket.socket, head: str) -> None:
        assert go.wait(20)
        now[0] += 10.0
        ranging(PNG)(connection, head)

    with (
        serving(second(slow, otherwise=ranging(PNG))) as url,
        Downloader(LIMITS, guard=LOOPBACK, lines=Lines(1), clock=lambda: now[0]) as downloader,
    ):
        sources = [downloader.fetch(asset(f"{url}/{number}.png")) for number in range(5)]
        threading.Event().wait(0.5)  # all of them wait for the one connection
        go.set()
        links = [source.settled().link for source in sources]
        for source in sources:
            source.close()
    assert [link.ranges for link in links if link is not None] == ["honoured"] * 5


@pytest.mark.parametrize("part", [saying_nothing, saying(answer(b"", status="403 Forbidden"))])
def test_a_host_that_gave_no_part_is_not_asked_for_another(part: Talk) -> None:
    limits = DownloadLimits(read_timeout=0.3, total_timeout=30.0)
    heads: list[str] = []
    talk = remembering(heads, second(part, otherwise=ranging(CLIP)))
    with serving(talk) as url, Downloader(limits, guard=LOOPBACK) as downloader:
        for number in range(2):
            with downloader.fetch(asset(f"{url}/{number}.mp4"), lambda *_: False) as source:
                assert not source.partial
                source.settled()
    index = (CLIP.index(b"moov") - 4, len(CLIP) - 1)
    assert [asked_range(head) for head in heads].count(index) == 1


def test_what_broke_off_is_read_without_a_pause_at_the_second_try() -> None:
    asked: list[int] = []

    def peek(_file: object, size: int) -> bool:
        asked.append(size)
        return True

    heads: list[str] = []
    broken = saying(answer(CLIP[:4_000_000], length=len(CLIP)))
    once = in_turn(broken, ranging(CLIP))
    talk = remembering(heads, second(ranging(CLIP), otherwise=once))
    with (
        serving(talk) as url,
        Downloader(LIMITS, retries=Retries(1), guard=LOOPBACK, sleep=lambda _: None) as downloader,
        downloader.fetch(asset(f"{url}/a.mp4"), peek) as source,
        source.settled() as settled,
    ):
        assert settled.file is not None
        assert settled.file.read() == CLIP
    assert asked == [len(CLIP)], "once, at the first try"


def test_where_no_thread_starts_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with Downloader(LIMITS, guard=LOOPBACK) as downloader:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", start)
            with pytest.raises(OutOfResources, match="can't start new thread"):
                downloader.fetch(asset("https://a.example/a.png"))
        with serving(ranging(PNG)) as url, downloader.fetch(asset(url)) as source:
            assert isinstance(source, Source)
            assert source.file is not None


def test_a_host_that_hangs_holds_up_nobody_for_ever() -> None:
    host, stop = Counter(ranging(PNG)), threading.Event()

    def trickling(connection: socket.socket, head: str) -> None:
        if "/hangs" in head and asked_range(head) is not None:
            connection.sendall(b"HTTP/1.1 206 Partial Content\r\nContent-Length: 2056\r\n\r\n")
            stop.wait(20)
        else:
            host.talk(connection, head)

    lines = Lines(1, patience=0.1)
    with serving(trickling) as url, Downloader(LIMITS, guard=LOOPBACK, lines=lines) as downloader:
        first = downloader.fetch(asset(f"{url}/hangs.png"))
        other = downloader.fetch(asset(f"{url}/other.png"))
        link = other.settled().link
        stop.set()
        first.close()
        other.close()
    assert link is not None
    assert link.ranges == "honoured"
