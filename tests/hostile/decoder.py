"""A decoder that files can lead astray: what stands in a PNG's text decides what it does. Runs in workers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from validator.probe import decode_worker

HANDLER = f"{__name__}:handler"


def _die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hang() -> None:
    while True:
        time.sleep(60)


def _spin() -> None:
    while True:
        pass


def _eat() -> None:
    eaten = []
    while True:
        eaten.append(bytes(50_000_000))  # address space alone: a busy machine has that at once, too


def _exit() -> None:
    os._exit(3)


def _raise() -> None:
    raise RuntimeError("a bug, told by a file")


def _babble() -> None:
    while True:
        os.write(1, b"noise" * 1000)
        os.write(2, b"noise" * 1000)


SPELLS: dict[bytes, Callable[[], None]] = {
    b"spell:die": _die,
    b"spell:be-killed": _be_killed,
    b"spell:hang": _hang,
    b"spell:spin": _spin,
    b"spell:eat": _eat,
    b"spell:exit": _exit,
    b"spell:raise": _raise,
    b"spell:babble": _babble,
}
AT_ITS_HEADER = b"spared"
"""Beside a spell: a file whose header can be read without harm."""


def handler(argument: bytes) -> Callable[[memoryview, int], bytes]:
    """Does what a spell in the file says; examines files without one as usual."""
    examine = decode_worker.handler(argument)

    def under_a_spell(request: memoryview, *descriptors: int) -> bytes:
        content = b"".join(os.pread(descriptor, 10_000, 0) for descriptor in descriptors)
        _, once, marker = content.partition(b"spell:be-killed-once ")
        if once:
            if not Path(os.fsdecode(marker)).exists():
                Path(os.fsdecode(marker)).touch()
                _be_killed()
            return examine(request, *descriptors)
        spared = AT_ITS_HEADER in content and b"header" in bytes(request)
        for spell, effect in SPELLS.items():
            if spell in content and not spared:
                effect()
        return examine(request, *descriptors)

    return under_a_spell
