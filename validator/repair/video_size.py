"""The size of a clip's copy: between all limits, of square pixels, even sides, and a usual name if asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from validator.probe.frame_size import resolution
from validator.repair.demands import Range
from validator.repair.geometry import Framing, NoFraming, framed
from validator.repair.plan import Case
from validator.repair.video_source import Source

SIZE_FACTS = ("width", "height", "short_side", "aspect_ratio", "pixels", "resolution")
"""What rules say of the size of a frame."""


def fits(case: Case, size: tuple[int, int]) -> bool:
    """Whether a frame of this size is taken."""
    width, height = size
    pixels, name = width * height, resolution(width, height)
    values: tuple[int | Fraction | str, ...] = (
        width,
        height,
        min(size),
        Fraction(width, height),
        pixels,
        name,
    )
    return all(case.demands.takes(fact, value) for fact, value in zip(SIZE_FACTS, values, strict=True))


def frame_of(case: Case, source: Source) -> Framing | NoFraming:
    """The gentlest frame for the picture as it is shown."""
    best = next(_frames(case, source))
    if isinstance(best, NoFraming) or case.demands.takes("resolution", resolution(*best.size)):
        return best
    named = [each for each in _frames(case, source, named=True) if isinstance(each, Framing)]
    taken = [each for each in named if fits(case, each.size)]
    return min(taken, key=lambda each: max(each.factor, 1 / each.factor), default=best)


def _frames(case: Case, source: Source, *, named: bool = False) -> Iterator[Framing | NoFraming]:
    """One frame, or one for each name of a resolution that is taken."""
    options, demands = case.options, case.demands
    sides: list[Range | None] = [None]
    if named:
        names = [name.removesuffix("p") for name in demands.allowed.get("resolution", ())]
        sides = [Range(Fraction(name), Fraction(name)) for name in names if name.isdecimal()]
    for side in sides:
        asked = demands
        if side is not None:
            asked = replace(demands, ranges=MappingProxyType({**demands.ranges, "short_side": side}))
        yield framed(
            source.size, asked, fit=options.fit, even=True, max_enlarge=options.max_enlarge, fill=options.fill
        )
