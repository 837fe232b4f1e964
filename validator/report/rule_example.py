"""An example of what a rule says: the judge's own words on facts that break it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import msgspec

from validator.fact import FactInfo
from validator.findings import Finding
from validator.generation import LibraryFacts, ReferenceFacts, RequestFacts
from validator.judge import Policy, judge
from validator.model import (
    APPLIES,
    Asset,
    AudioFacts,
    Facts,
    FileFacts,
    Group,
    ImageFacts,
    Kind,
    LinkFacts,
    VideoFacts,
    fact_table,
)
from validator.people import FaceFacts, LikenessFacts, PortraitFacts
from validator.profile import Profile
from validator.rule import Bounds, Rule, When

_HOW_FAR = Fraction(1, 10)  # beyond a bound: far enough to be seen, near enough to be met
_FEW = 100  # a limit below is one on a count: one more is too many
_HEIGHT = 1000
_WIDE = Fraction(16, 9)

_PARTS: Mapping[type, str] = MappingProxyType(
    {
        FileFacts: "file",
        LinkFacts: "link",
        ImageFacts: "media",
        VideoFacts: "media",
        AudioFacts: "media",
        FaceFacts: "faces",
        PortraitFacts: "portrait",
        LikenessFacts: "likeness",
        RequestFacts: "request",
        ReferenceFacts: "references",
        LibraryFacts: "library",
    }
)
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        **{str(kind): kind for kind in Kind},
        "faces": Kind.IMAGE,
        "portrait": Kind.IMAGE,
        "likeness": Kind.IMAGE,
    }
)

_UNLISTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "image": ("avif", "svg"),
        "video": ("webm", "avi", "mkv"),
        "audio": ("m4a", "ogg"),
        "kind": ("video", "audio", "image"),
        "resolution": ("640p", "480p"),
        "model": ("dreamina-seedance-2-0",),
        "codec": ("mpeg4", "av1"),
        "video codec": ("vp9", "mpeg4"),
    }
)
"""What a list of permitted values does not hold, by the fact or, of formats, by what the rule applies to."""

_DETAILS: Mapping[tuple[str, str], Mapping[str, Any]] = MappingProxyType(
    {
        ("content", "lfs-pointer"): {"content_detail": "of 12,345 bytes"},
        ("content", "not-media"): {"content_detail": "a zip archive (or an office document)"},
        ("integrity", "truncated"): {"integrity_detail": "the file ends inside its index (moof)"},
        ("name_agreement", "other-format"): {"name_detail": ".jpg promises jpeg, the bytes are heic"},
        ("expansion", "pixels"): {
            "expansion_detail": "65535x65535, 4,294,836,225 px; we decode at most 178,956,970 px"
        },
        ("duplicate", "true"): {"duplicate_of": "photos/face.jpg"},
        ("second_format", "zip"): {"second_format_detail": "a directory of 1 entry ends it"},
        ("scheme", "other"): {"scheme_detail": "its scheme is ftp"},
        ("host", "private"): {"host_detail": "192.168.1.5, a private network (RFC 1918)"},
        ("port", "refused"): {"port_detail": "6379, not one of 80, 443, 8080, 8443"},
        ("credentials", "query"): {"credentials_detail": "token"},
        ("reach", "dns-failure"): {"reach_detail": "Name or service not known"},
        ("redirects", "followed"): {
            "redirects_detail": "https://short.example/a → https://cdn.example/face.jpg"
        },
        ("head", "refused"): {"head_detail": "403 Forbidden"},
        ("page", "web-page"): {"page_detail": "Imgur: https://i.imgur.com/ID.jpg (or .png, .mp4)"},
        ("content_type_agreement", "contradicts"): {"content_type": "image/jpeg"},
        ("transfer", "short"): {"transfer_detail": "2,556 bytes announced, 2,056 received"},
        ("expiry", "expired"): {"expiry_detail": "expired 2026-11-22 23:06 UTC, 4 min ago"},
        ("ranges", "ignored"): {"ranges_detail": "bytes=500-999: 200 OK, the whole file"},
        ("orientation", "true"): {"orientation_detail": "turned by 90°: stored 4032x3024, shown 3024x4032"},
        ("exif", "broken"): {"exif_detail": "its orientation is 9, none of 1 to 8"},
        ("colour", "true"): {"colour_detail": "16 bit a sample"},
        ("resolution", "640p"): {"width": 640, "height": 640},
        ("frame_rate_mode", "variable"): {
            "frame_rate_min": Fraction(20),
            "frame_rate": Fraction(40),
            "frame_rate_max": Fraction(60),
        },
        ("codec_support", "unusual"): {"codec_detail": "mpeg4, profile Simple Profile, yuv420p"},
        ("geometry", "true"): {"geometry_detail": "rotated by 90°, stored 854x480, shown 480x854"},
        ("tracks", "none"): {"tracks_detail": "1 audio"},
        ("level", "silent"): {"level_detail": "peak 0.0% of full scale, 0.0% of the samples at full scale"},
        ("encoding", "not-pcm"): {"encoding_detail": "IMA ADPCM, 1 channel, 16,000 Hz"},
        ("header_agreement", "disagrees"): {
            "claimed_duration": Fraction(180),
            "duration": Fraction("3.048"),
        },
        ("full_body", "cut"): {"full_body_detail": "Knees and ankles lie outside the picture"},
        ("shot", "half-body"): {"head_height": Fraction("0.31")},
        ("form", "unreadable"): {"form_detail": "no JSON: Expecting value, line 1, column 62"},
        ("prompt_ids", "raw-id"): {"prompt_ids_detail": '"asset-20260318071009-face1"'},
        ("roles", "unfit"): {
            "roles_detail": '[Video 1] has "reference_image", where a video has reference_video'
        },
        ("frame_company", "frames-with-references"): {
            "frame_company_detail": "[Image 1] is a first_frame, beside [Video 1]"
        },
        ("addresses", "web"): {"addresses_detail": '[Image 1]: "https://host.example/face.png"'},
        ("activity", "processing"): {"activity_detail": '[Image 1] is "Processing"'},
    }
)
"""What is measured beside a value, by the fact and the value."""

_BESIDE: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "face_count": {"faces_detail": "2 faces (one of 58 px at the left edge)"},
        "cut_edges": {"head_cut_detail": "left edge"},
        "face_distance": {"face_distance_from": "ada/face.jpg"},
        "assets_after": {"assets_held": 85, "assets_needed": 25},
    }
)
"""What is measured beside a number, by the fact."""


def example_finding(rule: Rule, profile: Profile) -> Finding | None:
    """What the rule finds in facts that break it; `None` where none that do are known.

    >>> from validator.profile import default_profile
    >>> example_finding(default_profile()["VID006"], default_profile()).message
    'The frame rate is 66 fps: 6 fps above the maximum of 60 fps.'
    """
    rules = (
        each if each != rule else msgspec.structs.replace(rule, unknown_outside=False)
        for each in profile.rules
    )
    asking = msgspec.structs.replace(profile, rules=tuple(rules))
    for values in _breaking(rule, profile):
        asset = _meant(rule.alternatives[0] if rule.alternatives else When())
        facts = _facts(rule, values)
        findings, _ = judge(asset, facts, asking, Policy(codes=frozenset({rule.code})))
        if findings:
            return findings[0]
    return None


def _breaking(rule: Rule, profile: Profile) -> Iterator[dict[str, Any]]:
    """Facts that may break the rule, the likeliest first."""
    for name, value in _values(rule, profile):
        yield {
            **_BESIDE.get(name, {}),
            name: _of_type(value, fact_table(rule.applies)[name]),
            **_sizes(name, value),
            **_DETAILS.get((name, str(value).lower()), {}),
        }


def _values(rule: Rule, profile: Profile) -> Iterator[tuple[str, Any]]:
    for code in rule.on_bound_of:
        other = profile[code]
        yield from ((name, bound) for name in other.facts for bound in (other.min, other.max) if bound)
    infos = fact_table(rule.applies)
    for name in rule.facts:
        info, bounds = infos[name], rule.bounds_of(name)
        if bounds is not None:
            yield from ((name, value) for value in _outside(bounds, info))
        if isinstance(rule.equals, bool):
            yield name, not rule.equals
        if rule.one_of:
            key = rule.applies if name == "format" else name if name in _UNLISTED else info.label
            yield from ((name, value) for value in _UNLISTED.get(key, ()))
        yield from ((name, value) for value in rule.levels if not info.choices or value in info.choices)


def _outside(bounds: Bounds, info: FactInfo) -> Iterator[Fraction]:
    """A number above the maximum, and one below the minimum."""
    for bound, sign in ((bounds.max, 1), (bounds.min, -1)):
        if bound is None:
            continue
        step = abs(bound) * _HOW_FAR or Fraction(1)
        if info.python_type is int:
            step = Fraction(1 if abs(bound) < _FEW else math.ceil(step))
        yield bound + sign * step


def _sizes(name: str, value: Any) -> dict[str, Any]:
    """A width and a height about this ratio or number of pixels, and what it is with them."""
    if name == "aspect_ratio":
        width, height = round(value * _HEIGHT), _HEIGHT
        return {"width": width, "height": height, name: Fraction(width, height)}
    if name == "pixels":
        height = math.isqrt(int(value / _WIDE))
        width = int(value) // height
        return {"width": width, "height": height, name: width * height}
    return {}


def _of_type(value: Any, info: FactInfo) -> Any:
    return info.python_type(value) if info.python_type in (int, Fraction) else value


def _meant(when: When) -> Asset:
    """An asset that the rule is about."""
    group = Group(when.group[0]) if when.group else None
    return Asset("example", "example", role=when.role[0] if when.role else None, group=group)


def _facts(rule: Rule, values: Mapping[str, Any]) -> Facts:
    practices = [practice for when in rule.alternatives for practice in when.practice]
    formats = [name for when in rule.alternatives for name in when.format]
    known = {
        "practice": practices[0] if practices else "close-up",
        **({"format": formats[0]} if formats else {}),
        **values,
    }
    parts = {
        _PARTS[part]: part(**{name: known[name] for name in part.__struct_fields__ if name in known})
        for part in APPLIES[rule.applies]
    }
    return Facts(kind=_KINDS.get(rule.applies), **parts)  # type: ignore[arg-type]  # by the names of its fields
