"""Damage in words."""

from __future__ import annotations

import pytest

from validator.probe.damage import DECODER_ERRORS, Damage, damage_of


@pytest.mark.parametrize(
    "text",
    [
        "image file is truncated (3 bytes not processed)",
        "Truncated File Read",
        "unexpected EOF",
        "Premature end of JPEG",
        "not enough image data",
        "End of file",
    ],
)
def test_what_sounds_like_a_cut_is_truncated(text: str) -> None:
    assert damage_of(OSError(text)) == Damage("truncated", text)


def test_all_else_is_corrupt() -> None:
    assert damage_of(ValueError("bad\n  marker")) == Damage("corrupt", "bad marker")
    assert damage_of(SyntaxError("x"), "frame 2 of 3") == Damage("corrupt", "frame 2 of 3: x")


def test_an_error_without_words_is_told_by_its_name() -> None:
    assert damage_of(AssertionError()).detail == "AssertionError"


def test_long_errors_are_cut() -> None:
    assert len(damage_of(OSError("x" * 10_000)).detail) == 200


def test_faults_of_ours_are_not_taken_for_damage() -> None:
    assert not any(issubclass(KeyboardInterrupt, each) for each in DECODER_ERRORS)
    assert Exception not in DECODER_ERRORS
