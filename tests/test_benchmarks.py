"""The benchmark's own parts: rows that the README has, costs of all processes, media alike each time."""

from __future__ import annotations

import ctypes
import hashlib
import socket
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.benchmarks import loops
from tests.benchmarks.corpus import COUNTS, FOLDERS, LARGE, Corpus
from tests.benchmarks.costs import CommandError, measured
from tests.benchmarks.ratios import Spread, Target
from tests.benchmarks.server import serving
from tests.benchmarks.subjects import SUBJECTS, TARGETS
from tests.benchmarks.tables import BEGIN, END, README, read_rows, targets_table, written

ADOPTS_ORPHANS = 37  # PR_GET_CHILD_SUBREAPER
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="costs are read from /proc")


def test_the_readme_has_the_rows_that_are_measured() -> None:
    assert read_rows(README.read_text(encoding="utf-8")) == [(each.title, each.bound) for each in TARGETS]


def test_no_two_rows_are_alike() -> None:
    assert len({target.title for target in TARGETS}) == len(TARGETS)
    assert not any("|" in target.title for target in TARGETS)


def test_a_table_goes_to_its_place_and_nowhere_else() -> None:
    table = targets_table(TARGETS, {})
    text = written(f"before\n{BEGIN}\nold\n{END}\nafter\n", table)
    assert text == f"before\n{BEGIN}\n{table}\n{END}\nafter\n"
    assert read_rows(text) == [(each.title, each.bound) for each in TARGETS]
    with pytest.raises(ValueError, match="no place"):
        written("nothing", table)


def test_a_miss_is_said() -> None:
    rows = [Target("a", most=2), Target("b", least=2, unit=" MB"), Target("c"), Target("d", most=1)]
    found = {"a": Spread((2.5, 1, 3)), "b": Spread((3,)), "c": Spread((3,))}
    assert targets_table(rows, found).splitlines()[2:] == [
        "| a | ≤ 2 | 2.50 (1.00 to 3.00) | **missed** |",
        "| b | ≥ 2 MB | 3.00 MB | met |",
        "| c | – | 3.00 |  |",
        "| d | ≤ 1 | not measured |  |",
    ]


@LINUX
def test_a_cost_has_all_processes_in_it(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.write_bytes(bytes(3_000_000))
    child = f"import time; data = open({str(media)!r}, 'rb').read() * 20; time.sleep(0.3)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print('done')"
    ran = measured([sys.executable, "-c", code])
    assert ran.out == "done\n"
    assert ran.cost.processes == 2
    assert ran.cost.read > 3_000_000
    assert ran.cost.memory > 60_000_000
    assert ran.cost.cpu > 0
    assert ran.cost.wall > 0.3


@LINUX
def test_what_is_left_to_end_by_itself_is_counted_where_it_has_ended(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.write_bytes(bytes(30_000_000))
    child = f"open({str(media)!r}, 'rb').read()"
    code = (
        "import os, sys, subprocess, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)\nos._exit(0)"
    )
    assert measured([sys.executable, "-c", code]).cost.read > 30_000_000


def test_a_command_that_fails_has_no_cost() -> None:
    with pytest.raises(CommandError, match="ended with 3: why"):
        measured([sys.executable, "-c", "import sys; sys.stderr.write('why'); sys.exit(3)"])


@LINUX
def test_what_others_leave_behind_is_not_adopted_later() -> None:
    measured([sys.executable, "-c", ""])
    adopts = ctypes.c_int(-1)
    ctypes.CDLL(None).prctl(ADOPTS_ORPHANS, ctypes.byref(adopts), 0, 0, 0)
    assert adopts.value == 0


@LINUX
def test_a_host_counts_what_was_transferred_whether_it_was_read_or_not(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "large.bin").write_bytes(bytes(50_000_000))
    with serving(tmp_path, 0) as host:
        connection = HTTPConnection("127.0.0.1", host.port)
        connection.request("GET", "/a.bin")
        whole = connection.getresponse().read()
        connection.request("GET", "/a.bin", headers={"Range": "bytes=-3"})
        answer = connection.getresponse()
        assert (answer.status, answer.read(), answer.getheader("Content-Range")) == (
            206,
            whole[-3:],
            "bytes 1021-1023/1024",
        )
        connection.request("GET", "/none")
        assert connection.getresponse().status == 404
        connection.close()
        counts = host.counts()
        assert counts["requests"] == 3
        assert 1027 < counts["bytes"] < 2_000
        with socket.create_connection(("127.0.0.1", host.port)) as hung_up:
            hung_up.sendall(b"GET /large.bin HTTP/1.1\r\n\r\n")
            assert len(hung_up.recv(1000, socket.MSG_WAITALL)) == 1000
        counts = host.counts()
        assert counts["requests"] == 1
        assert 1000 <= counts["bytes"] < 50_000_000


def test_media_are_the_same_each_time(tmp_path: Path) -> None:
    from tests.benchmarks.corpus_pictures import MAKERS

    digests = []
    for again in ("first", "second"):
        folder = tmp_path / again
        folder.mkdir()
        for number, maker in enumerate(MAKERS.values()):
            maker(folder, number, folder)
        digests.append({path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir()})
    assert digests[0] == digests[1]
    assert len(digests[0]) == len(MAKERS)


def test_a_share_has_all_folders_and_all_large_files() -> None:
    corpus = Corpus(Path("nowhere"), 0.001)
    assert {part: corpus.count(part) for part in COUNTS} == {
        **dict.fromkeys(COUNTS, FOLDERS),
        "large": len(LARGE),
    }


def test_the_plain_loops_decode_what_the_fixtures_hold(capsys: pytest.CaptureFixture[str]) -> None:
    media = Path(__file__).parent.parent / "fixtures/media"
    for name in ("image-300x400.png", "animated.gif", "heic-called.jpg"):
        loops.opened_picture(str(media / name))
        loops.loaded_picture(str(media / name))
    for name in ("hevc.mp4", "audio.wav", "audio.mp3"):
        loops.opened_media(str(media / name))
        loops.decoded_media(str(media / name))
    loops.missing("20")
    assert capsys.readouterr().out.count("[") == 11


def test_every_subject_has_rows() -> None:
    assert all(targets for targets, _ in SUBJECTS.values())
