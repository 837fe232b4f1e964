"""The bar shows how much there is in all, once that is counted, and nothing that is not known."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from queue import Queue

import pytest

from validator.cli.progress import Bar

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def drawn(
    move: Callable[[Bar], None],
    monkeypatch: pytest.MonkeyPatch,
    counted: int | None,
    width: int = 80,
) -> list[str]:
    """What stands on a terminal of this width once the bar was moved, line by line as it was drawn."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    counting = Queue[threading.Thread]()

    def count(_: threading.Event) -> int | None:
        counting.put(threading.current_thread())
        return counted

    stream = io.StringIO()
    with Bar(stream, color=False, delay=0, count=count) as bar:
        bar.update(0, None)
        counting.get(timeout=20).join(20)
        move(bar)
    text = ESCAPES.sub("\r", stream.getvalue())
    return [line for line in re.split(r"[\r\n]+", text) if line.strip()]


def test_of_as_many_as_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    (*_, last) = drawn(lambda bar: bar.update(2, None, "b.png"), monkeypatch, 3000)
    assert re.search(r" +2/3000 0:00:0\d elapsed b\.png$", last.rstrip())


def test_what_was_named_twice_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    (*_, last) = drawn(lambda bar: bar.update(2, None, repeated=6), monkeypatch, 10)
    assert " 2/4 " in last


def test_what_came_since_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    (*_, last) = drawn(lambda bar: bar.update(7, None), monkeypatch, 5)
    assert " 7/7 " in last


def test_what_is_not_known_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    (*_, last) = drawn(lambda bar: bar.update(2, None, "b.png"), monkeypatch, None)
    assert " 2/? " in last


def test_a_total_that_is_given_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    (*_, last) = drawn(lambda bar: bar.update(2, 9, "bytes"), monkeypatch, 5)
    assert " 2/9 " in last


@pytest.mark.parametrize("width", [60, 80, 140])
def test_it_fits_and_grows_with_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = drawn(lambda bar: bar.update(999_999, None, "a/" * 99), monkeypatch, 1_000_000, width)
    assert max(map(len, lines)) <= width
    assert lines[-1].count("\N{BOX DRAWINGS HEAVY HORIZONTAL}") >= width * 3 // 8 - 1


def test_the_end_of_the_run_stops_the_counting() -> None:
    stopped = Queue[bool]()

    def count(stop: threading.Event) -> None:
        begun.set()
        stopped.put(stop.wait(20))

    begun = threading.Event()
    with Bar(io.StringIO(), color=False, delay=0, count=count) as bar:
        assert begun.wait(20)
        bar.update(1, None)  # nobody waits for the number
    assert stopped.get(timeout=20)


def test_a_run_that_is_soon_over_counts_nothing() -> None:
    asked: list[threading.Event] = []
    with Bar(io.StringIO(), color=False, delay=60, count=asked.append) as bar:
        bar.update(1, None)
    assert asked == []
