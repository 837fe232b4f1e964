"""Sizes of a copy: the least that brings a picture between limits on sides, ratio and pixels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from validator.people import Box
from validator.repair.demands import Demands
from validator.repair.options import Fit
from validator.repair.recipe import Canvas


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


def framed(
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
    raise NotImplementedError
