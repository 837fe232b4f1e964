"""A download: what each kind of host leads to, how long it may take, and that nothing is left behind."""

from __future__ import annotations

import gzip
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.intake.servers import Talk, answer, saying, saying_nothing, serving
from validator.errors import Cancelled
from validator.intake.address import HostGuard
from validator.intake.download import Downloader, DownloadLimits
from validator.intake.retry import Retries
from validator.intake.source import Source
from validator.model import Asset, Kind, LinkFacts

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 300
LOOPBACK = HostGuard(allow_private=True)
QUICK = DownloadLimits(connect_timeout=0.5, read_timeout=0.3, total_timeout=5.0)


def asset(url: str) -> Asset:
    return Asset(url, url, is_url=True)


def fetch(url: str, limits: DownloadLimits = QUICK) -> Source:
    with Downloader(limits, retries=Retries(0), guard=LOOPBACK) as downloader:
        return downloader.fetch(asset(url)).settled()


def link_of(url: str, limits: DownloadLimits = QUICK) -> LinkFacts:
    with fetch(url, limits) as source:
        assert source.link is not None
        return source.link


def talking_to(talk: Talk, limits: DownloadLimits = QUICK) -> tuple[Source, LinkFacts]:
    with serving(talk) as url:
        source = fetch(f"{url}/a.png?X-Signature=secret", limits)
    assert source.link is not None
    assert "secret" not in repr(source)
    return source, source.link


def open_handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture(autouse=True)
def _leaves_no_handle_open() -> Iterator[None]:
    """A temporary file without a name is gone exactly when its handle is."""
    before = open_handles()
    yield
    deadline = time.monotonic() + 2
    while open_handles() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert open_handles() <= before


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    with HTTPServer(threaded=True) as running:
        yield running


@pytest.fixture
def host(server: HTTPServer) -> HTTPServer:
    server.clear()
    return server


class TestAFile:
    def test_comes_with_all_its_bytes(self, host: HTTPServer) -> None:
        host.expect_request("/a.png").respond_with_data(PNG, content_type="image/png; charset=x")
        with fetch(host.url_for("/a.png")) as source:
            assert source.file is not None
            assert source.file.read() == PNG
            assert source.access.access == "readable"
            assert source.access.bytes == len(PNG)
            assert source.link is not None
            assert "loopback" in (source.link.host_detail or "")
            assert source.link == LinkFacts(
                scheme="http",
                url_length=len(host.url_for("/a.png")),
                host_kind="name",
                host="permitted",
                host_detail=source.link.host_detail,
                port="allowed",
                credentials="none",
                reach="reached",
                reach_detail="200 OK",
                redirects="none",
                content_type="image/png",
                content_length="announced",
                transfer="complete",
                fetch_seconds=source.link.fetch_seconds,
                ranges="ignored",
                ranges_detail="bytes=0-2055: 200 OK, the whole file",
                expiry="unsigned",
            )
            assert source.link.fetch_seconds is not None
            assert 0 <= source.link.fetch_seconds < 5
            assert source.unmeasured == {}

    def test_has_no_name_while_it_is_there(self, host: HTTPServer) -> None:
        host.expect_request("/a.png").respond_with_data(PNG)
        with fetch(host.url_for("/a.png")) as source:
            assert source.file is not None
            assert os.fstat(source.file.fileno()).st_nlink == 0

    def test_is_asked_for_plainly_and_without_cookies(self, host: HTTPServer) -> None:
        seen: list[Request] = []

        def remember(request: Request) -> Response:
            seen.append(request)
            return Response(PNG, headers={"Set-Cookie": "who=ada; Path=/"})

        host.expect_request("/a.png").respond_with_handler(remember)
        with Downloader(QUICK, guard=LOOPBACK) as downloader:
            for _ in range(2):
                downloader.fetch(asset(host.url_for("/a.png"))).close()
        for request in seen:
            assert request.headers["Accept-Encoding"] == "identity"
            assert request.headers["User-Agent"].startswith("seedance-validator/")
            assert "Cookie" not in request.headers

    def test_that_is_empty_is_a_file_of_no_bytes(self, host: HTTPServer) -> None:
        host.expect_request("/a.png").respond_with_data(b"")
        with fetch(host.url_for("/a.png")) as source:
            assert source.access.bytes == 0
            assert source.file is not None

    def test_without_content_type_and_length_is_complete_when_the_host_hangs_up(self) -> None:
        source, link = talking_to(saying(answer(PNG, length=-1)))
        with source:
            assert link.transfer == "complete"
            assert link.content_type is None
            assert source.access.bytes == len(PNG)

    def test_sent_in_chunks_is_put_together(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        source, link = talking_to(saying(head, b"3\r\nGIF\r\n", b"3\r\n89a\r\n", b"0\r\n\r\n"))
        with source:
            assert link.transfer == "complete"
            assert source.file is not None
            assert source.file.read() == b"GIF89a"

    def test_announced_by_early_hints_is_counted_right(self) -> None:
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </b>; rel=preload\r\n\r\n"
        source, link = talking_to(saying(hints + answer(PNG)))
        with source:
            assert link.transfer == "complete"

    def test_a_whole_batch_at_once_is_not_mixed_up(self, host: HTTPServer) -> None:
        for number in range(20):
            host.expect_request(f"/{number}").respond_with_data(PNG + b"%d" % number)
        with Downloader(QUICK, guard=LOOPBACK) as downloader, ThreadPoolExecutor(8) as pool:
            sources = list(pool.map(lambda n: downloader.fetch(asset(host.url_for(f"/{n}"))), range(20)))
        for number, source in enumerate(sources):
            with source:
                assert source.file is not None
                assert source.file.read() == PNG + b"%d" % number


class TestAnAddressThatCannotBeFetched:
    @pytest.mark.parametrize(
        ("url", "scheme", "problem"),
        [
            ("ftp://host/a.png", "other", "its scheme is ftp"),
            ("file:///etc/passwd", "other", "its scheme is file"),
            ("https:///a.png", "malformed", "it names no host"),
            ("https://host:99999/a.png", "malformed", "its port is not a number from 1 to 65535"),
            ("https://[::1/a.png", "malformed", "its host is malformed"),
            ("https://host/my photo.png", "malformed", "it holds a space, which is written %20"),
            (
                "https://a..b/x.png",
                "malformed",
                "its host has an empty part, or one of more than 63 characters",
            ),
            ("host/a.png", "malformed", "it does not begin with https://"),
        ],
    )
    def test_is_said_so_and_nothing_is_sent(self, url: str, scheme: str, problem: str) -> None:
        def never(request: httpx.Request) -> httpx.Response:
            raise AssertionError(request)

        with Downloader(QUICK, transport=httpx.MockTransport(never)) as downloader:
            source = downloader.fetch(asset(url))
        known = LinkFacts(scheme=scheme, scheme_detail=problem, url_length=len(url))  # type: ignore[arg-type]
        assert source.link == known
        assert source.file is None
        assert "*" in source.unmeasured

    def test_by_its_host_alone_is_found_out_before_anything_is_sent(self) -> None:
        link = link_of("https://\u0378.example/a.png")
        assert link.scheme == "malformed"
        assert link.scheme_detail == "its host is no valid international name (IDNA)"


class TestAHostThatDoesNotGiveTheFile:
    @pytest.mark.parametrize(
        ("status", "reach", "detail"),
        [
            (401, "refused", "401 Unauthorized"),
            (403, "refused", "403 Forbidden"),
            (404, "not-found", "404 Not Found"),
            (410, "not-found", "410 Gone"),
            (451, "refused", "451 Unavailable For Legal Reasons"),
            (999, "refused", "status 999"),
            (500, "server-error", "500 Internal Server Error"),
            (502, "server-error", "502 Bad Gateway"),
            (206, "server-error", "206 Partial Content"),
            (304, "server-error", "304 Not Modified"),
        ],
    )
    def test_is_known_by_its_status(self, status: int, reach: str, detail: str) -> None:
        source, link = talking_to(saying(answer(b"", status=f"{status} Whatever")))
        assert (link.reach, link.reach_detail) == (reach, detail)
        assert source.file is None
        assert source.access.access is None
        assert source.unmeasured["*"] == "the file was not downloaded"

    @pytest.mark.parametrize("status", [429, 503])
    def test_is_not_judged_when_it_is_only_busy(self, status: int) -> None:
        source, link = talking_to(saying(answer(b"", "Retry-After: 30", status=f"{status} Busy")))
        assert link.reach is None
        assert link.transfer is None
        assert f"{status} " in source.unmeasured["reach"]
        assert "Retry-After 30" in source.unmeasured["reach"]
        assert source.unmeasured["*"] == "the file was not downloaded"

    def test_is_unreachable_when_nothing_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        link = link_of(f"http://127.0.0.1:{port}/a.png")
        assert link.reach == "connection-failure"
        assert link.reach_detail == "Connection refused"

    def test_is_unreachable_when_its_name_does_not_exist(self) -> None:
        assert link_of("http://no-such-host.invalid/a.png").reach == "dns-failure"

    def test_is_unreachable_when_it_does_not_speak_tls(self, host: HTTPServer) -> None:
        link = link_of(host.url_for("/a.png").replace("http://", "https://"))
        assert link.scheme == "https"
        assert link.reach == "tls-failure"

    @pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Le"])
    def test_is_not_judged_when_it_hangs_up_before_its_answer_is_whole(self, beginning: bytes) -> None:
        source, link = talking_to(saying(beginning))
        assert link.reach is None
        assert source.unmeasured["reach"] == "the host closed the connection before an answer came"

    @pytest.mark.parametrize(
        ("head", "reason"),
        [
            (b"X-Long: " + b"x" * 400_000, "the headers of the host's answer have no end"),
            (b"X: y\r\n" * 60_000, "the headers of the host's answer have no end"),
            (b"X: y\r\n" * 501 + b"\r\n", "the host sent 501 header lines; at most 500 are read"),
        ],
    )
    def test_is_not_judged_when_its_headers_are_too_many(self, head: bytes, reason: str) -> None:
        source, link = talking_to(saying(b"HTTP/1.1 200 OK\r\n" + head))
        assert link.reach is None
        assert source.unmeasured["reach"] == reason

    def test_is_not_judged_when_it_only_ever_announces_an_answer(self) -> None:
        source, link = talking_to(saying(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20_000))
        assert link.reach is None
        assert source.unmeasured["reach"] == "the headers of the host's answer have no end"

    def test_is_in_error_when_it_does_not_speak_http(self) -> None:
        _, link = talking_to(saying(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"))
        assert (link.reach, link.reach_detail) == ("server-error", "what it sent is not HTTP")


class TestRedirects:
    def test_are_followed_and_shown_without_secrets(self, host: HTTPServer) -> None:
        redirect(host, "/a", "b?token=hush#frag")
        redirect(host, "/b", host.url_for("/c"), 307)
        host.expect_request("/c").respond_with_data(PNG)
        with fetch(host.url_for("/a")) as source:
            assert source.link is not None
            assert source.link.redirects == "followed"
            hops = [host.url_for("/a"), host.url_for("/b?…"), host.url_for("/c")]
            assert source.link.redirects_detail == " → ".join(hops)
            assert source.url_after_redirects == host.url_for("/c")
            assert source.access.bytes == len(PNG)

    def test_may_be_five_and_no_more(self, host: HTTPServer) -> None:
        for number in range(6):
            redirect(host, f"/{number}", f"/{number + 1}")
        host.expect_request("/6").respond_with_data(PNG)
        with fetch(host.url_for("/1")) as source:
            assert source.link is not None
            assert source.link.redirects == "followed"
        with fetch(host.url_for("/0")) as source:
            assert source.link is not None
            assert source.link.redirects == "too-many"
            assert source.file is None
            assert source.unmeasured["reach"] == "the redirects do not lead to a file"

    def test_in_a_circle_are_noticed(self, host: HTTPServer) -> None:
        redirect(host, "/a", "/b")
        redirect(host, "/b", "/a#again")
        link = link_of(host.url_for("/a"))
        assert link.redirects == "loop"
        assert link.reach is None

    def test_to_what_is_not_there_keep_both_facts(self, host: HTTPServer) -> None:
        redirect(host, "/a", "/b")
        host.expect_request("/b").respond_with_data(b"", status=404)
        link = link_of(host.url_for("/a"))
        assert (link.redirects, link.reach) == ("followed", "not-found")

    def test_from_https_down_to_http_are_refused(self) -> None:
        asked: list[str] = []

        def handle(request: httpx.Request) -> httpx.Response:
            asked.append(str(request.url))
            return httpx.Response(302, headers={"Location": "http://host/a.png"})

        with Downloader(QUICK, transport=httpx.MockTransport(handle)) as downloader:
            source = downloader.fetch(asset("https://host/a.png"))
        assert source.link is not None
        assert source.link.redirects == "downgrade"
        assert asked == ["https://host/a.png"]

    @pytest.mark.parametrize(
        "location",
        ["", "ftp://host/a", "http://", "http://[broken/", "javascript:alert(1)", "http://h:99999/"],
    )
    def test_to_nowhere_are_broken(self, location: str) -> None:
        _, link = talking_to(saying(answer(b"", f"Location: {location}", status="302 Found")))
        assert link.redirects == "broken"

    def test_to_a_host_that_cannot_be_are_broken_and_the_first_url_is_not_to_blame(self) -> None:
        _, link = talking_to(saying(answer(b"", "Location: https://xn--0.example/", status="302 Found")))
        assert (link.redirects, link.scheme) == ("broken", "http")

    def test_without_a_location_are_broken(self) -> None:
        _, link = talking_to(saying(answer(b"", status="301 Moved Permanently")))
        assert link.redirects == "broken"

    def test_with_spaces_in_the_location_are_followed_as_browsers_do(self, host: HTTPServer) -> None:
        redirect(host, "/a", "/my photo.png")
        host.expect_request("/my photo.png").respond_with_data(PNG)
        link = link_of(host.url_for("/a"))
        assert (link.redirects, link.reach) == ("followed", "reached")


def redirect(host: HTTPServer, path: str, location: str, status: int = 302) -> None:
    # A handler, since respond_with_data would make a relative Location absolute.
    def handle(_: Request) -> Response:
        response = Response(status=status, headers={"Location": location})
        response.autocorrect_location_header = False
        return response

    host.expect_request(path).respond_with_handler(handle)


class TestABodyThatIsNotWhatWasAnnounced:
    def test_is_short_when_the_connection_closes_early(self) -> None:
        source, link = talking_to(saying(answer(PNG, length=len(PNG) + 500)))
        assert link.reach == "reached"
        assert link.transfer == "short"
        assert link.transfer_detail == "2,556 bytes announced, 2,056 received"
        assert source.file is None

    def test_is_short_when_the_last_chunk_never_comes(self) -> None:
        _, link = talking_to(saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nGIF\r\n"))
        assert (link.transfer, link.transfer_detail) == ("short", "3 received")

    def test_is_short_when_the_connection_is_reset(self) -> None:
        def reset(connection: socket.socket, _: str) -> None:
            connection.sendall(answer(PNG, length=99_999))
            time.sleep(0.05)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

        _, link = talking_to(reset)
        assert link.transfer == "short"

    @pytest.mark.parametrize("pause", [0, 0.01])
    def test_is_long_when_it_goes_on_and_the_announced_part_is_kept(self, pause: float) -> None:
        def go_on(connection: socket.socket, _: str) -> None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(answer(PNG))
            time.sleep(pause)
            connection.sendall(b"more")

        source, link = talking_to(go_on)
        with source:
            assert link.transfer == "long"
            assert link.transfer_detail is not None
            begin = "2,056 bytes announced, at least 2,0"
            assert link.transfer_detail.startswith(begin)
            assert link.transfer_detail.removeprefix(begin)[:2] in {"57", "58", "59", "60"}
            assert source.access.bytes == len(PNG)

    def test_is_complete_when_the_host_ignores_that_it_was_to_close(self) -> None:
        def stay(connection: socket.socket, _: str) -> None:
            connection.sendall(answer(PNG))
            connection.recv(1)

        source, link = talking_to(stay)
        source.close()
        assert link.transfer == "complete"


class TestABodyThatIsTooLarge:
    LIMITS = DownloadLimits({Kind.IMAGE: 100_000, Kind.AUDIO: 70_000}, 200_000, 0.5, 0.3, 5.0)

    def test_is_refused_before_it_is_read_when_nothing_may_be_that_large(self) -> None:
        source, link = talking_to(saying(answer(b"", length=10**12)), self.LIMITS)
        assert link.transfer == "over-cap"
        assert link.transfer_detail == "1,000,000,000,000 bytes announced, at most 200,000 are read"
        assert source.file is None
        assert source.unmeasured["*"] == "the file was not downloaded"

    def test_is_refused_by_its_kind_as_soon_as_that_is_known(self) -> None:
        def slow_to_end(connection: socket.socket, _: str) -> None:
            connection.sendall(answer(MP3 + bytes(70_000), length=90_000))
            connection.recv(1)  # until the client hangs up: it must not wait for the rest

        _, link = talking_to(slow_to_end, self.LIMITS)
        assert link.transfer_detail == "90,000 bytes announced, at most 70,000 are read"

    def test_passes_up_to_its_kinds_last_byte(self) -> None:
        source, link = talking_to(saying(answer(MP3 + bytes(70_000 - len(MP3)))), self.LIMITS)
        with source:
            assert link.transfer == "complete"
        _, link = talking_to(saying(answer(MP3 + bytes(70_001 - len(MP3)))), self.LIMITS)
        assert link.transfer == "over-cap"

    def test_is_stopped_when_it_never_ends(self) -> None:
        def forever(connection: socket.socket, _: str) -> None:
            connection.sendall(answer(PNG, length=-1))
            while True:
                connection.sendall(bytes(10_000))

        source, link = talking_to(forever, self.LIMITS)
        assert link.transfer == "over-cap"
        assert link.transfer_detail == "no end after 100,000 bytes, at most 100,000 are read"
        assert source.file is None

    def test_is_stopped_when_it_only_unpacks_to_too_much(self) -> None:
        bomb = gzip.compress(bytes(50_000_000))
        assert len(bomb) < 100_000
        _, link = talking_to(saying(answer(bomb, "Content-Encoding: gzip")), self.LIMITS)
        assert link.transfer == "over-cap"


class TestABodyThatWasPackedUnasked:
    def test_is_unpacked(self) -> None:
        source, link = talking_to(saying(answer(gzip.compress(PNG), "Content-Encoding: gzip")))
        with source:
            assert source.file is not None
            assert source.file.read() == PNG
            assert (link.transfer, link.transfer_detail) == ("complete", "sent as gzip")

    def test_in_two_parts_is_unpacked_to_the_end(self) -> None:
        parts = gzip.compress(PNG[:1000]) + gzip.compress(PNG[1000:])
        source, _ = talking_to(saying(answer(parts, "Content-Encoding: gzip")))
        with source:
            assert source.file is not None
            assert source.file.read() == PNG

    def test_is_damaged_or_short_when_the_packed_data_ends_too_early(self) -> None:
        packed = gzip.compress(PNG)[:-20]
        _, link = talking_to(saying(answer(packed, "Content-Encoding: gzip")))
        assert (link.transfer, link.transfer_detail) == ("damaged", "sent as gzip, which ends too early")
        _, link = talking_to(saying(answer(packed, "Content-Encoding: gzip", length=-1)))
        assert (link.transfer, link.transfer_detail) == ("short", f"{len(packed):,} received")

    def test_is_empty_when_nothing_was_packed(self) -> None:
        source, link = talking_to(saying(answer(b"", "Content-Encoding: gzip")))
        with source:
            assert (link.transfer, source.access.bytes) == ("complete", 0)

    @pytest.mark.parametrize("body", [PNG, gzip.compress(PNG)[:40] + bytes(100)])
    def test_is_damaged_when_it_cannot_be_unpacked(self, body: bytes) -> None:
        source, link = talking_to(saying(answer(body, "Content-Encoding: gzip")))
        assert link.reach == "reached"
        assert (link.transfer, link.transfer_detail) == ("damaged", "sent as gzip")
        assert source.file is None

    @pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br"])
    def test_in_a_way_that_is_not_known_is_no_file(self, encoding: str) -> None:
        source, link = talking_to(saying(answer(PNG, f"Content-Encoding: {encoding}")))
        assert (link.transfer, link.transfer_detail) == ("packed", f"Content-Encoding {encoding}")
        assert source.file is None


class TestTime:
    def test_without_a_byte_ends_the_download_unjudged(self) -> None:
        source, link = talking_to(saying_nothing)
        assert link.reach is None
        assert source.unmeasured["reach"] == "the host sent nothing for 0.3 s"
        assert source.unmeasured["*"] == "the file was not downloaded"

    def test_without_a_byte_in_the_middle_keeps_what_was_found_out(self) -> None:
        def stall(connection: socket.socket, _: str) -> None:
            connection.sendall(answer(PNG, "Content-Type: image/png", length=10_000))
            connection.recv(1)

        source, link = talking_to(stall)
        assert (link.reach, link.content_type, link.transfer) == ("reached", "image/png", None)
        assert source.unmeasured["transfer"] == "the host sent nothing for 0.3 s in the middle of the file"
        assert source.file is None

    @pytest.mark.parametrize("prefix", [b"HTTP/1.1 200 OK\r\nX-Long: ", answer(PNG, length=99_999)])
    def test_overall_is_kept_against_a_host_that_trickles(self, prefix: bytes) -> None:
        def trickle(connection: socket.socket, _: str) -> None:
            connection.sendall(prefix)
            while True:
                connection.sendall(b"x")
                time.sleep(0.05)

        started = time.monotonic()
        limits = DownloadLimits(read_timeout=5, total_timeout=0.4)
        source, link = talking_to(trickle, limits)
        assert time.monotonic() - started < 2
        assert link.transfer is None
        assert source.unmeasured["transfer"] == "the download did not finish within 0.4 s"
        assert source.unmeasured["*"] == "the file was not downloaded"
        assert source.file is None

    def test_overall_is_kept_against_a_tls_handshake_that_never_ends(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        with listener:
            url = f"https://127.0.0.1:{listener.getsockname()[1]}/a.png"
            started = time.monotonic()
            source = fetch(url, DownloadLimits(connect_timeout=5, total_timeout=0.3))
            assert time.monotonic() - started < 2
        assert source.unmeasured["reach"] == "the download did not finish within 0.3 s"

    def test_is_taken_from_the_clock_that_was_given(self) -> None:
        ticks = iter(range(0, 10_000, 100))
        limits = DownloadLimits(total_timeout=150)
        with (
            serving(saying_nothing) as url,
            Downloader(limits, guard=LOOPBACK, clock=lambda: next(ticks)) as downloader,
        ):
            source = downloader.fetch(asset(url))
        assert source.unmeasured["transfer"] == "the download did not finish within 150 s"


class TestCancelling:
    @pytest.mark.parametrize("prefix", [b"", answer(PNG, length=99_999)])
    def test_in_the_middle_ends_the_download_at_once(self, prefix: bytes) -> None:
        stop = threading.Event()

        def stall(connection: socket.socket, _: str) -> None:
            connection.sendall(prefix)
            stop.set()
            connection.recv(1)  # returns as soon as the client hangs up

        started = time.monotonic()
        with (
            serving(stall) as url,
            Downloader(DownloadLimits(), guard=LOOPBACK, cancelled=stop.is_set) as downloader,
            pytest.raises(Cancelled),
        ):
            downloader.fetch(asset(url))
        assert time.monotonic() - started < 2

    def test_before_the_start_sends_nothing(self) -> None:
        asked: list[str] = []

        def handle(request: httpx.Request) -> httpx.Response:
            asked.append(str(request.url))
            return httpx.Response(200, content=PNG)

        transport = httpx.MockTransport(handle)
        downloader = Downloader(QUICK, transport=transport, cancelled=lambda: True)
        with downloader, pytest.raises(Cancelled):
            downloader.fetch(asset("https://host/a.png"))
        assert asked == []


class TestAnotherTransport:
    def test_is_used_in_place_of_the_network(self) -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, content=PNG))
        with Downloader(QUICK, transport=transport) as downloader:
            source = downloader.fetch(asset("https://host.example/a.png"))
        with source:
            assert source.access.bytes == len(PNG)
            assert source.link is not None
            assert source.link.scheme == "https"

    def test_that_is_broken_is_heard_of(self) -> None:
        def fail(_: httpx.Request) -> httpx.Response:
            raise ZeroDivisionError

        downloader = Downloader(QUICK, transport=httpx.MockTransport(fail))
        with downloader, pytest.raises(ZeroDivisionError):
            downloader.fetch(asset("https://host.example/a.png"))
