"""One asset for a name: whatever is lost, it is found again, and never made twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.upload.driving import (
    GROUP,
    LOST,
    NAME,
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
from validator.errors import AnswerLost, AssetRejected, AuthenticationError, QuotaExceeded, ServiceUnavailable
from validator.model import Kind
from validator.upload import AssetClient, Ensured


@dataclass
class Library:
    """A service with one group, whose lists lag by the clock of the test, and whose creates fail as told."""

    clock: Clock
    lag: float = 0.0
    fates: list[str] = field(default_factory=list)
    assets: dict[str, dict[str, Any]] = field(default_factory=dict)
    created: dict[str, float] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    list_fault: bytes | None = None
    search: Callable[[str, str], bool] = lambda asked, name: asked[:4] in name

    def __call__(self, asked: Asked) -> bytes:
        if asked.verb == "POST":
            return self._create(asked)
        asset_id = asked.path.removeprefix("/v1/asset/files").removeprefix("/")
        if asset_id:
            return refuses(404) if asset_id in self.deleted else says(self.assets[asset_id])
        return self.list_fault or self._list(asked)

    def _create(self, asked: Asked) -> bytes:
        fate = self.fates.pop(0) if self.fates else "well"
        done = fate in ("well", "lost", "500 after", "unreadable")
        answer_ = says({"Id": f"asset-{len(self.assets)}"})
        if done:
            self.add(asked.body["Name"])
        refusals = {
            "500 after": refuses(500),
            "500 before": refuses(500),
            "unreadable": WEB_PAGE,
            "429": refuses(429, "slow", None, "Retry-After: 3"),
            "FpsTooHigh": refuses(502, "FpsTooHigh: no"),
            "busy": refuses(503, "busy", None, "Retry-After: 30"),
            "lost": LOST,
            "dropped": LOST,
        }
        return answer_ if fate == "well" else refusals[fate]

    def add(self, name: str, status: str = "Processing", group: str = GROUP) -> str:
        asset_id = f"asset-{len(self.assets)}"
        self.assets[asset_id] = item(asset_id, name, status, GroupId=group)
        self.created[asset_id] = self.clock()
        return asset_id

    def _list(self, asked: Asked) -> bytes:
        name = asked.query.get("name", "")
        shown = [
            asset
            for asset_id, asset in self.assets.items()
            if self.created[asset_id] + self.lag <= self.clock() and self.search(name, asset["Name"])
        ]
        return says(listed(*shown) if asked.query["page_number"] == "1" else listed(total=len(shown)))


def ensure(client: AssetClient, **options: Any) -> Ensured:
    return client.ensure_asset(GROUP, URL, Kind.IMAGE, NAME, **{"look_for": None, **options})


def creates(calls: list[str]) -> int:
    return sum(call.startswith("POST") for call in calls)


def test_a_new_one_is_created_without_a_look(clients: Clients, clock: Clock) -> None:
    with scripted(Library(clock)) as server:
        assert ensure(clients(server.url)) == Ensured("asset-0", created=True)
        assert server.calls == ["POST /v1/asset/files"]


def test_one_that_is_there_is_found(clients: Clients, clock: Clock) -> None:
    library = Library(clock)
    library.add(NAME)
    with scripted(library) as server:
        assert ensure(clients(server.url), look_for=0.0) == Ensured("asset-0", created=False)
        assert creates(server.calls) == 0


def test_a_look_without_time_is_a_look_all_the_same(clients: Clients, clock: Clock) -> None:
    with scripted(Library(clock)) as server:
        assert ensure(clients(server.url), look_for=0.0).created
        assert [call.split()[0] for call in server.calls] == ["GET", "GET", "POST"]
    assert clock.waits == []


def test_it_is_looked_for_as_long_as_is_said_with_growing_pauses(clients: Clients, clock: Clock) -> None:
    library = Library(clock, lag=6.0)
    library.add(NAME)
    with scripted(library) as server:
        assert ensure(clients(server.url), look_for=10.0) == Ensured("asset-0", created=False)
    assert clock.waits == [0.25, 0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize("lag", [0.0, 9.0])
def test_by_default_it_is_looked_for_as_long_as_lists_may_be_behind(
    clients: Clients, clock: Clock, lag: float
) -> None:
    library = Library(clock, lag=lag)
    with scripted(library) as server:
        client = clients(server.url)
        made = [client.ensure_asset(GROUP, URL, Kind.IMAGE, NAME) for _ in range(3)]
        assert creates(server.calls) == 1
    assert made == [Ensured("asset-0", created=True), *[Ensured("asset-0", created=False)] * 2]
    assert clock() >= 10.0
    clock.seconds = 100.0
    late = Library(clock)
    with scripted(late) as server:
        assert clients(server.url).ensure_asset(GROUP, URL, Kind.IMAGE, NAME, list_lag=3.0).created
    assert clock() == pytest.approx(103.0, abs=1.0)


def test_one_that_the_service_refuses_to_tell_of_is_there(clients: Clients, clock: Clock) -> None:
    library = Library(clock)
    asset_id = library.add(NAME)

    def told(asked: Asked) -> bytes:
        return refuses(502, "TranscodingFailed: no") if asked.path.endswith(asset_id) else library(asked)

    with scripted(told) as server:
        assert ensure(clients(server.url), look_for=0.0) == Ensured(asset_id, created=False)


@pytest.mark.parametrize("odd", ["..", "a/b", "x" * 600, "\ud800"])
def test_one_whose_id_can_name_nothing_is_not_made_again_and_again(
    clients: Clients, clock: Clock, odd: str
) -> None:
    library = Library(clock)
    library.assets[odd] = item(odd, NAME)
    library.created[odd] = 0.0
    with scripted(library) as server:
        with pytest.raises(ServiceUnavailable, match="an id that can name nothing"):
            ensure(clients(server.url), look_for=0.0)
        assert creates(server.calls) == 0


def test_a_create_waits_as_long_as_the_service_says(clients: Clients, clock: Clock) -> None:
    library = Library(clock, fates=["busy"])
    moments: list[float] = []

    def told(asked: Asked) -> bytes:
        if asked.verb == "POST":
            moments.append(clock())
        return library(asked)

    with scripted(told) as server:
        assert ensure(clients(server.url), list_lag=2.0).created
    assert moments == [0.0, pytest.approx(30.0, abs=0.1)]


def test_after_the_time_it_is_created(clients: Clients, clock: Clock) -> None:
    with scripted(Library(clock)) as server:
        assert ensure(clients(server.url), look_for=5.0).created
    assert sum(clock.waits) == pytest.approx(5.0)


@pytest.mark.parametrize("fate", ["lost", "500 after", "unreadable"])
@pytest.mark.parametrize("lag", [0.0, 9.0])
def test_an_answer_that_is_lost_after_the_work_makes_no_second_one(
    clients: Clients, clock: Clock, fate: str, lag: float
) -> None:
    library = Library(clock, lag, [fate])
    with scripted(library) as server:
        assert ensure(clients(server.url)) == Ensured("asset-0", created=True)
        assert creates(server.calls) == 1
    assert len(library.assets) == 1


@pytest.mark.parametrize("fate", ["dropped", "500 before"])
def test_one_that_is_lost_before_the_work_is_made_up_for(clients: Clients, clock: Clock, fate: str) -> None:
    library = Library(clock, 9.0, [fate])
    with scripted(library) as server:
        assert ensure(clients(server.url)) == Ensured("asset-0", created=True)
        assert creates(server.calls) == 2
    assert len(library.assets) == 1
    assert clock() >= 10.0


def test_tries_end(clients: Clients, clock: Clock) -> None:
    library = Library(clock, fates=["dropped"] * 9)
    with scripted(library) as server:
        with pytest.raises(AnswerLost):
            ensure(clients(server.url))
        assert creates(server.calls) == 3
        assert server.calls[-1] == "GET /v1/asset/files"  # it was looked for after the last one, too
    assert sum(clock.waits) == pytest.approx(30.0)


def test_what_was_refused_for_certain_is_tried_again_or_raised_without_a_look(
    clients: Clients, clock: Clock
) -> None:
    with scripted(Library(clock, fates=["429", "429"])) as server:
        assert ensure(clients(server.url)).created
        assert server.calls == ["POST /v1/asset/files"] * 3
    assert clock.waits == [3.0, 3.0]
    with scripted(Library(clock, fates=["FpsTooHigh"])) as server:
        with pytest.raises(AssetRejected):
            ensure(clients(server.url))
        assert len(server.calls) == 1
    with scripted(refuses(403, "quota exceeded")) as server, pytest.raises(QuotaExceeded):
        ensure(clients(server.url))


def test_whoever_keeps_a_journal_is_told_before_each_create_that_is_sent(
    clients: Clients, clock: Clock
) -> None:
    told: list[float] = []
    library = Library(clock, fates=["429", "dropped", "well"])
    with scripted(library) as server:
        ensure(clients(server.url), before_create=lambda: told.append(clock()))
        assert creates(server.calls) == 3
    # The last of them is what counts for how long lists may be behind.
    assert told == [0.0, 3.0, pytest.approx(13.0, abs=1.0)]


def test_a_journal_that_cannot_be_written_stops_the_create(clients: Clients, clock: Clock) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    with scripted(Library(clock)) as server:
        with pytest.raises(OSError, match="No space"):
            ensure(clients(server.url), before_create=full)
        assert server.calls == []


def test_only_the_very_name_in_the_very_group_is_it(clients: Clients, clock: Clock) -> None:
    library = Library(clock)
    library.add(f"x{NAME}")
    library.add(NAME.upper())
    library.add(f"{NAME} ")
    library.add(NAME, group="group-2")
    with scripted(library) as server:
        assert ensure(clients(server.url), look_for=0.0) == Ensured("asset-4", created=True)


def test_a_search_that_finds_nothing_is_not_believed(clients: Clients, clock: Clock) -> None:
    library = Library(clock, search=lambda asked, _: not asked)
    library.add(NAME)
    with scripted(library) as server:
        assert ensure(clients(server.url), look_for=0.0) == Ensured("asset-0", created=False)


def test_of_several_the_best_is_taken(clients: Clients, clock: Clock) -> None:
    library = Library(clock)
    for status in ("Failed", "Processing", "Active", "Processing"):
        library.add(NAME, status)
    with scripted(library) as server:
        client = clients(server.url)
        assert ensure(client, look_for=0.0).asset_id == "asset-2"
        library.deleted.add("asset-2")
        assert ensure(client, look_for=0.0).asset_id == "asset-1"


def test_what_was_deleted_is_not_it_though_lists_still_show_it(clients: Clients, clock: Clock) -> None:
    library = Library(clock)
    library.deleted.add(library.add(NAME, "Failed"))
    with scripted(library) as server:
        assert ensure(clients(server.url), look_for=0.0) == Ensured("asset-1", created=True)


def test_where_nothing_can_be_listed_it_is_the_lost_answer_that_is_raised(
    clients: Clients, clock: Clock
) -> None:
    library = Library(clock, fates=["lost"], list_fault=refuses(503))
    with scripted(library) as server:
        with pytest.raises(AnswerLost) as error:
            ensure(clients(server.url))
        assert creates(server.calls) == 1
    assert isinstance(error.value.__cause__, ServiceUnavailable)
    library.list_fault = refuses(401)
    library.fates = ["lost"]
    with scripted(library) as server, pytest.raises(AuthenticationError):
        ensure(clients(server.url))
