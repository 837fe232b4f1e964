"""The other programs that look into media, and how they are asked; those that are not here are left out."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

_PROGRAMS = ("exiftool", "identify", "mediainfo", "ffprobe")


def missing() -> list[str]:
    """Peers that are not installed."""
    return [name for name in _PROGRAMS if shutil.which(name) is None]


def exiftool(folders: Iterable[Path]) -> list[str]:
    """One process for all."""
    return ["exiftool", "-json", "-r", *map(str, folders)]


def per_file(name: str, files: Sequence[Path]) -> list[str]:
    """One process for each; `ffprobe` as ffmpeg-python calls it."""
    return loop("ffprobe" if name == "ffprobe" else "each", *_EACH.get(name, ()), *map(str, files))


def loop(name: str, *arguments: str) -> list[str]:
    """One of the plain loops, as a process of its own."""
    return [sys.executable, "-m", "tests.benchmarks.loops", name, *arguments]


_EACH = {"identify": ("identify",), "mediainfo": ("mediainfo", "--Output=JSON")}
