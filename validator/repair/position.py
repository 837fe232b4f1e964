"""Whether a copy says where it was taken: what stays in metadata unless it is asked to go."""

from __future__ import annotations

from typing import BinaryIO

from validator.probe.damage import DECODER_ERRORS
from validator.repair.image_texts import Texts, exif_in, xmp_in

KEPT = "It says where it was taken, as its original does: --metadata drop leaves that out."
"""What is said of a copy that does."""

_POSITION, _LATITUDE = 0x8825, 2  # Exif 3.0, 4.6.6: the directory, and a tag in it
_NAME = "GPSLatitude"  # of that tag, in XMP and in texts
_BOX = 8  # bytes of a box's head, ISO/IEC 14496-12, 4.2
_END = 1 << 20  # bytes at the end of a clip's index, where its tags lie
_TAGS = (b"loci", b"\xa9xyz", b"location.ISO6709")


def is_in_picture(exif: bytes, xmp: bytes = b"", texts: Texts = ()) -> bool:
    """Whether a picture's metadata tell its position.

    >>> is_in_picture(b""), is_in_picture(b"", b'<x exif:GPSLatitude="48,51N"/>')
    (False, True)
    >>> is_in_picture(b"", texts=(("exif:GPSLatitude", "48/1, 51/1, 0/1"),))
    True
    """
    return _NAME.encode() in xmp or _is_in_exif(exif) or any(_is_in_text(*text) for text in texts)


def _is_in_text(key: str, text: str) -> bool:
    is_named = any(_NAME.lower() in each.lower() for each in (key, text))
    return is_named or _NAME.encode() in xmp_in(key, text) or _is_in_exif(exif_in(key, text))


def _is_in_exif(exif: bytes) -> bool:
    if not exif:
        return False
    from PIL.Image import Exif

    found = Exif()
    try:
        found.load(exif)
        return _LATITUDE in found.get_ifd(_POSITION)
    except DECODER_ERRORS:
        return False


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
