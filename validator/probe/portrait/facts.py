"""What face workers saw, as facts: exact numbers, words for where and how large, and the framing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction

import msgspec

from validator.model import Role
from validator.people import Box, Edge, Face, FaceFacts, FullBody, Joint, PortraitFacts, Practice, Shot
from validator.probe.portrait.crop import close_up_crop
from validator.probe.portrait.look import Body, FoundFace, Head, Look
from validator.probe.still import Still

_MIDDLE = (Fraction(1, 3), Fraction(2, 3))
_BODY = ("head", "shoulders", "hands", "hips", "knees", "ankles")
_FEET = {"ankles": "feet"}  # ankles count as seen with heels and toes
_PRACTICES: Mapping[Role, Practice] = {Role.CLOSE_UP: "close-up", Role.FULL_BODY: "full-body"}
_BY_SHOT: Mapping[Shot, Practice] = {
    "close-up": "close-up",
    "half-body": "half-body",
    "three-quarter": "half-body",
    "full-body": "full-body",
    "group": "other",
    "none": "none",
}


def face_facts(still: Still, look: Look, frames: int | None = None) -> FaceFacts:
    """How many faces, and where; `frames`: how many frames of a clip were looked at."""
    faces = tuple(_face(found, still.shown_height) for found in look.faces)
    return FaceFacts(
        face_count=len(faces),
        faces=faces,
        faces_detail=faces_in_words(faces),
        face_time=still.time if frames is not None and faces else None,
        face_frames=frames,
    )


def portrait_facts(still: Still, look: Look, role: Role | None) -> PortraitFacts:
    """How the main face and the body are framed."""
    width, height = still.shown_width, still.shown_height
    practice = practice_of(look.shot, role)
    common = PortraitFacts(shot=look.shot, practice=practice)
    if not look.faces:
        return common
    full_body, detail = _full_body(look.body)
    head = look.head
    facts = PortraitFacts(
        shot=look.shot,
        practice=practice,
        face_height=_pixels(look.faces[0].height if head is None else head.height, height),
        body_parts=None if look.body is None else look.body.parts,
        body_joints=None if look.body is None else tuple(_joints(look.body)) or None,
        body_frontal=None if look.body is None else look.body.frontal,
        full_body=full_body if len(look.faces) == 1 else None,
        full_body_detail=detail or None,
    )
    if head is not None:
        return _with_head(facts, head, width, height)
    cut = _touched(look.faces[0])  # of a face cut in half there is often no mesh, but its box
    return _with_cut(facts, cut) if cut else facts


def practice_of(shot: Shot, role: Role | None) -> Practice:
    """The recommended framing that a picture is held to: its role's, or what it comes nearest to.

    >>> practice_of("three-quarter", None)
    'half-body'
    """
    return _BY_SHOT[shot] if role is None else _PRACTICES.get(role, _BY_SHOT[shot])


def unmeasured(reason: str) -> dict[str, str]:
    """The reason under the name of every fact of people."""
    return dict.fromkeys((*FaceFacts.__struct_fields__, *PortraitFacts.__struct_fields__), reason)


def faces_in_words(faces: tuple[Face, ...]) -> str:
    """How many faces, and for each of the first few but the main one its height and its place.

    >>> main = Face(Fraction("0.3"), Fraction("0.2"), Fraction("0.3"), Fraction("0.4"), 400, Fraction(1))
    >>> small = Face(Fraction(0), Fraction("0.4"), Fraction("0.05"), Fraction("0.06"), 58, Fraction("0.9"))
    >>> faces_in_words((main, small))
    '2 faces (one of 58 px at the left edge)'
    """
    if len(faces) < 2:
        return f"{len(faces)} face" if faces else "no face"
    others = [f"one of {face.height_px:,} px {_place(face)}" for face in faces[1:4]]
    more = f", and {len(faces) - 4} more" if len(faces) > 4 else ""
    return f"{len(faces)} faces ({', '.join(others)}{more})"


def _place(face: Face) -> str:
    if face.x <= 0:
        return "at the left edge"
    if face.x + face.width >= 1:
        return "at the right edge"
    center = face.x + face.width / 2
    if center < _MIDDLE[0]:
        return "on the left"
    return "on the right" if center > _MIDDLE[1] else "in the middle"


def _face(found: FoundFace, height: int) -> Face:
    return Face(
        x=_thousandths(found.x),
        y=_thousandths(found.y),
        width=_thousandths(found.width),
        height=_thousandths(found.height),
        height_px=_pixels(found.height, height),
        confidence=_thousandths(found.confidence),
        drawn=found.drawn,
    )


def _with_head(facts: PortraitFacts, head: Head, width: int, height: int) -> PortraitFacts:
    crop = close_up_crop(head, width, height)
    return msgspec.structs.replace(
        _with_cut(facts, head.cut),
        head_height=_rounded(head.height, 1000),
        head_center_x=_rounded(head.x + head.width / 2, 1000),
        head_center_y=_rounded(head.y + head.height / 2, 1000),
        yaw=_rounded(head.yaw, 10),
        pitch=_rounded(head.pitch, 10),
        roll=_rounded(head.roll, 10),
        smile=_rounded(head.smile, 1000),
        jaw_open=_rounded(head.jaw_open, 1000),
        sharpness=_rounded(head.sharpness, 1000),
        brightness=_rounded(head.brightness, 1000),
        close_up_crop=None if crop is None else Box(*crop),
    )


def _with_cut(facts: PortraitFacts, cut: tuple[Edge, ...]) -> PortraitFacts:
    return msgspec.structs.replace(
        facts, head_cut=cut, head_cut_detail=_edges(cut) or None, cut_edges=len(cut)
    )


def _touched(face: FoundFace) -> tuple[Edge, ...]:
    """The edges that a face's box, which ends at the picture's, lies against."""
    edges: tuple[tuple[Edge, bool], ...] = (
        ("left", face.x <= 0),
        ("right", face.x + face.width >= 1),
        ("top", face.y <= 0),
        ("bottom", face.y + face.height >= 1),
    )
    return tuple(edge for edge, touched in edges if touched)


def _edges(cut: tuple[Edge, ...]) -> str:
    """Edges in words.

    >>> _edges(("left", "top"))
    'left and top edges'
    """
    if not cut:
        return ""
    return f"{' and '.join(cut)} edge{'s' if len(cut) > 1 else ''}"


def _full_body(body: Body | None) -> tuple[FullBody, str]:
    if body is None:
        return "no-body", ""
    missing = [_FEET.get(part, part) for part in _BODY if part not in body.parts]
    if missing:
        *most, last = missing
        named = f"{', '.join(most)} and {last}" if most else last
        verb = "lies" if missing == ["head"] else "lie"
        return "cut", f"Of the body, {named} {verb} outside the picture"
    return ("whole", "") if body.frontal is not False else ("turned", "")


def _joints(body: Body) -> Iterator[Joint]:
    """The joints whose place the network knows."""
    for seen in body.joints:
        x, y, confidence = (_rounded(value, 1000) for value in (seen.x, seen.y, seen.confidence))
        if x is not None and y is not None and confidence is not None:
            yield Joint(seen.name, x, y, confidence)


def _thousandths(value: float) -> Fraction:
    return _rounded(value, 1000) or Fraction(0)


def _rounded(value: float, parts: int) -> Fraction | None:
    """In so many parts of one; what a network answers where it does not know is not measured."""
    return Fraction(round(value * parts), parts) if math.isfinite(value * parts) else None


def _pixels(share: float, side: int) -> int:
    return max(0, round(share * side)) if math.isfinite(share * side) else 0
