"""A PNG's chunks: Pillow decodes past a wrong checksum in the picture's data, other readers do not."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from validator.probe.damage import Damage

_SIGNATURE = 8
_MAX_CHUNKS = 1_000_000
_STEP = 1 << 20


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
