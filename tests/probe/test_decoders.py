"""Decoders: the same measurement as in this process, by another one that gets the open file."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import decoder
from tests.probe.media import never
from validator import Asset, Decoders, Depth, Facts
from validator.errors import Cancelled, ConfigError
from validator.intake.source import open_local
from validator.model import VideoFacts
from validator.probe import probe
from validator.probe.examine import Ask
from validator.probe.media import facts_type
from validator.workers import can_send_files

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
PICTURE = MEDIA / "image-301x400.png"

pytestmark = [
    pytest.mark.skipif(not can_send_files(), reason="this system has no decoding workers"),
    pytest.mark.usefixtures("measured_processes"),
]


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    with Decoders(processes=2) as decoders:
        yield decoders


def by_worker(decoders: Decoders, path: Path, depth: Depth = Depth.STANDARD) -> Facts:
    asset = Asset(path.name, str(path))
    with open_local(asset) as source:
        return probe(asset, source, depth=depth, decoders=decoders)


def here(path: Path, depth: Depth = Depth.STANDARD) -> Facts:
    asset = Asset(path.name, str(path))
    with open_local(asset) as source:
        return probe(asset, source, depth=depth)


@pytest.mark.parametrize("path", sorted(MEDIA.iterdir()), ids=lambda path: path.name)
def test_the_facts_are_the_same(path: Path, decoders: Decoders) -> None:
    for depth in (Depth.HEADER, Depth.STANDARD):
        assert by_worker(decoders, path, depth) == here(path, depth)


def test_stills_come_along(decoders: Decoders) -> None:
    for name, format_name in (("image-301x400.png", "png"), ("video-2.1s.mp4", "mp4")):
        path = next(path for path in MEDIA.iterdir() if path.name == name or path.suffix == f".{format_name}")
        with path.open("rb") as file:
            (found,) = decoders.examined([file], [Ask(stills=True)], [None], never)
        theirs = found.measurement
        assert theirs is not None
        assert theirs.stills
        assert all(len(still.rgb) == still.width * still.height * 3 for still in theirs.stills)
        if facts_type(format_name) is VideoFacts:
            assert all(still.time is not None for still in theirs.stills)


def test_it_is_the_open_file_that_is_read_and_not_its_name(decoders: Decoders, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PICTURE.read_bytes())
    asset = Asset("a.png", str(path))
    with open_local(asset) as source:
        path.unlink()
        path.write_bytes(b"something else")
        facts = probe(asset, source, decoders=decoders)
    assert facts == here(PICTURE)


def test_many_threads_share_it(decoders: Decoders) -> None:
    paths = sorted(MEDIA.glob("*.png"))[:8] * 3
    with ThreadPoolExecutor(8) as pool:
        facts = list(pool.map(lambda path: by_worker(decoders, path), paths))
    assert facts == [here(path) for path in paths[:8]] * 3


def test_a_wish_to_stop_is_heard_while_a_decoder_is_stuck(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PICTURE.read_bytes() + b"spell:hang")
    stop = threading.Event()
    before = time.monotonic()
    timer = threading.Timer(0.3, stop.set)
    timer.start()
    with Decoders(handler=decoder.HANDLER) as decoders, path.open("rb") as file, pytest.raises(Cancelled):
        decoders.examined([file], [Ask()], [None], stop.is_set)
    timer.join()
    assert time.monotonic() - before < 30


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        ("tests.no_such_module:handler", "no decoding process could be started (ModuleNotFoundError"),
        ("tests.workers.handlers:length", "internal error"),
    ],
)
def test_what_does_not_work_is_no_verdict(handler: str, reason: str) -> None:
    with Decoders(handler=handler) as decoders:
        facts = by_worker(decoders, PICTURE)
    assert reason in facts.why_unmeasured("width")
    assert facts.file.integrity is None
    assert facts.file.sha256 is not None


def test_an_answer_that_makes_no_sense_is_no_verdict() -> None:
    with Decoders(handler="tests.workers.handlers:nonsense") as decoders:
        facts = by_worker(decoders, PICTURE)
    assert facts.why_unmeasured("integrity").startswith("the decoder's answer makes no sense")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("processes", -1),
        ("processes", "2"),
        ("processes", True),
        ("seconds", 0),
        ("seconds", float("inf")),
        ("seconds", float("nan")),
        ("memory", 4000),
        ("memory", 4e9),
    ],
)
def test_numbers_that_make_no_sense_are_refused(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"Decoders: {name}={value!r} is no number of"):
        Decoders(**{name: value})


def test_closed_ones_measure_nothing() -> None:
    decoders = Decoders()
    decoders.close()
    facts = by_worker(decoders, PICTURE)
    assert facts.why_unmeasured("integrity") == (
        "no decoding process could be started (the decoders are closed)"
    )


def test_where_no_process_may_be_started_all_can_be_done_here() -> None:
    with Decoders(processes=0, handler="tests.no_such_module:handler") as decoders:
        assert by_worker(decoders, PICTURE) == here(PICTURE)


def test_without_a_way_to_hand_over_files_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "send_fds")
    with Decoders(handler="tests.no_such_module:handler") as decoders:
        assert by_worker(decoders, PICTURE) == here(PICTURE)


@pytest.mark.parametrize(
    ("spell", "integrity", "expansion"),
    [
        ("die", "decoder-crashed", "sane"),
        ("hang", None, "time"),
        ("eat", None, "memory"),
        ("be-killed", None, "memory"),
        ("raise", None, "sane"),
    ],
)
def test_what_the_header_says_stays_known_where_decoding_is_lost(
    tmp_path: Path, spell: str, integrity: str | None, expansion: str
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PICTURE.read_bytes() + f"spell:{spell} ".encode() + decoder.AT_ITS_HEADER)
    with Decoders(handler=decoder.HANDLER, seconds=2) as decoders:
        facts = by_worker(decoders, path)
    assert (facts.file.integrity, facts.file.expansion, facts.lasting) == (integrity, expansion, False)
    assert facts.media == here(path, Depth.HEADER).media


def test_a_decoder_that_was_killed_once_gets_another_try(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PICTURE.read_bytes() + b"spell:be-killed-once " + bytes(tmp_path / "marker"))
    with Decoders(handler=decoder.HANDLER) as decoders:
        facts = by_worker(decoders, path)
    assert (tmp_path / "marker").exists()
    assert facts.file.integrity == "whole"
