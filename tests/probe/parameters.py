"""Sequence parameter sets of H.264, written bit by bit: a picture size without a picture."""

from __future__ import annotations

import struct

from tests.probe.build import box, rewritten

_TABLE = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_ENTRY = 86  # bytes of a visual sample entry before its boxes


def golomb(value: int) -> str:
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits


def packed(bits: str) -> bytes:
    """Bits, a stop bit, and emulation prevention."""
    bits += "1"
    bits += "0" * (-len(bits) % 8)
    plain = int(bits, 2).to_bytes(len(bits) // 8, "big")
    out = bytearray()
    for byte in plain:
        if byte <= 3 and out[-2:] == b"\0\0":
            out.append(3)
        out.append(byte)
    return bytes(out)


def h264_unit(width: int, height: int, *, order: int = 2, high: str = "") -> bytes:
    """A baseline unit, or one of the high profile with these bits behind its number."""
    orders = {0: golomb(4), 1: "0" + golomb(0) * 2 + golomb(2) + golomb(0) * 2, 2: ""}[order]
    size = golomb(width // 16 - 1) + golomb(height // 16 - 1)
    bits = golomb(0) + high + golomb(0) + golomb(order) + orders + golomb(1) + "0" + size + "1100"
    return (b"\x67\x64\x00\x33" if high else b"\x67\x42\xc0\x33") + packed(bits)


def avc_record(*units: bytes) -> bytes:
    """An `avcC` of these sequence parameter sets and no picture parameter set."""
    listed = b"".join(struct.pack(">H", len(unit)) + unit for unit in units)
    return b"\x01\x42\xc0\x33\xff" + bytes([0xE0 | len(units)]) + listed + b"\0"


def announcing(data: bytes, width: int, height: int) -> bytes:
    """A clip of FFmpeg's whose parameter set announces another size; the container still says the old one."""

    def change(body: bytes) -> bytes:
        entry = body[8:]
        inner = entry[_ENTRY:]
        size = struct.unpack(">I", inner[:4])[0]
        assert inner[4:8] == b"avcC"
        record = inner[8:size]
        old = struct.unpack(">H", record[6:8])[0]
        unit = h264_unit(width, height)
        record = record[:6] + struct.pack(">H", len(unit)) + unit + record[8 + old :]
        return body[:8] + box(entry[4:8], entry[8:_ENTRY], box(b"avcC", record), inner[size:])

    return rewritten(data, (*_TABLE, b"stsd"), change)
