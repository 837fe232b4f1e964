"""What is known of a URL beside its bytes: its length, its host's form, the announced length, HEAD."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import httpx
import pytest

from tests.intake.servers import Talk, answer, ranging, remembering, saying, saying_nothing, serving
from validator.config import insisting
from validator.downloads import new_downloader
from validator.intake.address import HostGuard
from validator.intake.answer import NotDownloaded, head_facts
from validator.intake.download import Downloader, DownloadLimits
from validator.intake.source import Source
from validator.model import Asset, LinkFacts
from validator.profile import Profile, default_profile, load_profile
from validator.settings import Config, Override

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
TYPED = "Content-Type: image/png"
LOOPBACK = HostGuard(allow_private=True)
QUICK = DownloadLimits(connect_timeout=0.5, read_timeout=0.3, total_timeout=10.0, second_timeout=3.0)


def asset(url: str) -> Asset:
    return Asset(url, url, is_url=True)


def heads(talk: Talk, otherwise: Talk) -> Talk:
    """Treat HEAD requests in one way, and all others in another."""

    def either(connection: socket.socket, head: str) -> None:
        (talk if head.startswith("HEAD ") else otherwise)(connection, head)

    return either


def without_body(*headers: str, status: str = "200 OK", length: int | None = len(PNG)) -> Talk:
    """The answer to a HEAD request."""
    announced = [] if length is None else [f"Content-Length: {length}"]
    return saying("\r\n".join([f"HTTP/1.1 {status}", *headers, *announced, "", ""]).encode("latin-1"))


class Visit:
    """One download; `asked` are the methods of the requests that came."""

    def __init__(self, talk: Talk, *, asks: bool = True, limits: DownloadLimits = QUICK) -> None:
        came: list[str] = []
        with (
            serving(remembering(came, talk)) as url,
            Downloader(limits, guard=LOOPBACK, asks_head=lambda _: asks) as downloader,
            downloader.fetch(asset(f"{url}/a.png")).settled() as source,
        ):
            self.source: Source = source
            self.bytes = source.file.read() if source.file else None
        self.asked = [head.partition(" ")[0] for head in came]
        assert source.link is not None
        self.link: LinkFacts = source.link


class TestHead:
    def test_an_answer_with_type_and_length_is_one(self) -> None:
        visit = Visit(heads(without_body(TYPED), ranging(PNG, TYPED)))
        assert visit.asked == ["GET", "GET", "HEAD"]
        assert (visit.link.head, visit.link.head_detail) == ("answered", None)
        assert visit.link.ranges == "honoured"
        assert visit.bytes == PNG

    def test_nobody_asks_where_nobody_wants_to_know(self) -> None:
        visit = Visit(ranging(PNG, TYPED), asks=False)
        assert visit.asked == ["GET", "GET"]
        assert visit.link.head is None
        assert "head" not in visit.source.unmeasured

    @pytest.mark.parametrize("status", ["405 Method Not Allowed", "403 Forbidden", "404 Not Found", "501 No"])
    def test_another_status_is_a_refusal(self, status: str) -> None:
        visit = Visit(heads(without_body(status=status), ranging(PNG)))
        assert visit.link.head == "refused"
        assert str(visit.link.head_detail)[:3] == status[:3]
        assert visit.link.reach == "reached", "what GET says stays"

    def test_headers_that_are_not_there_are_named(self) -> None:
        visit = Visit(heads(without_body(length=None), ranging(PNG)))
        assert (visit.link.head, visit.link.head_detail) == (
            "incomplete",
            "no Content-Type, no Content-Length",
        )

    def test_a_type_that_says_nothing_is_none(self) -> None:
        visit = Visit(heads(without_body("Content-Type: application/octet-stream"), ranging(PNG, TYPED)))
        assert (visit.link.head, visit.link.head_detail) == (
            "incomplete",
            "Content-Type application/octet-stream",
        )

    @pytest.mark.parametrize(
        ("header", "length", "words"),
        [
            (TYPED, 1, f"Content-Length 1, to GET {len(PNG):,}"),
            ("Content-Type: text/html", len(PNG), "Content-Type text/html, to GET image/png"),
            (
                "Content-Type: image/webp",
                0,
                f"Content-Type image/webp, to GET image/png; Content-Length 0, to GET {len(PNG):,}",
            ),
            ("Content-Type: IMAGE/PNG", len(PNG), None),
            (f"{TYPED}\r\nContent-Encoding: gzip", 100, None),
        ],
    )
    def test_headers_that_are_not_those_of_get_are_told(
        self, header: str, length: int, words: str | None
    ) -> None:
        visit = Visit(heads(without_body(header, length=length), ranging(PNG, TYPED)))
        assert (visit.link.head, visit.link.head_detail) == ("contradicts" if words else "answered", words)

    def test_a_redirect_of_head_alone_is_told(self) -> None:
        def talk(connection: socket.socket, head: str) -> None:
            if " /a.png " in head:
                moved = answer(b"", "Location: /b.png", status="302 Found")
                heads(lambda one, _: one.sendall(moved), ranging(PNG, TYPED))(connection, head)
            else:
                without_body(TYPED)(connection, head)

        visit = Visit(talk)
        assert visit.asked == ["GET", "GET", "HEAD", "HEAD"]
        assert (visit.link.head, visit.link.redirects) == ("redirected", "none")
        assert str(visit.link.head_detail).endswith("/b.png")

    def test_redirects_are_followed_as_before(self) -> None:
        def talk(connection: socket.socket, head: str) -> None:
            moved = answer(b"", "Location: /b.png", status="302 Found")
            if " /a.png " in head:
                connection.sendall(moved)
            else:
                heads(without_body(TYPED), ranging(PNG, TYPED))(connection, head)

        visit = Visit(talk)
        assert visit.asked == ["GET", "GET", "GET", "GET", "HEAD", "HEAD"]
        assert visit.link.head == "answered"

    @pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
    def test_a_busy_host_says_nothing(self, status: str) -> None:
        visit = Visit(heads(without_body(status=status), ranging(PNG)))
        assert visit.link.head is None
        assert visit.source.unmeasured["head"] == (
            f"the HEAD request failed: the host was too busy to answer ({status})"
        )

    def test_a_host_that_falls_silent_says_nothing_and_the_rest_stays(self) -> None:
        visit = Visit(heads(saying_nothing, ranging(PNG)))
        assert visit.link.head is None
        assert visit.source.unmeasured["head"].startswith("the HEAD request failed: the host sent nothing")
        assert (visit.link.ranges, visit.link.transfer, visit.bytes) == ("honoured", "complete", PNG)

    def test_it_ends_with_the_time_for_further_requests(self) -> None:
        limits = DownloadLimits(read_timeout=30.0, total_timeout=60.0, second_timeout=0.3)
        began = time.monotonic()
        visit = Visit(heads(saying_nothing, ranging(PNG)), limits=limits)
        assert time.monotonic() - began < 10
        assert visit.source.unmeasured["head"] == "the HEAD request took too long"
        assert visit.link.ranges == "honoured"

    def test_of_what_is_no_media_it_is_asked_too(self) -> None:
        page = b"<!doctype html><title>Log in</title>"
        visit = Visit(heads(without_body(TYPED, length=len(page)), ranging(page)))
        assert visit.asked == ["GET", "HEAD"]
        assert visit.link.head == "answered"

    def test_it_is_not_asked_where_there_is_no_file(self) -> None:
        visit = Visit(saying(answer(b"", status="404 Not Found")))
        assert visit.asked == ["GET"]
        assert visit.source.unmeasured["*"] == "the file was not downloaded"
        assert "head" not in visit.source.unmeasured

    def test_what_a_status_says(self) -> None:
        assert head_facts(httpx.Response(204, headers={"Content-Type": "image/png"})) == {
            "head": "incomplete",
            "head_detail": "no Content-Length",
        }
        assert head_facts(httpx.Response(500))["head"] == "refused"
        with pytest.raises(NotDownloaded):
            head_facts(httpx.Response(504))


class TestContentLength:
    def test_what_is_announced(self) -> None:
        assert Visit(ranging(PNG), asks=False).link.content_length == "announced"

    @pytest.mark.parametrize(
        "said",
        [
            answer(PNG, length=-1),
            answer(b"%x\r\n%b\r\n0\r\n\r\n" % (len(PNG), PNG), "Transfer-Encoding: chunked", length=-1),
        ],
        ids=["until the connection closes", "chunked"],
    )
    def test_what_is_not(self, said: bytes) -> None:
        visit = Visit(saying(said), asks=False)
        assert visit.link.content_length == "missing"
        assert visit.bytes == PNG

    def test_of_a_body_that_breaks_off_it_is_known(self) -> None:
        assert Visit(saying(answer(PNG, length=9999)), asks=False).link.content_length == "announced"


class TestAddress:
    @pytest.mark.parametrize(
        ("url", "kind"),
        [
            ("https://10.0.0.1/a.png", "address"),
            ("https://2130706433/a.png", "address"),
            ("https://[::1]:8443/a.png", "address"),
            ("https://localhost.invalid:6379/a.png", "name"),
        ],
    )
    def test_the_host_is_a_name_or_an_address(self, url: str, kind: str) -> None:
        with Downloader() as downloader, downloader.fetch(asset(url)) as source:
            assert source.link is not None
            assert (source.link.host_kind, source.link.url_length) == (kind, len(url))

    @pytest.mark.parametrize(
        ("more", "sent"),
        [
            ("a.png#" + "x" * 3000, "a.png"),
            ("\u00e9.png?q=\u96ea", "%C3%A9.png?q=%E9%9B%AA"),
            ("%20.png?a=%2F", "%20.png?a=%2F"),
        ],
    )
    def test_the_length_is_that_of_what_is_sent(self, more: str, sent: str) -> None:
        came: list[str] = []
        with (
            serving(remembering(came, ranging(PNG, TYPED))) as url,
            Downloader(QUICK, guard=LOOPBACK) as downloader,
            downloader.fetch(asset(f"{url}/{more}")) as source,
        ):
            assert source.link is not None
            assert source.link.url_length == len(f"{url}/{sent}")
        assert came[0].split(" ")[1] == f"/{sent}"

    def test_of_what_cannot_be_fetched_the_length_is_known(self) -> None:
        with Downloader() as downloader:
            link = downloader.fetch(asset("ftp://host/" + "a" * 100)).link
        assert link is not None
        assert (link.url_length, link.host_kind) == (111, None)


@pytest.fixture
def asking(tmp_path: Path) -> Profile:
    """A profile with a rule that wants to know."""
    path = tmp_path / "asking.toml"
    path.write_text("""
        [profile]
        name = "asking"
        title = "Asking"
        checked = 2026-11-23
        source = "us"
        [[rule]]
        code = "URL915"
        name = "url-head"
        applies = "url"
        fact = "head"
        levels = { refused = "error" }
        severity = "error"
        summary = "HEAD is answered."
        help = "Answer it."
    """)
    return load_profile(path)


def requests_of(config: Config, *profiles: Profile) -> list[str]:
    """The methods of the requests that a host sees."""
    came: list[str] = []
    config = insisting(config, Override(files=("never/",), ignore=("URL",)))
    with (
        serving(remembering(came, heads(without_body(TYPED), ranging(PNG, TYPED)))) as url,
        new_downloader(config, *profiles) as downloader,
    ):
        downloader.fetch(asset(f"{url}/a.png")).settled().close()
    return [head.partition(" ")[0] for head in came]


class TestCost:
    HERE = Config(allow_private_hosts=True)

    def test_the_default_profile_makes_two_requests(self) -> None:
        assert requests_of(self.HERE, default_profile()) == ["GET", "GET"]

    def test_one_rule_of_one_profile_is_reason_enough(self, asking: Profile) -> None:
        assert requests_of(self.HERE, asking) == ["GET", "GET", "HEAD"]
        assert requests_of(self.HERE, default_profile(), asking) == ["GET", "GET", "HEAD"]

    @pytest.mark.parametrize(
        "choice",
        [
            Config(ignore=("URL915",), allow_private_hosts=True),
            Config(select=("IMG",), allow_private_hosts=True),
            Config(severity={"URL915": "off"}, allow_private_hosts=True),
            Config(overrides=(Override(files=("*.png",), ignore=("URL9",)),), allow_private_hosts=True),
        ],
    )
    def test_a_rule_that_does_not_run_is_none(self, choice: Config, asking: Profile) -> None:
        assert requests_of(choice, default_profile(), asking) == ["GET", "GET"]

    def test_an_override_may_want_it_for_some_assets(self, asking: Profile) -> None:
        chosen = (Override(files=("*.png",), select=("URL",)),)
        config = Config(select=("IMG",), overrides=chosen, allow_private_hosts=True)
        assert requests_of(config, default_profile(), asking) == ["GET", "GET", "HEAD"]
