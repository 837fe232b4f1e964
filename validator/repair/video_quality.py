"""Measures how near a copy's pictures are to the part of the original clip that they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.repair.plan import Quality

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from pathlib import Path

    from validator.repair.ffmpeg import Program
    from validator.repair.recipe import VideoRecipe


def video_quality(
    recipe: VideoRecipe,
    program: Program,
    source: Path,
    copy: Path,
    *,
    cancelled: Callable[[], bool],
    on_progress: Callable[[Fraction], object] = lambda _: None,
) -> Quality | None:
    """SSIM and PSNR of the frames, padding left out; `None` where the packets are the same.

    `on_progress` is told how many seconds of the copy are compared.

    Raises:
        Cancelled: `cancelled` became true.
        RepairError: ffmpeg could not compare them.
    """
    raise NotImplementedError
