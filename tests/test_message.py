"""The sentences of a report: the value, the limit, which side of it and by how much."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator import message
from validator.message import Comparison, quantity, span, value_key
from validator.model import FactValue
from validator.people import Box
from validator.profile import default_profile
from validator.rule import Observed, Rule

PROFILE = default_profile()


def comparison(code: str, fact: str, value: FactValue, /, **others: FactValue) -> Comparison:
    return Comparison(PROFILE[code], fact, {fact: value, **others}, PROFILE)


def below(code: str, fact: str, value: FactValue, /, **others: FactValue) -> str:
    bound = PROFILE[code].min
    assert bound is not None
    return message.out_of_range(comparison(code, fact, value, **others), bound, "below")


def above(code: str, fact: str, value: FactValue, /, **others: FactValue) -> str:
    bound = PROFILE[code].max
    assert bound is not None
    return message.out_of_range(comparison(code, fact, value, **others), bound, "above")


def changed(code: str, /, **changes: object) -> Rule:
    return msgspec.structs.replace(PROFILE[code], **changes)


class TestOutOfRange:
    def test_value_limit_side_and_distance(self) -> None:
        text = below("VID005", "pixels", 407_040, width=848, height=480)
        assert text == ("The pixel count is 407,040 px: 2,560 px below the minimum of 409,600 px (848x480).")

    def test_the_observed_band_is_named_where_it_holds_the_value(self) -> None:
        assert below("VID006", "frame_rate", Fraction(24000, 1001)) == (
            "The frame rate is 23.976 fps: 0.024 fps below the minimum of 24 fps. "
            "23.8–60 fps has been seen to pass (server message quoted by third parties)."
        )

    def test_the_observed_band_is_not_named_where_it_does_not(self) -> None:
        assert above("VID006", "frame_rate", Fraction(61)) == (
            "The frame rate is 61 fps: 1 fps above the maximum of 60 fps."
        )

    def test_an_observed_band_without_a_unit(self) -> None:
        rule = changed("VID003", observed=Observed(source="a letter", max=Fraction(3)))
        text = message.out_of_range(
            Comparison(rule, "aspect_ratio", {"aspect_ratio": Fraction("2.6")}, PROFILE),
            Fraction("2.5"),
            "above",
        )
        assert text.endswith(" At most 3 has been seen to pass (a letter).")

    def test_a_value_beside_the_limit_is_not_rounded_onto_it(self) -> None:
        text = above("AUD002", "duration", Fraction(720_001, 48_000))
        assert text.startswith("The duration is 15.00002 s: 0.00002 s above the maximum of 15 s.")

    def test_on_an_open_bound(self) -> None:
        text = above("IMG004", "bytes", 30_000_000)
        assert text == (
            "The file size is 30,000,000 bytes: exactly on the maximum of 30,000,000 bytes, "
            "which is itself outside. We read MB as 1,000,000 bytes; read as 1,048,576 bytes, "
            "30 MB would hold it."
        )

    @given(st.fractions(max_denominator=10**6), st.fractions(max_denominator=10**6))
    def test_value_and_limit_never_read_alike(self, value: Fraction, bound: Fraction) -> None:
        rule = changed("VID006", min=bound, max=None, observed=None)
        compared = Comparison(rule, "frame_rate", {"frame_rate": value}, PROFILE)
        text = message.out_of_range(compared, bound, "below" if value < bound else "above")
        measured = text.removeprefix("The frame rate is ").split(" fps")[0]
        limit = text.split("imum of ")[1].split(" fps")[0]
        assert (measured == limit) is (value == bound)
        assert ("exactly on" in text) is (value == bound)


class TestMegabytes:
    @pytest.mark.parametrize(
        ("code", "size", "said"),
        [
            ("VID007", 50_000_001, True),
            ("VID007", 50 * 2**20, True),
            ("VID007", 50 * 2**20 + 1, False),
            ("IMG004", 30_000_000, True),
            ("IMG004", 30 * 2**20 - 1, True),
            ("IMG004", 30 * 2**20, False),  # "< 30 MB" does not hold 30 MB however it is read
            ("AUD003", 15_000_001, True),
            ("AUD003", 16_000_000, False),
        ],
    )
    def test_both_readings_are_named_where_they_differ(self, code: str, size: int, said: bool) -> None:
        assert ("read as 1,048,576 bytes" in above(code, "bytes", size)) is said

    def test_a_limit_that_is_no_round_number_of_megabytes_has_one_reading(self) -> None:
        rule = changed("VID007", max=Fraction(1_500_000), observed=None)
        compared = Comparison(rule, "bytes", {"bytes": 1_500_001}, PROFILE)
        assert message.out_of_range(compared, Fraction(1_500_000), "above").endswith("of 1,500,000 bytes.")

    def test_a_minimum_of_bytes_has_one_reading(self) -> None:
        rule = changed("VID007", min=Fraction(1_000_000), max=None, observed=None)
        compared = Comparison(rule, "bytes", {"bytes": 1}, PROFILE)
        text = message.out_of_range(compared, Fraction(1_000_000), "below")
        assert text == "The file size is 1 byte: 999,999 bytes below the minimum of 1,000,000 bytes."


class TestContext:
    def test_width_and_height_are_written_as_a_size(self) -> None:
        text = above("IMG002", "aspect_ratio", Fraction(3), width=1200, height=400)
        assert "(1200x400)" in text

    def test_a_width_alone_is_written_alone(self) -> None:
        rule = changed("IMG002", shows=("width", "format"))
        facts: dict[str, FactValue] = {"aspect_ratio": Fraction(3), "width": 1200, "format": "png"}
        text = message.out_of_range(
            Comparison(rule, "aspect_ratio", facts, PROFILE), Fraction("2.5"), "above"
        )
        assert "(width 1,200 px, png)" in text

    def test_sizes_of_several_kinds_are_named(self) -> None:
        rule = changed("VID011", shows=("stored_width", "stored_height", "shown_width", "shown_height"))
        facts: dict[str, FactValue] = {
            "geometry": True,
            "stored_width": 1920,
            "stored_height": 1080,
            "shown_width": 1080,
            "shown_height": 1920,
        }
        text = message.stated(Comparison(rule, "geometry", facts, PROFILE))
        assert text == "The video is shown otherwise than it is stored (stored 1920x1080, shown 1080x1920)."

    def test_a_fact_that_was_not_measured_is_left_out(self) -> None:
        assert message.stated(comparison("VID010", "codec_support", "hdr")) == "The video is HDR."

    def test_a_text_is_shown_as_it_is(self) -> None:
        text = message.stated(comparison("VID010", "codec_support", "hdr", codec_detail="HEVC, HLG"))
        assert text == "The video is HDR (HEVC, HLG)."

    def test_the_same_number_is_not_said_twice(self) -> None:
        rule = changed("AUD002", shows=("claimed_duration",), against="", observed=None)

        def said(claimed: int) -> str:
            facts = {"duration": Fraction(16), "claimed_duration": Fraction(claimed)}
            return message.out_of_range(Comparison(rule, "duration", facts, PROFILE), Fraction(15), "above")

        assert said(16) == "The duration is 16 s: 1 s above the maximum of 15 s."
        assert said(10) == "The duration is 16 s: 1 s above the maximum of 15 s (header's duration 10 s)."

    def test_numbers_outside_the_limit_they_are_held_against_are_marked(self) -> None:
        text = message.stated(
            comparison(
                "VID009",
                "frame_rate_mode",
                "variable",
                frame_rate_min=Fraction(5),
                frame_rate=Fraction(30),
                frame_rate_max=Fraction(60),
            )
        )
        assert text == (
            "The frame rate is variable (slowest frame rate 5 fps [outside 24–60], "
            "frame rate 30 fps, fastest frame rate 60 fps)."
        )

    def test_such_a_number_is_not_rounded_onto_the_limit(self) -> None:
        rule = changed("AUD002", shows=("claimed_duration",), against="AUD002")
        facts = {"duration": Fraction(1), "claimed_duration": Fraction("1.99996")}
        text = message.out_of_range(Comparison(rule, "duration", facts, PROFILE), Fraction(2), "below")
        assert "(header's duration 1.99996 s [outside 2–15])" in text

    def test_a_limit_with_one_bound_marks_too(self) -> None:
        rule = changed("VID009", against="VID007", shows=("bytes",))
        facts: dict[str, FactValue] = {"frame_rate_mode": "variable", "bytes": 60_000_000}
        text = message.stated(Comparison(rule, "frame_rate_mode", facts, PROFILE))
        assert "file size 60,000,000 bytes [outside at most 50,000,000]" in text


class TestValues:
    def test_none_of_several(self) -> None:
        text = message.not_one_of(comparison("VID008", "resolution", "640p", width=640, height=640))
        assert text == "The resolution is 640p, not 480p, 720p or 1080p (640x640)."

    def test_not_the_only_one(self) -> None:
        rule = changed("VID001", one_of=("mp4",))
        text = message.not_one_of(Comparison(rule, "format", {"format": "avi"}, PROFILE))
        assert text == "The format is avi, not mp4."

    def test_a_value_with_words(self) -> None:
        text = message.stated(comparison("FIL005", "integrity", "truncated", integrity_detail="at byte 500"))
        assert text == "The file ends before its content does (at byte 500)."

    def help_of(self, value: str, helps: dict[str, str], **facts: FactValue) -> str:
        rule = changed("FIL005", help="Export it again.", helps=helps)
        return message.help_of(Comparison(rule, "integrity", {"integrity": value, **facts}, PROFILE))

    def test_the_help_is_that_of_the_value_or_of_the_kind(self) -> None:
        helps = {"corrupt": "Repair it.", "video": "Cut it."}
        assert self.help_of("corrupt", helps, kind="video") == "Repair it."
        assert self.help_of("truncated", helps, kind="video") == "Cut it."
        assert self.help_of("truncated", helps, kind="image") == "Export it again."
        assert self.help_of("truncated", helps) == "Export it again."

    def test_where_a_help_names_what_was_not_measured_the_next_one_stands(self) -> None:
        assert self.help_of("corrupt", {"corrupt": "Look at {integrity_detail}."}) == "Export it again."

    def test_a_value_without_words_is_named(self) -> None:
        rule = changed("FIL005", says={})
        text = message.stated(Comparison(rule, "integrity", {"integrity": "truncated"}, PROFILE))
        assert text == "The integrity is truncated."

    def test_a_value_that_is_not_what_it_has_to_be(self) -> None:
        rule = changed("IMG007", equals=False, levels={}, says={}, shows=())
        text = message.stated(Comparison(rule, "orientation", {"orientation": True}, PROFILE))
        assert text == '"turned" is true, not false.'

    def test_on_a_bound(self) -> None:
        text = message.on_bound(PROFILE["IMG005"], PROFILE["IMG003"], "height", Fraction(6000))
        assert text == (
            "The height is exactly 6,000 px, on a bound that IMG003 lets pass as documented, "
            "and that others write as outside (server text quoted by third parties)."
        )


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Fraction(1, 3), "s", "0.333 s"),
        (1, "B", "1 byte"),
        (2, "B", "2 bytes"),
        (0, "B", "0 bytes"),
        (1, "frames", "1 frame"),
        (1, "tracks", "1 track"),
        (6, "channels", "6 channels"),
        (90, "°", "90°"),
        (Fraction("2.5"), "", "2.5"),
        (11_025, "Hz", "11,025 Hz"),
        (1, "px", "1 px"),
    ],
)
def test_quantities_are_written_as_people_write_them(value: Fraction | int, unit: str, text: str) -> None:
    assert quantity(value, unit) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (Fraction(2), Fraction(15), "2–15"),
        (None, Fraction(30_000_000), "at most 30,000,000"),
        (Fraction("1.8"), None, "at least 1.8"),
    ],
)
def test_spans(low: Fraction | None, high: Fraction | None, text: str) -> None:
    assert span(low, high) == text


@pytest.mark.parametrize(
    ("value", "key"), [(True, "true"), (False, "false"), ("mp4", "mp4"), (3, "3"), (Fraction(1, 2), "1/2")]
)
def test_how_a_profile_writes_a_value(value: FactValue, key: str) -> None:
    assert value_key(value) == key


CLOSE = PROFILE["POR004"]
"""A rule about people: one fact with limits, and words of its own for either side of them."""


def framed(beginning: str, /, rule: Rule = CLOSE, fact: str = "head_height", **facts: object) -> str:
    return message.filled(beginning, Comparison(rule, fact, facts, PROFILE))


class TestFilled:
    def test_a_fact_stands_where_its_name_did(self) -> None:
        text = framed(
            "{head_cut_detail}, {face_count}: {yaw}.", head_cut_detail="left edge", face_count=2, yaw=-3
        )
        assert text == "left edge, 2 faces: -3°."

    def test_shares_are_written_in_percent(self) -> None:
        assert framed("It fills {head_height}", head_height=Fraction("0.312")) == "It fills 31.2 %"
        assert framed("It fills {head_height}", head_height=Fraction(1)) == "It fills 100 %"

    def test_a_box_is_a_size_at_a_place(self) -> None:
        assert framed("Crop to {close_up_crop}.", close_up_crop=Box(402, 96, 812, 1218)) == (
            "Crop to 812x1218 at (402, 96)."
        )

    @pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false")])
    def test_a_truth_is_a_word_and_no_number(self, value: bool, text: str) -> None:
        assert framed("It is {body_frontal}", body_frontal=value) == f"It is {text}"

    def test_a_sentence_that_lacks_a_fact_is_left_out(self) -> None:
        text = "About two thirds are asked for. Crop to {close_up_crop}. Turn by {yaw}! Why {roll}? Done."
        assert framed(text) == "About two thirds are asked for. Done."
        assert framed(text, yaw=20) == "About two thirds are asked for. Turn by 20°! Done."
        assert framed(text, roll=1) == "About two thirds are asked for. Why 1°? Done."

    def test_a_sentence_that_lacks_one_of_two_is_left_out(self) -> None:
        assert framed("From {yaw} to {roll}.", yaw=1) == ""

    def test_zero_and_no_are_measured(self) -> None:
        assert (
            framed("{face_count} and {body_frontal}", face_count=0, body_frontal=False) == "0 faces and false"
        )

    def test_a_text_without_names_stays_as_it_is(self) -> None:
        for text in ("", "No face was found", "Two sentences. Of one e.g. here."):
            assert framed(text) == text

    def test_a_fact_that_holds_braces_is_not_filled_again(self) -> None:
        assert framed("{head_cut_detail}", head_cut_detail="{yaw}", yaw=3) == "{yaw}"


class TestBeginnings:
    def said(self, value: object, beginning: str, **facts: object) -> str:
        compared = Comparison(CLOSE, "head_height", {"head_height": value, **facts}, PROFILE)
        assert CLOSE.bounds["head_height"].min == Fraction(1, 2)
        return message.out_of_range(compared, Fraction(1, 2), "below", beginning)

    def test_one_stands_in_place_of_label_and_value(self) -> None:
        assert self.said(Fraction("0.31"), "The face fills {head_height} of it") == (
            "The face fills 31 % of it: 19 % below the minimum of 50 %."
        )

    def test_one_that_names_what_was_not_measured_does_not(self) -> None:
        assert self.said(Fraction("0.31"), "The head is turned to {yaw}") == (
            "The face's share of the height is 31 %: 19 % below the minimum of 50 %."
        )

    def test_a_share_beside_the_limit_is_not_rounded_onto_it(self) -> None:
        text = self.said(Fraction("0.499999"), "")
        assert text == "The face's share of the height is 49.9999 %: 0.0001 % below the minimum of 50 %."

    def test_faces_and_edges_are_counted(self) -> None:
        rule = PROFILE["POR001"]
        two = Comparison(
            rule, "face_count", {"face_count": 2, "faces_detail": "2 faces (one at the left)"}, PROFILE
        )
        assert message.out_of_range(two, Fraction(1), "above", rule.bounds["face_count"].above) == (
            "2 faces (one at the left): 1 face above the maximum of 1 face."
        )
        cut = Comparison(PROFILE["POR005"], "cut_edges", {"cut_edges": 1}, PROFILE)
        assert message.out_of_range(cut, Fraction(0), "above") == (
            "The frame's cut is 1 edge: 1 edge above the maximum of 0 edges."
        )

    def test_a_value_has_its_words_filled(self) -> None:
        rule = PROFILE["POR008"]
        facts = {"full_body": "cut", "full_body_detail": "The ankles lie outside the picture"}
        assert message.stated(Comparison(rule, "full_body", facts, PROFILE)) == (
            "The ankles lie outside the picture."
        )
        bare = Comparison(rule, "full_body", {"full_body": "cut"}, PROFILE)
        assert message.stated(bare) == "The body is cut.", "better than half a sentence"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1, "faces", "1 face"),
        (2, "faces", "2 faces"),
        (0, "faces", "0 faces"),
        (1, "edges", "1 edge"),
        (3, "edges", "3 edges"),
        (Fraction("0.31"), "share", "31 %"),
        (Fraction(2, 3), "share", "66.667 %"),
        (1, "share", "100 %"),
        (Fraction("-12.5"), "°", "-12.5°"),
    ],
)
def test_quantities_of_people(value: Fraction | int, unit: str, text: str) -> None:
    assert quantity(value, unit) == text


@given(st.fractions(0, 1, max_denominator=10**9), st.fractions(0, 1, max_denominator=10**9))
def test_a_share_reads_like_another_only_if_it_is_the_same(share: Fraction, other: Fraction) -> None:
    assert (quantity(share, "share", near=(other,)) == quantity(other, "share", near=(share,))) is (
        share == other
    )


def test_a_value_in_a_sentence_of_the_rule_s_own_is_not_rounded_onto_the_bound() -> None:
    compared = comparison("REQ002", "video_seconds", Fraction("15.0001"))
    beginning = PROFILE["REQ002"].bounds["video_seconds"].above
    assert message.out_of_range(compared, Fraction(15), "above", beginning) == (
        "The videos run 15.0001 s together: 0.0001 s above the maximum of 15 s."
    )
