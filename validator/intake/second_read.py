"""A second look at what was downloaded: one part of it, asked for with Range as fetchers do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import httpx

from validator.intake.answer import NotDownloaded, announced_bytes, is_busy, status_name
from validator.intake.connection import connection_of
from validator.intake.decoding import DamagedBodyError, Unpacker
from validator.model import Ranges

SLICE = 65_536
"""Bytes that are asked for, and the most that are read of any answer."""

_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)", re.IGNORECASE)
_SHOWN_AT_MOST = 80


@dataclass(frozen=True)
class Sample:
    """What is kept of a download to compare a second answer with.

    >>> Sample(100_000, b"", b"").header
    'bytes=34464-99999'
    """

    size: int
    head: bytes
    tail: bytes

    @classmethod
    def of(cls, file: BinaryIO, size: int) -> Sample:
        """The sample of a file, which is left at its beginning."""
        file.seek(max(size - SLICE, 0))
        tail = file.read(SLICE)
        file.seek(0)
        head = file.read(SLICE)
        file.seek(0)
        return cls(size, head, tail)

    @property
    def start(self) -> int:
        """The first byte that is asked for."""
        return max(self.size - SLICE, 0)

    @property
    def header(self) -> str:
        """The Range header that asks for the last bytes."""
        return f"bytes={self.start}-{self.size - 1}"


def compared(response: httpx.Response, sample: Sample) -> dict[str, str]:
    """What the answer to a request with `sample.header` says: facts, read from a bounded part of it.

    Raises:
        NotDownloaded: it says nothing; with the reason.
    """
    status = response.status_code
    if is_busy(status):
        raise _unknown(f"the host was too busy to answer ({status_name(status)})")
    if status == 206:
        connection = connection_of(response.extensions)
        if connection is not None:
            connection.let_go()  # it is no more than was asked for, or no more is read
        return _part(response, sample)
    if status in (200, 203):
        return _whole(response, sample)
    total = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", "").strip())
    if status == 416 and total is not None and total[3] not in ("*", str(sample.size)):
        return _changed_size(sample, int(total[3]))
    return _ranges("refused", f"{sample.header}: {status_name(status)}")


def part(response: httpx.Response, start: int, end: int, size: int) -> bytes:
    """The bytes from `start` up to `end` of a file of this `size`, if the answer is just these; or none."""
    found = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", "").strip())
    if response.status_code != 206 or found is None or _encoding(response):
        return b""
    if (found[1], found[2], found[3]) != (str(start), str(end - 1), str(size)):
        return b""
    data = _read(_stream(response), end - start)
    return data if len(data) == end - start else b""


def _part(response: httpx.Response, sample: Sample) -> dict[str, str]:
    said = response.headers.get("content-range", "").strip()
    found = _CONTENT_RANGE.fullmatch(said)
    asked = (str(sample.start), str(sample.size - 1))
    if found is None or (found[1], found[2]) != asked:
        what = f"Content-Range {said[:_SHOWN_AT_MOST]}" if said else "no Content-Range"
        return _ranges("misanswered", f"{sample.header}: 206 with {what}")
    if found[3] not in ("*", str(sample.size)):
        return _changed_size(sample, int(found[3]))
    encoding = _encoding(response)
    if encoding:
        return _ranges("misanswered", f"{sample.header}: 206, packed as {encoding[:_SHOWN_AT_MOST]}")
    part = _read(_stream(response), len(sample.tail) + 1)
    if len(part) != len(sample.tail):
        if len(part) < len(sample.tail) and announced_bytes(response.headers) != len(part):
            raise _unknown("the answer broke off")
        more = "more than " if len(part) > len(sample.tail) else ""
        sent = min(len(part), len(sample.tail))
        return _ranges("misanswered", f"{sample.header}: 206 with {more}{sent:,} bytes")
    if part != sample.tail:
        return _ranges("honoured") | _changed_bytes(sample.start, sample.tail, part)
    return _ranges("honoured")


def _whole(response: httpx.Response, sample: Sample) -> dict[str, str]:
    """The Range was ignored: hold the beginning against what came before, and read no further."""
    ignored = _ranges("ignored", f"{sample.header}: {status_name(response.status_code)}, the whole file")
    encoding = _encoding(response)
    if not Unpacker.knows(encoding):
        return ignored
    total = announced_bytes(response.headers)
    if not encoding and total is not None and total != sample.size:
        return ignored | _changed_size(sample, total)
    begin = _read(_unpacked(_stream(response), encoding), len(sample.head))
    if len(begin) < len(sample.head):
        raise _unknown("the answer broke off")
    return ignored if begin == sample.head else ignored | _changed_bytes(0, sample.head, begin)


def _stream(response: httpx.Response) -> Iterator[bytes]:
    stream = response.stream
    assert isinstance(stream, httpx.SyncByteStream)  # noqa: S101 - from a synchronous transport
    return iter(stream)


def _unpacked(stream: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    unpacker = Unpacker(encoding)
    for chunk in stream:
        yield from unpacker.feed(chunk)


def _read(stream: Iterator[bytes], at_most: int) -> bytes:
    """At most so many bytes; fewer where the body ends, or breaks off."""
    data = bytearray()
    try:
        for chunk in stream:
            data += chunk
            if len(data) >= at_most:
                break
    except httpx.TimeoutException as error:
        raise _unknown("the host fell silent") from error
    except httpx.TransportError as error:
        raise _unknown("the answer broke off") from error
    except DamagedBodyError as error:
        raise _unknown("the answer came packed, and cannot be unpacked") from error
    return bytes(data[:at_most])


def _encoding(response: httpx.Response) -> str:
    encoding = str(response.headers.get("content-encoding", "")).strip().lower()
    return "" if encoding == "identity" else encoding


def _ranges(ranges: Ranges, detail: str = "") -> dict[str, str]:
    return {"ranges": ranges, "ranges_detail": detail} if detail else {"ranges": ranges}


def _changed_size(sample: Sample, total: int) -> dict[str, str]:
    return _changed(f"{sample.size:,} bytes at the first read, {total:,} at the second")


def _changed_bytes(start: int, before: bytes, after: bytes) -> dict[str, str]:
    first = next(place for place in range(len(before)) if before[place] != after[place])
    return _changed(f"byte {start + first:,} differs")


def _changed(detail: str) -> dict[str, str]:
    return {"transfer": "changed", "transfer_detail": detail}


def _unknown(reason: str) -> NotDownloaded:
    return NotDownloaded({}, {"ranges": f"the second request, for a part of the file, failed: {reason}"})
