"""Asking for a file only if it is another one by now: by what, of whom, and when the answer is believed."""

from __future__ import annotations

import socket

import pytest

from tests.hostile.network import header
from tests.intake.servers import Talk, answer, in_turn, ranging, remembering, saying, second, serving
from validator.intake.address import HostGuard
from validator.intake.download import Downloader, DownloadLimits
from validator.intake.retry import Retries
from validator.intake.source import Source
from validator.intake.validators import Validators, carried, place_of, validators_of
from validator.model import Asset, LinkFacts

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
QUICK = DownloadLimits(connect_timeout=0.5, read_timeout=0.3, total_timeout=5.0)
TAG = 'ETag: "abc"'
CHANGED = "Last-Modified: Sun, 22 Nov 2026 10:00:00 GMT"
SENT = "Date: Sun, 22 Nov 2026 10:01:00 GMT"
SENT_SOON = "Date: Sun, 22 Nov 2026 10:00:59 GMT"


def asset(url: str) -> Asset:
    return Asset(url, url, is_url=True)


class Host:
    """Answers a request with a condition in one way, and all others in another."""

    def __init__(self, to_a_condition: Talk, otherwise: Talk) -> None:
        self.heads: list[str] = []

        def either(connection: socket.socket, head: str) -> None:
            conditional = header(head, "If-None-Match") or header(head, "If-Modified-Since")
            (to_a_condition if conditional else otherwise)(connection, head)

        self.talk = remembering(self.heads, either)

    def visited(self, known: Validators | None = None) -> tuple[Source, Source]:
        """The first visit, and the second one with what was known then."""
        with (
            serving(self.talk) as url,
            Downloader(QUICK, retries=Retries(0), guard=HostGuard(allow_private=True)) as downloader,
        ):
            first = downloader.fetch(asset(f"{url}/a.png"), None, known).settled()
            then = downloader.fetch(asset(f"{url}/a.png"), None, first.validators).settled()
            first.close()
            then.close()
            return first, then


def not_modified(*headers: str) -> Talk:
    return saying("\r\n".join(["HTTP/1.1 304 Not Modified", *headers, "", ""]).encode())


class TestAFileThatIsTheSame:
    @pytest.mark.parametrize(
        ("said", "condition", "value"),
        [
            ((TAG, CHANGED, SENT), "If-None-Match", '"abc"'),
            ((CHANGED, SENT), "If-Modified-Since", CHANGED.partition(": ")[2]),
        ],
    )
    def test_is_not_sent_again(self, said: tuple[str, ...], condition: str, value: str) -> None:
        host = Host(not_modified(*said), otherwise=ranging(PNG, *said))
        first, then = host.visited()
        assert first.validators is not None
        assert not first.not_modified
        assert then.not_modified
        assert then.validators == first.validators
        assert then.file is None
        assert then.unmeasured == {}
        assert len(host.heads) == 3  # one with the file, one for a part of it, one for nothing
        assert header(host.heads[2], condition) == value

    def test_has_the_facts_of_its_way_and_of_the_answer_before(self) -> None:
        first, then = Host(not_modified(TAG), otherwise=ranging(PNG, TAG)).visited()
        assert first.link is not None
        assert then.link is not None
        assert (then.link.host, then.link.redirects, then.link.expiry) == ("permitted", "none", "unsigned")
        assert (then.link.transfer, then.link.ranges) == (None, None)
        assert carried(then.link, first.link) == first.link


class TestAFileThatIsAnother:
    def test_comes_whole(self) -> None:
        other = PNG + b"more"
        before, now = ranging(PNG, TAG), ranging(other, 'ETag: "def"')
        host = Host(now, otherwise=in_turn(before, before, now))
        _, then = host.visited()
        assert not then.not_modified
        assert then.access.bytes == len(other)
        assert then.validators is not None
        assert then.validators.etag == '"def"'

    @pytest.mark.parametrize("headers", [('ETag: "def"',), (TAG, "Content-Length: 7")])
    def test_is_asked_for_where_a_304_contradicts_itself(self, headers: tuple[str, ...]) -> None:
        host = Host(not_modified(*headers), otherwise=ranging(PNG, TAG))
        _, then = host.visited()
        assert not then.not_modified
        assert then.access.bytes == len(PNG)

    def test_is_not_asked_about_at_another_address(self) -> None:
        """An ETag of one host says nothing to another one, and is none of its business."""
        host = Host(not_modified(TAG), otherwise=ranging(PNG, TAG))
        known = Validators(place_of("https://a.example/a.png"), '"abc"', "", len(PNG))
        first, _ = host.visited(known)
        assert header(host.heads[0], "If-None-Match") is None
        assert not first.not_modified

    def test_of_a_304_that_nobody_asked_for_is_no_file(self) -> None:
        known = Validators(place_of("https://a.example/a.png"), '"abc"', "", len(PNG))
        first, _ = Host(not_modified(TAG), otherwise=not_modified(TAG)).visited(known)
        assert first.link is not None
        assert (first.link.reach, first.not_modified) == ("server-error", False)


class TestWhatIsTrusted:
    @pytest.mark.parametrize(
        "said",
        [
            pytest.param((), id="nothing"),
            pytest.param(('ETag: W/"abc"',), id="a weak ETag"),
            pytest.param(("ETag: abc",), id="no ETag"),
            pytest.param(('ETag: "' + "x" * 300 + '"',), id="a long one"),
            pytest.param((CHANGED,), id="without a Date"),
            pytest.param((CHANGED, SENT_SOON), id="changed just now"),
            pytest.param((CHANGED, "Date: soon"), id="no date"),
        ],
    )
    def test_is_nothing_that_may_stand_for_other_bytes(self, said: tuple[str, ...]) -> None:
        host = Host(not_modified(), otherwise=ranging(PNG, *said))
        first, then = host.visited()
        assert first.validators is None
        assert not then.not_modified
        assert len(host.heads) == 4

    def test_is_nothing_of_a_file_that_is_another_each_time(self) -> None:
        changing = second(ranging(PNG[:-1] + b"x", TAG), otherwise=ranging(PNG, TAG))
        first, _ = Host(not_modified(TAG), otherwise=changing).visited()
        assert first.link is not None
        assert (first.link.transfer, first.validators) == ("changed", None)

    def test_is_nothing_of_what_came_packed(self) -> None:
        import gzip

        packed = saying(answer(gzip.compress(PNG), "Content-Encoding: gzip", TAG))
        first, _ = Host(not_modified(TAG), otherwise=packed).visited()
        assert (first.access.bytes, first.validators) == (len(PNG), None)

    def test_tells_no_secret(self) -> None:
        url = "https://a.example/b.png?X-Amz-Signature=secret"
        found = validators_of({"etag": '"abc"'}, 10, url)
        assert found is not None
        assert "secret" not in repr(found)
        assert found.for_place(url) == {"If-None-Match": '"abc"'}
        assert found.for_place(url + "2") == {}


def test_what_is_carried_is_of_the_answer_alone() -> None:
    earlier = LinkFacts(redirects="followed", redirects_detail="a → b", transfer="complete", host="private")
    link = carried(LinkFacts(redirects="none", host="permitted"), earlier)
    assert link == LinkFacts(redirects="none", host="permitted", transfer="complete")
