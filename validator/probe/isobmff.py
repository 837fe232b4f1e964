"""The boxes of an ISO base media file (mp4, mov, 3gp, HEIF, AVIF), read without decoding anything.

ISO/IEC 14496-12; for items ISO/IEC 23008-12. Only containers on the way to what is asked for are
entered, so nesting cannot run away, and every walk is bounded in boxes and in bytes.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import BinaryIO

from validator.model import Kind
from validator.probe import parameter_sets
from validator.probe.heif import Items, read_items

FIRST_BOXES = frozenset(
    {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"wide", b"free", b"skip", b"pnot", b"sidx", b"PICT"}
)
"""Boxes that a file of this family may begin with; all but `ftyp` mean an old QuickTime file or a segment."""

_VISUAL_FIELDS = 78  # bytes of a visual sample entry before its boxes
_STILL_CODECS = frozenset({"jpeg", "png "})
_MAX_BOXES = 100_000  # on one level: a day of one-second fragments
_MAX_PAYLOAD = 16_000_000  # bytes of one box that are read: a sample description is far smaller
_MAX_TRACKS = 100
_MAX_EDITS = 10_000  # of one track: films have some, and each takes a microsecond or two
MAX_INFLATED = _MAX_PAYLOAD
"""Bytes that a packed movie header may have."""
_SELF_CONTAINED = 1  # flag of a data reference: the samples lie in this file


@dataclass(frozen=True)
class Box:
    """A box's type and where its payload lies. `declared_end` may lie behind the end of the file."""

    type: bytes
    start: int
    end: int
    declared_end: int


@dataclass(frozen=True)
class Edit:
    """One entry of an edit list: `duration` in seconds; an empty edit has no `media_time`."""

    duration: Fraction
    media_time: int | None


@dataclass(frozen=True)
class Track:
    """What a track's headers say.

    Times are in seconds, `rotation` is clockwise in degrees, `size` is the stored width and height in pixels.
    `external`: its samples lie in another file, by the header.
    """

    id: int = 0
    handler: str = ""
    rotation: int = 0
    mirrored: bool = False
    sample_entries: tuple[str, ...] = ()
    encrypted: bool = False
    size: tuple[int, int] | None = None
    sample_aspect_ratio: Fraction | None = None
    media_duration: Fraction | None = None
    edits: tuple[Edit, ...] = ()
    external: bool = False

    @property
    def is_still(self) -> bool:
        """Whether it holds pictures rather than a film: those of chapters, in a sound's file."""
        return bool(self.sample_entries) and _STILL_CODECS.issuperset(self.sample_entries)

    @property
    def edited_duration(self) -> Fraction:
        """How long the edit list presents the track; 0 where there is none, or it leaves that open."""
        if any(edit.media_time is not None and not edit.duration for edit in self.edits):
            return Fraction(0)  # in fragmented files: this edit lasts as long as there are fragments
        return sum((edit.duration for edit in self.edits), Fraction(0))


@dataclass(frozen=True)
class IsoFile:
    """What the top of a file says. `claimed_duration` is the movie header's, in seconds."""

    major_brand: str = ""
    brands: tuple[str, ...] = ()
    has_movie: bool = False
    has_fragments: bool = False
    claimed_duration: Fraction | None = None
    tracks: tuple[Track, ...] = ()
    items: Items | None = None
    truncated_box: str = ""

    def handlers(self) -> tuple[str, ...]:
        """The tracks' media types: `vide`, `soun`, `text` and so on."""
        return tuple(track.handler for track in self.tracks)


def read(file: BinaryIO) -> IsoFile:
    """Read the headers of an open file; its position is left anywhere."""
    size = file.seek(0, io.SEEK_END)
    found = IsoFile()
    for box in boxes(file, 0, size):
        if box.declared_end > box.end and not found.truncated_box:
            found = replace(found, truncated_box=box.type.decode("latin-1"))
        if box.type == b"ftyp" and not found.major_brand:
            found = _with_brands(found, payload(file, box))
        elif box.type == b"moov" and not found.has_movie:
            found = _with_movie(found, file, box)
        elif box.type == b"moof":
            found = replace(found, has_fragments=True)
        elif box.type == b"meta" and found.items is None:
            found = replace(found, items=read_items(file, box.start, box.end, boxes))
    return found


def read_head(head: bytes) -> IsoFile:
    """Read the headers as far as they lie in a file's first bytes."""
    return read(io.BytesIO(head))


def boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """The boxes between two offsets, cut at `end`; stops at the first that is no box."""
    for _ in range(_MAX_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        header = file.read(16)
        size, kind = int.from_bytes(header[:4], "big"), header[4:8]
        body = start + 8
        if size == 1:
            size, body = int.from_bytes(header[8:16], "big"), start + 16
        declared_end = end if size == 0 else start + size
        if declared_end < body or len(kind) < 4:
            return
        yield Box(kind, min(body, end), min(declared_end, end), declared_end)
        start = declared_end


def payload(file: BinaryIO, box: Box, limit: int = _MAX_PAYLOAD) -> bytes:
    """A box's bytes, at most `limit` of them."""
    file.seek(box.start)
    return file.read(max(0, min(box.end - box.start, limit)))


def _with_brands(found: IsoFile, data: bytes) -> IsoFile:
    brands = [data[at : at + 4].decode("latin-1") for at in range(8, min(len(data) - 3, 4096), 4)]
    return replace(found, major_brand=data[:4].decode("latin-1"), brands=tuple(brands))


def _with_movie(found: IsoFile, file: BinaryIO, movie: Box) -> IsoFile:
    children = list(boxes(file, movie.start, movie.end))
    compressed = next((box for box in children if box.type == b"cmov"), None)
    if compressed is not None:  # once: what is compressed again is no movie, and could go on for ever
        file = inflated(file, compressed) or io.BytesIO()
        inner = next(boxes(file, 0, len(file.getvalue())), None)
        children = list(boxes(file, inner.start, inner.end)) if inner and inner.type == b"moov" else []
    timescale = 0
    claimed = fragments = None
    for box in children:
        if box.type == b"mvhd":
            timescale, duration = _times(payload(file, box, 64))
            claimed = _seconds(duration, timescale)
        elif box.type == b"mvex":
            fragments = _fragment_duration(file, box, timescale)
    found_tracks = [box for box in children if box.type == b"trak"]
    tracks = tuple(_track(file, box, timescale) for box in found_tracks[:_MAX_TRACKS])
    return replace(found, has_movie=True, claimed_duration=fragments or claimed, tracks=tracks)


def inflated(file: BinaryIO, box: Box) -> io.BytesIO | None:
    """QuickTime's packed movie header (cmov): a zlib stream behind its unpacked size.

    `None` if that is more than `MAX_INFLATED`; nothing where it is damaged.
    """
    packed = next((child for child in boxes(file, box.start, box.end) if child.type == b"cmvd"), None)
    data = b"" if packed is None else payload(file, packed)
    if int.from_bytes(data[:4], "big") > MAX_INFLATED:
        return None
    try:
        return io.BytesIO(zlib.decompressobj().decompress(data[4:], MAX_INFLATED))
    except zlib.error:
        return io.BytesIO()


def _fragment_duration(file: BinaryIO, extends: Box, timescale: int) -> Fraction | None:
    for box in boxes(file, extends.start, extends.end):
        if box.type == b"mehd":
            data = payload(file, box, 16)
            width = 8 if data[:1] == b"\x01" else 4
            return _seconds(int.from_bytes(data[4 : 4 + width], "big"), timescale)
    return None


def _track(file: BinaryIO, trak: Box, movie_timescale: int) -> Track:
    track = Track()
    for box in boxes(file, trak.start, trak.end):
        if box.type == b"tkhd":
            track = _with_track_header(track, payload(file, box, 128))
        elif box.type == b"edts" and not track.edits:
            track = replace(track, edits=_edits(file, box, movie_timescale))
        elif box.type == b"mdia":
            track = _with_media(track, file, box)
    return track


def _with_track_header(track: Track, data: bytes) -> Track:
    wide = data[:1] == b"\x01"
    at = 52 if wide else 40  # the matrix follows the times, layer, group, volume and reserved fields
    values = [int.from_bytes(data[at + 4 * i : at + 4 * i + 4], "big", signed=True) for i in range(5)]
    a, b, _, c, d = values
    identifier = int.from_bytes(data[20:24] if wide else data[12:16], "big")
    return replace(
        track,
        id=identifier,
        rotation=_right_angle(a, b),
        mirrored=a * d - b * c < 0,
    )


def _right_angle(a: int, b: int) -> int:
    """Clockwise rotation of a display matrix (a b; c d); anything but a right angle counts as none."""
    if a == 0 and b:
        return 90 if b > 0 else 270
    return 180 if b == 0 and a < 0 else 0


def _edits(file: BinaryIO, container: Box, timescale: int) -> tuple[Edit, ...]:
    for box in boxes(file, container.start, container.end):
        if box.type == b"elst":
            data = payload(file, box, 8 + 20 * _MAX_EDITS)
            width = 8 if data[:1] == b"\x01" else 4
            entry = 2 * width + 4
            count = min(int.from_bytes(data[4:8], "big"), (len(data) - 8) // entry, _MAX_EDITS)
            return tuple(
                _edit(data[8 + i * entry : 8 + (i + 1) * entry], width, timescale) for i in range(count)
            )
    return ()


def _edit(data: bytes, width: int, timescale: int) -> Edit:
    duration = _seconds(int.from_bytes(data[:width], "big"), timescale) or Fraction(0)
    media_time = int.from_bytes(data[width : 2 * width], "big", signed=True)
    return Edit(duration, None if media_time < 0 else media_time)


def _with_media(track: Track, file: BinaryIO, media: Box) -> Track:
    for box in boxes(file, media.start, media.end):
        if box.type == b"mdhd":
            timescale, duration = _times(payload(file, box, 64))
            track = replace(track, media_duration=_seconds(duration, timescale))
        elif box.type == b"hdlr":
            track = replace(track, handler=payload(file, box, 32)[8:12].decode("latin-1"))
        elif box.type == b"minf":
            track = _with_sample_table(track, file, box)
    return track


def _with_sample_table(track: Track, file: BinaryIO, information: Box) -> Track:
    children = list(boxes(file, information.start, information.end))
    for box in children:
        if box.type == b"dinf":
            track = replace(track, external=_is_external(file, box))
    tables = [box for box in children if box.type == b"stbl"]
    for table in tables[:1]:
        for box in boxes(file, table.start, table.end):
            if box.type == b"stsd":
                track = _with_sample_entries(track, file, box)
    return track


def _is_external(file: BinaryIO, information: Box) -> bool:
    """Whether a data reference names another file. Some writers forget the flag: those name nothing."""
    for box in boxes(file, information.start, information.end):
        if box.type == b"dref":
            for entry in boxes(file, box.start + 8, box.end):
                flags = int.from_bytes(payload(file, entry, 4), "big") & 0xFFFFFF
                if not flags & _SELF_CONTAINED and entry.end - entry.start > 5:
                    return True
    return False


def _with_sample_entries(track: Track, file: BinaryIO, descriptions: Box) -> Track:
    entries = []
    for entry in boxes(file, descriptions.start + 8, descriptions.end):
        entries.append(entry.type.decode("latin-1"))
        if len(entries) > 64:
            break
        if track.handler == "vide":
            track = _with_picture(track, file, entry)
    encrypted = any(name in ("encv", "enca", "drmi", "drms") for name in entries)
    return replace(track, sample_entries=tuple(entries), encrypted=encrypted)


def _with_picture(track: Track, file: BinaryIO, entry: Box) -> Track:
    fields = payload(file, entry, _VISUAL_FIELDS)
    width, height = int.from_bytes(fields[24:26], "big"), int.from_bytes(fields[26:28], "big")
    if width and height and track.size is None:
        track = replace(track, size=(width, height))
    for box in boxes(file, entry.start + _VISUAL_FIELDS, entry.end):
        if box.type == b"pasp":
            data = payload(file, box, 8)
            across, down = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
            if across and down:
                return replace(track, sample_aspect_ratio=Fraction(across, down))
    return track


def announced_sizes(file: BinaryIO, entry: Box) -> Iterator[tuple[int, int]]:
    """Every picture size in pixels that a visual sample entry announces: its own, and its parameter sets'."""
    fields = payload(file, entry, _VISUAL_FIELDS)
    yield int.from_bytes(fields[24:26], "big"), int.from_bytes(fields[26:28], "big")
    for box in boxes(file, entry.start + _VISUAL_FIELDS, entry.end):
        if box.type in (b"avcC", b"hvcC"):
            yield from parameter_sets.sizes(box.type, payload(file, box, 100_000))


def _times(data: bytes) -> tuple[int, int]:
    """Timescale and duration of a movie or media header; an unknown duration (all ones) is 0."""
    if data[:1] == b"\x01":
        timescale, duration, unknown = data[20:24], data[24:32], 2**64 - 1
    else:
        timescale, duration, unknown = data[12:16], data[16:20], 2**32 - 1
    length = int.from_bytes(duration, "big")
    return int.from_bytes(timescale, "big"), 0 if length == unknown else length


def _seconds(duration: int, timescale: int) -> Fraction | None:
    return Fraction(duration, timescale) if duration and timescale else None


def classify(file: IsoFile) -> tuple[Kind, str]:
    """Kind and format of a file: by its items, its tracks, and its brands, in this order.

    >>> classify(IsoFile(major_brand="M4A ", brands=("M4A ", "isom")))
    (<Kind.AUDIO: 'audio'>, 'm4a')
    """
    brand = file.major_brand
    if brand in _IMAGE_BRANDS or (file.items is not None and not file.has_movie and "mif1" in file.brands):
        return Kind.IMAGE, _image_format(file)
    if brand == "crx ":
        return Kind.IMAGE, "raw"
    audio_only = all(track.handler != "vide" or track.is_still for track in file.tracks)
    if audio_only and brand in _AUDIO_BRANDS:
        return Kind.AUDIO, _AUDIO_BRANDS[brand]
    if audio_only and "soun" in file.handlers() and "M4A " in file.brands:
        return Kind.AUDIO, "m4a"
    return Kind.VIDEO, _video_format(file)


_HEVC_BRANDS = frozenset({"heic", "heix", "heim", "heis"})
_SEQUENCE_BRANDS = frozenset({"msf1", "hevc", "hevx", "hevm", "hevs", "avis"})
_IMAGE_BRANDS = (
    _HEVC_BRANDS | _SEQUENCE_BRANDS | {"mif1", "mif2", "mif3", "miaf", "avif", "1pic", "jpeg", "j2ki", "avci"}
)
_AUDIO_BRANDS = {"M4A ": "m4a", "M4B ": "m4b", "M4P ": "m4a", "F4A ": "m4a", "F4B ": "m4b"}
_VIDEO_BRANDS = (
    ("qt", "mov"),
    ("M4V", "m4v"),
    ("3g2", "3g2"),
    ("3g", "3gp"),
    ("F4V", "f4v"),
    ("f4v", "f4v"),
    ("iso", "mp4"),
    ("mp4", "mp4"),
    ("avc1", "mp4"),
    ("dash", "mp4"),
)


def _image_format(file: IsoFile) -> str:
    coding = file.items.coding if file.items else ""
    tracks = {entry for track in file.tracks for entry in track.sample_entries}
    if not coding and tracks:
        coding = "av01" if "av01" in tracks else "hvc1" if tracks & {"hvc1", "hev1"} else sorted(tracks)[0]
    if coding == "av01" or (not coding and (file.major_brand in ("avif", "avis") or "avif" in file.brands)):
        return "avif"
    if coding not in ("", "hvc1", "hev1"):
        return f"heif with {coding}"
    if file.major_brand in _SEQUENCE_BRANDS:
        return "heif-sequence"
    return "heic" if file.major_brand in _HEVC_BRANDS else "heif"


def _video_format(file: IsoFile) -> str:
    """By the first brand that says anything: the major one may be a maker's own."""
    if not file.major_brand:
        return "mov"  # files older than the ftyp box are QuickTime
    for brand in (file.major_brand, *file.brands):
        for start, name in _VIDEO_BRANDS:
            if brand.startswith(start):
                return name
    return "mp4"
