"""What is drawn over the seconds of clips and sounds."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.samples import PROFILE, clip, header_only, missing, picture
from tests.report.seen import seen_clip, seen_sound
from validator.findings import AssetReport, Severity
from validator.model import Facts, VideoFacts
from validator.preview import RateSpan
from validator.report.gauge import Reading, State, measured
from validator.report.timeline import Timeline, rates, timeline, waveform
from validator.rule import Bounds


def of(result: AssetReport) -> Timeline:
    drawn = timeline(result.facts, {"": measured(result, PROFILE)})
    assert drawn is not None
    return drawn


def band(low: int, high: int, severity: Severity | None = None) -> Reading:
    """A limit of the duration, and what was found by it."""
    bounds = Bounds(Fraction(low), Fraction(high))
    state: State = "inside" if severity is None else "outside"
    limit = f"{low} to {high} s"
    return Reading("duration", "duration", "", ("VID002",), "5 s", limit, state, severity, bounds=bounds)


class TestTimeline:
    def test_a_clip_within_the_band(self) -> None:
        drawn = of(clip())
        assert (drawn.label, drawn.limit, drawn.state) == ("5 s", "2 to 15 s", "inside")
        assert float(drawn.low) < float(drawn.end) < float(drawn.low) + float(drawn.span) < 100
        assert len(drawn.bounds) == 2

    def test_a_sound_that_is_too_long_reaches_beyond_it(self) -> None:
        drawn = of(seen_sound())
        assert drawn.state == "outside"
        assert float(drawn.low) + float(drawn.span) < float(drawn.end) < 100

    def test_a_duration_that_nothing_limits_has_no_band(self) -> None:
        drawn = timeline(clip().facts, {})
        assert drawn is not None
        assert (drawn.limit, drawn.state, drawn.bounds) == ("", "no limit", ())

    def test_of_several_bands_the_one_that_it_lies_outside_of_is_drawn(self) -> None:
        drawn = timeline(clip().facts, {"wide": [band(2, 15)], "late": [band(6, 30, Severity.WARNING)]})
        assert drawn is not None
        assert (drawn.limit, drawn.profile, drawn.state) == ("6 to 30 s", "late", "outside")

    def test_of_two_that_it_lies_outside_of_the_heavier_counts(self) -> None:
        readings = {"mild": [band(6, 7, Severity.WARNING)], "hard": [band(8, 30, Severity.ERROR)]}
        drawn = timeline(clip().facts, readings)
        assert drawn is not None
        assert drawn.profile == "hard"

    def test_of_several_that_it_lies_in_the_narrowest_is_drawn(self) -> None:
        drawn = timeline(clip().facts, {"wide": [band(2, 15)], "narrow": [band(3, 10)], "none": []})
        assert drawn is not None
        assert (drawn.limit, drawn.profile) == ("3 to 10 s", "narrow")

    def test_whose_band_it_is_is_said_unless_all_have_it(self) -> None:
        alike = timeline(clip().facts, {"one": [band(2, 15)], "other": [band(2, 15)]})
        alone = timeline(clip().facts, {"one": [band(2, 15)], "other": []})
        assert alike is not None
        assert alone is not None
        assert (alike.profile, alone.profile) == ("", "one")

    @pytest.mark.parametrize("duration", [Fraction(1, 100), Fraction(90), Fraction(4000), Fraction(10**9)])
    def test_there_are_never_too_many_marks(self, duration: Fraction) -> None:
        drawn = of(seen_sound(duration=duration))
        assert len(drawn.ticks) <= 8
        assert sum(len(tick.label) for tick in drawn.ticks) <= 32
        assert all(0 <= float(tick.share) <= 100 for tick in drawn.ticks)

    @pytest.mark.parametrize("result", [picture(), missing()])
    def test_what_has_no_duration_has_no_timeline(self, result: AssetReport) -> None:
        assert timeline(result.facts, {"": measured(result, PROFILE)}) is None

    @pytest.mark.parametrize("duration", [Fraction(0), Fraction(-1)])
    def test_nor_has_what_has_a_strange_one(self, duration: Fraction) -> None:
        assert timeline(Facts(media=VideoFacts(duration=duration)), {}) is None

    def test_a_value_that_was_not_judged_is_drawn_all_the_same(self) -> None:
        assert of(header_only()).label == "4.875 s"


class TestWaveform:
    @given(st.lists(st.integers(-1, 100), min_size=1, max_size=50))
    def test_the_outline_stays_within_its_box(self, peaks: list[int]) -> None:
        drawn = waveform(peaks)
        assert drawn is not None
        assert drawn.columns == len(peaks)
        assert all(0 <= int(each) <= 100 for each in re.findall(r"V(\d+)", drawn.outline))
        assert all(0 <= int(each) <= len(peaks) for each in re.findall(r"[MH](\d+)", drawn.outline))
        assert re.fullmatch(r"(M\d+ \d+([VH]\d+)+Z)*", drawn.outline)
        assert sum(count for _, count in drawn.gaps) == peaks.count(-1)

    def test_a_peak_is_as_high_as_it_is(self) -> None:
        drawn = waveform((100, 50))
        assert drawn is not None
        assert drawn.outline == "M0 50V0H1V25H2V75H1V100H0Z"

    def test_nothing_is_drawn_of_nothing(self) -> None:
        assert waveform(()) is None


class TestRates:
    def test_steps_lie_over_the_allowed_band(self) -> None:
        result = seen_clip()
        assert result.preview is not None
        drawn = rates(result.preview.frame_rates, result.facts, {"": measured(result, PROFILE)})
        assert drawn is not None
        assert (drawn.label, drawn.limit) == ("15 to 60 fps", "24 to 60 fps")
        assert (drawn.steps, drawn.top, drawn.height) == ("M0 9.1V9.1H40V77.3H100", "9.1", "54.5")

    def test_the_extremes_are_those_of_single_frames(self) -> None:
        spans = (
            RateSpan(Fraction(0), Fraction(1), Fraction(30)),
            RateSpan(Fraction(1), Fraction(2), Fraction(31)),
        )
        media = VideoFacts(duration=Fraction(2), frame_rate_min=Fraction(20), frame_rate_max=Fraction(45))
        drawn = rates(spans, Facts(media=media), {})
        assert drawn is not None
        assert drawn.label == "20 to 45 fps"

    def test_frames_at_almost_one_time_leave_the_others_to_be_seen(self) -> None:
        times = (0, Fraction(1, 10**6), 2)
        spans = (
            RateSpan(Fraction(times[0]), Fraction(times[1]), Fraction(10**6)),
            RateSpan(Fraction(times[1]), Fraction(times[2]), Fraction(30)),
        )
        drawn = rates(spans, Facts(media=VideoFacts(duration=Fraction(2), frame_rate=Fraction(30))), {})
        assert drawn is not None
        assert drawn.steps == "M0 0V0H0V69.7H100"

    def test_what_lies_behind_the_end_is_drawn_at_the_end(self) -> None:
        spans = (RateSpan(Fraction(-1), Fraction(99), Fraction(30)),)
        drawn = rates(spans, Facts(media=VideoFacts(duration=Fraction(2))), {})
        assert drawn is not None
        assert (drawn.steps, drawn.height, drawn.limit) == ("M0 9.1V9.1H100", "0", "")

    def test_a_constant_rate_is_not_drawn(self) -> None:
        assert rates((), clip().facts, {}) is None
        assert rates((RateSpan(Fraction(0), Fraction(1), Fraction(1)),), Facts(), {}) is None
