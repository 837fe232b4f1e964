"""All facts of an asset as people read them: in groups, with their units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import msgspec

from validator.fact import FactInfo
from validator.message import quantity
from validator.model import (
    AudioFacts,
    Facts,
    FileFacts,
    ImageFacts,
    LinkFacts,
    Part,
    VideoFacts,
    fact_table,
)
from validator.people import Box, FaceFacts, LikenessFacts, PortraitFacts
from validator.quantity import exact
from validator.report.headline import size

Row = tuple[str, str]
"""A label, and what was measured."""

_GROUPS: Mapping[type[Any], tuple[str, str]] = MappingProxyType(
    {
        FileFacts: ("file", "file"),
        LinkFacts: ("url", "address"),
        ImageFacts: ("image", "image"),
        VideoFacts: ("video", "video"),
        AudioFacts: ("audio", "audio"),
        FaceFacts: ("faces", "faces"),
        PortraitFacts: ("portrait", "portrait"),
        LikenessFacts: ("likeness", "likeness"),
    }
)
"""What the facts of a part are of, and how the group is called."""

_SIZES = (
    ("width", "height", "size"),
    ("stored_width", "stored_height", "stored size"),
    ("shown_width", "shown_height", "shown size"),
)
_DETAIL = "_detail"
_BESIDE = ("_support", "_agreement", "")  # of what "…_detail" tells more
_EXACT_IN = frozenset({"", "s", "fps"})


def fact_groups(facts: Facts) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """The groups that an asset has, each with a row for each fact that was measured.

    >>> picture = ImageFacts(width=400, height=300, aspect_ratio=Fraction(4, 3), bit_depth=8)
    >>> for group, rows in fact_groups(Facts(media=picture, file=FileFacts(bytes=81_204))):
    ...     print(group, rows)
    file (('file size', '81,204 bytes (81.2 kB)'),)
    image (('size', '400x300 px'), ('aspect ratio', '1.333 (4/3)'), ('bit depth', '8 bit'))
    """
    for part in facts.parts():
        known = _GROUPS.get(type(part))
        if known is None:
            continue
        applies, title = known
        rows = tuple(_rows(part, fact_table(applies)))
        if rows:
            yield title, rows


def _rows(part: Part, table: Mapping[str, FactInfo]) -> Iterator[Row]:
    values = {name: value for name, value in msgspec.structs.asdict(part).items() if value is not None}
    told = {f"{first}{_DETAIL}" for first, _ in _details(values)}
    details = {whole: values[f"{first}{_DETAIL}"] for first, whole in _details(values)}
    sizes = {across: (down, label) for across, down, label in _SIZES if {across, down} <= values.keys()}
    with_size = {down for down, _ in sizes.values()}
    labels = Counter(table[name].label for name in values.keys() - told)
    for name, value in values.items():
        if name in told or name in with_size:
            continue
        if name in sizes:
            down, label = sizes[name]
            yield label, f"{value}x{values[down]} px"
            continue
        said = _said(value, table[name].unit)
        several = labels[table[name].label] > 1  # the face's height in pixels, and as a share
        detail = str(details.get(name, table[name].description if several else ""))
        if said and detail and detail != said:
            said = f"{said} ({detail})"
        if said or detail:
            yield table[name].label, said or detail


def _details(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What tells more, without its ending, and of which fact."""
    for name in values:
        first = name.removesuffix(_DETAIL)
        whole = next((first + end for end in _BESIDE if first + end in values), None)
        if first != name and whole is not None:
            yield first, whole


def _said(value: Any, unit: str) -> str:
    """One value in words; empty for what only locates and no words can tell."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, Fraction)):
        said = quantity(value, unit)
        if unit == "B" and value >= 1000:
            return f"{said} ({size(int(value))})"
        precisely = exact(value)
        is_rounded = unit in _EXACT_IN and not said.replace(",", "").startswith(precisely)
        return f"{said} ({precisely})" if is_rounded else said
    if isinstance(value, (list, tuple)):
        return ", ".join(each for each in value if isinstance(each, str))
    return str(value) if isinstance(value, (str, Box)) else ""
