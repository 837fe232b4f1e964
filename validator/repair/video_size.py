"""The size of a clip's copy: between all limits, of square pixels, even sides, and a usual name if asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

import msgspec

from validator.people import Box
from validator.probe.frame_size import resolution
from validator.repair.demands import Range
from validator.repair.geometry import Framing, NoFraming
from validator.repair.image_framing import framed_around, heads_of, within
from validator.repair.options import CLEAR
from validator.repair.plan import Case
from validator.repair.video_source import Source

SIZE_FACTS = ("width", "height", "short_side", "aspect_ratio", "pixels", "resolution")
"""What rules say of the size of a frame."""
_BLACK = "#000000"  # of what may not be transparent, as no clip is


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
    options, demands, heads = case.options, case.demands, _heads(case, source)
    if options.fill == CLEAR:
        options = msgspec.structs.replace(options, fill=_BLACK)
    sides: list[Range | None] = [None]
    if named:
        names = [name.removesuffix("p") for name in demands.allowed.get("resolution", ())]
        sides = [Range(Fraction(name), Fraction(name)) for name in names if name.isdecimal()]
    for side in sides:
        asked = demands
        if side is not None:
            asked = replace(demands, ranges=MappingProxyType({**demands.ranges, "short_side": side}))
        yield framed_around(heads, source.size, asked, options, even=True)[0]


def faces_around(case: Case, source: Source, frame: Framing) -> tuple[int, int]:
    """How many of the faces that are known a crop leaves whole, and how many there are."""
    heads, crop = _heads(case, source), frame.crop
    if crop is None:
        return len(heads), len(heads)
    return sum(_is_inside(head, crop) for head in heads), len(heads)


def _heads(case: Case, source: Source) -> list[Box]:
    """The heads within the picture, the largest first, in that frame of the clip which has most."""
    faces = () if case.facts.faces is None else case.facts.faces.faces or ()
    whole = Box(0, 0, *source.size)
    return [inside for head in heads_of(faces, source.size) if (inside := within(head, whole)) is not None]


def _is_inside(head: Box, crop: Box) -> bool:
    return within(head, crop) == Box(head.x - crop.x, head.y - crop.y, head.width, head.height)
