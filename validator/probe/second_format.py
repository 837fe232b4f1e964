"""Whether a file is two things at once: a picture, a clip or a sound, and a zip that other programs open."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

from validator.model import SecondFormat

# APPNOTE.TXT 6.3.10, sections 4.3.12, 4.3.15 and 4.3.16
_END = struct.Struct("<4s4H2IH")
_END_SIGN, _ENTRY_SIGN, _LOCATOR_SIGN = b"PK\x05\x06", b"PK\x01\x02", b"PK\x06\x07"
_LOCATOR_SIZE = 20
_LONGEST_COMMENT = 65_535


def second_format(file: BinaryIO) -> tuple[SecondFormat, str]:
    """What else the file is, and how much of it, in words.

    A zip is read from its end, so anything may stand before it. Its signature alone occurs by chance: it is
    one only where the directory of its files stands where its end says. The position is left anywhere.

    >>> second_format(io.BytesIO(b"a picture"))
    ('none', '')
    """
    length = file.seek(0, io.SEEK_END)
    start = max(length - _END.size - _LONGEST_COMMENT - _LOCATOR_SIZE, 0)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END_SIGN)
    while at >= 0:
        if len(tail) - at >= _END.size and (found := _zip(file, tail, at, start + at)):
            return "zip", found
        at = tail.rfind(_END_SIGN, 0, at)
    return "none", ""


def _zip(file: BinaryIO, tail: bytes, at: int, end: int) -> str:
    _, _, _, _, count, size, _, _ = _END.unpack_from(tail, at)
    if at >= _LOCATOR_SIZE and tail[at - _LOCATOR_SIZE :].startswith(_LOCATOR_SIGN):
        return "a directory of more than 65,535 entries or 4 GB ends it"
    if not count or size > end:
        return ""
    file.seek(end - size)
    if file.read(4) != _ENTRY_SIGN:
        return ""
    return f"a directory of {count:,} {'entry' if count == 1 else 'entries'} ends it"
