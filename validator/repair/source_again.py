"""The bytes of an original once more: those that were judged, or nothing is made of them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from validator.errors import Cancelled, RepairError
from validator.findings import AssetReport
from validator.intake.source import Source
from validator.model import Asset
from validator.report.escape import printable

_CHUNK = 1 << 20


@dataclass(frozen=True)
class _Private:
    """A folder that nobody else can look into, and the file in it."""

    folder: tempfile.TemporaryDirectory[str]
    path: Path


class Original:
    """An original that is open, to be read by its file or by its path; a context manager.

    `path` is where another program finds it: its own where it is a file, a private link to one whose name is
    no text, and a private copy of what was downloaded, made when it is first asked for.
    """

    def __init__(self, asset: Asset, source: Source, file: BinaryIO, shown: str) -> None:
        self.file = file
        self._asset = asset
        self._source = source
        self._shown = shown
        self._private: _Private | None = None

    def __enter__(self) -> Original:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._source.close()
        if self._private is not None:
            self._private.folder.cleanup()

    @property
    def path(self) -> Path:
        """Where the bytes lie.

        Raises:
            OSError: there is no room for a copy of what was downloaded.
        """
        if not self._asset.is_url and _is_text(self._whole):
            return Path(self._whole)
        if self._private is None:
            folder = tempfile.TemporaryDirectory(prefix="validator-")
            self._private = _Private(folder, Path(folder.name, "original"))
            if not self._asset.is_url:
                self._private.path.symlink_to(self._whole)
                return self._private.path
            with self._private.path.open("xb") as copy:
                self.file.seek(0)
                shutil.copyfileobj(self.file, copy, _CHUNK)
        return self._private.path

    @property
    def _whole(self) -> str:
        return os.path.abspath(self._asset.location)  # noqa: PTH100 - links are not followed

    def check_unchanged(self) -> None:
        """Refuse what was made of an original that somebody wrote to, or put another in place of, meanwhile.

        Raises:
            RepairError: so it was.
        """
        if self._asset.is_url:
            return
        if not (self._source.is_unchanged() and _is_still(Path(self._whole), self.file)):
            raise RepairError(changed(self._shown))


def _is_text(path: str) -> bool:
    """Whether a path can be written as UTF-8, which what builds command lines asks for."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_still(path: Path, file: BinaryIO) -> bool:
    """Whether a path leads to an open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except OSError:
        return False


def changed(shown: str) -> str:
    """That an original is no longer what was judged.

    >>> changed("a.png")
    'a.png changed after it was judged: judge it once more.'
    """
    return f"{printable(shown)} changed after it was judged: judge it once more."


def opened_again(
    result: AssetReport, opener: Callable[[Asset], Source], cancelled: Callable[[], bool]
) -> Original:
    """The original of a result, with the bytes that were judged; to be closed by whoever asked for it.

    `opener` opens a file on disk, or downloads a URL as the run did that judged it.

    Raises:
        RepairError: it cannot be opened any more, or holds other bytes.
        Cancelled: the run was asked to stop.
    """
    source = opener(result.asset)
    try:
        return Original(result.asset, source, _same_file(result, source, cancelled), result.target)
    except BaseException:  # whatever stops this, a file that nobody gets is closed; raised again
        source.close()
        raise


def _same_file(result: AssetReport, source: Source, cancelled: Callable[[], bool]) -> BinaryIO:
    """The open file, at its beginning, if it holds what was judged."""
    if source.file is None:
        raise RepairError(_why_unopened(result, source))
    judged = result.facts.file
    if judged.bytes is not None and source.access.bytes not in (None, judged.bytes):
        raise RepairError(changed(result.target))
    if judged.sha256 is not None and _digest(source.file, judged.bytes, cancelled) != judged.sha256:
        raise RepairError(changed(result.target))
    source.file.seek(0)
    return source.file


def _digest(file: BinaryIO, size: int | None, cancelled: Callable[[], bool]) -> str:
    """The digest of all bytes, or of more than were judged, which makes a difference as well."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        if cancelled():
            raise Cancelled("the run was asked to stop")
        digest.update(chunk)
        if size is not None and file.tell() > size:
            break
    return digest.hexdigest()


def _why_unopened(result: AssetReport, source: Source) -> str:
    link = source.link
    details = (
        source.access.access_detail,
        link and (link.reach_detail or link.scheme_detail or link.transfer_detail),
        *(source.unmeasured.get(name) for name in ("transfer", "reach", "*")),
        source.access.access,
    )
    reason = next((each for each in details if each), "nothing came")
    verb = "downloaded" if result.asset.is_url else "opened"
    return f"{printable(result.target)} could not be {verb} once more: {printable(reason)}."
