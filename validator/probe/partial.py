"""Facts of a file of which only a part has come: those that the rest of it cannot change."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeVar

import msgspec

from validator.gate import DECIDED_BY_HEADERS, Gate
from validator.model import Depth, Facts, FileFacts, ImageFacts, MediaFacts
from validator.probe.examine import REFINED, Ask

if TYPE_CHECKING:
    from validator.probe.examine import Examined

_Part = TypeVar("_Part", bound=msgspec.Struct)

_OF_THE_FILE = frozenset(
    {"access", "bytes", "kind", "content", "format", "extension", "name_agreement", "name_detail"}
)


_PATIENCE = 0.2  # seconds: a connection that nobody reads from does not stay open for long


class Glimpser(Protocol):
    """Examines an open file, if it can begin soon; see `validator.probe.decoders.Decoders`."""

    def glimpsed(
        self, file: BinaryIO, ask: Ask, size: int, cancelled: Callable[[], bool], patience: float
    ) -> Examined | None:
        """What was found in it; raises `Cancelled`."""


def is_stopped(
    file: BinaryIO,
    size: int,
    gate: Gate,
    taken: frozenset[str],
    decoders: Glimpser,
    cancelled: Callable[[], bool],
) -> bool:
    """Whether a file of this size fails for certain, part of which has come and says all; the rest is zeros.

    Where nobody has the time to look, it is not.

    Raises:
        Cancelled: the run was asked to stop.
    """
    found = decoders.glimpsed(file, Ask(Depth.HEADER, taken=taken), size, cancelled, _PATIENCE)
    if found is None:
        return False
    kind, name = found.sniffed.kind, found.sniffed.format
    if kind is None or name is None or found.unopened:
        return False
    media = None if found.measurement is None else found.measurement.facts
    return all(
        gate.stops(FileFacts(bytes=size, kind=kind.value, format=refined), either)
        for refined in REFINED.get(name, (name,))
        for either in _either_way(media)
    )


def _either_way(media: MediaFacts | None) -> tuple[MediaFacts | None, ...]:
    """A picture as it is, and turned: what turns it may stand behind its pixels."""
    if not isinstance(media, ImageFacts):
        return (media,)
    ratio = media.aspect_ratio
    turned = msgspec.structs.replace(
        media, width=media.height, height=media.width, aspect_ratio=1 / ratio if ratio else None
    )
    return (media, turned)


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
