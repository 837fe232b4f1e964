"""How little of a file is downloaded that fails by its length, its first bytes, or the index at its end."""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

import httpx
import pytest
import trustme

from fixtures.catalogue import MEDIA
from tests.hostile.network import certified, lenient, names
from tests.intake.servers import (
    Talk,
    answer,
    asked_range,
    ranging,
    saying,
    saying_nothing,
    second,
    serving,
)
from validator import Config, lint
from validator.errors import Cancelled
from validator.findings import Severity
from validator.gate import DECIDED_BY_HEADERS
from validator.intake.address import HostGuard
from validator.intake.download import Downloader, DownloadLimits
from validator.intake.first_part import index_start, is_telling, kind_at_once
from validator.intake.handover import Peek
from validator.intake.retry import Retries
from validator.intake.source import Source
from validator.model import SPARED_BYTES, Asset, Depth, FileFacts, Kind, LinkFacts
from validator.probe import probe
from validator.probe.sniff import sniff_bytes

LOOPBACK = HostGuard(allow_private=True)
QUICK = DownloadLimits(connect_timeout=0.5, read_timeout=0.3, total_timeout=10.0)
SMALL_CAPS = DownloadLimits(
    caps={Kind.IMAGE: 500_000, Kind.VIDEO: 8_000_000, Kind.AUDIO: 500_000}, unknown_cap=8_000_000
)
MOST = 65_536  # bytes that a file may cost that is not wanted

PNG = (MEDIA / "image.png").read_bytes()
PICTURE = PNG + bytes(range(256)) * 4_000  # 1 MB: long enough that a look at it pays
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(PICTURE), PICTURE)
MP4 = (MEDIA / "video.mp4").read_bytes()
JPEG = (MEDIA / "image.jpg").read_bytes()

_TCP_INFO, _BYTES_ACKED = 11, 120  # <linux/tcp.h>: tcpi_bytes_acked, behind 8 bytes, 24 numbers, 2 rates


def asset(url: str) -> Asset:
    return Asset(url, url, is_url=True)


def boxed(kind: bytes, payload: bytes) -> bytes:
    return (len(payload) + 8).to_bytes(4, "big") + kind + payload


def top_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size


def clip(*, index_first: bool, media: int = 6_000_000, **more: bytes) -> bytes:
    """A clip of so many bytes of media, with the index before or behind it."""
    boxes = dict(top_boxes(MP4)) | {name.encode(): data for name, data in more.items()}
    index, samples = boxed(b"moov", boxes[b"moov"]), boxed(b"mdat", bytes(media))
    return boxed(b"ftyp", boxes[b"ftyp"]) + (index + samples if index_first else samples + index)


class Host:
    """A server that counts what its clients took, whether they read it or not."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.taken: list[int] = []

    def counting(self, talk: Talk) -> Talk:
        def counted(connection: socket.socket, head: str) -> None:
            self.heads.append(head)
            with suppress(OSError):  # a client that hangs up in the middle
                talk(connection, head)
                connection.shutdown(socket.SHUT_WR)
            while True:
                with suppress(OSError):
                    connection.settimeout(2)
                    if connection.recv(1):
                        continue
                break
            information = connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 256)
            self.taken.append(struct.unpack_from("Q", information, _BYTES_ACKED)[0])

        return counted


class Visit:
    """One download, with somebody who is asked whether more is wanted."""

    def __init__(
        self,
        talk: Talk,
        peek: Peek | bool | None,
        *,
        limits: DownloadLimits = QUICK,
        asks_head: bool = False,
    ) -> None:
        self.asked: list[tuple[int, bytes]] = []
        self.host = Host()
        self.threads: list[threading.Thread] = []

        def look(file: BinaryIO, size: int) -> bool:
            self.threads.append(threading.current_thread())
            file.seek(0)
            self.asked.append((size, file.read()))
            return bool(peek)

        with (
            serving(self.host.counting(talk)) as url,
            Downloader(
                limits, retries=Retries(0), guard=LOOPBACK, asks_head=lambda _: asks_head
            ) as downloader,
            downloader.fetch(
                asset(f"{url}/a.png"), None if peek is None else look if isinstance(peek, bool) else peek
            ) as first,
            first.settled() as source,
        ):
            self.first: Source = first
            self.source: Source = source
            self.bytes = source.file.read() if source.file else None
        assert source.link is not None
        self.link: LinkFacts = source.link

    @property
    def requests(self) -> list[tuple[int, int] | None]:
        return [asked_range(head) for head in self.host.heads]


def whole(body: bytes, *headers: str) -> Talk:
    return saying(answer(body, *headers))


needs_tcp_info = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a client took")


@needs_tcp_info
class TestWhatAFileCostsThatIsNotWanted:
    def test_by_its_length_alone(self) -> None:
        visit = Visit(saying(answer(b"", length=10**9), *[bytes(1 << 16)] * 400), None)
        assert visit.link.transfer == "over-cap"
        assert sum(visit.host.taken) <= MOST

    @pytest.mark.parametrize(
        ("start", "kind"), [(PICTURE, "image"), (MP4, "video"), (b"<html>", None)], ids=str
    )
    def test_by_its_length_with_its_kind(self, start: bytes, kind: str | None) -> None:
        visit = Visit(saying(answer(start, length=10**9), *[bytes(1 << 16)] * 400), None)
        assert (visit.source.access.bytes, visit.source.access.kind) == (10**9, kind)
        assert visit.link.transfer == "over-cap"
        assert sum(visit.host.taken) <= MOST

    def test_by_its_length_and_its_kind(self) -> None:
        visit = Visit(whole(PICTURE), None, limits=SMALL_CAPS)
        assert (visit.source.access.bytes, visit.source.access.kind) == (len(PICTURE), "image")
        assert visit.link.transfer_detail == f"{len(PICTURE):,} bytes announced, at most 500,000 are read"
        assert sum(visit.host.taken) <= MOST

    def test_by_its_first_part(self) -> None:
        visit = Visit(whole(PICTURE), False)
        assert visit.source.partial == SPARED_BYTES
        assert sum(visit.host.taken) <= MOST
        assert visit.requests == [None]

    @pytest.mark.parametrize("longer", [0, 32_000])
    def test_by_the_index_at_its_end(self, longer: int) -> None:
        index = dict(top_boxes(MP4))[b"moov"] + boxed(b"free", bytes(longer))
        body = clip(index_first=False, moov=index)
        visit = Visit(ranging(body), False)
        assert visit.source.partial == SPARED_BYTES
        assert sum(visit.host.taken) <= MOST
        start = body.index(b"moov") - 4
        assert visit.requests == [None, (start, len(body) - 1)] or visit.requests == [
            (start, len(body) - 1),
            None,
        ]

    def test_over_tls_too(self) -> None:
        ca, host = trustme.CA(), Host()
        talks = host.counting(saying(answer(PICTURE), *[bytes(1 << 16)] * 20))
        with (
            serving(talks, certified(ca, "a.example")) as url,
            Downloader(QUICK, transport=lenient(names(a="127.0.0.1"), ca)) as downloader,
            downloader.fetch(asset(url.replace("127.0.0.1", "a.example")), lambda *_: False) as source,
        ):
            assert source.partial
        assert 0 < sum(host.taken) <= MOST


class TestWhatIsTooLarge:
    def test_is_known_to_be_though_nothing_more_comes(self) -> None:
        def silent(connection: socket.socket, head: str) -> None:
            connection.sendall(answer(b"", length=10**9))
            saying_nothing(connection, head)

        visit = Visit(silent, None)
        assert visit.link.transfer == "over-cap"
        assert (visit.source.access.bytes, visit.source.access.kind) == (10**9, None)

    def test_is_judged_by_the_sizes_of_its_kind(self) -> None:
        with serving(saying(answer(MP4, length=60_000_000))) as url:
            (result,) = lint([f"{url}/a.mp4"], Config(allow_private_hosts=True, ignore=("URL002",))).assets
        assert {each.code for each in result.findings if each.severity is Severity.ERROR} == {
            "VID007",
            "URL010",
        }


class TestThePeek:
    def test_sees_the_first_part_and_zeros(self) -> None:
        visit = Visit(whole(PICTURE), False)
        ((size, seen),) = visit.asked
        came = len(seen.rstrip(b"\0"))
        assert size == len(seen) == len(PICTURE)
        assert 20_000 < came < 40_000
        assert seen == PICTURE[:came] + bytes(len(PICTURE) - came)

    def test_that_says_no_leaves_a_part(self) -> None:
        visit = Visit(whole(PICTURE, "Content-Type: image/png"), False)
        assert visit.source.access == FileFacts(access="readable", bytes=len(PICTURE))
        assert visit.bytes == visit.asked[0][1]
        assert visit.link.reach == "reached"
        assert visit.link.content_type == "image/png"
        assert (visit.link.transfer, visit.link.ranges, visit.link.fetch_seconds) == (None, None, None)
        assert visit.source.unmeasured == dict.fromkeys(("transfer", "ranges", "fetch_seconds"), SPARED_BYTES)

    def test_that_says_yes_costs_nothing_else(self) -> None:
        visit = Visit(ranging(PICTURE), True)
        assert len(visit.asked) == 1
        assert visit.bytes == PICTURE
        assert visit.requests == [None, (len(PICTURE) - MOST, len(PICTURE) - 1)]
        assert (visit.link.transfer, visit.link.ranges, visit.source.partial) == ("complete", "honoured", "")

    def test_is_made_in_the_thread_that_waits(self) -> None:
        assert Visit(whole(PICTURE), True).threads == [threading.current_thread()]

    def test_may_leave_the_file_anywhere(self) -> None:
        def wander(file: BinaryIO, _: int) -> bool:
            file.seek(7)
            return True

        assert Visit(ranging(PICTURE), wander).bytes == PICTURE

    @pytest.mark.parametrize("error", [Cancelled("stop"), ZeroDivisionError()])
    def test_that_fails_ends_the_download(self, error: Exception) -> None:
        def fail(_file: BinaryIO, _size: int) -> bool:
            raise error

        with pytest.raises(type(error)):
            Visit(whole(PICTURE), fail)

    def test_takes_none_of_the_time_that_the_host_has(self) -> None:
        now = [0.0]

        def slow(_file: BinaryIO, _size: int) -> bool:
            now[0] += 1_000.0
            return True

        with (
            serving(ranging(PICTURE)) as url,
            Downloader(QUICK, guard=LOOPBACK, clock=lambda: now[0]) as downloader,
            downloader.fetch(asset(url), slow) as source,
        ):
            assert source.link is not None
            assert source.link.transfer == "complete"

    def test_is_asked_for_head_as_well(self) -> None:
        visit = Visit(saying(answer(PICTURE, "Content-Type: image/png")), False, asks_head=True)
        assert visit.link.head == "answered"
        assert [head.split()[0] for head in visit.host.heads] == ["GET", "HEAD"]

    @pytest.mark.parametrize(
        "said",
        [
            pytest.param(answer(PICTURE[:200_000]), id="small"),
            pytest.param(answer(PICTURE, length=-1), id="no length"),
            pytest.param(answer((MEDIA / "audio.mp3").read_bytes() + bytes(400_000)), id="sound of packets"),
            pytest.param(answer(b"<html>" + bytes(400_000)), id="no media"),
            pytest.param(answer(CHUNKED, "Transfer-Encoding: chunked", length=-1), id="chunks"),
        ],
    )  # fmt: skip
    def test_is_not_made_where_the_first_part_tells_too_little(self, said: bytes) -> None:
        visit = Visit(saying(said), False)
        assert visit.asked == []
        assert visit.source.partial == ""
        assert visit.link.transfer == "complete"

    def test_is_not_made_of_what_came_packed(self) -> None:
        import gzip

        packed = gzip.compress(PNG + os.urandom(400_000))
        visit = Visit(saying(answer(packed, "Content-Encoding: gzip")), False)
        assert visit.asked == []
        assert visit.link.transfer_detail == "sent as gzip"

    def test_works_through_another_transport(self) -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=PICTURE))
        with (
            Downloader(QUICK, transport=transport) as downloader,
            downloader.fetch(asset("https://a.example/a.png"), lambda *_: False) as source,
        ):
            assert source.partial


class TestTheIndexAtTheEnd:
    BODY = clip(index_first=False)
    START = BODY.index(b"moov") - 4
    INDEX = (START, len(BODY) - 1)
    TAIL = (len(BODY) - MOST, len(BODY) - 1)

    def test_is_fetched_beside_the_download_that_waits(self) -> None:
        visit = Visit(ranging(self.BODY), True)
        ((size, seen),) = visit.asked
        assert size == len(seen) == len(self.BODY)
        assert seen[self.START :] == self.BODY[self.START :]
        assert visit.bytes == self.BODY
        assert sorted(visit.requests, key=str) == sorted([None, self.INDEX], key=str)
        assert visit.link.ranges == "honoured", "as well as a second look would say it"

    def test_that_has_changed_when_all_has_come_is_told(self) -> None:
        other = self.BODY[:-1] + b"x"
        visit = Visit(second(ranging(other), otherwise=ranging(self.BODY)), True)
        assert (visit.link.transfer, visit.link.ranges) == ("changed", "honoured")
        assert visit.link.transfer_detail == f"byte {len(self.BODY) - 1:,} differs"

    def test_of_a_host_that_ignores_range_is_asked_for_once(self) -> None:
        visit = Visit(whole(self.BODY), True)
        assert visit.link.ranges == "ignored"
        assert len(visit.requests) == 2, "the file, and a part of it"

    def test_where_a_redirect_leads_is_no_second_look(self) -> None:
        def talk(connection: socket.socket, head: str) -> None:
            to = answer(b"", "Location: /there.mp4", status="302 Found")
            (saying(to) if head.startswith("GET /a.png") else ranging(self.BODY))(connection, head)

        visit = Visit(talk, True)
        assert sorted(visit.requests, key=str) == sorted(
            [None, None, self.INDEX, self.TAIL, self.TAIL], key=str
        )

    @pytest.mark.parametrize(
        "to_the_part",
        [
            pytest.param(saying(answer(BODY)), id="Range is ignored"),
            pytest.param(saying(answer(b"", status="403 Forbidden")), id="refused"),
            pytest.param(saying(), id="hangs up"),
            pytest.param(saying_nothing, id="silent"),
            pytest.param(saying(answer(BODY[-9:], status="206 Partial Content")), id="no Content-Range"),
            pytest.param(ranging(BODY[:-1] + b"xx"), id="another file"),
            pytest.param(ranging(BODY, 'ETag: "2"'), id="another ETag"),
        ],
    )
    def test_that_cannot_be_had_costs_nothing_else(self, to_the_part: Talk) -> None:
        visit = Visit(second(to_the_part, otherwise=whole(self.BODY, 'ETag: "1"')), False)
        assert visit.asked == []
        assert visit.bytes == self.BODY
        assert visit.requests.count(None) == 1, "it is downloaded once"

    def test_is_not_asked_for_where_it_stands_first(self) -> None:
        visit = Visit(ranging(clip(index_first=True)), False)
        assert len(visit.asked) == 1
        assert visit.requests == [None]

    def test_is_not_asked_for_of_a_small_clip(self) -> None:
        visit = Visit(ranging(clip(index_first=False, media=1_000_000)), False)
        assert visit.asked == []
        assert len(visit.requests) == 2

    def test_is_not_asked_for_where_it_is_long(self) -> None:
        boxes = dict(top_boxes(MP4))
        body = clip(index_first=False, moov=boxes[b"moov"] + bytes(2_000_000))
        visit = Visit(ranging(body), False)
        assert visit.asked == []
        start = body.index(b"moov") - 4
        assert visit.requests[1:] == [(start, start + 15), (len(body) - MOST, len(body) - 1)]

    def test_is_looked_for_behind_what_is_no_index(self) -> None:
        body = clip(index_first=False)
        at = body.index(b"moov") - 4
        body = body[:at] + boxed(b"free", bytes(3_000_000)) + body[at:]
        visit = Visit(ranging(body), False)
        assert visit.source.partial
        assert [kind for kind, _ in top_boxes(visit.asked[0][1])] == [b"ftyp", b"mdat", b"free", b"moov"]
        behind = at + 3_000_008
        assert sorted(visit.requests[1:], key=str) == sorted(
            [(at, at + 15), (behind, len(body) - 1)], key=str
        ) or set(visit.requests) == {None, (at, at + 15), (behind, len(body) - 1)}
        assert sum(visit.host.taken) <= MOST

    def test_is_not_looked_for_for_long(self) -> None:
        body = clip(index_first=False)
        at = body.index(b"moov") - 4
        body = body[:at] + boxed(b"free", bytes(1_500_000)) * 9 + body[at:]
        visit = Visit(ranging(body), False)
        assert visit.asked == []
        assert visit.bytes == body
        assert len(visit.requests) == 5  # the file, three headers of boxes, and a part of the file


class TestWhatTellsALittleLater:
    def test_an_index_that_is_longer_than_usual(self) -> None:
        boxes = dict(top_boxes(MP4))
        body = clip(index_first=True, moov=boxes[b"moov"] + boxed(b"free", bytes(34_000)))
        visit = Visit(ranging(body), False)
        ((_, seen),) = visit.asked
        assert len(seen.rstrip(b"\0")) + 34_000 > 36_000
        assert seen[:36_000] == body[:36_000]
        assert sum(visit.host.taken) <= MOST

    def test_a_picture_behind_much_else(self) -> None:
        start, rest = JPEG[:2], JPEG[2:]
        segment = b"\xff\xec\xff\xff" + b"much else" * 7281 + b"...."  # 65,537 bytes
        body = start + segment * 3 + rest + bytes(4_000_000)
        visit = Visit(ranging(body), False)
        ((_, seen),) = visit.asked
        assert seen[: 3 * 65_537 + 200] == body[: 3 * 65_537 + 200]
        assert visit.source.partial

    def test_what_never_tells_is_downloaded(self) -> None:
        segment = b"\xff\xec\xff\xff" + b"much else" * 7281 + b"...."
        body = JPEG[:2] + segment * 40
        visit = Visit(ranging(body), False)
        assert visit.asked == []
        assert visit.bytes == body


class TestWhatAPartTells:
    def test_of_clips_without_every_sample_in_the_index_nothing(self) -> None:
        movie = dict(top_boxes(MP4))[b"moov"]
        for extra in (boxed(b"mvex", b""), boxed(b"cmov", b""), boxed(b"mp4a", b"")):
            head = clip(index_first=True, media=10, moov=movie + extra)
            assert not is_telling("mp4", Kind.VIDEO, head)
        assert is_telling("mp4", Kind.VIDEO, clip(index_first=True, media=10))

    def test_where_an_index_begins(self) -> None:
        large = (1).to_bytes(4, "big") + b"mdat" + (1 << 33).to_bytes(8, "big")
        assert index_start(large + bytes(100), 1 << 34) == 1 << 33
        assert index_start(boxed(b"ftyp", b"isom") + boxed(b"moov", bytes(90))[:50], 5_000) is None
        assert index_start(boxed(b"ftyp", b"isom") + bytes(50), 5_000) is None
        assert index_start(PNG, 5_000_000) is None
        assert index_start(b"", 10) is None

    def test_a_kind_that_may_turn_out_to_be_another_is_none(self) -> None:
        assert kind_at_once(PNG) is Kind.IMAGE
        assert kind_at_once((MEDIA / "audio.wav").read_bytes()) is Kind.AUDIO
        assert kind_at_once(MP4) is None
        assert kind_at_once(b"<html>") is None

    @pytest.mark.parametrize("name", sorted(each.name for each in MEDIA.iterdir() if each.is_file()))
    def test_the_rest_of_a_file_does_not_change(self, name: str) -> None:
        """What is judged of a part is judged of the whole, for every fixture that tells anything."""
        data = (MEDIA / name).read_bytes()
        certain = DECIDED_BY_HEADERS["file"].union(*DECIDED_BY_HEADERS.values())
        for share in (1, 2, 4, 6, 7):
            head = data[: len(data) * share // 8]
            sniffed, start = sniff_bytes(head), index_start(head, len(data))
            rest = b"" if start is None else data[start:]
            if sniffed.kind is None or not is_telling(sniffed.format or "", sniffed.kind, head, rest):
                continue
            gap = len(data) - len(head) - len(rest)
            part, all_of_it = measured(head + bytes(gap) + rest, "a part"), measured(data, "")
            assert part.keys() <= {*all_of_it} | {"sha256"}
            for fact in certain & part.keys():
                assert part[fact] == all_of_it[fact], (fact, share)


def measured(data: bytes, partial: str) -> dict[str, object]:
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.write(data)
        source = Source(file, FileFacts(access="readable", bytes=len(data)), partial=partial)
        facts = probe(Asset("a", "a"), source, depth=Depth.HEADER)
    if partial:
        assert facts.stopped
        assert (facts.file.sha256, facts.file.integrity) == (None, None)
        assert facts.why_unmeasured("integrity") == partial
    return facts.values()
