"""The file that remembers facts: rows by key, of which those go first that were wanted longest ago."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

FILE = "facts-1.sqlite3"
"""Its name. A file of another form has another name, so that no version meets the file of another one."""

_OURS = 0x5EED_FAC7
_PATIENCE = 2.0  # seconds for which another process may be writing, which takes it milliseconds
_DAY = 86_400
_AT_ONCE = 200  # rows that are forgotten at once
_TIMES = 100  # and how often after one addition: where the limit has become far smaller, runs share the work
_SLACK = 1_000_000  # bytes that the file may be larger, as what was forgotten makes room for what comes

_TABLES = (
    # Numbered in the order in which they were last wanted, by days.
    """CREATE TABLE facts (
        number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, digest BLOB, day INTEGER NOT NULL,
        sum INTEGER NOT NULL, facts BLOB NOT NULL, about BLOB)""",
    "CREATE INDEX facts_by_digest ON facts (digest) WHERE digest IS NOT NULL",
)
_COLUMNS = "key, digest, day, sum, facts, about"
_BY_KEY = f"SELECT {_COLUMNS} FROM facts WHERE key = ?"  # noqa: S608 - names of ours
_BY_DIGEST = f"SELECT {_COLUMNS} FROM facts WHERE digest = ? ORDER BY number DESC LIMIT 1"  # noqa: S608
_ADD = f"INSERT OR REPLACE INTO facts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608
_RENEW = (
    f"INSERT OR REPLACE INTO facts ({_COLUMNS}) "  # noqa: S608
    "SELECT key, digest, ?, sum, facts, about FROM facts WHERE key = ?"
)
_FORGET = (
    "DELETE FROM facts WHERE number <= coalesce("
    "(SELECT number FROM facts ORDER BY number LIMIT 1 OFFSET ?), (SELECT max(number) FROM facts))"
)

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_WHY: Mapping[int, str] = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_IOERR: "the disk is full, or does not read or write",
        sqlite3.SQLITE_READONLY: "it may only be read",
        sqlite3.SQLITE_PERM: "the permission is missing",
        sqlite3.SQLITE_CANTOPEN: "it cannot be opened, or nothing can be written beside it",
        sqlite3.SQLITE_NOTADB: "it is damaged",
        sqlite3.SQLITE_CORRUPT: "it is damaged",
        sqlite3.SQLITE_BUSY: f"another program has been writing to it for {_PATIENCE:g} seconds",
    }
)


_NO_NAME = "no file can have such a name"


class StoreError(Exception):
    """The file cannot be used: `reason` says why, in words that follow a colon.

    `damaged`: nothing can be read of it any more.
    """

    def __init__(self, reason: str, *, damaged: bool = False) -> None:
        self.reason = reason
        self.damaged = damaged
        super().__init__(reason)


class Row(NamedTuple):
    """Facts as bytes, by a key, and by what tells the content of their file; `about`: what else is known."""

    key: bytes
    digest: bytes | None
    facts: bytes
    about: bytes | None = None


class Contents(NamedTuple):
    """What is in the file: how many rows, and its size in bytes."""

    rows: int
    bytes: int


class Store:
    """The file, made where there is none, for its owner's eyes only. For one thread at a time.

    Nothing that befalls it is worse than forgetting: each row has a sum over all of it, so that what a power
    cut leaves is not taken for facts, and nothing waits for the disk. Other processes may use the same file:
    whoever is killed while writing leaves what the next one sets right, and nobody writes for long. There is
    no write-ahead log, which needs memory that machines on a network do not share.

    Args:
        folder: where it lies; made, too.
        limit: bytes that it may take.
        now: the time, in seconds since 1970.

    Raises:
        StoreError: it cannot be read, belongs to another user, or is another program's.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = Store(Path(folder), 1_000_000)
    ...     store.add([Row(b"key", None, b"facts")])
    ...     found = store.by_key(b"key")
    ...     store.close()
    >>> found.facts
    b'facts'
    """

    def __init__(self, folder: Path, limit: int, *, now: float | None = None) -> None:
        self.path = folder / FILE
        self._limit = limit
        self._today = int((time.time() if now is None else now) // _DAY)
        self._wanted: set[bytes] = set()
        with _in_words():
            _make(self.path)
            self._connection = sqlite3.connect(
                self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:  # Ctrl-C too: whoever does not get the connection cannot close it
                self._connection.close()
                raise

    def by_key(self, key: bytes) -> Row | None:
        """The row with this key.

        Raises:
            StoreError: it cannot be read.
        """
        return self._found(_BY_KEY, key)

    def by_digest(self, digest: bytes) -> Row | None:
        """The latest row of this content.

        Raises:
            StoreError: it cannot be read.
        """
        return self._found(_BY_DIGEST, digest)

    def add(self, rows: Iterable[Row]) -> None:
        """Store rows, and forget those that were wanted longest ago, where there is no more room.

        Raises:
            StoreError: nothing can be written; then nothing is.
        """
        with _in_words():
            with self._writing():
                self._connection.executemany(_RENEW, [(self._today, key) for key in self._wanted])
                self._connection.executemany(
                    _ADD,
                    [(row.key, row.digest, self._today, _sum(row), row.facts, row.about) for row in rows],
                )
            self._wanted = set()
            self._bound()

    @property
    def is_settled(self) -> bool:
        """Whether nothing has to be written down of what was wanted."""
        return not self._wanted

    def contents(self) -> Contents:
        """How much is in it.

        Raises:
            StoreError: it cannot be read.
        """
        with _in_words():
            return Contents(self._number("SELECT count(*) FROM facts"), self.path.stat().st_size)

    def clear(self) -> None:
        """Forget everything. Whoever else uses the file goes on doing so.

        Raises:
            StoreError: nothing can be written.
        """
        with _in_words():
            with self._writing():
                self._connection.execute("DELETE FROM facts")
            self._shrink()

    def check(self) -> None:
        """See that something can be written.

        Raises:
            StoreError: it cannot be.
        """
        with _in_words(), self._writing():
            self._connection.execute("PRAGMA user_version = 0")

    def close(self) -> None:
        """Close the file."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def _found(self, query: str, value: bytes) -> Row | None:
        try:
            found = self._connection.execute(query, (value,)).fetchone()
        except sqlite3.Error as error:
            raise _told(error) from error
        if found is None:
            return None
        key, digest, day, checksum, facts, about = found
        row = Row(key, digest, facts, about)
        if checksum != _sum(row) or value not in (key, digest):
            return None
        if day != self._today:
            self._wanted.add(key)
        return row

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """All or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:  # Ctrl-C too; raised again
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _bound(self) -> None:
        """See that the file stays as small as it may be, a few rows at a time: others write, too."""
        for _ in range(_TIMES):
            pages, free, size = (self._number(f"PRAGMA {name}") for name in _PAGES)
            if (pages - free) * size <= self._limit:
                break
            self._connection.execute(_FORGET, (_AT_ONCE - 1,))
        if pages * size > self._limit + _SLACK:
            self._shrink()

    def _shrink(self) -> None:
        self._connection.executescript("PRAGMA incremental_vacuum")  # `execute` would free one page

    def _prepare(self) -> None:
        """Make the tables where there is nothing yet, and see that the file is ours."""
        connection = self._connection
        connection.execute("PRAGMA synchronous = OFF")  # what is lost is measured again
        if self._is_ours():
            return
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        with self._writing():
            if not self._is_ours():  # nobody else has been faster
                for statement in _TABLES:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {_OURS}")

    def _is_ours(self) -> bool:
        """Whether it is; not, where there is nothing in it."""
        owner = self._number("PRAGMA application_id")
        if owner == 0 and not self._number("SELECT count(*) FROM sqlite_master"):
            return False
        if owner != _OURS:
            raise StoreError("it is another program's database")
        return True

    def _number(self, query: str) -> int:
        (number,) = self._connection.execute(query).fetchone()
        return int(number)


_PAGES = ("page_count", "freelist_count", "page_size")


def _sum(row: Row) -> int:
    return zlib.crc32(row.facts, zlib.crc32(b"|".join((row.key, row.digest or b"", row.about or b""))))


def forget_all(folder: Path) -> int:
    """Forget everything that is in a folder, also what other versions have left there; how much it was.

    Raises:
        StoreError: it cannot be written to, or never could be.
    """
    rows = 0
    if (folder / FILE).exists():
        try:
            with closing(Store(folder, 0)) as store:
                rows = store.contents().rows
                store.clear()
        except StoreError as error:
            if not isinstance(error.__cause__, sqlite3.Error):  # it is not ours
                raise
            discard(folder)  # on a full disk, too
            if (folder / FILE).exists():
                raise
    else:
        check(folder)
    with _in_words():
        for path in folder.glob("facts-*.sqlite3*"):
            if not path.name.startswith(FILE):
                path.unlink(missing_ok=True)
    return rows


def discard(folder: Path) -> None:
    """Remove a file that is damaged."""
    for path in (folder / FILE, folder / f"{FILE}-journal"):
        with suppress(OSError):
            path.unlink()


@contextmanager
def _in_words() -> Iterator[None]:
    """Whatever goes wrong with the file is a StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise _told(error) from error
    except OSError as error:
        raise StoreError(error.strerror or "it cannot be opened") from error


def _told(error: sqlite3.Error) -> StoreError:
    number = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return StoreError(_WHY.get(number, str(error)), damaged=number in _DAMAGED)


def _make(path: Path) -> None:
    """The file and its folder, for nobody else to read, and not what somebody else may have written."""
    if "\0" in str(path):
        raise StoreError(_NO_NAME)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_folder(path.parent)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise StoreError("it is no file")
    if sys.platform == "win32":
        return
    # Who writes here says what passes.
    if status.st_uid not in {os.geteuid(), 0}:
        raise StoreError("it belongs to another user")
    if status.st_mode & 0o022:
        if status.st_uid != os.geteuid():
            raise StoreError("others may write to it")
        path.chmod(0o600)


def _check_folder(folder: Path) -> None:
    """See that nobody else can lay anything beside the file that would be taken for a part of it."""
    if sys.platform == "win32":
        return
    status = folder.stat()
    if status.st_uid not in {os.geteuid(), 0}:
        raise StoreError("its folder belongs to another user")
    if status.st_mode & 0o022:
        raise StoreError("others may write to its folder")


def check(folder: Path) -> None:
    """See whether facts can be remembered in a folder; where there is nothing, nothing is made.

    Raises:
        StoreError: they cannot be.

    >>> check(Path(__file__))
    Traceback (most recent call last):
        ...
    validator.fact_store.StoreError: Not a directory
    """
    import tempfile  # nobody else needs it

    with _in_words():
        if (folder / FILE).exists():
            with closing(Store(folder, 0)) as store:
                store.check()
            return
        if "\0" in str(folder):
            raise StoreError(_NO_NAME)
        nearest = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
        if nearest == folder and folder.is_dir():
            _check_folder(folder)
        with tempfile.TemporaryFile(dir=nearest):
            pass
