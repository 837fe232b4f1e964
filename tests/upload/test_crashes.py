"""Killed at every single point of a delivery, and run again: one asset for each file, and nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.upload.shelf import Desk, Killed, Shelf, judged, killing_at
from validator import AssetReport
from validator.upload import Outcome

LOST = frozenset({1, 2})


def results() -> list[AssetReport]:
    return [
        judged("a.png"),
        judged("b.png"),
        judged("copy-of-a.png", "a.png"),
        judged("https://host/c.png", url=True),
    ]


def desk_in(folder: Path, *, lose: frozenset[int] = frozenset(), failed: bool = False) -> Desk:
    desk = Desk(folder, Shelf(lose=lose))
    if failed:
        digits = results()[1].facts.file.sha256 or ""
        desk.shelf.put(f"b-{digits[:16]}", "Failed")
        desk.clock.sleep(60)
    return desk


def killed_at(desk: Desk, number: int, options: dict[str, bool]) -> str:
    """Deliver, and be killed at that point; where that was, "" if there are fewer points."""
    point = killing_at(number)
    desk.point = desk.shelf.point = desk.bucket.point = point
    try:
        desk.deliver(*results(), options=options)
    except Killed as killed:
        return str(killed)
    finally:
        desk.point = desk.shelf.point = desk.bucket.point = lambda _: None
    return ""


def check(desk: Desk, outcomes: Sequence[Outcome], where: str) -> None:
    assert [outcome.is_active for outcome in outcomes] == [True] * 4, (where, outcomes)
    assert len(desk.shelf.there) == 3, (where, desk.shelf.names)
    by_bytes = {outcome.sha256: outcome.asset_id for outcome in outcomes}
    assert sorted(by_bytes.values()) == sorted(asset.id for asset in desk.shelf.there), where
    with desk.journal() as journal:
        assert not journal.unfinished_runs(), where


@pytest.mark.parametrize(
    ("options", "lose"),
    [
        ({"unpublish": True, "retry_failed": True}, LOST),
        pytest.param({}, frozenset(), marks=pytest.mark.slow),
        pytest.param({}, LOST, marks=pytest.mark.slow),
        pytest.param({"unpublish": True}, frozenset(), marks=pytest.mark.slow),
        pytest.param({"retry_failed": True}, frozenset(), marks=pytest.mark.slow),
    ],
)
def test_killed_once_anywhere(tmp_path: Path, options: dict[str, bool], lose: frozenset[int]) -> None:
    number, where = 0, "somewhere"
    while where:
        number += 1
        folder = tmp_path / str(number)
        desk = desk_in(folder, lose=lose, failed="retry_failed" in options)
        where = killed_at(desk, number, options)
        outcomes = desk.deliver(*results(), options=options)
        check(desk, outcomes, where)
        assert not ("unpublish" in options and desk.bucket.files), where
        assert len(desk.bucket.puts) <= 3, where
        shutil.rmtree(folder)
    assert number > 50


@pytest.mark.parametrize("lose", [pytest.param(frozenset(), marks=pytest.mark.slow), LOST])
def test_killed_once_anywhere_and_the_journal_is_lost(tmp_path: Path, lose: frozenset[int]) -> None:
    number, where = 0, "somewhere"
    while where:
        number += 1
        folder = tmp_path / str(number)
        desk = desk_in(folder, lose=lose)
        where = killed_at(desk, number, {})
        outcomes = desk.deliver(*results(), journal="another.sqlite3")
        assert [outcome.is_active for outcome in outcomes] == [True] * 4, (where, outcomes)
        assert len(desk.shelf.there) == 3, (where, desk.shelf.names)
        shutil.rmtree(folder)
    assert number > 50


@settings(max_examples=30, deadline=None)
@given(
    kills=st.lists(st.integers(1, 60), max_size=6),
    lose=st.frozensets(st.integers(1, 8), max_size=4),
    pauses=st.lists(st.floats(0, 5), min_size=6, max_size=6),
    set_back=st.lists(st.integers(-100_000, 100_000), min_size=6, max_size=6),
    restarts=st.lists(st.booleans(), min_size=6, max_size=6),
    failed=st.booleans(),
)
def test_killed_again_and_again(
    kills: list[int],
    lose: frozenset[int],
    pauses: list[float],
    set_back: list[int],
    restarts: list[bool],
    failed: bool,
) -> None:
    """With pauses between, clocks that were changed, and machines that were started anew."""
    options = {"retry_failed": True}
    with TemporaryDirectory() as folder:
        desk = desk_in(Path(folder), lose=lose, failed=failed)
        for number, pause, seconds, restarted in zip(kills, pauses, set_back, restarts, strict=False):
            killed_at(desk, number, options)
            desk.clock.seconds += pause
            desk.day += timedelta(seconds=seconds)
            if restarted:
                desk.started = -desk.clock()
        outcomes = desk.deliver(*results(), options=options)
        check(desk, outcomes, f"killed at {kills}")
