"""Whether a copy says where it was taken: what stays in metadata unless it is asked to go."""

from __future__ import annotations

from typing import BinaryIO

KEPT = "It says where it was taken, as its original does: --metadata drop leaves that out."
"""What is said of a copy that does."""

_POSITION, _LATITUDE = 0x8825, 2  # Exif 3.0, 4.6.6: the directory, and a tag in it
_BOX = 8  # bytes of a box's head, ISO/IEC 14496-12, 4.2
_END = 1 << 20  # bytes at the end of a clip's index, where its tags lie
_TAGS = (b"loci", b"\xa9xyz", b"location.ISO6709")


def is_in_picture(exif: bytes, xmp: bytes = b"") -> bool:
    """Whether a picture's metadata tell its position.

    >>> is_in_picture(b""), is_in_picture(b"", b'<x exif:GPSLatitude="48,51N"/>')
    (False, True)
    """
    if b"GPSLatitude" in xmp:
        return True
    if not exif:
        return False
    from PIL.Image import Exif

    found = Exif()
    found.load(exif)
    return _LATITUDE in found.get_ifd(_POSITION)


def is_in_clip(file: BinaryIO) -> bool:
    """Whether the index of an MP4 or MOV tells its position.

    >>> import io
    >>> is_in_clip(io.BytesIO(bytes.fromhex("00000010 6d6f6f76 00000008 6c6f6369")))
    True
    """
    while len(head := file.read(_BOX)) == _BOX:
        size, kind = int.from_bytes(head[:4], "big"), head[4:]
        inside = size - _BOX
        if inside < 0:  # longer than 4 GB, or up to the end: the index is neither
            return False
        if kind == b"moov":
            file.seek(max(0, inside - _END), 1)
            index = file.read(min(inside, _END))
            return any(tag in index for tag in _TAGS)
        file.seek(inside, 1)
    return False
