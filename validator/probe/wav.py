"""A WAV's chunks: what its header announces, and how much sound the file really holds."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import BinaryIO

_PCM, _EXTENSIBLE = 0x0001, 0xFFFE
_TAGS = {
    0x0002: "MS ADPCM",
    0x0003: "IEEE float",
    0x0006: "A-law",
    0x0007: "mu-law",
    0x0011: "IMA ADPCM",
    0x0055: "MP3",
}
_UNKNOWN_SIZES = frozenset({0, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x7FFFF000, 0xFFFFF000})
_BEFORE_SOUND = frozenset({b"ds64", b"fmt ", b"fact"})
MAX_CHUNKS = 10_000
"""Chunks that are looked at, of which a recorder writes a dozen."""


@dataclass(frozen=True)
class WavHeader:
    """What the chunks say. Sizes in bytes; `announced` is `None` where the writer left it open.

    `tag` is the format tag, that of the sub-format for the extensible form. `parts` are the places of
    all that decoding needs, as offsets in the file; `too_many`: there were chunks that were not looked at.
    """

    tag: int = 0
    channels: int = 0
    sample_rate: int = 0
    block: int = 0
    bits: int = 0
    announced: int | None = None
    present: int = 0
    has_format: bool = False
    has_data: bool = False
    parts: tuple[tuple[int, int], ...] = ()
    too_many: bool = False

    @property
    def is_pcm(self) -> bool:
        """Whether the samples are plain integers."""
        return self.tag == _PCM

    @property
    def encoding(self) -> str:
        """The encoding in words."""
        return "PCM" if self.is_pcm else _TAGS.get(self.tag, f"format 0x{self.tag:04x}")

    @property
    def truncated(self) -> bool:
        """Whether the file ends before the announced sound does."""
        return self.announced is not None and self.present < self.announced

    @property
    def frame(self) -> int:
        """Bytes of one sample of every channel, as decoders count them: `block` may say anything."""
        return self.channels * -(-self.bits // 8) or self.block

    def duration(self) -> Fraction | None:
        """Seconds of sound that are present, for encodings of a fixed size per sample."""
        if self.tag not in (_PCM, 0x0003, 0x0006, 0x0007) or not self.frame or not self.sample_rate:
            return None
        return Fraction(self.present // self.frame, self.sample_rate)

    def claimed_duration(self) -> Fraction | None:
        """Seconds of sound that the header announces."""
        if self.announced is None or not self.block or self.duration() is None:
            return None
        return Fraction(self.announced // self.block, self.sample_rate)


def read_header(file: BinaryIO) -> WavHeader:
    """Walk the chunks of a RIFF, RF64 or BW64 file up to its sound (EBU Tech 3306 for the 64-bit forms)."""
    size = file.seek(0, io.SEEK_END)
    at, long_data, header = 12, None, WavHeader()
    parts = {b"RIFF": (0, 12)}  # by the chunk's name, in the order in which decoders want them
    for _ in range(MAX_CHUNKS):
        if at + 8 > size or (header.has_data and header.has_format):
            break
        file.seek(at)
        name, length = file.read(4), int.from_bytes(file.read(4), "little")
        following = at + 8 + length + length % 2
        if name == b"ds64":
            long_data = int.from_bytes(file.read(16)[8:16], "little")
        elif name == b"fmt " and not header.has_format:
            header = _with_format(file.read(min(length, 40)), header)
        elif name == b"data" and not header.has_data:
            announced = long_data if length == 0xFFFFFFFF and long_data else length
            open_end = announced in _UNKNOWN_SIZES and at + 8 + announced != size
            present = size - at - 8 if open_end else min(announced, size - at - 8)
            header = replace(
                header, announced=None if open_end else announced, present=present, has_data=True
            )
            parts[name] = (at, at + 8 + present)
            following = size if open_end else at + 8 + announced + announced % 2
        if name in _BEFORE_SOUND:
            parts.setdefault(name, (at, min(following, size)))
        at = following
    else:
        header = replace(header, too_many=at + 8 <= size)
    return replace(header, parts=tuple(sorted(parts.values(), key=lambda part: part == parts.get(b"data"))))


def _with_format(data: bytes, header: WavHeader) -> WavHeader:
    def number(offset: int, length: int) -> int:
        return int.from_bytes(data[offset : offset + length], "little")

    tag = number(0, 2)
    if tag == _EXTENSIBLE and len(data) >= 26:
        tag = number(24, 2)
    return replace(
        header,
        tag=tag,
        channels=number(2, 2),
        sample_rate=number(4, 4),
        block=number(12, 2),
        bits=number(14, 2),
        has_format=len(data) >= 16,
    )
