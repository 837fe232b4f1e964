"""A HEIF's coded pictures: libde265 fills over damage in them and stays silent.

FFmpeg's decoder, told to be strict, is the second voice.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, BinaryIO

import av

from validator.probe.damage import Damage
from validator.probe.stream import opened

if TYPE_CHECKING:
    from av.container import InputContainer

_MAX_PICTURES = 1_000  # tiles, thumbnails and frames; of more, the rest is taken on libde265's word
_DAMAGE = Damage("corrupt", "the picture's data are damaged")


def check(file: BinaryIO, *, sequence: bool) -> Damage:
    """Decode all pictures strictly; of a structure that FFmpeg does not know, nothing is said."""
    try:
        with opened(file, "mov") as container:
            return _decoded(container, sequence=sequence)
    except av.error.FFmpegError:
        return Damage()


def _decoded(container: InputContainer, *, sequence: bool) -> Damage:
    decoders: dict[object, Any] = {}
    for packet in itertools.islice(container.demux(), _MAX_PICTURES):
        about = packet.stream.codec_context
        if not packet.size or about is None or about.name != "hevc":
            continue
        # Tiles depend on nothing but their headers, so that one decoder does for all that share them.
        key = packet.stream.index if sequence else about.extradata
        if key not in decoders:
            decoders[key] = _strict(about.extradata)
        try:
            frames = decoders[key].decode(packet)
        except av.error.InvalidDataError:
            return _DAMAGE
        if any(frame.is_corrupt for frame in frames):
            return _DAMAGE
    return Damage()


def _strict(headers: bytes | None) -> Any:
    context: Any = av.CodecContext.create("hevc", "r")
    context.extradata = headers
    context.options = {"err_detect": "explode"}
    context.thread_count = 1  # with several, an error is told of another picture
    return context
