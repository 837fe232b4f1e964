"""The names of media formats, as they are told by first bytes."""

from __future__ import annotations

_PICTURES = (
    "jpeg mpo png apng webp bmp tiff bigtiff gif heic heif heif-sequence avif avif-sequence svg ico psd jp2"
    " jxl jxr tga exr hdr raw xcf qoi icns dds bpg flif"
)
_CLIPS = "mp4 mov m4v 3gp 3g2 f4v webm mkv avi flv ogv mpeg mpegts wmv mxf rm ivf y4m"
_SOUNDS = (
    "wav rf64 rifx w64 mp3 mp2 m4a m4b ogg opus flac aiff aac wma amr mka caf au ac3 ape wv mpc tta tak ofr"
    " dsf dff midi"
)
_HEIF_WITH = "heif with "  # and the name of a coding that we know nothing of

MEDIA_FORMATS = frozenset(f"{_PICTURES} {_CLIPS} {_SOUNDS}".split())
"""What a file's format may be."""


OPENED_IF_TAKEN = frozenset({"mkv"})
"""Formats that are opened where a profile takes them."""


def is_media_format(name: str) -> bool:
    """Whether a file's format can have this name.

    >>> is_media_format("png"), is_media_format("jpg"), is_media_format("heif with j2k1")
    (True, False, True)
    """
    return name in MEDIA_FORMATS or name.startswith(_HEIF_WITH)
