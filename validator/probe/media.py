"""Which probe measures which format, with its libraries imported only when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from validator.model import AudioFacts, Depth, ImageFacts, MediaFacts, VideoFacts
from validator.probe.measurement import Measurement

# The documented formats and the variants of them that are taken; no other format is ever opened.
_IMAGES = frozenset(
    {"jpeg", "png", "apng", "webp", "bmp", "tiff", "bigtiff", "gif", "heic", "heif", "heif-sequence"}
)
_VIDEOS = frozenset({"mp4", "mov", "m4v"})
_SOUNDS = frozenset({"wav", "rf64", "mp3"})


def is_opened(format_name: str) -> bool:
    """Whether a parser is called for this format at all.

    >>> is_opened("jpeg"), is_opened("psd")
    (True, False)
    """
    return format_name in _IMAGES | _VIDEOS | _SOUNDS


def facts_type(format_name: str) -> type[MediaFacts]:
    """The kind of facts that such a file has.

    >>> facts_type("mov").__name__
    'VideoFacts'
    """
    if format_name in _IMAGES:
        return ImageFacts
    return VideoFacts if format_name in _VIDEOS else AudioFacts


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
    from validator.probe.audio import probe_audio

    return probe_audio(file, format_name, depth, cancelled, sketch=sketch)
