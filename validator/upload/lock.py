"""One delivery into a group at a time: a lock that the operating system frees, however its holder ends."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from validator.errors import UploadBusy
from validator.upload.journal_file import in_words

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def held(folder: Path, scope: str) -> Iterator[None]:
    """Hold what is called `scope`, alone among all processes and threads that use the same folder.

    The lock is on an empty file, which is gone afterwards, unless its holder is killed.

    Raises:
        UploadBusy: somebody else holds it.
        JournalError: no file can be made in the folder.
    """
    path = folder / f"{hashlib.sha256(scope.encode()).hexdigest()[:32]}.lock"
    with in_words(path):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = _locked(path)
    try:
        yield
    finally:
        with suppress(OSError):  # Windows does not remove what is open
            path.unlink()
        os.close(descriptor)


@contextmanager
def all_held(folders: Iterable[Path], scope: str) -> Iterator[None]:
    """The same, alone among all that use one of these folders."""
    with ExitStack() as locks:
        for folder in dict.fromkeys(folder.resolve() for folder in folders):
            locks.enter_context(held(folder, scope))
        yield


def _locked(path: Path) -> int:
    while True:
        descriptor = os.open(path, _FLAGS, 0o600)
        try:
            _lock(descriptor)
            if _is_at(path, descriptor):
                return descriptor
        except BlockingIOError as error:
            os.close(descriptor)
            raise UploadBusy(
                "Another upload into this group is running: wait until it has ended, or stop it."
            ) from error
        except BaseException:  # Ctrl-C too: a descriptor that is left open keeps the group locked
            os.close(descriptor)
            raise
        # Whoever held it has removed the file meanwhile, and somebody may hold a new one.
        os.close(descriptor)


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


if sys.platform == "win32":

    def _lock(descriptor: int) -> None:
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from error

else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


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
