"""Which of FFmpeg's demuxers reads which format: it is always named, so that nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SEEKS = frozenset({"mov", "matroska", "flv", "avi", "asf", "ogg", "mxf"})
"""Those that find the key frame in front of a time; others may land behind it, where pictures are missing."""

_READ_BY = {
    "mov": "mp4 mov m4v 3gp 3g2 f4v m4a m4b",
    "matroska": "webm mkv mka",
    "avi": "avi",
    "flv": "flv",
    "ogg": "ogv ogg opus",
    "mpeg": "mpeg",
    "mpegts": "mpegts",
    "asf": "wmv wma",
    "mxf": "mxf",
    "rm": "rm",
    "yuv4mpegpipe": "y4m",
    "wav": "wav rf64 rifx",
    "w64": "w64",
    "mp3": "mp3 mp2",
    "flac": "flac",
    "aiff": "aiff",
    "aac": "aac",
    "amr": "amr",
    "caf": "caf",
    "au": "au",
    "ac3": "ac3",
    "ape": "ape",
    "wv": "wv",
    "tta": "tta",
    "tak": "tak",
    "dsf": "dsf",
    "iff": "dff",
}
_BY_FORMAT: Mapping[str, str] = MappingProxyType(
    {name: demuxer for demuxer, names in _READ_BY.items() for name in names.split()}
)
_SECOND = MappingProxyType(
    {
        "mpeg": ((b"\x00\x00\x01\xb3", "mpegvideo"),),  # pictures alone, in no container
        "mpc": ((b"MP+", "mpc"), (b"MPCK", "mpc8")),
    }
)


def demuxer_of(format_name: str, head: bytes = b"") -> str:
    """FFmpeg's name of what reads a format; empty where nothing does. `head`: the file's first bytes.

    >>> demuxer_of("webm"), demuxer_of("mpeg", bytes.fromhex("000001b3")), demuxer_of("midi")
    ('matroska', 'mpegvideo', '')
    """
    for start, demuxer in _SECOND.get(format_name, ()):
        if head.startswith(start):
            return demuxer
    return _BY_FORMAT.get(format_name, "")
