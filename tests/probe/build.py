"""Files written byte by byte, so that a test can say exactly what is in them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of an ISO base media file."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full_box(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def brands(major: bytes, *others: bytes) -> bytes:
    return box(b"ftyp", major, bytes(4), *others)


def movie_header(timescale: int = 1000, duration: int = 5000, *, version: int = 0) -> bytes:
    times = struct.pack(">QQIQ" if version else ">IIII", 0, 0, timescale, duration)
    return full_box(b"mvhd", times, bytes(80), version=version)


IDENTITY = (1, 0, 0, 0, 1, 0, 0, 0, 1)


def matrix(a: int, b: int, c: int, d: int) -> bytes:
    """A display matrix of whole numbers."""
    return struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)


def track_header(
    identifier: int = 1, turn: tuple[int, int, int, int] = (1, 0, 0, 1), *, version: int = 0, flags: int = 7
) -> bytes:
    times = struct.pack(">QQIIQ" if version else ">IIIII", 0, 0, identifier, 0, 1000)
    size = struct.pack(">II", 64 << 16, 48 << 16)
    return full_box(b"tkhd", times, bytes(16), matrix(*turn), size, version=version, flags=flags)


def media_header(timescale: int = 1000, duration: int = 1000, *, version: int = 0) -> bytes:
    times = struct.pack(">QQIQ" if version else ">IIII", 0, 0, timescale, duration)
    return full_box(b"mdhd", times, bytes(4), version=version)


def handler(kind: bytes) -> bytes:
    return full_box(b"hdlr", bytes(4), kind, bytes(12), b"\0")


def descriptions(*entries: bytes) -> bytes:
    return full_box(b"stsd", struct.pack(">I", len(entries)), *entries)


def visual_entry(kind: bytes, *inner: bytes) -> bytes:
    return box(kind, bytes(6), b"\0\1", bytes(16), struct.pack(">HH", 64, 48), bytes(50), *inner)


def track(
    kind: bytes,
    entry: bytes,
    *,
    head: bytes | None = None,
    media: bytes | None = None,
    extra: Sequence[bytes] = (),
) -> bytes:
    table = box(b"stbl", descriptions(entry), full_box(b"stsz", struct.pack(">II", 0, 0)))
    inner = box(b"mdia", media or media_header(), handler(kind), box(b"minf", table))
    return box(b"trak", head or track_header(), *extra, inner)


def replaced(data: bytes, old: bytes, new: bytes, count: int = -1) -> bytes:
    """Replace bytes of equal length that must be there."""
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new, count)


def png_chunk(name: bytes, data: bytes = b"", checksum: int | None = None) -> bytes:
    right = zlib.crc32(name + data)
    return (
        struct.pack(">I", len(data))
        + name
        + data
        + struct.pack(">I", right if checksum is None else checksum)
    )


def png_head(width: int, height: int, *, bits: int = 8, colour: int = 2) -> bytes:
    return png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))


PNG = b"\x89PNG\r\n\x1a\n"


def png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG as (name, data)."""
    found, at = [], 8
    while at < len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def png_of(chunks: Iterable[tuple[bytes, bytes]]) -> bytes:
    return PNG + b"".join(png_chunk(name, data) for name, data in chunks)


# One pixel, coded: minimum code size, then one block of LZW.
_GIF_PIXEL = b"\x02\x02\x4c\x01\x00"


def gif(size: tuple[int, int], frames: Iterable[tuple[int, int, int, int]] = ((0, 0, 1, 1),)) -> bytes:
    """A GIF whose frames are (left, top, width, height); only 1x1 frames have all their pixels."""
    head = b"GIF89a" + struct.pack("<HHBBB", *size, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    pictures = (b"\x2c" + struct.pack("<HHHHB", *frame, 0) + _GIF_PIXEL for frame in frames)
    return head + b"".join(pictures) + b";"


def bmp_head(width: int, height: int, *, bits: int = 24) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 0, 0, 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 12, 0, 0, 54) + info + bytes(12)


def tiff(directories: Sequence[Sequence[tuple[int, int, int, int]]], loop: int | None = None) -> bytes:
    """A little-endian TIFF of directories of (tag, type, count, value); the last may lead back to one."""
    out = b"II*\0" + struct.pack("<I", 8)
    starts: list[int] = []
    for number, entries in enumerate(directories):
        starts.append(len(out))
        body = struct.pack("<H", len(entries))
        body += b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
        following = len(out) + len(body) + 4
        if number == len(directories) - 1:
            following = starts[loop] if loop is not None else 0
        out += body + struct.pack("<I", following)
    return out


def tiff_page(
    width: int, height: int, data_at: int, *, orientation: int = 1
) -> list[tuple[int, int, int, int]]:
    """The entries of an uncompressed grey page."""
    return [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, data_at),
        (274, 3, 1, orientation),
        (277, 3, 1, 1),
        (278, 4, 1, height),
        (279, 4, 1, width * height),
    ]


def webp_head(width: int, height: int) -> bytes:
    """An extended WebP that announces a canvas and holds nothing."""
    canvas = b"\0" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", len(canvas)) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunk(name: bytes, data: bytes, size: int | None = None) -> bytes:
    """A chunk of a RIFF file, padded to an even length."""
    return name + struct.pack("<I", len(data) if size is None else size) + data + bytes(len(data) % 2)


def wav(
    data: bytes,
    *,
    tag: int = 1,
    channels: int = 1,
    rate: int = 16_000,
    bits: int = 16,
    size: int | None = None,
    before: bytes = b"",
    after: bytes = b"",
    block: int | None = None,
    extra: bytes = b"",
    form: bytes = b"RIFF",
) -> bytes:
    """A WAV; `size` is what its data chunk announces, `extra` what follows the 16 usual bytes of `fmt `."""
    each = channels * bits // 8 if block is None else block
    fmt = struct.pack("<HHIIHH", tag, channels, rate, rate * each, each, bits) + extra
    body = b"WAVE" + before + chunk(b"fmt ", fmt) + chunk(b"data", data, size) + after
    return form + struct.pack("<I", min(len(body), 0xFFFFFFFF)) + body


def extensible(tag: int, *, bits: int = 16, mask: int = 0) -> bytes:
    """What an extensible format header has behind the usual 16 bytes."""
    return struct.pack("<HHIH", 22, bits, mask, tag) + bytes.fromhex("000000001000800000aa00389b71")


def parsed(data: bytes) -> list[tuple[bytes, bytes]]:
    """The boxes of whole and honest data, as (type, payload)."""
    found, at = [], 0
    while at < len(data):
        size = struct.unpack(">I", data[at : at + 4])[0]
        found.append((data[at + 4 : at + 8], data[at + 8 : at + size]))
        at += size
    return found


def rewritten(
    data: bytes, path: Sequence[bytes], change: Callable[[bytes], bytes | None], nth: int = 0
) -> bytes:
    """Change the payload of the box at the end of this path; `None` takes it out; `nth` counts the tracks.

    Sample tables hold offsets into the file, so only what lies behind the samples may change its length.
    """
    out, seen, done = [], 0, False
    for kind, body in parsed(data):
        new: bytes | None = body
        if kind == path[0] and not done:
            wanted = kind != b"trak" or seen == nth
            seen += 1
            if wanted:
                done = True
                new = change(body) if len(path) == 1 else rewritten(body, path[1:], change, nth)
        if new is not None:
            out.append(box(kind, new))
    assert done, path
    return b"".join(out)


def edit_list(*entries: tuple[int, int]) -> bytes:
    """An edit list's payload, of (duration in the movie's time, media time or -1 for nothing shown)."""
    listed = (struct.pack(">IiI", duration, time, 1 << 16) for duration, time in entries)
    return struct.pack(">II", 0, len(entries)) + b"".join(listed)


@dataclass(frozen=True)
class Item:
    """An item of a HEIF: its type, its bytes, and which properties it has (counted from 1)."""

    id: int
    type: bytes
    data: bytes = b""
    properties: tuple[int, ...] = ()


def heif_meta(
    items: Sequence[Item],
    properties: Sequence[bytes] = (),
    references: Sequence[bytes] = (),
    *,
    primary: int = 1,
    wide: bool = False,
    offset: int = 0,
    construction: int = 0,
) -> bytes:
    """A `meta` box; `wide` writes the versions that have 32-bit item numbers and 15-bit indexes."""
    number = ">I" if wide else ">H"

    def associations(item: Item) -> bytes:
        indexes = (struct.pack(">H", 0x8000 | i) if wide else bytes([0x80 | i]) for i in item.properties)
        return struct.pack(number + "B", item.id, len(item.properties)) + b"".join(indexes)

    infos = [
        full_box(b"infe", struct.pack(number + "H", item.id, 0), item.type, b"\0", version=3 if wide else 2)
        for item in items
    ]
    linked = b"".join(associations(item) for item in items)
    locations = b""
    for item in items:
        how = struct.pack(">H", construction) if wide else b""
        locations += struct.pack(number, item.id) + how
        locations += struct.pack(">HHII", 0, 1, offset, len(item.data))
        offset += len(item.data)
    version = 1 if wide else 0
    return full_box(
        b"meta",
        full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
        full_box(b"pitm", struct.pack(number, primary), version=version),
        full_box(b"iinf", struct.pack(number, len(infos)), *infos, version=version),
        full_box(b"iref", *references, version=version) if references else b"",
        box(
            b"iprp",
            box(b"ipco", *properties),
            full_box(b"ipma", struct.pack(">I", len(items)), linked, version=version, flags=version),
        ),
        full_box(b"iloc", b"\x44\0", struct.pack(number, len(items)), locations, version=2 if wide else 0),
    )


def heif_file(
    items: Sequence[Item], properties: Sequence[bytes], references: Sequence[bytes] = (), primary: int = 1
) -> bytes:
    head = brands(b"heic", b"mif1", b"heic")
    size = len(heif_meta(items, properties, references, primary=primary))
    meta = heif_meta(items, properties, references, primary=primary, offset=len(head) + size + 8)
    return head + meta + box(b"mdat", *(item.data for item in items))


def extent(width: int, height: int) -> bytes:
    return full_box(b"ispe", struct.pack(">II", width, height))


def reference(kind: bytes, start: int, *ends: int, wide: bool = False) -> bytes:
    number = "I" if wide else "H"
    return box(kind, struct.pack(f">{number}H{len(ends)}{number}", start, len(ends), *ends))


def inside(data: bytes, *path: bytes) -> bytes:
    """The payload of the box at this path; `meta` is a full box."""
    for name in path:
        data = next(body for kind, body in parsed(data) if kind == name)
        data = data[4:] if name == b"meta" else data
    return data
