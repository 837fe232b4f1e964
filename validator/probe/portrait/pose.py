"""The joints of the one person in a picture, by mediapipe's pose landmarker."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from validator.probe.portrait.cutout import cut_out, size_of
from validator.probe.portrait.joints import Joint

if TYPE_CHECKING:
    from validator.probe.portrait.cutout import Picture

LONG_SIDE = 640
"""Pixels of what the landmarker is shown; its models see 224 and 256 of them."""


class PoseFinder:
    """Mediapipe's pose landmarker, for one person; one picture at a time.

    Raises:
        RuntimeError: mediapipe refuses the model.
    """

    def __init__(self, pose_model: bytes) -> None:
        self._mediapipe: Any = import_module("mediapipe")
        vision: Any = import_module("mediapipe.tasks.python.vision")
        base: Any = import_module("mediapipe.tasks.python.core.base_options")
        self._landmarker = vision.PoseLandmarker.create_from_options(
            vision.PoseLandmarkerOptions(
                base_options=base.BaseOptions(model_asset_buffer=pose_model), num_poses=1
            )
        )

    def find(self, picture: Picture) -> tuple[Joint, ...] | None:
        """The joints of the clearest person, in the model's order, or None where it finds nobody."""
        width, height = size_of(picture)
        pixels = cut_out(picture, (0, 0, width, height), LONG_SIDE).pixels
        found = self._landmarker.detect(
            self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=pixels)
        )
        if not found.pose_landmarks:
            return None
        return tuple(
            Joint(
                float(seen.x),
                float(seen.y),
                float(world.x),
                float(world.z),
                float(seen.visibility),
                float(seen.presence),
            )
            for seen, world in zip(found.pose_landmarks[0], found.pose_world_landmarks[0], strict=True)
        )

    def close(self) -> None:
        """Release the landmarker."""
        self._landmarker.close()
