"""Makes a clip by its recipe, with ffmpeg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.repair.plan import Made

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from pathlib import Path

    from validator.repair.ffmpeg import Program
    from validator.repair.recipe import VideoRecipe


def make_video(  # noqa: PLR0913 - the same for every maker
    recipe: VideoRecipe,
    program: Program,
    source: Path,
    target: Path,
    *,
    duration: Fraction | None,
    cancelled: Callable[[], bool],
    on_progress: Callable[[Fraction], object],
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

    Raises:
        Cancelled: `cancelled` became true.
        RepairError: ffmpeg could not make it. What is at `target` then is of no use.
    """
    raise NotImplementedError
