"""FFmpeg's word on a picture that Pillow refuses: some variants are whole, and only unknown to Pillow."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from validator.probe.sniff import tiff_tags
from validator.probe.too_much import MAX_PIXELS

_MAX_BYTES = 200_000_000  # the decoder takes the file into memory as a whole
_IMAGE_WIDTH, _IMAGE_LENGTH = 256, 257  # TIFF 6.0, section 8

# Codec, and how strict it is: of PNG the checksums that count were checked, the others may be wrong.
_CODECS = {"bmp": ("bmp", "explode"), "png": ("png", "careful"), "tiff": ("tiff", "explode")}
_REFUSALS = ("unsupported", "not supported", "unknown pixel mode", "unknown compression", "cannot handle")


def knows(format_name: str) -> bool:
    """Whether this decoder has a word on the format at all."""
    return format_name in _CODECS


def decoded_size(file: BinaryIO, format_name: str) -> tuple[int, int] | None:
    """Width and height in pixels if FFmpeg decodes the picture without complaint, else `None`."""
    frame = decoded_frame(file, format_name)
    return None if frame is None else (frame.width, frame.height)


def decoded_frame(file: BinaryIO, format_name: str) -> Any:
    """The picture as a frame (PyAV) if FFmpeg decodes it without complaint, else `None`."""
    if not knows(format_name) or file.seek(0, io.SEEK_END) > _MAX_BYTES:
        return None
    import av

    codec, strictness = _CODECS[format_name]
    context: Any = av.CodecContext.create(codec, "r")
    context.options = {"err_detect": strictness, "max_pixels": str(MAX_PIXELS)}
    file.seek(0)
    try:
        frames = [*context.decode(av.Packet(file.read())), *context.decode(None)]
    except av.error.FFmpegError:
        return None
    if len(frames) != 1 or frames[0].is_corrupt:
        return None
    return frames[0]


def announced_size(file: BinaryIO, format_name: str) -> tuple[int, int] | None:
    """Width and height in pixels as the header says, for a picture that no decoder here takes."""
    file.seek(0)
    head = file.read(65_536)
    if format_name in ("png", "apng"):
        size = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    elif format_name == "bmp":
        size = int.from_bytes(head[18:22], "little"), abs(int.from_bytes(head[22:26], "little", signed=True))
    elif format_name == "tiff":
        tags = tiff_tags(head)
        size = tags.get(_IMAGE_WIDTH, 0), tags.get(_IMAGE_LENGTH, 0)
    else:
        return None
    return size if all(size) else None


def is_refusal(error: Exception) -> bool:
    """Whether a decoder says that it does not know a variant, rather than that the file is damaged.

    >>> is_refusal(OSError("Unsupported BMP bitfields layout")), is_refusal(OSError("broken data stream"))
    (True, False)
    """
    return any(words in str(error).lower() for words in _REFUSALS)
