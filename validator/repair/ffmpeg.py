"""The program ffmpeg: where it is, what it has, and one run of it that is watched and bounded."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from validator.errors import RepairError
from validator.repair.ffmpeg_log import Log, problem_of
from validator.repair.watched import Bounds, run_watched

_MEMORY = 12 << 30  # bytes of address space: 4K takes 1.5 GB of it with 2 threads, 7.5 GB with 64
_MEMORY_OF_CORE = 256 << 20
_SECONDS = 3600.0
_SECONDS_OF_ONE = 600  # 60 pictures of 4K take 200 s where there is one slow core, with HDR to be tone mapped
_NAMES_AT_MOST = 5000  # ffmpeg has some 500

_GLOBAL = ("-hide_banner", "-nostdin", "-y", "-nostats", "-loglevel", "level+info", "-progress", "pipe:1")

# What a program needs to start at all, its libraries included; not what changes how ffmpeg behaves, such as
# FFREPORT (writes a file), presets in folders of the user's, proxies.
_ENVIRONMENT = frozenset({
    "DYLD_FALLBACK_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "HOME", "LD_LIBRARY_PATH", "LOGNAME", "PATH",
    "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "USER", "USERPROFILE", "WINDIR", "XDG_RUNTIME_DIR",
})  # fmt: skip

_VERSION = re.compile(r"ffmpeg version (\S+)")
_FILTER = re.compile(r"\s[.A-Z]{2,3}\s+(\w+)\s+\S+->\S+")
_ENCODER = re.compile(r"\s[VAS][.A-Z]{5}\s+([\w-]+)\s")
_WRITTEN = re.compile(r"out_time_us=(\d+)$")


@dataclass(frozen=True)
class Program:
    """An ffmpeg that starts. `filters` and `encoders`: the names of those that it was built with."""

    path: str
    version: str
    filters: frozenset[str] = field(default=frozenset(), repr=False)
    encoders: frozenset[str] = field(default=frozenset(), repr=False)


def bundled_ffmpeg() -> str | None:
    """The program that the package imageio-ffmpeg brings, where it is installed (the extra `ffmpeg`)."""
    try:
        module: Any = import_module("imageio_ffmpeg")  # it has no types
        return str(module.get_ffmpeg_exe())
    except (ImportError, RuntimeError, OSError):
        return None


def find_ffmpeg(
    which: Callable[[str], str | None] = shutil.which,
    bundled: Callable[[], str | None] = bundled_ffmpeg,
    *,
    seconds: float = 20.0,
) -> Program | None:
    """The first ffmpeg that starts: that of the PATH, or else imageio-ffmpeg's; `None` where there is none.

    Args:
        which: finds a program by its name, on the PATH.
        bundled: the path of the one that a package brings.
        seconds: how long each may take to say what it has.

    >>> find_ffmpeg(which=lambda name: None, bundled=lambda: None) is None
    True
    """
    for find in (partial(which, "ffmpeg"), bundled):
        path = find()
        # A program that merely lies in the current folder, where Windows looks first, is not to be trusted.
        if path is not None and Path(path).is_absolute():
            program = _asked(path, seconds)
            if program is not None:
                return program
    return None


def seconds_for(duration: Fraction | None) -> float:
    """How long a run may take that makes or compares so many seconds of a clip, of any size, on any machine.

    >>> seconds_for(Fraction(15)), seconds_for(Fraction(60))
    (9000.0, 36000.0)
    """
    return max(_SECONDS, float(_SECONDS_OF_ONE * (duration or 0)))


def run_ffmpeg(  # noqa: PLR0913 - limits, all by name
    command: Sequence[str],
    *,
    cancelled: Callable[[], bool],
    on_progress: Callable[[Fraction], object] = lambda _: None,
    on_log: Callable[[str], object] = lambda _: None,
    seconds: float = _SECONDS,
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
        silence: how long it may tell no progress at all, not even that it goes on.
        memory: bytes of address space, where the system can limit that; `None`: what suits this machine.
        file_bytes: the largest file that it may write, where the system can limit that.

    Raises:
        Cancelled: `cancelled` became true.
        RecipeRefusedError: it did not succeed, for no want of room or time.
        RepairError: it did not succeed.
    """
    log = Log(on_log)
    bounds = Bounds(seconds, silence, memory or _MEMORY + _MEMORY_OF_CORE * (os.cpu_count() or 1), file_bytes)
    end = run_watched(
        [command[0], *_GLOBAL, *command[1:]],
        _environment(os.environ),
        bounds,
        cancelled=cancelled,
        on_output=lambda line: _tell(line, on_progress),
        on_error=log.add,
    )
    problem = problem_of(end, log, bounds)
    if problem is not None:
        raise problem
    return "\n".join(log.last)


def _tell(line: str, on_progress: Callable[[Fraction], object]) -> None:
    written = _WRITTEN.match(line)  # "N/A" at first
    if written is not None:
        on_progress(Fraction(int(written[1]), 1_000_000))


def _asked(path: str, seconds: float) -> Program | None:
    """What a program says of itself; `None` where it is no ffmpeg, or does not start."""
    filters: set[str] = set()
    encoders: set[str] = set()
    versions: list[str] = []

    def banner(line: str) -> None:
        if not versions and (found := _VERSION.match(line)):
            versions.append(found[1])

    for option, pattern, names in (("-filters", _FILTER, filters), ("-encoders", _ENCODER, encoders)):

        def listing(line: str, pattern: re.Pattern[str] = pattern, names: set[str] = names) -> None:
            if len(names) < _NAMES_AT_MOST and (found := pattern.match(line)):
                names.add(found[1])

        try:
            end = run_watched(
                [path, "-nostdin", option],
                _environment(os.environ),
                Bounds(seconds, silence=seconds),
                cancelled=lambda: False,
                on_output=listing,
                on_error=banner,
            )
        except RepairError:
            return None
        if end.code or end.late or not versions:
            return None
    return Program(path, versions[0], frozenset(filters), frozenset(encoders))


def _environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Little of ours, so that ffmpeg behaves in one way, and its messages can be understood.

    >>> _environment({"PATH": "/bin", "FFREPORT": "file=/tmp/log", "LANG": "de_DE"})
    {'PATH': '/bin', 'LC_ALL': 'C', 'AV_LOG_FORCE_NOCOLOR': '1'}
    """
    kept = {name: value for name, value in inherited.items() if name.upper() in _ENVIRONMENT}
    return kept | {"LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1"}
