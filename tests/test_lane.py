"""Work in a row: all of it is done, in shares that are small where it is slow."""

from __future__ import annotations

import threading
from queue import SimpleQueue

import pytest

from validator.errors import OutOfResources
from validator.lane import Lane, Pace


def done_by(threads: int, count: int) -> list[int]:
    """The numbers up to a count, as a lane has done them."""
    done = SimpleQueue[int]()

    def work(pieces: list[int]) -> None:
        for piece in pieces:
            done.put(piece)

    lane = Lane[int]("test", threads, work, at_most=8)
    for number in range(count):
        lane.put(number)
    numbers = [done.get(timeout=5) for _ in range(count)]
    lane.close()
    assert done.empty()
    return numbers


class TestPace:
    def test_what_nobody_has_met_is_taken_alone(self) -> None:
        assert Pace(64).share(["jpg"] * 9) == 1

    def test_what_is_quick_is_taken_together_up_to_a_bound(self) -> None:
        pace = Pace(64)
        pace.learn(["jpg"], 1e-6)
        assert pace.share(["jpg"] * 500) == 64
        assert pace.usual > 1

    def test_what_is_slow_is_taken_alone_also_behind_what_is_quick(self) -> None:
        pace = Pace(64)
        pace.learn(["jpg"], 1e-6)
        pace.learn(["mp4"], 2.0)
        assert pace.share(["mp4", "jpg"]) == 1
        assert pace.share(["jpg", "jpg", "mp4", "jpg"]) == 2

    def test_quick_work_is_believed_at_once_and_slow_work_soon(self) -> None:
        pace = Pace(64)
        pace.learn(["jpg"], 10.0)
        pace.learn(["jpg"], 1e-6)
        assert pace.share(["jpg"] * 64) == 64
        for _ in range(3):
            pace.learn(["jpg"], 1.0)
        assert pace.share(["jpg"] * 64) == 1

    def test_kinds_without_end_are_not_all_remembered(self) -> None:
        pace = Pace(64)
        for number in range(1_000):
            pace.learn([str(number)], 1e-6)
        assert pace.share(["0"] * 9) == 1
        assert pace.share(["999"] * 9) == 9


class TestLane:
    def test_all_is_done_once(self) -> None:
        assert sorted(done_by(threads=3, count=500)) == list(range(500))

    def test_with_one_thread_in_order(self) -> None:
        assert done_by(threads=1, count=100) == list(range(100))

    def test_several_threads_share_what_waits(self) -> None:
        go, shares = threading.Event(), SimpleQueue[int]()

        def work(pieces: list[int]) -> None:
            assert go.wait(5)
            shares.put(len(pieces))

        lane = Lane[int]("test", 2, work, at_most=64)
        lane.pace.learn([""], 1e-6)
        for number in range(34):
            lane.put(number)
        go.set()
        taken = 0
        while taken < 34:
            share = shares.get(timeout=5)
            assert share <= 17, "the other one gets its half"
            taken += share
        lane.close()

    def test_what_waits_when_it_is_closed_is_not_begun(self) -> None:
        began, go, done = threading.Event(), threading.Event(), list[int]()

        def work(pieces: list[int]) -> None:
            began.set()
            assert go.wait(5)
            done.extend(pieces)

        lane = Lane[int]("test", 1, work)
        for number in range(5):
            lane.put(number)
        assert began.wait(5)
        threading.Timer(0.02, go.set).start()
        lane.close()
        assert done == [0]

    def test_where_no_thread_starts_it_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def start(_: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        lane = Lane[int]("test", 1, lambda _: None)
        monkeypatch.setattr(threading.Thread, "start", start)
        with pytest.raises(OutOfResources, match="no thread could be started: can't start new thread"):
            lane.put(1)
        lane.close()
