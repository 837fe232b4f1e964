"""Places of a JPEG's pixels in its copy, moved a little so that its blocks come to lie as they lay.

Where they do, what was rounded once is rounded to the same values again, and hardly anything is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from validator.people import Box
from validator.repair.geometry import Framing

BLOCK = 16
"""Pixels of a JPEG's block: eight of luma, and of halved chroma."""


def on_blocks(framing: Framing, keep: Sequence[Box] = ()) -> Framing:
    """The same framing, where it is not scaled, with its crop or its place in a frame on whole blocks.

    No side changes, nothing moves by a whole block, and what a crop holds of the boxes to `keep` stays in it.

    >>> on_blocks(Framing((1000, 350), Box(63, 0, 874, 350), (874, 350), None)).crop
    Box(x=64, y=0, width=874, height=350)
    """
    if framing.is_scaled:
        return framing
    crop, canvas = framing.crop, framing.canvas
    if crop is not None and not framing.cuts_kept:
        across, down = ([(box.x, box.width) for box in keep], [(box.y, box.height) for box in keep])
        x = _begin(crop.x, crop.width, framing.source[0], across)
        y = _begin(crop.y, crop.height, framing.source[1], down)
        framing = replace(framing, crop=Box(x, y, crop.width, crop.height))
    if canvas is not None:
        width, height = framing.content
        # Where there is little room, it would stand out that it is not the same on both sides.
        x = _begin(canvas.x, width, canvas.width, ()) if canvas.x >= BLOCK else canvas.x
        y = _begin(canvas.y, height, canvas.height, ()) if canvas.y >= BLOCK else canvas.y
        framing = replace(framing, canvas=msgspec.structs.replace(canvas, x=x, y=y))
    return framing


def _begin(begin: int, length: int, side: int, kept: Sequence[tuple[int, int]]) -> int:
    """The block nearest to where a part of this length begins, if it may begin there."""
    below = begin // BLOCK * BLOCK
    first = min((start for start, _ in kept), default=side)
    last = max((start + extent for start, extent in kept), default=0)
    fitting = (
        place
        for place in (below, below + BLOCK)
        if place <= min(first, side - length) and last <= place + length
    )
    return min(fitting, key=lambda place: abs(place - begin), default=begin)
