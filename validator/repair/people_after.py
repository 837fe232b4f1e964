"""What will be said of the people in a copy: the original's faces, moved to where they come to lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import msgspec

from validator.model import Role
from validator.people import Box, Edge, Face, FaceFacts, PortraitFacts, Shot
from validator.probe.portrait.facts import faces_in_words, practice_of
from validator.probe.portrait.look import FoundFace
from validator.probe.portrait.shot import shot_of
from validator.repair.recipe import Canvas

STILL_SEEN = Fraction(1, 4)
"""Of a face's box, so much has to be left for it to be counted."""
_OF_ONE_HEAD = ("yaw", "pitch", "roll", "smile", "jaw_open", "sharpness", "brightness")
_OF_ITS_PLACE = ("head_height", "head_center_x", "head_center_y")
_OF_ONE_BODY = ("body_parts", "body_joints", "body_frontal", "full_body", "full_body_detail")


@dataclass(frozen=True)
class Placing:
    """Where a picture of `width` x `height` pixels comes to lie: cut to `crop`, scaled to `content`, padded.

    >>> Placing(200, 100, Box(0, 0, 100, 100), (300, 300), None).x(Fraction(1, 4))
    Fraction(1, 2)
    """

    width: int
    height: int
    crop: Box
    content: tuple[int, int]
    canvas: Canvas | None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the copy."""
        return self.content if self.canvas is None else (self.canvas.width, self.canvas.height)

    def x(self, share: Fraction) -> Fraction:
        """A place across the original, across the copy."""
        inside = (share * self.width - self.crop.x) * self.content[0] / self.crop.width
        return (inside + (self.canvas.x if self.canvas else 0)) / self.size[0]

    def y(self, share: Fraction) -> Fraction:
        """A place down the original, down the copy."""
        inside = (share * self.height - self.crop.y) * self.content[1] / self.crop.height
        return (inside + (self.canvas.y if self.canvas else 0)) / self.size[1]

    def across(self, share: Fraction) -> Fraction:
        """A width."""
        return self.x(share) - self.x(Fraction(0))

    def down(self, share: Fraction) -> Fraction:
        """A height."""
        return self.y(share) - self.y(Fraction(0))


def faces_after(facts: FaceFacts, placing: Placing, main: int = 0) -> FaceFacts:
    """The faces of the copy; `main` is the number of the one that it is about.

    >>> face = Face(*(Fraction(n, 10) for n in (1, 2, 2, 4)), 40, Fraction(1))
    >>> facts = FaceFacts(face_count=1, faces=(face,))
    >>> faces_after(facts, Placing(100, 100, Box(0, 0, 50, 100), (50, 100), None)).faces[0].width
    Fraction(2, 5)
    """
    if facts.faces is None:
        return facts
    first = facts.faces[main : main + 1]
    others = tuple(face for number, face in enumerate(facts.faces) if number != main)
    faces = tuple(moved for face in (*first, *others) if (moved := _moved(face, placing)) is not None)
    return msgspec.structs.replace(
        facts, face_count=len(faces), faces=faces, faces_detail=faces_in_words(faces)
    )


def portrait_after(
    facts: PortraitFacts, faces: FaceFacts | None, placing: Placing, role: Role | None, *, main: int = 0
) -> PortraitFacts:
    """How the copy is framed, where `faces` are those of the copy.

    Of another head than the original's main one nothing is known but its box.
    """
    left = () if faces is None or faces.faces is None else faces.faces
    changes = _placed_head(facts, placing) if main == 0 else dict.fromkeys((*_OF_ONE_HEAD, *_OF_ITS_PLACE))
    shot = facts.shot if _is_whole(placing) else _shot(facts, left, placing, changes)
    if main or shot != facts.shot:
        changes |= dict.fromkeys(_OF_ONE_BODY)
    changes |= {
        "shot": shot,
        "practice": None if shot is None else practice_of(shot, role),
        "close_up_crop": None,
        "body_joints": None,
    }
    if left:
        tall = changes.get("head_height")
        by_box = left[0].height_px
        height = round(tall * placing.size[1]) if isinstance(tall, Fraction) else by_box
        changes |= {"face_height": height}
    if main or (left and not _is_whole(placing)):
        before = () if main else facts.head_cut or ()
        cut = tuple(dict.fromkeys((*before, *edges_touched(left[0] if left else None))))
        if cut or main or facts.cut_edges is not None:
            words = " and ".join(cut) or None
            changes |= {"head_cut": cut, "head_cut_detail": words, "cut_edges": len(cut)}
    return msgspec.structs.replace(facts, **changes)


def _is_whole(placing: Placing) -> bool:
    return (placing.crop.width, placing.crop.height) == (placing.width, placing.height)


def _shot(
    facts: PortraitFacts, left: Sequence[Face], placing: Placing, head: dict[str, object]
) -> Shot | None:
    if placing.crop.height == placing.height and len(left) == 1 and facts.shot != "group":
        return facts.shot  # what was to be seen of the body still is
    found = [_found(face) for face in left]
    width, height = placing.size
    tall, middle = head.get("head_height"), head.get("head_center_y")
    if found and isinstance(tall, Fraction) and isinstance(middle, Fraction):
        found[0] = msgspec.structs.replace(found[0], y=float(middle - tall / 2), height=float(tall))
    return shot_of(found, None, None, width / height)


def _placed_head(facts: PortraitFacts, placing: Placing) -> dict[str, object]:
    changes: dict[str, object] = {}
    if facts.head_height is not None:
        changes["head_height"] = _thousandths(placing.down(facts.head_height))
    if facts.head_center_x is not None:
        changes["head_center_x"] = _thousandths(placing.x(facts.head_center_x))
    if facts.head_center_y is not None:
        changes["head_center_y"] = _thousandths(placing.y(facts.head_center_y))
    return changes


def _moved(face: Face, placing: Placing) -> Face | None:
    """Clipped to the copy's edges; `None` where too little of it is left."""
    left, top = placing.x(face.x), placing.y(face.y)
    right, bottom = left + placing.across(face.width), top + placing.down(face.height)
    inner_left, inner_top = placing.x(Fraction(placing.crop.x, placing.width)), _top(placing)
    inner_right = inner_left + Fraction(placing.content[0], placing.size[0])
    inner_bottom = inner_top + Fraction(placing.content[1], placing.size[1])
    area = (right - left) * (bottom - top)
    x, y = max(left, inner_left), max(top, inner_top)
    width, height = min(right, inner_right) - x, min(bottom, inner_bottom) - y
    if width <= 0 or height <= 0 or width * height < STILL_SEEN * area:
        return None
    return msgspec.structs.replace(
        face,
        x=_thousandths(x),
        y=_thousandths(y),
        width=_thousandths(width),
        height=_thousandths(height),
        height_px=round(height * placing.size[1]),
    )


def _top(placing: Placing) -> Fraction:
    return placing.y(Fraction(placing.crop.y, placing.height))


def _found(face: Face) -> FoundFace:
    x, y, width, height = (float(value) for value in (face.x, face.y, face.width, face.height))
    return FoundFace(x, y, width, height, float(face.confidence))


def edges_touched(face: Face | None) -> tuple[Edge, ...]:
    """The edges of the picture against which a face's box lies."""
    if face is None:
        return ()
    left, top, right, bottom = face.x, face.y, face.x + face.width, face.y + face.height
    edges: tuple[tuple[Edge, bool], ...] = (
        ("left", left <= 0),
        ("right", right >= 1),
        ("top", top <= 0),
        ("bottom", bottom >= 1),
    )
    return tuple(edge for edge, touched in edges if touched)


def _thousandths(value: Fraction) -> Fraction:
    return Fraction(round(value * 1000), 1000)
