"""What sizes are taken: limits on sides, ratio and pixels at once, in whole pixels and in logarithms."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from validator.repair.demands import Demands, Range, both

LARGEST = 10**6
"""Pixels of a side where nothing limits it."""
ANY_NUMBER = Range()

_NEXT_TO_NOTHING = Fraction(1, 10**9)


@dataclass(frozen=True)
class SizeLimits:
    """Ranges that the size of a picture has to lie in, all at once; `ratio` is width over height."""

    width: Range = ANY_NUMBER
    height: Range = ANY_NUMBER
    ratio: Range = ANY_NUMBER
    pixels: Range = ANY_NUMBER

    @property
    def turned(self) -> SizeLimits:
        """The same for a picture that lies on its side."""
        return replace(self, width=self.height, height=self.width, ratio=_inverse(self.ratio))

    def hold(self, width: int, height: int) -> bool:
        """Whether this size is taken.

        >>> SizeLimits(ratio=Range(max=Fraction(5, 2))).hold(250, 99)
        False
        """
        return (
            self.width.holds(width)
            and self.height.holds(height)
            and self.ratio.holds(Fraction(width, height))
            and self.pixels.holds(width * height)
        )

    def heights(self, width: int, step: int = 1) -> tuple[int, int]:
        """The least and the largest height that is taken beside this width, in whole steps.

        The least is above the largest where none is.

        >>> SizeLimits(Range(), Range(Fraction(300)), Range(max=Fraction(5, 2))).heights(1001, 2)
        (402, 1000000)
        """
        if not self.width.holds(width):
            return (1, 0)
        of_ratio = _times(_inverse(self.ratio), Fraction(width))
        taken = both(both(self.height, of_ratio), _times(self.pixels, Fraction(1, width)))
        least = 1 if taken.min is None else math.floor(taken.min) + 1
        if taken.min is not None and not taken.open_min:
            least = math.ceil(taken.min)
        most = LARGEST if taken.max is None else math.ceil(taken.max) - 1
        if taken.max is not None and not taken.open_max:
            most = math.floor(taken.max)
        return (-(-max(least, 1) // step) * step, most // step * step)

    @property
    def ratios(self) -> tuple[float, float]:
        """Between which ratios, in logarithms, there is any size; if none is, the least is above the largest.

        They follow from all limits together: no side over 6000 and none below 300 is a ratio of at most 20.
        """
        (a, b), (c, d), (e, g), (p, q) = map(_logarithms, (self.width, self.height, self.ratio, self.pixels))
        if a > b or c > d or p > q or a + c > q or b + d < p:
            return (math.inf, -math.inf)
        return (max(e, a - d, 2 * a - q, p - 2 * d), min(g, b - c, q - 2 * c, 2 * b - p))

    def widths(self, ratio: float) -> tuple[float, float]:
        """The least and the largest width with such a ratio, both and the ratio in logarithms."""
        (a, b), (c, d), _, (p, q) = map(_logarithms, (self.width, self.height, self.ratio, self.pixels))
        return (max(a, c + ratio, (p + ratio) / 2), min(b, d + ratio, (q + ratio) / 2))


def limits_of(demands: Demands, size: tuple[int, int], *, shy: bool, turned: bool = False) -> SizeLimits:
    """What is asked of the size of a picture that has this one now.

    `shy`: bounds that others write as outside are left out, where the picture does not lie on them already.
    `turned`: of a copy that stands where this one lies, or the other way round.
    """
    width, height = size
    now = {
        "width": Fraction(width),
        "height": Fraction(height),
        "aspect_ratio": Fraction(width, height),
        "pixels": Fraction(width * height),
        "short_side": Fraction(min(size)),
    }
    asked = {fact: _positive(_kept_off(demands.range_of(fact), value, shy)) for fact, value in now.items()}
    short = asked["short_side"]
    either = replace(short, max=None)  # no side is shorter than the least that the short one may be
    across, down = (either, short) if (height <= width) is not turned else (short, either)
    return SizeLimits(
        both(asked["width"], across), both(asked["height"], down), asked["aspect_ratio"], asked["pixels"]
    )


def _kept_off(range_: Range, now: Fraction, shy: bool) -> Range:
    return replace(
        range_,
        open_min=range_.open_min or (shy and range_.shy_min and now != range_.min),
        open_max=range_.open_max or (shy and range_.shy_max and now != range_.max),
    )


def _positive(range_: Range) -> Range:
    """No size is zero: a least one of that says nothing, and a largest one of that is never met."""
    if range_.min is not None and range_.min <= 0:
        range_ = replace(range_, min=None)
    if range_.max is not None and range_.max <= 0:
        range_ = replace(range_, max=_NEXT_TO_NOTHING)
    return range_


def _inverse(range_: Range) -> Range:
    return Range(
        None if range_.max is None else 1 / range_.max,
        None if range_.min is None else 1 / range_.min,
        range_.open_max,
        range_.open_min,
    )


def _times(range_: Range, factor: Fraction) -> Range:
    return replace(
        range_,
        min=None if range_.min is None else range_.min * factor,
        max=None if range_.max is None else range_.max * factor,
    )


def _logarithms(range_: Range) -> tuple[float, float]:
    return (
        -math.inf if range_.min is None else math.log(range_.min),
        math.inf if range_.max is None else math.log(range_.max),
    )
