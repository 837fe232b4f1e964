"""How much of a clip stays, and how long the copy is: from a start, to a shot's end, or made longer."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import floor

from validator.quantity import shown
from validator.repair.demands import Range
from validator.repair.plan import Case, Obstacle
from validator.repair.video_source import Source, codes_of
from validator.repair.words import too_short

_STANDS_STILL = Fraction(1)
"""Seconds by which the sound may outlast the picture before the cut is made there, or that is told."""
_TRIED = 5  # numbers of frames on either side of the nearest


@dataclass(frozen=True)
class Length:
    """Seconds of the original from `start`; `ends`: not all of it.

    `lengthened`: the seconds of a copy that is longer. `warning`: a sentence on what a person should know of
    it, or empty.
    """

    start: Fraction
    duration: Fraction
    ends: bool = False
    lengthened: Fraction | None = None
    warning: str = ""

    @property
    def wanted(self) -> Fraction:
        """Seconds of the copy."""
        return self.lengthened or self.duration


def length_of(case: Case, source: Source) -> Length | Obstacle:
    """What stays of a clip: all of it where its length is taken."""
    taken, duration = case.demands.range_of("duration"), source.duration
    code = (*codes_of(case, "duration"), *case.demands.codes.get("duration", ()), "")[0]
    if "duration" in case.demands.conflicts:
        return Obstacle(code, case.demands.conflicts["duration"])
    if taken.holds(duration):
        return Length(Fraction(0), duration, warning=_still(source, Fraction(0), duration))
    if taken.max is not None and duration >= taken.max:
        return _cut(case, source, taken, code)
    least = taken.min or Fraction(0)
    if case.options.lengthen is None:
        return Obstacle(code, too_short(duration, least))
    return Length(Fraction(0), duration, lengthened=least)


def _cut(case: Case, source: Source, taken: Range, code: str) -> Length | Obstacle:
    duration, start, warning = source.duration, case.options.start or Fraction(0), ""
    if case.options.scenes:
        shots = whole_shots(case.scene_changes, duration, taken, case.options.start)
        if shots is not None:
            return shots
        warning = "No run of whole shots has a length that is taken, so the cut ends within one."
    left, most = duration - start, taken.max
    if left <= 0:
        text = (
            f"The cut would begin at {shown(start)} s, and it runs only {shown(duration)} s: start earlier."
        )
        return Obstacle(code, text)
    if taken.min is not None and left < taken.min:
        text = f"From {shown(start)} s on it runs {shown(left, (taken.min,))} s, less than the"
        return Obstacle(code, f"{text} {shown(taken.min)} s that it has to: start earlier.")
    stays = left if most is None else min(left, most)
    still = _still(source, start, stays)
    picture = source.picture_end - start
    if still and picture > 0 and taken.holds(picture):
        lost = shown(left - picture, places=1)
        lost = f"The sound goes on for {lost} s behind the picture's end: it is cut there."
        return Length(start, picture, ends=True, warning=" ".join(filter(None, (warning, lost))))
    return Length(start, stays, ends=True, warning=" ".join(filter(None, (warning, still))))


def _still(source: Source, start: Fraction, seconds: Fraction) -> str:
    """What is said where the sound of these seconds goes on for long behind the picture's end."""
    picture = source.picture_end
    if start + seconds - picture <= _STANDS_STILL:
        return ""
    still = shown(min(start + seconds - picture, seconds), places=1)
    return f"The sound goes on behind the picture's end, so the last picture stands still for {still} s."


def whole_shots(
    changes: tuple[Fraction, ...], duration: Fraction, taken: Range, start: Fraction | None
) -> Length | None:
    """The first run of whole shots of a length that is taken, as many shots as that allows."""
    ends = sorted({*changes, duration})
    starts = [start] if start is not None else sorted({Fraction(0), *changes})
    for begin in starts:
        fitting = [end for end in ends if end > begin and taken.holds(end - begin)]
        if fitting:
            return Length(begin, fitting[-1] - begin, ends=True)
    return None


def frames_of(length: Length, rate: Fraction, taken: Range, *, fewer: int = 0) -> int | None:
    """How many frames the copy has at this rate, the nearest number that is taken; `None` where none is.

    Of a cut no frame is made up; `fewer`: so many are left out besides, where that is taken.

    >>> cut = Length(Fraction(0), Fraction(15), ends=True)
    >>> frames_of(cut, Fraction(30000, 1001), Range(max=Fraction(15)))
    449
    """
    exact = length.wanted * rate
    nearest = max(1, (floor(exact) if length.ends else round(exact)) - fewer)
    tried = [nearest, *chain.from_iterable((nearest - by, nearest + by) for by in range(1, _TRIED))]
    within = [number for number in tried if number > 0 and taken.holds(number / rate)]
    kept_off = [number for number in within if _is_off_bounds(number / rate, taken)]
    return next(iter(kept_off or within), None)


def _is_off_bounds(seconds: Fraction, taken: Range) -> bool:
    return not ((taken.shy_min and seconds == taken.min) or (taken.shy_max and seconds == taken.max))
