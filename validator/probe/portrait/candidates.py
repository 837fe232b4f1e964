"""A place where a detector believes a face to be, and which of them are one face."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Candidate:
    """A box in pixels of the picture, how sure the detector is (0 to 1), and which detector it is."""

    left: float
    top: float
    right: float
    bottom: float
    score: float
    voice: str

    @property
    def width(self) -> float:
        """Pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Square pixels; an empty box has none."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def center(self) -> tuple[float, float]:
        """Of the box, in pixels."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def placed(self, scale: float, left: float = 0.0, top: float = 0.0) -> Candidate:
        """The same in a picture that is `scale` times as large, and of which this one began at left, top.

        Example:
            >>> Candidate(1, 2, 3, 4, 0.9, "blazeface").placed(2, 10, 0)
            Candidate(left=12, top=4, right=16, bottom=8, score=0.9, voice='blazeface')
        """
        return replace(
            self,
            left=self.left * scale + left,
            top=self.top * scale + top,
            right=self.right * scale + left,
            bottom=self.bottom * scale + top,
        )

    def scored(self, score: float) -> Candidate:
        """The same box with another score."""
        return replace(self, score=score)

    def clipped(self, width: int, height: int) -> Candidate:
        """The part that lies in a picture of this size."""
        return replace(
            self,
            left=min(max(self.left, 0.0), width),
            top=min(max(self.top, 0.0), height),
            right=min(max(self.right, 0.0), width),
            bottom=min(max(self.bottom, 0.0), height),
        )


def overlap(one: Candidate, other: Candidate) -> float:
    """The shared area over the smaller box: 1 where one lies in the other.

    Detectors draw their boxes differently (some with the forehead, some without), so the usual ratio, of
    the shared area to that of both, says little.

    Example:
        >>> overlap(Candidate(0, 0, 10, 10, 1, ""), Candidate(5, 0, 25, 10, 1, ""))
        0.5
    """
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    smaller = min(one.area, other.area)
    if width <= 0 or height <= 0 or smaller <= 0:
        return 0.0
    return width * height / smaller


def apart(candidates: Iterable[Candidate], most: float) -> list[Candidate]:
    """The best first, without those that overlap a better one by `most` or more.

    Example:
        >>> found = Candidate(0, 0, 10, 10, 0.8, ""), Candidate(1, 0, 11, 10, 0.9, "")
        >>> [one.score for one in apart(found, 0.5)]
        [0.9]
    """
    kept: list[Candidate] = []
    for one in sorted(candidates, key=lambda candidate: -candidate.score):
        if all(overlap(one, other) < most for other in kept):
            kept.append(one)
    return kept
