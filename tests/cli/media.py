"""Small real media, made where a test needs them."""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

from PIL import Image


def photo(path: Path, size: tuple[int, int] = (640, 480)) -> Path:
    """A picture that passes, unless its size says otherwise; every size has other bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    gradient = Image.linear_gradient("L").resize(size)
    Image.merge("RGB", (gradient, gradient.rotate(90).resize(size), gradient)).save(path)
    return path


def sound(path: Path, seconds: float = 3) -> Path:
    """A tone that passes, unless its length says otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = (round(8000 * math.sin(at / 8)) for at in range(round(seconds * 16000)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path
