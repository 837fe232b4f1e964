"""The frame rate over time: spans that are exact, one after the other, and not too many of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.preview import RateSpan
from validator.probe.frame_rate import rate_facts, rate_spans
from validator.probe.sketch import SPANS
from validator.probe.stream import Timeline

Number = Fraction | int


def timeline(times: list[int], timescale: int) -> Timeline:
    """A stream whose frames are presented at these ticks."""
    made = Timeline(Fraction(1, timescale))
    made.times.extend(times)
    made.packets = len(times)
    made.last_duration = times[-1] - times[-2] if len(times) > 1 else 0
    made.end = times[-1] + made.last_duration if times else None
    return made


def spans(times: list[int], timescale: int = 24) -> list[tuple[Number, Number, Number]]:
    return [(span.start, span.end, span.rate) for span in rate_spans(timeline(times, timescale))]


class TestExact:
    def test_two_rates(self) -> None:
        times = [*range(24), *range(24, 72, 2)]
        assert spans(times) == [(0, 1, 24), (1, Fraction(70, 24), 12)]

    def test_a_rate_that_is_no_whole_number(self) -> None:
        times = [at * 1001 for at in range(24)] + [24 * 1001 + at * 2002 for at in range(12)]
        (_, _, first), (_, _, second) = spans(times, 24_000)
        assert (first, second) == (Fraction(24_000, 1001), Fraction(12_000, 1001))

    def test_one_frame_that_is_left_out(self) -> None:
        times = [at for at in range(48) if at != 20]
        expected = [(0, Fraction(19, 24), 24), (Fraction(19, 24), Fraction(21, 24), 12)]
        assert spans(times) == [*expected, (Fraction(21, 24), Fraction(47, 24), 24)]

    def test_times_are_those_of_the_presentation(self) -> None:
        assert spans([240, 241, 242, 244, 246])[0] == (10, Fraction(242, 24), 24)

    def test_frames_come_in_the_order_of_decoding(self) -> None:
        assert spans([0, 3, 1, 2, 7, 5]) == spans([0, 1, 2, 3, 5, 7])

    def test_two_frames_at_one_time_count_once(self) -> None:
        assert spans([0, 1, 1, 2, 4, 6]) == spans([0, 1, 2, 4, 6])


class TestConstant:
    @pytest.mark.parametrize("times", [[], [0], [5, 5], [0, 1], list(range(100))])
    def test_it_does_not_vary(self, times: list[int]) -> None:
        assert spans(times) == []

    def test_milliseconds_that_were_rounded(self) -> None:
        assert spans([round(at * 1000 / 24) for at in range(100)], 1000) == []

    def test_nothing_is_said_where_a_frame_has_no_time(self) -> None:
        made = timeline([0, 1, 4], 24)
        made.untimed = 1
        assert rate_spans(made) == ()


TIMES = st.lists(st.integers(1, 50), min_size=1, max_size=400).map(lambda gaps: [0, *accumulate(gaps)])


@given(TIMES, st.sampled_from([10, 24, 600, 1000, 90_000]))
def test_whatever_the_times_are(times: list[int], timescale: int) -> None:
    made = timeline(times, timescale)
    found = rate_spans(made)
    assert bool(found) == (rate_facts(made)["frame_rate_mode"] == "variable")
    assert len(found) <= SPANS
    if found:
        assert found[0].start == made.first
        assert found[-1].end == made.seconds(times[-1])
        assert all(before.end == after.start for before, after in pairwise(found))
        assert sum(span.rate * (span.end - span.start) for span in found) == len(times) - 1


def test_many_changes_become_averages() -> None:
    times = [0, *accumulate([1, 9] * 500)]
    found = rate_spans(timeline(times, 100))
    assert 100 <= len(found) <= SPANS
    assert {round(span.rate) for span in found} <= {18, 19, 20, 21, 22}


def test_what_is_left_of_averages_is_no_span_of_its_own() -> None:
    times = [0, *accumulate([1, 9] * 500 + [1])]
    found = rate_spans(timeline(times, 100))
    assert round(found[-1].rate) in range(18, 24)
    assert found[-1].end - found[-1].start >= found[0].end - found[0].start


def test_spans_are_what_previews_hold() -> None:
    assert rate_spans(timeline([0, 1, 3], 1))[0] == RateSpan(Fraction(0), Fraction(1), Fraction(1))
