"""A file that tells whether anybody opened it, in whatever process: by inotify, so on Linux alone."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_OPENED, _READ = 0x20, 0x01
_EVENT = 16  # bytes of an event of a watched file: it has no name


@dataclass(frozen=True)
class Canary:
    """A watched file."""

    path: Path
    queue: int

    def sung(self) -> int:
        """How often it was opened or read since this was asked last."""
        try:
            return len(os.read(self.queue, 65_536)) // _EVENT
        except BlockingIOError:
            return 0


@contextmanager
def canary(path: Path, data: bytes) -> Iterator[Canary]:
    """Write a file, and watch it."""
    if sys.platform != "linux":
        pytest.skip("who opens a file is told by Linux alone")
    path.write_bytes(data)
    libc = ctypes.CDLL(None, use_errno=True)
    queue = libc.inotify_init1(os.O_NONBLOCK)
    assert queue >= 0
    try:
        assert libc.inotify_add_watch(queue, os.fsencode(path), _OPENED | _READ) >= 0
        yield Canary(path, queue)
    finally:
        os.close(queue)
