"""What is missing of a clip or a sound, by what its container announces and by how it is built."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType
from typing import Any, BinaryIO

import av

from validator.probe.matroska import CLUSTER, SEGMENT, element_at

LACKING = Fraction(1, 2)
"""Seconds that may be missing of what is announced before it counts, and the share of it that may."""
_LACKING_SHARE = Fraction(1, 20)
_ANNOUNCE = frozenset(
    {"avi", "flv", "asf", "matroska", "flac", "ogg", "aiff", "caf", "ape", "tta", "tak", "wv"}
)
"""Demuxers of containers that say how long they run; of others, FFmpeg estimates it."""
WITHOUT_GAPS = frozenset({"flac", "ogg", "asf"})
"""Those of sounds whose packets follow each other, each with its own length."""
_ANEW = Fraction(1, 2)  # seconds that times go back where another recording begins
_HOLE = bytes(1024)
_WITHOUT_HOLES = frozenset({"vp8", "vp9"})  # codecs that never write so many zeros, and take any bytes

_HEAD = 65_536
_MOST_UNITS = 1_000_000  # elements, tags or pages that are looked at
_CHUNK = 1_000  # packets of a transport stream that are looked at together
_ASF_FILE = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_DATA, _ASF_START = 50, b"\x82\0\0"  # bytes in front of the packets; how each of them begins
_OGG_PAGE = 27  # bytes in front of a page's table
_FLV_TAGS = frozenset({8, 9, 15, 18})


def damage_of(file: BinaryIO, demuxer: str) -> str:
    """What is lost of an open file, in words; empty where nothing is missed. Its position is left anywhere.

    >>> damage_of(io.BytesIO(b"RIFF" + (1000).to_bytes(4, "little") + b"AVI LIST"), "avi")
    '1,008 bytes announced, the file has 16'
    """
    size, announced = file.seek(0, io.SEEK_END), _announced_bytes(file, demuxer)
    if announced is not None and announced - size > 1:  # which may be the padding
        return f"{announced:,} bytes announced, the file has {size:,}"
    walk = _WALKS.get(demuxer)
    if walk is None:
        return ""
    for position, end in walk(file, size):
        if end is None:
            return f"from byte {position:,} on it holds what does not belong there"
        if end > size:
            return f"it ends in the middle of what begins at byte {position:,}"
    return ""


def is_finished(file: BinaryIO, demuxer: str) -> bool:
    """Whether its header was written when all was there: else what it says of the length is made up."""
    return demuxer in _ANNOUNCE and (demuxer != "avi" or _announced_bytes(file, demuxer) is not None)


def lack_of(container: Any, seconds: Fraction) -> str:
    """How much less there is than an open container announces, in words; empty where it holds all of it."""
    if not container.duration:
        return ""
    announced = Fraction(container.duration, av.time_base)
    if announced - seconds <= max(LACKING, announced * _LACKING_SHARE):
        return ""
    return f"{float(announced):.2f} s announced, {float(seconds):.2f} s are there"


def is_incomplete(packet: Any, codec: str) -> bool:
    """Whether part of a packet is missing, or was never written, which not every decoder notices."""
    if packet.is_corrupt and not codec.startswith("pcm_"):  # samples end where they end
        return True
    return codec in _WITHOUT_HOLES and packet.size > len(_HOLE) and _HOLE in bytes(packet)


def jump_of(times: Sequence[int | None], base: Fraction) -> bool:
    """Whether times of decoding, in the order of the file, begin anew, as where recordings were joined.

    >>> jump_of([0, 40, None, 80, 0], Fraction(1, 25)), jump_of([0, 40, 80], Fraction(1, 25))
    (True, False)
    """
    told = [time for time in times if time is not None]
    return any((before - after) * base > _ANEW for before, after in pairwise(told))


def _announced_bytes(file: BinaryIO, demuxer: str) -> int | None:
    announces = _ANNOUNCED_BYTES.get(demuxer)
    if announces is None:
        return None
    file.seek(0)
    return announces(file.read(_HEAD))


def _number(at: int, length: int, *, little: bool, before: int = 0) -> Callable[[bytes], int | None]:
    """Reads the file's size from its head, which tells it without the `before` bytes that come first."""

    def announced(head: bytes) -> int | None:
        found = int.from_bytes(head[at : at + length], "little" if little else "big")
        return None if found in (0, (1 << 8 * length) - 1) else found + before

    return announced


def _of_au(head: bytes) -> int | None:
    announced = _number(8, 4, little=False)(head)
    return None if announced is None else int.from_bytes(head[4:8]) + announced


def _of_asf(head: bytes) -> int | None:
    at = head.find(_ASF_FILE)
    if at < 0 or len(head) < at + 92 or head[at + 88] & 1:  # a broadcast knows no size
        return None
    return _number(at + 40, 8, little=True)(head)


_ANNOUNCED_BYTES: Mapping[str, Callable[[bytes], int | None]] = MappingProxyType(
    {
        "avi": _number(4, 4, little=True, before=8),
        "aiff": _number(4, 4, little=False, before=8),
        "w64": _number(16, 8, little=True),
        "dsf": _number(12, 8, little=True),
        "iff": _number(4, 8, little=False, before=12),
        "au": _of_au,
        "asf": _of_asf,
    }
)

_Units = Iterator[tuple[int, int | None]]
"""Where each unit begins and ends; the end is `None` where there is none."""


def _elements(file: BinaryIO, size: int) -> _Units:
    """Of Matroska, as if clusters did not enclose their blocks."""
    position, end, inside = 0, size, size
    for _ in range(_MOST_UNITS):
        if position >= end:
            return
        element = element_at(file, position)
        if element is None or (element.end is None and element.id not in (SEGMENT, CLUSTER)):
            yield position, None
            return
        if element.id == SEGMENT:
            yield position, element.end or size
            end = min(size, element.end or size)
            position = inside = element.start
        elif element.id == CLUSTER:
            position, inside = element.start, element.end or size
        else:
            begin, position = position, element.end or size
            yield begin, None if begin < inside < position <= size else position


def _tags(file: BinaryIO, size: int) -> _Units:
    """Of FLV."""
    file.seek(5)
    position = int.from_bytes(file.read(4)) + 4
    for _ in range(_MOST_UNITS):
        if position >= size:
            return
        file.seek(position)
        head = file.read(11)
        is_tag = head[0] & 0x1F in _FLV_TAGS
        end = position + 11 + int.from_bytes(head[1:4])
        yield position, end if is_tag else None
        position = end + 4


def _pages(file: BinaryIO, size: int) -> _Units:
    """Of Ogg."""
    position = 0
    for _ in range(_MOST_UNITS):
        if position >= size:
            return
        file.seek(position)
        head = file.read(_OGG_PAGE + 255)
        if not head.startswith(b"OggS"):
            yield position, None
            return
        table = head[_OGG_PAGE : _OGG_PAGE + head[_OGG_PAGE - 1]] if len(head) >= _OGG_PAGE else b""
        end = position + _OGG_PAGE + len(table) + sum(table)
        yield position, end
        position = end


def _asf_packets(file: BinaryIO, size: int) -> _Units:
    """Of ASF: all of one length, and all that begin as is usual, where the first does."""
    file.seek(0)
    head = file.read(_HEAD)
    position, at = int.from_bytes(head[16:24], "little") + _ASF_DATA, head.find(_ASF_FILE)
    length = int.from_bytes(head[at + 92 : at + 96], "little")
    file.seek(position - _ASF_DATA + 40)
    count = int.from_bytes(file.read(8), "little")
    file.seek(position)
    if at < 0 or not length or file.read(3) != _ASF_START:
        return
    for number in range(min(count, _MOST_UNITS)):
        begin = position + number * length
        file.seek(begin)
        yield begin, begin + length if begin >= size or file.read(3) == _ASF_START else None


def _caf_chunks(file: BinaryIO, size: int) -> _Units:
    position = 8
    for _ in range(_MOST_UNITS):
        file.seek(position)
        head = file.read(12)
        length = int.from_bytes(head[4:], signed=True)
        if position >= size or len(head) < 12 or length < 0:  # the last one may leave it open
            return
        yield position, position + 12 + length
        position += 12 + length


def _packets(file: BinaryIO, size: int) -> _Units:
    """Of a transport stream, many at a time."""
    file.seek(0)
    head = file.read(5 * 192)
    length, first = (192, 4) if set(head[4::192]) == {0x47} else (188, 0)
    file.seek(0)
    position = 0
    while position < size:
        chunk = file.read(_CHUNK * length)
        marks = chunk[first::length]
        wrong = len(marks) - len(marks.lstrip(b"\x47"))
        if wrong < len(marks):
            yield position + wrong * length, None
            return
        whole = len(chunk) // length * length
        if whole < len(chunk):
            yield position + whole, position + whole + length
        position += len(chunk)


_WALKS: Mapping[str, Callable[[BinaryIO, int], _Units]] = MappingProxyType(
    {
        "matroska": _elements,
        "flv": _tags,
        "ogg": _pages,
        "mpegts": _packets,
        "asf": _asf_packets,
        "caf": _caf_chunks,
    }
)
