"""How many cores this process may use: by its affinity, and by what a container grants it."""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from validator.open_files import workers_at_most

_PROCESS = Path("/proc/self")
_OCTAL = re.compile(r"\\([0-7]{3})")  # as blanks are written there
_CONTROLLER = "cpu"


def usable_cores(process: Path = _PROCESS) -> int:
    """How many cores this process may use, at least one: fewer than there are, in most containers.

    A share of a core counts as a whole one. `process` is where Linux tells of the process.

    >>> 1 <= usable_cores() <= (os.cpu_count() or 1)
    True
    """
    granted = [_by_affinity()]
    with contextlib.suppress(OSError, ValueError):  # another system, or one that tells in another form
        granted.extend(math.ceil(quota) for quota in _quotas(process))
    return max(1, min(granted))


def at_a_time(wanted: int) -> int:
    """How many workers there are: as many as are wanted, with 0 one for each core, if they can be open.

    >>> at_a_time(1), at_a_time(0) <= usable_cores()
    (1, True)
    """
    return min(wanted or usable_cores(), workers_at_most())


def _by_affinity() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quotas(process: Path) -> Iterator[float]:
    """In cores, what each control group allows that this process is in, and each one around these."""
    groups = dict(_groups(process))
    for line in (process / "mountinfo").read_text(encoding="utf-8").splitlines():
        mount, _, system = line.partition(" - ")
        if not system.startswith("cgroup"):
            continue
        kind, _, options = system.split(" ", 2)
        controller = "" if kind == "cgroup2" else _CONTROLLER
        if controller and controller not in options.split(","):
            continue
        root, place = (_OCTAL.sub(lambda code: chr(int(code[1], 8)), text) for text in mount.split(" ")[3:5])
        if controller in groups:
            for folder in _upwards(Path(place), root, groups[controller]):
                yield from _quota(folder)


def _groups(process: Path) -> Iterator[tuple[str, str]]:
    """The control group for cores by the name of its controller, which is empty in the unified hierarchy."""
    for line in (process / "cgroup").read_text(encoding="utf-8").splitlines():
        _, controllers, group = line.split(":", 2)
        if not controllers or _CONTROLLER in controllers.split(","):
            yield (_CONTROLLER if controllers else ""), group


def _upwards(place: Path, root: str, group: str) -> Iterator[Path]:
    """The folder of a group in a hierarchy that is mounted from its `root` on, and all folders above it."""
    try:
        inside = PurePosixPath(group).relative_to(root)
    except ValueError:  # a group that cannot be seen from here
        inside = PurePosixPath()
    if ".." in inside.parts:
        inside = PurePosixPath()
    yield place / inside
    yield from (place / above for above in inside.parents)


def _quota(folder: Path) -> Iterator[float]:
    said = _words(folder / "cpu.max") or [
        *_words(folder / "cpu.cfs_quota_us"),
        *_words(folder / "cpu.cfs_period_us"),
    ]
    if len(said) == 2 and all(word.isdigit() for word in said) and int(said[1]):  # not "max", nor -1
        yield int(said[0]) / int(said[1])


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").split()
    except OSError:
        return []
