"""Peaks over a sound's duration: each sample in its column, however the samples come."""

from __future__ import annotations

from array import array
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.probe.sketch import COLUMNS, NOT_DECODED
from validator.probe.waveform import Waveform


def of(samples: list[int], rate: int = 1000, channels: int = 1) -> tuple[int, ...]:
    waveform = Waveform(Fraction(0), Fraction(len(samples) // channels, rate), rate)
    waveform.add(Fraction(0), rate, channels, array("h", samples))
    return waveform.columns()


class TestColumns:
    def test_four_hundred_of_equal_duration(self) -> None:
        assert of([at // 10 * 80 for at in range(4000)]) == tuple(
            round(at * 80 * 100 / 32_767) for at in range(400)
        )

    @pytest.mark.parametrize(("count", "columns"), [(1, 1), (399, 399), (400, 400), (401, 400), (7000, 400)])
    def test_never_more_than_samples(self, count: int, columns: int) -> None:
        assert of([32_767] * count) == (100,) * columns

    @pytest.mark.parametrize(
        ("sample", "share"), [(0, 0), (32_767, 100), (-32_768, 100), (-16_384, 50), (163, 0), (164, 1)]
    )
    def test_full_scale_is_100(self, sample: int, share: int) -> None:
        assert of([sample]) == (share,)

    def test_the_loudest_channel_counts(self) -> None:
        assert of([0, 3277, -16_384, 0], channels=2) == (10, 50)

    def test_silence_is_seen(self) -> None:
        assert of([0] * 800) == (0,) * 400


class TestPlaces:
    def test_what_was_not_decoded_is_told(self) -> None:
        waveform = Waveform(Fraction(5), Fraction(4), 100)
        waveform.add(Fraction(7), 100, 1, array("h", [32_767] * 100))
        columns = waveform.columns()
        assert columns == (NOT_DECODED,) * 200 + (100,) * 100 + (NOT_DECODED,) * 100

    def test_nothing_decoded_is_nothing_to_see(self) -> None:
        assert Waveform(Fraction(0), Fraction(4), 100).columns() == ()

    def test_samples_without_a_time_follow_the_others(self) -> None:
        waveform = Waveform(Fraction(0), Fraction(4), 1)
        waveform.add(Fraction(1), 1, 1, array("h", [32_767]))
        waveform.add(None, 1, 1, array("h", [16_384]))
        assert waveform.columns() == (NOT_DECODED, 100, 50, NOT_DECODED)

    @pytest.mark.parametrize("start", [-3, 4, 400, -400])
    def test_what_lies_outside_is_left_out(self, start: int) -> None:
        waveform = Waveform(Fraction(0), Fraction(4), 1)
        waveform.add(Fraction(start), 1, 1, array("h", [32_767] * 3))
        assert waveform.columns() == ()

    def test_samples_at_another_rate_lie_at_their_time(self) -> None:
        waveform = Waveform(Fraction(0), Fraction(2), 200)
        waveform.add(Fraction(1), 50, 1, array("h", [32_767] * 50))
        columns = waveform.columns()
        assert columns[:200] == (NOT_DECODED,) * 200
        assert columns[200:].count(100) == 50

    @pytest.mark.parametrize(("duration", "rate"), [(0, 8000), (1, 0), (-1, 8000)])
    def test_a_sound_of_no_length(self, duration: int, rate: int) -> None:
        waveform = Waveform(Fraction(0), Fraction(duration), rate)
        waveform.add(Fraction(0), 8000, 1, array("h", [1, 2, 3]))
        assert waveform.columns() == ()


SAMPLES = st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=2000)


@given(SAMPLES, st.integers(1, 700))
def test_it_does_not_matter_how_the_samples_come(samples: list[int], length: int) -> None:
    pieces = Waveform(Fraction(0), Fraction(len(samples), 1000), 1000)
    for start in range(0, len(samples), length):
        pieces.add(Fraction(start, 1000), 1000, 1, array("h", samples[start : start + length]))
    columns = pieces.columns()
    assert columns == of(samples)
    assert len(columns) == min(len(samples), COLUMNS)
    assert max(columns) == of([max(samples, key=abs)])[0]
