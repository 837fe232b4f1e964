"""Which probe measures which format, with its libraries imported only when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import BinaryIO

import msgspec

from validator.media_formats import OPENED_IF_TAKEN
from validator.model import (
    AudioFacts,
    Depth,
    Facts,
    ImageFacts,
    LinkFacts,
    MediaFacts,
    VideoFacts,
)
from validator.probe.measurement import Measurement, Proceed, always

# The documented formats and the variants of them that are taken; no other format is ever opened, but for
# those that are opened where a profile takes them.
_IMAGES = frozenset(
    {"jpeg", "png", "apng", "webp", "bmp", "tiff", "bigtiff", "gif", "heic", "heif", "heif-sequence"}
)
_VIDEOS = frozenset({"mp4", "mov", "m4v"})
_SOUNDS = frozenset({"wav", "rf64", "mp3"})
_IF_TAKEN = OPENED_IF_TAKEN
_OF_LINKS = frozenset(LinkFacts.__struct_fields__)


def is_opened(format_name: str, taken: frozenset[str] = frozenset()) -> bool:
    """Whether a parser is called for this format at all; `taken`: the formats that profiles take.

    >>> is_opened("jpeg"), is_opened("psd", frozenset({"psd"}))
    (True, False)
    >>> is_opened("mkv"), is_opened("mkv", frozenset({"mkv"}))
    (False, True)
    """
    return format_name in _IMAGES | _VIDEOS | _SOUNDS or format_name in _IF_TAKEN & taken


def why_unopened(format_name: str, taken: frozenset[str] = frozenset()) -> str:
    """Why no parser is called for this format; empty where one is.

    >>> why_unopened("psd"), why_unopened("png")
    ('psd is none of the formats that are opened', '')
    """
    return "" if is_opened(format_name, taken) else f"{format_name} is none of the formats that are opened"


def facts_type(format_name: str) -> type[MediaFacts]:
    """The kind of facts that such a file has.

    >>> facts_type("mov").__name__
    'VideoFacts'
    """
    if format_name in _IMAGES:
        return ImageFacts
    return VideoFacts if format_name in _VIDEOS | _IF_TAKEN else AudioFacts


def as_if_only(taken: frozenset[str], facts: Facts) -> Facts:
    """What would be known of an asset if these formats alone were taken: some are opened for others.

    So a profile's verdict is the same whichever profiles judge beside it.

    >>> from validator.model import FileFacts
    >>> as_if_only(frozenset(), Facts(file=FileFacts(format="mkv", integrity="whole"))).unmeasured
    mappingproxy({'*': 'mkv is none of the formats that are opened'})
    """
    why = why_unopened(facts.file.format, taken) if facts.file.format else ""
    if not why or facts.unmeasured.get("*") == why:
        return facts
    file = msgspec.structs.replace(
        facts.file, integrity=None, integrity_detail=None, expansion=None, expansion_detail=None
    )
    of_the_link = {name: words for name, words in facts.unmeasured.items() if name in _OF_LINKS}
    return Facts(facts.kind, file, facts.link, None, MappingProxyType({"*": why, **of_the_link}))


def measure_media(  # noqa: PLR0913 - what else is wanted, all by name
    file: BinaryIO,
    format_name: str,
    depth: Depth,
    cancelled: Callable[[], bool],
    *,
    stills: bool,
    sketch: bool = False,
    proceed: Proceed = always,
) -> Measurement:
    """Measure an open file of a format that `is_opened`; with `stills`, small copies of pictures are kept.

    With `sketch`, so is what a preview is made from. `proceed` is asked once, before anything is decoded.

    Raises:
        Cancelled: the run was asked to stop.
    """
    if format_name in _IMAGES:
        from validator.probe.image import probe_image

        return probe_image(file, format_name, depth, cancelled, stills=stills, sketch=sketch, proceed=proceed)
    if format_name in _VIDEOS:
        from validator.probe.video import probe_video

        return probe_video(file, depth, cancelled, stills=stills, sketch=sketch, proceed=proceed)
    if format_name in _IF_TAKEN:
        from validator.probe.matroska_video import probe_matroska

        return probe_matroska(file, depth, cancelled, stills=stills, sketch=sketch, proceed=proceed)
    from validator.probe.audio import probe_audio

    return probe_audio(file, format_name, depth, cancelled, sketch=sketch, proceed=proceed)
