"""Opens a picture with the one plugin that its format names, and refuses what announces too much."""

from __future__ import annotations

import importlib
import io
import re
from typing import TYPE_CHECKING, BinaryIO

from PIL.Image import DecompressionBombError

from validator.probe import gif, isobmff, jpeg, png, tiff, webp
from validator.probe.splice import Splice
from validator.probe.too_much import MAX_PIXELS, Tally, TooMuchError

if TYPE_CHECKING:
    from PIL.Image import Image

_WEBP_SIDE = 16_383
"""Pixels: no coded picture is longer, and a canvas of a few endless rows takes half a minute to fill."""

# One named plugin for each format: nothing is guessed, and no other parser is ever called.
_PLUGINS = {
    "jpeg": ("PIL.JpegImagePlugin", "jpeg_factory"),
    "png": ("PIL.PngImagePlugin", "PngImageFile"),
    "apng": ("PIL.PngImagePlugin", "PngImageFile"),
    "webp": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "bmp": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "tiff": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "bigtiff": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "gif": ("PIL.GifImagePlugin", "GifImageFile"),
    "heic": ("pillow_heif", "HeifImageFile"),
    "heif": ("pillow_heif", "HeifImageFile"),
    "heif-sequence": ("pillow_heif", "HeifImageFile"),
}


def open_image(file: BinaryIO, format_name: str) -> Image:
    """Read a picture's header.

    Raises:
        TooMuchError: it announces more pixels or more text than we read.
        Exception: one of `damage.DECODER_ERRORS`.
    """
    announced = _announced(file, format_name)
    if announced is not None:
        refuse_pixels(*announced)
        if format_name == "webp" and max(announced) > _WEBP_SIDE:
            detail = f"{announced[0]}x{announced[1]}; no side of a WebP is longer than {_WEBP_SIDE:,} px"
            raise TooMuchError("pixels", detail, size=announced)
    try:
        readable = _weighed(file, format_name)
    except TooMuchError as error:
        raise TooMuchError(error.expansion, error.detail, size=announced, frames=error.frames) from error
    module, opener = _PLUGINS[format_name]
    readable.seek(0)
    try:
        image: Image = getattr(importlib.import_module(module), opener)(readable)
    except DecompressionBombError as error:
        raise TooMuchError("pixels", bomb_detail(error)) from error
    except ValueError as error:
        if "MAX_TEXT" in str(error) or "text chunks" in str(error):  # Pillow's bounds for PNG metadata
            raise TooMuchError("metadata", str(error)) from error
        raise
    refuse_pixels(*image.size)
    return image


def refuse_pixels(width: int, height: int) -> None:
    """Refuse a size that is not sane.

    Raises:
        TooMuchError: it has more than `MAX_PIXELS`.
    """
    if width * height > MAX_PIXELS:
        detail = f"{width}x{height}, {width * height:,} px; we decode at most {MAX_PIXELS:,} px"
        raise TooMuchError("pixels", detail, size=(width, height))


def bomb_detail(error: DecompressionBombError) -> str:
    """Word Pillow's refusal as ours.

    >>> bomb_detail(DecompressionBombError("Image size (200000000 pixels) exceeds limit of 178956970 pixels"))
    '200,000,000 px; we decode at most 178,956,970 px'
    """
    pixels = re.search(r"\d+", str(error))
    announced = f"{int(pixels[0]):,} px; " if pixels else ""
    return f"{announced}we decode at most {MAX_PIXELS:,} px"


def _announced(file: BinaryIO, format_name: str) -> tuple[int, int] | None:
    """A size to look at before the plugin opens the file: WebP's and GIF's allocate the canvas at once."""
    file.seek(0)
    head = file.read(30)
    if format_name == "webp" and head[12:16] == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if format_name == "gif":
        return int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    if format_name in ("png", "apng"):
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    return None


def _weighed(file: BinaryIO, format_name: str) -> BinaryIO:
    """Hold what stands beside the picture to its bounds; the result is what Pillow may read of the file.

    Raises:
        TooMuchError: it is too much.
    """
    tally = Tally()
    parts = []
    if format_name in ("png", "apng"):
        parts = png.weigh(file, tally)
    elif format_name in ("tiff", "bigtiff"):
        tiff.weigh(file, tally)
    elif format_name in _WALKS:
        _WALKS[format_name](file, tally)
    elif format_name.startswith("hei"):
        items = isobmff.read(file).items
        tally.metadata(items.metadata if items is not None else 0)
    tally.judge()
    return io.BufferedReader(Splice(file, parts)) if len(parts) > 1 else file


_WALKS = {"jpeg": jpeg.weigh, "gif": gif.weigh, "webp": webp.weigh}
