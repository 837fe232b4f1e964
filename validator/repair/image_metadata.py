"""What a picture carries beside its pixels, and how that is taken along into a copy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO

from validator.probe import exif as exif_block
from validator.probe import png
from validator.probe.damage import DECODER_ERRORS
from validator.repair.image_exif import fitted_exif
from validator.repair.image_texts import Texts, upright_texts, upright_xmp

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

XMP_TAG, IPTC_TAG = 700, 33723
"""Of a TIFF."""

_PREFIX = b"Exif\0\0"
_IPTC_RESOURCE = 0x0404  # Adobe Photoshop File Formats Specification, image resources
_SEGMENT_AT_MOST = 65_533  # bytes of what a JPEG calls a segment
_XMP_HEAD = 29  # bytes, in a JPEG's segment
# What describes a picture rather than how it lies in a TIFF: Exif 3.0, tables 3 to 8, and Windows' own.
_DESCRIBING = frozenset(
    {0x010E, 0x010F, 0x0110, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x013C, 0x4746, 0x4749, 0x8298}
) | frozenset({0x8769, 0x8825, *range(0x9C9B, 0x9CA0)})
_CAMERA, _MAKER_NOTES = 0x8769, 0x927C
_POINTERS = (_CAMERA, 0x8825)


@dataclass(frozen=True)
class Metadata:
    """`exif` begins with TIFF's header; `icc`: the profile of the colours; `dpi`: pixels an inch."""

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    icc: bytes | None = None
    dpi: tuple[float, float] | None = None
    comment: bytes = b""
    texts: Texts = ()

    def fitted(self, width: int, height: int, *, turned: bool = True) -> Metadata:
        """Those of an upright picture of this size, though the original's was another.

        `turned`: it did not lie as it is shown; by texts alone, which readers pass over, none is turned.
        """
        exif = fitted_exif(self.exif, width, height) if self.exif else b""
        texts = upright_texts(self.texts, width, height) if turned else self.texts
        return replace(self, exif=exif, xmp=upright_xmp(self.xmp), texts=texts)

    def kept(self, *names: str) -> Metadata:
        """These parts alone.

        >>> Metadata(xmp=b"<x/>", icc=b"...").kept("icc")
        Metadata(exif=b'', xmp=b'', iptc=b'', icc=b'...', dpi=None, comment=b'', texts=())
        """
        return Metadata(**{name: getattr(self, name) for name in names})


def metadata_of(image: Image, file: BinaryIO, format_name: str) -> tuple[Metadata, tuple[str, ...]]:
    """What an opened and decoded picture carries, and sentences on what of it cannot be read."""
    info = image.info
    exif = _exif(image, file, format_name)
    problem = exif_block.problem(exif) if exif else ""
    if problem and not exif_block.problem(mended := fitted_exif(exif, *image.size)):
        exif, problem = mended, ""  # nothing but an orientation that there is not
    notes = (f"Its Exif is left out, since it cannot be read: {problem}.",) if problem else ()
    metadata = Metadata(
        exif=b"" if problem else exif,
        xmp=_bytes(info.get("xmp")),
        iptc=_iptc(image),
        icc=_bytes(info.get("icc_profile")) or None,
        dpi=_dpi(info.get("dpi")),
        comment=_bytes(info.get("comment")),
        texts=_texts(image),
    )
    return metadata, notes


def jpeg_segments(metadata: Metadata) -> bytes:
    """What a JPEG's writer does not write by itself: IPTC, in the segment that Photoshop made for it."""
    if not metadata.iptc:
        return b""
    iptc = metadata.iptc
    resource = b"8BIM" + _IPTC_RESOURCE.to_bytes(2, "big") + b"\0\0" + len(iptc).to_bytes(4, "big")
    content = b"Photoshop 3.0\0" + resource + iptc + b"\0" * (len(iptc) % 2)
    return b"\xff\xed" + (len(content) + 2).to_bytes(2, "big") + content


def too_long_for_jpeg(metadata: Metadata) -> tuple[str, ...]:
    """The names of what does not go into a JPEG, since each is one segment there.

    >>> too_long_for_jpeg(Metadata(exif=bytes(70_000), xmp=b"<x/>"))
    ('exif',)
    """
    room = {
        "exif": _SEGMENT_AT_MOST - len(_PREFIX),
        "xmp": _SEGMENT_AT_MOST - _XMP_HEAD,
        "iptc": _SEGMENT_AT_MOST - 32,
        "comment": _SEGMENT_AT_MOST,
    }
    return tuple(name for name, most in room.items() if len(getattr(metadata, name)) > most)


def _exif(image: Image, file: BinaryIO, format_name: str) -> bytes:
    try:
        if format_name in ("tiff", "bigtiff"):
            data = _block(_described(image.getexif()))
        elif format_name in ("png", "apng"):
            data = png.exif(file)
        else:
            data = _bytes(image.info.get("exif"))
    except DECODER_ERRORS:
        return b""
    while data.startswith(_PREFIX):
        data = data[len(_PREFIX) :]
    return data


def described(block: bytes) -> Exif:
    """The tags of a block of Exif for a TIFF, whose own say how large the picture is and where it lies.

    Directories below the first are not among them: libtiff, as Pillow calls it, writes none.

    >>> len(described(b""))
    0
    """
    from PIL.Image import Exif

    exif = Exif()
    exif.load(block)
    for pointer in _POINTERS:
        exif.pop(pointer, None)
    return _described(exif)


def has_directories(block: bytes) -> bool:
    """Whether a block of Exif has more than its first directory: the camera's settings, or the place.

    >>> has_directories(b"")
    False
    """
    from PIL.Image import Exif

    exif = Exif()
    exif.load(block)
    return any(pointer in exif for pointer in _POINTERS)


def short_exif(block: bytes) -> bytes:
    """A block of Exif without what only the camera's maker can read, which may be most of it.

    >>> short_exif(b"")
    b''
    """
    from PIL.Image import Exif

    exif = Exif()
    try:
        exif.load(block)
        exif.get_ifd(_CAMERA).pop(_MAKER_NOTES, None)
        return _block(_described(exif))
    except DECODER_ERRORS:
        return b""


def _described(exif: Exif) -> Exif:
    """The tags that tell of the picture; a TIFF's pixels lie elsewhere in the copy."""
    from PIL.Image import Exif

    kept = Exif()  # one of its own: a BigTIFF's begins in another way
    for tag in _DESCRIBING & set(exif):
        kept[tag] = exif.get_ifd(tag) if tag in _POINTERS else exif[tag]
    return kept


def _block(exif: Exif) -> bytes:
    return exif.tobytes().removeprefix(_PREFIX) if len(exif) else b""


def _iptc(image: Any) -> bytes:
    photoshop = image.info.get("photoshop")
    if isinstance(photoshop, dict):
        return _bytes(photoshop.get(_IPTC_RESOURCE))
    if hasattr(image, "tag_v2"):
        return _bytes(image.tag_v2.get(IPTC_TAG))
    return b""


def _texts(image: Any) -> Texts:
    """A PNG's texts, but for the one that is XMP."""
    texts = getattr(image, "text", None)
    if not isinstance(texts, dict):
        return ()
    return tuple((str(key), str(text)) for key, text in texts.items() if not key.startswith("XML:com.adobe"))


def _dpi(found: object) -> tuple[float, float] | None:
    if isinstance(found, tuple) and len(found) == 2 and all(0 < float(number) < 65_536 for number in found):
        return float(found[0]), float(found[1])
    return None


def _bytes(found: object) -> bytes:
    if isinstance(found, str):
        return found.encode()
    return bytes(found) if isinstance(found, (bytes, bytearray)) else b""
