"""Where a copy lies: under its original's path and name, in the output folder and never outside of it."""

from __future__ import annotations

import itertools
import os
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath, PurePosixPath
from urllib.parse import unquote

from validator.intake.url import parse
from validator.model import Asset
from validator.probe.extensions import BY_BYTES_ALONE, EXTENSIONS

LONGEST = 200
"""Bytes of one name: all usual file systems take 255, and a number may come behind."""

_NAMELESS = "copy"
# Controls, bytes that are no UTF-8, and what parts names on one system or another.
_NEVER = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff/\\\\]")
_NEVER_ON_WINDOWS = re.compile('[<>:"|?*]|[. ]$')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def ending_of(format_name: str, extension: str = "") -> str:
    """The ending of a name, without a dot: the one that it has where that promises the format.

    >>> ending_of("jpeg", "JPG"), ending_of("jpeg", "heic"), ending_of("mp4")
    ('JPG', 'jpg', 'mp4')
    """
    if EXTENSIONS.get(extension.lower(), (None, ""))[1] == format_name:
        return extension
    endings = (ending for ending, (_, promised) in EXTENSIONS.items() if promised == format_name)
    return next(endings, format_name)


def plain_name(name: str, *, windows: bool = os.name == "nt") -> str:
    r"""One part of a path that is nothing but a name, on this system.

    >>> plain_name("Ada's face.png"), plain_name(".."), plain_name("a\nb")
    ("Ada's face.png", '_', 'a_b')
    >>> plain_name("nul.png", windows=True)
    '_nul.png'
    """
    plain = _NEVER.sub("_", name)
    if windows:
        plain = _NEVER_ON_WINDOWS.sub("_", plain)
        plain = f"_{plain}" if _DEVICE.match(plain) else plain
    return "_" if not plain.strip(".") else plain


class Names:
    """Gives each asset of a run a place of its own in one folder; to be asked in the order of the targets.

    A copy that another plan gives another ending asks again, whosever turn it is: from any thread.

    `folders` are those that were named as targets: what lies in them keeps its path from there on, below the
    folder's own name where there are several. What does not, keeps its path from the current folder on.
    Where two of other endings would share a place, the second one names its own, and so does one that would
    have the name of a file beside its original; else it is numbered.

    >>> names = Names(Path("mended"), ["clips"])
    >>> assets = [Asset(name, name) for name in ("clips/a.webm", "clips/A.mkv", "../b.avi")]
    >>> [names.place(asset, "mp4").as_posix() for asset in assets]
    ['mended/a.mp4', 'mended/A-mkv.mp4', 'mended/b.mp4']
    """

    def __init__(self, output: Path, folders: Sequence[str] = ()) -> None:
        self._output = output
        self._folders = folders
        self._lock = threading.Lock()
        self._taken: dict[str, str] = {}  # by place, the ending of what took it

    def place(self, asset: Asset, format_name: str) -> Path:
        """Where the copy of an asset lies that has this format; no two copies of a run share a place."""
        *above, name = self._path(asset)
        stem, extension = _parted(name)
        ending = f".{ending_of(format_name, extension)}"
        folder = PurePosixPath(*(_shortened(plain_name(each), "") for each in above))
        first = _key(folder / _shortened(stem, ending))
        # What parts it from the one that came first says more than a number. A name that another original has
        # is left to that one's copy, in this run or a later one.
        is_told = bool(extension) and (
            self._taken.get(first, extension.lower()) != extension.lower()
            or _is_another_original(asset, stem, extension, ending)
        )
        with self._lock:
            for mark in _marks(f"-{extension}" if is_told else ""):
                path = folder / _shortened(stem, mark + ending)
                if _key(path) not in self._taken:
                    break
            self._taken[_key(path)] = extension.lower()
        return self._output / path

    def _path(self, asset: Asset) -> tuple[str, ...]:
        if asset.is_url:
            return (PurePosixPath(unquote(parse(asset.location).path)).name,)
        folders = tuple(self._folders)
        for folder in folders:
            inside = _inside(asset.location, folder)
            if inside is not None:
                named = (Path(os.path.abspath(folder)).name,) if len(folders) > 1 else ()  # noqa: PTH100
                return (*filter(None, named), *inside)
        inside = _inside(asset.location, os.curdir)
        return inside if inside is not None else (PurePath(asset.location).name,)


def _is_another_original(asset: Asset, stem: str, extension: str, ending: str) -> bool:
    """Whether a file beside this one has the name that its copy would have."""
    if asset.is_url or ending.lower() == f".{extension.lower()}":
        return False
    return os.path.lexists(PurePath(asset.location).parent / (stem + ending))


def _key(path: PurePosixPath) -> str:
    """The same for what a file system that ignores case, or writes accents in its own way, takes for one."""
    return unicodedata.normalize("NFC", path.as_posix()).casefold()


def _marks(told: str) -> Iterator[str]:
    """What may stand behind a name, without an end."""
    yield told
    yield from (f"{told}-{number}" for number in itertools.count(2))


def _inside(path: str, folder: str) -> tuple[str, ...] | None:
    """The path from a folder on; `None` of what is not in it."""
    try:
        # Links are not followed: the copy of one is called what the link is called.
        parts = Path(os.path.relpath(path, folder)).parts
    except (OSError, ValueError):  # another drive; a current folder that is gone
        return None
    return None if not parts or parts[0] == os.pardir or Path(*parts).is_absolute() else parts


def _parted(name: str) -> tuple[str, str]:
    """A name without the ending of a medium, and that ending; another one belongs to the name."""
    name = plain_name(name)
    stem, dot, extension = name.rpartition(".")
    if dot and stem.strip(".") and (extension.lower() in EXTENSIONS or extension.lower() in BY_BYTES_ALONE):
        return stem, extension
    return name if name.strip("_.") else _NAMELESS, ""


def _shortened(stem: str, ending: str) -> str:
    """A name of a bearable length, cut between characters."""
    room = LONGEST - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore") + ending
