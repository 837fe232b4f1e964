"""Rows 21 to 34: hosts that send too much, too slowly, too little, or something else each time."""

from __future__ import annotations

import gzip
import hashlib
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import msgspec
import pytest

from tests.hostile.lint import codes, judged, words
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
from validator import AssetReport, Config, Verdict

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
PNG = (MEDIA / "image.png").read_bytes()
BMP = (MEDIA / "image.bmp").read_bytes()  # larger than the part that a second request asks for
MP4 = (MEDIA / "video.mp4").read_bytes()

HERE = Config(allow_private_hosts=True, ignore=("POR", "GRP"))
ONCE = msgspec.structs.replace(HERE, retries=0)
BRIEF = msgspec.structs.replace(HERE, read_timeout=0.3, download_timeout=0.6, retries=0)
IS_PNG = "Content-Type: image/png"
SIGNATURE = "c2lnbmF0dXJlLXRoYXQtbXVzdC1uZXZlci1iZS1zaG93bg"


def visited(talk: Talk, config: Config = ONCE, path: str = "/a.png") -> tuple[AssetReport, list[str]]:
    """The report on a URL of a host that talks like this, and the heads of the requests that came."""
    heads: list[str] = []
    with serving(remembering(heads, talk)) as url:
        result = judged(url + path, config)
    assert SIGNATURE not in words(result).replace(result.asset.target, "")
    assert "internal error" not in words(result)
    return result, heads


def message(result: AssetReport, code: str) -> str:
    (finding,) = (finding for finding in result.findings if finding.code == code)
    return finding.message


def reason(result: AssetReport, code: str) -> str:
    """Why a rule was not judged, in an asset in which nothing failed for want of it."""
    assert result.verdict is Verdict.UNJUDGED
    assert not codes(result)
    (skipped,) = (each for each in result.not_judged if each.code == code)
    return skipped.reason


def test_a_host_without_fault_passes_with_two_requests() -> None:
    result, heads = visited(ranging(BMP, "Content-Type: image/bmp"), path="/a.bmp")
    assert result.verdict is Verdict.PASS
    assert not [each for each in result.not_judged if each.code.startswith("URL")]
    assert {"URL008", "URL009", "URL010", "URL011"} & {each.code for each in result.findings} == set()
    assert result.facts.file.sha256 == hashlib.sha256(BMP).hexdigest()
    assert [asked_range(head) for head in heads] == [None, (len(BMP) - 65_536, len(BMP) - 1)]


# ── 21, 22: too much ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("length", [10_000_000_000, 10**20 - 1])
def test_row_21_ten_gigabytes_announced_are_not_downloaded(length: int) -> None:
    sent: list[int] = []

    def ten_gigabytes(connection: socket.socket, _: str) -> None:
        connection.sendall(answer(PNG, length=length))
        while True:
            sent.append(connection.send(bytes(65_536)))

    result, heads = visited(ten_gigabytes)
    assert f"{length:,} bytes announced" in message(result, "URL010")
    # What it announces is believed, as far as anything can be as large.
    assert codes(result) == ({"IMG004", "URL010"} if length < 1 << 60 else {"URL010"})
    assert result.facts.file.bytes == (length if length < 1 << 60 else None)
    assert sum(sent) < 20_000_000  # what fits into the buffers of two sockets
    assert len(heads) == 1


@contextmanager
def _memory_stays_flat() -> Iterator[None]:
    """What is read goes to a file, piece by piece."""
    import tracemalloc

    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(answer(b"", length=-1), id="no length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", id="chunks"),
    ],
)
def test_row_22_a_body_without_length_is_cut_at_the_cap(head: bytes) -> None:
    def endless(connection: socket.socket, _: str) -> None:
        chunked = b"chunked" in head
        connection.sendall(head)
        for piece in (PNG, *[bytes(1 << 20)] * 60):
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)

    with _memory_stays_flat():
        result, _ = visited(endless)
    assert codes(result) == {"URL010"}
    assert "no end after 33,000,000 bytes" in message(result, "URL010")


def test_row_22_a_body_longer_than_its_length_is_noticed() -> None:
    result, _ = visited(saying(answer(PNG, IS_PNG), b"and more"))
    assert codes(result) == {"URL010"}
    assert f"{len(PNG):,} bytes announced, at least" in message(result, "URL010")


# ── 23: too slow ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "beginning", [b"HTTP/1.1 200 OK\r\nX-Long: ", answer(PNG, length=99_999)], ids=["headers", "body"]
)
def test_row_23_one_byte_now_and_then_ends_with_the_overall_deadline(beginning: bytes) -> None:
    def drip(connection: socket.socket, _: str) -> None:
        connection.sendall(beginning)
        while True:
            time.sleep(0.05)
            connection.sendall(b"x")

    started = time.monotonic()
    result, _ = visited(drip, msgspec.structs.replace(BRIEF, read_timeout=5))
    assert time.monotonic() - started < 2
    assert reason(result, "URL010") == "the download did not finish within 0.6 s"


def test_row_23_silence_ends_with_the_limit_of_a_single_read() -> None:
    result, heads = visited(saying_nothing, BRIEF)
    assert reason(result, "URL003") == "the host sent nothing for 0.3 s"
    assert len(heads) == 1


def test_row_23_a_connection_that_never_stands_ends_with_its_own_limit() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # fills the queue: who comes later waits
            config = msgspec.structs.replace(BRIEF, connect_timeout=0.2)
            result = judged(f"http://127.0.0.1:{port}/a.png", config)
    assert reason(result, "URL003") == "no connection within 0.2 s"


def test_row_23_the_deadline_holds_for_all_tries_together() -> None:
    config = msgspec.structs.replace(BRIEF, download_timeout=0.7, retries=10)
    started = time.monotonic()
    result, _ = visited(saying(answer(b"", "Retry-After: 0", status="503 Busy")), config)
    assert "asked 11 times" in reason(result, "URL003")
    result, _ = visited(saying(answer(b"", "Retry-After: 1", status="503 Busy")), config)
    assert "Retry-After 1" in reason(result, "URL003")
    assert time.monotonic() - started < 2


# ── 24, 25: packed ───────────────────────────────────────────────────────────────────────────────


def _bomb(size: int) -> bytes:
    """A PNG's beginning and zeros, packed a thousandfold."""
    packer = zlib.compressobj(6, wbits=31)
    million = bytes(1_000_000)
    return b"".join(
        [packer.compress(PNG), *(packer.compress(million) for _ in range(size // 1_000_000)), packer.flush()]
    )


def test_row_24_a_gzip_bomb_is_unpacked_up_to_the_cap() -> None:
    bomb = _bomb(60_000_000)
    assert len(bomb) < 100_000
    with _memory_stays_flat():
        result, heads = visited(saying(answer(bomb, "Content-Encoding: gzip")))
    assert codes(result) == {"URL010"}
    assert "no end after 33,000,000 bytes" in message(result, "URL010")
    assert all("accept-encoding: identity\r\n" in head.lower() for head in heads)


def test_row_24_a_bomb_at_the_second_read_is_not_unpacked_either() -> None:
    bomb = answer(_bomb(60_000_000), "Content-Encoding: gzip")
    with _memory_stays_flat():
        result, heads = visited(second(saying(bomb), otherwise=saying(answer(PNG, IS_PNG))))
    assert result.verdict is Verdict.PASS  # as far as it was compared, it begins like the file
    assert len(heads) == 2


def test_row_25_gzip_that_nobody_asked_for_brings_the_right_bytes() -> None:
    packed = answer(gzip.compress(PNG), "Content-Encoding: gzip", IS_PNG)
    result, _ = visited(saying(packed))
    assert result.verdict is Verdict.PASS
    assert result.facts.file.sha256 == hashlib.sha256(PNG).hexdigest()
    assert result.facts.link is not None
    assert result.facts.link.transfer_detail == "sent as gzip"


@pytest.mark.parametrize(
    ("body", "encoding", "said"),
    [
        (PNG, "gzip", "cannot be unpacked (sent as gzip)"),
        (gzip.compress(MP4)[:900] + b"\xff" * 9000, "gzip", "cannot be unpacked (sent as gzip"),
        (gzip.compress(PNG)[:-8] + bytes(8), "gzip", "cannot be unpacked (sent as gzip)"),
        (gzip.compress(PNG)[:-30], "gzip", "sent as gzip, which ends too early"),
        (gzip.compress(PNG)[:-4], "gzip", "sent as gzip, which ends too early"),
        (PNG, "br", "in a way of its own, though asked not to (Content-Encoding br)"),
        (PNG, "zstd", "Content-Encoding zstd"),
        (PNG, "gzip, gzip", "Content-Encoding gzip, gzip"),
    ],
)
def test_row_25_what_cannot_be_unpacked_to_its_end_fails(body: bytes, encoding: str, said: str) -> None:
    result, _ = visited(saying(answer(body, f"Content-Encoding: {encoding}", IS_PNG)))
    assert codes(result) == {"URL010"}
    assert said in message(result, "URL010")
    assert result.facts.file.bytes is None


# ── 26, 27: too little, another part ─────────────────────────────────────────────────────────────


def test_row_26_a_body_shorter_than_announced_fails_when_it_does_so_twice() -> None:
    result, heads = visited(saying(answer(PNG, IS_PNG, length=len(PNG) + 500)), HERE)
    assert codes(result) == {"URL010"}
    assert f"{len(PNG) + 500:,} bytes announced, {len(PNG):,} received, asked 2 times" in message(
        result, "URL010"
    )
    assert len(heads) == 2


def test_row_26_a_body_that_broke_off_once_is_no_finding() -> None:
    broken, whole = saying(answer(PNG, IS_PNG, length=len(PNG) + 500)), ranging(PNG, IS_PNG)
    result, heads = visited(in_turn(broken, whole), HERE)
    assert result.verdict is Verdict.PASS
    assert len(heads) == 3


def test_row_27_a_part_that_nobody_asked_for_fails() -> None:
    part = answer(PNG, f"Content-Range: bytes 0-{len(PNG) - 1}/99999", IS_PNG, status="206 Partial Content")
    result, heads = visited(saying(part), HERE)
    assert codes(result) == {"URL003"}
    assert "206 Partial Content" in message(result, "URL003")
    assert len(heads) == 1


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (answer(BMP), "sends the whole file (bytes=34742-100277: 200 OK, the whole file)"),
        (
            answer(BMP[:9], "Content-Range: bytes 0-8/100278", status="206 Partial Content"),
            "something else (bytes=34742-100277: 206 with Content-Range bytes 0-8/100278)",
        ),
        (answer(BMP, status="206 Partial Content"), "206 with no Content-Range"),
        (answer(b"", status="416 Range Not Satisfiable"), "refuses a request for a part of the file"),
        (answer(b"", status="403 Forbidden"), "bytes=34742-100277: 403 Forbidden"),
    ],
)
def test_row_27_another_part_or_the_whole_is_noticed_and_the_file_judged(again: bytes, said: str) -> None:
    whole = answer(BMP, "Content-Type: image/bmp")
    result, heads = visited(second(saying(again), otherwise=saying(whole)), HERE, "/a.bmp")
    assert result.verdict is Verdict.PASS
    assert "URL009" in codes(result, "note")
    assert said in message(result, "URL009")
    assert result.facts.file.sha256 == hashlib.sha256(BMP).hexdigest()
    assert len(heads) == 2


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (saying(answer(b"", status="429 Too Many Requests")), "429 Too Many Requests"),
        (saying(), "the host closed the connection before an answer came"),
        (saying_nothing, "the host sent nothing for 0.3 s"),
        (
            saying(answer(b"", "Location: /loop.png", status="302 Found")),
            "the redirects do not lead to a file",
        ),
    ],
)
def test_row_27_a_second_request_that_fails_costs_nothing_else(again: Talk, said: str) -> None:
    config = msgspec.structs.replace(HERE, read_timeout=0.3)
    result, heads = visited(second(again, otherwise=saying(answer(PNG, IS_PNG))), config)
    assert result.verdict is Verdict.PASS
    (skipped,) = (each for each in result.not_judged if each.code == "URL009")
    assert said in skipped.reason
    assert result.facts.file.bytes == len(PNG)
    assert len(heads) in {2, 3}  # with a redirect


# ── 28 to 30: something else than the file ───────────────────────────────────────────────────────


def test_row_28_a_login_page_with_status_200_fails() -> None:
    page = b"<!DOCTYPE html><html><body><form action='/login'></form></body></html>"
    result, heads = visited(saying(answer(page, "Content-Type: text/html")))
    assert codes(result) == {"FIL004", "URL005"}
    assert "web page instead of the media" in message(result, "URL005")
    assert len(heads) == 1  # there is no media to look at twice


def test_row_29_a_content_type_that_the_bytes_contradict_is_a_finding() -> None:
    result, _ = visited(ranging(MP4, "Content-Type: image/jpeg"), path="/a.mp4")
    assert "URL006" in codes(result, "warning")
    assert "says something else than the bytes (image/jpeg)" in message(result, "URL006")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("401 Unauthorized", "refuses the file (401 Unauthorized)"),
        ("403 Forbidden", "refuses the file (403 Forbidden)"),
        ("404 Not Found", "has no such file (404 Not Found)"),
        ("410 Gone", "has no such file (410 Gone)"),
    ],
)
def test_row_30_a_refusal_fails_and_is_not_asked_twice(status: str, said: str) -> None:
    result, heads = visited(saying(answer(b"", status=status)), HERE)
    assert codes(result) == {"URL003"}
    assert said in message(result, "URL003")
    assert len(heads) == 1


# ── 31, 32: busy or broken ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_row_31_a_host_that_asks_for_a_day_is_not_waited_for(status: str, form: str) -> None:
    day = (
        "86400" if form == "seconds" else format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
    )
    started = time.monotonic()
    result, heads = visited(saying(answer(b"", f"Retry-After: {day}", status=status)), HERE)
    assert time.monotonic() - started < 1
    why = reason(result, "URL003")
    assert status in why
    assert f"Retry-After {day}" in why
    assert "longer than the 10 s that are waited" in why
    assert len(heads) == 1


def test_row_31_a_host_that_asks_for_a_moment_is_asked_again() -> None:
    busy = saying(answer(b"", "Retry-After: 0", status="429 Too Many Requests"))
    result, heads = visited(in_turn(busy, busy, ranging(PNG, IS_PNG)), HERE)
    assert result.verdict is Verdict.PASS
    assert len(heads) == 4


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 5_000_000, "the headers of the host's answer have no end"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 900_000, "the headers of the host's answer have no end"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 200_000, "the headers of the host's answer have no end"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 600 + b"\r\n", "sent 600 header lines; at most 500 are read"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "the host closed the connection before an answer came"),
        (b"", "the host closed the connection before an answer came"),
    ],
    ids=["one long header", "many headers", "interim answers", "some too many", "in the headers", "at once"],
)
def test_row_32_headers_without_end_or_an_early_end_are_not_judged(said: bytes, why: str) -> None:
    with _memory_stays_flat():
        result, heads = visited(saying(said))
    assert why in reason(result, "URL003")
    assert len(heads) == 1


def test_row_32_a_connection_that_is_reset_is_tried_again() -> None:
    def reset(connection: socket.socket, _: str) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    result, heads = visited(in_turn(reset, ranging(PNG, IS_PNG)), HERE)
    assert result.verdict is Verdict.PASS
    assert len(heads) == 3
    result, _ = visited(reset)
    assert reason(result, "URL003") == "the host closed the connection before an answer came"


def test_row_32_a_refused_connection_is_still_a_finding() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    result = judged(f"http://127.0.0.1:{port}/a.png", HERE)
    assert codes(result) == {"URL003"}


# ── 33, 34: what does not last ───────────────────────────────────────────────────────────────────


def _signed(minutes: int) -> str:
    end = int((datetime.now(UTC) + timedelta(minutes=minutes)).timestamp())
    return f"/a.png?AWSAccessKeyId=AKIA&Expires={end}&Signature={SIGNATURE}"


def test_row_33_a_signed_link_that_is_about_to_end_is_warned_of() -> None:
    result, _ = visited(ranging(PNG, IS_PNG), path=_signed(5))
    assert result.verdict is Verdict.PASS
    assert "URL008" in codes(result, "warning")
    assert "ends before the service may have fetched it (expires " in message(result, "URL008")
    assert "in 4 min" in message(result, "URL008")


def test_row_33_a_signed_link_that_has_ended_fails_whatever_the_host_says() -> None:
    result, heads = visited(saying(answer(b"", status="403 Forbidden")), path=_signed(-10))
    assert codes(result) == {"URL003", "URL008"}
    assert "The signed URL has ended (expired " in message(result, "URL008")
    assert len(heads) == 1


def test_row_33_a_signed_link_that_lasts_is_no_finding() -> None:
    result, _ = visited(ranging(PNG, IS_PNG), path=_signed(600))
    assert "URL008" not in {finding.code for finding in result.findings}
    assert result.facts.link is not None
    assert result.facts.link.expiry == "later"


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (ranging(BMP[:-1] + b"\x01"), "byte 100,277 differs"),
        (ranging(BMP[:50_000]), "100,278 bytes at the first read"),
        (ranging(BMP + b"1"), "100,278 bytes at the first read, 100,279 at the second"),
        (saying(answer(b"BM" + bytes(100_276))), "differs"),
        (saying(answer(PNG)), "100,278 bytes at the first read, 1,210 at the second"),
        (
            saying(answer(b"", "Content-Range: bytes */7", status="416 Range Not Satisfiable")),
            "100,278 bytes at the first read, 7 at the second",
        ),
    ],
)
def test_row_34_other_bytes_at_the_second_read_fail(again: Talk, said: str) -> None:
    whole = saying(answer(BMP, "Content-Type: image/bmp"))
    result, heads = visited(second(again, otherwise=whole), HERE, "/a.bmp")
    assert codes(result) == {"URL010"}
    assert said in message(result, "URL010")
    assert result.facts.file.bytes == len(BMP)  # what came first is judged all the same
    assert len(heads) == 2


def test_row_34_a_small_file_is_compared_whole() -> None:
    other = PNG[:20] + b"\xff" + PNG[21:]
    result, _ = visited(second(ranging(other), otherwise=saying(answer(PNG, IS_PNG))))
    assert codes(result) == {"URL010"}
    assert "byte 20 differs" in message(result, "URL010")


# ── beside the rows ──────────────────────────────────────────────────────────────────────────────


def test_a_host_that_takes_longer_than_the_limit_is_warned_of(tmp_path: Path) -> None:
    hasty = tmp_path / "hasty.toml"
    hasty.write_text(
        '[profile]\nname = "hasty"\ntitle = "Hasty"\nchecked = 2026-11-22\nsource = "a test"\n'
        'extends = "seedance-2.0"\n[[change]]\ncode = "URL011"\nmax = "0.1"\n'
    )

    def slow(connection: socket.socket, head: str) -> None:
        time.sleep(0.2)
        ranging(PNG, IS_PNG)(connection, head)

    result, _ = visited(slow, msgspec.structs.replace(ONCE, profile=str(hasty)))
    assert result.verdict is Verdict.PASS
    assert "URL011" in codes(result, "warning")
    assert "The download time is 0." in message(result, "URL011")
    assert "above the maximum of 0.1 s" in message(result, "URL011")
