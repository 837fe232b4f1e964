"""Values of facts as people read them: none of the words that only profiles and programs know."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from validator.fact import FactInfo
from validator.fact_words import WORDS, fact_words
from validator.model import APPLIES, fact_table

FACTS = {
    (applies, name): info
    for applies in APPLIES
    for name, info in fact_table(applies).items()
    if info.choices or info.python_type is bool
}
ENGLISH = {"close-up", "half-body", "full-body"}


@pytest.mark.parametrize("info", FACTS.values(), ids=["-".join(key) for key in FACTS])
def test_every_value_can_be_read(info: FactInfo) -> None:
    for value in info.choices or (True, False):
        words = fact_words(info.name, value)
        assert words
        assert words in ENGLISH or not re.search(r"[a-z]-[a-z]|_", words), words


def test_words_are_for_facts_and_values_that_there_are() -> None:
    by_name = {info.name: info for info in FACTS.values()}
    for name, words in WORDS.items():
        assert set(words) <= set(by_name[name].choices or ("true", "false")), name


@pytest.mark.parametrize("applies", APPLIES)
def test_no_two_facts_have_one_label(applies: str) -> None:
    labels = Counter(info.label for name, info in fact_table(applies).items() if not name.endswith("_detail"))
    assert [label for label, count in labels.items() if count > 1] == []
