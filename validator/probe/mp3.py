"""What an MP3's own headers claim (Xing, Info, VBRI, or a guess by bit rate), read with mutagen."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, BinaryIO


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
