"""Folders to media files: hidden and ignored ones left out, nothing followed, nothing blocking."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from validator.intake.ignore import IgnoreRules
from validator.probe.extensions import EXTENSIONS
from validator.probe.sniff import HEAD_SIZE, sniff

_VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})


def walk(folder: str, rules: IgnoreRules | None = None) -> Iterator[str]:
    """The media files under a folder, sorted, each as the folder joined with its relative path.

    Linked folders are not entered, linked files are taken. A folder that may not be listed comes out
    itself, so that what is in it does not pass unseen.
    """
    waiting = [(folder, rules or IgnoreRules.of(folder), True)]
    while waiting:
        path, known, is_folder = waiting.pop()
        if not is_folder:
            yield path
            continue
        try:
            inside = known.enter(path)
            entries = list(visible(path, inside))
        except OSError:
            yield path
            continue
        # Reversed: the last one on the stack comes first.
        for entry in reversed(entries):
            entered = is_real_folder(entry)
            if entered or is_media(entry):
                waiting.append((entry.path, inside, entered))


def visible(folder: str, rules: IgnoreRules, *, hidden: bool = False) -> Iterator[os.DirEntry[str]]:
    """What a folder holds, sorted by name, without what is ignored or (unless `hidden`) begins with a dot.

    Raises:
        OSError: the folder cannot be listed.
    """
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name in _VERSION_CONTROL or (entry.name.startswith(".") and not hidden):
            continue
        if not rules.ignores(entry.name, folder=is_real_folder(entry)):
            yield entry


def is_real_folder(entry: os.DirEntry[str]) -> bool:
    """Whether this is a folder, and no link to one."""
    return entry.is_dir(follow_symlinks=False)


def is_media(entry: os.DirEntry[str]) -> bool:
    """Whether a file is media by its name or, if it is a regular file, by its first bytes.

    Under a media name also what is no regular file counts: a pipe called clip.mp4 is worth a word.
    """
    if _is_folder_behind_link(entry):
        return False
    if has_media_name(entry.name):
        return True
    try:
        return entry.is_file() and _has_media_bytes(entry.path)
    except OSError:
        return False


def has_media_name(name: str) -> bool:
    """Whether a name ends like one of media.

    >>> has_media_name("Clip.MP4"), has_media_name("notes.txt")
    (True, False)
    """
    return os.path.splitext(name)[1][1:].lower() in EXTENSIONS  # noqa: PTH122 - names, not paths


def _is_folder_behind_link(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def _has_media_bytes(path: str) -> bool:
    with Path(path).open("rb", buffering=HEAD_SIZE) as file:
        found = sniff(file)
    return found.content == "media" and found.sure
