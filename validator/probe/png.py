"""A PNG's chunks: Pillow decodes past a wrong checksum in the picture's data, other readers do not."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

from validator.probe.damage import Damage
from validator.probe.too_much import MAX_METADATA, Tally

_SIGNATURE = 8
_MAX_CHUNKS = 1_000_000
_STEP = 1 << 20
_INFLATED_BY_PILLOW = 1 << 20  # bytes of one chunk; at more it refuses the picture
_INFLATING = frozenset({b"zTXt", b"iTXt", b"iCCP"})
_FRAMES = frozenset({b"fcTL", b"fdAT"})

Span = tuple[int, int]


def check(file: BinaryIO) -> Damage:
    """Walk the chunks up to IEND; a wrong checksum of a critical chunk is damage (PNG 3rd edition, 13.1)."""
    file.seek(_SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        header = file.read(8)
        if len(header) < 8:
            return Damage("truncated", "the file ends before its IEND chunk")
        left, name = int.from_bytes(header[:4], "big"), header[4:]
        checksum = zlib.crc32(name)
        while left:
            data = file.read(min(left, _STEP))
            if not data:
                return Damage("truncated", f"the file ends inside its {_name(name)} chunk")
            checksum = zlib.crc32(data, checksum)
            left -= len(data)
        stored = file.read(4)
        if len(stored) < 4:
            return Damage("truncated", f"the file ends inside its {_name(name)} chunk")
        critical = not name[0] & 0x20
        if critical and int.from_bytes(stored, "big") != checksum:
            return Damage("corrupt", f"wrong checksum in its {_name(name)} chunk")
        if name == b"IEND":
            return Damage()
    return Damage("corrupt", f"more than {_MAX_CHUNKS:,} chunks")


def weigh(file: BinaryIO, tally: Tally) -> list[Span]:
    """Count what stands beside the picture, unpacked where it is packed.

    Returns the parts of the file that Pillow may read: all but chunks that unpack to more than it takes,
    though not to too much.
    """
    parts, kept = list[Span](), 0
    end = file.seek(0, io.SEEK_END)
    file.seek(_SIGNATURE)
    while len(header := file.read(8)) == 8:
        size, name = int.from_bytes(header[:4], "big"), header[4:]
        start = file.tell()
        critical = not name[0] & 0x20
        if critical or name in _FRAMES:
            tally.part()
        else:
            tally.metadata(min(size, end - start))
            if name in _INFLATING and tally.bytes <= MAX_METADATA:
                inflated = _inflated(name, file.read(size), MAX_METADATA)
                tally.bytes += inflated
                tally.stopped = inflated > MAX_METADATA
                if inflated > _INFLATED_BY_PILLOW:
                    parts.append((kept, start - 8))
                    kept = start + size + 4
        if name == b"IEND":
            break
        file.seek(start + size + 4)
    return [*parts, (kept, end)]


def _inflated(name: bytes, data: bytes, enough: int) -> int:
    """How long a chunk's packed part is when it is unpacked; counted to a little more than `enough`."""
    packed = data.partition(b"\0")[2]
    if name == b"iTXt":
        if packed[:1] != b"\1":
            return 0
        packed = packed[2:].partition(b"\0")[2].partition(b"\0")[2]
    else:
        packed = packed[1:]
    length, inflate = 0, zlib.decompressobj()
    try:
        while packed and length <= enough and not inflate.eof:
            length += len(inflate.decompress(packed, _STEP))
            packed = inflate.unconsumed_tail
    except zlib.error:
        pass  # a decoder meets the same end
    return length


def exif(file: BinaryIO) -> bytes:
    """The Exif of an eXIf chunk, before or behind the picture's data; empty where there is none."""
    file.seek(_SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        header = file.read(8)
        if len(header) < 8 or header[4:] == b"IEND":
            break
        length = int.from_bytes(header[:4], "big")
        if header[4:] == b"eXIf":
            return file.read(min(length, _STEP))
        file.seek(length + 4, 1)
    return b""


def _name(name: bytes) -> str:
    return name.decode("latin-1")
