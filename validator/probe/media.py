"""Which probe measures which format, with its libraries imported only when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from validator.model import AudioFacts, Depth, ImageFacts, MediaFacts, VideoFacts
from validator.probe.measurement import Measurement

# The documented formats and the variants of them that are taken; no other format is ever opened, but for
# those that are opened where a profile takes them.
_IMAGES = frozenset(
    {"jpeg", "png", "apng", "webp", "bmp", "tiff", "bigtiff", "gif", "heic", "heif", "heif-sequence"}
)
_VIDEOS = frozenset({"mp4", "mov", "m4v"})
_SOUNDS = frozenset({"wav", "rf64", "mp3"})
_IF_TAKEN = frozenset({"mkv"})


def is_opened(format_name: str, taken: frozenset[str] = frozenset()) -> bool:
    """Whether a parser is called for this format at all; `taken`: the formats that profiles take.

    >>> is_opened("jpeg"), is_opened("psd", frozenset({"psd"}))
    (True, False)
    >>> is_opened("mkv"), is_opened("mkv", frozenset({"mkv"}))
    (False, True)
    """
    return format_name in _IMAGES | _VIDEOS | _SOUNDS or format_name in _IF_TAKEN & taken


def facts_type(format_name: str) -> type[MediaFacts]:
    """The kind of facts that such a file has.

    >>> facts_type("mov").__name__
    'VideoFacts'
    """
    if format_name in _IMAGES:
        return ImageFacts
    return VideoFacts if format_name in _VIDEOS | _IF_TAKEN else AudioFacts


def measure_media(
    file: BinaryIO,
    format_name: str,
    depth: Depth,
    cancelled: Callable[[], bool],
    *,
    stills: bool,
    sketch: bool = False,
) -> Measurement:
    """Measure an open file of a format that `is_opened`; with `stills`, small copies of pictures are kept.

    With `sketch`, so is what a preview is made from.

    Raises:
        Cancelled: the run was asked to stop.
    """
    if format_name in _IMAGES:
        from validator.probe.image import probe_image

        return probe_image(file, format_name, depth, cancelled, stills=stills, sketch=sketch)
    if format_name in _VIDEOS:
        from validator.probe.video import probe_video

        return probe_video(file, depth, cancelled, stills=stills, sketch=sketch)
    if format_name in _IF_TAKEN:
        from validator.probe.matroska_video import probe_matroska

        return probe_matroska(file, depth, cancelled, stills=stills, sketch=sketch)
    from validator.probe.audio import probe_audio

    return probe_audio(file, format_name, depth, cancelled, sketch=sketch)
