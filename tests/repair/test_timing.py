"""Lengths and frame rates of copies: the nearest that are taken, exact on every bound."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.repair.demands import Range
from validator.repair.timing import USUAL_RATES, Part, nearest_duration, nearest_rate, part_of

TWO_TO_15 = Range(Fraction(2), Fraction(15))
OURS = Range(Fraction(24), Fraction(60))
SECONDS = st.fractions(min_value=0, max_value=1000, max_denominator=90_000)
THIRTIETH = Fraction(1, 30)


@pytest.mark.parametrize(
    ("duration", "taken", "step", "nearest"),
    [
        (Fraction(15), TWO_TO_15, None, Fraction(15)),
        (Fraction("15.001"), TWO_TO_15, None, Fraction(15)),
        (Fraction("15.001"), TWO_TO_15, Fraction(1001, 30000), Fraction(449449, 30000)),
        (Fraction("7.77"), TWO_TO_15, THIRTIETH, Fraction("7.77")),  # what is taken stays
        (Fraction(1), TWO_TO_15, None, Fraction(2)),
        (Fraction(1), TWO_TO_15, Fraction(1001, 30000), Fraction(60060, 30000)),
        (Fraction(20), Range(max=Fraction(15), open_max=True), None, Fraction("14.999")),
        (Fraction(15), Range(max=Fraction(15), open_max=True), THIRTIETH, 15 - THIRTIETH),
        (Fraction(2), Range(min=Fraction(2), open_min=True), None, Fraction("2.001")),
        (Fraction(9), Range(Fraction(3), Fraction(3)), None, Fraction(3)),
        (Fraction(9), Range(Fraction("3.01"), Fraction("3.02")), THIRTIETH, Fraction("3.015")),
        (Fraction(9), Range(Fraction(3), Fraction("3.0001"), True, True), None, Fraction("3.00005")),
        (Fraction(9), Range(Fraction(3), Fraction(3), True, True), None, None),
        (Fraction(9), Range(Fraction(4), Fraction(3)), None, None),
    ],
)
def test_the_nearest_length(
    duration: Fraction, taken: Range, step: Fraction | None, nearest: Fraction | None
) -> None:
    assert nearest_duration(duration, taken, step=step) == nearest


def test_a_range_without_an_end_and_without_a_whole_step() -> None:
    assert nearest_duration(Fraction(1), Range(max=Fraction(0), open_max=True)) == Fraction(-1, 1000)
    assert nearest_duration(Fraction(1), Range(Fraction(3), Fraction(2))) is None


@pytest.mark.parametrize(
    ("duration", "start", "part"),
    [
        (20, None, Part(Fraction(0), Fraction(15))),
        (20, 3, Part(Fraction(3), Fraction(15))),
        (20, 10, Part(Fraction(10), Fraction(10))),
        (20, 19, Part(Fraction(19), Fraction(1), lacks=Fraction(1))),
        (1, None, Part(Fraction(0), Fraction(1), lacks=Fraction(1))),
        (20, 20, None),
        (20, 21, None),
    ],
)
def test_the_part_that_stays(duration: int, start: int | None, part: Part | None) -> None:
    begin = None if start is None else Fraction(start)
    assert part_of(Fraction(duration), TWO_TO_15, start=begin) == part


def test_no_part_is_taken_where_no_length_is() -> None:
    assert part_of(Fraction(5), Range(Fraction(4), Fraction(3))) is None


@pytest.mark.parametrize(
    ("rate", "taken", "nearest"),
    [
        ("12", OURS, "24"),
        ("23.976", OURS, "24"),
        ("24000/1001", OURS, "24"),
        ("24000/1001", Range(), "24000/1001"),
        ("29.97", OURS, "30000/1001"),
        ("27", OURS, "25"),
        ("40", OURS, "48"),
        ("37.9", OURS, "30"),
        ("120", OURS, "60"),
        ("0", OURS, "24"),
        ("10", Range(Fraction(12), Fraction(16)), "12"),  # no usual one is taken
        ("20", Range(Fraction(12), Fraction(16)), "16"),
        ("60", Range(max=Fraction(60), open_max=True), "60000/1001"),
    ],
)
def test_the_nearest_rate(rate: str, taken: Range, nearest: str) -> None:
    assert nearest_rate(Fraction(rate), taken) == Fraction(nearest)


def test_no_rate_is_taken_where_none_can_be() -> None:
    assert nearest_rate(Fraction(30), Range(Fraction(13), Fraction(12))) is None


@given(seconds=SECONDS, step=st.sampled_from((None, THIRTIETH, Fraction(1001, 24000))))
def test_lengths_are_taken(seconds: Fraction, step: Fraction | None) -> None:
    nearest = nearest_duration(seconds, TWO_TO_15, step=step)
    assert nearest is not None
    assert TWO_TO_15.holds(nearest)
    assert nearest == seconds or step is None or (nearest / step).denominator == 1


@given(rate=st.fractions(min_value=Fraction(1, 10), max_value=1000, max_denominator=1001))
def test_rates_are_usual_and_no_other_is_nearer(rate: Fraction) -> None:
    nearest = nearest_rate(rate, OURS)
    assert nearest in USUAL_RATES
    assert OURS.holds(nearest)
    times = max(nearest, rate) / min(nearest, rate)
    assert all(max(each, rate) / min(each, rate) >= times for each in USUAL_RATES if OURS.holds(each))
