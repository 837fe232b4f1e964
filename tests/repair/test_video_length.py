"""Where a cut ends: with the picture, where the sound goes on for long behind it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.repair import cases
from tests.repair.films import SOUND, case_on, paper
from validator.repair.plan import Draft
from validator.repair.recipe import VideoRecipe
from validator.repair.video_plan import plan_video


def drafted(picture: str, sound: str, *, rate: int = 24) -> Draft:
    """A plan of a clip whose picture and sound last for so many seconds."""
    made = paper(
        Fraction(picture),
        rate=rate,
        sound=SOUND,
        duration=max(Fraction(picture), Fraction(sound)),
        audio_duration=Fraction(sound),
        video_duration=Fraction(picture),
        tracks="durations-disagree",
        tracks_detail="they disagree",
    )
    return plan_video(case_on(made))


@pytest.mark.parametrize("rate", [24, 12])
def test_a_cut_ends_with_the_picture_where_the_sound_goes_on(rate: int) -> None:
    draft = drafted("6", "20", rate=rate)
    recipe = cases.recipe_of(draft, VideoRecipe)
    assert recipe.duration == 6
    assert recipe.copy_video is (rate == 24)
    assert recipe.packets == (144 if rate == 24 else None)
    assert draft.warnings == ("The sound goes on for 14 s behind the picture's end: it is cut there.",)


def test_where_the_picture_is_too_short_it_is_told_how_long_it_stands_still() -> None:
    draft = drafted("1", "20")
    assert draft.recipe is not None
    assert any("stands still for 14 s" in warning for warning in draft.warnings)


def test_a_length_that_is_taken_stays_and_what_stands_still_is_told() -> None:
    draft = drafted("6", "10", rate=12)
    assert cases.recipe_of(draft, VideoRecipe).duration == 10
    assert draft.warnings == (
        "The sound goes on behind the picture's end, so the last picture stands still for 4 s.",
    )


@pytest.mark.parametrize(("picture", "sound"), [("20", "20"), ("20", "21.5"), ("14.5", "15.2"), ("20", "12")])
def test_little_more_of_the_sound_is_nothing_to_tell(picture: str, sound: str) -> None:
    assert drafted(picture, sound).warnings == ()
