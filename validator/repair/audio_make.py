"""Makes a sound by its recipe, with ffmpeg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.repair.plan import Made

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from pathlib import Path

    from validator.repair.ffmpeg import Program
    from validator.repair.recipe import AudioRecipe


def make_audio(
    recipe: AudioRecipe,
    program: Program,
    source: Path,
    target: Path,
    *,
    duration: Fraction | None,
    cancelled: Callable[[], bool],
    on_progress: Callable[[Fraction], object],
) -> Made:
    """Write the sound to `target`; `duration` is that of the copy, for the progress.

    Raises:
        Cancelled: the run was asked to stop.
        RepairError: ffmpeg could not make it.
    """
    raise NotImplementedError
