"""Waiting for several things at once: gently, through what passes by, and never for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.upload.driving import (
    GROUP,
    LOST,
    WEB_PAGE,
    Asked,
    Clients,
    Clock,
    Says,
    item,
    refuses,
    says,
    scripted,
)
from validator.errors import (
    AuthenticationError,
    Cancelled,
    NotFound,
    PermissionDenied,
    RequestRefused,
    WaitTimeout,
)
from validator.upload import RegisteredAsset, VerificationSession
from validator.upload.waiting import Interval

PROCESSING = says(item(status="Processing"))
ACTIVE = says(item())
FAILED = says(item(status="Failed", Error={"Code": "FpsTooHigh", "Message": "no"}))


def becoming(clock: Clock, times: dict[str, tuple[float, str]]) -> Callable[[Asked], bytes]:
    """Each asset turns to a status at its moment."""

    def told(asked: Asked) -> bytes:
        asset_id = asked.path.rpartition("/")[2]
        moment, status = times[asset_id]
        return says(item(asset_id, status=status if clock() >= moment else "Processing"))

    return told


def test_one_that_is_ready_needs_no_wait(clients: Clients, clock: Clock) -> None:
    with scripted(ACTIVE) as server:
        (asset,) = clients(server.url).wait_until_active("asset-1")
    assert asset.is_active
    assert clock.slept == []


def test_nothing_needs_no_wait_either(clients: Clients) -> None:
    with scripted(ACTIVE) as server:
        assert clients(server.url).wait_until_active([]) == ()
        assert server.asked == []


def test_a_failed_one_comes_back_with_its_reason(clients: Clients) -> None:
    with scripted(PROCESSING, FAILED) as server:
        (asset,) = clients(server.url).wait_until_active(["asset-1"])
    assert asset.failure is not None
    assert asset.failure.code == "FpsTooHigh"


def test_pauses_grow(clients: Clients, clock: Clock) -> None:
    with scripted(*[PROCESSING] * 12, ACTIVE) as server:
        clients(server.url, random=lambda: 0.5).wait_until_active("asset-1")
    assert clock.waits == pytest.approx([1.0, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625, *[15.0] * 5])


@pytest.mark.parametrize(("number", "wait"), [(0.0, 0.75), (1.0, 1.25)])
def test_pauses_are_spread_to_either_side(clients: Clients, clock: Clock, number: float, wait: float) -> None:
    with scripted(PROCESSING, ACTIVE) as server:
        clients(server.url, random=lambda: number).wait_until_active("asset-1")
    assert clock.waits == [wait]


def test_several_are_waited_for_at_once_and_come_in_their_order(clients: Clients, clock: Clock) -> None:
    times = {"a": (40.0, "Active"), "b": (3.0, "Failed"), "c": (0.0, "Active"), "d": (60.0, "Active")}
    seen: list[tuple[str, str]] = []

    def note(asset: RegisteredAsset) -> None:
        seen.append((asset.id, asset.status))

    with scripted(becoming(clock, times)) as server:
        found = clients(server.url).wait_until_active(iter(["a", "b", "c", "d", "a"]), on_change=note)
        assert len(server.asked) < 40
    assert [asset.id for asset in found] == ["a", "b", "c", "d", "a"]
    assert [asset.status for asset in found] == ["Active", "Failed", "Active", "Active", "Active"]
    assert clock() < 80
    assert seen[:4] == [("a", "Processing"), ("b", "Processing"), ("c", "Active"), ("d", "Processing")]
    assert seen[4:] == [("b", "Failed"), ("a", "Active"), ("d", "Active")]


def test_time_ends_and_names_what_is_not_settled(clients: Clients, clock: Clock) -> None:
    times = {"a": (1e9, "Active"), "b": (3.0, "Active"), "c": (1e9, "Active")}
    with scripted(becoming(clock, times)) as server:
        with pytest.raises(WaitTimeout, match=r"within 100 s: a, c;") as error:
            clients(server.url).wait_until_active(["a", "b", "c"], timeout=100)
        last = [asked.path[-1] for asked in server.asked[-2:]]
    assert error.value.asset_ids == ("a", "c")
    assert error.value.asset_id == "a"
    assert clock() == pytest.approx(100, abs=0.5)
    assert sorted(last) == ["a", "c"]  # what turns Active in the last moment is seen


def test_what_settles_in_the_last_moment_is_settled(clients: Clients, clock: Clock) -> None:
    times = dict.fromkeys("abcdefgh", (99.9, "Active"))
    with scripted(becoming(clock, times)) as server:
        found = clients(server.url).wait_until_active(list(times), timeout=100)
    assert all(asset.is_active for asset in found)


@pytest.mark.parametrize("timeout", [0.0, 0.01, -5.0])
def test_each_is_asked_for_once_however_little_time_there_is(
    clients: Clients, clock: Clock, timeout: float
) -> None:
    times = {"a": (0.0, "Active"), "b": (1e9, "Active"), "c": (0.0, "Active")}
    with scripted(becoming(clock, times)) as server:
        with pytest.raises(WaitTimeout) as error:
            clients(server.url).wait_until_active(["a", "b", "c"], timeout=timeout)
        assert len(server.asked) <= 4
    assert error.value.asset_ids == ("b",)


@pytest.mark.parametrize(
    "fault",
    [LOST, WEB_PAGE, refuses(500), refuses(503), refuses(429), says({"error": {"code": "InternalError"}})],
)
def test_what_passes_by_does_not_end_the_wait(clients: Clients, fault: Says) -> None:
    with scripted(PROCESSING, *[fault] * 9, ACTIVE) as server:
        (asset,) = clients(server.url).wait_until_active("asset-1")
    assert asset.is_active


def test_a_429_keeps_all_quiet_for_as_long_as_it_says(clients: Clients, clock: Clock) -> None:
    moments: list[float] = []

    def told(asked: Asked) -> bytes:
        moments.append(clock())
        if len(moments) == 2:
            return refuses(429, "slow", None, "Retry-After: 30")
        return says(item(asked.path[-1], status="Active" if clock() > 20 else "Processing"))

    with scripted(told) as server:
        clients(server.url).wait_until_active(["a", "b", "c"])
    assert moments[2] >= moments[1] + 30


def test_a_429_for_hours_ends_with_the_time(clients: Clients, clock: Clock) -> None:
    slow = refuses(429, "slow", None, "Retry-After: 999999")
    with scripted(slow) as server, pytest.raises(WaitTimeout):
        clients(server.url).wait_until_active("a", timeout=100)
    assert clock() <= 110


def test_a_service_that_is_gone_ends_with_the_time(clients: Clients, clock: Clock) -> None:
    with scripted(LOST) as server:
        url = server.url
    with pytest.raises(WaitTimeout) as error:
        clients(url).wait_until_active([f"asset-{number}" for number in range(30)], timeout=60)
    assert len(error.value.asset_ids) == 30
    assert "and 25 more" in str(error.value)
    assert clock() <= 70


@pytest.mark.parametrize(("status", "kind"), [(401, AuthenticationError), (403, PermissionDenied)])
def test_what_no_waiting_mends_is_raised(clients: Clients, status: int, kind: type[Exception]) -> None:
    with scripted(PROCESSING, refuses(status)) as server, pytest.raises(kind):
        clients(server.url).wait_until_active("asset-1")


def test_one_that_is_not_known_yet_is_waited_for(clients: Clients) -> None:
    with scripted(refuses(404), refuses(404), PROCESSING, ACTIVE) as server:
        (asset,) = clients(server.url).wait_until_active("asset-1")
    assert asset.is_active


@pytest.mark.parametrize(("list_lag", "moment"), [(0.0, 0.0), (2.0, 2.0), (40.0, 40.0)])
def test_one_that_is_not_known_is_gone_after_as_long_as_lists_may_be_behind(
    clients: Clients, clock: Clock, list_lag: float, moment: float
) -> None:
    with scripted(refuses(404)) as server, pytest.raises(NotFound):
        clients(server.url).wait_until_active("asset-1", list_lag=list_lag)
    assert moment <= clock() <= moment + 16


def test_one_that_is_known_late_is_waited_for(clients: Clients, clock: Clock) -> None:
    def told(_: Asked) -> bytes:
        return ACTIVE if clock() > 30 else refuses(404)

    with scripted(told) as server:
        (asset,) = clients(server.url).wait_until_active("asset-1", list_lag=60.0)
    assert asset.is_active


def test_one_that_is_gone_is_told_of_when_the_others_are_settled(clients: Clients, clock: Clock) -> None:
    others = becoming(clock, {"a": (200.0, "Active"), "c": (300.0, "Active")})
    seen: list[str] = []

    def told(asked: Asked) -> bytes:
        return refuses(404, "no asset b") if asked.path.endswith("b") else others(asked)

    with scripted(told) as server, pytest.raises(NotFound, match="no asset b"):
        clients(server.url).wait_until_active(
            ["a", "b", "c"], on_change=lambda asset: seen.append(asset.id + asset.status)
        )
    assert {"aActive", "cActive"} <= set(seen)


def each_says(**answers: Says) -> Callable[[Asked], bytes]:
    def told(asked: Asked) -> bytes:
        says_ = answers[asked.path.rpartition("/")[2]]
        return says_ if isinstance(says_, bytes) else says_(asked)

    return told


BROKEN = refuses(502, "upstream: TranscodingFailed: broken")


def test_one_that_the_service_can_say_nothing_else_of_has_failed_and_the_others_go_on(
    clients: Clients, clock: Clock
) -> None:
    others = becoming(clock, {"a": (100.0, "Active"), "c": (200.0, "Failed")})
    seen: list[tuple[str, str]] = []
    with scripted(each_says(a=others, b=BROKEN, c=others)) as server:
        found = clients(server.url).wait_until_active(
            ["a", "b", "c"], on_change=lambda asset: seen.append((asset.id, asset.status))
        )
        assert sum(call.endswith("/b") for call in server.calls) == 3
    assert [asset.status for asset in found] == ["Active", "Failed", "Failed"]
    assert found[1].id == "b"
    assert found[1].failure is not None
    assert found[1].failure.code == "TranscodingFailed"
    assert ("b", "Failed") in seen


def test_a_refusal_that_is_not_repeated_is_none(clients: Clients) -> None:
    with scripted(BROKEN, BROKEN, PROCESSING, BROKEN, BROKEN, ACTIVE) as server:
        (asset,) = clients(server.url).wait_until_active("asset-1")
    assert asset.is_active


def test_a_refusal_when_the_time_is_over_is_the_end(clients: Clients) -> None:
    with scripted(BROKEN) as server:
        (asset,) = clients(server.url).wait_until_active("asset-1", timeout=0.0)
    assert asset.status == "Failed"


def test_a_question_that_is_not_taken_ends_no_other(clients: Clients, clock: Clock) -> None:
    others = becoming(clock, {"b": (100.0, "Active")})
    seen: list[str] = []
    answers = each_says(a=refuses(404), b=others, c=refuses(400, "no such parameter"))
    with scripted(answers) as server, pytest.raises(RequestRefused, match="no such parameter"):
        clients(server.url).wait_until_active(
            ["a", "b", "c"], on_change=lambda asset: seen.append(asset.id + asset.status)
        )
    assert seen[-1] == "bActive"


def test_a_wish_to_stop_is_heard_soon(clients: Clients, clock: Clock) -> None:
    with scripted(PROCESSING) as server, pytest.raises(Cancelled):
        clients(server.url).wait_until_active("asset-1", cancelled=lambda: clock() > 40)
    assert clock() < 40.5
    assert max(clock.slept) <= 0.25


def test_polls_keep_the_pace(clients: Clients, clock: Clock) -> None:
    with scripted(lambda asked: says(item(asked.path.rpartition("/")[2]))) as server:
        clients(server.url).wait_until_active([f"asset-{number}" for number in range(200)])
        assert len(server.asked) == 200
    assert clock() > 200 / 100


class TestSessions:
    def test_success(self, clients: Clients, clock: Clock) -> None:
        pending = says({"session_id": "s-1", "status": "pending"})
        success = says({"session_id": "s-1", "status": "Success", "group_id": GROUP})
        seen: list[VerificationSession] = []
        with scripted(pending, pending, LOST, success) as server:
            found = clients(server.url).wait_for_session("s-1", on_change=seen.append)
        assert (found.status, found.group_id) == ("success", GROUP)
        assert [each.status for each in seen] == ["pending", "success"]
        assert all(wait <= 5.0 for wait in clock.waits)

    def test_failure_comes_back(self, clients: Clients) -> None:
        with scripted(says({"session_id": "s-1", "status": "failed"})) as server:
            assert clients(server.url).wait_for_session("s-1").status == "failed"

    def test_time_ends(self, clients: Clients, clock: Clock) -> None:
        pending = says({"session_id": "s-1", "status": "pending"})
        with scripted(pending) as server, pytest.raises(WaitTimeout) as error:
            clients(server.url).wait_for_session("s-1", timeout=60)
        assert error.value.session_id == "s-1"
        assert error.value.asset_id == ""
        assert clock() == pytest.approx(60, abs=0.5)

    def test_a_wish_to_stop_is_heard(self, clients: Clients, clock: Clock) -> None:
        with scripted(says({"status": "pending"})) as server, pytest.raises(Cancelled):
            clients(server.url).wait_for_session("s-1", cancelled=lambda: clock() > 3)


@given(polls=st.integers(1, 10_000), number=st.floats(0, 1))
def test_no_pause_is_short_or_endless(polls: int, number: float) -> None:
    pause = Interval(lambda: number).after(polls)
    assert 0.75 <= pause <= 18.75


def test_what_a_callback_raises_is_not_mistaken(clients: Clients) -> None:
    def note(_: Any) -> None:
        raise TimeoutError("from the caller")

    with scripted(ACTIVE) as server, pytest.raises(TimeoutError, match="from the caller"):
        clients(server.url).wait_until_active("asset-1", on_change=note)
