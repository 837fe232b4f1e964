"""Which fact each detail tells more of, and which facts it tells already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

_DETAIL = "_detail"
_BESIDE = ("_support", "_agreement", "")  # of what "…_detail" tells more
_OWNERS: Mapping[str, str] = MappingProxyType({"faces": "face_count", "head_cut": "cut_edges"})

_TELLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "codec_support": ("codec", "codec_profile", "pixel_format"),
        "geometry": (
            *("stored_width", "stored_height", "shown_width", "shown_height"),
            *("rotation", "sample_aspect_ratio"),
        ),
        "orientation": ("stored_width", "stored_height"),
        "level": ("peak", "clipped"),
        "encoding": ("codec", "channels", "sample_rate"),
        "tracks": ("video_tracks", "audio_tracks"),
        "cut_edges": ("head_cut",),
    }
)
"""What the detail of a fact holds in words."""

_ALIKE: Mapping[str, str] = MappingProxyType(
    {
        "stored_width": "width",
        "stored_height": "height",
        "shown_width": "width",
        "shown_height": "height",
        "frame_rate_min": "frame_rate",
        "frame_rate_max": "frame_rate",
        "video_duration": "duration",
        "audio_duration": "duration",
        "claimed_duration": "duration",
    }
)
"""What says nothing more where it has the value of another fact."""


def details(values: Mapping[str, Any]) -> Mapping[str, str]:
    """What is told more of measured facts, by the fact.

    >>> details({"codec_support": "usual", "codec": "h264", "codec_detail": "h264, profile High"})
    {'codec_support': 'h264, profile High'}
    """
    return {owner: str(values[name]) for name, owner in _owners(values)}


def told_elsewhere(values: Mapping[str, Any]) -> frozenset[str]:
    """The details that stand with the facts that they tell more of.

    >>> sorted(told_elsewhere({"tracks": "one", "tracks_detail": "1 video", "codec_detail": "h264"}))
    ['tracks_detail']
    """
    return frozenset(name for name, _ in _owners(values))


def repeating(values: Mapping[str, Any]) -> frozenset[str]:
    """Facts that say again what another value or a detail says.

    >>> sorted(repeating({"width": 64, "stored_width": 64, "height": 48, "stored_height": 50}))
    ['stored_width']
    """
    told = {name for owner in details(values) for name in _TELLS.get(owner, ())}
    alike = {name for name, other in _ALIKE.items() if name in values and values[name] == values.get(other)}
    return frozenset((told | alike) & values.keys())


def with_detail(said: str, detail: str) -> str:
    """A value and what is told more of it, without saying one thing twice.

    >>> with_detail("1 edge", "left edge"), with_detail("2 faces", "2 faces (one of 58 px)")
    ('1 edge (left edge)', '2 faces (one of 58 px)')
    >>> with_detail("0 faces", "no face"), with_detail("png", "")
    ('0 faces', 'png')
    """
    if not detail or said.startswith("0 "):
        return said
    repeats = not said or detail == said or detail.startswith(f"{said} (")
    return detail if repeats else f"{said} ({detail})"


def _owners(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in values:
        first = name.removesuffix(_DETAIL)
        if first == name or values[name] is None:
            continue
        known = (_OWNERS.get(first), *(first + end for end in _BESIDE))
        owner = next((each for each in known if each is not None and values.get(each) is not None), None)
        if owner is not None:
            yield name, owner
