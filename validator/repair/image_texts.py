"""A PNG's texts in which whole blocks of Exif or XMP stand, in the hexadecimal digits of ImageMagick."""

from __future__ import annotations

import re

from validator.repair.image_exif import fitted_exif

Texts = tuple[tuple[str, str], ...]

_RAW = "Raw profile type "
_EXIF, _XMP = ("exif", "APP1"), ("xmp", "APP1")  # of a JPEG, Exif and XMP alike are segments named APP1
_TIFF_HEADS = (b"Exif\0\0", b"II*\0", b"MM\0*")
_LINE = 72  # digits
_ORIENTATION = re.compile(r"(exif:|tiff:)?orientation", re.IGNORECASE)
_TURNED = re.compile(rb"(tiff:Orientation\s*(?:=\s*[\"']|>)\s*)[2-8]")


def exif_in(key: str, text: str) -> bytes:
    r"""The block of Exif that a text holds; empty where it holds none.

    >>> exif_in("Raw profile type exif", "\nexif\n       4\n4d4d002a\n")
    b'MM\x00*'
    """
    data = _held(key, text, _EXIF)
    return data if data.startswith(_TIFF_HEADS) else b""


def xmp_in(key: str, text: str) -> bytes:
    r"""The packet of XMP that a text holds; empty where it holds none.

    >>> xmp_in("Raw profile type xmp", "\nxmp\n       4\n3c782f3e\n")
    b'<x/>'
    """
    data = _held(key, text, _XMP)
    return b"" if data.startswith(_TIFF_HEADS) else data


def upright_xmp(xmp: bytes) -> bytes:
    """XMP of a picture that was turned upright.

    >>> upright_xmp(b'<x tiff:Orientation="6"/>')
    b'<x tiff:Orientation="1"/>'
    """
    return _TURNED.sub(rb"\g<1>1", xmp)


def upright_texts(texts: Texts, width: int, height: int) -> Texts:
    """Those of a picture that was turned upright, and has this size now.

    >>> upright_texts((("exif:Orientation", "6"), ("Author", "6")), 300, 400)
    (('exif:Orientation', '1'), ('Author', '6'))
    """
    return tuple((key, _upright(key, text, width, height)) for key, text in texts)


def _upright(key: str, text: str, width: int, height: int) -> str:
    if _ORIENTATION.fullmatch(key):
        return "1" if text.strip() in set("2345678") else text
    if exif := exif_in(key, text):
        # Pillow and others pass over six bytes at the beginning, whatever they are.
        return _written(key, b"Exif\0\0" + fitted_exif(exif, width, height))
    if xmp := xmp_in(key, text):
        return _written(key, upright_xmp(xmp))
    return text


def _held(key: str, text: str, names: tuple[str, ...]) -> bytes:
    """What the digits say, behind a line with the name and one with the length."""
    if key.removeprefix(_RAW) not in names or not key.startswith(_RAW):
        return b""
    lines = text.lstrip("\n").split("\n")
    try:
        return bytes.fromhex("".join(lines[2:]))
    except ValueError:
        return b""


def _written(key: str, data: bytes) -> str:
    digits = data.hex()
    lines = (digits[start : start + _LINE] for start in range(0, len(digits), _LINE))
    return "\n".join(("", key.removeprefix(_RAW), f"{len(data):8}", *lines, ""))
