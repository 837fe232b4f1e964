"""An asset's bytes, opened once; files on disk are opened here, URLs in `download`."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from validator.model import Access, Asset, FileFacts, LinkFacts

if TYPE_CHECKING:
    from validator.intake.validators import Validators

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


class Signature(NamedTuple):
    """What changes with a file: its size, when it and its inode changed (in nanoseconds), where it lies."""

    size: int
    written: int
    changed: int
    inode: int
    device: int

    @classmethod
    def of(cls, status: os.stat_result) -> Signature:
        """The signature of a file.

        >>> Signature.of(os.stat(__file__)) == Signature.of(os.stat(__file__))
        True
        """
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev)


class Further(Protocol):
    """What goes on for a source whose file is there already."""

    def last(self) -> Source:
        """Wait for the end of it, within its limits of time; raises `Cancelled`."""

    def drop(self) -> None:
        """Nobody wants it any more."""


@dataclass(frozen=True)
class Source:
    """An asset's bytes and what was met on the way to them. A context manager that closes the file.

    `file` is `None` where nothing could be opened; of `access`, only access, its detail and bytes are
    set; `link` is set for URLs; `unmeasured` says why a fact is missing, `"*"` standing for all the
    others; `signature` is that of a file on disk when it was opened; `url_after_redirects` may hold secrets,
    so it never goes into a report.

    `partial` says why only some of the bytes came, and is empty where all did: then `access.bytes` is what
    was announced, and what did not come is zeros in the file. `not_modified`: the host says that what it sent
    before, with the `validators` that it was asked about, is still what it would send; there is no file then.
    `further` is what still goes on beside the measuring; see `settled`.
    """

    file: BinaryIO | None
    access: FileFacts
    link: LinkFacts | None = None
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    url_after_redirects: str = field(default="", repr=False)
    signature: Signature | None = field(default=None, repr=False)
    partial: str = ""
    not_modified: bool = False
    validators: Validators | None = field(default=None, repr=False)
    further: Further | None = field(default=None, repr=False, compare=False)

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
        if self.file is None or self.signature is None:
            return True
        now = Signature.of(os.fstat(self.file.fileno()))
        # A name or a permission may change meanwhile.
        return (now.size, now.written) == (self.signature.size, self.signature.written)

    def settled(self) -> Source:
        """The same, with what further requests say of the link; waits for them, where some are still made.

        They go on once the file is closed, too, as long as `close_file` did that.

        Raises:
            Cancelled: it was asked to stop.

        >>> open_local(Asset("no/such.png", "no/such.png")).settled().access.access
        'missing'
        """
        return self if self.further is None else self.further.last()

    def close_file(self) -> None:
        """Close the file; a downloaded one is gone with that."""
        if self.file is not None:
            self.file.close()

    def close(self) -> None:
        """Close the file, and end what still goes on."""
        self.close_file()
        if self.further is not None:
            self.further.drop()


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
        problem = _not_regular(path, os.stat(path).st_mode)  # noqa: PTH116 - a name, as it was written
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
    return Source(file, access, signature=Signature.of(status))


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
