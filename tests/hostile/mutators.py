"""Takes media apart into boxes, chunks or segments, damages these, and puts them together again.

Bytes changed at random mostly break the first size that a reader meets. These keep the structure around
the damage whole, so that what lies deeper is reached.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Shuffle = Callable[[bytes, int], bytes]
"""Changes bytes without knowing what they are, to at most so many."""

_SIZES = (0, 1, 2, 7, 8, 9, 15, 16, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 9, 2**32 - 1)
_MOST_PARTS = 2_000

# Containers of ISO base media files, and the bytes of theirs that stand before the boxes inside.
_ISO_CONTAINERS = {
    **dict.fromkeys((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"mvex", b"moof"), 0),
    **dict.fromkeys((b"traf", b"iprp", b"ipco", b"cmov"), 0),
    **dict.fromkeys((b"meta", b"iref"), 4),
    **dict.fromkeys((b"stsd", b"dref"), 8),
    b"iinf": 6,
    **dict.fromkeys((b"avc1", b"hvc1"), 78),
    b"mp4a": 28,
}


@dataclass
class Part:
    """A box, a chunk or a segment: `head` stands before its parts, `body` is there where it has none.

    `claimed` is the size that is written in place of the true one.
    """

    name: bytes
    head: bytes = b""
    body: bytes = b""
    parts: list[Part] | None = None
    claimed: int | None = None


@dataclass(frozen=True)
class Grammar:
    """How to take files of one family apart, and how to write them."""

    starts: Callable[[bytes], bool]
    take_apart: Callable[[bytes], list[Part]]
    write: Callable[[list[Part]], bytes]


def mutated(data: bytes, at_most: int, chance: random.Random, shuffle: Shuffle) -> bytes:
    """The same file with something wrong, as the seed of `chance` decides."""
    grammar = grammar_of(data)
    if grammar is None or chance.random() < 0.2:
        return shuffle(data, at_most)
    parts = grammar.take_apart(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        siblings = _level(parts, chance)
        if siblings:
            chance.choice(_OPERATIONS)(siblings, chance, shuffle)
    written = grammar.write(parts)
    if chance.random() < 0.05:
        written = written[: chance.randrange(len(written) + 1)]
    return written[:at_most]


def spliced(first: bytes, second: bytes, at_most: int, chance: random.Random) -> bytes:
    """The first file with a part of the second: of the same family by parts, else head and tail."""
    grammar = grammar_of(first)
    if grammar is None or not grammar.starts(second):
        head, tail = chance.randrange(len(first) + 1), chance.randrange(len(second) + 1)
        return (first[:head] + second[tail:])[:at_most]
    parts = grammar.take_apart(first)
    into, taken = _level(parts, chance), _level(grammar.take_apart(second), chance)
    if into and taken:
        part = chance.choice(taken)
        alike = [at for at, other in enumerate(into) if other.name == part.name]
        if alike and chance.random() < 0.7:
            into[chance.choice(alike)] = part
        else:
            into.insert(chance.randrange(len(into) + 1), part)
    return grammar.write(parts)[:at_most]


def grammar_of(data: bytes) -> Grammar | None:
    """How to take this file apart, if we know how."""
    return next((grammar for grammar in GRAMMARS if grammar.starts(data)), None)


def _level(parts: list[Part], chance: random.Random) -> list[Part]:
    """One list of parts that stand side by side, anywhere in the tree."""
    levels, waiting = [parts], [parts]
    while waiting:
        for part in waiting.pop():
            if part.parts is not None:
                levels.append(part.parts)
                waiting.append(part.parts)
    return chance.choice(levels)


def _swap(parts: list[Part], chance: random.Random, _: Shuffle) -> None:
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]


def _double(parts: list[Part], chance: random.Random, _: Shuffle) -> None:
    at = chance.randrange(len(parts))
    times = chance.choice((1, 1, 1, 3, 50)) if len(parts) < _MOST_PARTS else 1
    parts[at:at] = [parts[at]] * times


def _drop(parts: list[Part], chance: random.Random, _: Shuffle) -> None:
    del parts[chance.randrange(len(parts))]


def _claim(parts: list[Part], chance: random.Random, _: Shuffle) -> None:
    part = chance.choice(parts)
    near = len(part.body) + len(part.head) + 8
    part.claimed = chance.choice((*_SIZES, near - 1, near + 1, near + chance.randrange(64), near * 2))


def _cut(parts: list[Part], chance: random.Random, _: Shuffle) -> None:
    part = chance.choice(parts)
    part.body = part.body[: chance.randrange(len(part.body) + 1)]


def _fill(parts: list[Part], chance: random.Random, shuffle: Shuffle) -> None:
    part = chance.choice(parts)
    if part.head and chance.random() < 0.3:
        part.head = _renumbered(part.head, chance)
    elif chance.random() < 0.6:
        part.body = _renumbered(part.body, chance)
    else:
        part.body = shuffle(part.body, len(part.body) + 32)


def _nest(parts: list[Part], chance: random.Random, _: Shuffle) -> None:
    at = chance.randrange(len(parts))
    for _level_down in range(chance.choice((1, 2, 30))):
        parts[at] = Part(parts[at].name, parts[at].head, parts=[parts[at]])


def _rename(parts: list[Part], chance: random.Random, _: Shuffle) -> None:
    one, other = chance.choice(parts), chance.choice(parts)
    one.name = other.name if one is not other else _renumbered(one.name, chance)


def _renumbered(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one number of 1, 2, 4 or 8 of them set to what may be a limit."""
    length = chance.choice((1, 2, 4, 4, 8))
    if len(data) < length:
        return data
    at = chance.randrange(len(data) - length + 1)
    if chance.random() < 0.7:
        at -= at % length
    order: Literal["big", "little"] = chance.choice(("big", "little"))
    number: int = chance.choice((*_SIZES, 2**63, 2**64 - 1, chance.getrandbits(64)))
    written = (number & (1 << 8 * length) - 1).to_bytes(length, order)
    return data[:at] + written + data[at + length :]


_OPERATIONS: tuple[Callable[[list[Part], random.Random, Shuffle], None], ...] = (
    _swap,
    _double,
    _drop,
    _claim,
    _claim,
    _cut,
    _fill,
    _fill,
    _fill,
    _fill,
    _nest,
    _rename,
)


def _iso(data: bytes, depth: int = 0) -> list[Part]:
    parts: list[Part] = []
    at = 0
    while at + 8 <= len(data) and len(parts) < _MOST_PARTS:
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + size if size >= 8 else len(data)
        inside = data[at + 8 : end]
        head = _ISO_CONTAINERS.get(name)
        claimed = size if size < 8 or end > len(data) else None
        if head is None or depth > 40:
            parts.append(Part(name, body=inside, claimed=claimed))
        else:
            parts.append(Part(name, inside[:head], parts=_iso(inside[head:], depth + 1), claimed=claimed))
        at = end
    if at < len(data):
        parts.append(Part(b"", body=data[at:]))
    return parts


def _write_iso(parts: list[Part]) -> bytes:
    return b"".join(_write_box(part) for part in parts)


def _write_box(part: Part) -> bytes:
    inside = part.head + (part.body if part.parts is None else _write_iso(part.parts))
    if not part.name:
        return inside
    size = len(inside) + 8 if part.claimed is None else part.claimed
    return (size % 2**32).to_bytes(4, "big") + part.name + inside


def _riff(data: bytes) -> list[Part]:
    parts: list[Part] = []
    at = 12
    while at + 8 <= len(data) and len(parts) < _MOST_PARTS:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        end = min(at + 8 + length + length % 2, len(data))
        claimed = None if end - at - 8 == length else length
        parts.append(Part(data[at : at + 4], body=data[at + 8 : end], claimed=claimed))
        at = end
    whole = Part(data[:4], data[8:12], parts=parts)
    announced = int.from_bytes(data[4:8], "little")
    whole.claimed = None if announced == at - 8 else announced
    return [whole] if at >= len(data) else [whole, Part(b"", body=data[at:])]


def _write_riff(parts: list[Part]) -> bytes:
    return b"".join(_write_chunk(part) for part in parts)


def _write_chunk(part: Part) -> bytes:
    inside = part.head + (part.body if part.parts is None else _write_riff(part.parts))
    if not part.name:
        return inside
    size = len(inside) if part.claimed is None else part.claimed
    return part.name[:4].ljust(4) + (size % 2**32).to_bytes(4, "little") + inside


def _png(data: bytes) -> list[Part]:
    parts: list[Part] = []
    at = 8
    while at + 12 <= len(data) and len(parts) < _MOST_PARTS:
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + length
        if end > len(data):
            break
        parts.append(Part(data[at + 4 : at + 8], body=data[at + 8 : end - 4]))
        at = end
    return [Part(b"", body=data[:8]), *parts, *([Part(b"", body=data[at:])] if at < len(data) else [])]


def _write_png(parts: list[Part]) -> bytes:
    """With checksums that are right: a wrong one ends the reading at once."""
    written = []
    for part in parts:
        inside = part.body if part.parts is None else _write_png(part.parts)
        if not part.name:
            written.append(inside)
            continue
        size = (len(inside) if part.claimed is None else part.claimed) % 2**32
        name = part.name[:4].ljust(4)
        written += [size.to_bytes(4, "big"), name, inside, zlib.crc32(name + inside).to_bytes(4, "big")]
    return b"".join(written)


def _jpeg(data: bytes) -> list[Part]:
    parts, at = [Part(b"", body=data[:2])], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in (0xD9, 0xFF):
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + length
        if length < 2 or end > len(data) or len(parts) >= _MOST_PARTS:
            break
        parts.append(Part(data[at : at + 2], body=data[at + 4 : end]))
        at = end
        if parts[-1].name == b"\xff\xda":  # behind a scan's header its data follow, without a length
            markers = (i for i in range(at, len(data) - 1) if data[i] == 0xFF and data[i + 1])
            following = next(markers, len(data))
            parts.append(Part(b"", body=data[at:following]))
            at = following
    return [*parts, Part(b"", body=data[at:])]


def _write_jpeg(parts: list[Part]) -> bytes:
    written = []
    for part in parts:
        inside = part.body if part.parts is None else _write_jpeg(part.parts)
        if part.name:
            size = len(inside) + 2 if part.claimed is None else part.claimed
            written.append(part.name[:2].ljust(2) + (size % 2**16).to_bytes(2, "big"))
        written.append(inside)
    return b"".join(written)


@dataclass
class _Pieces:
    """Collects parts of a file in which sizes are nothing to be written anew."""

    data: bytes
    at: int = 0
    parts: list[Part] = field(default_factory=list)

    def take(self, length: int) -> bytes:
        """The next bytes, as a part."""
        piece = self.data[self.at : self.at + max(0, length)]
        if piece:
            self.parts.append(Part(b"", body=piece))
        self.at += len(piece)
        return piece


def _gif(data: bytes) -> list[Part]:
    pieces = _Pieces(data)
    header = pieces.take(13)
    if len(header) == 13 and header[10] & 0x80:
        pieces.take(3 << ((header[10] & 7) + 1))
    while pieces.at < len(data) and len(pieces.parts) < _MOST_PARTS:
        kind = data[pieces.at]
        if kind == 0x2C:
            descriptor = pieces.take(10)
            if len(descriptor) == 10 and descriptor[9] & 0x80:
                pieces.take(3 << ((descriptor[9] & 7) + 1))
            pieces.take(1)
        elif kind == 0x21:
            pieces.take(2)
        else:
            pieces.take(1)
            continue
        end = pieces.at
        while end < len(data) and data[end]:
            end += 1 + data[end]
        pieces.take(end + 1 - pieces.at)
    pieces.take(len(data) - pieces.at)
    return pieces.parts


def _tiff(data: bytes) -> list[Part]:
    """The entries of the first directory, wherever it stands, are parts of 12 bytes."""
    order: Literal["big", "little"] = "little" if data[:2] == b"II" else "big"
    directory = int.from_bytes(data[4:8], order)
    pieces = _Pieces(data)
    pieces.take(8)
    pieces.take(directory + 2 - pieces.at)
    for _ in range(min(int.from_bytes(data[directory : directory + 2], order), 100)):
        pieces.take(12)
    pieces.take(4)
    pieces.take(len(data) - pieces.at)
    return pieces.parts


def _mpeg_audio(data: bytes) -> list[Part]:
    pieces = _Pieces(data)
    if data[:3] == b"ID3":
        size = sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=False))
        pieces.take(10)
        pieces.take(size)
    while pieces.at < len(data) and len(pieces.parts) < _MOST_PARTS:
        following = data.find(b"\xff", pieces.at + 4)
        while 0 <= following < len(data) - 1 and data[following + 1] & 0xE0 != 0xE0:
            following = data.find(b"\xff", following + 1)
        pieces.take((following if following > 0 else len(data)) - pieces.at)
    pieces.take(len(data) - pieces.at)
    return pieces.parts


def _joined(parts: list[Part]) -> bytes:
    return b"".join(part.head + part.body if part.parts is None else _joined(part.parts) for part in parts)


def _starts(*signatures: bytes, at: int = 0) -> Callable[[bytes], bool]:
    return lambda data: data[at : at + 4].startswith(signatures)


GRAMMARS: Sequence[Grammar] = (
    Grammar(_starts(b"ftyp", b"moov", b"moof", b"mdat", b"styp", at=4), _iso, _write_iso),
    Grammar(_starts(b"RIFF", b"RF64", b"BW64"), _riff, _write_riff),
    Grammar(_starts(b"\x89PNG"), _png, _write_png),
    Grammar(_starts(b"\xff\xd8\xff"), _jpeg, _write_jpeg),
    Grammar(_starts(b"GIF8"), _gif, _joined),
    Grammar(_starts(b"II*\0", b"MM\0*"), _tiff, _joined),
    Grammar(_starts(b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2"), _mpeg_audio, _joined),
)
"""Every family that can be taken apart; each file is put together again as it was."""
