"""What is asked again, how long that waits, and what is never repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.servers import answer
from tests.upload.driving import (
    GROUP,
    LOST,
    URL,
    WEB_PAGE,
    Asked,
    Clients,
    Clock,
    item,
    listed,
    refuses,
    says,
    scripted,
)
from validator.errors import AnswerLost, NotFound, RateLimited, ServiceError, ServiceUnavailable
from validator.model import GroupKind, Kind
from validator.upload import AssetClient
from validator.upload.backoff import Backoff

Call = Callable[[AssetClient], Any]

REPEATABLE: dict[str, Call] = {
    "asset": lambda client: client.asset("asset-1"),
    "assets": lambda client: list(client.assets(group_id=GROUP)),
    "groups": lambda client: list(client.groups(kind=GroupKind.VIRTUAL)),
    "count": lambda client: client.count_assets(GroupKind.VIRTUAL),
    "session": lambda client: client.session("s-1"),
    "update": lambda client: client.update_group(GROUP, name="Ada"),
    "delete asset": lambda client: client.delete_asset("asset-1"),
    "delete group": lambda client: client.delete_group(GROUP),
}
ONCE: dict[str, Call] = {
    "create group": lambda client: client.create_group("Ada"),
    "create asset": lambda client: client.create_asset(GROUP, URL, Kind.IMAGE),
    "start session": lambda client: client.start_session(),
}
FINE = says(
    {**item(), **listed(), "session_id": "s-1", "h5_link": "https://h5.example/x", "status": "pending"}
)
UNSURE = {
    "lost": LOST,
    "cut": answer(b"{", length=100),
    "500": refuses(500),
    "502": refuses(502),
    "503": refuses(503),
    "504": refuses(504),
    "page": WEB_PAGE,
}


@pytest.mark.parametrize("call", REPEATABLE.values(), ids=REPEATABLE)
@pytest.mark.parametrize("fault", UNSURE.values(), ids=UNSURE)
def test_what_may_be_repeated_is(clients: Clients, clock: Clock, call: Call, fault: bytes) -> None:
    with scripted(fault, fault, FINE) as server:
        call(clients(server.url))
        assert len(server.asked) == 3
        assert len(set(server.calls)) == 1
    assert clock.waits == [0.5, 1.0]


@pytest.mark.parametrize("call", ONCE.values(), ids=ONCE)
@pytest.mark.parametrize("fault", UNSURE.values(), ids=UNSURE)
def test_what_may_have_been_done_is_not_repeated(clients: Clients, call: Call, fault: bytes) -> None:
    with scripted(fault, FINE) as server:
        with pytest.raises(AnswerLost):
            call(clients(server.url))
        assert len(server.asked) == 1


@pytest.mark.parametrize("call", [*REPEATABLE.values(), *ONCE.values()], ids=[*REPEATABLE, *ONCE])
def test_a_429_is_obeyed_by_all(clients: Clients, clock: Clock, call: Call) -> None:
    slow = refuses(429, "slow down", None, "Retry-After: 7")
    with scripted(slow, slow, FINE) as server:
        call(clients(server.url))
        assert len(server.asked) == 3
    assert clock.waits == [7.0, 7.0]


@pytest.mark.parametrize("call", [REPEATABLE["asset"], *ONCE.values()], ids=["asset", *ONCE])
def test_what_was_never_sent_is_sent_again(clients: Clients, clock: Clock, call: Call) -> None:
    with scripted(FINE) as server:
        url = server.url
    with pytest.raises(ServiceUnavailable, match="no connection") as error:
        call(clients(url))
    assert not isinstance(error.value, AnswerLost)
    assert clock.waits == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize("call", [REPEATABLE["asset"], *ONCE.values()], ids=["asset", *ONCE])
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 422])
def test_what_is_refused_for_good_is_not_asked_again(clients: Clients, call: Call, status: int) -> None:
    with scripted(refuses(status)) as server:
        with pytest.raises(ServiceError):
            call(clients(server.url))
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("header", "waits"),
    [
        ("Retry-After: 0", [0.5, 1.0, 2.0, 4.0]),
        ("Retry-After: 1", [1.0, 1.0, 2.0, 4.0]),
        ("Retry-After: 59", [59.0] * 4),
        ("Retry-After: 86400", [60.0] * 4),
        ("Retry-After: " + "9" * 400, [60.0] * 4),
        ("Retry-After: Mon, 23 Nov 2026 02:00:00 GMT", [0.5, 1.0, 2.0, 4.0]),
        ("Retry-After: Mon, 23 Nov 2026 02:00:20 GMT", [20.0, 1.0, 2.0, 4.0]),
        ("Retry-After: Mon, 23 Nov 2099 02:00:20 GMT", [60.0] * 4),
        ("Retry-After: -5", [0.5, 1.0, 2.0, 4.0]),
        ("Retry-After: 1.5", [0.5, 1.0, 2.0, 4.0]),
        ("Retry-After: soon", [0.5, 1.0, 2.0, 4.0]),
        ("Retry-After:", [0.5, 1.0, 2.0, 4.0]),
        ("X: y", [0.5, 1.0, 2.0, 4.0]),
    ],
)
def test_retry_after(clients: Clients, clock: Clock, header: str, waits: list[float]) -> None:
    with scripted(refuses(429, "slow", None, header)) as server:
        with pytest.raises(RateLimited) as error:
            clients(server.url).asset("asset-1")
        assert len(server.asked) == 5
    assert clock.waits == waits
    assert (error.value.retry_after is None) == (
        waits[0] == 0.5 and "GMT" not in header and "0" not in header
    )


def test_a_503_says_how_long_too(clients: Clients, clock: Clock) -> None:
    with scripted(refuses(503, "busy", None, "Retry-After: 30"), FINE) as server:
        clients(server.url).asset("asset-1")
    assert clock.waits == [30.0]


def test_jitter_spreads_the_waits(clients: Clients, clock: Clock) -> None:
    numbers = iter([0.5, 0.25, 1.0])
    with scripted(LOST, LOST, LOST, FINE) as server:
        clients(server.url, random=lambda: next(numbers)).asset("asset-1")
    assert clock.waits == [0.25, 0.25, 2.0]


DELETES = [REPEATABLE["delete asset"], REPEATABLE["delete group"]]


def library(*there: str, deletes: list[bytes]) -> Callable[[Asked], bytes]:
    """Holds these ids, whatever is deleted; its answers to deletions, one by one."""

    def told(asked: Asked) -> bytes:
        if asked.verb == "DELETE":
            return deletes.pop(0) if len(deletes) > 1 else deletes[0]
        asset_id = asked.path.rpartition("/")[2]
        if asset_id.startswith("asset-"):
            return says(item(asset_id)) if asset_id in there else refuses(404)
        return says(listed(*({"Id": each, "Name": "Ada"} for each in there)))

    return told


@pytest.mark.parametrize("call", DELETES)
def test_what_is_gone_after_a_lost_answer_was_deleted(clients: Clients, call: Call) -> None:
    with scripted(library("asset-2", "group-2", deletes=[LOST, refuses(404)])) as server:
        call(clients(server.url))
        assert [each.split()[0] for each in server.calls][:2] == ["DELETE", "DELETE"]
    for first in (refuses(429), None):
        deletes = [first, refuses(404)] if first else [refuses(404)]
        with scripted(library(deletes=deletes)) as server, pytest.raises(NotFound):
            call(clients(server.url))


@pytest.mark.parametrize("call", DELETES)
@pytest.mark.parametrize("lost", [LOST, refuses(502), refuses(503)])
def test_what_is_still_there_was_not_deleted_and_the_path_may_be_wrong(
    clients: Clients, call: Call, lost: bytes
) -> None:
    wrong = refuses(404, "Invalid URL (DELETE /v1/asset/files/asset-1)")
    with scripted(library("asset-1", GROUP, deletes=[lost, wrong])) as server:
        with pytest.raises(NotFound, match=r"which is a guess, is wrong.*\[service\] operations"):
            call(clients(server.url))
        assert sum(each.startswith("DELETE") for each in server.calls) == 2


def test_a_group_that_lists_still_name_for_a_while_was_deleted(clients: Clients, clock: Clock) -> None:
    gone = library(deletes=[refuses(404)])
    there = library(GROUP, deletes=[LOST, refuses(404)])

    def told(asked: Asked) -> bytes:
        return there(asked) if clock() < 5 else gone(asked)

    with scripted(told) as server:
        clients(server.url).delete_group(GROUP)


@pytest.mark.parametrize("asked_for", ["30", "86400", "0"])
def test_a_create_after_one_that_was_lost_waits_as_long_as_the_service_says(
    clients: Clients, clock: Clock, asked_for: str
) -> None:
    busy = refuses(503, "busy", None, f"Retry-After: {asked_for}")
    with scripted(busy, FINE) as server:
        client = clients(server.url)
        with pytest.raises(AnswerLost):
            client.create_asset(GROUP, URL, Kind.IMAGE)
        list(client.assets(group_id=GROUP))
        assert clock() < 0.1
        client.create_asset(GROUP, URL, Kind.IMAGE)
    assert clock() == pytest.approx(min(float(asked_for), 60.0), abs=0.1)


@given(
    tried=st.integers(1, 2000),
    asked=st.none() | st.floats(0, 1e12),
    jitter=st.floats(0, 1),
    at_most=st.integers(0, 2000),
)
def test_no_wait_is_negative_or_longer_than_allowed(
    tried: int, asked: float | None, jitter: float, at_most: int
) -> None:
    wait = Backoff(at_most=at_most, random=lambda: jitter).wait(tried, asked)
    if tried > at_most:
        assert wait is None
        return
    assert wait is not None
    assert 0 <= wait <= 60.0
    assert wait >= min(asked or 0.0, 60.0)
    if asked is None:
        assert wait <= 8.0
