"""The journal's file: who may read it, what becomes of it when disks and other programs do their worst."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from tests.permissions import become_nobody, private_folder
from validator import Config, Kind, Role
from validator.errors import JournalError, UploadBusy, UsageError
from validator.model import GroupKind
from validator.settings import UploadSettings
from validator.upload import AssetGroup, Journal, Step, journal_path
from validator.upload.journal_rows import Intended
from validator.upload.lock import held, lock_folder

SERVICE = "https://library.example/v1"
GROUP = AssetGroup("group-1", "Ada", GroupKind.REAL_HUMAN)
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def intended(target: str = "a.mp4", sha256: str = "a" * 64, **said: object) -> Intended:
    given = {
        "location": f"/srv/{target}",
        "is_url": False,
        "role": Role.VOICE,
        "kind": Kind.VIDEO,
        "bytes": 7,
        "duration": Fraction(1001, 24000),
        **said,
    }
    return Intended(target, sha256=sha256, **given)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "uploads.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    clock = iter(range(1000))
    with Journal(path, now=lambda: NOW + timedelta(seconds=next(clock)), locks=path.parent) as opened:
        yield opened


def begin(journal: Journal, *those: Intended, group: AssetGroup = GROUP) -> int:
    return journal.begin(SERVICE, group, those, folder="/srv", remembered={"publish": "s3://bucket"})


def record(journal: Journal, step: Step, sha256: str = "a" * 64, **said: object) -> None:
    journal.record(SERVICE, "group-1", sha256, step, **said)


def test_nobody_else_may_read_it(path: Path, journal: Journal) -> None:
    begin(journal, intended())
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_one_that_others_can_read_no_longer_is(path: Path, journal: Journal) -> None:
    journal.close()
    path.chmod(0o644)
    Journal(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_remembers_after_it_was_closed(path: Path, journal: Journal) -> None:
    begin(journal, intended())
    record(journal, Step.CREATING, name="a-aaaaaaaaaaaaaaaa")
    record(journal, Step.CREATED, name="a-aaaaaaaaaaaaaaaa", asset_id="asset-1")
    record(journal, Step.ACTIVE, asset_id="asset-1", status="Active")
    journal.close()
    with Journal(path) as again:
        (entry,) = again.entries()
        assert again.of_asset("asset-1") == entry
        assert again.of_bytes("a" * 64) == (entry,)
        assert again.of_asset("asset-2") is None
        assert again.of_asset("") is None
        assert again.of_bytes("b" * 64) == ()
    assert (entry.target, entry.location, entry.is_url) == ("a.mp4", "/srv/a.mp4", False)
    assert (entry.role, entry.kind, entry.bytes) == (Role.VOICE, Kind.VIDEO, 7)
    assert entry.duration == Fraction(1001, 24000)
    assert (entry.state, entry.status, entry.asset_id) == (Step.ACTIVE, "Active", "asset-1")
    assert (entry.name, entry.group_id, entry.service) == ("a-aaaaaaaaaaaaaaaa", "group-1", SERVICE)
    assert entry.created < entry.updated
    assert entry.created.tzinfo is not None
    assert (entry.is_finished, entry.reference) == (True, "asset://asset-1")


def test_what_changed_last_comes_first_whatever_the_clock_says(path: Path) -> None:
    days = iter([NOW - timedelta(days=number) for number in range(100)])
    with Journal(path, now=lambda: next(days)) as journal:
        begin(journal, intended("a"), intended("b", "b" * 64), intended("c", "c" * 64))
        record(journal, Step.CREATING, "b" * 64)
        assert [entry.target for entry in journal.entries()] == ["b", "c", "a"]
        assert [entry.target for entry in journal.entries(limit=1)] == ["b"]
        assert list(journal.entries(group_id="group-2")) == []
        record(journal, Step.ACTIVE, "b" * 64, asset_id="asset-1")
        assert [entry.target for entry in journal.entries(unfinished=True)] == ["c", "a"]
        assert len(list(journal.entries(group_id="group-1"))) == 3


@pytest.mark.parametrize("name", ["caf\udce9.png", "a\nb\x1b", "'; DROP TABLE steps; --", "\ud800", "顔"])
def test_any_name_of_a_file(journal: Journal, name: str) -> None:
    begin(journal, intended(name))
    assert [(entry.target, entry.location) for entry in journal.entries()] == [(name, f"/srv/{name}")]


def test_steps_are_never_changed_or_forgotten(path: Path, journal: Journal) -> None:
    begin(journal, intended())
    journal.record_group(SERVICE, "Ada", Step.CREATING)
    with closing(sqlite3.connect(path)) as connection:
        for table in ("steps", "group_steps"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                connection.execute(f"UPDATE {table} SET step = 'active'")  # noqa: S608


def test_a_run_that_is_begun_again_is_one_that_can_be_resumed_once(journal: Journal) -> None:
    begin(journal, intended())
    second = begin(journal, intended(), intended("b", "b" * 64))
    (run,) = journal.unfinished_runs()
    assert (run.number, [entry.target for entry in run.entries]) == (second, ["a.mp4", "b"])
    assert (run.folder, run.remembered) == ("/srv", {"publish": "s3://bucket"})
    assert run.group_kind is GroupKind.REAL_HUMAN
    assert run.targets[0].role is Role.VOICE
    assert run.targets[0].group is not None
    assert journal.unfinished_runs(service="https://elsewhere.example") == ()


def test_a_file_with_other_bytes_by_now_takes_the_place_of_what_it_was(journal: Journal) -> None:
    begin(journal, intended("a", "1" * 64), intended("b", "2" * 64))
    record(journal, Step.CREATED, "2" * 64, asset_id="asset-2")
    begin(journal, intended("a", "3" * 64), intended("b", "4" * 64))
    unfinished = [(entry.target, entry.sha256[0]) for entry in journal.entries(unfinished=True)]
    # What was created still has to be waited for.
    assert sorted(unfinished) == [("a", "3"), ("b", "2"), ("b", "4")]
    dropped = next(entry for entry in journal.entries() if entry.sha256[0] == "1")
    assert dropped.state is Step.DROPPED


def test_a_url_whose_secrets_were_not_kept(journal: Journal) -> None:
    begin(journal, intended("https://host/a.png?…", location="", is_url=True))
    (run,) = journal.unfinished_runs()
    assert run.targets == ()
    assert [entry.target for entry in run.to_be_named] == ["https://host/a.png?…"]


def test_what_the_service_says_is_kept_without_urls_secrets_and_not_without_end(journal: Journal) -> None:
    begin(journal, intended())
    record(journal, Step.REJECTED, message="cannot fetch https://host/a?key=5ec7e7 " + "x" * 9000)
    (entry,) = journal.entries()
    assert "5ec7e7" not in entry.message
    assert len(entry.message) == 2000


def test_writing_from_several_threads_and_journals_at_once(path: Path, journal: Journal) -> None:
    digests = [f"{number:064x}" for number in range(8)]
    begin(journal, *(intended(digest, digest) for digest in digests))
    other = Journal(path)

    def write(number: int) -> None:
        for _ in range(10):
            record(journal if number % 2 else other, Step.CREATING, digests[number], name=str(number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM steps").fetchone() == (88,)


def test_a_newer_version_is_left_alone(path: Path, journal: Journal) -> None:
    journal.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(JournalError, match="is of version 2, and this program knows version 1"):
        Journal(path)


def test_another_programs_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE steps (x)")
    before = path.read_bytes()
    with pytest.raises(JournalError, match="another program's database"):
        Journal(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"no database at all" * 100, "it is no journal"), (b"SQLite format 3\0" + b"\xff" * 5000, "it is ")],
)
def test_what_is_no_journal_is_left_alone(path: Path, content: bytes, why: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(JournalError, match=why):
        Journal(path)
    assert path.read_bytes() == content


def test_a_damaged_journal_is_said_to_be_one(path: Path, journal: Journal) -> None:
    begin(journal, *(intended(str(number), f"{number:064x}") for number in range(200)))
    journal.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(JournalError, match=r"damaged.*Move it away"), Journal(path) as again:
        list(again.entries())


def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    path.parent.mkdir()
    path.touch()  # as a crash may leave it
    with Journal(path) as journal:
        begin(journal, intended())


@pytest.mark.skipif(os.name != "posix", reason="needs permissions")
def test_a_folder_that_may_not_be_written() -> None:
    with private_folder() as folder:
        closed = folder / "closed"
        closed.mkdir(mode=0o555)
        become_nobody()
        with pytest.raises(JournalError, match=r"Permission denied\. Name a file elsewhere"):
            Journal(closed / "uploads.sqlite3")


@pytest.mark.skipif(os.name != "posix", reason="needs permissions")
def test_a_file_that_may_only_be_read() -> None:
    with private_folder() as folder:
        path = folder / "uploads.sqlite3"
        Journal(path, locks=folder).close()
        path.chmod(0o444)
        folder.chmod(0o555)
        become_nobody()
        with pytest.raises(JournalError, match=r"may only be read|cannot be opened"):
            Journal(path, locks=folder, of_others=True)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs another user's file")
def test_a_file_of_another_user_is_taken_only_where_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "uploads.sqlite3"
    Journal(path).close()
    os.chown(path, 65534, 65534)
    with pytest.raises(JournalError, match=r"it belongs to another user\. Name a file elsewhere"):
        Journal(path)
    with Journal(path, of_others=True) as journal:
        assert list(journal.entries()) == []


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_cannot_be_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(JournalError, match="cannot be used"):
        Journal(tmp_path / name)


def test_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalError, match=r"Not a directory|File exists"):
        Journal(tmp_path / "file" / "uploads.sqlite3")


_FULL = """
import resource, sys
from pathlib import Path
from tests.upload.test_journal import begin, intended, record
from validator.errors import JournalError
from validator.upload import Journal, Step
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Journal(Path(sys.argv[1]), locks=Path(sys.argv[1]).parent) as journal:
    begin(journal, intended())
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        for number in range(10_000):
            record(journal, Step.CREATING, name=str(number) * 100)
    except JournalError as error:
        print(number, error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files as Linux does")
def test_a_full_disk_is_said_and_what_was_written_is_there(path: Path) -> None:
    command = [sys.executable, "-c", _FULL, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    number, _, said = done.stdout.partition(" ")
    assert "Then run the same command again" in said, done.stderr
    with Journal(path) as journal:
        (entry,) = journal.entries()
    assert entry.name == str(int(number) - 1) * 100


_NO_ROOM = """
import os, sys
from pathlib import Path
from validator.errors import JournalError
from validator.upload import Journal
folder, locks = Path(sys.argv[1]), Path(sys.argv[2])
def tried(name):
    try:
        with Journal(folder / name, locks=locks):
            print("fine")
    except JournalError as error:
        print(error)
tried("old.sqlite3")
descriptor = os.open(folder / "much", os.O_CREAT | os.O_WRONLY)
try:
    while True:
        os.write(descriptor, bytes(4096))
except OSError:
    pass
tried("old.sqlite3")
tried("new.sqlite3")
tried("below/new.sqlite3")
"""
_NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def test_a_disk_that_is_full_from_the_start_is_said_to_be(tmp_path: Path) -> None:
    if not shutil.which("unshare") or subprocess.run([*_NAMESPACE, "true"], check=False).returncode:
        pytest.skip("mounts a disk of its own")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = 'mount -t tmpfs -o size=300k none "$1" && exec "$2" -c "$3" "$1" "$4"'
    command = [*_NAMESPACE, "sh", "-c", mounted, "sh", str(disk), sys.executable, _NO_ROOM, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    first, *others = done.stdout.splitlines()
    assert first == "fine"
    assert len(others) == 3
    assert all("cannot be used: the disk is full. Make room." in said for said in others), others


_HOLDING = """
import sys, time
from pathlib import Path
from validator.upload.lock import held
with held(Path(sys.argv[1]), "group-1"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_is_free_when_its_holder_is_killed(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", locks=tmp_path) as journal:
        command = [sys.executable, "-c", _HOLDING, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            with pytest.raises(UploadBusy), journal.locked("group-1"):
                pass
            with journal.locked("group-2"):
                pass
            holder.kill()
        with journal.locked("group-1"), pytest.raises(UploadBusy), journal.locked("group-1"):
            pass
        with journal.locked("group-1"):
            pass


def test_locks_leave_nothing_behind_and_hold_while_others_come_and_go(tmp_path: Path) -> None:
    inside, most = [0], [0]
    alone = threading.Lock()

    def come_and_go() -> None:
        done = 0
        while done < 300:
            with suppress(UploadBusy), held(tmp_path, "group-1"):
                with alone:
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                done += 1
                with alone:
                    inside[0] -= 1

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert list(tmp_path.iterdir()) == []


def test_journals_in_several_places_share_their_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with (
        Journal(tmp_path / "a" / "j") as one,
        Journal(tmp_path / "b" / "j") as other,
        one.locked("group"),
        pytest.raises(UploadBusy),
        other.locked("group"),
    ):
        pass
    assert stat.S_IMODE((tmp_path / "data" / "seedance-validator" / "locks").stat().st_mode) == 0o700


def test_a_journal_is_locked_whatever_the_users_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "one"))
    (tmp_path / "link").symlink_to(tmp_path / "a", target_is_directory=True)
    with Journal(tmp_path / "a" / "j") as journal, journal.locked("group"):
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "two"))
        for path in (tmp_path / "a" / "j", tmp_path / "link" / "j"):
            with Journal(path) as other, pytest.raises(UploadBusy), other.locked("group"):
                pass
    assert not list(tmp_path.rglob("*.lock"))


def test_where_the_users_folder_cannot_be_written_locks_lie_beside_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    assert lock_folder(tmp_path / "uploads.sqlite3") == tmp_path


def test_where_the_journal_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert journal_path(Config()) == tmp_path / "seedance-validator" / "uploads.sqlite3"
    assert journal_path(Config(upload=UploadSettings(journal="/srv/j"))) == Path("/srv/j")


def test_somebody_without_a_home_names_a_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr("platformdirs.user_data_path", nowhere)
    with pytest.raises(UsageError, match="name a file with --journal"):
        journal_path(Config())
    assert lock_folder(Path("/srv/j")) == Path("/srv")
