"""Content-Encoding: what a host packs although it was asked not to. Nothing expands without bound."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_PIECE = 1 << 18  # bytes that one step may expand to
_GZIP_OR_ZLIB = 47  # zlib's own number for "either header, largest window"
_GZIP = b"\x1f\x8b"


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
        self._behind = b""  # what came behind the end of a part, too little to tell what it is
        self._over = False

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
        data, self._behind = self._behind + data, b""
        while data and not self._over:
            if self._unpacker.eof:
                # A gzip file may hold several parts, one behind the other, and junk behind the last.
                if data == _GZIP[:1]:
                    self._behind = data
                    return
                if not data.startswith(_GZIP):
                    self._over = True
                    return
                self._unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                piece = self._unpacker.decompress(data, _PIECE)
            except zlib.error as error:
                raise DamagedBodyError(str(error)) from error
            if piece:
                yield piece
            data = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail

    @property
    def complete(self) -> bool:
        """Whether the packed body came to its own end."""
        return not self._packed or self._unpacker.eof


def _names(encoding: str) -> list[str]:
    names = (name.strip().lower() for name in encoding.split(","))
    return [name for name in names if name not in ("", "identity")]
