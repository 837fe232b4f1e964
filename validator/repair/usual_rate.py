"""How fast a clip's pictures follow each other where they regularly follow fastest."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

_SELDOM = Fraction(1, 10)  # of all gaps: what is shorter than the others, and no more of them, is chance
_ALIKE = Fraction(5, 4)  # times as long as another: the same gap, told by a coarse clock


def usual_rate(times: Iterable[int | None], time_base: Fraction) -> Fraction | None:
    """Frames a second that a clip needs so that none of its regular frames is left out.

    Of a clip whose rate varies the average tells little: half of it may be slow. `None` where there are no
    two frames at different times.

    >>> usual_rate([0, 100, 200, 300, 333, 367, 400], Fraction(1, 1000))
    Fraction(30, 1)
    >>> usual_rate([0, 40, 80, 120, 900, 940, 980], Fraction(1, 1000))
    Fraction(25, 1)
    """
    shown = sorted({time for time in times if time is not None})
    gaps = sorted(later - earlier for earlier, later in pairwise(shown))
    if not gaps:
        return None
    fast = gaps[int(len(gaps) * _SELDOM)]
    alike = [gap for gap in gaps if fast / _ALIKE <= gap <= fast * _ALIKE]
    return len(alike) / (sum(alike) * time_base)
