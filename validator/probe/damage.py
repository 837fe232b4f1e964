"""What decoders raise on damaged files, and how it is told."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from validator.model import Integrity

DECODER_ERRORS: tuple[type[Exception], ...] = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    EOFError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
"""What Pillow's plugins, pillow-heif and mutagen raise on bytes that they cannot read.

Pillow promises a few of these; its plugins, fed with damage, raise all of them. The list is closed:
anything else, a memory that is full among it, is no damage, and is reported as what it is.
"""

_TRUNCATION = ("truncat", "end of file", "unexpected eof", "premature", "not enough", "ends before", "eof")


@dataclass(frozen=True)
class Damage:
    """Whether a file is whole, and what was met where it is not."""

    integrity: Integrity = "whole"
    detail: str = ""


def damage_of(error: BaseException, where: str = "") -> Damage:
    """Word a decoder's error.

    >>> damage_of(OSError("image file is truncated (3 bytes not processed)")).integrity
    'truncated'
    """
    text = " ".join(str(error).split())[:200] or type(error).__name__
    truncated = any(sign in text.lower() for sign in _TRUNCATION)
    return Damage("truncated" if truncated else "corrupt", f"{where}: {text}" if where else text)
