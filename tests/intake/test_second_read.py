"""The second look at a download: what each kind of answer to a request for a part says."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Mapping

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.intake.answer import NotDownloaded
from validator.intake.second_read import SLICE, Sample, compared

BODY = bytes(range(256)) * 400  # 102,400 bytes: more than a slice
SAMPLE = Sample.of(io.BytesIO(BODY), len(BODY))
START = len(BODY) - SLICE
ASKED = f"bytes {START}-{len(BODY) - 1}"


def look_at(sample: Sample, status: int, body: bytes, /, **headers: str) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return compared(httpx.Response(status, headers=named, stream=httpx.ByteStream(body)), sample)


def look(status: int, body: bytes = b"", /, **headers: str) -> dict[str, str]:
    return look_at(SAMPLE, status, body, **headers)


def why(status: int, body: bytes = b"", /, **headers: str) -> str:
    with pytest.raises(NotDownloaded) as caught:
        look(status, body, **headers)
    assert caught.value.facts == {}
    return caught.value.unmeasured["ranges"]


def test_the_last_bytes_are_asked_for_and_the_file_is_left_at_its_beginning() -> None:
    file = io.BytesIO(BODY)
    sample = Sample.of(file, len(BODY))
    assert sample.asked.header == "bytes=36864-102399"
    assert (sample.head, sample.tail) == (BODY[:SLICE], BODY[-SLICE:])
    assert file.tell() == 0


def test_of_a_small_file_all_is_asked_for() -> None:
    sample = Sample.of(io.BytesIO(b"GIF89a"), 6)
    assert sample.asked.header == "bytes=0-5"
    assert look_at(sample, 206, b"GIF89a", Content_Range="bytes 0-5/6") == {"ranges": "honoured"}


@pytest.mark.parametrize("total", [str(len(BODY)), "*"])
def test_the_part_that_was_asked_for_is_what_should_come(total: str) -> None:
    assert look(206, BODY[START:], Content_Range=f"{ASKED}/{total}") == {"ranges": "honoured"}


@pytest.mark.parametrize(
    ("content_range", "body", "words"),
    [
        (f"bytes 0-65535/{len(BODY)}", BODY[:SLICE], "206 with Content-Range bytes 0-65535/102400"),
        ("bytes 36864-102398/102400", BODY[START:-1], "206 with Content-Range bytes 36864-102398/102400"),
        ("items 36864-102399/102400", BODY[START:], "206 with Content-Range items 36864-102399/102400"),
        ("bytes */102400", BODY[START:], "206 with Content-Range bytes */102400"),
        ("", BODY[START:], "206 with no Content-Range"),
        ("x" * 5000, BODY[START:], "206 with Content-Range " + "x" * 80),
        (f"{ASKED}/102400", BODY[START:] + b"more", "206 with more than 65,536 bytes"),
    ],
)
def test_another_part_is_misanswered(content_range: str, body: bytes, words: str) -> None:
    headers = {"Content_Range": content_range} if content_range else {}
    found = look(206, body, **headers)
    assert found == {"ranges": "misanswered", "ranges_detail": f"bytes=36864-102399: {words}"}


def test_a_part_with_fewer_bytes_than_it_says_is_misanswered() -> None:
    found = look(206, BODY[START:-9], Content_Range=f"{ASKED}/*", Content_Length=str(SLICE - 9))
    assert found["ranges_detail"] == "bytes=36864-102399: 206 with 65,527 bytes"


def test_a_packed_part_is_misanswered() -> None:
    packed = gzip.compress(BODY[START:])
    found = look(206, packed, Content_Range=f"{ASKED}/*", Content_Encoding="gzip")
    assert found["ranges"] == "misanswered"
    assert found["ranges_detail"].endswith("206, packed as gzip")


def test_the_whole_file_is_a_range_ignored() -> None:
    several: list[dict[str, str]] = [{}, {"Content_Length": "102400"}, {"Content_Encoding": "identity"}]
    for headers in several:
        found = look(200, BODY, **headers)
        assert found == {
            "ranges": "ignored",
            "ranges_detail": "bytes=36864-102399: 200 OK, the whole file",
        }


def test_the_whole_file_packed_is_unpacked_to_be_compared() -> None:
    other = b"\0" * 50_000 + BODY
    assert look(200, gzip.compress(BODY), Content_Encoding="gzip")["ranges"] == "ignored"
    assert look(200, gzip.compress(other), Content_Encoding="gzip")["transfer"] == "changed"
    assert look(200, b"whatever", Content_Encoding="br")["ranges"] == "ignored"
    assert "cannot be unpacked" in why(200, BODY, Content_Encoding="gzip")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 416, 500, 501, 304, 204])
def test_no_answer_to_the_second_request_is_refused(status: int) -> None:
    found = look(status, Content_Range="bytes */102400")
    assert found["ranges"] == "refused"
    assert f"bytes=36864-102399: {status} " in found["ranges_detail"]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_host_says_nothing(status: int) -> None:
    assert f"too busy to answer ({status} " in why(status)


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (206, BODY[START:-1] + b"x", {"Content_Range": f"{ASKED}/*"}, "byte 102,399 differs"),
        (206, b"x" + BODY[START + 1 :], {"Content_Range": f"{ASKED}/102400"}, "byte 36,864 differs"),
        (206, b"", {"Content_Range": f"{ASKED}/102401"}, "102,400 bytes at the first read, 102,401 at the"),
        (200, BODY[:9] + b"x" + BODY[10:], {}, "byte 9 differs"),
        (200, BODY, {"Content_Length": "99"}, "102,400 bytes at the first read, 99 at the second"),
        (416, b"", {"Content_Range": "bytes */99"}, "102,400 bytes at the first read, 99 at the second"),
    ],
)
def test_something_else_is_a_change(status: int, body: bytes, headers: dict[str, str], words: str) -> None:
    found = look(status, body, **headers)
    assert found["transfer"] == "changed"
    assert words in found["transfer_detail"]


def test_an_answer_that_breaks_off_says_nothing() -> None:
    headers = {"Content_Range": f"{ASKED}/102400", "Content_Length": str(SLICE)}
    assert "broke off" in why(206, BODY[START:-9], **headers)
    assert "broke off" in why(200, BODY[:1000])


def test_no_more_is_read_than_there_is_to_compare() -> None:
    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield BODY[:SLICE]
            raise AssertionError("read on")

    assert compared(httpx.Response(200, stream=Endless()), SAMPLE)["ranges"] == "ignored"


@given(
    st.sampled_from([200, 203, 206, 416]), st.binary(max_size=40), st.text(max_size=40), st.text(max_size=9)
)
def test_no_answer_is_too_odd(status: int, body: bytes, content_range: str, encoding: str) -> None:
    headers = [(b"Content-Range", content_range.encode()), (b"Content-Encoding", encoding.encode())]
    response = httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))
    try:
        found: Mapping[str, str] = compared(response, SAMPLE)
    except NotDownloaded as end:
        found = end.unmeasured
    assert found.keys() <= {"ranges", "ranges_detail", "transfer", "transfer_detail"}
    assert found.keys() & {"ranges", "transfer"}
