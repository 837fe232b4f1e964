"""Requests are spread, among any number of threads, below what the service takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.upload.driving import GROUP, URL, Clients, Clock, says, scripted
from validator.model import Kind
from validator.upload.pace import RATES, Pace


def test_what_comes_together_is_spread() -> None:
    pace = Pace(lambda: 0.0, {"get": 10.0})
    assert [round(pace.reserve("get"), 9) for _ in range(4)] == [0.0, 0.1, 0.2, 0.3]


def test_what_comes_late_does_not_wait() -> None:
    clock = Clock()
    pace = Pace(clock, {"get": 10.0})
    pace.reserve("get")
    clock.seconds = 5.0
    assert pace.reserve("get") == 0.0
    assert round(pace.reserve("get"), 9) == 0.1


def test_sorts_do_not_wait_for_each_other() -> None:
    pace = Pace(lambda: 0.0)
    assert [pace.reserve(kind) for kind in RATES] == [0.0] * len(RATES)


def test_threads_get_moments_of_their_own() -> None:
    pace = Pace(lambda: 0.0)
    with ThreadPoolExecutor(8) as pool:
        moments = sorted(pool.map(lambda _: pace.reserve("create"), range(280)))
    assert all(later - earlier > 0.9 / 28 for earlier, later in pairwise(moments))


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=200))
def test_no_second_holds_thirty_creates(pauses: list[float]) -> None:
    clock = Clock()
    pace = Pace(clock)
    moments = []
    for pause in pauses:
        clock.seconds += pause
        moments.append(clock.seconds + pace.reserve("create"))
    for first in moments:
        assert sum(first <= moment < first + 1 for moment in moments) < 30


def test_the_client_keeps_it(clients: Clients, clock: Clock) -> None:
    moments = []
    with scripted(says({"Id": "asset-1"})) as server:
        client = clients(server.url)
        for _ in range(60):
            client.create_asset(GROUP, URL, Kind.IMAGE)
            moments.append(clock())
    assert all(sum(first <= moment < first + 1 for moment in moments) < 30 for first in moments)
    assert clock() < 3
