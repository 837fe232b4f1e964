"""Every measured value beside its limit: what is said of it, and where it is drawn."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.samples import PROFILE, STRICT, by_both, clip, header_only, missing, picture, portrait
from validator.findings import AssetReport, Severity
from validator.judge import Policy, judge
from validator.model import FileFacts, VideoFacts
from validator.profile import Profile
from validator.report.gauge import Reading, measured, scale_of
from validator.rule import Bounds, within

NUMBERS = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=1000)


def reading(result: AssetReport, fact: str, code: str = "", profile: Profile = PROFILE) -> Reading:
    (found,) = (
        each for each in measured(result, profile) if each.fact == fact and (not code or code in each.codes)
    )
    return found


class TestReading:
    def test_a_number_outside_of_its_limits(self) -> None:
        found = reading(clip(), "pixels")
        assert (found.label, found.value, found.limit) == (
            "pixel count",
            "407,040 px",
            "409,600 to 2,086,876 px",
        )
        assert (found.codes, found.state, found.severity) == (("VID005",), "outside", Severity.ERROR)
        assert found.share is not None
        assert found.scale is not None
        assert found.share < found.scale.low

    def test_a_number_inside_of_them(self) -> None:
        found = reading(clip(), "duration")
        assert (found.value, found.limit, found.state, found.severity) == ("5 s", "2 to 15 s", "inside", None)

    def test_rules_that_forbid_one_value_each_are_one_reading(self) -> None:
        found = reading(clip(), "content")
        assert found.codes == ("FIL002", "FIL003", "FIL004")
        assert (found.value, found.limit, found.scale) == ("media", "media", None)

    def test_one_of_several_rules_that_finds_something_decides(self) -> None:
        facts = clip().facts
        empty = dataclasses.replace(facts, file=FileFacts(content="lfs-pointer", access="readable"))
        result = AssetReport(clip().asset, empty, *judge(clip().asset, empty, PROFILE, Policy()))
        assert reading(result, "content").state == "outside"

    def test_several_limits_of_one_number_stand_by_themselves(self) -> None:
        few, none = (reading(portrait(), "face_count", code) for code in ("POR001", "POR002"))
        assert (few.limit, few.state) == ("at most 1 face", "outside")
        assert (none.limit, none.state) == ("at least 1 face", "inside")

    def test_what_was_not_judged_says_why(self) -> None:
        found = reading(missing(), "integrity")
        assert (found.value, found.state, found.why) == ("", "not judged", "the file could not be read")

    def test_of_a_rule_what_was_measured_is_judged_though_something_else_was_not(self) -> None:
        result = portrait()
        assert result.facts.portrait is not None
        half = msgspec.structs.replace(result.facts.portrait, face_height=53, sharpness=None, brightness=None)
        facts = dataclasses.replace(result.facts, portrait=half, unmeasured={"*": "no features"})
        again = AssetReport(result.asset, facts, *judge(result.asset, facts, PROFILE, Policy()))
        assert "POR010" in {finding.code for finding in again.findings}
        reasons = {skipped.code: skipped.reason for skipped in again.not_judged}
        assert reasons["POR010"] == "no features (not judged: face's sharpness, face's brightness)"
        assert reading(again, "face_height").state == "outside"
        assert reading(again, "brightness").state == "not judged"
        taller = dataclasses.replace(facts, portrait=msgspec.structs.replace(half, face_height=64))
        inside = AssetReport(result.asset, taller, *judge(result.asset, taller, PROFILE, Policy()))
        assert reading(inside, "face_height").state == "inside"

    def test_what_is_not_limited_is_listed_last(self) -> None:
        states = [each.state for each in measured(header_only(), PROFILE)]
        assert states.index("no limit") == len(states) - states.count("no limit") > 0
        assert reading(header_only(), "sample_rate").value == "44,100 Hz"

    def test_details_stand_beside_what_they_tell_more_of(self) -> None:
        assert reading(portrait(), "full_body").value == "cut off (Knees and ankles lie outside the picture)"
        assert reading(portrait(), "face_count", "POR001").value == "2 faces (one of 58 px at the left edge)"
        assert not [each for each in measured(portrait(), PROFILE) if each.fact.endswith("_detail")]

    def test_a_value_is_never_rounded_onto_its_limit(self) -> None:
        result = clip()
        near = dataclasses.replace(result.facts, media=VideoFacts(duration=Fraction("1.99996")))
        judged = AssetReport(result.asset, near, *judge(result.asset, near, PROFILE, Policy()))
        assert reading(judged, "duration").value == "1.99996 s"

    def test_a_rule_that_was_switched_off_limits_nothing(self) -> None:
        result = dataclasses.replace(clip(), findings=())
        found = reading(result, "pixels")
        assert (found.state, found.limit, found.codes) == ("no limit", "", ())

    def test_each_profile_has_its_own_limits(self) -> None:
        both = by_both(picture())
        assert reading(both, "width").state == "inside"
        assert reading(both, "width", profile=STRICT).state == "outside"
        assert reading(both, "width", profile=STRICT).limit == "300 to 900 px"

    @pytest.mark.parametrize("result", [clip(), picture(), portrait(), header_only(), missing()])
    def test_every_finding_has_its_reading(self, result: AssetReport) -> None:
        outside = {
            (code, each.fact, each.severity)
            for each in measured(result, PROFILE)
            if each.state == "outside"
            for code in each.codes
        }
        for finding in result.findings:
            assert (finding.code, finding.measured.fact, finding.severity) in outside

    @pytest.mark.parametrize("result", [clip(), picture(), portrait(), header_only(), missing()])
    def test_every_limit_is_worded(self, result: AssetReport) -> None:
        for each in measured(result, PROFILE):
            assert bool(each.limit) == (each.state != "no limit"), each
            assert each.label
            assert each.value or each.state == "not judged"


class TestScale:
    @given(NUMBERS, NUMBERS, NUMBERS, st.booleans(), st.sampled_from(["both", "min", "max"]))
    def test_what_is_allowed_is_drawn_inside_and_nothing_else(
        self, value: Fraction, one: Fraction, other: Fraction, open_bounds: bool, given_: str
    ) -> None:
        low = min(one, other) if given_ != "max" else None
        high = max(one, other) if given_ != "min" else None
        drawn = scale_of(value, Bounds(low, high), open_bounds=open_bounds)
        assert 0 <= drawn.low < drawn.high <= 1
        assert 0 <= drawn.share <= 1
        inside = drawn.low - 1e-9 <= drawn.share <= drawn.high + 1e-9
        assert inside == within(value, low, high, open_bounds=open_bounds)

    @given(st.lists(NUMBERS, min_size=2, max_size=2), NUMBERS, NUMBERS)
    def test_what_is_larger_is_drawn_further_right(
        self, values: list[Fraction], one: Fraction, other: Fraction
    ) -> None:
        less, more = sorted(values)
        bounds = Bounds(min(one, other), max(one, other))
        assert scale_of(less, bounds).share <= scale_of(more, bounds).share + 1e-9

    @pytest.mark.parametrize("bounds", [Bounds(Fraction(2)), Bounds(Fraction(2), Fraction(15))])
    def test_what_lies_below_has_all_of_the_room_there(self, bounds: Bounds) -> None:
        assert scale_of(Fraction(0), bounds).share == 0
        assert scale_of(Fraction(1, 2), bounds).share < 0.1
        assert 0.1 < scale_of(Fraction(3, 2), bounds).share < 0.2

    def test_a_number_beyond_any_float(self) -> None:
        huge = Fraction(10) ** 400
        assert scale_of(huge, Bounds(Fraction(2), Fraction(15))).share == pytest.approx(1, abs=1e-6)
        assert scale_of(-huge, Bounds(Fraction(2), Fraction(15))).share == pytest.approx(0, abs=1e-6)
