"""When to judge again: not too early, not for nothing, and not never."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, pairwise, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.intake.source import Signature
from validator.model import Asset
from validator.watch import Pace, Round, Sight, difference, rounds

Files = dict[str, int | None]


class Over(Exception):
    """Nothing more will happen."""


def sight(files: Files | None = None, *, trouble: str = "", **beside: object) -> Sight:
    known = files or {}
    return Sight(
        tuple(Asset(name, name) for name in known),
        {
            name: None if version is None else Signature(version, 0, 0, 0, 0)
            for name, version in known.items()
        },
        beside,
        trouble,
    )


@dataclass
class World:
    """What is seen, look by look; time passes only where somebody waits."""

    looks: Iterable[Sight]
    blind: bool = False
    now: float = 0.0
    waits: list[float] = field(default_factory=list)
    aimed: list[Sight] = field(default_factory=list)
    cost: float = 0.0

    def __post_init__(self) -> None:
        self._left = iter(self.looks)

    @property
    def is_blind(self) -> bool:
        return self.blind

    def look(self) -> Sight:
        self.now += self.cost
        try:
            return next(self._left)
        except StopIteration:
            raise Over from None

    def aim(self, sight: Sight) -> None:
        self.aimed.append(sight)

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return False

    def pause(self, seconds: float) -> None:
        self.now += seconds

    def rounds(self, pace: Pace | None = None) -> list[Round]:
        found: list[Round] = []
        with pytest.raises(Over):
            found.extend(self._told(pace, found.append))
        return found

    def _told(self, pace: Pace | None, tell: Callable[[Round], None]) -> Iterator[Round]:
        for each in rounds(self.look, self, pace, clock=lambda: self.now, pause=self.pause):
            tell(each)
        yield from ()


def reasons(*looks: Sight) -> list[str]:
    return [each.why for each in World(looks).rounds()]


A, B = sight({"a": 1}), sight({"a": 2})


def test_what_is_there_is_judged_at_once() -> None:
    (only,) = World([A]).rounds()
    assert only == Round(A)


def test_nothing_is_judged_twice() -> None:
    assert reasons(A, A, A, A) == [""]


def test_what_changed_is_judged_when_it_rests() -> None:
    assert reasons(A, B, B) == ["", "a changed"]


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (A, sight({"a": 1, "b": 1}), "b is new"),
        (A, sight({}), "a is gone"),
        (A, sight({"a": None}), "a is gone"),
        (sight({"a": None}), A, "a is there again"),
        (A, sight({"b": 1}), "b is new, a is gone"),
        (sight({"d/a": 1, "d/b": 1}), sight({"d": None}), "d is missing, d/a is gone, d/b is gone"),
        (sight({"d": None}), sight({"d/a": 1}), "d/a is new"),
        (sight({"a": 1}, config=1), sight({"a": 1}, config=2), "config changed"),
        (sight({"a": 1}, config=1), sight({"a": 2}, config=2), "a changed, config changed"),
        (
            sight(dict.fromkeys("abcdef", 1)),
            sight(dict.fromkeys("abcdef", 2)),
            "a changed, b changed, c changed, 3 more changed",
        ),
        (
            sight(),
            Sight((Asset("https://h/a?k=s", "https://h/a?k=s", is_url=True),)),
            "https://h/a?… is new",
        ),
    ],
)
def test_it_says_why(before: Sight, now: Sight, why: str) -> None:
    assert difference(before, now) == why
    assert reasons(before, now, now) == ["", why]


def test_a_change_that_is_undone_before_it_rests_is_none() -> None:
    assert reasons(A, B, A, A, A) == [""]


def test_a_file_that_grows_is_waited_for() -> None:
    growing = [sight({"a": 1, "b": size}) for size in range(5)]
    world = World([A, *growing, growing[-1]])
    assert [each.why for each in world.rounds()] == ["", "b is new"]
    assert world.now == 5 * Pace().rest


def test_a_file_that_never_rests_does_not_hold_up_the_others() -> None:
    pace = Pace(rest=1, patience=3)
    endless = (sight({"a": 2, "b": size}) for size in range(9))
    world = World(chain([A], endless))
    first, second = world.rounds(pace)
    assert first == Round(A)
    assert second == Round(sight({"a": 2}), "a changed", ("b",))
    # A second helping of patience, and no third round: nothing else changed.
    rested = sight({"a": 2, "b": 8})
    world = World(chain([A], (sight({"a": 2, "b": size}) for size in range(9)), repeat(rested, 5)))
    assert [each.why for each in world.rounds(pace)] == ["", "a changed", "b is new"]


def test_a_file_that_disappears_while_others_are_waited_for_is_no_unsettled_one() -> None:
    pace = Pace(rest=1, patience=1)
    world = World([A, sight({"a": 2}), sight({"a": None}), sight({"a": None})])
    assert [each.unsettled for each in world.rounds(pace)] == [(), ()]


def test_trouble_is_told_once_and_its_end_too() -> None:
    trouble = sight(trouble="no such rule")
    told = World([A, trouble, trouble, trouble, A, A]).rounds()
    assert [each.sight.trouble for each in told] == ["", "no such rule", ""]
    assert told[-1].why == "what was wrong is mended"
    assert reasons(A, trouble, trouble, B, B)[-1] == "a changed"


def test_plans_are_not_compared() -> None:
    assert Sight(plan=1) == Sight(plan=2)


def test_it_listens_before_it_waits() -> None:
    world = World([A, A, B, B])
    world.rounds()
    assert world.aimed == [A, A, B]


@pytest.mark.parametrize(
    ("blind", "cost", "seconds"), [(False, 0.0, 5), (True, 0.0, 1), (False, 1.0, 50), (True, 1.0, 10)]
)
def test_looks_that_cost_much_are_rare(blind: bool, cost: float, seconds: float) -> None:
    world = World([A, A], blind=blind, cost=cost)
    world.rounds()
    assert world.waits == [seconds, seconds]


@given(st.lists(st.sampled_from([A, B, sight({}), sight({"a": 1, "b": 1}), sight(trouble="x")]), min_size=1))
def test_what_is_seen_last_is_judged_last_and_no_round_is_like_the_one_before(seen: list[Sight]) -> None:
    told = [each.sight for each in World([*seen, *repeat(seen[-1], 3)]).rounds()]
    assert told[-1] == seen[-1]
    assert all(one != other for one, other in pairwise(told))
