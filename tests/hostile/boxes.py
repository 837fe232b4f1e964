"""Clips whose boxes lie: builders for the rows about mp4 and mov."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence

from tests.probe import clips
from tests.probe.build import box, brands, full_box, handler, parsed, rewritten, track, visual_entry
from tests.probe.media import noise, saved

MOVIE, TRACK, TABLE = (
    (b"moov",),
    (b"moov", b"trak"),
    (b"moov", b"trak", b"mdia", b"minf", b"stbl"),
)
HEAD = brands(b"isom", b"mp42")


def sized(data: bytes, kind: bytes, size: int) -> bytes:
    """The same bytes, but for what the first box of this type says of its own size."""
    at = data.index(kind) - 4
    return data[:at] + struct.pack(">I", size) + data[at + 4 :]


def long_form(data: bytes, kind: bytes, size: int | None = None) -> bytes:
    """The last box, of this type, with a size of 64 bits: the true one unless another is given."""
    at = data.index(kind)
    body = data[at + 4 :]
    true = len(body) + 16
    return data[: at - 4] + struct.pack(">I4sQ", 1, kind, true if size is None else size) + body


def nested(kind: bytes, depth: int) -> bytes:
    """Boxes in boxes."""
    return b"".join(struct.pack(">I4s", 8 * (depth - level), kind) for level in range(depth))


def with_table(kind: bytes, body: bytes, data: bytes | None = None) -> bytes:
    """The plain clip with this table of samples in place of its own."""

    def change(tables: bytes) -> bytes:
        return b"".join(box(name, old) for name, old in parsed(tables) if name != kind) + box(kind, body)

    return rewritten(data or clips.plain(), TABLE, change)


def with_samples(count: int, each: int = 1) -> bytes:
    """As many samples of this size (0: of sizes listed, all 0) in one chunk, all with times and bytes."""
    sizes = struct.pack(">III", 0, each, count) + (b"" if each else bytes(4 * count))
    data = with_table(b"stsz", sizes)
    data = with_table(b"stts", struct.pack(">IIII", 0, 1, count, 512), data)
    data = rewritten(data, (*TRACK, b"edts"), lambda _: None)
    return with_table(b"stsc", struct.pack(">IIIII", 0, 1, 1, count, 1), data) + bytes(count * each)


def in_movie(*more: bytes) -> bytes:
    """The plain clip with more boxes in its index."""
    return rewritten(clips.plain(), MOVIE, lambda body: body + b"".join(more))


def in_header(kind: bytes, change: Callable[[bytes], bytes | None]) -> bytes:
    """The plain clip with another movie header (`mvhd`) or media header (`mdhd`)."""
    path = (*MOVIE, kind) if kind == b"mvhd" else (*TRACK, b"mdia", kind)
    return rewritten(clips.plain(), path, change)


def edited(*entries: bytes, count: int | None = None, version: int = 0) -> bytes:
    """The plain clip with this edit list."""
    announced = len(entries) if count is None else count
    body = struct.pack(">II", version << 24, announced) + b"".join(entries)
    return rewritten(clips.plain(), (*TRACK, b"edts", b"elst"), lambda _: body)


def tagged(*tags: bytes) -> bytes:
    """The plain clip with iTunes' tags."""
    return in_movie(box(b"udta", full_box(b"meta", handler(b"mdir"), box(b"ilst", *tags))))


def comment(text: bytes) -> bytes:
    return box(b"\xa9cmt", box(b"data", struct.pack(">II", 1, 0), text))


def cover(count: int) -> bytes:
    """A tag of this many pictures."""
    art = box(b"data", struct.pack(">II", 14, 0), saved(noise(8, 8), "PNG"))
    return box(b"covr", *[art] * count)


def keyed(count: int) -> bytes:
    """QuickTime's tags with keys of their own."""
    keys = full_box(
        b"keys", struct.pack(">I", count), *(box(b"mdta", b"k%06d" % key) for key in range(count))
    )
    value = box(b"data", struct.pack(">II", 1, 0), b"v")
    listed = (box(struct.pack(">I", key + 1), value) for key in range(count))
    return in_movie(full_box(b"meta", handler(b"mdta"), keys, box(b"ilst", *listed)))


def fragments(*runs: Sequence[int]) -> bytes:
    """A fragmented clip whose fragments announce runs of samples, with no bytes to them."""
    data = clips.fragmented()
    first = data.index(b"moof") - 4
    header = full_box(b"tfhd", struct.pack(">II", 1, 10), flags=0x10)
    made = (
        box(b"traf", header, *(full_box(b"trun", struct.pack(">I", count)) for count in run)) for run in runs
    )
    moofs = (box(b"moof", full_box(b"mfhd", struct.pack(">I", 1)), part) for part in made)
    return data[:first] + b"".join(moofs) + box(b"mdat", bytes(100))


def many_tracks(count: int) -> bytes:
    return in_movie(track(b"vide", visual_entry(b"avc1")) * count)


def packed_index(announced: int, content: bytes) -> bytes:
    packed = box(b"cmvd", struct.pack(">I", announced), zlib.compress(content, 9))
    return brands(b"qt  ") + box(b"moov", box(b"cmov", box(b"dcom", b"zlib"), packed))
