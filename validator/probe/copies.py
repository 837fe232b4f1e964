"""Keeps small copies of a picture while it is decoded for other reasons."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PIL.ImageFile import ImageFile

from validator.probe.damage import DECODER_ERRORS
from validator.probe.shrink import still_of, thumbnail_of
from validator.probe.sketch import Sketch
from validator.probe.still import Still

if TYPE_CHECKING:
    from PIL.Image import Image


class Copies:
    """Those of the first picture that is shown: a still for face work, a thumbnail for people, or neither.

    `orientation` is how it is to be turned (1 to 8, as in EXIF).

    >>> copies = Copies(1, stills=False, sketch=False)
    >>> copies.stills, copies.sketch
    ((), None)
    """

    def __init__(self, orientation: int, *, stills: bool, sketch: bool) -> None:
        self._orientation = orientation
        self._wants_still = stills
        self._wants_sketch = sketch
        self.stills: tuple[Still, ...] = ()
        self.sketch: Sketch | None = None

    @property
    def are_wanted(self) -> bool:
        """Whether anybody wants pixels."""
        return self._wants_still or self._wants_sketch

    def keep(self, picture: Image) -> None:
        """Copy a decoded picture; a mode that has no RGB is no damage."""
        with contextlib.suppress(*DECODER_ERRORS):
            if self._wants_still:
                self.stills = (still_of(picture, self._orientation),)
        with contextlib.suppress(*DECODER_ERRORS):
            if self._wants_sketch:
                self.sketch = Sketch(stills=(thumbnail_of(picture, self._orientation),))

    def rescue(self, picture: Image) -> None:
        """Sketch what was decoded of a picture before its decoder gave up, if there is something to see."""
        if not self._wants_sketch or self.sketch is not None or not isinstance(picture, ImageFile):
            return
        with contextlib.suppress(*DECODER_ERRORS):
            picture.tile = []  # nothing more is to be decoded
            picture.load()
            thumbnail = thumbnail_of(picture, self._orientation)
            if len(set(thumbnail.rgb)) > 1:
                self.sketch = Sketch(stills=(thumbnail,))
