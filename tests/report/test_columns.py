"""Columns hold what they are given, below each other, whatever characters it is made of."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.report.columns import aligned, blocks, columns_of, cut, padded, shortened, wrapped

CELLS = st.lists(st.text(max_size=20), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("Ada", 3), ("Grüße", 5), ("顔", 2), ("e\u0301", 1), ("ｗｉｄｅ", 8), ("한글", 4), ("👩", 2)],
)
def test_how_wide_a_text_is(text: str, columns: int) -> None:
    assert columns_of(text) == columns
    assert columns_of(padded(text, 10)) == 10


def test_wide_characters_do_not_shift_what_stands_behind_them() -> None:
    first, second = aligned([("顔.png", "Active"), ("a.png", "Failed")])
    assert columns_of(first.partition("Active")[0]) == columns_of(second.partition("Failed")[0])


def test_a_column_without_a_word_takes_no_room() -> None:
    assert aligned([("a", "", "x"), ("b", "", "y")]) == ["a  x", "b  y"]
    assert aligned([]) == []
    assert aligned([("", "")]) == [""]


def test_nothing_is_cut_where_it_does_not_fit() -> None:
    rows = [("a very long name.png", "Active", "asset://asset-20261123-abcde"), ("b.png", "Failed", "")]
    for width in (1, 20, 40, 200, None):
        lines = aligned(rows, width)
        joined = "\n".join(lines)
        assert all(cell in joined for row in rows for cell in row)
    assert aligned(rows, 40) == [
        "a very long name.png",
        "  Active  asset://asset-20261123-abcde",
        "b.png",
        "  Failed",
    ]


def test_what_does_not_fit_below_either_is_spread() -> None:
    rows = [("asset", "status", "kind", "group", "name"), ("asset-1", "Active", "", "group-1", "ada")]
    assert aligned(rows, 23) == [
        *("asset    status  kind", "  group    name"),
        *("asset-1  Active", "  group-1  ada"),
    ]
    assert all(columns_of(line) <= 15 for line in aligned(rows, 15))


def test_rows_of_different_lengths() -> None:
    assert aligned([("a", "b", "c"), ("dd",)]) == ["a   b  c", "dd"]


def test_what_commands_a_terminal_is_shown() -> None:
    (line,) = aligned([("a\x1b[2J\n", "b\u202e")])
    assert line == "a\\x1b[2J\\x0a  b\\u202e"


@given(st.lists(CELLS, max_size=6), st.none() | st.integers(0, 60))
def test_each_row_has_its_block(rows: list[list[str]], width: int | None) -> None:
    made = blocks(rows, width)
    assert len(made) == len(rows)
    assert all(block for block in made)
    assert not any("\n" in line for block in made for line in block)


@given(st.text(), st.integers(0, 80))
def test_what_is_shortened_fits(text: str, room: int) -> None:
    short = shortened(text, room)
    assert columns_of(short) <= max(room, 0)
    if columns_of(text) <= room:
        assert short == text


@given(st.text(alphabet=st.sampled_from("a顔\u0301\u0300")), st.integers(0, 20))
def test_what_is_cut_fits(text: str, room: int) -> None:
    assert columns_of(cut(text, room)) <= room
    assert columns_of(shortened(text, room)) <= room


@given(st.text(), st.integers(2, 80), st.text(max_size=10), st.text(max_size=10), st.booleans())
def test_what_is_wrapped_fits(text: str, room: int, first: str, rest: str, whole: bool) -> None:
    width = room + max(columns_of(first), columns_of(rest))
    lines = wrapped(text, width, first, rest, whole=whole)
    assert all(columns_of(line) <= width for line in lines)
    assert lines[0].startswith(first.rstrip())


@given(st.text(), st.integers(2, 80))
def test_of_what_is_wrapped_whole_no_character_is_lost(text: str, width: int) -> None:
    assert "".join(wrapped(text, width, whole=True)).replace(" ", "") == text.replace(" ", "")


@given(st.lists(st.text("ab顔.", min_size=1, max_size=8), min_size=1), st.integers(18, 40))
def test_words_stay_together_where_they_fit(words: list[str], width: int) -> None:
    lines = wrapped(" ".join(words), width, "- ", "  ")
    assert " ".join(line[2:] for line in lines) == " ".join(words)
    for line, following in itertools.pairwise(lines):  # each holds as much as it can
        assert columns_of(f"{line} {following.split()[0]}") > width


def test_a_label_stands_alone_where_the_first_word_needs_a_line() -> None:
    assert wrapped("abcdefgh", 10, "label: ", "  ") == ["label:", "  abcdefgh"]
    assert wrapped("", 10, "label: ") == ["label: "]


def test_spaces_inside_of_a_line_stay() -> None:
    assert wrapped("my  file.png is", 14) == ["my  file.png", "is"]


def test_names_keep_both_ends() -> None:
    assert shortened("photos/2026/november/ada/close-up-3.png", 24) == "photo…ada/close-up-3.png"
    assert shortened("顔顔顔顔顔顔.png", 8) == "…顔.png"
