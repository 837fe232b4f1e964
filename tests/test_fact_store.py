"""The file that remembers facts: what it holds, what it forgets, and whom it does not trust."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from validator.fact_store import FILE, Row, Store, StoreError, check, discard, forget_all

LIMIT = 10_000_000
DAY = 86_400


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def row(number: int, size: int = 100) -> Row:
    return Row(key(number), None, bytes([number % 256]) * size)


@contextmanager
def opened(folder: Path, limit: int = LIMIT, *, day: int = 0) -> Iterator[Store]:
    with closing(Store(folder, limit, now=day * DAY)) as store:
        yield store


@contextmanager
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as connection:
        yield connection


class TestRows:
    def test_they_outlast_the_store(self, tmp_path: Path) -> None:
        stored = Row(b"key", b"digest", b"facts", b"about")
        with opened(tmp_path) as store:
            store.add([stored])
        with opened(tmp_path) as store:
            assert store.by_key(b"key") == store.by_digest(b"digest") == stored
            assert store.by_key(b"digest") is store.by_digest(b"key") is None

    def test_what_comes_later_replaces_what_was_there(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store:
            store.add([Row(b"key", None, b"one"), Row(b"key", b"digest", b"two")])
            store.add([Row(b"other", b"digest", b"three")])
            assert store.by_key(b"key") == Row(b"key", b"digest", b"two")
            assert store.by_digest(b"digest") == Row(b"other", b"digest", b"three"), "the latest"
            assert store.contents().rows == 2

    @pytest.mark.parametrize("column", ["facts", "digest", "key", "about"])
    def test_what_somebody_else_has_changed_is_not_believed(self, tmp_path: Path, column: str) -> None:
        with opened(tmp_path) as store:
            store.add([Row(b"key", b"digest", b"facts", b"about")])
        with database(tmp_path) as connection:
            connection.execute(f"UPDATE facts SET {column} = ?", (b"other",))  # noqa: S608 - ours
        with opened(tmp_path) as store:
            assert store.by_key(b"other" if column == "key" else b"key") is None

    def test_a_store_reads_while_another_one_writes(self, tmp_path: Path) -> None:
        with opened(tmp_path) as one, opened(tmp_path) as other:
            one.add([row(1)])
            assert other.by_key(key(1)) == row(1)
            other.add([row(2)])
            assert one.by_key(key(2)) == row(2)

    def test_reading_holds_up_nobody(self, tmp_path: Path) -> None:
        """A statement that is not done keeps the file locked."""
        with opened(tmp_path) as one, database(tmp_path) as other:
            one.add([Row(key(number), b"same", b"facts") for number in range(9)])
            one.by_key(key(3))
            one.by_digest(b"same")
            other.execute("PRAGMA busy_timeout = 0")
            other.execute("DELETE FROM facts")


class TestRoom:
    def test_the_file_stays_as_small_as_it_may_be(self, tmp_path: Path) -> None:
        with opened(tmp_path, 1_000_000) as store:
            for first in range(0, 4_000, 200):
                store.add([row(number, 1_000) for number in range(first, first + 200)])
                assert store.contents().bytes <= 1_000_000 + 250_000
            assert store.by_key(key(3_999)) is not None
            assert store.by_key(key(0)) is None

    def test_what_was_wanted_longest_ago_goes_first(self, tmp_path: Path) -> None:
        with opened(tmp_path, 2_000_000) as store:
            store.add([row(number, 1_000) for number in range(1_200)])
        with opened(tmp_path, 2_000_000, day=1) as store:
            assert store.by_key(key(7)) is not None
            assert not store.is_settled
            store.add([])
            assert store.is_settled
        with opened(tmp_path, 2_000_000, day=1) as store:
            store.by_key(key(7))
            assert store.is_settled, "once a day is enough"
            store.add([row(number, 1_000) for number in range(2_000, 2_800)])
            assert store.by_key(key(8)) is None
            assert store.by_key(key(7)) == row(7, 1_000)

    def test_a_limit_that_became_smaller_shrinks_the_file(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store:
            store.add([row(number, 2_000) for number in range(2_500)])
            assert store.contents().bytes > 5_000_000
        with opened(tmp_path, 1_000_000) as store:
            store.add([row(9_999)])
            assert store.contents().bytes < 2_000_000
            assert store.by_key(key(9_999)) is not None

    def test_all_of_it_can_be_forgotten(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store, opened(tmp_path) as other:
            store.add([row(number, 1_000) for number in range(500)])
            before = store.contents()
            store.clear()
            assert before.rows == 500
            assert before.bytes > 500_000
            assert store.contents().rows == 0
            assert store.contents().bytes < 50_000
            other.add([row(1)])
            assert store.by_key(key(1)) == row(1), "whoever uses it goes on doing so"


class TestWhoseFileItIs:
    @pytest.mark.skipif(os.name != "posix", reason="Windows knows no such permissions")
    def test_nobody_else_reads_it(self, tmp_path: Path) -> None:
        folder = tmp_path / "made" / "for it"
        with opened(folder):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600

    @pytest.mark.skipif(os.name != "posix", reason="Windows knows no such permissions")
    def test_what_others_may_write_to_is_closed_to_them(self, tmp_path: Path) -> None:
        with opened(tmp_path):
            pass
        (tmp_path / FILE).chmod(0o666)
        with opened(tmp_path):
            assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
    def test_the_file_of_another_user_is_not_used(self, tmp_path: Path) -> None:
        with opened(tmp_path):
            pass
        os.chown(tmp_path / FILE, 12_345, -1)
        with pytest.raises(StoreError, match="it belongs to another user"):
            Store(tmp_path, LIMIT)

    @pytest.mark.skipif(os.name != "posix", reason="Windows knows no such permissions")
    @pytest.mark.parametrize("mode", [0o1777, 0o777, 0o770, 0o702])
    def test_a_folder_that_others_may_write_to_is_not_used(self, tmp_path: Path, mode: int) -> None:
        """They could lay a journal beside the file, which would be rolled back into it."""
        tmp_path.chmod(mode)
        for use in (lambda: Store(tmp_path, LIMIT), lambda: check(tmp_path), lambda: forget_all(tmp_path)):
            with pytest.raises(StoreError, match="others may write to its folder"):
                use()
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives folders away")
    def test_the_folder_of_another_user_is_not_used(self, tmp_path: Path) -> None:
        os.chown(tmp_path, 12_345, -1)
        with pytest.raises(StoreError, match="its folder belongs to another user"):
            Store(tmp_path, LIMIT)

    def test_another_programs_database_is_left_alone(self, tmp_path: Path) -> None:
        with database(tmp_path) as connection:
            connection.execute("CREATE TABLE theirs (a)")
        before = (tmp_path / FILE).read_bytes()
        with pytest.raises(StoreError, match="another program's") as refused:
            Store(tmp_path, LIMIT)
        assert not refused.value.damaged
        assert (tmp_path / FILE).read_bytes() == before

    def test_an_empty_file_becomes_one(self, tmp_path: Path) -> None:
        (tmp_path / FILE).touch()
        with opened(tmp_path) as store:
            store.add([row(1)])
            assert store.by_key(key(1)) == row(1)


class TestCheck:
    def test_nothing_is_made_where_something_could_be(self, tmp_path: Path) -> None:
        check(tmp_path / "no" / "such")
        check(tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_what_is_there_can_be_written_to(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store:
            store.add([row(1)])
            check(tmp_path)
            assert store.by_key(key(1)) == row(1)

    @pytest.mark.parametrize("folder", ["a file", "a file/below", "no\0name"])
    def test_where_no_folder_can_be_the_reason_is_told(self, tmp_path: Path, folder: str) -> None:
        (tmp_path / "a file").touch()
        with pytest.raises(StoreError):
            check(tmp_path / folder)
        with pytest.raises(StoreError):
            forget_all(tmp_path / folder)

    def test_what_may_only_be_read_is_told(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store:
            store.add([row(1)])
            store._connection.execute("PRAGMA query_only = ON")  # noqa: SLF001 - root may write anywhere
            with pytest.raises(StoreError, match="it may only be read"):
                store.check()


class TestTrouble:
    def test_a_file_that_is_none_of_a_database_is_damaged(self, tmp_path: Path) -> None:
        (tmp_path / FILE).write_bytes(b"no database at all" * 100)
        with pytest.raises(StoreError, match="it is damaged") as damaged:
            Store(tmp_path, LIMIT)
        assert damaged.value.damaged
        discard(tmp_path)
        with opened(tmp_path) as store:
            assert store.contents().rows == 0

    def test_a_file_that_was_cut_off_is_damaged(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store:
            store.add([row(number) for number in range(500)])
        os.truncate(tmp_path / FILE, 9_000)
        with pytest.raises(StoreError, match="it is damaged"), opened(tmp_path) as store:
            store.by_key(key(3))

    @pytest.mark.parametrize("folder", ["a file", "no\0name", "folder for it"])
    def test_where_no_file_can_be_the_reason_is_told(self, tmp_path: Path, folder: str) -> None:
        (tmp_path / "a file").touch()
        (tmp_path / "folder for it" / FILE).mkdir(parents=True)
        with pytest.raises(StoreError):
            Store(tmp_path / folder, LIMIT)

    def test_what_another_process_keeps_locked_is_not_waited_for_long(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store, database(tmp_path) as other:
            other.execute("BEGIN EXCLUSIVE")
            store._connection.execute("PRAGMA busy_timeout = 1")  # noqa: SLF001 - instead of seconds
            with pytest.raises(StoreError, match="another program has been writing"):
                store.by_key(b"key")
            with pytest.raises(StoreError, match="another program has been writing"):
                store.add([row(1)])
            other.execute("COMMIT")
            store.add([row(1)])
            assert store.by_key(key(1)) == row(1)

    def test_what_cannot_be_stored_leaves_what_is_there(self, tmp_path: Path) -> None:
        with opened(tmp_path) as store:
            store.add([row(1)])
            store._connection.execute("PRAGMA max_page_count = 8")  # noqa: SLF001 - a full disk
            with pytest.raises(StoreError, match="the disk is full"):
                store.add([row(number, 1_000) for number in range(2, 200)])
            assert store.by_key(key(1)) == row(1)
            assert store.contents().rows == 1
