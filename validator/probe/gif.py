"""A GIF's blocks: frames and extensions, counted without decoding any (GIF89a, sections 15 to 27)."""

from __future__ import annotations

from typing import BinaryIO

from validator.probe.too_much import Tally, TooMuchError

_WINDOW = 1 << 18
_MAX_SUB_BLOCKS = 10_000_000  # of 255 bytes each in an honest file, which they make 2.5 GB large
_EXTENSION, _FRAME, _END = 0x21, 0x2C, 0x3B
_GRAPHIC_CONTROL = 0xF9  # belongs to a frame


def weigh(file: BinaryIO, tally: Tally) -> None:
    """Count frames and what stands beside them."""
    blocks = _Blocks(file)
    at = 13 + _table(blocks.byte(10))
    while (kind := blocks.byte(at)) not in (-1, _END):
        if kind == _EXTENSION:
            end = blocks.behind(at + 2)
            if blocks.byte(at + 1) == _GRAPHIC_CONTROL:
                tally.part()
            else:
                tally.metadata(end - at)
            at = end
        elif kind == _FRAME:
            tally.frame()
            at = blocks.behind(at + 11 + _table(blocks.byte(at + 9)))
        else:  # junk, which readers pass over
            tally.part()
            at += 1


def _table(flags: int) -> int:
    """Bytes of a colour table, by the byte that announces it."""
    return 3 << ((flags & 7) + 1) if flags >= 0 and flags & 0x80 else 0


class _Blocks:
    """Reads single bytes fast: a window of the file is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = 0
        self._window = b""
        self._sub_blocks = 0

    def byte(self, at: int) -> int:
        """The byte at an offset; -1 behind the end."""
        if not self._start <= at < self._start + len(self._window):
            self._load(at)
        return self._window[at - self._start] if self._window else -1

    def behind(self, at: int) -> int:
        """The offset behind a chain of sub-blocks that begins here."""
        while self.byte(at) >= 0:
            window, start = self._window, self._start
            inside = at - start
            while inside < len(window):
                size = window[inside]
                inside += size + 1
                self._sub_blocks += 1
                if not size:
                    return start + inside
            at = start + inside
            if self._sub_blocks > _MAX_SUB_BLOCKS:
                raise TooMuchError("metadata", f"more than {_MAX_SUB_BLOCKS:,} blocks; we look at no more")
        return at

    def _load(self, at: int) -> None:
        self._file.seek(at)
        self._window, self._start = self._file.read(_WINDOW), at
