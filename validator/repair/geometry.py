"""Sizes of a copy: the least that brings a picture between limits on sides, ratio and pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from validator.message import quantity
from validator.people import Box
from validator.quantity import shown
from validator.repair.demands import Demands
from validator.repair.fitting import LEAST_KEPT, Fitted, Size, fitted, padded_anyhow, share, whole
from validator.repair.options import Fit
from validator.repair.recipe import Canvas
from validator.repair.size_limits import SizeLimits, limits_of


@dataclass(frozen=True)
class Framing:
    """How a picture of `source` pixels, as shown, comes between the limits: cropped, scaled, padded.

    `crop` is in pixels of the source, `None` where all of it stays. `content` is what that is scaled to;
    `canvas` the frame that it then lies in, `None` where it needs none. `cuts_kept`: the crop could not hold
    all that was to stay. `instead`: why it is padded though a crop was asked for, a whole sentence.

    >>> Framing((800, 200), None, (800, 200), Canvas(800, 320, 0, 60, "blur")).size
    (800, 320)
    """

    source: tuple[int, int]
    crop: Box | None
    content: tuple[int, int]
    canvas: Canvas | None
    cuts_kept: bool = False
    instead: str = ""

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
    def added(self) -> Fraction:
        """Which share of the copy is padding.

        >>> Framing((800, 200), None, (800, 200), Canvas(800, 320, 0, 60, "blur")).added
        Fraction(3, 8)
        """
        return 1 - share(self.content, self.size)

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
    where the size alone is. Where padding answers both, it is done alone: pixels that stay what they were are
    worth more room beside them, as long as that is moderate. Where it would be nearly all of the copy, there
    is none. A crop is laid around the middle of the boxes to `keep`, which are in pixels of the source; where
    it would have to be enlarged too much, the picture is padded instead. `even`: all sides, and all places,
    are even numbers, as video wants them.

    >>> from validator.repair.demands import Range
    >>> demands = Demands(ranges={"aspect_ratio": Range(Fraction(2, 5), Fraction(5, 2))})
    >>> wide = framed((1000, 200), demands)
    >>> wide.size, wide.content, wide.is_scaled
    ((1000, 400), (1000, 200), False)
    >>> framed((1000, 200), demands, fit="crop").crop
    Box(x=250, y=0, width=500, height=200)
    """
    step = 2 if even else 1
    base = whole(size, step)
    if min(base) and limits_of(demands, size, shy=False).hold(*base):
        return _placed(Fitted(size, base, base), step, fill)
    search = _Search(size, demands, step, max_enlarge, tuple(keep))
    found = search.found(fit)
    instead = ""
    if found is None and fit == "crop":
        found, instead = search.found("pad"), search.why_no_crop()
    if found is None:
        return NoFraming(search.why_not(fit), _off_limits(size, demands))
    if found.kept < LEAST_KEPT:
        return NoFraming(instead + search.why_not_padded(found, fit), "aspect_ratio")
    return _placed(found, step, fill, instead and f"{instead}it is padded instead.")


@dataclass(frozen=True)
class _Search:
    """All ways to bring a picture of this size between what is asked for."""

    size: Size
    demands: Demands
    step: int
    max_enlarge: Fraction
    keep: tuple[Box, ...]

    def found(self, fit: Fit, *, boundless: bool = False) -> Fitted | None:
        """The gentlest one; `boundless`: if it might be enlarged without a limit."""
        found = self._usual(fit, boundless=boundless)
        if found is None and fit == "pad" and (boundless or self._usual(fit, boundless=True) is None):
            found = self._anyhow
        return found

    def _usual(self, fit: Fit, *, boundless: bool) -> Fitted | None:
        at_most = None if boundless else self.max_enlarge
        asked = dict.fromkeys(self._asked(shy=not boundless))
        ways = (fitted(self.size, limits, self.step, at_most, fit, self.keep) for limits in asked)
        return next((way for way in ways if way is not None), None)

    @cached_property
    def _anyhow(self) -> Fitted | None:
        asked = dict.fromkeys(self._asked(shy=False))
        ways = (padded_anyhow(self.size, limits, self.step) for limits in asked)
        return next((way for way in ways if way is not None and way.factor <= self.max_enlarge), None)

    def _asked(self, *, shy: bool) -> Iterator[SizeLimits]:
        """What is asked for: with a copy that lies or stands as the original does first.

        `shy`: and off bounds that others write as outside.
        """
        for turned in (False, True):
            for is_shy in (True, False) if shy else (False,):
                yield limits_of(self.demands, self.size, shy=is_shy, turned=turned)

    def why_not(self, fit: Fit) -> str:
        """Why there is no copy."""
        found = self.found(fit, boundless=True)
        if found is None:
            return "No size lies within all limits at once: judge by fewer rules or profiles."
        advice = "take a larger original, or allow more (--max-enlarge)."
        return f"It is too small: {self._enlarged(found)}; {advice}"

    def why_no_crop(self) -> str:
        """Why it is not cropped, up to a colon."""
        found = self.found("crop", boundless=True)
        if found is None:
            return "No part of it has a size that is taken: "
        return f"Cropped, {self._enlarged(found)} (--max-enlarge): "

    def why_not_padded(self, found: Fitted, fit: Fit) -> str:
        """Why it is not padded, where that would be nearly all of the copy."""
        added = shown((1 - found.kept) * 100, (100 * (1 - LEAST_KEPT),), places=1)
        wide, high = found.canvas
        crop = self.found("crop") if fit == "pad" else None
        advice = "take an original of another shape."
        if crop is not None:
            advice = "cut it (--crop keeps {}x{} of it), or {}".format(*crop.part, advice)
        most = shown(100 * (1 - LEAST_KEPT))
        padded = "padded" if fit == "crop" else "Padded"
        too_much = f"{added} % of it would be padding, and {most} % is the most"
        return f"{padded} to {wide}x{high}, {too_much}: {advice}"

    def _enlarged(self, found: Fitted) -> str:
        (width, height), (wide, high) = found.part, found.content
        times = quantity(Fraction(math.ceil(found.factor * 10), 10), "")
        part = "" if found.crop is None else "its part "
        return (
            f"{part}{width}x{height} would have to be enlarged {times} times, to {wide}x{high}, and at most "
            f"{quantity(self.max_enlarge, '')} {'time' if self.max_enlarge == 1 else 'times'} is allowed"
        )


def _placed(found: Fitted, step: int, fill: str, instead: str = "") -> Framing:
    """With the picture in the middle of its frame."""
    source, content, crop = found.source, found.content, found.crop
    base = whole(source, step)
    if crop is None and content == base != source:  # an odd line is cut off, rather than all computed anew
        crop = Box(0, 0, *base)
    canvas = None
    if found.canvas != content:
        left, top = (
            (frame - side) // 2 // step * step for frame, side in zip(found.canvas, content, strict=True)
        )
        canvas = Canvas(*found.canvas, left, top, fill)
    return Framing(source, crop, content, canvas, found.cuts_kept, instead)


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
