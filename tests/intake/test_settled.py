"""Further requests beside the measuring: they hold nothing up, and end when nobody wants them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.intake.servers import Talk, answer, ranging, saying, second, serving
from validator.intake.address import HostGuard
from validator.intake.download import Downloader, DownloadLimits
from validator.intake.settled import settled
from validator.intake.source import Source
from validator.model import Asset, Facts, FileFacts, LinkFacts

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
PATIENT = DownloadLimits(read_timeout=30.0, total_timeout=60.0, second_timeout=30.0)
LATE = {"ranges": "the second request, for a part of the file, took too long"}


def asset(url: str) -> Asset:
    return Asset(url, url, is_url=True)


def downloads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "download"]


@pytest.fixture(autouse=True)
def _nothing_goes_on() -> Iterator[None]:
    yield
    for thread in downloads():
        thread.join(5)
        assert not thread.is_alive()


class Gate:
    """A host that answers a request for a part once it may."""

    def __init__(self, part: Talk) -> None:
        self.may = threading.Event()
        self.was_asked = threading.Event()
        self._part = part
        self.talk = second(self._wait, otherwise=ranging(PNG))

    def _wait(self, connection: socket.socket, head: str) -> None:
        self.was_asked.set()
        assert self.may.wait(20)
        self._part(connection, head)


def test_the_file_is_there_before_the_second_answer() -> None:
    host = Gate(ranging(PNG))
    with (
        serving(host.talk) as url,
        Downloader(PATIENT, guard=HostGuard(allow_private=True)) as downloader,
        downloader.fetch(asset(url)) as source,
    ):
        assert source.file is not None
        assert source.file.read() == PNG
        assert source.link is not None
        assert (source.link.transfer, source.link.ranges) == ("complete", None)
        assert source.unmeasured == LATE
        assert host.was_asked.wait(20)
        measured = Facts(
            file=FileFacts(bytes=3),
            link=LinkFacts(transfer="complete", page="media"),
            unmeasured={**LATE, "duration": "why"},
        )
        source.close_file()  # not needed any more
        host.may.set()
        facts = settled(measured, source)
    assert facts.link == LinkFacts(transfer="complete", page="media", ranges="honoured")
    assert facts.unmeasured == {"duration": "why"}


def test_a_change_that_the_second_answer_shows_is_added() -> None:
    host = Gate(ranging(PNG[:-1] + b"x"))
    host.may.set()
    with (
        serving(host.talk) as url,
        Downloader(PATIENT, guard=HostGuard(allow_private=True)) as downloader,
        downloader.fetch(asset(url)) as source,
    ):
        facts = settled(Facts(link=source.link, unmeasured=source.unmeasured), source)
    assert facts.link is not None
    assert (facts.link.transfer, facts.link.transfer_detail) == ("changed", "byte 2,055 differs")


@pytest.mark.parametrize("closes", [Source.close, lambda _: None], ids=["the source", "the downloader"])
def test_who_closes_it_ends_it(closes: object) -> None:
    waiting = threading.Event()

    def stall(connection: socket.socket, _: str) -> None:
        waiting.set()
        connection.recv(1)  # returns as soon as the client hangs up

    with serving(second(stall, otherwise=ranging(PNG))) as url:
        downloader = Downloader(PATIENT, guard=HostGuard(allow_private=True))
        with downloader:
            source = downloader.fetch(asset(url))
            assert waiting.wait(20)
            assert callable(closes)
            closes(source)
        for thread in downloads():
            thread.join(5)
            assert not thread.is_alive()
        assert source.settled().unmeasured == LATE, "what came first stays"
        source.close()


def test_settled_twice_is_the_same() -> None:
    with (
        serving(ranging(PNG)) as url,
        Downloader(PATIENT, guard=HostGuard(allow_private=True)) as downloader,
        downloader.fetch(asset(url)) as source,
    ):
        assert source.settled() == source.settled()
        assert source.settled().settled() == source.settled()


def test_where_nothing_goes_on_there_is_nothing_to_wait_for() -> None:
    with (
        serving(saying(answer(b"", status="404 Not Found"))) as url,
        Downloader(PATIENT, guard=HostGuard(allow_private=True)) as downloader,
    ):
        source = downloader.fetch(asset(url)).settled()
    assert source.file is None
    facts = Facts(link=source.link, unmeasured={"a": "b"})
    assert settled(facts, source) == facts
