"""The journal's file: made for its owner's eyes only, opened if it is one of ours, its errors in words."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from validator.errors import JournalError
from validator.report.escape import printable

VERSION = 1
_OURS = 0x5EED_A55E
_PATIENCE = 30  # seconds for which another process may be writing

_TABLES = (
    """CREATE TABLE runs (
        number INTEGER PRIMARY KEY, started TEXT NOT NULL, service TEXT NOT NULL, group_id TEXT NOT NULL,
        group_name TEXT NOT NULL, group_kind TEXT NOT NULL, folder BLOB NOT NULL,
        remembered TEXT NOT NULL)""",
    # The same bytes in the same group.
    """CREATE TABLE assets (
        number INTEGER PRIMARY KEY, service TEXT NOT NULL, group_id TEXT NOT NULL, sha256 TEXT NOT NULL,
        kind TEXT NOT NULL, bytes INTEGER NOT NULL, duration TEXT NOT NULL,
        UNIQUE (service, group_id, sha256))""",
    # What users called them. Bytes, since a file's name need not be text.
    """CREATE TABLE targets (
        number INTEGER PRIMARY KEY, asset INTEGER NOT NULL REFERENCES assets (number), run INTEGER NOT NULL,
        target BLOB NOT NULL, location BLOB NOT NULL, is_url INTEGER NOT NULL, role TEXT NOT NULL,
        dropped INTEGER NOT NULL DEFAULT 0, UNIQUE (asset, target, location))""",
    """CREATE TABLE steps (
        number INTEGER PRIMARY KEY, asset INTEGER NOT NULL REFERENCES assets (number), run INTEGER NOT NULL,
        step TEXT NOT NULL, at TEXT NOT NULL, uptime REAL NOT NULL, name TEXT NOT NULL, asset_id TEXT NOT
        NULL, status TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, published TEXT NOT NULL,
        key BLOB NOT NULL, reused INTEGER NOT NULL)""",
    """CREATE TABLE group_steps (
        number INTEGER PRIMARY KEY, service TEXT NOT NULL, name TEXT NOT NULL, step TEXT NOT NULL,
        at TEXT NOT NULL, uptime REAL NOT NULL, group_id TEXT NOT NULL)""",
    "CREATE INDEX steps_of_asset ON steps (asset, number)",
    "CREATE INDEX targets_of_run ON targets (run)",
    "CREATE INDEX steps_of_group ON group_steps (service, name)",
    *(
        f"CREATE TRIGGER {table}_only_grow_{number} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'steps are never changed'); END"
        for table in ("steps", "group_steps")
        for number, verb in enumerate(("UPDATE", "DELETE"))
    ),
)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})
_LEAST_ROOM = 100_000  # bytes: a file beside the journal takes 32,768, and disks count in blocks
_AGAIN = "Then run the same command again: what was created is found, and nothing is made twice."
_ELSEWHERE = "Name a file elsewhere as the journal (--journal, or journal in [upload])"
_ADVICE: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: ("the disk is full", f"Make room. {_AGAIN}"),
        sqlite3.SQLITE_IOERR: ("the disk does not read or write", f"See to the disk. {_AGAIN}"),
        sqlite3.SQLITE_READONLY: ("it may only be read", f"{_ELSEWHERE}, or let it be written."),
        sqlite3.SQLITE_PERM: ("the permission is missing", f"{_ELSEWHERE}, or let it be written."),
        sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", f"{_ELSEWHERE}."),
        sqlite3.SQLITE_NOTADB: ("it is no journal", f"{_ELSEWHERE}."),
        sqlite3.SQLITE_CORRUPT: (
            "it is damaged",
            "Move it away: what is in the asset library is found there, too.",
        ),
        sqlite3.SQLITE_BUSY: (
            f"another program has been writing to it for {_PATIENCE} seconds",
            "Wait until it has ended.",
        ),
    }
)


def open_journal(path: Path, *, of_others: bool = False) -> sqlite3.Connection:
    """The journal's file, made where there is none.

    `of_others`: it may belong to another user.

    Raises:
        JournalError: it cannot be read or written, is no journal, or one of a newer version.
    """
    if "\0" in str(path):
        raise JournalError(f"The journal {shown(path)} cannot be used: no file can have such a name.")
    with in_words(path):
        _make(path, of_others=of_others)
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            prepare(connection, path)
        except BaseException:  # Ctrl-C too: whoever does not get the connection cannot close it
            connection.close()
            raise
    return connection


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Whatever goes wrong with the file is a JournalError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        number = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if number == sqlite3.SQLITE_IOERR and _is_full(path):  # which SQLite does not tell from a broken disk
            number = sqlite3.SQLITE_FULL
        why, advice = _ADVICE.get(number, (printable(str(error)), f"{_ELSEWHERE}."))
        raise JournalError(f"The journal {shown(path)} cannot be used: {why}. {advice}") from error
    except OSError as error:
        why, advice = error.strerror or "it cannot be opened", f"{_ELSEWHERE}."
        if error.errno in _FULL:
            why, advice = _ADVICE[sqlite3.SQLITE_FULL]
        raise JournalError(f"The journal {shown(path)} cannot be used: {why}. {advice}") from error


def _is_full(path: Path) -> bool:
    """Whether the disk has no room for what SQLite writes at once."""
    with suppress(OSError):
        return shutil.disk_usage(path.parent).free < _LEAST_ROOM
    return False


def shown(path: Path) -> str:
    """The path in a message."""
    return printable(str(path))


def _make(path: Path, *, of_others: bool) -> None:
    """The file and its folder, for nobody else to read; what others may read of ours no longer is."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise JournalError(f"The journal {shown(path)} cannot be used: it is no file. {_ELSEWHERE}.")
    # What it says was published is removed one day, so that nobody else may say it.
    if sys.platform != "win32" and not of_others and status.st_uid != os.geteuid():
        raise JournalError(
            f"The journal {shown(path)} cannot be used: it belongs to another user. {_ELSEWHERE}."
        )


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables where there is nothing yet, and see that the file is ours.

    Raises:
        JournalError: it is not.
    """
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN")  # so that nobody makes it between two questions
    version = _version(connection, path)
    connection.execute("COMMIT")
    if version is None:
        connection.execute("BEGIN EXCLUSIVE")
        if _version(connection, path) is None:  # nobody else has been faster
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_OURS}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    with suppress(OSError):  # of another owner, whose affair it is
        path.chmod(0o600)
    # In this order: one that is not ours has not been touched.
    write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")


def write_ahead(connection: sqlite3.Connection) -> None:
    """Readers and one writer at the same time; of this change alone, SQLite does not wait for others."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _version(connection: sqlite3.Connection, path: Path) -> int | None:
    """The journal's version, or `None` where there is nothing in the file yet."""
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner == 0 and version == 0 and tables == 0:
        return None
    if owner != _OURS:
        raise JournalError(
            f"The journal {shown(path)} cannot be used: it is another program's database. {_ELSEWHERE}."
        )
    if version != VERSION:
        raise JournalError(
            f"The journal {shown(path)} is of version {version}, and this program knows version {VERSION}: "
            "use the newer program, or name another journal (--journal): what is in the asset library is "
            "found there, too."
        )
    return int(version)
