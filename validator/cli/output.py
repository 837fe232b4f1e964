"""Where a report goes: to standard output, or into a file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, TextIO

from validator.errors import UsageError

# A file that it leads to would be replaced, together with what others have written there.
_STANDARD_OUTPUT = frozenset({"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})

# Bytes that media have soon, and reports never; a report may begin like media: "MAC.png: fail".
_NO_TEXT = {*range(32)} - {*b"\t\n\r\x1b"}
_HEAD = 4_096


class ReaderGone(Exception):
    """Whoever read standard output has stopped, as `head` does."""


class Destination(Protocol):
    """What a report can be written to, piece by piece."""

    def write(self, piece: str | bytes) -> None:
        """Write a piece, so that a reader has it at once."""

    def finish(self) -> None:
        """Nothing more will be written: whatever may still go wrong with that goes wrong now."""

    def commit(self) -> None:
        """The report is complete, and takes its place."""

    def abandon(self) -> None:
        """The report will not be complete: leave nothing half done behind."""


class StandardOutput:
    """Standard output in whatever encoding it has: what does not fit is written as an escape.

    Lines end as the report has them, on every system.
    """

    def __init__(self, stream: TextIO | None, what: str = "the report") -> None:
        if stream is None:
            raise UsageError(f"standard output is closed, so there is nowhere to write {what}")
        self._stream = stream
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(newline="\n")

    def write(self, piece: str | bytes) -> None:
        """Write and flush.

        Raises:
            ReaderGone: the pipe is closed at its other end.
            UsageError: it cannot be written to, a full disk for example.
        """
        try:
            if isinstance(piece, bytes):
                self._stream.flush()
                self._stream.buffer.write(piece)
            else:
                encoding = self._stream.encoding or "utf-8"
                self._stream.write(piece.encode(encoding, "backslashreplace").decode(encoding))
            self._stream.flush()
        except BrokenPipeError as error:
            to_nowhere(self._stream)
            raise ReaderGone from error
        except OSError as error:
            to_nowhere(self._stream)
            raise UsageError(f"cannot write to standard output: {error.strerror or error}") from error

    def finish(self) -> None:
        """Nothing to do: every piece is already there."""

    def commit(self) -> None:
        """Nothing to do either."""

    def abandon(self) -> None:
        """Nothing to do: what was written was read."""


def to_nowhere(stream: TextIO) -> None:
    """Let the interpreter's own last flush succeed, so that it does not complain after we have."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class ReportFile:
    """A file beside its final place that takes that place when the report is complete.

    `what` it is, for messages. Media are never replaced.

    Raises:
        UsageError: the place cannot be written to, or a medium lies there; said before any work is done.
    """

    def __init__(self, path: Path, what: str = "the report") -> None:
        self._named = path
        self._what = what
        try:
            mode = _mode_of(path)
            special = mode is not None and not stat.S_ISREG(mode)
            medium = None if mode is None or special else _medium_in(path)
            if medium:
                raise UsageError(
                    f"cannot write {what} to {path}: it is media ({medium}), which is never replaced"
                )
            # A link stays a link; /dev/stdout may lead to what has no path of its own.
            self._path = path if special else Path(os.path.realpath(path))
            # A device or a pipe is written to as it is: replacing it would destroy it.
            self._temporary = self._path if special else self._path.with_name(_temporary_name())
            flags = os.O_WRONLY if special else os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._file = os.fdopen(os.open(self._temporary, flags, 0o666), "wb")
            if mode is not None and not special:
                self._temporary.chmod(stat.S_IMODE(mode))
        except OSError as error:
            raise self._unwritable(error) from error

    def write(self, piece: str | bytes) -> None:
        """Write a piece.

        Raises:
            UsageError: the disk is full, for example.
        """
        try:
            self._file.write(piece if isinstance(piece, bytes) else piece.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise self._unwritable(error) from error

    def finish(self) -> None:
        """Close the file, all of which is then on the disk.

        Raises:
            UsageError: the disk is full, for example.
        """
        try:
            if self._temporary != self._path and not self._file.closed:
                self._file.flush()
                os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise self._unwritable(error) from error

    def commit(self) -> None:
        """Put the file in its place, all at once.

        Raises:
            UsageError: the disk is full, or a folder has come to lie there, for example.
        """
        self.finish()
        try:
            if self._temporary != self._path:
                self._temporary.replace(self._path)
        except OSError as error:
            raise self._unwritable(error) from error

    def abandon(self) -> None:
        """Remove what was written; whatever stood in the final place stays."""
        with contextlib.suppress(OSError):
            self._file.close()
        if self._temporary != self._path:
            with contextlib.suppress(OSError):
                self._temporary.unlink()

    def _unwritable(self, error: OSError) -> UsageError:
        return UsageError(f"cannot write {self._what} to {self._named}: {error.strerror or error}")


def _mode_of(path: Path) -> int | None:
    """The mode of an existing file that may be written to.

    Raises:
        OSError: it may not, or is a folder.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(0, "it is a folder")
    if not os.access(path, os.W_OK):
        raise PermissionError(0, "it is write-protected")
    return mode


def _medium_in(path: Path) -> str:
    """What an existing file is, such as "png image", if it is media."""
    try:
        if path.stat().st_size == 0:
            return ""
        from validator.probe.sniff import sniff

        with path.open("rb") as file:
            found = sniff(file)
            file.seek(0)
            head = file.read(_HEAD)
    except OSError:  # write-only, for example
        return ""
    if found.content != "media" or (found.format != "svg" and not _NO_TEXT & {*head}):
        return ""
    return f"{found.format} {found.kind}"


def _temporary_name() -> str:
    return f".validator-{os.urandom(6).hex()}.tmp"


def is_standard_output(output: str | None) -> bool:
    """Whether nothing, `-` or the device is named.

    >>> is_standard_output("-"), is_standard_output("report.json")
    (True, False)
    """
    return output is None or output in _STANDARD_OUTPUT


def open_destination(
    output: str | None, targets: Iterable[str] = (), what: str = "the report"
) -> Destination:
    """Standard output (`None`, `-`, or its device), or the named file, which is none of the targets.

    Raises:
        UsageError: it cannot be written to, or would take a target's place.
    """
    if output is None or is_standard_output(output):
        return StandardOutput(sys.stdout, what)
    if any(is_same_file(output, target) for target in targets):
        raise UsageError(f"cannot write {what} to {output}: it is one of the targets")
    return ReportFile(Path(output), what)


def is_same_file(one: str, other: str) -> bool:
    """Whether two names lead to one file that is there.

    >>> is_same_file("no/such", "no/such")
    False
    """
    try:
        return Path(one).samefile(other)
    except (OSError, ValueError):  # one of them does not exist, or cannot
        return False
