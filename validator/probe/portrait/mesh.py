"""The mesh of one face: where its points lie, how the head is turned, what the face expresses.

The landmarker's own detector loses faces below a tenth of the picture's height and faces that the frame
cuts, so it is shown a square around the face that another detector found, carried on beyond the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from validator.probe.portrait.cutout import cut_out, size_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from validator.probe.portrait.cutout import Picture
    from validator.probe.portrait.look import FoundFace

CROP_SIDE = 512
"""Pixels of the square that the landmarker is shown, at most; its mesh model sees 256 of them."""
MARGINS = (1.6, 2.2, 3.2)
"""Sides of the square in sizes of the face, in the order they are tried in: cut faces need the first."""
MIN_OVERLAP = 0.4
"""How far the mesh must agree with the face's box (intersection over union); true ones reach 0.59."""
MAX_ROLL = 60.0
"""Degrees; a mesh tilted more is one of no face."""
_FACES = 3


@dataclass(frozen=True)
class Mesh:
    """Points as fractions of the picture, which they may leave; angles in degrees; expressions 0 to 1."""

    points: NDArray[np.float64]
    yaw: float
    pitch: float
    roll: float
    expressions: dict[str, float]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom, as fractions of the picture."""
        left, top = self.points.min(axis=0)
        right, bottom = self.points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


class MeshFinder:
    """Mediapipe's face landmarker; one picture at a time."""

    def __init__(self, face_model: bytes) -> None:
        self._mediapipe: Any = import_module("mediapipe")
        vision: Any = import_module("mediapipe.tasks.python.vision")
        base: Any = import_module("mediapipe.tasks.python.core.base_options")
        self._landmarker = vision.FaceLandmarker.create_from_options(
            vision.FaceLandmarkerOptions(
                base_options=base.BaseOptions(model_asset_buffer=face_model),
                num_faces=_FACES,
                output_face_blendshapes=True,
                output_facial_transformation_matrixes=True,
            )
        )

    def find(self, picture: Picture, face: FoundFace) -> Mesh | None:
        """The mesh of this face, or None where none can be trusted."""
        width, height = size_of(picture)
        center = (face.x + face.width / 2) * width, (face.y + face.height / 2) * height
        size = max(face.width * width, face.height * height, 1.0)
        for margin in MARGINS:
            side = max(8, round(size * margin))
            box = round(center[0] - side / 2), round(center[1] - side / 2), side, side
            found = [mesh for mesh in self._meshes(picture, box) if abs(mesh.roll) <= MAX_ROLL]
            if found:
                best = max(found, key=lambda mesh: overlap(mesh.box, face))
                if overlap(best.box, face) >= MIN_OVERLAP:
                    return best
        return None

    def close(self) -> None:
        """Release the landmarker."""
        self._landmarker.close()

    def _meshes(self, picture: Picture, box: tuple[int, int, int, int]) -> list[Mesh]:
        import numpy as np

        cut = cut_out(picture, box, CROP_SIDE)
        found = self._landmarker.detect(
            self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=cut.pixels)
        )
        width, height = size_of(picture)
        meshes = []
        for landmarks, matrix, shapes in zip(
            found.face_landmarks, found.facial_transformation_matrixes, found.face_blendshapes, strict=True
        ):
            points = np.array([(point.x, point.y) for point in landmarks], np.float64)
            points = (points * (cut.width, cut.height) + (cut.left, cut.top)) / (width, height)
            expressions = {shape.category_name: float(shape.score) for shape in shapes}
            meshes.append(Mesh(points, *angles(np.asarray(matrix, np.float64)), expressions))
        return meshes


def angles(matrix: NDArray[np.float64]) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees of the transformation from the canonical face, which looks along +z.

    Its x goes to the picture's right and its y up.

    Example:
        >>> import numpy
        >>> angles(numpy.eye(4))
        (0.0, 0.0, 0.0)
    """
    rotation = matrix[:3, :3]
    ahead, up = rotation[:, 2], rotation[:, 1]
    yaw = math.atan2(ahead[0], ahead[2])
    pitch = math.atan2(-ahead[1], math.hypot(ahead[0], ahead[2]))
    roll = math.atan2(up[0], up[1])
    return math.degrees(yaw) + 0.0, math.degrees(pitch) + 0.0, math.degrees(roll) + 0.0


def overlap(box: tuple[float, float, float, float], face: FoundFace) -> float:
    """Intersection over union of a mesh's box, as far as it lies in the picture, with the face's.

    Example:
        >>> from validator.probe.portrait.look import FoundFace
        >>> overlap((-0.5, 0.0, 0.5, 1.0), FoundFace(0.0, 0.0, 0.5, 1.0, 0.9))
        1.0
    """
    left, top, right, bottom = (min(max(value, 0.0), 1.0) for value in box)
    wide = min(right, face.x + face.width) - max(left, face.x)
    tall = min(bottom, face.y + face.height) - max(top, face.y)
    if wide <= 0 or tall <= 0:
        return 0.0
    both = wide * tall
    return both / ((right - left) * (bottom - top) + face.width * face.height - both)
