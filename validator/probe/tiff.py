"""A TIFF's directories: counted and weighed without reading what their tags hold (TIFF 6.0, section 2)."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from validator.probe.too_much import MAX_FRAMES, MAX_PIECES, Tally, TooMuchError

_BYTES = frozenset({1, 2, 6, 7})  # types of which each value is a byte, and stays one in memory
_SIZES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_A_NUMBER = 8  # bytes that one takes in memory, at the least


def weigh(file: BinaryIO, tally: Tally) -> str:
    """Count pages and what their tags hold.

    Returns where the directories lead back to one of them, in words; empty where they end.
    """
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    how_many = struct.Struct(order + ("Q" if big else "H"))
    entry = struct.Struct(order + ("HHQ8x" if big else "HHI4x"))
    offset = struct.Struct(order + ("Q" if big else "I"))
    seen: dict[int, int] = {}
    at = _number(offset, head[8:] if big else head[4:])
    while at:
        if at in seen:
            return f"directory {len(seen)} leads back to directory {seen[at]}"
        file.seek(at)
        count = _number(how_many, file.read(how_many.size))
        if not count:
            return ""
        seen[at] = len(seen) + 1
        tally.frame()
        if count > MAX_PIECES:
            raise TooMuchError("metadata", f"{count:,} tags in a directory; we read at most {MAX_PIECES:,}")
        entries = file.read(count * entry.size)
        if tally.frames <= MAX_FRAMES:  # more are refused for their number
            tally.bytes += sum(
                _weight(kind, values, length)
                for _, kind, values in entry.iter_unpack(entries[: len(entries) // entry.size * entry.size])
            )
        at = _number(offset, file.read(offset.size))
    return ""


def _number(form: struct.Struct, data: bytes) -> int:
    """A number; 0 behind the file's end."""
    return int(form.unpack_from(data)[0]) if len(data) >= form.size else 0


def _weight(kind: int, values: int, length: int) -> int:
    """Bytes that a tag's values take in memory; none, if they cannot all be in a file of this length."""
    size = 1 if kind in _BYTES else _SIZES.get(kind, 0)
    if values * size > length:
        return 0
    return values * max(size, _A_NUMBER) if size > 1 else values * size
