"""Finds where the shots of a clip change, with ffmpeg."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction
    from pathlib import Path

    from validator.repair.ffmpeg import Program


def scene_changes(
    program: Program, source: Path, *, demuxer: str, video: int = 0, cancelled: Callable[[], bool]
) -> tuple[Fraction, ...]:
    """Seconds from the start of the original at which a new shot begins, in order; without 0.

    Args:
        program: the ffmpeg that looks.
        source: the clip.
        demuxer: FFmpeg's name of what reads it.
        video: the number of its video track in the container.
        cancelled: asked several times a second.

    Raises:
        Cancelled: `cancelled` became true.
        RepairError: ffmpeg could not read it.
    """
    raise NotImplementedError
