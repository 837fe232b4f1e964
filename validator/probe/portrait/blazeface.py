"""BlazeFace, the detector in mediapipe's bundle: it is always there, and hears close faces only."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from validator.probe.portrait.candidates import Candidate, apart
from validator.probe.portrait.voices import SMALLEST_SIDE

if TYPE_CHECKING:
    from validator.probe.portrait.scale import Pixels

_BORDER = 0.25  # of the shorter side
_GREY = (128, 128, 128)
_PARTS = (1, 2, 4)  # of the shorter side, that tiles measure
_STEP = 2 / 3  # of a tile, from one to the next
_SMALLEST_TILE = 64  # pixels
_SAME = 0.5


class BlazeFace:
    """The short-range model: it loses faces below about 12 % of what it is shown.

    Raises:
        RuntimeError: mediapipe refuses the model.
    """

    name = "blazeface"

    def __init__(self, face_model: bytes) -> None:
        from mediapipe.tasks.python import (  # type: ignore[import-untyped, unused-ignore]
            BaseOptions,
            vision,
        )

        with zipfile.ZipFile(io.BytesIO(face_model)) as bundle:
            model = bundle.read("face_detector.tflite")
        options = vision.FaceDetectorOptions(
            base_options=BaseOptions(model_asset_buffer=model), min_detection_confidence=0.5
        )
        self._task = vision.FaceDetector.create_from_options(options)

    def close(self) -> None:
        """Release the task: left to whenever Python collects it, mediapipe may wait for ever."""
        self._task.close()

    def faces(self, picture: Pixels, least: float) -> list[Candidate]:
        """Those with a score of at least `least`, from 0.5."""
        import mediapipe  # type: ignore[import-untyped, unused-ignore]
        import numpy

        if min(picture.shape[:2]) < SMALLEST_SIDE:
            return []
        image: Any = mediapipe.Image(mediapipe.ImageFormat.SRGB, numpy.ascontiguousarray(picture))
        found = []
        for detection in self._task.detect(image).detections:
            box, score = detection.bounding_box, float(detection.categories[0].score)
            if score >= least:
                right, bottom = box.origin_x + box.width, box.origin_y + box.height
                found.append(Candidate(box.origin_x, box.origin_y, right, bottom, score, self.name))
        return found

    def faces_in_tiles(self, picture: Pixels, least: float) -> list[Candidate]:
        """Those in the picture, in the picture with a border, and in overlapping squares of three sizes.

        The border shows faces that the edge cuts; the smallest squares, faces of 3 % of the picture.
        """
        import cv2

        height, width = picture.shape[:2]
        shorter = min(height, width)
        border = round(shorter * _BORDER)
        framed = cv2.copyMakeBorder(picture, border, border, border, border, cv2.BORDER_CONSTANT, value=_GREY)
        found = self.faces(picture, least)
        found += [one.placed(1, -border, -border) for one in self.faces(framed, least)]  # type: ignore[arg-type]
        for side in (shorter // parts for parts in _PARTS):
            if side < _SMALLEST_TILE or side == max(height, width):
                continue
            for top in _starts(height, side):
                for left in _starts(width, side):
                    tile = picture[top : top + side, left : left + side]
                    found += [one.placed(1, left, top) for one in self.faces(tile, least)]
        return apart(found, _SAME)


def _starts(length: int, side: int) -> list[int]:
    """Where the tiles begin along an edge."""
    count = 1 if length == side else int((length - side) / (side * _STEP)) + 2
    return [round(index * (length - side) / max(count - 1, 1)) for index in range(count)]
