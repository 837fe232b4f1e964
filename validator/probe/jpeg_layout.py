"""Whether a JPEG is laid out as all readers expect: then what one strict decoder says of its data is enough.

Readers differ in what they forgive: tables that are missing or make no sense, scans that are out of order,
segments that are no segments. None of that is in a file whose layout is plain (ITU-T T.81, annex B).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_HUFFMAN_TABLES, _END, _SCAN, _QUANTISATION_TABLES, _RESTARTS = 0xC4, 0xD9, 0xDA, 0xDB, 0xDD
_APPLICATION, _COMMENT = range(0xE0, 0xF0), 0xFE
_IN_DATA = frozenset({0x00, *range(0xD0, 0xD8)})  # behind an FF: a byte of the data, or a restart
_COMPONENTS = frozenset({1, 3, 4})
_SAMPLINGS = frozenset({1, 2, 4})
_LARGEST_DIFFERENCE = 15  # of a DC table: a category, which is a number of bits
_LAST = 63  # of a block's coefficients
_MOST_SHIFTED = 13


def is_plain(data: bytes) -> bool:
    """Whether it is one picture, with all that its scans need before them, up to its end marker.

    >>> is_plain(b"junk")
    False
    """
    if data[:2] != b"\xff\xd8":
        return False
    layout, at = _Layout(), 2
    while data[at : at + 1] == b"\xff" and len(data) >= at + 4:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at + 4 : at + 2 + size]
        if marker == _END or len(segment) != size - 2 or not layout.takes(marker, segment):
            break
        at += 2 + size
        if marker == _SCAN:
            at = _behind_data(data, at)
    return data[at : at + 2] == bytes((0xFF, _END)) and layout.is_complete


def _behind_data(data: bytes, at: int) -> int:
    """Where the next segment begins; the file's length where none does."""
    while (at := data.find(b"\xff", at)) >= 0 and data[at + 1 : at + 2] and data[at + 1] in _IN_DATA:
        at += 2
    return at if at >= 0 else len(data)


class _Layout:
    """What the segments so far said."""

    def __init__(self) -> None:
        self._coding = 0
        self._quantisation: set[int] = set()
        self._huffman: set[int] = set()
        self._components: dict[int, int] = {}
        self._scanned: set[int] = set()

    @property
    def is_complete(self) -> bool:
        """Whether there was a frame, and data of each of its components."""
        return bool(self._components) and self._scanned == self._components.keys()

    def takes(self, marker: int, segment: bytes) -> bool:
        """Whether a segment is as it should be, here."""
        if marker in _APPLICATION or marker == _COMMENT:
            return True
        reader = _READERS.get(marker)
        return reader is not None and reader(self, marker, segment)

    def quantisation(self, _marker: int, segment: bytes) -> bool:
        at = 0
        while at < len(segment):
            precision, number = divmod(segment[at], 16)
            at += 1 + 64 * (1 + precision)
            if precision > 1 or number > 3 or at > len(segment):
                return False
            self._quantisation.add(number)
        return True

    def huffman(self, _marker: int, segment: bytes) -> bool:
        at = 0
        while at < len(segment):
            table, lengths = segment[at], segment[at + 1 : at + 17]
            values = segment[at + 17 : at + 17 + sum(lengths)]
            at += 17 + sum(lengths)
            kind, number = divmod(table, 16)
            if kind > 1 or number > 3 or at > len(segment) or not _is_a_code(lengths):
                return False
            if not kind and max(values, default=0) > _LARGEST_DIFFERENCE:
                return False
            self._huffman.add(table)
        return True

    def frame(self, marker: int, segment: bytes) -> bool:
        count = segment[5] if len(segment) > 5 else 0
        if self._components or segment[:1] != b"\x08" or len(segment) != 6 + 3 * count:
            return False
        components = [segment[at : at + 3] for at in range(6, len(segment), 3)]
        self._coding = marker
        self._components = {number: table for number, _, table in components}
        samplings = {side for _, both, _ in components for side in divmod(both, 16)}
        alone = len(self._components) == len(components)
        return alone and len(components) in _COMPONENTS and samplings <= _SAMPLINGS

    def scan(self, _marker: int, segment: bytes) -> bool:
        count = segment[0] if segment else 0
        if not count or len(segment) != 4 + 2 * count:
            return False
        chosen = dict(zip(segment[1 : 2 * count : 2], segment[2 : 2 * count + 1 : 2], strict=True))
        first, last, (high, low) = segment[-3], segment[-2], divmod(segment[-1], 16)
        if self._coding == _PROGRESSIVE:
            one_kind = last == 0 if first == 0 else count == 1 and first <= last <= _LAST
            if not one_kind or low > _MOST_SHIFTED or (high and low != high - 1):
                return False
        elif (first, last, high, low) != (0, _LAST, 0, 0):
            return False
        self._scanned |= chosen.keys()
        return len(chosen) == count and all(
            self._components.get(component, -1) in self._quantisation
            and (first > 0 or high > 0 or tables >> 4 in self._huffman)
            and (last == 0 or 0x10 | tables & 15 in self._huffman)
            for component, tables in chosen.items()
        )


def _is_a_code(lengths: bytes) -> bool:
    """Whether there can be so many code words of each length, 1 to 16 bits: none is all ones."""
    free = 1
    for count in lengths:
        free = 2 * free - count
        if free < 1:
            return False
    return len(lengths) == 16


_READERS: Mapping[int, Callable[[_Layout, int, bytes], bool]] = {
    _HUFFMAN_TABLES: _Layout.huffman,
    _QUANTISATION_TABLES: _Layout.quantisation,
    _BASELINE: _Layout.frame,
    _EXTENDED: _Layout.frame,
    _PROGRESSIVE: _Layout.frame,
    _SCAN: _Layout.scan,
    _RESTARTS: lambda _layout, _marker, segment: len(segment) == 2,
}
