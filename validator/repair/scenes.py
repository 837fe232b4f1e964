"""Finds where the shots of a clip change, with ffmpeg."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from validator.repair.demands import Range
from validator.repair.demuxers import SEEKS
from validator.repair.video_length import whole_shots

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from validator.repair.ffmpeg import Program

_CLOCK = 1_000_000  # ticks a second
_HEIGHT = 180  # pixels: enough to tell shots apart, and quick
_THRESHOLD = 10  # of 100: what scdet itself begins with
_CHANGES_AT_MOST = 10_000
_MARGIN = Fraction(1)  # seconds
_APART = Fraction(1, 4)
"""Seconds that a shot lasts at least: the light of a camera begins and ends none."""

_TIME = re.compile(r"frame:\s*\d+\s+pts:\s*(\d+)\s")


def changes_near_the_cut(
    look: Callable[[Fraction, Fraction | None], tuple[Fraction, ...]],
    duration: Fraction,
    taken: Range,
    start: Fraction | None,
) -> tuple[Fraction, ...]:
    """The shot changes that decide where a cut ends, and begins: no more of a long clip is looked at.

    Args:
        look: finds the changes between two times; to the end where the second is `None`.
        duration: of the clip.
        taken: the lengths that a cut may have.
        start: where the cut begins; `None`: with the first shot from which whole ones have such a length.

    >>> def look(since, until):
    ...     return tuple(Fraction(n) for n in range(1, 600, 4) if since < n <= (until or 600))
    >>> [int(change) for change in changes_near_the_cut(look, Fraction(600), Range(max=Fraction(5)), None)]
    [1, 5]
    """
    if taken.max is None or taken.holds(duration):
        return ()  # nothing will be cut
    found: tuple[Fraction, ...] = ()
    since, part = start or Fraction(0), taken.max + _MARGIN
    while since + part < duration:
        until = since + part
        found = (*found, *look(since, until))
        shots = whole_shots(found, duration, taken, start)
        if start is not None or (shots is not None and shots.start + taken.max < until):
            return found
        since, part = until, 2 * part
    return (*found, *look(since, None))


def scene_changes(  # noqa: PLR0913 - one clip, and where in it to look
    program: Program,
    source: Path,
    *,
    demuxer: str,
    video: int = 0,
    since: Fraction = Fraction(0),
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
        since: seconds behind which changes are looked for.
        until: seconds up to which; `None`: to the end.
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
            found.append(begin + Fraction(int(told[1]), _CLOCK))

    begin = max(Fraction(0), since - _MARGIN)  # a change shows against the pictures in front of it
    seeks = demuxer in SEEKS
    looked_at = ("-ss", seconds(begin)) if begin and seeks else ()
    if until is not None:
        looked_at = (*looked_at, "-t", seconds(until - begin if seeks else until))
    filters = ("" if seeks else f"trim=start={seconds(begin)},setpts=PTS-{seconds(begin)}/TB,") + (
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
    return tuple(change for change in _apart(found) if change > since)


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
