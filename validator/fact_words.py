"""What the values of facts are called where people read them; programs get the values themselves."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_FINE = {"fine": "as documented"}
_MENTIONED = {
    **_FINE,
    "raw-id": "the id of an asset",
    "nowhere": "one that points nowhere",
    "misspelt": "another form than the documented one",
    "bare": "without the documented form",
    "unmentioned": "not of every reference",
}
_MIXED = {
    **_FINE,
    "frames-with-references": "frames beside references",
    "several-frames": "several of the same frame",
    "last-frame-alone": "a last frame without a first one",
    "audio-alone": "a sound alone",
}
_FITTING = {
    "fit": "all fit",
    "unfit": "of another type",
    "missing": "missing",
    "other-kind": "of another type than is said",
}

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "access": {
            "missing": "no such file",
            "denied": "not permitted",
            "directory": "a folder",
            "special": "no regular file",
            "unreadable": "could not be read",
        },
        "content": {"lfs-pointer": "a Git LFS pointer", "not-media": "no media"},
        "name_agreement": {
            "agrees": "agrees with the bytes",
            "unknown": "says nothing of the format",
            "other-format": "says another format",
            "other-kind": "says another kind of media",
            "other-role": "of another kind than the role",
        },
        "integrity": {
            "truncated": "cut short",
            "corrupt": "damaged",
            "without-content": "without frames or samples",
            "decoder-crashed": "makes a decoder crash",
        },
        "expansion": {
            "sane": "within bounds",
            "pixels": "too many pixels",
            "frames": "too many frames",
            "metadata": "too much metadata",
            "memory": "too much memory",
            "time": "too much time",
        },
        "second_format": {"zip": "a zip archive"},
        "scheme": {"other": "another one"},
        "host_kind": {"name": "a name", "address": "an IP address"},
        "host": {
            "private": "not public",
            "forbidden": "never permitted",
            "permitted": "not required to be public",
        },
        "credentials": {"user-info": "a user or a password", "query": "a secret in the query"},
        "reach": {
            "reached": "the file",
            "dns-failure": "none: the name is not known",
            "connection-failure": "none: no connection",
            "tls-failure": "none: no trusted TLS connection",
            "refused": "the file is refused",
            "not-found": "no such file",
            "server-error": "an error",
        },
        "redirects": {
            "too-many": "too many",
            "loop": "in a circle",
            "downgrade": "from https down to http",
            "broken": "to nowhere",
        },
        "page": {"media": "the media", "web-page": "a web page"},
        "content_type_agreement": {
            "agrees": "agrees with the bytes",
            "contradicts": "says something else than the bytes",
        },
        "transfer": {
            "short": "broken off",
            "long": "longer than announced",
            "over-cap": "larger than is taken",
            "changed": "another file at the second read",
            "damaged": "packed, and damaged",
        },
        "ranges": {"misanswered": "answered with something else"},
        "expiry": {
            "unsigned": "not signed",
            "later": "in an hour or later",
            "soon": "within the hour",
            "not-yet": "does not hold yet",
        },
        "frame_rate_mode": {"single-frame": "one frame alone"},
        "geometry": {"true": "rotated, or with pixels that are not square", "false": "as stored"},
        "codec_support": {
            "unusual": "not H.264 or HEVC",
            "ten-bit": "more than 8 bits a sample",
            "hdr": "HDR",
        },
        "tracks": {
            "one": "one video track",
            "none": "no video track",
            "several": "several video tracks",
            "durations-disagree": "of different lengths",
            "header-disagrees": "of another length than the header says",
        },
        "header_agreement": {"agrees": "agrees with the sound", "disagrees": "says another duration"},
        "level": {"clipped": "clipped throughout"},
        "encoding": {
            "not-pcm": "not PCM",
            "many-channels": "more than two channels",
            "unusual-rate": "an unusual sample rate",
        },
        "shot": {"three-quarter": "down to the knees", "group": "several people", "none": "nobody"},
        "practice": {"none": "none, as nobody is seen", "other": "none, as several are seen"},
        "full_body": {
            "whole": "from head to feet",
            "cut": "cut off",
            "turned": "turned away",
            "no-body": "none found",
        },
        "form": {"as-documented": "as documented"},
        "prompt_ids": _MENTIONED,
        "prompt_positions": _MENTIONED,
        "prompt_spelling": _MENTIONED,
        "prompt_mentions": _MENTIONED,
        "roles": _FITTING,
        "kinds": _FITTING,
        "frame_company": _MIXED,
        "frames_each": _MIXED,
        "audio_company": _MIXED,
        "addresses": {
            "library": "of the library",
            "web": "of the web",
            "embedded": "media in the request itself",
        },
        "activity": {"unknown-status": "of a status that is not known"},
    }
)
"""By fact and by value, as profiles write it; what is not listed can be read as it is."""


def fact_words(fact: str, value: object) -> str:
    """A value of a fact that is no number, as people read it.

    >>> fact_words("second_format", "zip"), fact_words("format", "png")
    ('a zip archive', 'png')
    >>> fact_words("geometry", False), fact_words("duplicate", True)
    ('as stored', 'yes')
    """
    key = str(value).lower() if isinstance(value, bool) else str(value)
    plain = {True: "yes", False: "no"}[value] if isinstance(value, bool) else key
    return WORDS.get(fact, {}).get(key, plain)
