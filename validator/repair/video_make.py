"""Makes a clip by its recipe, with ffmpeg."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from validator.errors import RepairError
from validator.repair import position
from validator.repair.plan import Made, Quality
from validator.repair.progress import Progress, check_written

if TYPE_CHECKING:
    from collections.abc import Callable

    from validator.repair.ffmpeg import Program
    from validator.repair.recipe import VideoRecipe

_FILE_AT_LEAST = 1 << 30  # bytes that a copy may take before it is given up
_FILE_OF_SOURCE = 8  # times the original's
_PREFIX = "validator-"


def make_video(  # noqa: PLR0913 - the same for every maker
    recipe: VideoRecipe,
    program: Program,
    source: Path,
    target: Path,
    *,
    duration: Fraction | None,
    cancelled: Callable[[], bool],
    on_progress: Callable[[Fraction], object],
    run: Callable[..., object] | None = None,
) -> Made:
    """Write the clip to `target`, and measure how near its pictures are to those of the original.

    Args:
        recipe: what to do.
        program: the ffmpeg that does it.
        source: the original; it is only read.
        target: what is written; a file that is there already is replaced.
        duration: of the copy, for the progress; `None` where nobody knows.
        cancelled: asked several times a second.
        on_progress: told the share of the work that is done, from 0 to 1.
        run: what runs ffmpeg: `run_ffmpeg`, unless it is another.

    Raises:
        Cancelled: `cancelled` became true.
        RepairError: ffmpeg could not make it. What is at `target` then is of no use.
    """
    from validator.repair.ffmpeg import run_ffmpeg, seconds_for
    from validator.repair.picture_graph import unsought
    from validator.repair.video_graph import commands
    from validator.repair.video_quality import video_quality
    from validator.repair.video_source import HIDDEN

    run = run or run_ffmpeg
    unread: tuple[str, ...] = ()
    if recipe.decoder and recipe.decoder not in program.encoders:  # which come with their decoders
        recipe, unread = msgspec.structs.replace(recipe, decoder="", flatten=""), (HIDDEN,)
    lack = next(_lacks(recipe, program), None)
    if lack is not None:
        raise RepairError(lack)
    with _private_folder() as folder:
        lines = commands(
            recipe,
            program.path,
            str(source.absolute()),
            str(target.absolute()),
            pass_log=str(Path(folder) / "pass"),
        )
        progress = Progress(len(lines) + (not recipe.copy_video), duration, on_progress)
        for line in lines:
            run(
                line,
                cancelled=cancelled,
                on_progress=progress.tell,
                seconds=seconds_for((duration or 0) + unsought(recipe)),
                file_bytes=max(_FILE_AT_LEAST, _FILE_OF_SOURCE * source.stat().st_size),
            )
            progress.step()
    check_written(target)
    measure = partial(video_quality, recipe, program, source, target, cancelled=cancelled, run=run)
    quality, notes = _quality(partial(measure, on_progress=progress.tell))
    progress.finish()
    with target.open("rb") as copy:
        where = (position.KEPT,) if position.is_in_clip(copy) else ()
    return Made(quality, (*unread, *_sameness(recipe), *notes, *where))


def _quality(measure: Callable[[], Quality | None]) -> tuple[Quality | None, tuple[str, ...]]:
    """What was lost; where that cannot be measured, a sentence instead: the copy is none the worse for it."""
    try:
        return measure(), ()
    except RepairError as error:
        return None, (f"How near the copy is to the original could not be measured: {error}",)


def _private_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix=_PREFIX)
    except OSError as error:
        raise RepairError(f"No temporary folder could be made: {error.strerror or error}.") from error


def _lacks(recipe: VideoRecipe, program: Program) -> Iterator[str]:
    """What the program was built without and the recipe needs, as sentences."""
    needed: list[tuple[str, frozenset[str], str]] = []
    if not recipe.copy_video:
        needed.append(("encoder", program.encoders, "libx264"))
    if recipe.audio is not None and not recipe.copy_audio:
        needed.append(("encoder", program.encoders, "aac"))
    if recipe.tone_map:
        needed += [("filter", program.filters, name) for name in ("zscale", "tonemap")]
    if recipe.deinterlace:
        needed.append(("filter", program.filters, "bwdif"))
    for kind, there, name in needed:
        if there and name not in there:
            yield (
                f"{program.path} (version {program.version}) was built without the {kind} {name}: install "
                "another ffmpeg, or take the one of imageio-ffmpeg."
            )


def _sameness(recipe: VideoRecipe) -> tuple[str, ...]:
    """That the picture has lost nothing, where the sound was encoded anew."""
    if not recipe.copy_video or recipe.audio is None or recipe.copy_audio:
        return ()  # what differs says so already
    return ("The picture was not encoded anew: its packets are the original's.",)
