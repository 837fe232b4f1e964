"""A file made of parts of another: what a decoder does not need, and might choke on, is left out."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import BinaryIO


class Splice(io.RawIOBase):
    """The parts of an open file, as (start, end) in bytes, one behind the other. Read-only.

    >>> Splice(io.BytesIO(b"0123456789"), [(0, 2), (7, 10)]).read()
    b'01789'
    """

    def __init__(self, file: BinaryIO, parts: Iterable[tuple[int, int]]) -> None:
        self._file = file
        self._parts = [(start, end) for start, end in parts if end > start]
        self._starts = list(accumulate((end - start for start, end in self._parts), initial=0))
        self._at = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be gone about in."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to an offset of the spliced file."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._starts[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """The offset in the spliced file."""
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as the part goes that the position lies in."""
        number = bisect_right(self._starts, self._at) - 1
        if number >= len(self._parts):
            return 0
        start, end = self._parts[number]
        place = start + self._at - self._starts[number]
        self._file.seek(place)
        data = self._file.read(min(len(buffer), end - place))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
