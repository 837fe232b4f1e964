"""What a user names to assets: files, folders, patterns, URLs, lists, standard input."""

from __future__ import annotations

import io
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from validator.errors import UsageError
from validator.intake.pattern import is_pattern
from validator.intake.url import is_meant_for_url, is_url
from validator.model import Asset

_Row = TypeVar("_Row")

_PARQUET = (".parquet", ".pq")
LIST_EXTENSIONS = (".toml", ".json", ".jsonl", ".csv", *_PARQUET)
"""Names that end so are asset lists when they are given themselves; in a folder they are not media."""

LONGEST_LINE = 65_536
"""Of standard input, in characters: no path and no URL that a server takes is as long."""


def expand(
    targets: Iterable[str | os.PathLike[str]], *, stdin: Iterable[str | None] | None = None
) -> Iterator[Asset]:
    """The assets that the targets name, in their order, each as soon as it is found.

    A file that does not exist comes out as an asset, to be reported as such, and so does a pattern without
    media; a folder without media adds nothing. What begins with `http:` or `https:`, holds a slash and names
    no file, is a malformed URL. `stdin` has the lines for the target `-`, one target each.

    Raises:
        AssetListError: an asset list cannot be used.
        UsageError: `-` was named, but there is no standard input, or it is not one target a line; a folder
            or a pattern is relative to the current folder, and that is gone.

    >>> [asset.is_url for asset in expand(["no/such.png", "https://host/a.png"])]
    [False, True]
    """
    return (asset for asset in arriving(targets, stdin=stdin) if asset is not None)


def arriving(
    targets: Iterable[str | os.PathLike[str]], *, stdin: Iterable[str | None] | None = None
) -> Iterator[Asset | None]:
    """What `expand` gives, and `None` wherever `stdin` gives `None`, since no line has come yet.

    >>> [asset and asset.target for asset in arriving(["-"], stdin=[None, "a.png", None])]
    [None, 'a.png', None]
    """
    for target in targets:
        name = os.fspath(target)
        if name == "-":
            for line in _lines(stdin):
                if line is None:
                    yield None
                else:
                    yield from found_in(line, read_list)
        else:
            yield from found_in(name, read_list)


def found_in(target: str, read: Callable[[str], Iterable[_Row]]) -> Iterator[Asset | _Row]:
    """The assets that one target names, which is not standard input; of a list, what `read` gives."""
    if is_url(target):
        yield Asset(target, target, is_url=True)
        return
    mode = _mode(target)
    if mode is not None and stat.S_ISDIR(mode):
        _check_start(target)
        from validator.intake.walk import walk

        yield from (Asset(found, found) for found in walk(target))
        return
    if is_pattern(target) and "\0" not in target and not _is_there(target, mode):
        _check_start(target)
        yield from _matching(target)
    elif is_meant_for_url(target) and not _is_there(target, mode):
        yield Asset(target, target, is_url=True)
    elif target.lower().endswith(LIST_EXTENSIONS):
        yield from read(target)
    else:
        yield Asset(target, target)


def read_list(target: str) -> Iterable[Asset]:
    """The assets of a list.

    Raises:
        AssetListError: it cannot be used.
    """
    if is_parquet(target):
        from validator.intake.list_parquet import read_parquet_list

        return read_parquet_list(Path(target))
    from validator.intake.asset_list import read_asset_list

    return read_asset_list(Path(target))


def is_parquet(target: str) -> bool:
    """Whether a list is named so that it is one in Parquet.

    >>> is_parquet("November.PARQUET")
    True
    """
    return target.lower().endswith(_PARQUET)


def _matching(pattern: str) -> Iterator[Asset]:
    """What a pattern names; without a match the pattern itself, so that it does not pass unseen."""
    from validator.intake.globs import matches

    nothing = True
    for found in matches(pattern):
        nothing = False
        yield Asset(found, found)
    if nothing:
        meant = is_meant_for_url(pattern)  # with a "?", as URLs have
        yield Asset(pattern, pattern, is_url=meant, is_glob=not meant)


def _check_start(target: str) -> None:
    if not os.path.isabs(target):  # noqa: PTH117 - a name, as it was written
        try:
            os.getcwd()  # noqa: PTH109
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(
                f"The current folder cannot be used ({reason}): name targets by their whole path."
            ) from error


def _mode(path: str) -> int | None:
    """The mode of a file, links followed; of a name that cannot even be looked up, there is none."""
    try:
        return os.stat(path).st_mode  # noqa: PTH116 - a name, as it was written
    except (OSError, ValueError):
        return None


def _is_there(path: str, mode: int | None) -> bool:
    return mode is not None or os.path.lexists(path)  # a link to nothing is there


_NAME_THE_FILE = "to judge the bytes of a file, name the file in place of -"
_OF_A_FILE = re.compile(
    r"[\x89\udc89]PNG$"
    r"|[\xff\udcff][\xd8\udcd8\xf2\udcf2\xf3\udcf3\xfa\udcfa\xfb\udcfb]"
    r"|\x1aE[\xdf\udcdf][\xa3\udca3]"
    r"|RIFF.{4}(WEBP|WAVE|AVI )",
    re.DOTALL,
)
"""How media begin that have no NUL in their first line."""


def _lines(stdin: Iterable[str | None] | None) -> Iterator[str | None]:
    if stdin is None:
        raise UsageError('The target "-" stands for standard input, and there is none here.')
    try:
        is_first = True
        for line in _bounded(stdin):
            if line is None:
                yield None
                continue
            target = line.removesuffix("\n").removesuffix("\r")
            if is_first:
                target = target.removeprefix("\ufeff")  # some shells begin a pipe with it
                if _OF_A_FILE.match(target):
                    raise UsageError(f"Standard input holds a medium, and no targets: {_NAME_THE_FILE}.")
            is_first = False
            _check_line(target)
            if target:
                yield target
    except OSError as error:
        raise UsageError(f"Standard input cannot be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"Standard input holds a target that is not {error.encoding} text; {_NAME_THE_FILE}."
        ) from error


def _check_line(target: str) -> None:
    if "\0" in target:
        raise UsageError(
            "Standard input holds NUL characters: write one target a line (find -print, not "
            f"-print0); {_NAME_THE_FILE}."
        )
    if len(target) > LONGEST_LINE:
        raise UsageError(
            f"Standard input holds a line of more than {LONGEST_LINE:,} characters: write one target a "
            f"line; {_NAME_THE_FILE}."
        )


def _bounded(stdin: Iterable[str | None]) -> Iterable[str | None]:
    """The lines, none of which takes more memory than one that is refused for its length."""
    if isinstance(stdin, io.TextIOBase):
        return iter(lambda: stdin.readline(LONGEST_LINE + len("\r\n") + 1), "")
    return stdin
