"""Colour profiles, as cameras and printers embed them (ICC.1:2001)."""

from __future__ import annotations

import struct

_DISPLAY_P3 = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
"""Red, green and blue as X, Y and Z under D50 (Display P3 by Apple)."""
_WHITE = (0.9642, 1.0, 0.8249)


def display_p3(name: str = "Display P3", space: bytes = b"RGB ", copyrighted: str = "") -> bytes:
    """Wider than sRGB, with a gamma of 2.2."""
    tags = [(b"cprt", b"text" + bytes(4) + copyrighted.encode() + b"\0"), (b"desc", _described(name))]
    tags += [(b"wtpt", _xyz(*_WHITE))]
    tags += [(colour, _xyz(*place)) for colour, place in zip((b"rXYZ", b"gXYZ", b"bXYZ"), _DISPLAY_P3)]  # noqa: B905 - three of each
    tags += [(colour, _gamma(2.2)) for colour in (b"rTRC", b"gTRC", b"bTRC")]
    return _profile(space, tags)


def grey(gamma: float) -> bytes:
    """Of pictures that have no colours."""
    return _profile(
        b"GRAY", [(b"desc", _described("Grey")), (b"wtpt", _xyz(*_WHITE)), (b"kTRC", _gamma(gamma))]
    )


def _described(name: str) -> bytes:
    text = name.encode() + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)


def _gamma(gamma: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def _profile(space: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    table, data = b"", b""
    begin = 128 + 4 + 12 * len(tags)
    for tag, content in tags:
        data += bytes(-len(data) % 4)
        table += struct.pack(">4sII", tag, begin + len(data), len(content))
        data += content
    size = begin + len(data)
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x02400000, b"mntr", space, b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", *(round(part * 65_536) for part in _WHITE))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def _xyz(*place: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">iii", *(round(part * 65_536) for part in place))
