"""Measures how near a copy's pictures are to the part of the original clip that they show."""

from __future__ import annotations

import re
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any

from validator.repair.plan import Quality
from validator.repair.words import against

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from validator.repair.ffmpeg import Program
    from validator.repair.recipe import VideoRecipe

_SSIM = re.compile(r"SSIM .*\bAll:([\d.]+)")
_PSNR = re.compile(r"PSNR .*\baverage:([\d.]+|inf)")
_USUAL_RATE = Fraction(25)  # of the clock that counts pictures, where a recipe leaves their rate as it is


def video_quality(  # noqa: PLR0913 - as for who makes it
    recipe: VideoRecipe,
    program: Program,
    source: Path,
    copy: Path,
    *,
    cancelled: Callable[[], bool],
    on_progress: Callable[[Fraction], object] = lambda _: None,
    run: Callable[..., object] | None = None,
) -> Quality | None:
    """SSIM and PSNR of all pictures, padding left out; `None` where the packets are the same.

    What the copy shows is drawn once more from the original, at the copy's size and rate, and compared with
    it picture by picture. So what scaling and tone mapping change on purpose does not count, and what the
    encoder lost does. `on_progress` is told how many seconds of the copy are compared; `run` runs ffmpeg.

    Raises:
        Cancelled: `cancelled` became true.
        RepairError: ffmpeg could not compare them.
    """
    if recipe.copy_video:
        return None
    from validator.errors import RepairError
    from validator.repair.ffmpeg import run_ffmpeg, seconds_for
    from validator.repair.picture_graph import unsought

    found: dict[str, float] = {}

    def note(line: str) -> None:
        for name, pattern in (("ssim", _SSIM), ("psnr", _PSNR)):
            if told := pattern.search(line):
                found[name] = float(told[1])

    command = _command(recipe, program.path, str(source.absolute()), str(copy.absolute()))
    (run or run_ffmpeg)(
        command,
        cancelled=cancelled,
        on_log=note,
        on_progress=on_progress,
        seconds=seconds_for((recipe.frames or 0) / (recipe.frame_rate or _USUAL_RATE) + unsought(recipe)),
    )
    if len(found) < 2:
        raise RepairError("ffmpeg compared no picture of the copy.")
    psnr = None if found["psnr"] == float("inf") else found["psnr"]
    return Quality(
        ssim=found["ssim"], psnr=psnr, of=against(scaled=recipe.size is not None, tone_mapped=recipe.tone_map)
    )


def _command(recipe: VideoRecipe, program: str, source: str, copy: str) -> tuple[str, ...]:
    import msgspec

    from validator.repair.picture_graph import drawn
    from validator.repair.video_graph import reading

    ffmpeg: Any = import_module("ffmpeg")  # it has no types
    original = ffmpeg.input(f"file:{source}", **reading(recipe))[str(recipe.video)]
    without_padding = msgspec.structs.replace(recipe, canvas=None)
    made = ffmpeg.input(f"file:{copy}", format="mov", protocol_whitelist="file")["v:0"]
    if recipe.canvas is not None and recipe.size is not None:
        made = made.filter("crop", *recipe.size, recipe.canvas.x, recipe.canvas.y, exact=1)
    rate = recipe.frame_rate or _USUAL_RATE
    expected, made = (
        # Pictures are paired by their number: clocks of different grain would pair neighbours.
        each.filter("settb", f"{rate.denominator}/{rate.numerator}").filter("setpts", "N")
        for each in (drawn(original, without_padding), made.filter("format", "yuv420p"))
    )
    pair = expected.filter_multi_output("split")
    compared = ffmpeg.filter([made, pair[0]], "ssim", shortest=1)
    compared = ffmpeg.filter([compared, pair[1]], "psnr", shortest=1)
    return tuple(ffmpeg.compile(ffmpeg.output(compared, "-", format="null"), cmd=program))
