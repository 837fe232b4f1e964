"""Clips, sounds and pictures are told of in the same words and numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.repair import films, pictures, sounds
from validator.repair.audio_plan import plan_audio
from validator.repair.image_plan import plan_image
from validator.repair.options import Lengthen, RepairOptions
from validator.repair.plan import Draft
from validator.repair.video_plan import plan_video


def clip(
    seconds: int | Fraction, size: tuple[int, int] = (1280, 720), rate: Fraction | int = 24, **options: Any
) -> Draft:
    return plan_video(films.case_on(films.paper(seconds, size=size, rate=rate), **options))


def sound(seconds: int | Fraction, **options: Any) -> Draft:
    return plan_audio(sounds.case_on(*sounds.paper(seconds), options=RepairOptions(**options)))


def picture(width: int, height: int) -> Draft:
    return plan_image(pictures.case(pictures.image(width, height), format_name="png"))


def how(draft: Draft, what: str) -> str:
    (said,) = (change.how for change in draft.changes if change.what == what)
    return said


def test_of_what_is_cut_it_is_said_what_stays() -> None:
    assert how(clip(20), "duration").startswith("the first 15 s are kept")
    assert how(sound(20), "duration") == "the first 15 s are kept, faded over 20 ms"
    assert how(clip(20, start=Fraction(5, 2)), "duration").startswith("15 s from 2.5 s on are kept")
    assert how(sound(20, start=Fraction(5, 2)), "duration").startswith("15 s from 2.5 s on are kept")


@pytest.mark.parametrize(
    ("way", "said"),
    [("loop", "played again from its beginning"), ("slow", "played at 75 % of its speed")],
)
def test_clips_and_sounds_are_made_longer_in_the_same_words(way: Lengthen, said: str) -> None:
    for draft in (clip(Fraction(3, 2), lengthen=way), sound(Fraction(3, 2), lengthen=way)):
        assert how(draft, "duration").startswith(said)


def test_clips_and_sounds_are_too_short_in_the_same_words() -> None:
    reasons = {draft.obstacles[0].reason for draft in (clip(Fraction(3, 2)), sound(Fraction(3, 2)))}
    assert reasons == {
        "It runs 1.5 s, and 2 s is the least: use a longer cut, or allow it to be lengthened "
        "(--lengthen loop, hold or slow)."
    }


def test_clips_and_pictures_are_scaled_and_padded_in_the_same_words() -> None:
    assert how(picture(240, 250), "size") == "scaled up 1.25 times"
    assert how(clip(5, (600, 400)), "size") == "scaled up 1.31 times"
    assert how(picture(1001, 400), "aspect ratio") == (
        "padded from 1001x400 to 1001x401 with the picture itself, blurred"
    )
    assert "padded from 1280x480 to 1280x" in how(clip(5, (1280, 480)), "size")
    assert how(clip(5, (1280, 480)), "size").endswith("with the picture itself, blurred")


def test_an_end_is_told_in_as_few_digits_as_the_copy_is() -> None:
    draft = clip(20, rate=Fraction(30000, 1001))
    (change,) = (each for each in draft.changes if each.what == "duration")
    assert (change.before, change.after) == ("20 s", "14.98 s")
