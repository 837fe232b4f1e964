"""What is to be judged: of all that was named, what a change touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from validator.github_action.changes import place
from validator.intake.targets import LIST_EXTENSIONS, expand
from validator.intake.url import is_url


def touched(targets: Iterable[str], changed: Set[str]) -> Iterator[str]:
    """Of files, folders and globs, the media that changed; asset lists whole, if they or their files did.

    URLs stay: no change tells what they serve. `changed`: whole paths, as `changed_files` gives them.

    Raises:
        AssetListError: a list cannot be used.

    >>> list(touched(["https://cdn.example.com/a.png", "no/such.png"], frozenset()))
    ['https://cdn.example.com/a.png']
    """
    for target in targets:
        if is_url(target):
            yield target
            continue
        found = [asset.location for asset in expand([target]) if not asset.is_url]
        if target.lower().endswith(LIST_EXTENSIONS) and Path(target).is_file():
            if not changed.isdisjoint(map(place, (target, *found))):
                yield target
        else:
            yield from (_named(path) for path in found if place(path) in changed)


def _named(path: str) -> str:
    """A path as GitHub shows it, without "./"; a file called "-" is not standard input.

    >>> _named("./a.png"), _named("-")
    ('a.png', './-')
    """
    short = path.removeprefix("./")
    return "./-" if short == "-" else short
