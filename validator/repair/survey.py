"""What is measured of an original beyond its verdict, so that a copy of it can be planned."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from validator.model import MediaFacts
from validator.repair.streams import Streams

Share = tuple[Fraction, Fraction, Fraction, Fraction]
"""Left, top, width and height of a part of a picture as shown, as shares of it."""


@dataclass(frozen=True)
class Survey:
    """`facts`: the media's, where its format is not one that is judged; `None` where the verdict's hold.

    `streams`: of a clip or a sound. `problem`: why no copy can be made of it, a whole sentence; or empty.
    `salient`: the part of a picture that draws the eye, where that was asked for and there is one.
    `scene_changes`: the seconds at which another shot begins, where that was asked for. `packed`: the share
    of its bare samples that a large picture takes without loss, where it has lost nothing yet. `notes`: what
    a person should know of a copy, sentences.
    """

    facts: MediaFacts | None = None
    streams: Streams | None = None
    problem: str = ""
    salient: Share | None = None
    scene_changes: tuple[Fraction, ...] = ()
    packed: Fraction | None = None
    notes: tuple[str, ...] = ()
