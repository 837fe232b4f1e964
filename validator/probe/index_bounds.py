"""How much the index of an mp4 or mov announces: counted before FFmpeg builds all of it in memory."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from validator.model import Expansion
from validator.probe import isobmff
from validator.probe.isobmff import Box, boxes, payload

MAX_BOXES = 50_000
"""Boxes of all levels together: ten minutes of one-second fragments have a tenth of it."""
MAX_INDEX_BYTES = 32_000_000
"""Bytes of everything but the samples: an index of `MAX_SAMPLES`, and some pictures beside it."""
MAX_SAMPLES = 300_000
"""Samples of all tracks: more than an hour of film with sound."""
MAX_TRACKS = 100
MAX_EDITS = 1_000
MAX_EDITED_SAMPLES = 3_000_000
"""Edits times samples of a track: FFmpeg goes through the samples for each edit."""
MAX_TAGS = 5_000
"""Entries of a list of tags, or licences: FFmpeg compares each with all before it."""
MAX_PIXELS = 36_000_000
"""Pixels of one frame: 6000 x 6000, the largest that is taken. A decoder holds up to 17 frames at once."""

_DEEPEST = 12  # FFmpeg enters ten levels
_CONTAINERS = frozenset(
    {
        *(b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"mvex", b"moof", b"traf", b"mfra"),
        *(b"udta", b"meta", b"ilst", b"covr", b"wave", b"sinf", b"schi", b"tref", b"tapt", b"gmhd"),
        *(b"iprp", b"ipco"),
    }
)
_NOTHING = b"\0\0\0\0"  # zeros behind the last box, or what of a download has not come: FFmpeg skips them
_CONTENT = frozenset({b"mdat", b"free", b"skip", b"wide", b"uuid", b"idat", _NOTHING})
_DATA_HANDLERS = frozenset(
    {b"url ", b"alis"}
)  # how QuickTime gets at the samples: beside the media's handler
_PCM_PACKET = 1024  # samples that FFmpeg hands out at once where all have one size and last one tick


@dataclass(frozen=True)
class Excess:
    """What an index announces beyond sane bounds, as an expansion, and in words with the bound."""

    expansion: Expansion
    detail: str
    size: tuple[int, int] | None = None


class _ExcessError(Exception):
    def __init__(self, expansion: Expansion, words: str, size: tuple[int, int] | None = None) -> None:
        self.excess = Excess(expansion, words, size)
        super().__init__(words)


def excess(file: BinaryIO) -> Excess | None:
    """The first bound that the index of an open file bursts, if any.

    >>> excess(io.BytesIO(struct.pack(">I4sIII", 20, b"stsz", 0, 1, 10**9))).expansion
    'frames'
    """
    walk = _Walk()
    try:
        walk.enter(file, 0, file.seek(0, io.SEEK_END), 0)
        walk.check_track()
    except _ExcessError as error:
        return error.excess
    return None


@dataclass
class _Track:
    """The tables of one track. Counts are those that are announced."""

    handlers: set[bytes] = field(default_factory=set)
    sizes: int = 0
    sizes_differ: bool = False
    timed: int = 0
    one_tick_each: list[bool] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)
    chunks: int = 0
    edits: int = 0

    @property
    def samples(self) -> int:
        """What FFmpeg makes of the tables: of sound in samples of one size it takes a thousand at once."""
        if (
            self.handlers - _DATA_HANDLERS == {b"soun"}
            and self.one_tick_each == [True]
            and not self.sizes_differ
        ):
            firsts = [first for first, _ in self.runs]
            ends = [*firsts[1:], self.chunks + 1]
            return sum(
                max(0, end - first) * -(-count // _PCM_PACKET)
                for (first, count), end in zip(self.runs, ends, strict=False)
            )
        return max(self.sizes, self.timed)


@dataclass
class _Walk:
    """Counts over a whole file."""

    boxes: int = 0
    tracks: int = 0
    index: int = 0
    samples: int = 0
    tags: int = 0
    track: _Track = field(default_factory=_Track)

    def enter(self, file: BinaryIO, start: int, end: int, depth: int) -> None:
        """Count what lies between two offsets."""
        for box in boxes(file, start, end):
            self.boxes += 1
            _bound("metadata", self.boxes, MAX_BOXES, "boxes")
            if depth == 0 and box.type not in _CONTENT:
                self.index += box.end - box.start
                _bound("metadata", self.index, MAX_INDEX_BYTES, "bytes of index and tags")
            if box.type == b"trak":
                self.check_track()
                self.tracks += 1
                _bound("metadata", self.tracks, MAX_TRACKS, "tracks")
            self._look(file, box, depth)

    def check_track(self) -> None:
        """Judge the track that ends here, and begin another."""
        track, self.track = self.track, _Track()
        self._add_samples(track.samples)
        _bound("metadata", track.edits, MAX_EDITS, "edits")
        if track.edits * track.samples > MAX_EDITED_SAMPLES:
            words = f"{track.edits:,} edits of {track.samples:,} samples; we follow at most"
            raise _ExcessError("frames", f"{words} {MAX_EDITED_SAMPLES:,} in all")

    def _add_samples(self, count: int) -> None:
        self.samples += count
        _bound("frames", self.samples, MAX_SAMPLES, "samples")

    def _look(self, file: BinaryIO, box: Box, depth: int) -> None:
        if box.type in _CONTAINERS and depth < _DEEPEST:
            before = self.boxes
            self.enter(file, _first_child(file, box), box.end, depth + 1)
            if box.type == b"ilst":
                self._add_tags(self.boxes - before)
        elif box.type in _TABLES:
            _TABLES[box.type](self, file, box)
        elif box.type == b"cmov" and depth < _DEEPEST:
            inflated = isobmff.inflated(file, box)
            if inflated is None:
                words = "a packed index (cmov) that announces more than we unpack"
                raise _ExcessError("metadata", f"{words}, {isobmff.MAX_INFLATED:,} bytes")
            self.enter(inflated, 0, len(inflated.getvalue()), _DEEPEST - 6)

    def _add_tags(self, count: int) -> None:
        self.tags += count
        _bound("metadata", self.tags, MAX_TAGS, "tags")

    def handler(self, file: BinaryIO, box: Box) -> None:
        self.track.handlers.add(payload(file, box, 12)[8:12])

    def sample_sizes(self, file: BinaryIO, box: Box) -> None:
        each, count = struct.unpack(">II", payload(file, box, 12)[4:12].ljust(8, b"\0"))
        self.track.sizes += count
        self.track.sizes_differ |= box.type == b"stz2" or not each

    def durations(self, file: BinaryIO, box: Box) -> None:
        entries = list(_entries(file, box, ">II"))
        self.track.timed += sum(count for count, _ in entries)
        self.track.one_tick_each.append(len(entries) == 1 and entries[0][1] == 1)

    def runs(self, file: BinaryIO, box: Box) -> None:
        self.track.runs += [(first, count) for first, count, _ in _entries(file, box, ">III")]

    def chunks(self, file: BinaryIO, box: Box) -> None:
        entry = 8 if box.type == b"co64" else 4
        self.track.chunks += min(_count(payload(file, box, 8)), (box.end - box.start) // entry)

    def edits(self, file: BinaryIO, box: Box) -> None:
        self.track.edits += _count(payload(file, box, 8))

    def run(self, file: BinaryIO, box: Box) -> None:
        self._add_samples(max(1, _count(payload(file, box, 8))))

    def keys(self, file: BinaryIO, box: Box) -> None:
        self._add_tags(_count(payload(file, box, 8)))

    def licence(self, _file: BinaryIO, _box: Box) -> None:
        self._add_tags(1)

    def descriptions(self, file: BinaryIO, box: Box) -> None:
        for entry in boxes(file, box.start + 8, box.end):
            self.boxes += 1
            _bound("metadata", self.boxes, MAX_BOXES, "boxes")
            for size in isobmff.announced_sizes(file, entry):
                if size[0] * size[1] > MAX_PIXELS:
                    words = f"{size[0]}x{size[1]}, {size[0] * size[1]:,} px"
                    raise _ExcessError(
                        "pixels", f"{words}; we decode at most {MAX_PIXELS:,} px of a clip", size
                    )


def _bound(expansion: Expansion, count: int, limit: int, what: str) -> None:
    if count > limit:
        raise _ExcessError(expansion, f"{count:,} {what} or more; we read at most {limit:,}")


def _count(table: bytes) -> int:
    """How many entries a table announces."""
    return int.from_bytes(table[4:8], "big")


def _entries(file: BinaryIO, box: Box, form: str) -> Iterator[tuple[int, ...]]:
    """The entries of a table that are there, which may be fewer than are announced."""
    data, size = payload(file, box), struct.calcsize(form)
    count = min(_count(data), (len(data) - 8) // size)
    _bound("frames", count, MAX_SAMPLES, "entries of a sample table")
    return struct.iter_unpack(form, data[8 : 8 + max(count, 0) * size])


def _first_child(file: BinaryIO, box: Box) -> int:
    """Where the boxes begin: in a `meta` box behind version and flags, which QuickTime leaves out."""
    if box.type == b"meta" and payload(file, box, 8)[4:8] != b"hdlr":
        return box.start + 4
    return box.start


_TABLES: Mapping[bytes, Callable[[_Walk, BinaryIO, Box], None]] = {
    b"hdlr": _Walk.handler,
    b"stsz": _Walk.sample_sizes,
    b"stz2": _Walk.sample_sizes,
    b"stts": _Walk.durations,
    b"stsc": _Walk.runs,
    b"stco": _Walk.chunks,
    b"co64": _Walk.chunks,
    b"elst": _Walk.edits,
    b"trun": _Walk.run,
    b"keys": _Walk.keys,
    b"pssh": _Walk.licence,
    b"stsd": _Walk.descriptions,
}
