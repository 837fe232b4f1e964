"""Finds where the shots of a clip change, with ffmpeg."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from validator.repair.ffmpeg import Program

_CLOCK = 1_000_000  # ticks a second
_HEIGHT = 180  # pixels: enough to tell shots apart, and quick
_THRESHOLD = 10  # of 100: what scdet itself begins with
_CHANGES_AT_MOST = 10_000
_APART = Fraction(1, 4)
"""Seconds that a shot lasts at least: the light of a camera begins and ends none."""

_TIME = re.compile(r"frame:\s*\d+\s+pts:\s*(\d+)\s")


def scene_changes(
    program: Program,
    source: Path,
    *,
    demuxer: str,
    video: int = 0,
    until: Fraction | None = None,
    cancelled: Callable[[], bool],
) -> tuple[Fraction, ...]:
    """Seconds from the start of the original at which a new shot begins, in order; without 0.

    Only cuts are found, no dissolves.

    Args:
        program: the ffmpeg that looks.
        source: the clip.
        demuxer: FFmpeg's name of what reads it.
        video: the number of its video track in the container.
        until: how many seconds of it are looked at; `None`: all.
        cancelled: asked several times a second.

    Raises:
        Cancelled: `cancelled` became true.
        RepairError: ffmpeg could not read it.
    """
    from validator.repair.ffmpeg import run_ffmpeg
    from validator.repair.seconds import seconds

    found: list[Fraction] = []

    def note(line: str) -> None:
        told = _TIME.search(line)
        if told is not None and len(found) < _CHANGES_AT_MOST:
            found.append(Fraction(int(told[1]), _CLOCK))

    looked_at = () if until is None else ("-t", seconds(until))
    filters = (
        f"scale=-2:'min({_HEIGHT},ih)':flags=fast_bilinear,format=yuv420p,"
        f"scdet=threshold={_THRESHOLD}:sc_pass=1,settb=1/{_CLOCK},metadata=print"
    )
    run_ffmpeg(
        (
            *(program.path, "-protocol_whitelist", "file", "-f", demuxer, *looked_at),
            *("-i", f"file:{source.absolute()}", "-map", f"0:{video}", "-vf", filters, "-f", "null", "-"),
        ),
        cancelled=cancelled,
        on_log=note,
    )
    return _apart(found)


def _apart(times: list[Fraction]) -> tuple[Fraction, ...]:
    """Those that leave a shot between them, and before the first.

    >>> _apart([Fraction(0), Fraction(1), Fraction(26, 25), Fraction(2)])
    (Fraction(1, 1), Fraction(2, 1))
    """
    kept: list[Fraction] = []
    for time in times:
        if time - (kept[-1] if kept else 0) >= _APART:
            kept.append(time)
    return tuple(kept)
