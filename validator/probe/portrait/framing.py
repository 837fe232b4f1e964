"""How the main face and its body are framed: what runs in a face worker once the faces are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.probe.portrait.body import belongs_to, describe_body
from validator.probe.portrait.cutout import size_of
from validator.probe.portrait.light import light_of
from validator.probe.portrait.look import Head
from validator.probe.portrait.mesh import MeshFinder
from validator.probe.portrait.pose import PoseFinder
from validator.probe.portrait.shot import is_surely_close_up, shot_of

if TYPE_CHECKING:
    from validator.probe.portrait.cutout import Picture
    from validator.probe.portrait.look import Body, Edge, FoundFace, Shot
    from validator.probe.portrait.mesh import Mesh

CUT = 0.02
"""How far beyond an edge the mesh of a cut face reaches, in heads: a chin right at the edge reaches 0.01."""


class Framer:
    """The landmarkers of one process, made once; one picture at a time, nothing is kept between two.

    Raises:
        RuntimeError: mediapipe refuses a model.
    """

    def __init__(self, face_model: bytes, pose_model: bytes) -> None:
        self._meshes = MeshFinder(face_model)
        self._poses = PoseFinder(pose_model)

    def look(self, picture: Picture, faces: tuple[FoundFace, ...]) -> tuple[Head | None, Body | None, Shot]:
        """The head of the first face, the body where there is only one face, and the shot.

        `picture` is upright, in rows of red, green and blue bytes. The head is None where no mesh of the face
        can be trusted (turned far away, covered, an animal), the body where it was not looked for or found,
        or belongs to somebody else.
        """
        if not faces:
            return None, None, "none"
        width, height = size_of(picture)
        ratio = width / height
        face = faces[0]
        mesh = self._meshes.find(picture, face)
        head = None if mesh is None else describe_head(picture, mesh)
        joints = None
        if len(faces) == 1 and not is_surely_close_up(face, head, ratio):
            joints = self._poses.find(picture)
        if joints is not None and not belongs_to(joints, face):
            joints = None
        body = None if joints is None else describe_body(joints, head)
        return head, body, shot_of(faces, head, joints, ratio)

    def close(self) -> None:
        """Release the landmarkers: left to the end of the interpreter, mediapipe may wait for ever."""
        self._meshes.close()
        self._poses.close()


def describe_head(picture: Picture, mesh: Mesh) -> Head:
    """What the mesh says, and the light on it."""
    left, top, right, bottom = mesh.box
    shapes = mesh.expressions
    sharpness, brightness = light_of(picture, mesh.box)
    return Head(
        x=left,
        y=top,
        width=right - left,
        height=bottom - top,
        cut=cut_edges(mesh.box),
        yaw=mesh.yaw,
        pitch=mesh.pitch,
        roll=mesh.roll,
        smile=(shapes["mouthSmileLeft"] + shapes["mouthSmileRight"]) / 2,
        jaw_open=shapes["jawOpen"],
        sharpness=sharpness,
        brightness=brightness,
    )


def cut_edges(box: tuple[float, float, float, float]) -> tuple[Edge, ...]:
    """The picture's edges that the box (left, top, right, bottom) reaches across.

    Example:
        >>> cut_edges((-0.1, 0.2, 0.4, 1.2))
        ('left', 'bottom')
    """
    left, top, right, bottom = box
    across, down = CUT * (right - left), CUT * (bottom - top)
    edges: tuple[tuple[Edge, bool], ...] = (
        ("left", left < -across),
        ("right", right > 1 + across),
        ("top", top < -down),
        ("bottom", bottom > 1 + down),
    )
    return tuple(edge for edge, reached in edges if reached)
