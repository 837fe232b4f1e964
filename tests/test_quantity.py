"""Numbers in and out: exact, and never shown as a number that they are not."""

from __future__ import annotations

import json
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.people import Box, Face
from validator.quantity import exact, parse_number, plain, shown

FRACTIONS = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**9)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (15, Fraction(15)),
        (-3, Fraction(-3)),
        ("15", Fraction(15)),
        ("+15", Fraction(15)),
        ("0.4", Fraction(2, 5)),
        ("-0.25", Fraction(-1, 4)),
        ("24000/1001", Fraction(24000, 1001)),
        ("2086876", Fraction(2086876)),
    ],
)
def test_numbers_are_read_exactly(written: object, number: Fraction) -> None:
    assert parse_number(written) == number


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (0.4, r'write 0.4 as a string \("0.4"\), so that it stays exact'),
        (float("inf"), "no number to compare with"),
        (True, "expected a number, got bool"),
        (None, "expected a number, got NoneType"),
        ([2], "expected a number, got list"),
        ("", "is not a number such as"),
        ("15 s", "is not a number such as"),
        ("1e3", "is not a number such as"),
        ("1/0", "is not a number such as"),
        ("1_000", "is not a number such as"),
        (" 2", "is not a number such as"),
        ("2\n", "is not a number such as"),
        ("٣", "is not a number such as"),
        ("nan", "is not a number such as"),
        ("9" * 41, "is not a number such as"),
    ],
)
def test_what_is_no_exact_number_is_refused(written: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_number(written)


def test_a_refused_text_is_quoted_in_part_only() -> None:
    with pytest.raises(ValueError, match=r"^.{0,100}$"):
        parse_number("9" * 1_000_000)


@given(FRACTIONS)
def test_exact_text_reads_back_as_the_same_number(number: Fraction) -> None:
    assert parse_number(exact(number)) == number


@given(FRACTIONS)
def test_exact_text_is_a_decimal_wherever_nine_places_hold_it(number: Fraction) -> None:
    has_decimal = (number * 10**9).denominator == 1
    assert ("/" in exact(number)) is not has_decimal


@given(st.integers(-(10**18), 10**18))
def test_integers_are_written_plain_and_shown_grouped(number: int) -> None:
    assert exact(number) == str(number)
    assert shown(number) == f"{number:,}"


@given(FRACTIONS, FRACTIONS)
def test_two_numbers_shown_near_each_other_read_alike_only_if_they_are_the_same(
    one: Fraction, other: Fraction
) -> None:
    alike = shown(one, near=(other,)) == shown(other, near=(one,))
    assert alike is (one == other)


@given(st.integers(-(10**9), 10**9), FRACTIONS)
def test_a_number_is_never_shown_as_a_limit_that_it_is_not(thousandths: int, number: Fraction) -> None:
    limit = Fraction(thousandths, 1000)
    assert (shown(number, near=(limit,)) == shown(limit)) is (number == limit)


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**15))
def test_a_number_just_beside_a_limit_keeps_the_places_that_tell_them_apart(whole: int, steps: int) -> None:
    limit, number = Fraction(whole), whole + Fraction(1, steps + 1)
    assert shown(number, near=(limit,)) not in {shown(limit), shown(limit + 1)}


@given(FRACTIONS)
def test_what_is_shown_is_near_what_was_measured(number: Fraction) -> None:
    read_back = Fraction(shown(number).replace(",", ""))
    assert abs(read_back - number) <= Fraction(1, 2000)
    assert (read_back == 0) is (number == 0)


@given(FRACTIONS)
def test_no_trailing_zeros_and_no_negative_zero(number: Fraction) -> None:
    text = shown(number)
    assert text != "-0"
    assert "." not in text or not text.endswith(("0", "."))


def test_a_difference_too_small_to_write_is_rounded_in_the_end() -> None:
    assert shown(Fraction(1, 10**40)) == "0"
    assert shown(2 + Fraction(1, 10**40), near=(Fraction(2),)) == "2"


@pytest.mark.parametrize(
    ("number", "near", "text"),
    [
        (Fraction(24000, 1001), (), "23.976"),
        (Fraction(24000, 1001), (Fraction(24),), "23.976"),
        (Fraction("1.99996"), (Fraction(2),), "1.99996"),
        (Fraction("15.00004"), (Fraction(2), Fraction(15)), "15.00004"),
        (Fraction(1, 3), (), "0.333"),
        (Fraction(1, 30000), (), "0.00003"),
        (Fraction(-5, 2), (), "-2.5"),
        (Fraction(2086876), (), "2,086,876"),
    ],
)
def test_people_read_rounded_numbers(number: Fraction, near: tuple[Fraction, ...], text: str) -> None:
    assert shown(number, near) == text


class Held(msgspec.Struct):
    number: Fraction
    others: tuple[Fraction, ...]


class TestPlain:
    @pytest.mark.parametrize(
        ("value", "as_json"),
        [
            (Fraction(30), 30),
            (Fraction(1, 4), 0.25),
            (7, 7),
            (True, True),
            ("left", "left"),
            (None, None),
            ((), []),
            (("left", "top"), ["left", "top"]),
            ((Fraction(1, 2), (Fraction(2),)), [0.5, [2]]),
            ([Fraction(3)], [3]),
            (Box(1, 2, 3, 4), {"x": 1, "y": 2, "width": 3, "height": 4}),
            (
                (
                    Face(
                        Fraction(0),
                        Fraction("0.5"),
                        Fraction(1),
                        Fraction("0.25"),
                        90,
                        Fraction(1),
                        drawn=True,
                    ),
                ),
                [
                    {
                        "x": 0,
                        "y": 0.5,
                        "width": 1,
                        "height": 0.25,
                        "height_px": 90,
                        "confidence": 1,
                        "drawn": True,
                    }
                ],
            ),
            (Held(Fraction(1, 8), (Fraction(1),)), {"number": 0.125, "others": [1]}),
        ],
    )
    def test_everything_becomes_what_json_has(self, value: object, as_json: object) -> None:
        made = plain(value)
        assert made == as_json
        assert json.loads(json.dumps(made)) == made

    def test_a_truth_stays_one_within_a_list(self) -> None:
        (held,) = plain((True,))
        assert held is True

    @pytest.mark.parametrize("huge", [2**63, -(2**63) - 1, Fraction(2**70)])
    def test_integers_too_large_for_other_readers_become_floats(self, huge: Fraction | int) -> None:
        assert isinstance(plain(huge), float)
        assert isinstance(plain((huge,))[0], float)

    @pytest.mark.parametrize("large", [2**63 - 1, -(2**63), Fraction(2**62)])
    def test_all_others_stay_integers(self, large: Fraction | int) -> None:
        assert plain(large) == large
        assert isinstance(plain(large), int)

    @given(FRACTIONS)
    def test_a_fraction_is_the_number_next_to_it(self, number: Fraction) -> None:
        assert plain(number) == float(number)
