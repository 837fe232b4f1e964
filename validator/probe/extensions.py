"""File name endings of media, and which kind and format each promises."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from validator.model import Kind

_IMAGE, _VIDEO, _AUDIO = Kind.IMAGE, Kind.VIDEO, Kind.AUDIO

EXTENSIONS: Mapping[str, tuple[Kind, str]] = MappingProxyType(
    {
        extension: (kind, format_name)
        for kind, formats in (
            (
                _IMAGE,
                {
                    "jpeg": "jpg jpeg jpe jfif jif",
                    "mpo": "mpo",
                    "png": "png",
                    "apng": "apng",
                    "webp": "webp",
                    "bmp": "bmp dib",
                    "tiff": "tif tiff",
                    "gif": "gif",
                    "heic": "heic heics",
                    "heif": "heif heifs hif",
                    "avif": "avif avifs",
                    "svg": "svg svgz",
                    "ico": "ico cur",
                    "psd": "psd psb",
                    "jp2": "jp2 j2k jpf jpx jpm j2c jpc",
                    "jxl": "jxl",
                    "jxr": "jxr wdp hdp",
                    "tga": "tga",
                    "exr": "exr",
                    "hdr": "hdr",
                    "raw": "nef cr2 cr3 arw dng orf rw2 raf pef srw",
                },
            ),
            (
                _VIDEO,
                {
                    "mp4": "mp4 mp4v",
                    "mov": "mov qt",
                    "m4v": "m4v",
                    "3gp": "3gp 3gpp",
                    "3g2": "3g2 3gpp2",
                    "webm": "webm",
                    "mkv": "mkv",
                    "avi": "avi",
                    "flv": "flv",
                    "f4v": "f4v",
                    "ogv": "ogv",
                    "mpeg": "mpg mpeg m1v m2v vob",
                    "mpegts": "m2ts mts",
                    "wmv": "wmv asf",
                    "mxf": "mxf",
                },
            ),
            (
                _AUDIO,
                {
                    "wav": "wav wave",
                    "mp3": "mp3",
                    "mp2": "mp2",
                    "m4a": "m4a",
                    "m4b": "m4b m4p m4r",
                    "ogg": "ogg oga spx",
                    "opus": "opus",
                    "flac": "flac",
                    "aiff": "aif aiff aifc",
                    "aac": "aac",
                    "wma": "wma",
                    "amr": "amr",
                    "mka": "mka weba",
                    "caf": "caf",
                    "au": "au snd",
                    "ac3": "ac3",
                    "ape": "ape",
                    "wv": "wv",
                },
            ),
        )
        for format_name, extensions in formats.items()
        for extension in extensions.split()
    }
)
"""File name endings of media: what kind and which format each promises."""

_PROMISE_NOTHING = (
    "ts m2t tod rm rmvb ivf y4m xcf qoi icns dds bpg flif mpc tta tak ofr dsf dff mid midi w64 rf64 bw64"
)
BY_BYTES_ALONE = frozenset(_PROMISE_NOTHING.split())
"""Endings that media have too, and that promise nothing: most files called .ts are programs."""


# Formats under one name in the wild: an ending promises any of its family.
FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"jpeg", "mpo"}),
    frozenset({"png", "apng"}),
    frozenset({"tiff", "bigtiff", "raw"}),
    frozenset({"heic", "heif", "heif-sequence"}),
    frozenset({"avif", "avif-sequence"}),
    frozenset({"mp4", "m4v", "f4v"}),
    frozenset({"wav", "rf64"}),
    frozenset({"ogg", "opus", "ogv"}),
    frozenset({"m4a", "m4b"}),
    frozenset({"3gp", "3g2"}),
)
