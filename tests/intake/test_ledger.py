"""Notes that move to the disk are the same notes, and leave nothing behind."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from validator.errors import OutOfResources
from validator.intake.ledger import KEY, Ledger


def keys(count: int) -> list[bytes]:
    return [hashlib.blake2b(str(number).encode(), digest_size=KEY).digest() for number in range(count)]


@pytest.mark.parametrize("in_memory", [1, 7, 64, 1_000])
def test_the_first_one_stays_wherever_it_lies(in_memory: int) -> None:
    ledger = Ledger(in_memory)
    known: dict[bytes, bytes] = {}
    some = keys(89)
    for number in range(500):
        key, value = some[number * number % 89], str(number).encode()
        assert ledger.first(key, value) == known.get(key)
        known.setdefault(key, value)
    ledger.close()


def test_memory_does_not_grow() -> None:
    ledger = Ledger(10)
    many = keys(500)
    tracemalloc.start()
    try:
        assert not any(ledger.first(key, bytes(10_000)) for key in many)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held - (1 << 23) < 200_000, "ten values, and what says of most keys that they are not there"
    assert all(ledger.first(key) == bytes(10_000) for key in many)
    ledger.close()


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    ledger = Ledger(2_000)
    for key in keys(4_000):
        ledger.first(key, bytes(2_000))
    if os.name != "nt":
        assert not list(tmp_path.iterdir())
    ledger.close()
    assert not list(tmp_path.iterdir())


def no_disk() -> sqlite3.Connection:
    raise sqlite3.OperationalError("unable to open database file")


def small_disk() -> sqlite3.Connection:
    return sized(2)


def sized(pages: int) -> sqlite3.Connection:
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute(f"PRAGMA max_page_count = {pages}")
    return connection


@pytest.mark.parametrize("connect", [no_disk, small_disk])
def test_where_there_is_no_disk_to_use_they_stay_in_memory(connect: Callable[[], sqlite3.Connection]) -> None:
    ledger = Ledger(4, connect)
    for key in keys(50):
        assert ledger.first(key, bytes(3_000)) is None
    assert {ledger.first(key) for key in keys(50)} == {bytes(3_000)}
    ledger.close()


def test_a_python_without_sqlite_keeps_them_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    ledger = Ledger(4)
    assert [ledger.first(key, b"value") for key in keys(9)] == [None] * 9
    assert ledger.first(keys(1)[0]) == b"value"


def test_a_disk_that_is_full_says_what_to_do() -> None:
    ledger = Ledger(10, lambda: sized(40))
    words = r"^what was judged so far .* \(database or disk is full\): make room .*SQLITE_TMPDIR$"
    with pytest.raises(OutOfResources, match=words):
        assert not any(ledger.first(key, bytes(3_000)) for key in keys(200))
    ledger.close()


def test_a_disk_that_fails_says_so() -> None:
    ledger = Ledger(1)
    (key,) = keys(1)
    ledger.first(key, b"value")
    ledger.close()
    with pytest.raises(OutOfResources, match="cannot be noted on the disk"):
        ledger.first(key)
