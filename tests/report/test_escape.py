"""Whatever a name holds, it does nothing but show."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.report.escape import encodable, inert_json, printable

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates included
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(ANY_TEXT)
def test_no_control_and_no_surrogate_survives(text: str) -> None:
    shown = printable(text)
    shown.encode()
    assert not [character for character in shown if unicodedata.category(character) in ("Cc", "Cs")]
    assert not set(shown) & {*BIDI, "\u2028", "\u2029"}
    assert shown.splitlines() in ([shown], [])


@given(ANY_TEXT)
def test_it_is_stable(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_what_shows_is_left_alone(text: str) -> None:
    assert printable(text) == encodable(text) == text


@given(ANY_TEXT)
def test_encodable_text_is_utf8_and_changes_nothing_else(text: str) -> None:
    encodable(text).encode()
    if text.isascii():
        assert encodable(text) == text


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())))
def test_inert_json_says_the_same(value: dict[str, object]) -> None:
    document = json.dumps(value, ensure_ascii=False, indent=1)
    inert = inert_json(document)
    assert json.loads(inert) == value
    assert printable(inert.replace("\n", "")) == inert.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd"),
        ("\x9b31m", "\\x9b31m"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("\udcff", "\\xff"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("👩\u200d🚀 naïve 顔", "👩\u200d🚀 naïve 顔"),
    ],
)
def test_escapes_read_like_those_of_python(text: str, shown: str) -> None:
    assert printable(text) == shown
