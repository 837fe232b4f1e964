"""Which picture and which sound of a clip are kept, and which sounds stay as they are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import msgspec
import pytest

from tests.repair import cases
from tests.repair.films import SOUND, case_on, paper
from validator.findings import Severity
from validator.repair.plan import Case
from validator.repair.recipe import VideoRecipe
from validator.repair.streams import Stream, main_of
from validator.repair.video_plan import plan_video


def recipe_of(case: Case) -> VideoRecipe:
    return cases.recipe_of(plan_video(case), VideoRecipe)


def heard(codec: str, rate: int = 48_000) -> Stream:
    return msgspec.structs.replace(SOUND, codec=codec, sample_rate=rate, packet_seconds=Fraction(1024, rate))


@pytest.mark.parametrize(
    ("rate", "is_copied"), [(8_000, False), (11_025, False), (12_000, False), (16_000, True), (22_050, True)]
)
def test_an_mp3_of_a_rate_that_no_mp4_has_a_name_for_is_encoded(rate: int, is_copied: bool) -> None:
    recipe = recipe_of(case_on(paper(demuxer="flv", format_name="flv", sound=heard("mp3", rate))))
    assert recipe.copy_video
    assert recipe.copy_audio is is_copied


@pytest.mark.parametrize(
    ("format_name", "demuxer", "codec", "is_copied"),
    [
        ("mov", "mov", "pcm_s16le", True),
        ("mov", "mov", "pcm_f32be", True),
        ("mp4", "mov", "pcm_s16le", False),
        ("mkv", "matroska", "pcm_s16le", False),
        ("mp4", "mov", "opus", True),
        ("mkv", "matroska", "opus", False),
        ("mov", "mov", "opus", False),
    ],
)
def test_a_sound_stays_in_a_container_that_stays(
    format_name: str, demuxer: str, codec: str, is_copied: bool
) -> None:
    recipe = recipe_of(case_on(paper(20, demuxer=demuxer, format_name=format_name, sound=heard(codec))))
    assert recipe.copy_video
    assert recipe.copy_audio is is_copied


def test_the_sound_that_players_take_is_kept_and_named() -> None:
    second = Stream(
        index=2, kind="audio", codec="aac", duration=Fraction(10), is_default=True, language="deu"
    )
    draft = plan_video(case_on(paper(demuxer="matroska", format_name="mkv", sound=SOUND, others=(second,))))
    assert cases.recipe_of(draft, VideoRecipe).audio == 2
    (change,) = (each for each in draft.changes if each.what == "tracks")
    assert change.how == "the picture and sound 2 of 2 (deu) stay"


def test_a_sound_that_nothing_decodes_is_not_the_one_that_players_take() -> None:
    unknown = Stream(index=1, kind="audio", is_default=True)
    known = msgspec.structs.replace(SOUND, index=2)
    assert main_of((unknown, known), "audio") == known
    assert main_of((unknown,), "audio") == unknown
    draft = plan_video(case_on(paper(demuxer="matroska", format_name="mkv", others=(unknown, known))))
    assert cases.recipe_of(draft, VideoRecipe).audio == 2
    draft = plan_video(case_on(paper(demuxer="matroska", format_name="mkv", others=(unknown,))))
    assert cases.recipe_of(draft, VideoRecipe).audio is None


def test_the_picture_that_players_take_is_kept_and_is_no_cover() -> None:
    cover = Stream(index=1, kind="video", codec="mjpeg", is_cover=True, is_default=True)
    facts, streams = paper(tracks="several", others=(cover,))
    first = streams.streams[0]
    second = msgspec.structs.replace(first, index=2, is_default=True)
    streams = msgspec.structs.replace(streams, streams=(first, cover, second))
    draft = plan_video(replace(case_on((facts, streams), level=Severity.WARNING)))
    assert cases.recipe_of(draft, VideoRecipe).video == 2
    assert "picture 2 of 2 stays" in [each.how for each in draft.changes]
