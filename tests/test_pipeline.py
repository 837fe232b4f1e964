"""Fetching and measuring side by side: bounded, in order, and each asset's trouble is its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from validator.errors import Cancelled, OutOfResources
from validator.intake.download import Downloader
from validator.intake.source import Source, open_local
from validator.model import Asset, Facts, FileFacts, LinkFacts
from validator.pipeline import Pipeline
from validator.probe import Job
from validator.prober import Prober
from validator.recall import Recall
from validator.room import Room
from validator.task import Wish


class Together:
    """A prober of ours, as far as a pipeline knows it."""

    together = True
    is_gated = False

    def __init__(self, probe: Callable[[Sequence[Job]], list[Facts]]) -> None:
        self._probe = probe

    def many(self, _cancelled: Callable[[], bool]) -> Callable[[Sequence[Job]], list[Facts]]:
        return self._probe

    def peek(self, _wish: Wish, _cancelled: Callable[[], bool]) -> None:
        return None


class Host:
    """What fetches; each URL waits until it is let go, if it has to."""

    def __init__(self, held: Sequence[str] = ()) -> None:
        self.gates = {name: threading.Event() for name in held}
        self.lock = threading.Lock()
        self.fetched: list[str] = []
        self.at_once = self.most = 0

    def fetch(self, asset: Asset, peek: object = None, known: object = None) -> Source:
        del peek, known
        with self.lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        gate = self.gates.get(asset.target)
        assert gate is None or gate.wait(10)
        with self.lock:
            self.at_once -= 1
            self.fetched.append(asset.target)
        if asset.target.startswith("bad"):
            raise RuntimeError("no luck")
        return Source(None, FileFacts(), LinkFacts())


def of_each(jobs: Sequence[Job]) -> list[Facts]:
    return [Facts(file=FileFacts(access_detail=job.asset.target)) for job in jobs]


@contextmanager
def pipeline(
    probe: Callable[[Sequence[Job]], list[Facts]] = of_each,
    host: Host | None = None,
    **choices: Any,
) -> Iterator[Pipeline]:
    stop = threading.Event()
    made = Pipeline(
        prober=cast("Prober", Together(probe)),
        downloader=lambda: cast("Downloader", host),
        recall=Recall(None, None, frozenset()),
        cancelled=stop.is_set,
        **{"threads": 2, "downloads": 3, **choices},
    )
    try:
        yield made
    finally:
        stop.set()
        made.close()


def url(name: str) -> Wish:
    return Wish(Asset(name, f"https://h/{name}", is_url=True), ())


def file(path: Path | str) -> Wish:
    return Wish(Asset(str(path), str(path)), ())


def said(line: Pipeline) -> str:
    facts = line.next().facts
    assert facts is not None
    return facts.file.access_detail or ""


class TestUrls:
    def test_are_fetched_beside_each_other_and_come_in_order(self) -> None:
        host = Host(["u0"])
        with pipeline(host=host) as line:
            for number in range(9):
                line.begin(url(f"u{number}"))
            while len(host.fetched) < 8:
                threading.Event().wait(0.001)
            assert not line.is_ready
            host.gates["u0"].set()
            assert [said(line) for _ in range(9)] == [f"u{number}" for number in range(9)]
        assert host.most <= 3

    def test_no_more_are_under_way_than_there_is_room_for(self) -> None:
        with pipeline(host=Host()) as line:
            begun = 0
            while not line.is_full:
                line.begin(url(f"u{begun}"))
                begun += 1
            assert begun == 12, "four for each download"

    def test_what_is_fetched_waits_for_room_among_what_is_measured(self) -> None:
        host, go = Host(), threading.Event()

        def slow(jobs: Sequence[Job]) -> list[Facts]:
            assert go.wait(10)
            return of_each(jobs)

        with pipeline(slow, host, threads=1, downloads=2) as line:
            for number in range(8):
                line.begin(url(f"u{number}"))
            while len(host.fetched) < 4:
                threading.Event().wait(0.001)
            threading.Event().wait(0.05)
            assert len(host.fetched) == 4, "two at a time, and two for the thread that measures"
            go.set()
            assert [said(line) for _ in range(8)] == [f"u{number}" for number in range(8)]

    def test_what_is_fetched_waits_for_room_on_the_disk(self, tmp_path: Path) -> None:
        large = tmp_path / "large"
        large.write_bytes(bytes(1_000))
        go = threading.Event()

        class Giving(Host):
            def fetch(self, asset: Asset, peek: object = None, known: object = None) -> Source:
                super().fetch(asset, peek, known)
                return open_local(Asset("large", str(large)))

        def slow(jobs: Sequence[Job]) -> list[Facts]:
            assert go.wait(10)
            return of_each(jobs)

        host = Giving()
        with pipeline(slow, host, threads=1, downloads=1, room=Room(8, most_bytes=2_000)) as line:
            for number in range(4):
                line.begin(url(f"u{number}"))
            while len(host.fetched) < 2:
                threading.Event().wait(0.001)
            threading.Event().wait(0.05)
            assert len(host.fetched) == 2, "what comes is as large as what is there may be"
            go.set()
            assert [said(line) for _ in range(4)] == [f"u{number}" for number in range(4)]

    def test_a_slow_host_keeps_nobody_from_measuring_files(self, tmp_path: Path) -> None:
        host, measured = Host(["u"]), threading.Event()

        def probe(jobs: Sequence[Job]) -> list[Facts]:
            if not jobs[0].asset.is_url:
                measured.set()
            return of_each(jobs)

        with pipeline(probe, host, threads=1, downloads=1) as line:
            line.begin(url("u"))
            line.begin(file(tmp_path))
            assert measured.wait(5)
            host.gates["u"].set()
            assert said(line) == "u"

    def test_a_bug_in_fetching_concerns_one_alone(self) -> None:
        with pipeline(host=Host()) as line:
            for name in ("bad", "good"):
                line.begin(url(name))
            facts = line.next().facts
            assert facts is not None
            assert facts.unmeasured["*"] == "internal error: RuntimeError: no luck"
            assert (facts.lasting, facts.link) == (False, LinkFacts())
            assert said(line) == "good"


class TestFiles:
    def test_quick_ones_are_measured_together(self, tmp_path: Path) -> None:
        shares: list[int] = []

        def probe(jobs: Sequence[Job]) -> list[Facts]:
            shares.append(len(jobs))
            return of_each(jobs)

        paths = [tmp_path / f"{number}.png" for number in range(400)]
        with pipeline(probe) as line:
            came: list[str] = []
            for path in paths:
                line.begin(file(path))
                while line.is_full:
                    came.append(said(line))
            while line:
                came.append(said(line))
        assert came == [str(path) for path in paths]
        assert sum(shares) == 400
        assert len(shares) < 400

    def test_an_error_in_one_is_told_of_that_one(self, tmp_path: Path) -> None:
        paths = [tmp_path / f"{number}.png" for number in range(40)]
        for path in paths:
            path.write_bytes(b"bytes")

        def probe(jobs: Sequence[Job]) -> list[Facts]:
            if any(job.asset.target.endswith("17.png") for job in jobs):
                raise ValueError("not this one")
            return of_each(jobs)

        with pipeline(probe) as line:
            for path in paths:
                line.begin(file(path))
            reasons = [task.facts.unmeasured for task in taken(line) if task.facts is not None]
        assert [number for number, reason in enumerate(reasons) if reason] == [17]
        assert reasons[17]["*"] == "internal error: ValueError: not this one"

    def test_they_are_closed(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(b"bytes")
        with pipeline() as line:
            line.begin(file(tmp_path / "a.png"))
            (task,) = taken(line)
        assert task.source is not None
        assert task.source.file is not None
        assert task.source.file.closed

    def test_one_that_is_written_to_meanwhile(self, tmp_path: Path) -> None:
        path = tmp_path / "a.png"
        path.write_bytes(b"bytes")

        def probe(jobs: Sequence[Job]) -> list[Facts]:
            path.write_bytes(b"more bytes")
            return of_each(jobs)

        with pipeline(probe) as line:
            line.begin(file(path))
            (task,) = taken(line)
        assert task.facts is not None
        assert task.facts.file.access == "unreadable"

    def test_a_wish_to_stop_is_raised_in_its_turn(self, tmp_path: Path) -> None:
        def probe(_: Sequence[Job]) -> list[Facts]:
            raise Cancelled("stop")

        with pipeline(probe) as line:
            line.begin(file(tmp_path))
            with pytest.raises(Cancelled):
                line.next()

    def test_that_no_thread_starts_for_a_url_is_raised_in_its_turn(self) -> None:
        class Crowded(Host):
            def fetch(self, *_: object) -> Source:
                raise OutOfResources("no thread could be started")

        with pipeline(host=Crowded()) as line:
            line.begin(url("u"))
            with pytest.raises(OutOfResources):
                line.next()


def taken(line: Pipeline) -> list[Any]:
    tasks = []
    while line:
        tasks.append(line.next())
    return tasks


def test_what_was_fetched_and_is_not_wanted_any_more_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"bytes")
    opened: list[Source] = []
    there, go = threading.Event(), threading.Event()

    class Opening(Host):
        def fetch(self, asset: Asset, peek: object = None, known: object = None) -> Source:
            del asset, peek, known
            opened.append(open_local(Asset(str(path), str(path))))
            if len(opened) == 2:
                there.set()
            return opened[-1]

    def slow(jobs: Sequence[Job]) -> list[Facts]:
        assert go.wait(10)
        return of_each(jobs)

    with pipeline(slow, Opening(), threads=1, downloads=1) as line:
        line.begin(url("u0"))
        line.begin(url("u1"))
        assert there.wait(5)
        threading.Timer(0.02, go.set).start()
    assert all(source.file is not None and source.file.closed for source in opened)
