"""One delivery into a group at a time: a lock that the operating system frees, however its holder ends."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from validator.errors import UploadBusy
from validator.upload.journal_file import in_words


@contextmanager
def held(folder: Path, scope: str) -> Iterator[None]:
    """Hold what is called `scope`, alone among all processes and threads that use the same folder.

    The lock is an empty database that is kept open for writing; it stays behind, empty.

    Raises:
        UploadBusy: somebody else holds it.
        JournalError: no file can be made in the folder.
    """
    path = folder / f"{hashlib.sha256(scope.encode()).hexdigest()[:32]}.lock"
    with in_words(path):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    with closing(connection):
        with in_words(path):
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                raise UploadBusy(
                    "Another upload into this group is running: wait until it has ended, or stop it."
                ) from error
        yield


def data_folder() -> Path | None:
    """The user's folder for data of this program; it need not exist. Somebody without a home has none."""
    import platformdirs

    try:
        return platformdirs.user_data_path("seedance-validator", appauthor=False)
    except RuntimeError:
        return None


def lock_folder(beside: Path) -> Path:
    """Where locks are: in the user's data folder, whichever journal is used; else beside the journal."""
    data = data_folder()
    if data is None:
        return beside.parent
    folder = data / "locks"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return beside.parent
    return folder if os.access(folder, os.W_OK | os.X_OK) else beside.parent
