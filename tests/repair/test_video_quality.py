from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from tests.repair.ffmpegs import any_ffmpeg, made, pattern, program
from validator.errors import Cancelled, RepairError
from validator.repair.ffmpeg import Program, run_ffmpeg
from validator.repair.recipe import Canvas, VideoRecipe
from validator.repair.video_graph import commands
from validator.repair.video_quality import video_quality

__all__ = ["program"]

RECIPE = VideoRecipe(demuxer="mov", frame_rate=Fraction(25), frames=10)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(any_ffmpeg(), tmp_path_factory.mktemp("original") / "a.mp4", *pattern("160x90"))


def copied(program: Program, recipe: VideoRecipe, original: Path, folder: Path) -> Path:
    copy = folder / "copy.mp4"
    for command in commands(recipe, program.path, str(original), str(copy), pass_log=str(folder / "pass")):
        run_ffmpeg(command, cancelled=lambda: False)
    return copy


@pytest.mark.parametrize(
    "recipe",
    [
        RECIPE,
        msgspec.structs.replace(RECIPE, start=Fraction(1, 3), duration=Fraction(2, 5)),
        msgspec.structs.replace(RECIPE, size=(96, 54), canvas=Canvas(96, 96, 0, 20, "blur")),
        msgspec.structs.replace(RECIPE, frame_rate=Fraction(30), frames=12),
        msgspec.structs.replace(
            RECIPE, lengthen="loop", duration=Fraction(1), lengthened=Fraction(6, 5), frames=30
        ),
        msgspec.structs.replace(
            RECIPE, lengthen="slow", duration=Fraction(1), lengthened=Fraction(6, 5), frames=30
        ),
    ],
    ids=["all", "start", "padded", "rate", "loop", "slow"],
)
def test_pictures_are_compared_with_those_that_they_were_made_of(
    program: Program, recipe: VideoRecipe, original: Path, tmp_path: Path
) -> None:
    copy = copied(program, recipe, original, tmp_path)
    quality = video_quality(recipe, program, original, copy, cancelled=lambda: False)
    assert quality is not None
    assert 0.98 < quality.ssim < 1
    assert quality.psnr is not None
    assert quality.psnr > 38

    neighbours = msgspec.structs.replace(recipe, start=recipe.start + Fraction(1, 25))
    others = video_quality(neighbours, program, original, copy, cancelled=lambda: False)
    assert others is not None
    assert others.ssim < quality.ssim - 0.01  # so a picture beside the right one would be told


def test_what_is_compared_is_said(program: Program, original: Path, tmp_path: Path) -> None:
    recipe = msgspec.structs.replace(RECIPE, size=(96, 54), canvas=Canvas(96, 96, 0, 20, "#ff0000"))
    quality = video_quality(
        recipe, program, original, copied(program, recipe, original, tmp_path), cancelled=lambda: False
    )
    assert quality is not None
    assert quality.of == "the original scaled alike"


def test_a_worse_copy_has_less(program: Program, original: Path, tmp_path: Path) -> None:
    worse = made(
        program,
        tmp_path / "worse.mp4",
        "-i",
        str(original),
        "-frames:v",
        "10",
        "-c:v",
        "libx264",
        "-crf",
        "45",
    )
    quality = video_quality(RECIPE, program, original, worse, cancelled=lambda: False)
    assert quality is not None
    assert quality.ssim < 0.9


def test_the_same_pictures_have_no_noise(program: Program, tmp_path: Path) -> None:
    flat = ("-f", "lavfi", "-i", "color=gray:size=64x64:rate=25:duration=0.4", "-pix_fmt", "yuv420p")
    clip = made(program, tmp_path / "flat.mp4", *flat, "-c:v", "libx264", "-qp", "0")
    quality = video_quality(RECIPE, program, clip, clip, cancelled=lambda: False)
    assert quality is not None
    assert (quality.ssim, quality.psnr) == (1, None)


def test_packets_that_are_the_same_are_not_compared(program: Program, original: Path) -> None:
    recipe = VideoRecipe(demuxer="mov", copy_video=True)
    assert video_quality(recipe, program, original, original, cancelled=lambda: False) is None


def test_a_copy_that_cannot_be_read_is_told(program: Program, original: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.mp4").write_text("no clip")
    with pytest.raises(RepairError, match=r"^ffmpeg failed"):
        video_quality(RECIPE, program, original, tmp_path / "copy.mp4", cancelled=lambda: False)


def test_a_comparison_can_be_cancelled(program: Program, original: Path) -> None:
    with pytest.raises(Cancelled):
        video_quality(RECIPE, program, original, original, cancelled=lambda: True)
