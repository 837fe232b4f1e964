"""What a preview is made from: raw pixels, peaks and frame rates, as they leave the decoders."""

from __future__ import annotations

from dataclasses import dataclass

from validator.preview import RateSpan
from validator.probe.still import Still

PICTURE_SIDE = 320
"""Pixels of the longer side of a picture's small copy."""
FRAME_SIDE = 240
"""Pixels of the longer side of a frame's small copy, of which a clip has several."""
COLUMNS = 400
"""Of a waveform, at most."""
NOT_DECODED = -1
"""A waveform's column of which nothing was decoded."""
SPANS = 120
"""Of frame rates over time, at most."""


@dataclass(frozen=True)
class Sketch:
    """Small copies of the picture, or of some frames of the clip; peaks of the sound; frame rates over time.

    `waveform` goes from 0 to 100 over the whole duration, with `NOT_DECODED` in between.
    """

    stills: tuple[Still, ...] = ()
    waveform: tuple[int, ...] = ()
    frame_rates: tuple[RateSpan, ...] = ()
