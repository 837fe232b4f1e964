"""Facts of a file of which only a part has come: those that the rest of it cannot change."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

import msgspec

from validator.gate import DECIDED_BY_HEADERS
from validator.model import Facts

_Part = TypeVar("_Part", bound=msgspec.Struct)

_OF_THE_FILE = frozenset(
    {"access", "bytes", "kind", "content", "format", "extension", "name_agreement", "name_detail"}
)


def of_a_part(facts: Facts, reason: str) -> Facts:
    """The facts that a part of a file is enough for; all others are left out, for this `reason`.

    >>> from validator.model import FileFacts, Kind
    >>> facts = Facts(Kind.IMAGE, FileFacts(format="png", integrity="truncated"))
    >>> part = of_a_part(facts, "only a part of it was downloaded")
    >>> part.file.format, part.file.integrity, part.why_unmeasured("integrity")
    ('png', None, 'only a part of it was downloaded')
    """
    keep = _OF_THE_FILE | DECIDED_BY_HEADERS.get(facts.kind or "file", frozenset())
    left_out: set[str] = set()

    def kept(part: _Part) -> _Part:
        others = [name for name in part.__struct_fields__ if name not in keep]
        left_out.update(others)
        return msgspec.structs.replace(part, **dict.fromkeys(others))

    return dataclasses.replace(
        facts,
        file=kept(facts.file),
        media=None if facts.media is None else kept(facts.media),
        unmeasured={**facts.unmeasured, **dict.fromkeys(left_out, reason), "*": reason},
        stopped=True,
    )
