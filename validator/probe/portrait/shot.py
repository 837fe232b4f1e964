"""How much of the person a picture shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from validator.probe.portrait.body import MIN_PRESENCE, is_inside, seen_ankles
from validator.probe.portrait.joints import HIPS, KNEES, NOSE, Joint
from validator.probe.portrait.look import FoundFace, Head, Shot

CLOSE_UP_BELOW = 0.95
"""Head heights below the chin that a close-up shows at most: neck and shoulders, not the chest."""
SURELY_CLOSE_UP = 0.3
"""Head height, as a fraction of the picture's longer side, from which no look at the body may be needed."""
SURELY_CLOSE_UP_BELOW = 0.6
"""Head heights below the chin up to which, for such a head, none is."""
MIN_REACH = 2.5
"""Head heights from the nose to a believable thigh or ankle; standing people have 4 and 7, squatting 3."""


def below_chin(face: FoundFace, head: Head | None) -> float:
    """How many head heights there is room for between the chin and the picture's lower edge.

    Example:
        >>> below_chin(FoundFace(0.4, 0.125, 0.2, 0.25, 0.9), None)
        2.5
    """
    top, height = (face.y, face.height) if head is None else (head.y, head.height)
    return max(0.0, 1.0 - top - height) / max(height, 1e-6)


def is_surely_close_up(face: FoundFace, head: Head | None, ratio: float) -> bool:
    """Whether the head alone says so: it is large and there is no room for a body below it.

    `ratio` is the picture's width over its height.
    """
    height = (face if head is None else head).height / max(1.0, ratio)
    return height >= SURELY_CLOSE_UP and below_chin(face, head) <= SURELY_CLOSE_UP_BELOW


def shot_of(
    faces: Sequence[FoundFace], head: Head | None, joints: Sequence[Joint] | None, ratio: float
) -> Shot:
    """The shot by the faces, the main face's head, and the joints where the body was looked at.

    `ratio` is the picture's width over its height.

    Example:
        >>> shot_of([FoundFace(0.3, 0.2, 0.4, 0.6, 0.9)], None, None, 2 / 3)
        'close-up'
    """
    if not faces:
        return "none"
    if len(faces) > 1:
        return "group"
    face = faces[0]
    if joints is not None and not is_surely_close_up(face, head, ratio):
        least = MIN_REACH * (face if head is None else head).height
        if any(_distance(joints[NOSE], ankle, ratio) >= least for ankle in seen_ankles(joints)):
            return "full-body"
        if any(_distance(joints[NOSE], thigh, ratio) >= least for thigh in _seen_thighs(joints)):
            return "three-quarter"
    return "close-up" if below_chin(face, head) <= CLOSE_UP_BELOW else "half-body"


def _seen_thighs(joints: Sequence[Joint]) -> list[Joint]:
    """Points two thirds down from the hips to the knees, as far as they lie in the picture."""
    thighs = []
    for hip, knee in ((joints[one], joints[other]) for one, other in zip(HIPS, KNEES, strict=True)):
        thigh = replace(hip, x=(hip.x + 2 * knee.x) / 3, y=(hip.y + 2 * knee.y) / 3)
        if hip.presence >= MIN_PRESENCE and is_inside(hip, 0.0) and is_inside(thigh, 0.0):
            thighs.append(thigh)
    return thighs


def _distance(one: Joint, other: Joint, ratio: float) -> float:
    """In heights of the picture."""
    return math.hypot((one.x - other.x) * ratio, one.y - other.y)
