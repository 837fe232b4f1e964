"""What a face worker answers, in plain numbers, before they become facts.

Positions and sizes are fractions of the picture as shown: 0 is its left or top edge, 1 its right or bottom.
"""

from __future__ import annotations

import msgspec

from validator.people import BodyPart, Edge, JointName, Shot

__all__ = ["Ask", "Body", "BodyPart", "Edge", "FoundFace", "Head", "JointName", "Landmark", "Look", "Shot"]


class Ask(msgspec.Struct, frozen=True):
    """What a face worker is asked, beside the pixels: rows of 8-bit RGB, from the top, without gaps."""

    width: int
    height: int
    framing: bool = True
    likeness: bool = False


class FoundFace(msgspec.Struct, frozen=True):
    """One face: its box, clipped to the picture, and how sure the detectors are of it (0 to 1).

    `drawn`: whether it is drawn, printed or sculpted; None where nobody could tell.
    """

    x: float
    y: float
    width: float
    height: float
    confidence: float
    drawn: bool | None = None


class Head(msgspec.Struct, frozen=True):
    """The main face by its mesh, from the top of the forehead to the chin; it may reach beyond the picture.

    Angles are degrees: `yaw` is positive where the face is turned to the picture's right, `pitch` where it
    looks down, `roll` where it is tilted clockwise. `smile`, `jaw_open`, `sharpness` and `brightness` go
    from 0 to 1.
    """

    x: float
    y: float
    width: float
    height: float
    cut: tuple[Edge, ...]
    yaw: float
    pitch: float
    roll: float
    smile: float
    jaw_open: float
    sharpness: float
    brightness: float


class Landmark(msgspec.Struct, frozen=True, array_like=True):
    """One joint: its place, which may lie outside the picture, and the chance that it lies in it (0 to 1)."""

    name: JointName
    x: float
    y: float
    confidence: float


class Body(msgspec.Struct, frozen=True):
    """Which parts of the one person lie in the picture, whether the body faces the camera, and its joints."""

    parts: tuple[BodyPart, ...]
    frontal: bool | None
    joints: tuple[Landmark, ...] = ()


class Look(msgspec.Struct, frozen=True):
    """All that one look at a picture told; the main face comes first.

    `descriptor`: the main face as a point of a space in which one person's faces lie close together;
    `no_descriptor`: why there is none, where it was asked for.
    """

    faces: tuple[FoundFace, ...]
    head: Head | None = None
    body: Body | None = None
    shot: Shot = "none"
    descriptor: tuple[float, ...] | None = None
    no_descriptor: str = ""
