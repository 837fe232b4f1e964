"""The joints of one person, as the pose model names and places them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from validator.people import JointName

NOSE = 0
SHOULDERS = (11, 12)
"""Of each pair the person's left one comes first."""
HIPS = (23, 24)
KNEES = (25, 26)
ANKLES = (27, 28)
HANDS = (15, 16, 17, 18, 19, 20, 21, 22)
"""Wrists and the roots of the fingers."""
FEET = (27, 28, 29, 30, 31, 32)
"""Ankles, heels and toes."""
COUNT = 33
NAMES: Mapping[int, JointName] = {
    0: "nose",
    11: "left-shoulder",
    12: "right-shoulder",
    13: "left-elbow",
    14: "right-elbow",
    15: "left-wrist",
    16: "right-wrist",
    23: "left-hip",
    24: "right-hip",
    25: "left-knee",
    26: "right-knee",
    27: "left-ankle",
    28: "right-ankle",
    29: "left-heel",
    30: "right-heel",
    31: "left-toe",
    32: "right-toe",
}
"""Those that a report draws; the others are of the face and the fingers."""


@dataclass(frozen=True)
class Joint:
    """One landmark: x and y as fractions of the picture, which they may leave.

    `world_x` (to the picture's right) and `world_z` (away from the camera) are metres from the hips,
    `presence` is the chance that it lies in the picture, `visibility` that it is not hidden either.
    """

    x: float
    y: float
    world_x: float
    world_z: float
    visibility: float
    presence: float
