"""Encodes a picture in one format, as near to how its original was encoded as can be (Pillow)."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from validator.repair.image_colour import in_palette
from validator.repair.image_metadata import IPTC_TAG, XMP_TAG, Metadata, described, jpeg_segments

if TYPE_CHECKING:
    from PIL.Image import Image

Tables = tuple[tuple[int, ...], ...]

_FINE, _FINE_HEIF = 95, 85  # of 100: what is lost is not seen
_PACKED = 50  # of 100: how hard a WebP without loss is packed
_CHUNKS_AT_MOST, _FRAME_HEAD = 1_000, 16  # of a WebP
_FULL, _HALVED_ACROSS, _HALVED = 0, 1, 2  # Pillow's numbers for 4:4:4, 4:2:2 and 4:2:0
_SIDE = 8  # of a block of coefficients
_PREDICTOR, _HORIZONTAL = 317, 2  # TIFF 6.0, section 14
_LOSSLESS_TIFF = frozenset({"raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits"})
_BITONAL_TIFF = frozenset({"group3", "group4", "tiff_ccitt"})
_JPEG_SAMPLE = 2  # bytes that one takes at most: noise, hardly quantized, takes half of that
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Effort:
    """`quality` from 1 to 100, `None` for the original's; `hard`: time is spent for fewer bytes."""

    quality: int | None = None
    hard: bool = False


@dataclass(frozen=True)
class Original:
    """How the original is encoded, as far as a copy in the same format is encoded like it.

    `tables`: a JPEG's quantization, already turned as the picture is; `mixed`: the copy's pixels are not the
    original's, as they were scaled, or laid beside others. `lossless`: of a WebP; `compression`: of a TIFF.
    """

    format: str = ""
    tables: Tables = ()
    sampling: int = -1
    progressive: bool = False
    lossless: bool = False
    compression: str = ""
    mixed: bool = False


def original_of(image: Image, file: BinaryIO, format_name: str, *, orientation: int, mixed: bool) -> Original:
    """How a picture that was opened is encoded; `orientation` is how it is turned for the copy."""
    sideways = orientation >= 5
    return Original(
        format=format_name,
        tables=_tables(image, sideways=sideways),
        sampling=_sampling(image, sideways=sideways),
        progressive=bool(image.info.get("progressive")),
        lossless=format_name == "webp" and _is_lossless_webp(file),
        compression=str(image.info.get("compression", "")),
        mixed=mixed,
    )


def encoded(image: Image, format_name: str, metadata: Metadata, original: Original, effort: Effort) -> bytes:
    """The picture as a file of this format; what `image.info` holds may be written too.

    >>> import PIL.Image
    >>> grey = PIL.Image.new("L", (8, 8))
    >>> encoded(grey, "png", Metadata(), Original(), Effort())[1:4]
    b'PNG'
    """
    return _ENCODERS[format_name](image, metadata, original, effort)


def _jpeg(image: Image, metadata: Metadata, original: Original, effort: Effort) -> bytes:
    options: dict[str, Any] = {"optimize": True, "progressive": original.progressive}
    has_own = original.format == "jpeg" and bool(original.tables) and image.mode in ("L", "RGB")
    if has_own and effort.quality is None:
        options["qtables"] = [list(table) for table in _no_coarser(original)]
        options["subsampling"] = original.sampling if original.sampling >= 0 else _HALVED
    else:
        options["quality"] = effort.quality or _FINE
        own = original.sampling if original.format == "jpeg" and original.sampling >= 0 else _FULL
        options["subsampling"] = own if effort.quality is None or effort.quality >= 90 else max(own, _HALVED)
    segments: dict[str, Any] = {
        "exif": _with_prefix(metadata.exif),
        "xmp": metadata.xmp,
        "extra": jpeg_segments(metadata),
        "icc_profile": metadata.icc,
        "comment": metadata.comment,
    }
    samples = image.width * image.height * len(image.getbands())
    beside = sum(len(segment or b"") for segment in segments.values())
    with _written_at_once(samples * _JPEG_SAMPLE + 2 * beside):
        return _written(image, "JPEG", dpi=metadata.dpi, **segments, **options)


def _png(image: Image, metadata: Metadata, _: Original, effort: Effort) -> bytes:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    for key, text in metadata.texts:
        texts.add_text(key, text)
    if metadata.comment:
        texts.add_itxt("Comment", metadata.comment.decode("utf-8", "replace"))
    if metadata.xmp:
        texts.add_itxt("XML:com.adobe.xmp", metadata.xmp.decode("utf-8", "replace"))
    options = {"optimize": True} if effort.hard else {"compress_level": 6}
    return _written(
        image,
        "PNG",
        exif=metadata.exif,
        icc_profile=metadata.icc,
        dpi=metadata.dpi,
        pnginfo=texts,
        **options,
    )


def _webp(image: Image, metadata: Metadata, original: Original, effort: Effort) -> bytes:
    lossless = original.lossless and effort.quality is None
    return _written(
        image,
        "WEBP",
        lossless=lossless,
        quality=_PACKED if lossless else effort.quality or _FINE,
        method=2 if lossless else 4,  # more takes several times as long for hardly fewer bytes
        exact=lossless,
        exif=_with_prefix(metadata.exif),
        xmp=metadata.xmp,
        icc_profile=metadata.icc,
    )


def _bmp(image: Image, metadata: Metadata, *_: object) -> bytes:
    return _written(image, "BMP", dpi=metadata.dpi)


def _gif(image: Image, metadata: Metadata, *_: object) -> bytes:
    return _written(in_palette(image), "GIF", optimize=True, comment=metadata.comment)


def _tiff(image: Image, metadata: Metadata, original: Original, effort: Effort) -> bytes:
    own = original.compression if original.format in ("tiff", "bigtiff") else "tiff_adobe_deflate"
    if effort.hard or own not in _LOSSLESS_TIFF:
        own = own if image.mode == "1" and own in _BITONAL_TIFF else "tiff_adobe_deflate"
    tags = described(metadata.exif)
    if own in ("tiff_lzw", "tiff_adobe_deflate") and image.mode in ("L", "RGB", "RGBA", "CMYK"):
        tags[_PREDICTOR] = _HORIZONTAL
    if metadata.xmp:
        tags[XMP_TAG] = metadata.xmp
    if metadata.iptc:
        tags[IPTC_TAG] = metadata.iptc
    return _written(
        image,
        "TIFF",
        compression=own,
        tiffinfo=tags,
        icc_profile=metadata.icc,
        dpi=metadata.dpi,
    )


def _heif(image: Image, metadata: Metadata, _: Original, effort: Effort) -> bytes:
    from pillow_heif import from_pillow

    target = io.BytesIO()
    options: dict[str, Any] = {
        "quality": effort.quality or _FINE_HEIF,
        "exif": _with_prefix(metadata.exif) or None,
        "enc_params": {"preset": "veryfast"},  # the usual one takes minutes for a large picture
    }
    if metadata.xmp:
        options["xmp"] = metadata.xmp
    if metadata.icc:
        image.info["icc_profile"] = metadata.icc
    from_pillow(image).save(target, **options)
    return target.getvalue()


def _avif(image: Image, metadata: Metadata, _: Original, effort: Effort) -> bytes:
    return _written(
        image,
        "AVIF",
        quality=effort.quality or _FINE_HEIF,
        exif=_with_prefix(metadata.exif),
        xmp=metadata.xmp,
        icc_profile=metadata.icc,
    )


_Encoder = Callable[["Image", Metadata, Original, Effort], bytes]
_ENCODERS: dict[str, _Encoder] = {
    "jpeg": _jpeg,
    "png": _png,
    "webp": _webp,
    "bmp": _bmp,
    "gif": _gif,
    "tiff": _tiff,
    "heic": _heif,
    "heif": _heif,
    "avif": _avif,
}


def _written(image: Image, plugin: str, **options: Any) -> bytes:
    """What Pillow writes; an option that holds nothing is left out, for some plugins stumble over it."""
    target = io.BytesIO()
    given = {name: value for name, value in options.items() if value not in (None, b"")}
    image.save(target, plugin, **given)
    return target.getvalue()


@contextmanager
def _written_at_once(size: int) -> Iterator[None]:
    """Let Pillow write so many bytes in one go.

    A JPEG whose codes are fitted to it, or that comes in scans, is written when all of it is known. For that,
    Pillow takes a byte or two a pixel, which is too little for noise; a caller may set more.
    """
    from PIL import ImageFile

    with _ONE_AT_A_TIME:
        before, ImageFile.MAXBLOCK = ImageFile.MAXBLOCK, max(ImageFile.MAXBLOCK, size)
        try:
            yield
        finally:
            ImageFile.MAXBLOCK = before


def _with_prefix(exif: bytes) -> bytes:
    return b"Exif\0\0" + exif if exif else b""


def _tables(image: Any, *, sideways: bool) -> Tables:
    """A JPEG's quantization; of one that lies on its side, each table is turned with the blocks.

    So the coefficients of a picture that is only turned are the same multiples as before.
    """
    found = getattr(image, "quantization", None)
    if not isinstance(found, dict):
        return ()
    tables = tuple(tuple(int(step) for step in found[key]) for key in sorted(found))
    if any(len(table) != _SIDE**2 for table in tables):
        return ()
    return tuple(_transposed(table) for table in tables) if sideways else tables


def _transposed(table: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(table[column * _SIDE + row] for row in range(_SIDE) for column in range(_SIDE))


def _sampling(image: Image, *, sideways: bool) -> int:
    """A JPEG's chroma subsampling; what is halved across only, and lies on its side, is no more halved."""
    from PIL import JpegImagePlugin

    if getattr(image, "quantization", None) is None or not hasattr(image, "layer"):
        return -1
    found = JpegImagePlugin.get_sampling(image)
    return _FULL if found == _HALVED_ACROSS and sideways else found


def _no_coarser(original: Original) -> Tables:
    """The original's tables; where pixels were mixed, a coarse one would coarsen them once more."""
    if not original.mixed:
        return original.tables
    fine = _fine_tables()
    return tuple(
        tuple(min(steps) for steps in zip(table, fine[min(at, len(fine) - 1)], strict=True))
        for at, table in enumerate(original.tables)
    )


@cache
def _fine_tables() -> Tables:
    """Those of a quality at which no loss is seen, in luma and in chroma."""
    import PIL.Image

    target = io.BytesIO()
    PIL.Image.new("RGB", (_SIDE, _SIDE)).save(target, "JPEG", quality=_FINE)
    with PIL.Image.open(target, formats=("JPEG",)) as image:
        return _tables(image, sideways=False)


def _is_lossless_webp(file: BinaryIO) -> bool:
    """By the name of the chunk that holds the picture, or its first frame (RFC 9649, 2.5 to 2.7)."""
    position = file.seek(12)
    for _ in range(_CHUNKS_AT_MOST):
        header = file.read(8)
        name, length = header[:4], int.from_bytes(header[4:], "little")
        if len(header) < 8 or name in (b"VP8 ", b"VP8L"):
            return name == b"VP8L"
        # A frame holds chunks of its own, behind its sizes.
        position += 8 + (_FRAME_HEAD if name == b"ANMF" else length + length % 2)
        file.seek(position)
    return False
