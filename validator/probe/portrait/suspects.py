"""Places that may hold a face, and what each detector said of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from validator.probe.portrait.candidates import Candidate, overlap

_SAME_FACE = 0.5  # of the smaller box


@dataclass
class Suspect:
    """The box of the voice that is surest, and each voice's best score at the first look."""

    box: Candidate
    scores: dict[str, float] = field(default_factory=dict)

    def mean(self, voices: Iterable[str]) -> float:
        """Of the scores of these voices; one that heard nothing counts as 0.

        Example:
            >>> Suspect(Candidate(0, 0, 9, 9, 0.9, "one"), {"one": 0.9}).mean(["one", "other"])
            0.45
        """
        scores = [self.scores.get(voice, 0.0) for voice in voices]
        return sum(scores) / len(scores)


def gathered(candidates: Iterable[Candidate], bars: dict[str, float]) -> list[Suspect]:
    """One suspect for all candidates that overlap; those farthest above the bar of their voice come first.

    Example:
        >>> found = Candidate(0, 0, 9, 9, 0.9, "one"), Candidate(1, 0, 9, 9, 0.5, "other")
        >>> [suspect.scores for suspect in gathered(found, {"one": 0.8, "other": 0.5})]
        [{'one': 0.9, 'other': 0.5}]
    """
    suspects: list[Suspect] = []
    for candidate in sorted(candidates, key=lambda one: bars[one.voice] - one.score):
        shared, nearest = max(
            ((overlap(suspect.box, candidate), index) for index, suspect in enumerate(suspects)),
            default=(0.0, 0),
        )
        if shared < _SAME_FACE:
            suspects.append(Suspect(candidate, {candidate.voice: candidate.score}))
        else:
            scores = suspects[nearest].scores
            scores[candidate.voice] = max(scores.get(candidate.voice, 0.0), candidate.score)
    return suspects
