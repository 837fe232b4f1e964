"""A group by its name: made once, found again, and never somebody else's."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.upload.shelf import Desk, Killed, judged, killing_at
from validator.errors import (
    AnswerLost,
    AuthenticationError,
    Cancelled,
    RequestRefused,
    ServiceUnavailable,
    UploadBusy,
    UsageError,
)
from validator.model import GroupKind
from validator.upload import AssetGroup, Step, ensure_group
from validator.upload.journal import Journal


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.shelf.groups["group-0"] = ("Ada Lovelace", -100.0)
    return desk


def ensure(desk: Desk, name: str = "Ada", *, journal: str = "j", stop_at: float = 1e9) -> AssetGroup:
    with desk.journal(journal) as opened, desk.shelf.client() as client:
        return ensure_group(
            name,
            client=client,
            journal=opened,
            list_lag=2.0,
            clock=desk.clock,
            sleep=desk.clock.sleep,
            cancelled=lambda: desk.clock() > stop_at,
        )


def test_it_is_made_once(desk: Desk) -> None:
    group = ensure(desk)
    assert (group.name, group.kind) == ("Ada", GroupKind.VIRTUAL)
    assert ensure(desk).id == group.id  # not listed yet
    desk.clock.sleep(60)
    assert ensure(desk, " Ada ").id == group.id
    assert ensure(desk, "Bo").id != group.id
    assert desk.shelf.creates == 2


def test_into_one_that_is_new_nothing_need_be_looked_for(desk: Desk) -> None:
    desk.deliver(judged("a.png"), group=ensure(desk, journal="uploads.sqlite3"))
    assert Step.SETTLING not in desk.steps()


def test_killed_anywhere_it_is_made_once(tmp_path: Path) -> None:
    number, where = 0, "somewhere"
    while where:
        number += 1
        desk = Desk(tmp_path / str(number))
        desk.shelf.lose = frozenset({1})
        desk.shelf.point = killing_at(number)
        try:
            ensure(desk)
            where = ""
        except Killed as killed:
            where = str(killed)
        desk.shelf.point = lambda _: None
        group = ensure(desk)
        assert list(desk.shelf.groups) == [group.id], where
    assert number > 5


@pytest.mark.parametrize("lose", [{1}, {1, 2}])
def test_an_answer_that_is_lost(desk: Desk, lose: set[int]) -> None:
    desk.shelf.lose = frozenset(lose)
    assert ensure(desk).id == "group-2"
    assert desk.shelf.creates == 1


def test_answers_that_never_come(desk: Desk) -> None:
    desk.shelf.answers = {"POST": httpx.Response(500)}
    with pytest.raises(AnswerLost):
        ensure(desk)
    assert desk.shelf.calls.count("POST /asset/groups") == 3
    desk.shelf.answers = {}
    ensure(desk)
    assert desk.shelf.creates == 1


def test_neither_an_answer_nor_a_list(desk: Desk) -> None:
    def fall_silent(call: str) -> None:
        if call == "before POST /asset/groups":
            desk.shelf.answers = {"GET": httpx.Response(503)}

    desk.shelf.lose = frozenset({1})
    desk.shelf.point = fall_silent
    with pytest.raises(AnswerLost) as caught:
        ensure(desk)
    assert isinstance(caught.value.__cause__, ServiceUnavailable)
    desk.shelf.answers, desk.shelf.point = {}, lambda _: None
    assert ensure(desk).id == "group-2"
    assert desk.shelf.creates == 1


def test_somebody_elses_group_of_that_name_is_not_taken(desk: Desk) -> None:
    desk.shelf.groups["group-7"] = ("Ada", -50.0)
    with pytest.raises(UsageError, match=r'There is a group "Ada" already.* --group group-7'):
        ensure(desk)
    assert desk.shelf.creates == 0


def test_the_journal_is_lost(desk: Desk) -> None:
    group = ensure(desk)
    desk.clock.sleep(60)
    with pytest.raises(UsageError, match=f"--group {group.id}"):
        ensure(desk, journal="another")


def test_one_that_was_deleted_is_made_anew(desk: Desk) -> None:
    first = ensure(desk)
    desk.clock.sleep(60)
    del desk.shelf.groups[first.id]
    desk.shelf.groups["group-8"] = ("other", 0.0)
    second = ensure(desk)
    assert desk.shelf.creates == 2
    assert ensure(desk).id == second.id


def test_one_that_was_renamed_is_still_the_one(desk: Desk) -> None:
    group = ensure(desk)
    desk.clock.sleep(60)
    desk.shelf.groups[group.id] = ("Bo", 0.0)
    found = ensure(desk)
    assert (found.id, found.name, found.kind) == (group.id, "Bo", GroupKind.VIRTUAL)


@pytest.mark.parametrize(("status", "error"), [(401, AuthenticationError), (400, RequestRefused)])
def test_what_was_surely_not_made_is_not_looked_for(desk: Desk, status: int, error: type[Exception]) -> None:
    desk.shelf.answers = {"POST": httpx.Response(status, json={"error": {"message": "no", "code": "bad"}})}
    with pytest.raises(error):
        ensure(desk)
    desk.shelf.answers = {}
    desk.shelf.groups["group-7"] = ("Ada", -50.0)  # by somebody else, meanwhile
    with pytest.raises(UsageError, match="group-7"):
        ensure(desk)


def test_what_was_asked_for_long_ago_is_not_what_somebody_else_has_made_since(desk: Desk) -> None:
    desk.shelf.point = killing_at(5)
    with pytest.raises(Killed, match="before POST /asset/groups"):
        ensure(desk)
    desk.shelf.point = lambda _: None
    desk.clock.sleep(3600)
    desk.shelf.groups["group-7"] = ("Ada", desk.clock())
    desk.clock.sleep(60)
    with pytest.raises(UsageError, match="not made with this journal: upload into it with --group group-7"):
        ensure(desk)
    assert desk.shelf.creates == 0


def test_what_was_asked_for_long_ago_is_what_was_made_then(desk: Desk) -> None:
    desk.shelf.lose = frozenset({1})
    desk.shelf.point = lambda call: desk.shelf.answers.update(
        {"GET": httpx.Response(503)} if call == "before POST /asset/groups" else {}
    )
    with pytest.raises(AnswerLost):
        ensure(desk)
    desk.shelf.answers, desk.shelf.point = {}, lambda _: None
    desk.clock.sleep(86_400)
    assert ensure(desk).id == "group-2"
    assert desk.shelf.creates == 1


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "a\nb", "\x1b[31m", "caf\udce9"])
def test_names_that_are_none(desk: Desk, name: str) -> None:
    with pytest.raises(UsageError, match="A group cannot be called"):
        ensure(desk, name)
    assert desk.shelf.calls == []


def test_two_at_once(desk: Desk) -> None:
    def another(call: str) -> None:
        if call == "before POST /asset/groups":
            desk.shelf.point = lambda _: None
            with pytest.raises(UploadBusy):
                ensure(desk)

    desk.shelf.point = another
    ensure(desk)
    assert desk.shelf.creates == 1


def test_asked_to_stop_while_it_looks(desk: Desk) -> None:
    desk.shelf.lose = frozenset({1})
    desk.shelf.list_lag = 100.0
    with pytest.raises(Cancelled):
        ensure(desk, stop_at=0.5)


def test_the_journal_knows_the_group(desk: Desk) -> None:
    group = ensure(desk)
    with Journal(desk.folder / "j") as journal:
        assert journal.knows_group("https://library.example/v1", group.id)
        assert not journal.knows_group("https://library.example/v1", "group-9")
