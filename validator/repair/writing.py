"""Writes a copy beside its place and puts it there whole, or leaves nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from validator.errors import RepairError, UsageError
from validator.report.escape import encodable, printable

_SENTENCES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system can only be read",
    errno.EACCES: "the folder may not be written to",
    errno.EPERM: "the folder may not be written to",
    errno.ENAMETOOLONG: "its path is too long",
    errno.ENOTDIR: "a file lies where a folder is needed",
    errno.EFBIG: "the file would be larger than the system lets it be",
}
_UNSUPPORTED = frozenset(
    {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
)


def reason_of(error: OSError) -> str:
    """What the system did not do, in words.

    >>> reason_of(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full'
    """
    return _SENTENCES.get(error.errno or 0) or str(error.strerror or error)


def check_output(output: Path) -> None:
    """Refuse a folder that nothing can be written to, before any work is done.

    Raises:
        UsageError: saying why.

    >>> check_output(Path(os.devnull))
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: copies cannot go into /dev/null: it is no folder
    """
    named = printable(str(output))
    if "\0" in str(output):
        raise UsageError(f"copies cannot go into {named}: no folder can have such a name")
    if encodable(str(output)) != str(output):  # what builds command lines takes text alone
        raise UsageError(f"copies cannot go into {named}: its name is not UTF-8 text; name another one")
    above = output
    try:
        while not os.path.lexists(above) and above.parent != above:
            above = above.parent
        if not above.is_dir():
            subject = "it" if above == output else printable(str(above))
            raise UsageError(f"copies cannot go into {named}: {subject} is no folder")
        as_now = os.access in os.supports_effective_ids
        if not os.access(above, os.W_OK | os.X_OK, effective_ids=as_now):
            read_only = hasattr(os, "statvfs") and os.statvfs(above).f_flag & os.ST_RDONLY
            reason = _SENTENCES[errno.EROFS if read_only else errno.EACCES]
            raise UsageError(f"copies cannot go into {named}: {reason}; name another one with --output")
        # Some, such as /proc, may be written to and take nothing all the same.
        Path(tempfile.mkdtemp(prefix=".validator-", dir=above)).rmdir()
    except OSError as error:
        raise UsageError(f"copies cannot go into {named}: {reason_of(error)}") from error


class PlaceTakenError(RepairError):
    """A file lies in a copy's place."""


class Folders:
    """Makes the folders of copies, and removes those again into which no copy came; for many threads."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._lock = threading.Lock()
        self._users: dict[Path, int] = {}
        self._made: set[Path] = set()

    @contextlib.contextmanager
    def holding(self, folder: Path) -> Iterator[None]:
        """Have a folder there while a copy is made in it.

        Raises:
            RepairError: it cannot be made, or links lead out of the output folder.
        """
        self._check_inside(folder)
        with self._lock:
            try:
                self._make(folder)
            except OSError as error:
                self._tidy(folder)
                raise RepairError(
                    f"The folder {printable(str(folder))} could not be made: {reason_of(error)}."
                ) from error
            self._users[folder] = self._users.get(folder, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                self._users[folder] -= 1
                self._tidy(folder)

    def _make(self, folder: Path) -> None:
        missing = []
        above = folder
        while not os.path.lexists(above):
            missing.append(above)
            above = above.parent
        for each in reversed(missing):
            with contextlib.suppress(FileExistsError):  # another process was faster
                each.mkdir()
                self._made.add(each)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder")

    def _check_inside(self, folder: Path) -> None:
        """Refuse a link before anything is made behind it."""
        real, home = os.path.realpath(folder), os.path.realpath(self._output)
        if real != home and not real.startswith(home.rstrip(os.sep) + os.sep):
            raise RepairError(
                f"The folder {printable(str(folder))} is a link out of {printable(str(self._output))}, and "
                "copies lie nowhere else."
            )

    def _tidy(self, folder: Path) -> None:
        """Remove what was made in vain, from the inside out: what holds anything stays by itself."""
        while folder in self._made and not self._is_used(folder):
            try:
                folder.rmdir()
            except OSError:  # there is something in it
                return
            self._made.discard(folder)
            folder = folder.parent

    def _is_used(self, folder: Path) -> bool:
        return any(
            count and (used == folder or folder in used.parents) for used, count in self._users.items()
        )


class NewFile:
    """A file beside a place that takes it when it is finished; a context manager that leaves nothing else.

    `path` has the ending of the place, and `file` is open for reading and writing; another program may write
    to the path. `overwrite`: whether a file that lies in the place gives way. `unfinished` holds the path as
    long as there is such a file, for whoever has to remove it without waiting.

    Raises:
        RepairError: the place is taken, or nothing can be written there.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder, "a.png")
    ...     with NewFile(place) as new:
    ...         _ = new.file.write(b"picture")
    ...         new.commit()
    ...     place.read_bytes(), len(os.listdir(folder))
    (b'picture', 1)
    """

    def __init__(self, place: Path, *, overwrite: bool = False, unfinished: set[Path] | None = None) -> None:
        self._place = place
        self._unfinished = set() if unfinished is None else unfinished
        self._overwrite = overwrite
        check_free(place, overwrite=overwrite)
        self.path = place.with_name(f".validator-{secrets.token_hex(8)}{place.suffix}")
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        self._unfinished.add(self.path)
        with self.told():
            self.file: BinaryIO = os.fdopen(os.open(self.path, flags, 0o666), "r+b")

    def __enter__(self) -> NewFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # what is buffered does not fit: it is not wanted any more
            self.file.close()
        with contextlib.suppress(OSError):  # it has moved to its place
            self.path.unlink()
        self._unfinished.discard(self.path)

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Say in a sentence what the system did not do.

        Raises:
            RepairError: in place of an OSError.
        """
        try:
            yield
        except OSError as error:
            raise RepairError(
                f"{printable(str(self._place))} could not be written: {reason_of(error)}."
            ) from error

    def finish(self) -> None:
        """See that all of it is on the disk.

        Raises:
            RepairError: it is not, or there is nothing in it.
        """
        with self.told():
            self.file.flush()
            # Another program may have put a file of its own there.
            with self.path.open("rb") as written:
                os.fsync(written.fileno() if os.name != "nt" else self.file.fileno())
                size = os.fstat(written.fileno()).st_size
        if not size:
            raise RepairError(f"{printable(str(self._place))} could not be written: nothing came.")

    def commit(self) -> None:
        """Put the file in its place, all at once.

        Raises:
            RepairError: it cannot be, or a file has come to lie there.
        """
        self.finish()
        self.file.close()  # no system moves a file more easily because it is open
        with self.told():
            try:
                self._put()
            except FileExistsError as error:
                raise PlaceTakenError(_taken(self._place)) from error
        _sync_folder(self._place.parent)

    def _put(self) -> None:
        if self._overwrite:
            check_free(self._place, overwrite=True)  # a folder may have come
            self.path.replace(self._place)
            return
        if os.name == "nt":
            self.path.rename(self._place)  # never replaces there
            return
        try:
            os.link(self.path, self._place, follow_symlinks=False)  # never replaces, as a rename does
        except FileExistsError:
            raise
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
            self._put_without_links()

    def _put_without_links(self) -> None:
        """Where a file system has no hard links: hold the place by an empty file that is ours."""
        os.close(os.open(self._place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        try:
            self.path.replace(self._place)
        except BaseException:  # an empty file must not stay, whatever stops this; raised again
            with contextlib.suppress(OSError):
                self._place.unlink()
            raise


def check_free(place: Path, *, overwrite: bool) -> None:
    """Refuse a place that is taken.

    Raises:
        PlaceTakenError: a file lies there that is not to be replaced.
        RepairError: what lies there is no file, or nothing can lie there.
    """
    try:
        if not os.path.lexists(place):
            return
        is_file = place.is_file() or place.is_symlink()
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "no file can have such a name"
        raise RepairError(f"{printable(str(place))} could not be written: {reason}.") from error
    if not is_file:
        raise RepairError(f"{printable(str(place))} is there already and is no file: it is never replaced.")
    if not overwrite:
        raise PlaceTakenError(_taken(place))


def _taken(place: Path) -> str:
    return f"{printable(str(place))} is there already: it is only replaced with --overwrite."


def _sync_folder(folder: Path) -> None:
    """Have the name on the disk, too; where that cannot be asked for, the system does it in its own time."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
