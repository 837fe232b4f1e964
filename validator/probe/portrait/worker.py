"""What runs in a face worker: the models are loaded once, then one picture after the other is looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from validator.probe.portrait.look import Ask, FoundFace, Look
from validator.probe.portrait.no_plots import leave_out_plots

if TYPE_CHECKING:
    from validator.probe.portrait.cutout import Picture
    from validator.probe.portrait.likeness import Likeness

LENGTH = 4
"""Bytes in front of a request: how long the `Ask` is that stands before the pixels."""


class Setup(msgspec.Struct, frozen=True):
    """Where the models lie."""

    face_landmarker: str
    pose_landmarker: str


def handler(argument: bytes) -> Callable[[memoryview], bytes]:
    """Load the models that an encoded `Setup` names; the result turns an `Ask` and pixels into a `Look`.

    Raises:
        OSError: a system library is missing, or a model cannot be read.
        RuntimeError: mediapipe refuses a model.
    """
    import numpy as np

    leave_out_plots()
    from validator.probe.portrait.detect import Detector
    from validator.probe.portrait.framing import Framer

    setup = msgspec.msgpack.decode(argument, type=Setup)
    face_model = Path(setup.face_landmarker).read_bytes()
    detector = Detector(face_model)
    framer = Framer(face_model, Path(setup.pose_landmarker).read_bytes())
    describe = _Describer()

    def look(request: memoryview) -> bytes:
        length = int.from_bytes(request[:LENGTH], "big")
        ask = msgspec.msgpack.decode(request[LENGTH : LENGTH + length], type=Ask)
        pixels = np.frombuffer(request[LENGTH + length :], np.uint8)
        # A copy: mediapipe may keep the pixels of an image for longer than the request lives.
        picture = pixels.reshape(ask.height, ask.width, 3).copy()
        faces = detector.find(picture)
        head, body, shot = framer.look(picture, faces) if ask.framing else (None, None, "none")
        descriptor, reason = describe(picture, faces) if ask.likeness else (None, "")
        return msgspec.msgpack.encode(Look(faces, head, body, shot, descriptor, reason))

    return look


class _Describer:
    """Loads the model of likeness when it is first asked for."""

    def __init__(self) -> None:
        self._likeness: Likeness | None = None

    def __call__(
        self, picture: Picture, faces: tuple[FoundFace, ...]
    ) -> tuple[tuple[float, ...] | None, str]:
        """The main face's descriptor, or why there is none."""
        from validator.probe.portrait.likeness import MIN_HEIGHT, Likeness, LikenessMissingError

        if not faces:
            return None, ""
        if self._likeness is None:
            try:
                self._likeness = Likeness()
            except LikenessMissingError as error:
                return None, str(error)
        found = self._likeness.descriptor(picture, faces[0])
        return (
            found,
            "" if found is not None else f"the face is lower than {MIN_HEIGHT} px, turned far or covered",
        )
