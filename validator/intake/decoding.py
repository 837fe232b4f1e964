"""Content-Encoding: what a host packs although it was asked not to. Nothing expands without bound."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_PIECE = 1 << 18  # bytes that one step may expand to
_GZIP_OR_ZLIB = 47  # zlib's own number for "either header, largest window"


class DamagedBodyError(Exception):
    """The packed body cannot be unpacked."""


class Unpacker:
    """Unpacks a body piece by piece.

    Args:
        encoding: the Content-Encoding header; see `knows`.

    >>> list(Unpacker("").feed(b"abc"))
    [b'abc']
    """

    def __init__(self, encoding: str) -> None:
        self._packed = _names(encoding) != []
        self._unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)

    @staticmethod
    def knows(encoding: str) -> bool:
        """Whether a body with this Content-Encoding can be unpacked.

        >>> Unpacker.knows("gzip"), Unpacker.knows("identity"), Unpacker.knows("br")
        (True, True, False)
        """
        names = _names(encoding)
        return not names or (len(names) == 1 and names[0] in ("gzip", "x-gzip", "deflate"))

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The pieces that these bytes of the body unpack to, each of 256 KiB at most.

        Raises:
            DamagedBodyError: these bytes are not what the header says.
        """
        if not self._packed:
            yield data
            return
        while data and not self._unpacker.eof:
            try:
                piece = self._unpacker.decompress(data, _PIECE)
            except zlib.error as error:
                raise DamagedBodyError(str(error)) from error
            if piece:
                yield piece
            data = self._unpacker.unconsumed_tail
            if self._unpacker.eof and self._unpacker.unused_data[:2] == b"\x1f\x8b":
                # A gzip file may hold several parts, one behind the other.
                data = self._unpacker.unused_data
                self._unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)

    @property
    def complete(self) -> bool:
        """Whether the packed body came to its own end."""
        return not self._packed or self._unpacker.eof


def _names(encoding: str) -> list[str]:
    names = (name.strip().lower() for name in encoding.split(","))
    return [name for name in names if name not in ("", "identity")]
