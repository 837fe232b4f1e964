"""Matroska's own headers: what is announced, and whether the file holds it (EBML)."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import BinaryIO

from validator.probe.damage import Damage

# Element ids, with their marker bits, as they stand in the file.
_HEADER, SEGMENT = 0x1A45DFA3, 0x18538067
_INFO, _TIMESTAMP_SCALE, _DURATION = 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _TRACK_ENTRY, CLUSTER = 0x1654AE6B, 0xAE, 0x1F43B675
_TRACK_TYPE, _DEFAULT_DURATION = 0x83, 0x23E383
_ENCODINGS, _ENCODING, _ENCRYPTION = 0x6D80, 0x6240, 0x5035

_MOST_ELEMENTS = 10_000  # of one level: far more than there are in front of the pictures
_LONGEST_NUMBER = 8
_A_VIDEO = 1  # TrackType
_LARGEST_DIVISOR = 1001  # of the frame rates that there are: 30000/1001


@dataclass(frozen=True)
class Element:
    """One element: where its content begins and ends; `end` is `None` where the file leaves that open."""

    id: int
    start: int
    end: int | None


@dataclass(frozen=True)
class Matroska:
    """What the top of a file says. `claimed_duration` is in seconds; so is `frame`, how long one is shown."""

    claimed_duration: Fraction | None = None
    frame: Fraction | None = None
    encrypted: bool = False
    damage: Damage = field(default_factory=Damage)


def read(file: BinaryIO) -> Matroska:
    """Read the headers of an open file; its position is left anywhere.

    >>> read(io.BytesIO(b"")).damage.detail
    'there is no segment: nothing behind the header'
    """
    size = file.seek(0, io.SEEK_END)
    segment = next((each for each in _elements(file, 0, size) if each.id == SEGMENT), None)
    if segment is None:
        return Matroska(damage=Damage("truncated", "there is no segment: nothing behind the header"))
    damage = Damage()
    if segment.end is not None and segment.end > size:
        damage = Damage("truncated", f"{segment.end:,} bytes announced, the file has {size:,}")
    duration, frame, encrypted = None, None, False
    for element in _elements(file, segment.start, min(segment.end or size, size)):
        if element.end is None or element.id == CLUSTER:
            break  # from here on there are pictures, which FFmpeg reads
        if element.end > size:
            damage = damage if damage.detail else Damage("truncated", "the file ends inside its headers")
            break
        if element.id == _INFO:
            duration = _duration(file, element.start, element.end)
        elif element.id == _TRACKS:
            encrypted = _is_encrypted(file, element.start, element.end)
            frame = _frame(file, element.start, element.end)
    return Matroska(duration, frame, encrypted, damage)


def _duration(file: BinaryIO, start: int, end: int) -> Fraction | None:
    scale, ticks = 1_000_000, None  # nanoseconds of one tick, unless said otherwise
    for element in _elements(file, start, end):
        if element.end is None or element.end - element.start > _LONGEST_NUMBER:
            continue
        file.seek(element.start)
        data = file.read(element.end - element.start)
        if element.id == _TIMESTAMP_SCALE:
            scale = int.from_bytes(data)
        elif element.id == _DURATION and len(data) in (4, 8):
            (ticks,) = struct.unpack(">f" if len(data) == 4 else ">d", data)
    if ticks is None or not 0 < ticks < float(1 << 62):
        return None
    nanoseconds = round(ticks * scale)
    return Fraction(nanoseconds, 10**9) if nanoseconds else None


def _frame(file: BinaryIO, start: int, end: int) -> Fraction | None:
    """How long the first video track says that each of its frames is shown."""
    for track in _elements(file, start, end):
        if track.id != _TRACK_ENTRY:
            continue
        said: dict[int, int] = {}
        for element in _elements(file, track.start, min(track.end or end, end)):
            if element.id in (_TRACK_TYPE, _DEFAULT_DURATION) and element.end is not None:
                file.seek(element.start)
                said[element.id] = int.from_bytes(
                    file.read(min(element.end - element.start, _LONGEST_NUMBER))
                )
        if said.get(_TRACK_TYPE) == _A_VIDEO:
            return frame_of(said.get(_DEFAULT_DURATION, 0))
    return None


def frame_of(nanoseconds: int) -> Fraction | None:
    """A frame's length in seconds, exactly: of a frame rate that is rounded to these nanoseconds.

    >>> frame_of(16_666_667), frame_of(33_366_667), frame_of(0)
    (Fraction(1, 60), Fraction(1001, 30000), None)
    """
    if nanoseconds <= 0:
        return None
    said = Fraction(nanoseconds, 10**9)
    likely = (1 / said).limit_denominator(_LARGEST_DIVISOR)
    return 1 / likely if likely and abs(1 / likely - said) < Fraction(1, 10**9) else said


def _is_encrypted(file: BinaryIO, start: int, end: int) -> bool:
    spans = [(start, end)]
    for wanted in (_TRACK_ENTRY, _ENCODINGS, _ENCODING):
        inner = (each for span in spans for each in _elements(file, *span))
        spans = [(each.start, min(each.end or end, end)) for each in inner if each.id == wanted]
    return any(each.id == _ENCRYPTION for span in spans for each in _elements(file, *span))


def _elements(file: BinaryIO, start: int, end: int) -> Iterator[Element]:
    """The elements of one level, up to one whose end is open or lies behind the level's."""
    position = start
    for _ in range(_MOST_ELEMENTS):
        if position >= end:
            return
        element = element_at(file, position)
        if element is None:
            return
        yield element
        if element.end is None or element.end > end:
            return
        position = element.end


def element_at(file: BinaryIO, position: int) -> Element | None:
    """The element that begins here; `None` where there is none."""
    file.seek(position)
    head = file.read(12)
    id_length = _length(head[:1], 4)
    size_length = _length(head[id_length : id_length + 1], 8)
    if not id_length or not size_length or len(head) < id_length + size_length:
        return None
    number = int.from_bytes(head[:id_length])
    announced = int.from_bytes(head[id_length : id_length + size_length])
    announced -= 1 << (7 * size_length)
    begin = position + id_length + size_length
    is_open = announced == (1 << (7 * size_length)) - 1
    return Element(number, begin, None if is_open else begin + announced)


def _length(first: bytes, longest: int) -> int:
    """How many bytes a number has, by the first of them; 0 where that makes no sense."""
    length = 9 - first[0].bit_length() if first and first[0] else 0
    return length if length <= longest else 0
