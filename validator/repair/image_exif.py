"""Exif of a picture that has changed: its orientation, its sizes and its thumbnail are brought into line.

The block is changed in place, so that whatever else lies in it, such as a maker's notes, stays readable.
"""

from __future__ import annotations

import struct

_PREFIX = b"Exif\0\0"
_ORIENTATION, _EXIF_POINTER = 0x0112, 0x8769
_WIDTHS, _HEIGHTS = frozenset({0x0100, 0xA002}), frozenset({0x0101, 0xA003})
_THUMBNAIL, _THUMBNAIL_LENGTH = 0x0201, 0x0202
_SHORT, _LONG = 3, 4
_ENTRY = 12  # bytes
_UPRIGHT = 1


def fitted_exif(data: bytes, width: int, height: int) -> bytes:
    """A readable block of Exif for an upright picture of this size, without the thumbnail of the old one.

    >>> turned = bytes.fromhex("4d4d002a00000008 0001 0112 0003 00000001 0006 0000 00000000")
    >>> fitted_exif(turned, 300, 400).hex(" ", -2)[-39:]
    '0112 0003 0000 0001 0001 0000 0000 0000'
    """
    while data.startswith(_PREFIX):
        data = data[len(_PREFIX) :]
    block = _Block(data)
    following = block.change(block.first, width, height)
    if following is not None:
        block.drop_thumbnail(*following)
    return bytes(block.data)


class _Block:
    """TIFF's directories in memory; what points outside of it is passed over."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        self._order = "<" if data[:2] == b"II" else ">"
        self.first = self._number(4, _LONG)

    def change(self, directory: int, width: int, height: int) -> tuple[int, int] | None:
        """Correct a directory and the one of Exif below it; where the next is named, and where it lies."""
        for at in self._entries(directory):
            tag = self._number(at, _SHORT)
            if tag == _ORIENTATION:
                self._set(at, _UPRIGHT)
            elif tag in _WIDTHS:
                self._set(at, width)
            elif tag in _HEIGHTS:
                self._set(at, height)
            elif tag == _EXIF_POINTER and directory == self.first:
                self.change(self._number(at + 8, _LONG), width, height)
        end = directory + 2 + _ENTRY * self._number(directory, _SHORT)
        return (end, self._number(end, _LONG)) if end + 4 <= len(self.data) else None

    def drop_thumbnail(self, pointer: int, directory: int) -> None:
        """Forget the directory that `pointer` names, and wipe the thumbnail itself."""
        if not directory:
            return
        found = {self._number(at, _SHORT): self._number(at + 8, _LONG) for at in self._entries(directory)}
        start, length = found.get(_THUMBNAIL, 0), found.get(_THUMBNAIL_LENGTH, 0)
        struct.pack_into(self._order + "I", self.data, pointer, 0)
        if start > pointer and start + length <= len(self.data):
            if start + length >= len(self.data) - 2:  # some writers pad by a byte or two
                del self.data[start:]
            else:
                self.data[start : start + length] = bytes(length)

    def _entries(self, directory: int) -> range:
        if directory + 2 > len(self.data):
            return range(0)
        start = directory + 2
        most = max(0, (len(self.data) - start) // _ENTRY)
        count = min(self._number(directory, _SHORT), most)
        return range(start, start + _ENTRY * count, _ENTRY)

    def _number(self, at: int, kind: int) -> int:
        size, code = (2, "H") if kind == _SHORT else (4, "I")
        if at + size > len(self.data):
            return 0
        number: int = struct.unpack_from(self._order + code, self.data, at)[0]
        return number

    def _set(self, at: int, value: int) -> None:
        kind = self._number(at + 2, _SHORT)
        if kind in (_SHORT, _LONG) and self._number(at + 4, _LONG) == 1:
            struct.pack_into(self._order + ("H" if kind == _SHORT else "I"), self.data, at + 8, value)
