"""All facts of an asset as people read them: in groups, with their units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import msgspec

from validator.fact import FactInfo
from validator.fact_words import fact_words
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
from validator.report.fact_details import details, told_elsewhere, with_detail
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
    told, more = told_elsewhere(values), details(values)
    sizes = {across: (down, label) for across, down, label in _SIZES if {across, down} <= values.keys()}
    with_size = {down for down, _ in sizes.values()}
    for name, value in values.items():
        if name in told or name in with_size:
            continue
        if name in sizes:
            down, label = sizes[name]
            yield label, f"{value}x{values[down]} px"
            continue
        said = with_detail(_said(table[name], value), more.get(name, ""))
        if said:
            yield table[name].label, said


def _said(info: FactInfo, value: Any) -> str:
    """One value in words; empty for what only locates and no words can tell."""
    unit = info.unit
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        said = quantity(value, unit)
        if unit == "B" and value >= 1000:
            return f"{said} ({size(int(value))})"
        precisely = exact(value)
        is_rounded = unit in _EXACT_IN and not said.replace(",", "").startswith(precisely)
        return f"{said} ({precisely})" if is_rounded else said
    if isinstance(value, (list, tuple)):
        return ", ".join(each for each in value if isinstance(each, str))
    return fact_words(info.name, value) if isinstance(value, (str, bool, Box)) else ""
