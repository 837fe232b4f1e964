"""Ways to bring a size between limits: scaled, padded, cropped, each by the least."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from validator.people import Box
from validator.repair.options import Fit
from validator.repair.size_limits import SizeLimits

Size = tuple[int, int]
"""Width and height in pixels."""

_TRIED = 120  # steps around the width that logarithms name: rounding moves it by a few
_COMPARED = 16  # sizes beside the first that is taken, of which the least distorted one is chosen
_ROUNDING = 0.05  # logarithm that whole pixels may differ by from what limits ask for
_ROUNDED = 1 + 1e-9  # what logarithms may be off by
_NEARBY = 0.01  # a size of exactly the same ratio is taken where it is so near: 1920x1080, not 1924x1082
_DISTORTION = 3  # a ratio that is off weighs so many times what a scale does
_MODERATE = Fraction(2, 5)
"""What a picture has to keep of its copy to be padded as it is where scaling it as well would take less room.

Two fifths: a picture of the ratio 4 between limits of 2.5 and 300 pixels, as 600x150 is, keeps a half.
"""
LEAST_KEPT = Fraction(1, 10)
"""Below it a copy is hardly anything but padding, and helps nobody."""
_WHOLE_SEARCH = 4096  # widths of copies that are tried one by one where the usual steps lead to none


@dataclass(frozen=True)
class Fitted:
    """What the picture, or the part `crop` of it, is scaled to, and the frame around that."""

    source: Size
    content: Size
    canvas: Size
    crop: Box | None = None
    cuts_kept: bool = False

    @property
    def part(self) -> Size:
        """What stays of the source."""
        return self.source if self.crop is None else (self.crop.width, self.crop.height)

    @property
    def kept(self) -> Fraction:
        """Which share of the copy is the picture."""
        return share(self.content, self.canvas)

    @property
    def turned(self) -> Fitted:
        """The same on its side, of what is not cropped."""
        return Fitted(self.source[::-1], self.content[::-1], self.canvas[::-1])

    @property
    def factor(self) -> Fraction:
        """How many times it is enlarged."""
        width, height = self.part
        return max(Fraction(self.content[0], width), Fraction(self.content[1], height))


def share(content: Size, canvas: Size) -> Fraction:
    """How much of a canvas this content covers."""
    return Fraction(content[0] * content[1], canvas[0] * canvas[1])


def fitted(
    size: Size, limits: SizeLimits, step: int, at_most: Fraction | None, fit: Fit, keep: tuple[Box, ...]
) -> Fitted | None:
    """The gentlest way between these limits: scaled alone, or else padded or cropped as well."""
    least, most = limits.ratios
    if least > most:
        return None
    ratio = math.log(size[0] / size[1])
    if least <= ratio <= most and limits.ratio.holds(Fraction(*size)):
        scaled = _scaled(size, limits, step, at_most)
        if scaled is not None:
            return Fitted(size, scaled, scaled)
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
    base = whole(size, step)
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
) -> Fitted | None:
    """Scaled as little as can be, in a frame of this ratio, in logarithms; `None` where there is none."""
    base, (low, high) = whole(size, step), limits.widths(ratio)
    as_it_is = _padded_as_it_is(size, limits, step)
    if as_it_is is not None and as_it_is.kept >= _MODERATE:
        return as_it_is
    usable = as_it_is if as_it_is is not None and as_it_is.kept >= LEAST_KEPT else None
    if _is_out_of_reach(size[0], low, at_most):
        return usable
    found: list[Fitted] = []
    for width in _outwards(base[0] or step, low, high, step):
        height = base[1] if width == base[0] else _near(Fraction(width * size[1], size[0]), step)[0]
        least, most = limits.heights(width, step)
        content = (width, height)
        if height and max(least, height) <= most and _is_allowed(size, content, at_most):
            fitted = Fitted(size, content, (width, max(least, height)))
            if content == base:
                return fitted
            found.append(fitted)
        if len(found) >= _COMPARED:
            break
    return min(found, key=lambda each: _cost(size, each.content) + _excess(each, ratio), default=usable)


def _padded_as_it_is(size: Size, limits: SizeLimits, step: int) -> Fitted | None:
    """In a frame that is as wide, without being scaled."""
    base = whole(size, step)
    least, most = limits.heights(base[0], step) if min(base) else (1, 0)
    height = max(least, base[1])
    return Fitted(size, base, (base[0], height)) if height <= most else None


def padded_anyhow(size: Size, limits: SizeLimits, step: int) -> Fitted | None:
    """In whatever frame it takes most of, though each width has to be tried."""
    least, most = limits.ratios
    if least > most:
        return None
    first = max(1, math.floor(_exp(limits.widths(least)[0]) / step)) * step
    last = min(_exp(limits.widths(most)[1]), first + _WHOLE_SEARCH * step)
    found = []
    for width in range(first, math.ceil(last) + 1, step):
        lowest, highest = limits.heights(width, step)
        if lowest <= highest:
            best = round(width * size[1] / size[0] / step) * step
            canvas = (width, min(max(best, lowest), highest))
            found.append(Fitted(size, _inside(size, canvas, step), canvas))
    return max(found, key=lambda each: each.kept, default=None)


def _inside(size: Size, canvas: Size, step: int) -> Size:
    """The size in which a picture fits between the sides of a canvas."""
    scale = min(Fraction(side, own) for side, own in zip(canvas, size, strict=True))
    width, height = (max(1, round(own * scale / step)) * step for own in size)
    return min(width, canvas[0]), min(height, canvas[1])


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
) -> Fitted | None:
    """The largest part that comes between the limits when it is scaled, around what is to be kept."""
    for part in parts:
        content = _scaled(part, limits, step, at_most)
        if content is not None:
            left, across = _around(size[0], part[0], [(box.x, box.width) for box in keep], step)
            top, down = _around(size[1], part[1], [(box.y, box.height) for box in keep], step)
            return Fitted(size, content, content, Box(left, top, *part), across or down)
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


def whole(size: Size, step: int) -> Size:
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


def _excess(fitted: Fitted, ratio: float) -> float:
    """How much taller a frame is than it has to be."""
    return math.log(fitted.canvas[1] / fitted.canvas[0]) + ratio
