"""Notes by key that take no more memory however many there are: past some number they lie on the disk."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from validator.errors import OutOfResources

if TYPE_CHECKING:
    import sqlite3

KEY = 16
"""Bytes of a key, which is a digest: any bit of it is as good as any other."""

IN_MEMORY = 100_000
"""How many notes are kept in memory, which takes some 20 MB."""

_SIEVE = 1 << 23  # bytes: of ten million keys, it takes 4 in 100 for known that are not
_POSITIONS = struct.Struct("<4I")
_SETTINGS = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -4000")
_TABLE = "CREATE TABLE notes (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID"


class Ledger:
    """Remembers what was noted first under each key.

    Nothing is left behind: the file on the disk has no name. For one thread at a time.

    >>> ledger = Ledger()
    >>> [ledger.first(b"sixteen bytes...", value) for value in (b"one", b"two")]
    [None, b'one']
    """

    def __init__(
        self, in_memory: int = IN_MEMORY, connect: Callable[[], sqlite3.Connection] | None = None
    ) -> None:
        """`connect` opens an empty database; without it, that is one in the folder for temporary files."""
        self._in_memory = in_memory
        self._connect = connect or _temporary
        self._notes: dict[bytes, bytes] = {}
        self._disk: _Disk | None = None

    def first(self, key: bytes, value: bytes = b"") -> bytes | None:
        """What was noted under a key before; `None`: this value is the first, and noted now.

        Raises:
            OutOfResources: the disk, on which other notes lie already, has no room.
        """
        before = self._notes.get(key)
        if before is None and self._disk is not None:
            before = self._disk.get(key)
        if before is None:
            self._notes[key] = value
            if len(self._notes) >= self._in_memory:
                self._move()
        return before

    def close(self) -> None:
        """Forget everything."""
        self._notes = {}
        if self._disk is not None:
            self._disk.close()

    def _move(self) -> None:
        """Move what is in memory to the disk; where there is none to use, all stays where it is."""
        if self._disk is not None:
            self._disk.add(self._notes)
        else:
            self._disk = _begun(self._connect, self._notes)
            if self._disk is None:
                self._in_memory *= 2  # there may be another time
                return
        self._notes = {}


class _Disk:
    """Notes in a table, and a sieve in memory: of most keys that are not there, it knows so."""

    def __init__(self, connection: sqlite3.Connection, error: type[Exception]) -> None:
        self._connection = connection
        self._error = error
        self._sieve = bytearray(_SIEVE)

    def get(self, key: bytes) -> bytes | None:
        sieve = self._sieve
        for position in _POSITIONS.unpack(key):
            if not sieve[position >> 3 & (_SIEVE - 1)] & 1 << (position & 7):
                return None
        try:
            found = self._connection.execute("SELECT value FROM notes WHERE key = ?", (key,)).fetchone()
        except self._error as error:
            raise self._trouble(error) from error
        return None if found is None else bytes(found[0])

    def add(self, notes: dict[bytes, bytes]) -> None:
        try:
            self._connection.execute("BEGIN")
            # In the order of the table, so that each part of it is read and written once.
            self._connection.executemany("INSERT INTO notes VALUES (?, ?)", sorted(notes.items()))
            self._connection.execute("COMMIT")
        except self._error as error:
            raise self._trouble(error) from error
        sieve = self._sieve
        for key in notes:
            for position in _POSITIONS.unpack(key):
                sieve[position >> 3 & (_SIEVE - 1)] |= 1 << (position & 7)

    def close(self) -> None:
        self._connection.close()

    def _trouble(self, error: Exception) -> OutOfResources:
        return OutOfResources(
            f"what was judged so far cannot be noted on the disk ({error}): make room in the folder for "
            "temporary files, or name another one by SQLITE_TMPDIR"
        )


def _begun(connect: Callable[[], sqlite3.Connection], notes: dict[bytes, bytes]) -> _Disk | None:
    """The disk with these notes on it; `None` where there is none to use."""
    try:
        import sqlite3
    except ImportError:  # a Python that was built without it
        return None
    with ExitStack() as in_trouble:
        try:
            connection = connect()
            in_trouble.callback(connection.close)
            for setting in _SETTINGS:
                connection.execute(f"PRAGMA {setting}")
            connection.execute(_TABLE)
            disk = _Disk(connection, sqlite3.Error)
            disk.add(notes)
        except (sqlite3.Error, OutOfResources):
            return None
        in_trouble.pop_all()
    return disk


def _temporary() -> sqlite3.Connection:
    import sqlite3

    # Used by other threads than this one, where a caller asks for results in several.
    return sqlite3.connect("", isolation_level=None, check_same_thread=False)
