"""The facts of people in a picture or a clip: how many faces, how the main one is framed, what body is seen.

Positions and shares refer to the picture as shown: 0 is its left or top edge, 1 its right or bottom. All of
them come from neural networks and are rounded to thousandths; angles to tenths of a degree.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

import msgspec

from validator.fact import fact

Edge = Literal["left", "right", "top", "bottom"]
BodyPart = Literal["head", "shoulders", "hands", "hips", "knees", "ankles"]
Shot = Literal["close-up", "half-body", "three-quarter", "full-body", "group", "none"]
Practice = Literal["close-up", "full-body", "half-body", "other", "none"]
FullBody = Literal["whole", "cut", "turned", "no-body"]
JointName = Literal[
    "nose",
    "left-shoulder",
    "right-shoulder",
    "left-elbow",
    "right-elbow",
    "left-wrist",
    "right-wrist",
    "left-hip",
    "right-hip",
    "left-knee",
    "right-knee",
    "left-ankle",
    "right-ankle",
    "left-heel",
    "right-heel",
    "left-toe",
    "right-toe",
]
"""The person's own left and right."""


class Box(msgspec.Struct, frozen=True):
    """A rectangle in pixels of the picture as shown; `x` and `y` are its left and top edge.

    >>> str(Box(402, 96, 812, 1218))
    '812x1218 at (402, 96)'
    """

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height} at ({self.x}, {self.y})"


class Face(msgspec.Struct, frozen=True):
    """One face: its box as shares of the picture, its height in pixels as shown, how sure we are of it.

    `drawn`: whether it is drawn, printed or sculpted; `None` where that could not be told.
    """

    x: Fraction
    y: Fraction
    width: Fraction
    height: Fraction
    height_px: int
    confidence: Fraction
    drawn: bool | None = None


class Joint(msgspec.Struct, frozen=True):
    """A joint of the body: its place as shares of the picture, which it may leave, and how sure we are of it.

    `confidence` is the chance that it lies in the picture, hidden by clothes or not.
    """

    name: JointName
    x: Fraction
    y: Fraction
    confidence: Fraction


class FaceFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many faces there are; of a clip, in that frame of some which has most. `None`: not measured."""

    face_count: Annotated[int, fact("face count", "faces found", "faces")] | None = None
    faces: Annotated[tuple[Face, ...], fact("faces", "every face, the main one first")] | None = None
    faces_detail: Annotated[str, fact("faces", "how many faces, how high and where, in words")] | None = None
    face_time: (
        Annotated[Fraction, fact("time", "presentation time of the frame with most faces", "s")] | None
    ) = None
    face_frames: Annotated[int, fact("frames looked at", "frames of the clip", "frames")] | None = None


class LikenessFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the main face is from other faces of its group. `None`: not measured."""

    face_distance: (
        Annotated[Fraction, fact("distance of the faces", "from the nearest other face of its group")] | None
    ) = None
    face_distance_from: Annotated[str, fact("nearest face", "the target that has it")] | None = None


class PortraitFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the main face and its body are framed in a picture. `None`: not measured."""

    shot: Annotated[Shot, fact("shot", "how much of one person is seen; group: of several")] | None = None
    practice: (
        Annotated[Practice, fact("recommended framing", "which recommended framing the picture is held to")]
        | None
    ) = None
    face_height: (
        Annotated[int, fact("face's height", "of the main face, in pixels as shown", "px")] | None
    ) = None
    head_height: (
        Annotated[
            Fraction,
            fact("face's share of the height", "from chin to forehead, of the picture's height", "share"),
        ]
        | None
    ) = None
    head_center_x: (
        Annotated[Fraction, fact("face's horizontal centre", "its distance from the left edge", "share")]
        | None
    ) = None
    head_center_y: (
        Annotated[Fraction, fact("face's vertical centre", "its distance from the top edge", "share")] | None
    ) = None
    head_cut: Annotated[tuple[Edge, ...], fact("cut by", "the edges that cut the face")] | None = None
    head_cut_detail: Annotated[str, fact("cut by", "the edges that cut the face, in words")] | None = None
    cut_edges: Annotated[int, fact("frame's cut", "how many of the frame's edges cut it", "edges")] | None = (
        None
    )
    yaw: Annotated[Fraction, fact("turn of the head", "to the picture's right", "°")] | None = None
    pitch: Annotated[Fraction, fact("nod of the head", "downwards", "°")] | None = None
    roll: Annotated[Fraction, fact("tilt of the head", "clockwise", "°")] | None = None
    smile: Annotated[Fraction, fact("smile", "0 is neutral, 1 a full smile")] | None = None
    jaw_open: Annotated[Fraction, fact("open mouth", "0 is closed, 1 wide open")] | None = None
    sharpness: Annotated[Fraction, fact("face's sharpness", "0 is blurred, 1 sharp")] | None = None
    brightness: Annotated[Fraction, fact("face's brightness", "0 is black, 1 white")] | None = None
    body_parts: (
        Annotated[tuple[BodyPart, ...], fact("body parts", "those that lie in the picture")] | None
    ) = None
    body_joints: (
        Annotated[tuple[Joint, ...], fact("joints", "where the one body's joints lie, for drawing")] | None
    ) = None
    body_frontal: Annotated[bool, fact("frontal body", "whether the body faces the camera")] | None = None
    full_body: (
        Annotated[FullBody, fact("body", "whether it is seen from head to feet, and from the front")] | None
    ) = None
    full_body_detail: Annotated[str, fact("body", "what of it lies outside the picture")] | None = None
    close_up_crop: (
        Annotated[Box, fact("crop", "the part of the picture that a close-up would show")] | None
    ) = None
