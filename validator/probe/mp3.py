"""Where an MP3 begins and really ends, and what its headers claim (Xing, VBRI, or a guess by bit rate)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, BinaryIO

_MAX_TAGS = 100  # that stand one behind the other: some players write a second one, nobody many


@dataclass
class Tail:
    """Finds where an MP3 ends: FFmpeg hands out what follows the last frame as if it were one more.

    `junk` are the packets behind it, all of them tags or fillings that nobody plays. A last frame that is
    cut off is no junk and no damage: every player fills it up, and no header says where it should end.
    """

    junk: list[Any] = field(default_factory=list)

    def counted(self, packet: Any) -> Iterator[Any]:
        """The packets that count, now that this one was read: junk only does where a frame follows."""
        start = bytes(memoryview(packet)[:4])
        if len(start) < 4 or start[0] != 0xFF or start[1] & 0xE0 != 0xE0:
            self.junk.append(packet)
            return
        yield from self.junk
        self.junk.clear()
        yield packet


def sound_start(file: BinaryIO) -> int:
    """Where the sound begins, in bytes: behind the ID3v2 tags.

    Nothing in them says anything about the sound, and all who read them can be kept busy for minutes by what
    they hold: thousands of pictures, texts that unpack to gigabytes.

    >>> import io
    >>> sound_start(io.BytesIO(b"ID3" + bytes([4, 0, 0, 0, 0, 0, 5]) + bytes(500)))
    15
    """
    at = 0
    for _ in range(_MAX_TAGS):
        file.seek(at)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3":
            break
        at += 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
    return at


def claimed_duration(file: BinaryIO) -> Fraction | None:
    """Seconds that the headers of the first frames claim, to the millisecond; `None` where there are none.

    `file` begins with the sound: see `sound_start`.
    """
    from mutagen import MutagenError
    from mutagen.mp3 import MPEGInfo

    try:
        info: Any = MPEGInfo(file, 0)
        return Fraction(round(info.length * 1000), 1000)
    except (MutagenError, EOFError, ValueError, ArithmeticError):
        return None
