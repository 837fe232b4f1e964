"""Which folders to listen to for changes of some targets, and which changes in them matter."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from validator.intake.pattern import is_pattern
from validator.intake.url import is_url

_IGNORE_FILES = frozenset({".gitignore"})
_Found = TypeVar("_Found")
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Place:
    """A folder to listen to: its real path, and which folder that is, since another may take its place.

    `names` are the files in it that matter; `None`: all that are not hidden, with `recursive` on all levels.
    """

    path: str
    identity: tuple[int, int]
    recursive: bool = False
    names: frozenset[str] | None = None

    def concerns(self, path: str) -> bool:
        """Whether a change of this path matters.

        >>> place = Place("/clips", (1, 2), recursive=True)
        >>> place.concerns("/clips/new/a.mp4"), place.concerns("/clips/.git/index"), place.concerns("/b.mp4")
        (True, False, False)
        """
        if path == self.path:
            return True
        folder, name = os.path.split(path)
        if self.names is not None:
            return folder == self.path and name in self.names
        inside = _inside(path, self.path)
        if inside is None or not (self.recursive or folder == self.path):
            return False
        *above, last = Path(inside).parts
        return not any(part.startswith(".") for part in above) and (
            not last.startswith(".") or last in _IGNORE_FILES
        )


def places_of(targets: Iterable[str], files: Iterable[str]) -> frozenset[Place]:
    """Where to listen for changes of targets as they were named, and of single files.

    A file is listened to by its folder, since editors put a new one in its place. Of what has no folder
    either, nothing can be heard.
    """
    roots = [place for target in targets if (place := _findable(_root, target)) is not None]
    names: dict[str, set[str]] = {}
    for file in files:
        whole = _findable(os.path.abspath, file)  # a link counts where it lies
        if whole is not None:
            folder, name = os.path.split(whole)
            names.setdefault(os.path.realpath(folder), set()).add(name)
    flat = [
        _place(folder, names=frozenset(held))
        for folder, held in names.items()
        if not _is_covered(folder, held, roots)
    ]
    return frozenset([*roots, *(place for place in flat if place is not None)])


def _findable(find: Callable[[str], _Found], name: str) -> _Found | None:
    """What is found by a name; None of names in the current folder where that is gone."""
    try:
        return find(name)
    except FileNotFoundError:
        return None


def _root(target: str) -> Place | None:
    """The folder that a target stands for, or below which it looks."""
    if not target or "\0" in target or is_url(target):
        return None
    if os.path.isdir(target):  # noqa: PTH112 - as `expand` tells what it is
        return _place(os.path.realpath(target), recursive=True)
    if is_pattern(target) and not os.path.lexists(target):
        found = _MAGIC.search(target)
        fixed = os.path.dirname(target[: found.start() if found else 0])  # noqa: PTH120 - text before the magic
        return _place(os.path.realpath(fixed or os.curdir), recursive=True)
    return None


def _place(folder: str, *, recursive: bool = False, names: frozenset[str] | None = None) -> Place | None:
    try:
        status = os.stat(folder)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return Place(folder, (status.st_dev, status.st_ino), recursive, names)


def _is_covered(folder: str, names: set[str], roots: Iterable[Place]) -> bool:
    return any(all(root.concerns(os.path.join(folder, name)) for name in names) for root in roots)  # noqa: PTH118


def _inside(path: str, folder: str) -> str | None:
    start = folder.rstrip(os.sep) + os.sep
    return path[len(start) :] if path.startswith(start) else None
