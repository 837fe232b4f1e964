"""What a file is by its bytes, what else it is, and what there is to measure of it: in one go."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO

import msgspec

from validator.gate import Gate
from validator.model import Depth, FileFacts, Kind, MediaFacts, SecondFormat
from validator.probe.measurement import Measurement
from validator.probe.media import measure_media, why_unopened
from validator.probe.sniffed import Sniffed

LARGEST_TAKEN_WHOLE = 200_000_000
"""Bytes of a file that a decoder may take into memory as a whole; the service takes far smaller ones."""

_READ_AT_ONCE = 64 << 20  # bytes
_TAKEN_WHOLE = frozenset({"jpeg", "webp", "heic", "heif", "heif-sequence", "mp3"})
_WITH_PEOPLE = frozenset({Kind.IMAGE, Kind.VIDEO})
REFINED = {"jpeg": ("jpeg", "mpo")}
"""What a parser may find a format to be in truth: which one it is, is not known when the gate is asked."""


class Ask(msgspec.Struct, frozen=True, omit_defaults=True):
    """How files are to be examined.

    `stills`: small copies of pictures and clips are kept; `sketch`: so is what a preview is made from.
    `taken` are formats that profiles take, some of which are opened for that alone. What the `gate` stops by
    its header is not decoded.
    """

    depth: Depth = Depth.STANDARD
    stills: bool = False
    sketch: bool = False
    taken: frozenset[str] = frozenset()
    gate: Gate | None = None


@dataclass(frozen=True)
class Examined:
    """What came of it; `unopened` says why nothing was measured, if that is due to the format.

    `lasting` is false where something is missing for a reason that may be gone next time.
    """

    sniffed: Sniffed
    second_format: SecondFormat | None = None
    second_format_detail: str = ""
    unopened: str = ""
    measurement: Measurement | None = None
    lasting: bool = True


def examined(file: BinaryIO, ask: Ask, size: int | None, cancelled: Callable[[], bool]) -> Examined:
    """Look at an open file, and measure it where its format is one that is opened.

    `size` in bytes is that of the whole file, for the gate alone.

    Raises:
        Cancelled: the run was asked to stop.

    >>> found = examined(io.BytesIO(b"GIF89a"), Ask(), 6, lambda: False)
    >>> found.sniffed.format, found.measurement.damage.integrity
    ('gif', 'corrupt')
    """
    sniffed = _sniffed(file)
    kind, format_name = sniffed.kind, sniffed.format
    if kind is Kind.IMAGE and ask.depth is not Depth.HEADER:
        file = _in_memory(file)
    looked = _looked_at(file, sniffed, ask.taken)
    if kind is None or format_name is None or looked.unopened:
        return looked
    gate = ask.gate
    known = [
        FileFacts(bytes=size, kind=kind.value, format=name)
        for name in REFINED.get(format_name, (format_name,))
    ]

    def proceed(media: MediaFacts) -> bool:
        return gate is None or not all(gate.stops(file, media) for file in known)

    measurement = measure_media(
        file,
        format_name,
        ask.depth,
        cancelled,
        stills=ask.stills and kind in _WITH_PEOPLE,
        sketch=ask.sketch,
        proceed=proceed,
    )
    return replace(looked, measurement=measurement)


def _in_memory(file: BinaryIO) -> BinaryIO:
    """The same file, read at once where it is small: pictures are gone through several times."""
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    return io.BytesIO(file.read(length)) if length <= _READ_AT_ONCE else file


def looked_at(file: BinaryIO, taken: frozenset[str]) -> Examined:
    """What an open file is by its bytes; nothing is measured.

    >>> looked_at(io.BytesIO(b"8BPS"), frozenset()).unopened
    'psd is none of the formats that are opened'
    """
    return _looked_at(file, _sniffed(file), taken)


def _sniffed(file: BinaryIO) -> Sniffed:
    from validator.probe.sniff import sniff  # here, as it is seldom done in the program itself

    return sniff(file)


def _looked_at(file: BinaryIO, sniffed: Sniffed, taken: frozenset[str]) -> Examined:
    from validator.probe.second_format import second_format

    if sniffed.kind is None or sniffed.format is None:
        return Examined(sniffed)
    second, detail = second_format(file)
    return Examined(sniffed, second, detail, _why_unopened(file, sniffed.format, taken))


def _why_unopened(file: BinaryIO, format_name: str, taken: frozenset[str]) -> str:
    """Why no parser is called at all; empty where one is."""
    why = why_unopened(format_name, taken)
    if why:
        return why
    if format_name in _TAKEN_WHOLE and file.seek(0, io.SEEK_END) > LARGEST_TAKEN_WHOLE:
        return f"a {format_name} of more than {LARGEST_TAKEN_WHOLE:,} bytes is not opened"
    return ""
