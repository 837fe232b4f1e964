"""The items of a HEIF file: which one is shown, how it is coded, stored and turned (ISO/IEC 23008-12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

_MAX_PAYLOAD = 4_000_000
_CODED = frozenset({"hvc1", "hev1"})
_USUAL = frozenset({b"hvcC", b"ispe", b"irot", b"imir", b"pixi", b"colrnclx", b"colrprof", b"colrrICC"})
_NO_PICTURES = frozenset({"Exif", "mime", "uri "})
_MAX_ITEMS = 20_000  # a 6000 px picture in 64 px tiles has 8,836
_MAX_ASSOCIATIONS = 16  # boxes: one for each of their versions is all that is allowed

Boxes = Callable[[BinaryIO, int, int], Iterator[Any]]


@dataclass(frozen=True)
class Items:
    """What the `meta` box says of the primary item.

    `coding` is the codec of its pixels (for a grid or an overlay: of the first part); `listed` is false where
    the primary is no item, or is another one's thumbnail: libheif then shows another item. `stored_width` and
    `stored_height` are its spatial extents (`ispe`) in pixels, before clean aperture (`clap`), rotation
    (`irot`, here in clockwise degrees) and mirroring (`imir`); `data_end` is the offset behind its last byte.
    `metadata` are the bytes of the box itself and of all items that are no pictures. `primaries` and
    `transfer` are those of its colours, numbered as in ISO/IEC 23091-2 (`colr` of the type `nclx`).
    `is_plain`: it is one coded picture, not made of others, and has no property but the usual ones.
    """

    coding: str = ""
    listed: bool = True
    stored_width: int | None = None
    stored_height: int | None = None
    rotation: int = 0
    mirrored: bool = False
    cropped: bool = False
    data_end: int = 0
    metadata: int = 0
    primaries: int | None = None
    transfer: int | None = None
    is_plain: bool = False


@dataclass
class _Tables:
    """The tables of one `meta` box, while they are read."""

    primary: int = 0
    types: dict[int, str] = field(default_factory=dict)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    associations: dict[int, list[int]] = field(default_factory=dict)
    parts: dict[int, list[int]] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    thumbnails: set[int] = field(default_factory=set)
    elsewhere: set[int] = field(default_factory=set)


def read_items(file: BinaryIO, start: int, end: int, boxes: Boxes) -> Items | None:
    """Read a `meta` box whose payload lies between two offsets; `None` where it describes no items."""
    tables, seen = _Tables(), set[bytes]()
    for box in boxes(file, start + 4, end):
        if box.type in seen:  # there is one of each; thousands would take long to read
            continue
        seen.add(box.type)
        file.seek(box.start)
        data = file.read(min(box.end - box.start, _MAX_PAYLOAD))
        if box.type == b"pitm":
            tables.primary = int.from_bytes(data[4:8] if data[:1] == b"\x01" else data[4:6], "big")
        elif box.type == b"iinf":
            tables.types = dict(_item_types(file, box, boxes))
        elif box.type == b"iprp":
            _read_properties(file, box, boxes, tables)
        elif box.type == b"iref":
            _references(file, box, boxes, tables, wide=data[:1] == b"\x01")
        elif box.type == b"iloc":
            tables.ends, tables.lengths, tables.elsewhere = _extents(data)
    if not tables.types:
        return None
    beside = sum(tables.lengths.get(item, 0) for item, kind in tables.types.items() if kind in _NO_PICTURES)
    return replace(_primary(tables), metadata=end - start + beside)


def _item_types(file: BinaryIO, container: Any, boxes: Boxes) -> Iterator[tuple[int, str]]:
    file.seek(container.start)
    count_size = 2 if file.read(1) == b"\x00" else 4
    for count, box in enumerate(boxes(file, container.start + 4 + count_size, container.end)):
        if box.type != b"infe" or count >= _MAX_ITEMS:
            return
        file.seek(box.start)
        data = file.read(16)
        wide = 2 if data[:1] == b"\x03" else 0
        yield int.from_bytes(data[4 : 6 + wide], "big"), data[8 + wide : 12 + wide].decode("latin-1")


def _read_properties(file: BinaryIO, container: Any, boxes: Boxes, tables: _Tables) -> None:
    associations = 0
    for box in boxes(file, container.start, container.end):
        if box.type == b"ipco":
            for entry in boxes(file, box.start, box.end):
                file.seek(entry.start)
                tables.properties.append((entry.type, file.read(min(entry.end - entry.start, 64))))
                if len(tables.properties) >= _MAX_ITEMS:
                    break
        elif box.type == b"ipma" and associations < _MAX_ASSOCIATIONS:
            associations += 1
            file.seek(box.start)
            for item, indexes in _associations(file.read(min(box.end - box.start, _MAX_PAYLOAD))):
                tables.associations.setdefault(item, []).extend(indexes)


def _associations(data: bytes) -> Iterator[tuple[int, list[int]]]:
    if len(data) < 8:
        return
    id_size = 2 if data[0] == 0 else 4
    index_size = 2 if data[3] & 1 else 1
    at = 8
    for _ in range(min(int.from_bytes(data[4:8], "big"), _MAX_ITEMS)):
        if at + id_size >= len(data):
            return
        item, count = int.from_bytes(data[at : at + id_size], "big"), data[at + id_size]
        at += id_size + 1
        mask = 0x7FFF if index_size == 2 else 0x7F  # the top bit says "essential"
        yield (
            item,
            [
                int.from_bytes(data[at + i * index_size : at + (i + 1) * index_size], "big") & mask
                for i in range(count)
            ],
        )
        at += count * index_size


def _references(file: BinaryIO, container: Any, boxes: Boxes, tables: _Tables, *, wide: bool) -> None:
    """What grids, overlays and identities are made of (`dimg`), and which items are thumbnails (`thmb`)."""
    id_size, parts = 4 if wide else 2, 0
    for count, box in enumerate(boxes(file, container.start + 4, container.end)):
        if count >= _MAX_ITEMS or parts >= _MAX_ITEMS:
            return
        file.seek(box.start)
        reader = _Reader(file.read(min(box.end - box.start, _MAX_PAYLOAD)), 0)
        item = reader.number(id_size)
        if box.type == b"thmb":
            tables.thumbnails.add(item)
        elif box.type == b"dimg":
            references = min(reader.number(2), reader.left // id_size)
            tables.parts[item] = [reader.number(id_size) for _ in range(references)]
            parts += references


def _extents(data: bytes) -> tuple[dict[int, int], dict[int, int], set[int]]:
    """Where each item in the file itself ends, how long each is, and which lie elsewhere (`iloc`)."""
    if len(data) < 8:
        return {}, {}, set()
    version = data[0]
    sizes = (data[4] >> 4, data[4] & 15, data[5] >> 4, data[5] & 15 if version else 0)
    offset_size, length_size, base_size, index_size = sizes
    reader = _Reader(data, 6)
    ends: dict[int, int] = {}
    lengths: dict[int, int] = {}
    elsewhere: set[int] = set()
    for _ in range(min(reader.number(4 if version == 2 else 2), _MAX_ITEMS)):
        if reader.left <= 0:  # whatever number of items is announced
            break
        item = reader.number(4 if version == 2 else 2)
        method = reader.number(2) & 15 if version else 0
        if reader.number(2) or method:
            elsewhere.add(item)
        base = reader.number(base_size)
        extents = reader.number(2)
        if not index_size + offset_size + length_size:
            extents = min(extents, 1)  # numbers of no bytes: all extents are the same one
        for _ in range(extents):
            if reader.left < 0:
                return ends, lengths, elsewhere
            reader.number(index_size)
            offset, length = reader.number(offset_size), reader.number(length_size)
            lengths[item] = lengths.get(item, 0) + length
            if method == 0:
                ends[item] = max(ends.get(item, 0), base + offset + length)
    return ends, lengths, elsewhere


class _Reader:
    """Big-endian numbers one after another; behind the end they are 0."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data = data
        self.at = at

    @property
    def left(self) -> int:
        """Bytes that were not read yet; negative behind the end."""
        return len(self.data) - self.at

    def number(self, size: int) -> int:
        value = int.from_bytes(self.data[self.at : self.at + size], "big")
        self.at += size
        return value


def _primary(tables: _Tables) -> Items:
    if tables.primary not in tables.types or tables.primary in tables.thumbnails:
        return Items(coding=_coding(tables.primary, tables.types, tables.parts), listed=False)
    properties = dict[bytes, bytes]()
    for index in tables.associations.get(tables.primary, []):
        if 0 < index <= len(tables.properties):
            name, data = tables.properties[index - 1]
            # There may be a colour profile too, which is a property of the same name.
            properties[name + data[:4] if name == b"colr" else name] = data
    extents = properties.get(b"ispe", b"")
    turn = properties.get(b"irot", b"\x00")[:1] or b"\x00"
    colours = properties.get(b"colrnclx", b"")
    return Items(
        coding=_coding(tables.primary, tables.types, tables.parts),
        stored_width=int.from_bytes(extents[4:8], "big") or None,
        stored_height=int.from_bytes(extents[8:12], "big") or None,
        rotation=(4 - (turn[0] & 3)) % 4 * 90,  # the property turns anti-clockwise
        mirrored=b"imir" in properties,
        cropped=b"clap" in properties,
        data_end=max(
            (tables.ends.get(item, 0) for item in _reached(tables.primary, tables.parts)), default=0
        ),
        primaries=int.from_bytes(colours[4:6], "big") or None,
        transfer=int.from_bytes(colours[6:8], "big") or None,
        is_plain=_coded(tables) == {tables.primary}
        and tables.primary not in tables.elsewhere
        and properties.keys() <= _USUAL,
    )


def _coded(tables: _Tables) -> set[int]:
    """The items that are pictures of their own, and no thumbnails."""
    return {item for item, kind in tables.types.items() if kind in _CODED} - tables.thumbnails


def _coding(item: int, types: Mapping[int, str], parts: Mapping[int, list[int]]) -> str:
    for _ in range(8):  # a derivation of derivations ends soon, or is a loop
        kind = types.get(item, "")
        if kind not in ("grid", "iovl", "iden", "tmap"):
            return kind
        following = parts.get(item)
        if not following:
            return ""
        item = following[0]
    return ""


def _reached(primary: int, parts: Mapping[int, list[int]]) -> set[int]:
    """The primary item and all that it is made of."""
    reached, waiting = {primary}, [primary]
    while waiting:
        for part in parts.get(waiting.pop(), []):
            if part not in reached:
                reached.add(part)
                waiting.append(part)
    return reached
