"""What an MP3's own headers claim (Xing, Info, VBRI, or a guess by bit rate), and where it really ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, BinaryIO


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


def claimed_duration(file: BinaryIO) -> Fraction | None:
    """Seconds that the headers claim, to the millisecond; `None` where mutagen finds no frame."""
    from mutagen import MutagenError
    from mutagen.mp3 import MP3

    file.seek(0)
    try:
        info: Any = MP3(fileobj=file).info  # type: ignore[no-untyped-call]
    except (MutagenError, EOFError, ValueError, ArithmeticError):
        return None
    return Fraction(round(info.length * 1000), 1000)
