"""What is done at once is taken in its order."""

from __future__ import annotations

import threading

import pytest

from validator import Cancelled
from validator.repair.turns import Turns


def test_one_that_ends_early_does_not_let_others_pass_who_come_before() -> None:
    turns = Turns()
    first, second, third = (turns.next() for _ in range(3))
    second.end()
    passed = threading.Event()

    def wait() -> None:
        third.wait()
        passed.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not passed.wait(0.2)
    first.end()
    thread.join(30)
    assert passed.is_set()


def test_a_turn_may_end_twice_and_long_after_it_came() -> None:
    turns = Turns()
    first, second = turns.next(), turns.next()
    first.end()
    second.end()
    first.end()
    turns.next().wait()


def test_who_waits_hears_a_wish_to_stop() -> None:
    stop = threading.Event()
    turns = Turns(stop.is_set)
    turns.next()
    second = turns.next()
    stop.set()
    with pytest.raises(Cancelled):
        second.wait()
