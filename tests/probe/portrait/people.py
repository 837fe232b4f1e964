"""Joints of a person who stands in the middle of a picture and faces the camera, and what may differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from validator.probe.portrait.joints import COUNT, Joint
from validator.probe.portrait.look import FoundFace, Head

FACE = FoundFace(0.45, 0.06, 0.1, 0.1, 0.9)
HEAD = Head(0.45, 0.06, 0.1, 0.1, (), 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 0.5)

_HEIGHTS = {
    **dict.fromkeys(range(11), 0.11),
    **dict.fromkeys((11, 12), 0.22),
    **dict.fromkeys((13, 14), 0.36),
    **dict.fromkeys(range(15, 23), 0.5),
    **dict.fromkeys((23, 24), 0.5),
    **dict.fromkeys((25, 26), 0.7),
    **dict.fromkeys((27, 28), 0.9),
    **dict.fromkeys((29, 30), 0.92),
    **dict.fromkeys((31, 32), 0.94),
}


def standing(changes: Mapping[int, Mapping[str, float]] | None = None) -> tuple[Joint, ...]:
    """All 33 joints surely seen; those named by `changes` differ in what it says."""
    joints = []
    for index in range(COUNT):
        beside = 0.0 if index == 0 else 0.1 if index % 2 else -0.1
        joint = Joint(0.5 + beside, _HEIGHTS[index], beside * 2, 0.0, 0.99, 0.99)
        joints.append(replace(joint, **(changes or {}).get(index, {})))
    return tuple(joints)


def cut_at(height: float) -> tuple[Joint, ...]:
    """The same person where the picture ends at this fraction of its height: all below lies outside."""
    joints = []
    for joint in standing():
        inside = joint.y <= height
        sure = 0.99 if inside else 0.05
        joints.append(replace(joint, y=joint.y / height, presence=sure, visibility=sure))
    return tuple(joints)


def head_in(height: float) -> Head:
    """The head of the person of `cut_at`."""
    return Head(0.45, 0.06 / height, 0.1, 0.1 / height, (), 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 0.5)
