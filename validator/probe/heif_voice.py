"""A HEIF's coded pictures: libde265 fills over damage in them and stays silent.

FFmpeg's decoder, told to be strict, is the second voice; of one plain picture, its word is enough.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import av

from validator.probe.damage import Damage
from validator.probe.stream import opened

if TYPE_CHECKING:
    from av.container import InputContainer

_MAX_PICTURES = 1_000  # tiles, thumbnails and frames; of more, the rest is taken on libde265's word
_CHROMA_HALVED = 1  # on both sides, as cameras do
_BEFORE_UNITS = 23  # bytes; the last is the number of their kinds


class _DamagedError(Exception):
    """A picture's data are damaged."""


def check(file: BinaryIO, *, sequence: bool) -> Damage:
    """Decode all pictures strictly; of a structure that FFmpeg does not know, nothing is said."""
    try:
        with opened(file, "mov") as container:
            for _ in _pictures(container, sequence=sequence):
                pass
    except av.error.FFmpegError:
        return Damage()
    except _DamagedError:
        return Damage("corrupt", "the picture's data are damaged")
    return Damage()


def is_whole(file: BinaryIO, size: tuple[int, int], depth: int) -> bool:
    """Whether all pictures decode without complaint, and are what their headers say.

    One of them has this size in pixels, and so many bits a sample.
    """
    try:
        with opened(file, "mov") as container:
            pictures = [
                ((frame.width, frame.height), frame.format.name, _depths(frame), headers)
                for headers, frame in _pictures(container, sequence=False)
            ]
    except (av.error.FFmpegError, _DamagedError):
        return False
    plain = all(_is_plain(headers, name, depths) for _, name, depths, headers in pictures)
    return plain and any(shown == size and depths == {depth} for shown, _, depths, _ in pictures)


def _pictures(container: InputContainer, *, sequence: bool) -> Iterator[tuple[bytes, Any]]:
    """All pictures, as frames, each with the headers that it was decoded by."""
    decoders: dict[object, Any] = {}
    for packet in itertools.islice(container.demux(), _MAX_PICTURES):
        about = packet.stream.codec_context
        if not packet.size or about is None or about.name != "hevc":
            continue
        headers = about.extradata or b""
        # Tiles depend on nothing but their headers, so that one decoder does for all that share them.
        key = packet.stream.index if sequence else headers
        if key not in decoders:
            decoders[key] = _strict(about.extradata)
        try:
            frames = decoders[key].decode(packet)
        except av.error.InvalidDataError as error:
            raise _DamagedError from error
        for frame in frames:
            if frame.is_corrupt:
                raise _DamagedError
            yield headers, frame


def _depths(frame: Any) -> set[int]:
    return {component.bits for component in frame.format.components}


def _is_plain(headers: bytes, name: str, depths: set[int]) -> bool:
    """Whether a decoder's headers (hvcC: ISO/IEC 14496-15, 8.3.2.1) are as they should be to their end.

    Readers differ in what they make of units of another type than is said, or of another layer.
    """
    said = {8 + (byte & 7) for byte in headers[17:19]}
    halved = headers[16:17] and headers[16] & 3 == _CHROMA_HALVED and "420p" in name
    at = _BEFORE_UNITS
    for _ in range(headers[at - 1] if len(headers) >= at else 0):
        kind, count = headers[at : at + 1], int.from_bytes(headers[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            length = int.from_bytes(headers[at : at + 2], "big")
            if not kind or headers[at + 2 : at + 4] != bytes(((kind[0] & 0x3F) << 1, 1)):
                return False
            at += 2 + length
    return bool(halved) and at == len(headers) and said == depths


def _strict(headers: bytes | None) -> Any:
    context: Any = av.CodecContext.create("hevc", "r")
    context.extradata = headers
    context.options = {"err_detect": "explode"}
    context.thread_count = 1  # with several, an error is told of another picture
    return context
