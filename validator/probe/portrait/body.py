"""Which parts of the one person lie in the picture, and whether the body faces the camera."""

from __future__ import annotations

import math
from collections.abc import Sequence

from validator.probe.portrait.joints import ANKLES, FEET, HANDS, HIPS, KNEES, NAMES, NOSE, SHOULDERS, Joint
from validator.probe.portrait.look import Body, BodyPart, FoundFace, Head, Landmark

MIN_PRESENCE = 0.5
"""Below it the model itself says that a joint lies outside the picture. Hands go by their place alone."""
ANKLE_PRESENCE = 0.9
ANKLE_VISIBILITY = 0.5
EDGE = 0.01
"""How far beyond the edge a joint that lies in the picture may be placed, in fractions of the picture."""
FRONTAL = 30.0
"""Degrees by which the line of the shoulders, and that of the hips, of a frontal body may be turned."""
SIDEWAYS = 50.0
"""Degrees from which a body is surely not frontal; in between it is not said."""


def belongs_to(joints: Sequence[Joint], face: FoundFace) -> bool:
    """Whether these are the joints of the person who has this face: the nose lies in its box, or close by."""
    nose = joints[NOSE]
    across = abs(nose.x - face.x - face.width / 2)
    down = abs(nose.y - face.y - face.height / 2)
    return across <= face.width and down <= face.height


def describe_body(joints: Sequence[Joint], head: Head | None) -> Body:
    """The parts that lie in the picture, also where clothes or things hide them, and the body's direction.

    A pair counts where both of it lie in the picture. For the ankles one must surely be seen, and heels and
    toes lie in the picture too.
    """
    parts: list[BodyPart] = []
    if not _head_is_cut(joints, head):
        parts.append("head")
    if _are_present(joints, SHOULDERS):
        parts.append("shoulders")
    if all(is_inside(joints[index]) for index in HANDS):
        parts.append("hands")
    if _are_present(joints, HIPS):
        parts.append("hips")
    if _are_present(joints, KNEES):
        parts.append("knees")
    if seen_ankles(joints) and all(is_inside(joints[index]) for index in FEET):
        parts.append("ankles")
    return Body(tuple(parts), is_frontal(joints), landmarks(joints))


def landmarks(joints: Sequence[Joint]) -> tuple[Landmark, ...]:
    """The joints that a report draws."""
    named = ((name, joints[index]) for index, name in NAMES.items())
    return tuple(Landmark(name, joint.x, joint.y, joint.presence) for name, joint in named)


def seen_ankles(joints: Sequence[Joint]) -> list[Joint]:
    """The ankles that are surely seen: three readings must agree, since the model also guesses ankles."""
    return [
        joints[index]
        for index in ANKLES
        if is_inside(joints[index], 0.0)
        and joints[index].presence >= ANKLE_PRESENCE
        and joints[index].visibility >= ANKLE_VISIBILITY
    ]


def is_inside(joint: Joint, edge: float = EDGE) -> bool:
    """Whether the joint is placed in the picture.

    Example:
        >>> is_inside(Joint(0.5, 1.2, 0.0, 0.0, 0.9, 0.9))
        False
    """
    return -edge <= joint.x <= 1 + edge and -edge <= joint.y <= 1 + edge


def is_frontal(joints: Sequence[Joint]) -> bool | None:
    """Whether shoulders and hips face the camera; None where they are not seen, or between the limits."""
    if not _are_present(joints, SHOULDERS):
        return None
    lines = [SHOULDERS, HIPS] if _are_present(joints, HIPS) else [SHOULDERS]
    turned = max(abs(turn_of(joints, pair)) for pair in lines)
    if turned <= FRONTAL:
        return True
    return False if turned >= SIDEWAYS else None


def turn_of(joints: Sequence[Joint], pair: tuple[int, int]) -> float:
    """Degrees by which a pair of joints is turned to the picture's right.

    It is 0 where the person faces the camera, and 180 where the back is turned to it.
    """
    left, right = (joints[index] for index in pair)
    return math.degrees(math.atan2(left.world_z - right.world_z, left.world_x - right.world_x))


def _head_is_cut(joints: Sequence[Joint], head: Head | None) -> bool:
    return bool(head.cut) if head is not None else not is_inside(joints[NOSE], 0.0)


def _are_present(joints: Sequence[Joint], pair: tuple[int, int]) -> bool:
    return all(is_inside(joints[index]) and joints[index].presence >= MIN_PRESENCE for index in pair)
