"""Lists come whole and each item once, whatever the service makes of pages and counts; and they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.upload.driving import GROUP, START, Asked, Clients, item, listed, says, scripted
from validator.errors import ServiceUnavailable
from validator.upload.exchange import Pause, Reply, Send
from validator.upload.key import ApiKey
from validator.upload.library import Library, new_library
from validator.upload.operations import Service
from validator.upload.records import RegisteredAsset

Answers = Callable[[int, int], dict[str, Any]]
"""The number of a page and its size to what is said."""


def stock(count: int) -> list[dict[str, Any]]:
    return [item(f"asset-{number:04}") for number in range(count)]


def asked_for(clients: Clients, answers: Answers, page_size: int = 10) -> tuple[list[str], int]:
    """The ids that come, and how many pages were asked for."""

    def told(asked: Asked) -> bytes:
        return says(answers(int(asked.query["page_number"]), int(asked.query["page_size"])))

    with scripted(told) as server:
        found = [asset.id for asset in clients(server.url).assets(group_id=GROUP, page_size=page_size)]
        return found, len(server.asked)


def honest(count: int, cap: int = 1000, **said: Any) -> Answers:
    items = stock(count)

    def answers(number: int, size: int) -> dict[str, Any]:
        size = min(size, cap)
        first = (number - 1) * size
        return {**listed(*items[first : first + size], total=count, size=size), **said}

    return answers


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (9, 1), (10, 2), (11, 2), (25, 3)])
def test_all_pages_of_an_honest_service(clients: Clients, count: int, pages: int) -> None:
    found, asked = asked_for(clients, honest(count))
    assert found == [each["Id"] for each in stock(count)]
    assert asked == pages


@pytest.mark.parametrize(
    "said", [{}, {"PageSize": 10}, {"PageSize": None}, {"PageSize": "x"}, {"PageSize": 0}]
)
def test_a_service_that_caps_its_pages(clients: Clients, said: dict[str, Any]) -> None:
    found, asked = asked_for(clients, honest(25, 4, **said))
    assert len(found) == 25
    assert asked <= 10


@pytest.mark.parametrize("total", [None, 0, 3, 23])
@pytest.mark.parametrize("said", [{}, {"PageSize": None}, {"PageSize": 10}, {"PageSize": 50}])
def test_a_service_that_caps_its_pages_and_does_not_count(
    clients: Clients, total: int | None, said: dict[str, Any]
) -> None:
    found, asked = asked_for(clients, honest(25, 4, TotalCount=total, **said))
    assert len(found) == 25
    assert asked <= 8


@pytest.mark.parametrize("total", [0, 3, 24, 26, 10**9, None, -1, "many", [], 1.5, True])
def test_a_count_is_not_believed(clients: Clients, total: Any) -> None:
    found, asked = asked_for(clients, honest(25, TotalCount=total))
    assert len(found) == 25
    assert asked <= 6


def test_gaps_are_passed_over(clients: Clients) -> None:
    items = stock(6)

    def answers(number: int, _: int) -> dict[str, Any]:
        pages = {1: items[:3], 4: items[3:]}
        return listed(*pages.get(number, []), total=6)

    found, asked = asked_for(clients, answers, page_size=3)
    assert len(found) == 6
    assert asked <= 7


def test_what_moves_to_a_later_page_comes_once(clients: Clients) -> None:
    items = stock(8)

    def answers(number: int, _: int) -> dict[str, Any]:
        pages = {1: items[:4], 2: [*items[3:4], *items[4:7]], 3: [*items[6:8], items[7]]}
        return listed(*pages.get(number, []), total=8)

    found, _ = asked_for(clients, answers, page_size=4)
    assert found == [each["Id"] for each in items]


@pytest.mark.parametrize("total", [None, 10, 11, 10**6])
def test_the_same_page_again_and_again_ends(clients: Clients, total: Any) -> None:
    def answers(_number: int, _size: int) -> dict[str, Any]:
        return {**listed(*stock(10)), "TotalCount": total}

    found, asked = asked_for(clients, answers)
    assert len(found) == 10
    assert asked <= 4


def test_empty_pages_without_end_end(clients: Clients) -> None:
    found, asked = asked_for(clients, lambda _number, _size: listed(total=50))
    assert found == []
    assert asked <= 3


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"Items": {}},
        {"Items": "asset-1"},
        {"Items": [None]},
        {"Items": [{}]},
        {"Items": [{"Id": 7}]},
        {"Items": [item(), 5]},
        [],
        "x",
        5,
        None,
    ],
)
def test_what_is_no_list_is_said_to_be_none(clients: Clients, answer: Any) -> None:
    with pytest.raises(ServiceUnavailable, match="makes no sense"):
        asked_for(clients, lambda _number, _size: answer)


@pytest.mark.parametrize("items", [None, []])
def test_a_list_of_nothing(clients: Clients, items: Any) -> None:
    found, _ = asked_for(clients, lambda _number, _size: {"Items": items, "TotalCount": 0})
    assert found == []


def test_pages_are_only_asked_for_as_they_are_needed(clients: Clients) -> None:
    def told(asked: Asked) -> bytes:
        return says(honest(25)(int(asked.query["page_number"]), 10))

    with scripted(told) as server:
        found = clients(server.url).assets(group_id=GROUP, page_size=10)
        assert server.asked == []
        for _ in range(10):
            next(found)
        assert len(server.asked) == 1
        next(found)
        assert len(server.asked) == 2


def library() -> Library:
    return new_library(
        ApiKey("sk-1"), Service(), timeout=1, clock=lambda: 0.0, now=lambda: START, random=lambda: 0.0
    )


def walked(answers: Callable[[int], dict[str, Any]]) -> tuple[list[RegisteredAsset], int]:
    """Both without a server: the items, and how many pages were asked for."""
    pages = library().assets(None, GROUP, (), "", 10, "CreateTime", ascending=True)
    found: list[RegisteredAsset] = []
    asked = 0
    while True:
        steps = pages.next_page()
        reply = None
        try:
            while True:
                step = steps.send(reply)
                if isinstance(step, Pause):
                    reply = None
                    continue
                assert isinstance(step, Send)
                asked += 1
                reply = Reply(200, {}, json.dumps(answers(asked)).encode())
        except StopIteration as end:
            if end.value is None:
                return found, asked
            found += end.value


def test_a_list_without_end_is_an_error() -> None:
    with pytest.raises(ServiceUnavailable, match="does not end after 2000 pages"):
        walked(lambda number: listed(*(item(f"a-{number}-{each}") for each in range(10)), total=10**9))


@given(
    pages=st.lists(st.lists(st.integers(0, 15), max_size=12), max_size=12),
    total=st.none() | st.integers(-5, 60),
    size=st.none() | st.integers(-5, 20),
)
def test_whatever_comes_each_item_comes_once_and_it_ends(
    pages: list[list[int]], total: int | None, size: int | None
) -> None:
    def answers(number: int) -> dict[str, Any]:
        items = pages[number - 1] if number <= len(pages) else []
        return {"Items": [item(f"a-{each}") for each in items], "TotalCount": total, "PageSize": size}

    found, asked = walked(answers)
    ids = [asset.id for asset in found]
    assert len(ids) == len(set(ids))
    assert asked <= len(pages) + 3
    if pages:
        assert set(ids) >= {f"a-{each}" for each in pages[0]}
