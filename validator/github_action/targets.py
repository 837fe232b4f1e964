"""What is to be judged: of all that was named, what a change touches."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from validator.github_action.changes import place
from validator.intake.pattern import is_pattern
from validator.intake.targets import LIST_EXTENSIONS, expand
from validator.intake.url import is_url


def touched(targets: Iterable[str], changed: Set[str]) -> Iterator[str]:
    """Of files, folders and globs, the media that changed; asset lists whole, if they or their files did.

    URLs stay: no change tells what they serve. What names nothing stays too, for the lint to say so, unless
    the change has removed that. `changed`: whole paths, as `changed_files` gives them.

    Raises:
        AssetListError: a list cannot be used.

    >>> list(touched(["https://cdn.example.com/a.png", "no/such.png"], frozenset()))
    ['https://cdn.example.com/a.png', 'no/such.png']
    """
    for target in targets:
        if is_url(target):
            yield target
            continue
        if not _names_anything(target):
            if not _was_removed(target, changed):
                yield target
            continue
        found = [asset.location for asset in expand([target]) if not asset.is_url]
        if target.lower().endswith(LIST_EXTENSIONS) and Path(target).is_file():
            if not changed.isdisjoint(map(place, (target, *found))):
                yield target
        else:
            yield from (_named(path) for path in found if place(path) in changed)


def _names_anything(target: str) -> bool:
    """Whether there is such a file or folder, or a medium that the pattern matches.

    >>> _names_anything("."), _names_anything("no/such.png"), _names_anything("no-such-*.png")
    (True, False, False)
    """
    if os.path.lexists(target):
        return True
    return is_pattern(target) and any(os.path.lexists(asset.location) for asset in expand([target]))


def _was_removed(target: str, changed: Set[str]) -> bool:
    """Whether the change has removed the file, or something in the folder or where the pattern looks."""
    whole = os.path.realpath(_fixed(target)) if is_pattern(target) else place(target)
    below = os.path.join(whole, "")  # noqa: PTH118 - a name
    return any((path == whole or path.startswith(below)) and not os.path.lexists(path) for path in changed)


def _fixed(pattern: str) -> str:
    """The folder in which a pattern begins to look.

    >>> _fixed("cast/ada/*.png"), _fixed("*.png")
    ('cast/ada', '')
    """
    folder = pattern
    while is_pattern(folder):
        folder = os.path.dirname(folder)  # noqa: PTH120 - a name
    return folder


def _named(path: str) -> str:
    """A path as GitHub shows it, without "./"; a file called "-" is not standard input.

    >>> _named("./a.png"), _named("-")
    ('a.png', './-')
    """
    short = path.removeprefix("./")
    return "./-" if short == "-" else short
