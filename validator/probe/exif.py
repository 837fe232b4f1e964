"""Whether Exif can be read: its first directory, which is the one that turns a picture (Exif 3.0, 4.6)."""

from __future__ import annotations

import struct

_ORIENTATION = 0x0112
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
_SHORT = 3
_INLINE = 4  # bytes of a value that stands in the entry itself


def problem(data: bytes) -> str:
    """What is wrong with a block of Exif, in words; empty where all of its first directory can be read.

    >>> problem(bytes.fromhex("4d4d002a00000008 0001 0112 0003 00000001 0006 0000 00000000"))
    ''
    >>> problem(b"Exif or not")
    'it does not begin as Exif does'
    """
    while data.startswith(b"Exif\0\0"):
        data = data[6:]
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None or len(data) < 8:
        return "it does not begin as Exif does"
    entry = struct.Struct(order + "HHI4s")
    (start,) = struct.unpack_from(order + "I", data, 4)
    if start + 2 > len(data):
        return "its directory lies behind its end"
    (count,) = struct.unpack_from(order + "H", data, start)
    entries = data[start + 2 : start + 2 + count * entry.size]
    if len(entries) < count * entry.size:
        return "its directory is cut off"
    wrong = (_wrong(fields, order, len(data)) for fields in entry.iter_unpack(entries))
    return next(filter(None, wrong), "")


def _wrong(fields: tuple[int, int, int, bytes], order: str, length: int) -> str:
    tag, kind, values, value = fields
    size = values * _SIZES.get(kind, 0)
    if size > _INLINE and struct.unpack(order + "I", value)[0] + size > length:
        return f"a value lies behind its end (tag {tag:#06x})"
    if tag != _ORIENTATION:
        return ""
    if (kind, values) != (_SHORT, 1):
        return "its orientation is not one number of 16 bits"
    turn = struct.unpack_from(order + "H", value)[0]
    return "" if 1 <= turn <= 8 else f"its orientation is {turn}, none of 1 to 8"
