"""A WebP's chunks: frames and metadata, counted without decoding any (RFC 9649, section 2)."""

from __future__ import annotations

import io
from typing import BinaryIO

from validator.probe.too_much import Tally

_PICTURE = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM"})


def weigh(file: BinaryIO, tally: Tally) -> None:
    """Count frames and what stands beside them."""
    file.seek(4)
    end = min(int.from_bytes(file.read(4), "little") + 8, file.seek(0, io.SEEK_END))  # junk may follow
    file.seek(12)
    while file.tell() < end and len(header := file.read(8)) == 8:
        name, size = header[:4], int.from_bytes(header[4:], "little")
        if name == b"ANMF":
            tally.frame()
        elif name in _PICTURE:
            tally.part()
        else:
            tally.metadata(min(size, end - file.tell()))
        file.seek(size + size % 2, 1)
