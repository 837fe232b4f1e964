"""Sizes of a copy: the least that brings a picture between limits on sides, ratio and pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from validator.message import quantity
from validator.people import Box
from validator.repair.demands import Demands
from validator.repair.options import Fit
from validator.repair.recipe import Canvas
from validator.repair.size_limits import SizeLimits, limits_of

Size = tuple[int, int]
"""Width and height in pixels."""

_TRIED = 120  # steps around the width that logarithms name: rounding moves it by a few
_COMPARED = 16  # sizes beside the first that is taken, of which the least distorted one is chosen
_ROUNDING = 0.05  # logarithm that whole pixels may differ by from what limits ask for
_ROUNDED = 1 + 1e-9  # what logarithms may be off by
_NEARBY = 0.01  # a size of exactly the same ratio is taken where it is so near: 1920x1080, not 1924x1082
_DISTORTION = 3  # a ratio that is off weighs so many times what a scale does


@dataclass(frozen=True)
class Framing:
    """How a picture of `source` pixels, as shown, comes between the limits: cropped, scaled, padded.

    `crop` is in pixels of the source, `None` where all of it stays. `content` is what that is scaled to;
    `canvas` the frame that it then lies in, `None` where it needs none. `cuts_kept`: the crop could not hold
    all that was to stay.

    >>> Framing((800, 200), None, (800, 200), Canvas(800, 320, 0, 60, "blur")).size
    (800, 320)
    """

    source: tuple[int, int]
    crop: Box | None
    content: tuple[int, int]
    canvas: Canvas | None
    cuts_kept: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the copy."""
        return self.content if self.canvas is None else (self.canvas.width, self.canvas.height)

    @property
    def cropped(self) -> tuple[int, int]:
        """Width and height of what stays of the source, before it is scaled."""
        return self.source if self.crop is None else (self.crop.width, self.crop.height)

    @property
    def is_scaled(self) -> bool:
        """Whether pixels are computed anew."""
        return self.content != self.cropped

    @property
    def factor(self) -> Fraction:
        """How many times it is enlarged, along the side where that is more; below 1 it shrinks."""
        width, height = self.cropped
        return max(Fraction(self.content[0], width), Fraction(self.content[1], height))

    @property
    def is_as_it_was(self) -> bool:
        """Whether nothing changes."""
        return self.crop is None and self.canvas is None and not self.is_scaled


@dataclass(frozen=True)
class NoFraming:
    """There is no such copy. `reason` is a whole sentence for a person; `fact` what it is about."""

    reason: str
    fact: str


def framed(  # noqa: PLR0913 - what is asked, and all that may be done about it
    size: tuple[int, int],
    demands: Demands,
    *,
    fit: Fit = "pad",
    keep: Iterable[Box] = (),
    even: bool = False,
    max_enlarge: Fraction = Fraction(16),
    fill: str = "blur",
) -> Framing | NoFraming:
    """The gentlest framing of a picture of this size, as shown, within what `demands` asks of a picture.

    These are the ranges of `width`, `height`, `short_side`, `aspect_ratio` and `pixels`. What lies between
    them already stays as it is. Nothing is scaled where the ratio alone is wrong, nothing padded or cropped
    where the size alone is. A crop is laid around the middle of the boxes to `keep`, which are in pixels of
    the source. `even`: all sides, and all places, are even numbers, as video wants them.

    >>> from validator.repair.demands import Range
    >>> demands = Demands(ranges={"aspect_ratio": Range(Fraction(2, 5), Fraction(5, 2))})
    >>> wide = framed((1000, 200), demands)
    >>> wide.size, wide.content, wide.is_scaled
    ((1000, 400), (1000, 200), False)
    >>> framed((1000, 200), demands, fit="crop").crop
    Box(x=250, y=0, width=500, height=200)
    """
    step = 2 if even else 1
    asked = tuple(limits_of(demands, size, shy=shy) for shy in (True, False))
    base = _whole(size, step)
    if min(base) and asked[-1].hold(*base):
        return _placed(_Fitted(size, base, base), step, fill)
    for limits in asked:
        found = _fitted(size, limits, step, max_enlarge, fit, tuple(keep))
        if found is not None:
            return _placed(found, step, fill)
    boundless = _fitted(size, asked[-1], step, None, fit, tuple(keep))
    return _why_not(size, demands, boundless, max_enlarge)


@dataclass(frozen=True)
class _Fitted:
    """What the picture, or the part `crop` of it, is scaled to, and the frame around that."""

    source: Size
    content: Size
    canvas: Size
    crop: Box | None = None
    cuts_kept: bool = False

    @property
    def turned(self) -> _Fitted:
        """The same on its side, of what is not cropped."""
        return _Fitted(self.source[::-1], self.content[::-1], self.canvas[::-1])

    @property
    def factor(self) -> Fraction:
        """How many times it is enlarged."""
        width, height = self.source if self.crop is None else (self.crop.width, self.crop.height)
        return max(Fraction(self.content[0], width), Fraction(self.content[1], height))


def _fitted(
    size: Size, limits: SizeLimits, step: int, at_most: Fraction | None, fit: Fit, keep: tuple[Box, ...]
) -> _Fitted | None:
    """The gentlest way between these limits: scaled alone, or else padded or cropped as well."""
    least, most = limits.ratios
    if least > most:
        return None
    ratio = math.log(size[0] / size[1])
    if least <= ratio <= most and limits.ratio.holds(Fraction(*size)):
        scaled = _scaled(size, limits, step, at_most)
        if scaled is not None:
            return _Fitted(size, scaled, scaled)
    is_wide = ratio >= least  # else it is too tall
    if fit == "crop":
        turned = (part[::-1] for part in _slices(size[::-1], -least, step))
        parts = list(_slices(size, most, step) if is_wide else turned)
        taken = [part for part in parts if limits.ratio.holds(Fraction(*part))]
        return _cropped(size, limits, step, at_most, taken or parts, keep)
    if is_wide:
        return _padded(size, limits, step, at_most, min(ratio, most))
    beside = _padded(size[::-1], limits.turned, step, at_most, -least)
    return None if beside is None else beside.turned


def _scaled(size: Size, limits: SizeLimits, step: int, at_most: Fraction | None) -> Size | None:
    """The size nearest to this one, of the same ratio, that is taken; `None` where none is."""
    if size[0] < size[1]:  # along the longer side, where a step is the smaller change
        turned = _scaled(size[::-1], limits.turned, step, at_most)
        return None if turned is None else turned[::-1]
    base = _whole(size, step)
    if min(base) and limits.hold(*base):
        return base
    low, high = limits.widths(math.log(size[0] / size[1]))
    if _is_out_of_reach(size[0], low, at_most):
        return None
    found: list[Size] = []
    for width in _outwards(size[0], low, high, step):
        for height in _near(Fraction(width * size[1], size[0]), step):
            if limits.hold(width, height) and _is_allowed(size, (width, height), at_most):
                found += [(width, height)]
        if len(found) >= _COMPARED:
            break
    best = min(found, key=lambda each: _cost(size, each), default=None)
    exact = (each for each in found if each[0] * size[1] == each[1] * size[0])
    near = (each for each in exact if best and abs(each[0] - best[0]) <= best[0] * _NEARBY)
    return min(near, key=lambda each: _cost(size, each), default=best)


def _padded(
    size: Size, limits: SizeLimits, step: int, at_most: Fraction | None, ratio: float
) -> _Fitted | None:
    """Scaled as little as can be, in a frame of this ratio, in logarithms; `None` where there is none."""
    base, (low, high) = _whole(size, step), limits.widths(ratio)
    if _is_out_of_reach(size[0], low, at_most):
        return None
    found: list[_Fitted] = []
    for width in _outwards(base[0] or step, low, high, step):
        height = base[1] if width == base[0] else _near(Fraction(width * size[1], size[0]), step)[0]
        least, most = limits.heights(width, step)
        content = (width, height)
        if height and max(least, height) <= most and _is_allowed(size, content, at_most):
            fitted = _Fitted(size, content, (width, max(least, height)))
            if content == base:
                return fitted
            found.append(fitted)
        if len(found) >= _COMPARED:
            break
    return min(found, key=lambda each: _cost(size, each.content) + _excess(each, ratio), default=None)


def _slices(size: Size, ratio: float, step: int) -> Iterator[Size]:
    """Parts of the full height and of at most this ratio, in logarithms, the widest first."""
    height = size[1] // step * step or size[1]
    widest = min(size[0] - 1, math.floor(height * _exp(ratio) * _ROUNDED)) // step
    for steps in range(widest, max(0, widest - _TRIED), -1):
        yield (steps * step, height)


def _cropped(
    size: Size,
    limits: SizeLimits,
    step: int,
    at_most: Fraction | None,
    parts: Iterable[Size],
    keep: tuple[Box, ...],
) -> _Fitted | None:
    """The largest part that comes between the limits when it is scaled, around what is to be kept."""
    for part in parts:
        content = _scaled(part, limits, step, at_most)
        if content is not None:
            left, across = _around(size[0], part[0], [(box.x, box.width) for box in keep], step)
            top, down = _around(size[1], part[1], [(box.y, box.height) for box in keep], step)
            return _Fitted(size, content, content, Box(left, top, *part), across or down)
    return None


def _around(side: int, length: int, kept: list[tuple[int, int]], step: int) -> tuple[int, bool]:
    """Where a part of this length begins, with what is kept in its middle; whether it cuts that."""
    first = min((start for start, _ in kept), default=0)
    last = max((start + extent for start, extent in kept), default=side)
    begin = min(max((first + last - length) // 2, 0), side - length) // step * step
    return begin, bool(kept) and not begin <= first <= last <= begin + length


def _outwards(now: int, low: float, high: float, step: int) -> Iterator[int]:
    """Whole steps between two logarithms, from the one nearest to `now` on; a few beyond each end."""
    first = now / step
    start = round(min(max(first, _exp(low) / step), max(_exp(high) / step, 1)))
    yield from (start * step for start in (start,) if start)
    for away in range(1, _TRIED):
        for nearby in (start - away, start + away):
            if nearby > 0:
                yield nearby * step


def _exp(logarithm: float) -> float:
    return math.exp(min(logarithm, 40.0))


def _near(length: Fraction, step: int) -> tuple[int, ...]:
    """The whole steps around a length, the nearest first."""
    below = math.floor(length / step) * step
    above = below + step
    nearest = (below, above) if length - below <= above - length else (above, below)
    return tuple(each for each in nearest if each > 0)


def _whole(size: Size, step: int) -> Size:
    """Without the odd column and line, where there may be none."""
    return (size[0] // step * step, size[1] // step * step)


def _is_out_of_reach(side: int, low: float, at_most: Fraction | None) -> bool:
    """Whether a side would have to be enlarged by far more than is allowed, before all sizes are tried."""
    return at_most is not None and low - math.log(side * at_most) > _ROUNDING


def _is_allowed(size: Size, content: Size, at_most: Fraction | None) -> bool:
    return at_most is None or max(Fraction(content[0], size[0]), Fraction(content[1], size[1])) <= at_most


def _cost(size: Size, content: Size) -> float:
    """How far a picture is from what it was: scaled, or distorted by rounding."""
    across, down = math.log(content[0] / size[0]), math.log(content[1] / size[1])
    return abs(across + down) / 2 + _DISTORTION * abs(across - down)


def _excess(fitted: _Fitted, ratio: float) -> float:
    """How much taller a frame is than it has to be."""
    return math.log(fitted.canvas[1] / fitted.canvas[0]) + ratio


def _placed(fitted: _Fitted, step: int, fill: str) -> Framing:
    """With the picture in the middle of its frame."""
    source, content, crop = fitted.source, fitted.content, fitted.crop
    whole = _whole(source, step)
    if crop is None and content == whole != source:  # an odd line is cut off, rather than all computed anew
        crop = Box(0, 0, *whole)
    canvas = None
    if fitted.canvas != content:
        left, top = (
            (frame - side) // 2 // step * step for frame, side in zip(fitted.canvas, content, strict=True)
        )
        canvas = Canvas(*fitted.canvas, left, top, fill)
    return Framing(source, crop, content, canvas, fitted.cuts_kept)


def _why_not(size: Size, demands: Demands, boundless: _Fitted | None, max_enlarge: Fraction) -> NoFraming:
    """Why there is no copy; `boundless`: what there would be if it might be enlarged without a limit."""
    fact = _off_limits(size, demands)
    if boundless is None:
        return NoFraming("No size lies within all limits at once: judge by fewer rules or profiles.", fact)
    (width, height), (wide, high) = size, boundless.content
    times = quantity(Fraction(math.ceil(boundless.factor * 10), 10), "")
    reason = (
        f"It is too small: {width}x{height} would have to be enlarged {times} times, to {wide}x{high}, and "
        f"at most {quantity(max_enlarge, '')} times is allowed; take a larger original, or allow more "
        "(--max-enlarge)."
    )
    return NoFraming(reason, fact)


def _off_limits(size: Size, demands: Demands) -> str:
    """The first fact of this size that is not taken."""
    width, height = size
    now = {
        "width": Fraction(width),
        "height": Fraction(height),
        "short_side": Fraction(min(size)),
        "pixels": Fraction(width * height),
    }
    broken = (fact for fact, value in now.items() if not demands.range_of(fact).holds(value))
    return next(broken, "aspect_ratio")
