"""Which failures are tried again, how long that waits, and what hosts ask for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.intake.retry import Again, Retries, retry_after

NOW = datetime(2026, 11, 22, 23, 10, tzinfo=UTC)
LONGEST = Retries(at_most=9, jitter=lambda: 1.0, now=lambda: NOW)


def test_waits_double_up_to_the_longest() -> None:
    waits = [LONGEST.wait(Again(), tried, left=99) for tried in range(1, 8)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_jitter_shortens_them_to_anything_down_to_nothing() -> None:
    assert Retries(jitter=lambda: 0.0).wait(Again(), 2, left=99) == 0
    assert Retries(jitter=lambda: 0.25).wait(Again(), 2, left=99) == 0.25


def test_tries_end() -> None:
    assert Retries(2).wait(Again(), 2, left=99) is not None
    assert Retries(2).wait(Again(), 3, left=99) is None
    assert Retries(0).wait(Again(), 1, left=99) is None


def test_what_is_final_or_helps_only_once_is_not_tried_more_often() -> None:
    assert LONGEST.wait(None, 1, left=99) is None
    assert LONGEST.wait(Again(once=True), 1, left=99) is not None
    assert LONGEST.wait(Again(once=True), 2, left=99) is None
    assert Retries(0).wait(Again(once=True), 1, left=99) is None


def test_no_wait_reaches_the_end_of_all_tries() -> None:
    assert LONGEST.wait(Again("5"), 1, left=5) is None
    assert LONGEST.wait(Again("5"), 1, left=5.1) == 5


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("0", 0),
        ("3", 3),
        (" 10 ", 10),
        ("11", None),
        ("86400", None),
        ("9" * 10_000, None),
        ("Sun, 22 Nov 2026 23:10:07 GMT", 7),
        ("Sun, 22 Nov 2026 23:10:07", 7),
        ("Sun, 22 Nov 2026 23:10:07 +0000", 7),
        ("Sun, 22 Nov 2026 20:00:00 GMT", 0),
        ("Mon, 23 Nov 2026 23:10:07 GMT", None),
        ("soon", 0.5),
        ("-5", 0.5),
        ("1.5", 0.5),
    ],
)
def test_a_host_is_asked_again_when_it_wants_to_be(header: str, wait: float | None) -> None:
    assert LONGEST.wait(Again(header), 1, left=99) == wait
    assert bool(LONGEST.refused(Again(header))) == (wait is None)


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]+ [A-Z][a-z]{2} [0-9]+ [0-9:]+ [A-Z+0-9-]+"))
def test_no_header_is_too_odd(text: str) -> None:
    seconds = retry_after(text, NOW)
    assert seconds is None or seconds >= 0
