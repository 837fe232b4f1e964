"""A worker that starts beside our own imports, where the command line names a file that it is to examine."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from validator.workers.spawn import Spawned

AHEAD = {
    "jpg jpeg": ("validator.probe.image", "PIL.JpegImagePlugin", "av"),
    "png": ("validator.probe.image", "PIL.PngImagePlugin"),
    "webp": ("validator.probe.image", "PIL.WebPImagePlugin"),
    "heic heif": ("validator.probe.image", "pillow_heif", "av"),
    "tif tiff bmp gif": ("validator.probe.image",),
    "mp4 mov m4v": ("validator.probe.video",),
    "wav mp3": ("validator.probe.audio",),
}
"""What a worker imports to examine files with such endings."""

_HANDLER = "validator.probe.decode_worker"
_COMMAND = "lint"
_NEEDLESS = frozenset({"--help", "-h", "--watch"})


def started_early(arguments: Sequence[str]) -> Spawned | None:
    """A worker's process; `None` where it is not likely to be needed, or cannot be started.

    Of files, not of folders: before many files a start takes no time worth saving. It is a guess, made before
    the arguments are understood; whoever has it ends it where it was wrong.
    """
    if arguments[:1] != [_COMMAND] or not _NEEDLESS.isdisjoint(arguments):
        return None
    needed = {name: modules for name in arguments[1:] if (modules := _needed_for(name))}
    if not needed or ("--no-cache" not in arguments and _may_be_remembered(needed)):
        return None
    from validator.workers.error import WorkerError
    from validator.workers.inbox import can_send_files
    from validator.workers.spawn import Spawned

    if not can_send_files():
        return None
    try:
        return Spawned(
            (_HANDLER, *dict.fromkeys(module for modules in needed.values() for module in modules))
        )
    except WorkerError:  # whoever needs one says so
        return None


def _needed_for(name: str) -> tuple[str, ...]:
    """What examines this file, if it is one; nothing where it is not."""
    ending = name.rpartition(".")[2].lower()
    modules = next((modules for endings, modules in AHEAD.items() if ending in endings.split()), ())
    return modules if modules and os.path.isfile(name) else ()  # noqa: PTH113 - pathlib is not imported yet


def _may_be_remembered(names: Iterable[str]) -> bool:
    """Whether all may have been measured by an earlier run: none was written to since that wrote it down."""
    from pathlib import Path

    from validator.cache_folder import cache_folder

    folder = cache_folder()
    try:
        written = 0 if folder is None else folder.stat().st_mtime_ns
        return all(Path(name).stat().st_ctime_ns < written for name in names)
    except OSError:  # mostly: nothing was remembered yet
        return False
