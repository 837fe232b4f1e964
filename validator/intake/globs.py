"""Glob patterns to media files, on the same terms as folders: no hidden, ignored or linked-round ones."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterator

from validator.intake.ignore import IgnoreRules
from validator.intake.pattern import is_pattern
from validator.intake.walk import is_media, is_real_folder, visible, walk

_Step = tuple[str, list[str], IgnoreRules]


def matches(pattern: str) -> Iterator[str]:
    """The media files that a pattern names, sorted, each once; a folder that it names is walked.

    `**` stands for any number of folders, none included. Names that begin with a dot are matched only
    by a dot that is written out.
    """
    fixed, parts = _split(pattern)
    seen: set[str] = set()
    for path in _descend(fixed, parts, IgnoreRules.of(fixed or os.curdir)):
        if path not in seen:
            seen.add(path)
            yield path


def _split(pattern: str) -> tuple[str, list[str]]:
    """The folder before the first part with magic in it, and the parts from there on."""
    parts = [part for part in pattern.split("/") if part]
    # Two in a row mean what one does, and would walk every folder many times.
    parts = [
        part for before, part in zip(["", *parts], parts, strict=False) if (before, part) != ("**", "**")
    ]
    first = next(index for index, part in enumerate(parts) if is_pattern(part))
    fixed = "/".join(parts[:first])
    return ("/" + fixed if pattern.startswith("/") else fixed), parts[first:]


def _descend(folder: str, parts: list[str], rules: IgnoreRules) -> Iterator[str]:
    """Follow the parts, however deep they lead: Python's stack would not hold a thousand folders."""
    levels = [_steps(folder, parts, rules)]
    while levels:
        step = next(levels[-1], None)
        if step is None:
            levels.pop()
        elif isinstance(step, str):
            yield step
        else:
            levels.append(_steps(*step))


def _steps(folder: str, parts: list[str], rules: IgnoreRules) -> Iterator[str | _Step]:
    """What one folder gives: files that match, and folders to go on in, with what is left of the pattern."""
    part, rest = parts[0], parts[1:]
    try:
        inside = rules.enter(folder or os.curdir)
        entries = list(_entries(folder, part, inside))
    except OSError:
        return
    if part == "**" and rest:
        yield folder, rest, rules
        for entry, path in entries:
            if is_real_folder(entry):
                yield path, parts, inside
        return
    for entry, path in entries:
        if part != "**" and not fnmatch.fnmatchcase(entry.name, part):
            continue
        if not rest:
            yield from _taken(entry, path, inside)
        elif _leads_on(entry):
            yield path, rest, inside


def _taken(entry: os.DirEntry[str], path: str, rules: IgnoreRules) -> Iterator[str]:
    """What the last part of a pattern matches."""
    if is_real_folder(entry):
        yield from walk(path, rules)
    elif is_media(entry):
        yield path


def _entries(folder: str, part: str, rules: IgnoreRules) -> Iterator[tuple[os.DirEntry[str], str]]:
    hidden = part.startswith(".")
    for entry in visible(folder or os.curdir, rules, hidden=hidden):
        yield entry, os.path.join(folder, entry.name)  # noqa: PTH118 - keeps the pattern's own spelling


def _leads_on(entry: os.DirEntry[str]) -> bool:
    """A folder, or a link to one: a link that the pattern spells out is the user's own wish."""
    try:
        return entry.is_dir()
    except OSError:
        return False
