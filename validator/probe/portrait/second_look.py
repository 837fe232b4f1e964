"""A doubtful place once more, from near by, where it fills a third of what a detector is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.probe.portrait.candidates import Candidate, overlap
from validator.probe.portrait.scale import scaled

if TYPE_CHECKING:
    from validator.probe.portrait.scale import Pixels
    from validator.probe.portrait.voices import Voice

_SIDE = 320  # pixels of the crop as it is shown
_MARGIN = 1.0  # of the box, on each side
_SAME_FACE = 0.4  # of the smaller box
_LIKE = 3.0  # how much taller a box may be, or the other
_LEAST = 0.1  # of the voices' scores; all that was heard counts


def close_up(picture: Pixels, box: Candidate) -> tuple[Pixels, Candidate]:
    """The square around a box, as far as the picture goes, and where the box lies in it."""
    height, width = picture.shape[:2]
    x, y = box.center
    reach = max(box.width, box.height) * (0.5 + _MARGIN)
    left, top = max(round(x - reach), 0), max(round(y - reach), 0)
    right, bottom = min(round(x + reach), width), min(round(y + reach), height)
    crop = picture[top:bottom, left:right]
    shown, scale = scaled(crop, max(round(_SIDE * max(crop.shape[:2]) / (2 * reach)), 1), enlarge=True)
    return shown, box.placed(1, -left, -top).placed(1 / scale)


def score_close_up(voice: Voice, shown: Pixels, box: Candidate) -> float:
    """The best score that the voice gives to something at the box, and of about its size; else 0."""
    return max(
        (
            heard.score
            for heard in voice.faces(shown, _LEAST)
            if overlap(heard, box) > _SAME_FACE and 1 / _LIKE < heard.height / max(box.height, 1.0) < _LIKE
        ),
        default=0.0,
    )
