"""What the first part of a download, and the index at its end, are enough to tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from validator.intake.handover import Peek
from validator.model import Kind
from validator.probe.isobmff import FIRST_BOXES
from validator.probe.sniff import sniff_bytes

ENOUGH = 2_048
"""Bytes that are enough to tell what most files are, and where an index at their end begins."""

_WORTH_A_LOOK = 262_144  # bytes of a file that takes longer to come than to be looked at
_WORTH_A_REQUEST = 4_000_000  # bytes of a clip that takes longer to come than one more request
_INDEX_AT_MOST = 1 << 20  # bytes of an index that are asked for: that of half an hour
_INDEX_SHARE = 8  # and at most this part of the file
_HOPS_AT_MOST = 3  # requests for the headers of boxes between the media and the index
_BOX_HEADER = 16  # bytes

_Part = Callable[[int, int, int], bytes]
"""The bytes from one offset up to another, of a file of this size, or nothing; a request of its own."""

_MPEG4_AUDIO = b"mp4a"
# An elementary stream of AAC, without dependencies (ISO/IEC 14496-1): all else in `mp4a` has to be parsed.
_AAC = re.compile(
    rb"esds\0{4}\x03[\x80-\xff]{0,3}[\0-\x7f].{2}\0\x04[\x80-\xff]{0,3}[\0-\x7f]\x40", re.DOTALL
)
_PCM = frozenset({1, 3, 0xFFFE})  # WAVE's numbers for samples that are there as they are
_JPEG_HEADER = 40  # bytes: that of a picture in four colours takes 22
# JPEG's markers of a frame: Huffman or arithmetic coding, sequential or progressive, lossless.
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


@dataclass(frozen=True)
class FirstPart:
    """Finds out whether more of a file is wanted; `part` fetches one part of it beside the download."""

    ask: Peek
    part: _Part

    def is_wanted(self, file: BinaryIO, head: bytes, size: int) -> bool:
        """Whether to go on; `head` is what the file holds so far, in front of zeros, and `size` its length.

        The file's position is left anywhere.
        """
        if size < _WORTH_A_LOOK:
            return True
        sniffed = sniff_bytes(head)
        if sniffed.kind is None or sniffed.format is None or not sniffed.sure:
            return True
        start = index_start(head, size)
        rest = b"" if start is None else self._rest(file, start, size)
        if not is_telling(sniffed.format, sniffed.kind, head, rest):
            return True
        file.truncate(size)
        file.flush()
        return self.ask(file, size)

    def _rest(self, file: BinaryIO, start: int, size: int) -> bytes:
        """What lies behind the media, from the index on, or nothing; written into the file, too."""
        at_most = _index_at_most(size) if size >= _WORTH_A_REQUEST else 0
        for _ in range(_HOPS_AT_MOST if at_most else 0):
            if size - start <= at_most:
                return self._written(file, start, size, size)
            box = _box(self._written(file, start, start + _BOX_HEADER, size), 0)
            if box is None:
                break
            kind, _, length = box
            if kind == b"moov":
                return self._written(file, start, start + length, size) if length <= at_most else b""
            start += length
        return b""

    def _written(self, file: BinaryIO, start: int, end: int, size: int) -> bytes:
        found = self.part(start, end, size)
        file.seek(start)
        file.write(found)
        return found


def _index_at_most(size: int) -> int:
    return min(_INDEX_AT_MOST, size // _INDEX_SHARE)


def bytes_needed(head: bytes, size: int) -> int:
    r"""How many bytes of a file it takes to tell more than these do; as many as these, where no more help.

    >>> bytes_needed(b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\x10\0moov", 50_000)
    4112
    """
    needed = _jpeg_needs(head) if head[:2] == b"\xff\xd8" else _index_needs(head)
    return needed if len(head) < needed <= _index_at_most(size) else len(head)


def _index_needs(head: bytes) -> int:
    """The end of an index that begins in these bytes."""
    at = 0
    while (box := _box(head, at)) is not None and (at or box[0] in FIRST_BOXES):
        kind, _, at = box
        if kind in (b"moov", b"meta"):
            return at
    return 0


def _jpeg_needs(head: bytes) -> int:
    """The end of the next segment's header."""
    at, _ = _jpeg_walk(head)
    return at + _JPEG_HEADER


def kind_at_once(head: bytes) -> Kind | None:
    r"""The kind of a file that nothing further on can change; `None` where that may be.

    >>> kind_at_once(b"GIF89a"), kind_at_once(b"\0\0\0\x10ftypisom")
    (<Kind.IMAGE: 'image'>, None)
    """
    if head[4:8] in FIRST_BOXES:
        return None
    sniffed = sniff_bytes(head)
    return (
        sniffed.kind if sniffed.sure and (sniffed.kind is Kind.IMAGE or sniffed.format in _SOUNDS) else None
    )


def index_start(head: bytes, size: int) -> int | None:
    r"""Where the boxes behind the media begin, in a clip whose index does not stand before the media.

    `None` where it does, where that cannot be told, and where this is no such clip.

    >>> index_start(b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\x10\0mdat", 5_000)
    4112
    """
    at = 0
    while (box := _box(head, at)) is not None:
        kind, _, end = box
        if kind in (b"moov", b"moof") or (at == 0 and kind not in FIRST_BOXES):
            return None
        if end >= len(head):
            return end if kind == b"mdat" and end < size else None
        at = end
    return None


def is_telling(format_name: str, kind: Kind, head: bytes, rest: bytes = b"") -> bool:
    """Whether what fails by its size, its form, or its width, height or duration can be told from this alone.

    `head` is the first part, and `rest` what lies behind the media. A part of a file may look like another
    kind of file, or like a shorter one.

    >>> is_telling("mp3", Kind.AUDIO, b"ID3")
    False
    """
    check = _CHECKS.get(format_name)
    if check is not None:
        return check(head)
    if format_name in _MOVIES:
        return _has_whole_index(head) or _has_whole_index(rest)
    return kind is Kind.IMAGE and format_name not in _NOT_AT_ONCE


_SOUNDS = frozenset({"wav", "mp3", "flac", "aiff"})
_MOVIES = frozenset({"mp4", "m4v", "mov", "m4a", "m4b", "3gp", "3g2"})
# These may turn out to be something else, or have more pictures, further on.
_NOT_AT_ONCE = frozenset({"mpo", "apng", "tiff", "bigtiff", "raw", "svg", "heif-sequence", "avif-sequence"})


def _box(data: bytes, at: int) -> tuple[bytes, int, int] | None:
    """A box's type, and where its payload begins and ends; `None` where there is none."""
    size, kind, body = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
    if size == 1:
        size, body = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
    if body > len(data) or at + size < body:
        return None
    return kind, body, at + size


def _has_whole_index(data: bytes) -> bool:
    """Whether a movie header lies in these bytes that names every sample, and none that has to be parsed."""
    at = 0
    while (box := _box(data, at)) is not None:
        kind, start, at = box
        if kind == b"moov":
            movie = data[start:at]
            plain = at <= len(data) and not any(name in movie for name in (b"mvex", b"cmov"))
            return plain and len(_AAC.findall(movie)) >= movie.count(_MPEG4_AUDIO)
    return False


def _has_whole_items(head: bytes) -> bool:
    """Whether what a HEIF file says of its pictures lies in these bytes."""
    at = 0
    while (box := _box(head, at)) is not None:
        kind, _, at = box
        if kind == b"meta":
            return at <= len(head)
    return False


def _has_jpeg_frame(head: bytes) -> bool:
    """Whether the header of the picture itself has come, behind whatever stands before it."""
    return _jpeg_walk(head)[1]


def _jpeg_walk(head: bytes) -> tuple[int, bool]:
    """Where the last segment that begins in these bytes ends, and whether it is the header of the picture."""
    at = 2
    while at + 4 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(head[at + 2 : at + 4], "big")
        if marker in _FRAMES:
            return end, end <= len(head)
        at = end
    return at, False


def _has_png_data(head: bytes) -> bool:
    return b"IDAT" in head


def _is_one_picture(head: bytes) -> bool:
    """Whether a WebP file holds a single picture: the animated ones say so in the first chunk."""
    return head[12:16] in (b"VP8 ", b"VP8L") or (head[12:16] == b"VP8X" and not head[20] & 0x02)


def _has_samples(head: bytes) -> bool:
    """Whether a WAVE file's samples begin in these bytes, and are there as they are."""
    at, pcm = 12, False
    while at + 8 <= len(head):
        name, size = head[at : at + 4], int.from_bytes(head[at + 4 : at + 8], "little")
        if name == b"data":
            return pcm
        if name == b"fmt ":
            pcm = int.from_bytes(head[at + 8 : at + 10], "little") in _PCM
        at += 8 + size + size % 2
    return False


_CHECKS: dict[str, Callable[[bytes], bool]] = {
    "jpeg": _has_jpeg_frame,
    "png": _has_png_data,
    "webp": _is_one_picture,
    "heic": _has_whole_items,
    "heif": _has_whole_items,
    "avif": _has_whole_items,
    "wav": _has_samples,
}
