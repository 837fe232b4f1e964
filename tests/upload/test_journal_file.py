"""A journal that two programs open for the first time at the same moment."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from validator.upload.journal_file import open_journal, prepare, write_ahead


def test_one_that_is_made_between_two_looks_at_it_is_ours(tmp_path: Path) -> None:
    path = tmp_path / "uploads.sqlite3"
    rivals: list[threading.Thread] = []

    def let_a_rival_in(statement: str) -> None:
        if statement == "PRAGMA user_version" and not rivals:
            rivals.append(threading.Thread(target=lambda: open_journal(path).close()))
            rivals[0].start()
            rivals[0].join(0.3)  # where it is kept waiting, it is done behind us

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.set_trace_callback(let_a_rival_in)
        prepare(connection, path)
        for rival in rivals:
            rival.join()
        assert rivals
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_change_to_writing_ahead_waits_for_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "uploads.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as reader:
        reader.execute("CREATE TABLE t (a)")
        reader.execute("DROP TABLE t")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM sqlite_master").fetchall()
        timer = threading.Timer(0.2, lambda: reader.execute("COMMIT"))
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
            timer.start()
            try:
                write_ahead(connection)
            finally:
                timer.join()
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
