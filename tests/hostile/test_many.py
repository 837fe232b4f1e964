"""Hostile inputs among honest ones, and by the thousand: they change nothing, and leave nothing behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from itertools import cycle, islice
from pathlib import Path

import msgspec
import pytest

import validator
from fixtures.catalogue import MEDIA
from tests.cli.process import CHECKOUT
from tests.hostile import strangers
from tests.hostile.decoder import HANDLER
from tests.hostile.leftovers import held
from tests.nobody import NOBODY
from validator import Decoders
from validator.workers import can_send_files

_TWO = msgspec.structs.replace(NOBODY, workers=2)
_SMALL = 12_000  # bytes: what is judged quickly
_EVERY = 10

pytestmark = pytest.mark.skipif(not can_send_files(), reason="this system has no decoding workers")

Judged = dict[str, tuple[str, list[tuple[str, str]]]]


def _honest(folder: Path, count: int, largest: int) -> list[Path]:
    """Copies of fixtures, under names of their own."""
    sources = [path for path in sorted(MEDIA.iterdir()) if path.stat().st_size <= largest]
    copies = []
    for number, source in enumerate(islice(cycle(sources), count)):
        copy = folder / f"{number}-{source.name}"
        copy.write_bytes(source.read_bytes())
        copies.append(copy)
    return copies


def _judged(paths: list[Path]) -> Judged:
    with Decoders(processes=2, handler=HANDLER) as decoders:
        report = validator.lint(paths, _TWO, decoders=decoders)
    return {
        result.asset.target: (
            result.verdict.value,
            [(finding.code, finding.severity.value) for finding in result.findings],
        )
        for result in report.assets
    }


def _neighbours_change_nothing(folder: Path, count: int, largest: int = 10**9) -> None:
    (folder / "honest").mkdir()
    (folder / "hostile").mkdir()
    honest = _honest(folder / "honest", count - count // _EVERY, largest)
    hostile = list(strangers.written(folder / "hostile", count // _EVERY, strangers.SPELLS))
    alone = _judged(honest)
    mixed: list[Path] = []
    others = iter(hostile)
    for number, path in enumerate(honest, 1):
        mixed += [path, next(others)] if number % (_EVERY - 1) == 0 else [path]
    assert len(mixed) == count
    together = _judged(mixed)
    assert {str(path): together[str(path)] for path in honest} == alone
    assert len({verdict for verdict, _ in alone.values()}) == 3  # all verdicts are among the honest ones
    for path in hostile:
        passes = path.name.split("-", 1)[1] in strangers.PASSING
        assert (together[str(path)][0] == "pass") is passes, path.name


def test_hostile_neighbours_change_no_verdict_of_a_few(tmp_path: Path) -> None:
    _neighbours_change_nothing(tmp_path, 120, _SMALL)


@pytest.mark.slow
def test_hostile_neighbours_change_no_verdict(tmp_path: Path) -> None:
    _neighbours_change_nothing(tmp_path, 300)


def _nothing_is_left(folder: Path, count: int) -> None:
    (folder / "temporary").mkdir()
    (folder / "inputs").mkdir()
    result = subprocess.run(
        [sys.executable, "-m", "tests.hostile.leftovers", str(folder / "inputs"), str(count)],
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
        env={**os.environ, "TMPDIR": str(folder / "temporary")},
    )
    assert result.returncode == 0, result.stderr
    counted = json.loads(result.stdout)
    assert counted["after"] == counted["before"]
    assert counted["before"]["children"] == []
    assert sum(counted["verdicts"].values()) == count
    assert counted["verdicts"]["fail"] > count * 2 / 3
    assert counted["verdicts"].get("unjudged", 0) < count / 10


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is counted in /proc")
class TestLeftovers:
    def test_what_is_left_would_be_seen(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        before = held()
        wait = [sys.executable, "-c", "input()"]
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        with (
            socket.create_server(("127.0.0.1", 0)),
            tempfile.NamedTemporaryFile(),
            subprocess.Popen(wait, stdin=subprocess.PIPE),
        ):
            now = held()
        stop.set()
        thread.join()
        more = {name: len(now[name]) - len(before[name]) for name in now}
        assert more == {"threads": 1, "children": 1, "files": 3, "temporary": 1}
        assert held() == before

    def test_nothing_is_left_after_100_hostile_inputs(self, tmp_path: Path) -> None:
        _nothing_is_left(tmp_path, 100)

    @pytest.mark.slow
    def test_nothing_is_left_after_1000_hostile_inputs(self, tmp_path: Path) -> None:
        _nothing_is_left(tmp_path, 1_000)
