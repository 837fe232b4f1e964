"""Several processes use one file at once, and some of them are killed."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.permissions import become_nobody, private_folder
from validator.fact_store import FILE, Row, Store, StoreError

WRITER = """
import sys
from pathlib import Path
from validator.fact_store import Row, Store
folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store = Store(folder, 50_000_000)
print("ready", flush=True)
sys.stdin.readline()
for start in range(first, first + count, 50):
    store.add([Row(b"%d" % number, b"same", b"%d|" % number * 100) for number in range(start, start + 50)])
    assert store.by_key(b"%d" % start) is not None
    print(start, flush=True)
store.close()
"""


def writer(folder: Path, first: int, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(first), str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()


def check(folder: Path) -> int:
    """How many rows there are, all of which are whole."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        keys = [key for (key,) in connection.execute("SELECT key FROM facts")]
    with closing(Store(folder, 50_000_000)) as store:
        for key in keys:
            assert store.by_key(key) == Row(key, b"same", (key + b"|") * 100)
    return len(keys)


def test_processes_that_write_at_once_all_write(tmp_path: Path) -> None:
    processes = [writer(tmp_path, number * 10_000, 1_000) for number in range(3)]
    for process in processes:
        begin(process)
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    assert check(tmp_path) == 3_000


@pytest.mark.skipif(sys.platform == "win32", reason="nobody is killed there")
def test_what_is_killed_while_it_writes_leaves_what_it_wrote(tmp_path: Path) -> None:
    written = 0
    for number in range(6):
        process = writer(tmp_path, number * 1_000_000, 1_000_000)
        begin(process)
        assert process.stdout is not None
        for _ in range(5 + number * 7):  # the next time at another moment
            process.stdout.readline()
            written += 50
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert check(tmp_path) >= written


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such permissions")
def test_a_file_that_may_only_be_read_is_read() -> None:
    with private_folder() as folder:
        with closing(Store(folder, 1_000_000)) as store:
            store.add([Row(b"key", None, b"facts")])
        (folder / FILE).chmod(0o444)
        folder.chmod(0o555)
        become_nobody()
        with closing(Store(folder, 1_000_000)) as store:
            assert store.by_key(b"key") == Row(b"key", None, b"facts")
            with pytest.raises(StoreError, match="it may only be read"):
                store.add([Row(b"other", None, b"facts")])
            assert store.by_key(b"key") == Row(b"key", None, b"facts")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such permissions")
def test_a_folder_that_may_only_be_read_holds_no_new_file() -> None:
    with private_folder() as folder:
        folder.chmod(0o555)
        become_nobody()
        with pytest.raises(StoreError, match="Permission denied"):
            Store(folder, 1_000_000)
