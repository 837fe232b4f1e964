"""An asset's bytes, opened once; files on disk are opened here, URLs in `download`."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import BinaryIO

from validator.model import Access, Asset, FileFacts, LinkFacts

# O_NONBLOCK: should the path turn into a pipe between stat and open, the open returns all the same.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)

_ACCESS_BY_ERROR: Mapping[int, Access] = MappingProxyType(
    {
        errno.ENOENT: "missing",
        errno.ENOTDIR: "missing",
        errno.EACCES: "denied",
        errno.EPERM: "denied",
        errno.EISDIR: "directory",
        errno.ENXIO: "special",
        errno.ENODEV: "special",
    }
)


@dataclass(frozen=True)
class Source:
    """An asset's bytes and what was met on the way to them. A context manager that closes the file.

    `file` is `None` where nothing could be opened; of `access`, only access, its detail and bytes are
    set; `link` is set for URLs; `unmeasured` says why a fact is missing, `"*"` standing for all the
    others; `written` is the size and the time of change of a file on disk when it was opened;
    `url_after_redirects` may hold secrets, so it never goes into a report.
    """

    file: BinaryIO | None
    access: FileFacts
    link: LinkFacts | None = None
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    url_after_redirects: str = field(default="", repr=False)
    written: tuple[int, int] | None = field(default=None, repr=False)

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def is_unchanged(self) -> bool:
        """Whether nobody has written to the open file since; of what has no such time, nothing is known."""
        return self.file is None or self.written is None or self.written == _written(self.file)

    def close(self) -> None:
        """Close the file; a downloaded one is gone with that."""
        if self.file is not None:
            self.file.close()


def open_local(asset: Asset) -> Source:
    """Open a file on disk without ever blocking. Whatever is wrong becomes a fact, not an exception.

    >>> open_local(Asset("no/such.png", "no/such.png")).access.access
    'missing'
    """
    path = asset.location
    if asset.is_glob or not path:  # an empty one, Path would take for the current folder
        return _unopened("missing", "no media file matches this glob" if path else "its name is empty")
    try:
        # Looking before opening: opening alone already does something to some devices.
        problem = _not_regular(path, Path(path).stat().st_mode)
        if problem is not None:
            return problem
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        return _unopened(_ACCESS_BY_ERROR.get(error.errno or 0, "unreadable"), _reason(path, error))
    except ValueError:
        return _unopened("missing", "no file can have such a name (NUL, or not encodable)")
    file = os.fdopen(descriptor, "rb")
    status = os.fstat(descriptor)
    problem = _not_regular(path, status.st_mode)
    if problem is not None:
        file.close()
        return problem
    access = FileFacts(access="readable", bytes=status.st_size)
    return Source(file, access, written=_written(file))


def _written(file: BinaryIO) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _not_regular(path: str, mode: int) -> Source | None:
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISDIR(mode):
        if os.access(path, os.R_OK | os.X_OK):
            return _unopened("directory", None)
        return _unopened("denied", "a folder that may not be listed")
    names = (
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a character device"),
        (stat.S_ISBLK, "a block device"),
    )
    detail = next((name for is_that, name in names if is_that(mode)), None)
    return _unopened("special", detail)


def _unopened(access: Access, detail: str | None) -> Source:
    facts = FileFacts(access=access, access_detail=detail)
    return Source(None, facts, unmeasured={"*": "the file could not be read"})


def _reason(path: str, error: OSError) -> str | None:
    if error.errno == errno.ENOENT:
        # "No such file" alone would puzzle who sees the link's name in the folder.
        return "a symbolic link to what does not exist" if Path(path).is_symlink() else None
    if error.errno == errno.ELOOP:
        return "symbolic links that lead in a circle"
    return error.strerror
