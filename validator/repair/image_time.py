"""How long a drawing may take: a few bytes can ask for hours, and a library in Rust listens to nobody."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

LATE = "was ended by SIGPROF"
"""What is said of a worker that took longer."""

_SECONDS = 20.0  # of the processor, to read a drawing, or to draw it once
_PIXELS_PER_SECOND = 5_000_000  # more for large ones: with little in them, they take half of that
_state = {"seconds": 0.0}


def end_when_late(seconds: float = _SECONDS) -> None:
    """From now on, what is `limited` and takes longer ends this process, which has to be a worker."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _state["seconds"] = seconds


@contextmanager
def limited(pixels: int = 0) -> Iterator[None]:
    """Work that ends the process where it takes too long, if that is a worker.

    The system keeps the time: nothing that holds the interpreter holds that up.
    """
    if not _state["seconds"]:
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, _state["seconds"] + pixels / _PIXELS_PER_SECOND)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
