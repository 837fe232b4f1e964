"""What surveys and makes: started when it is needed, and the program looked for once."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import PIL.Image
import pytest

import validator
from fixtures.catalogue import MEDIA
from tests.nobody import NOBODY
from tests.repair.ffmpegs import any_ffmpeg, made
from validator import Config, Decoders, RepairError, RepairOptions, RepairPlan
from validator.intake.source import open_local
from validator.model import Kind
from validator.repair.ffmpeg import Program
from validator.repair.recipe import AudioRecipe, CopyRecipe, ImageRecipe, VideoRecipe
from validator.repair.source_again import Original, opened_again
from validator.repair.stream_survey import survey_streams
from validator.repair.workshop import Workshop
from validator.repair.writing import NewFile


def never() -> bool:
    return False


def opened(result: validator.AssetReport) -> Original:
    return opened_again(result, open_local, never)


def unopened() -> Original:
    raise AssertionError("the original is not needed")


class TestProgram:
    def test_it_is_looked_for_once_and_only_when_it_is_needed(self) -> None:
        looks: list[None] = []
        with Workshop(Config(), find=lambda: looks.append(None)) as workshop:
            assert not looks
            workshop.commands(ImageRecipe(format="png"), "a.png", "b.png")
            assert (workshop.program, workshop.program, len(looks)) == (None, None, 1)

    def test_one_that_is_given_is_taken(self) -> None:
        program = Program("/opt/ffmpeg", "9.9")
        with Workshop(Config(), program=program) as workshop:
            ((first, *_),) = workshop.commands(
                VideoRecipe(demuxer="mov", copy_video=True), "caf\udce9.mp4", "b.mp4"
            )
        assert first == "/opt/ffmpeg"

    @pytest.mark.parametrize("recipe", [VideoRecipe(demuxer="mov"), AudioRecipe(demuxer="wav")])
    def test_without_one_no_clip_and_no_sound_is_made(
        self, recipe: VideoRecipe | AudioRecipe, tmp_path: Path, decoders: Decoders
    ) -> None:
        (result,) = validator.lint([MEDIA / "image-301x400.png"], NOBODY, decoders=decoders)
        plan = RepairPlan(result.asset, result.target, recipe)
        with (
            Workshop(Config(), find=lambda: None) as workshop,
            opened(result) as original,
            NewFile(tmp_path / "a.mp4") as new,
            pytest.raises(RepairError, match="There is no ffmpeg here"),
        ):
            workshop.make(plan, original, new, never)


class TestPictures:
    def test_one_that_was_measured_is_not_looked_at_again(self, decoders: Decoders) -> None:
        (result,) = validator.lint([MEDIA / "image-299x400.png"], NOBODY, decoders=decoders)
        with Workshop(Config()) as workshop:
            assert workshop.survey(result, unopened, RepairOptions(), never) is None

    def test_where_it_is_to_be_cut_what_draws_the_eye_is_looked_for(self, decoders: Decoders) -> None:
        (result,) = validator.lint([MEDIA / "image-299x400.png"], NOBODY, decoders=decoders)
        with Workshop(Config()) as workshop, opened(result) as original:
            survey = workshop.survey(result, lambda: original, RepairOptions(fit="crop"), never)
        assert survey is not None
        assert not survey.problem

    def test_of_a_large_one_without_loss_it_is_measured_how_small_it_gets(
        self, tmp_path: Path, decoders: Decoders
    ) -> None:
        path = tmp_path / "a.bmp"
        PIL.Image.new("RGB", (2000, 1500)).save(path)
        (result,) = validator.lint([path], NOBODY, decoders=decoders)
        with Workshop(Config()) as workshop, opened(result) as original:
            survey = workshop.survey(result, lambda: original, RepairOptions(), never)
        assert survey is not None
        assert survey.packed is not None
        assert 0 < survey.packed < 1

    def test_a_copy_of_the_same_bytes(self, tmp_path: Path, decoders: Decoders) -> None:
        path = MEDIA / "image-299x400.png"
        (result,) = validator.lint([path], NOBODY, decoders=decoders)
        told: list[Fraction] = []
        with Workshop(Config()) as workshop, opened(result) as original, NewFile(tmp_path / "a.png") as new:
            original.file.read(10)  # wherever it was left
            plan = RepairPlan(result.asset, result.target, CopyRecipe("png"))
            workshop.make(plan, original, new, never, told.append)
            new.commit()
        assert (tmp_path / "a.png").read_bytes() == path.read_bytes()


def test_what_is_no_media_is_not_surveyed(decoders: Decoders) -> None:
    (result,) = validator.lint(["no/such.png"], NOBODY, decoders=decoders)
    with Workshop(Config()) as workshop:
        assert workshop.survey(result, unopened, RepairOptions(), never) is None


def test_shots_are_looked_for_in_the_picture_that_players_take(tmp_path: Path) -> None:
    still, moving = "color=gray:size=64x48:rate=10", "testsrc2=size=64x48:rate=10"
    inputs = [word for each in (still, still, moving) for word in ("-f", "lavfi", "-t", "1", "-i", each)]
    joined = ("-filter_complex", "[1:v][2:v]concat=n=2[b]", "-map", "0:v", "-map", "[b]")
    marked = ("-c:v", "libx264", "-preset", "ultrafast", "-disposition:0", "0", "-disposition:1", "default")
    path = made(any_ffmpeg(), tmp_path / "a.mkv", *inputs, *joined, *marked)
    with path.open("rb") as file, Workshop(Config(), program=any_ffmpeg()) as workshop:
        streams = survey_streams(file, Kind.VIDEO, "mkv", never).streams
        assert streams is not None
        look = workshop._scenes(streams, cast("Original", SimpleNamespace(path=path)), never)  # noqa: SLF001
        assert look(Fraction(0), None) == (Fraction(1),)


def test_the_streams_of_a_sound_are_surveyed(decoders: Decoders) -> None:
    (result,) = validator.lint([MEDIA / "audio-15.01s.wav"], NOBODY, decoders=decoders)
    with Workshop(Config()) as workshop, opened(result) as original:
        survey = workshop.survey(result, lambda: original, RepairOptions(), never)
    assert survey is not None
    assert survey.streams is not None
    assert [stream.kind for stream in survey.streams.streams] == ["audio"]
