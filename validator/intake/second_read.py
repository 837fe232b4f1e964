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
class Asked:
    """A request for the bytes from `start` up to `end` of a file of this `size`.

    >>> Asked(34_464, 100_000, 100_000).header
    'bytes=34464-99999'
    """

    start: int
    end: int
    size: int

    @property
    def header(self) -> str:
        """The Range header."""
        return f"bytes={self.start}-{self.end - 1}"


@dataclass(frozen=True)
class Answered:
    """What the answer to such a request says: facts, and bytes of the file from `start` on."""

    facts: dict[str, str]
    start: int = 0
    data: bytes = b""

    @property
    def is_part(self) -> bool:
        """Whether the bytes are those that were asked for."""
        return self.facts == _ranges("honoured")

    def against(self, file: BinaryIO) -> dict[str, str]:
        """The facts, held against the file, which is left at its beginning."""
        file.seek(self.start)
        before = file.read(len(self.data))
        file.seek(0)
        return self.against_bytes(before)

    def against_bytes(self, before: bytes) -> dict[str, str]:
        """The facts, held against the same bytes as they came before."""
        same = before == self.data
        return self.facts if same else self.facts | _changed_bytes(self.start, before, self.data)


@dataclass(frozen=True)
class Sample:
    """What is kept of a download to compare a second answer with.

    >>> Sample(100_000, b"", b"").asked.header
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
    def asked(self) -> Asked:
        """The request for the last bytes."""
        return Asked(max(self.size - SLICE, 0), self.size, self.size)


def compared(response: httpx.Response, sample: Sample) -> dict[str, str]:
    """What the answer to the request for a sample says, held against it.

    Raises:
        NotDownloaded: it says nothing; with the reason.
    """
    told = answered(response, sample.asked)
    return told.against_bytes(sample.tail if told.is_part else sample.head[: len(told.data)])


def answered(response: httpx.Response, asked: Asked) -> Answered:
    """What the answer to a request for a part says, read from a bounded part of it.

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
        return _part(response, asked)
    if status in (200, 203):
        return _whole(response, asked)
    total = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", "").strip())
    if status == 416 and total is not None and total[3] not in ("*", str(asked.size)):
        return Answered(_changed_size(asked, int(total[3])))
    return Answered(_ranges("refused", f"{asked.header}: {status_name(status)}"))


def _part(response: httpx.Response, asked: Asked) -> Answered:
    said = response.headers.get("content-range", "").strip()
    found = _CONTENT_RANGE.fullmatch(said)
    if found is None or (found[1], found[2]) != (str(asked.start), str(asked.end - 1)):
        what = f"Content-Range {said[:_SHOWN_AT_MOST]}" if said else "no Content-Range"
        return Answered(_ranges("misanswered", f"{asked.header}: 206 with {what}"))
    if found[3] not in ("*", str(asked.size)):
        return Answered(_changed_size(asked, int(found[3])))
    encoding = _encoding(response)
    if encoding:
        packed = f"{asked.header}: 206, packed as {encoding[:_SHOWN_AT_MOST]}"
        return Answered(_ranges("misanswered", packed))
    length = asked.end - asked.start
    part = _read(_stream(response), length + 1)
    if len(part) != length:
        if len(part) < length and announced_bytes(response.headers) != len(part):
            raise _unknown("the answer broke off")
        sent = f"{len(part):,}" if len(part) < length else f"more than {length:,}"
        return Answered(_ranges("misanswered", f"{asked.header}: 206 with {sent} bytes"))
    return Answered(_ranges("honoured"), asked.start, part)


def _whole(response: httpx.Response, asked: Asked) -> Answered:
    """The Range was ignored: the beginning is enough to compare, and no more is read."""
    ignored = _ranges("ignored", f"{asked.header}: {status_name(response.status_code)}, the whole file")
    encoding = _encoding(response)
    if not Unpacker.knows(encoding):
        return Answered(ignored)
    total = announced_bytes(response.headers)
    if not encoding and total is not None and total != asked.size:
        return Answered(ignored | _changed_size(asked, total))
    wanted = min(asked.size, SLICE)
    begin = _read(_unpacked(_stream(response), encoding), wanted)
    if len(begin) < wanted:
        raise _unknown("the answer broke off")
    return Answered(ignored, 0, begin)


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


def _changed_size(asked: Asked, total: int) -> dict[str, str]:
    return _changed(f"{asked.size:,} bytes at the first read, {total:,} at the second")


def _changed_bytes(start: int, before: bytes, after: bytes) -> dict[str, str]:
    first = next(place for place in range(len(before)) if before[place] != after[place])
    return _changed(f"byte {start + first:,} differs")


def _changed(detail: str) -> dict[str, str]:
    return {"transfer": "changed", "transfer_detail": detail}


def _unknown(reason: str) -> NotDownloaded:
    return NotDownloaded({}, {"ranges": f"the second request, for a part of the file, failed: {reason}"})
