"""Row 80 and its like: what an address serves at the moment of forwarding."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from fixtures.catalogue import MEDIA
from tests.intake.servers import (
    Talk,
    answer,
    ranging,
    remembering,
    saying,
    saying_nothing,
    second,
    serving,
)
from validator import Config
from validator.errors import Cancelled, FileChanged, NotPublished
from validator.profile import default_profile
from validator.upload.same_bytes import same_bytes_check

BODY = (MEDIA / "image-301x400.png").read_bytes()
OTHER = (MEDIA / "image-400x1000.png").read_bytes()
SHA256 = hashlib.sha256(BODY).hexdigest()
PNG = "Content-Type: image/png"
HERE = Config(allow_private_hosts=True, retries=0)

Check = Callable[..., None]


def check(talk: Talk, config: Config = HERE, path: str = "/a.png?token=QZQ") -> None:
    with serving(talk) as server, same_bytes_check(config, default_profile()) as same_bytes:
        same_bytes(server + path, SHA256)


def redirecting(to: str) -> bytes:
    return answer(b"", f"Location: {to}", status="302 Found")


class TestTheSame:
    def test_the_same_bytes_pass(self) -> None:
        check(ranging(BODY, PNG))

    def test_a_host_without_ranges_passes(self) -> None:
        check(saying(answer(BODY, PNG)))

    def test_a_body_packed_on_the_way_is_unpacked(self) -> None:
        check(saying(answer(gzip.compress(BODY), PNG, "Content-Encoding: gzip")))

    def test_a_redirect_on_the_way_passes(self) -> None:
        with serving(ranging(BODY, PNG)) as there:
            check(saying(redirecting(f"{there}/b.png")))

    def test_each_check_fetches_anew(self) -> None:
        heads: list[str] = []
        with (
            serving(remembering(heads, saying(answer(BODY, PNG)))) as server,
            same_bytes_check(HERE, default_profile()) as same_bytes,
        ):
            same_bytes(f"{server}/a.png", SHA256)
            once = len(heads)
            same_bytes(f"{server}/a.png", SHA256)
        assert once
        assert len(heads) == 2 * once

    def test_several_threads_at_once(self) -> None:
        with (
            serving(ranging(BODY, PNG)) as server,
            same_bytes_check(HERE, default_profile()) as same_bytes,
            ThreadPoolExecutor(8) as pool,
        ):
            list(pool.map(lambda number: same_bytes(f"{server}/{number}.png", SHA256), range(24)))


class TestOtherBytes:
    def test_other_bytes_are_refused_with_both_hashes(self) -> None:
        with pytest.raises(FileChanged) as refused:
            check(ranging(OTHER, PNG))
        said = str(refused.value)
        assert "does not serve what was judged" in said
        assert f"its sha256 was {SHA256[:12]}…, and is {hashlib.sha256(OTHER).hexdigest()[:12]}… now" in said
        assert "/a.png?… " in said
        assert "QZQ" not in repr(refused.value)

    def test_one_byte_more_is_refused(self) -> None:
        with pytest.raises(FileChanged):
            check(ranging(BODY + b"\0", PNG))

    def test_nothing_at_all_is_refused(self) -> None:
        with pytest.raises(FileChanged):
            check(ranging(b"", PNG))

    def test_an_archive_of_the_file_is_not_the_file(self) -> None:
        with pytest.raises(FileChanged):
            check(ranging(gzip.compress(BODY), PNG))

    def test_what_changes_between_two_reads_is_refused(self) -> None:
        changed = bytes([*BODY[:-20], *(byte ^ 1 for byte in BODY[-20:])])
        with pytest.raises(FileChanged, match="serves other bytes each time it is asked"):
            check(second(ranging(changed, PNG), ranging(BODY, PNG)))


class TestNotThere:
    @pytest.mark.parametrize(
        ("talk", "words"),
        [
            (saying(answer(b"no", status="404 Not Found")), r"404 Not Found.*\[URL003\]"),
            (saying(answer(b"no", status="403 Forbidden")), r"403 Forbidden.*\[URL003\]"),
            (saying(answer(b"no", status="500 Oops")), r"500 Internal Server Error.*\[URL003\]"),
            (saying(answer(b"no", status="503 Busy")), "too busy to answer"),
            (saying(answer(b"<!DOCTYPE html><p>", "Content-Type: text/html")), r"web page.*\[URL005\]"),
            (saying(answer(BODY[:200], PNG, length=len(BODY))), r"broke off.*\[URL010\]"),
            (saying(answer(b"x", PNG, length=10**9)), r"1,000,000,000 bytes announced.*\[URL010\]"),
            (saying(answer(b"x", PNG, "Content-Encoding: br")), r"Content-Encoding br.*\[URL010\]"),
            (saying(redirecting("/a.png")), r"\[URL004\]"),
            (saying(b"nonsense\r\n\r\n"), r"not HTTP.*\[URL003\]"),
            (saying(), "closed the connection before an answer came"),
        ],
        ids=["404", "403", "500", "503", "html", "short", "large", "br", "loop", "nonsense", "dropped"],
    )
    def test_the_rule_says_why(self, talk: Talk, words: str) -> None:
        with pytest.raises(NotPublished, match=words) as refused:
            check(talk)
        assert "is not forwarded: " in str(refused.value)
        assert "QZQ" not in repr(refused.value)

    def test_a_host_that_is_down(self) -> None:
        with serving(saying()) as server:
            pass
        with (
            same_bytes_check(HERE, default_profile()) as same_bytes,
            pytest.raises(NotPublished, match=r"could not be reached.*\[URL003\]"),
        ):
            same_bytes(f"{server}/a.png", SHA256)

    def test_a_host_that_says_nothing_is_given_up(self) -> None:
        config = Config(allow_private_hosts=True, retries=0, read_timeout=0.2)
        with pytest.raises(NotPublished, match=r"sent nothing for 0\.2 s"):
            check(saying_nothing, config)

    @pytest.mark.parametrize("url", ["ftp://h/a.png", "https:///a.png", "a.png", ""])
    def test_what_is_no_address_of_the_web(self, url: str) -> None:
        with (
            same_bytes_check(HERE, default_profile()) as same_bytes,
            pytest.raises(NotPublished, match="is not forwarded"),
        ):
            same_bytes(url, SHA256)

    def test_without_the_rules_it_is_not_forwarded_either(self) -> None:
        config = Config(allow_private_hosts=True, retries=0, ignore=("URL",))
        with pytest.raises(NotPublished, match=r"is not forwarded: 404 Not Found\.$"):
            check(saying(answer(b"no", status="404 Not Found")), config)
        with pytest.raises(FileChanged):
            check(ranging(OTHER, PNG), config)

    def test_what_the_user_takes_for_an_error_is_refused(self) -> None:
        config = Config(allow_private_hosts=True, retries=0, severity={"URL006": "error"})
        with pytest.raises(NotPublished, match=r"\[URL006\]"):
            check(ranging(BODY, "Content-Type: text/plain"), config)


class TestHosts:
    def test_a_host_that_is_not_public_gets_nothing(self) -> None:
        heads: list[str] = []
        with pytest.raises(NotPublished, match=r"not public.*\[URL002\]"):
            check(remembering(heads, ranging(BODY, PNG)), Config())
        assert heads == []

    def test_neither_does_one_behind_a_redirect(self) -> None:
        def answered(request: httpx.Request) -> httpx.Response:
            assert request.url.host == "cdn.example"
            return httpx.Response(302, headers={"Location": "http://10.0.0.1/a.png"})

        with (
            same_bytes_check(Config(), default_profile(), httpx.MockTransport(answered)) as same_bytes,
            pytest.raises(NotPublished, match=r"10\.0\.0\.1.*\[URL002\]"),
        ):
            same_bytes("http://cdn.example/a.png", SHA256)

    def test_no_option_permits_a_metadata_service(self) -> None:
        with (
            same_bytes_check(HERE, default_profile()) as same_bytes,
            pytest.raises(NotPublished, match=r"no option permits.*\[URL002\]"),
        ):
            same_bytes("http://169.254.169.254/a.png", SHA256)

    def test_nor_user_and_password(self) -> None:
        with (
            same_bytes_check(HERE, default_profile()) as same_bytes,
            pytest.raises(NotPublished, match=r"\[URL007\]") as refused,
        ):
            same_bytes("https://ada:QZQ@cdn.example/a.png", SHA256)
        assert "QZQ" not in repr(refused.value)

    def test_nor_another_port(self) -> None:
        with (
            same_bytes_check(Config(), default_profile()) as same_bytes,
            pytest.raises(NotPublished, match=r"\[URL012\]"),
        ):
            same_bytes("https://cdn.example:6379/a.png", SHA256)


def test_it_can_be_stopped() -> None:
    stop = threading.Event()
    with serving(saying_nothing) as server:
        check = same_bytes_check(HERE, default_profile(), cancelled=stop.is_set)
        threading.Timer(0.1, stop.set).start()
        began = time.monotonic()
        with check, pytest.raises(Cancelled):
            check(f"{server}/a.png", SHA256)
        assert time.monotonic() - began < 5
