"""The program ffmpeg: where it is, what it has, and one run of it that is watched and bounded."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True)
class Program:
    """An ffmpeg that starts. `filters` and `encoders`: the names of those that it was built with."""

    path: str
    version: str
    filters: frozenset[str] = field(default=frozenset(), repr=False)
    encoders: frozenset[str] = field(default=frozenset(), repr=False)


def find_ffmpeg(
    which: Callable[[str], str | None] = shutil.which,
    bundled: Callable[[], str | None] = lambda: None,
    *,
    seconds: float = 20.0,
) -> Program | None:
    """The first ffmpeg that starts: that of the PATH, or else imageio-ffmpeg's; `None` where there is none.

    Args:
        which: finds a program by its name, on the PATH.
        bundled: the path of the one that a package brings.
        seconds: how long each may take to say what it has.
    """
    del which, bundled, seconds
    return None


def run_ffmpeg(  # noqa: PLR0913 - limits, all by name
    command: Sequence[str],
    *,
    cancelled: Callable[[], bool],
    on_progress: Callable[[Fraction], object] = lambda _: None,
    on_log: Callable[[str], object] = lambda _: None,
    seconds: float = 3600.0,
    silence: float = 300.0,
    memory: int | None = None,
    file_bytes: int | None = None,
) -> str:
    """Run one command line of ffmpeg to its end; what it logged last, line by line.

    Adds what makes it overwrite its target, ask nothing, and tell its progress. Nothing is left running.

    Args:
        command: the program, and its arguments.
        cancelled: asked several times a second.
        on_progress: told how many seconds of the copy are written.
        on_log: told each line that it logs, such as what a filter measured.
        seconds: how long it may run.
        silence: how long it may say nothing at all, not even that it goes on.
        memory: bytes of address space, where the system can limit that.
        file_bytes: the largest file that it may write, where the system can limit that.

    Raises:
        Cancelled: `cancelled` became true.
        RepairError: it did not succeed.
    """
    raise NotImplementedError
