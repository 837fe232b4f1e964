"""Frames one person as a portrait asks for it: which part of a picture is cut out first, and why none is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import get_args

from validator.findings import Finding, Severity
from validator.model import NOT_FOR_PEOPLE, ImageFacts, Role
from validator.people import Box, Edge, Face, FaceFacts, PortraitFacts
from validator.probe.portrait.facts import faces_in_words
from validator.probe.portrait.look import Head
from validator.repair.people_after import edges_touched
from validator.repair.plan import Case, Change
from validator.repair.portrait_crop import FILLS, Person, close_up_of, overlap, upright_of

LARGEST = "largest"
_FACES = "POR001"  # the rule on how many there are, where no finding asks for a crop
_OF_PEOPLE = frozenset((*FaceFacts.__struct_fields__, *PortraitFacts.__struct_fields__))
_VERTICAL = (Fraction(2, 5), Fraction(1))
_MIN_CONFIDENCE = Fraction(1, 2)
_UPRIGHT = frozenset({"face_count", "aspect_ratio", "head_center_x"})
_BY_CROP: Mapping[str, frozenset[str]] = {
    "close-up": _UPRIGHT | {"head_height", "cut_edges", "shot"},
    "full-body": _UPRIGHT,
    "half-body": _UPRIGHT,
}
"""Facts of people, and the ratio that a portrait asks for, that a crop of each framing may change."""


@dataclass(frozen=True)
class Portrait:
    """What is cut out of a picture before its size is looked at, so that it shows one person as asked.

    `crop` is `None` where all stays; `person`: which face it is about, from 0. `problems`: whole sentences,
    by the code of the finding that is not answered; `is_refused`: they leave no copy, as a person was named
    who cannot be cropped out.
    """

    crop: Box | None = None
    change: Change | None = None
    person: int = 0
    problems: Mapping[str, str] = field(default_factory=dict)
    is_refused: bool = False


def about_people(finding: Finding) -> bool:
    """Whether a finding is about faces, or how they are framed.

    >>> from validator.findings import Limit, Measured, Severity
    >>> found = Measured("smile", 0.6, "0.6")
    >>> about_people(Finding("POR007", "smile", Severity.WARNING, "", found, Limit(), ""))
    True
    """
    return finding.measured.fact in _OF_PEOPLE or finding.code.startswith("POR")


def plan_portrait(case: Case) -> Portrait:
    """The part of the picture that shows one person as the findings, the role and `--face` ask for it."""
    way = _way(case)
    findings = tuple(found for found in case.findings if about_people(found) and weighs(found, case))
    to_answer = tuple(found for found in findings if found.measured.fact in _BY_CROP[way])
    codes = tuple(dict.fromkeys(found.code for found in to_answer))
    faces = None if case.facts.faces is None else case.facts.faces.faces
    if not faces or case.asset.role in NOT_FOR_PEOPLE:
        return Portrait()
    chosen = case.options.face
    if chosen is None and len(faces) > 1:
        return Portrait(problems=dict.fromkeys(codes, _who(faces)))
    index = 0 if chosen is None or chosen == LARGEST else int(chosen) - 1
    if index >= len(faces):
        return Portrait(problems={_FACES: _no_such(index, faces)}, is_refused=True)
    if not to_answer and (chosen is None or len(faces) == 1):
        return Portrait()
    return _framed(case, _person(case, faces, index), index, codes or (_FACES,))


def weighs(finding: Finding, case: Case) -> bool:
    """Whether what is said of people is a fault: notes are not, unless they are asked for."""
    is_asked = case.options.face is not None or finding.severity.rank >= case.options.level.rank
    return is_asked or finding.severity is not Severity.NOTE


def _framed(case: Case, person: Person, index: int, codes: tuple[str, ...]) -> Portrait:
    way = _way(case)
    crop = _WAYS[way](case, person)
    if crop is None:
        is_refused = case.options.face is not None and bool(person.others)
        problems = dict.fromkeys(codes, _why_not(person, way))
        return Portrait(person=index, problems=problems, is_refused=is_refused)
    whole = f"{person.width}x{person.height}"
    if (crop.width, crop.height) == (person.width, person.height):
        return Portrait(person=index)
    how = f"cropped to {_NAMES[way]}"
    if person.others:
        how += f": face {index + 1}, without the {'other' if len(person.others) == 1 else 'others'}"
    return Portrait(crop, Change(codes, "part shown", whole, str(crop), how), index)


def _way(case: Case) -> str:
    """Which framing is asked for: by the role, else by what is seen, and a close-up where a face is named."""
    if case.asset.role in (Role.CLOSE_UP, Role.FULL_BODY):
        return str(case.asset.role)
    practice = None if case.facts.portrait is None else case.facts.portrait.practice
    if case.options.face is None and practice in ("full-body", "half-body"):
        return str(practice)
    return "close-up"


def is_made_by_naming(case: Case) -> bool:
    """Whether the framing stays the same where a face is named: `--face` asks for a close-up by itself."""
    return case.asset.role is Role.FULL_BODY or _way(case) == "close-up"


def _close_up(case: Case, person: Person) -> Box | None:
    suggested = None if case.facts.portrait is None else case.facts.portrait.close_up_crop
    if suggested is not None and not case.attempt and not person.others:
        return suggested  # what the report advises
    asked = case.demands.range_of("aspect_ratio")
    ratio = (asked.min or _VERTICAL[0], min(asked.max or _VERTICAL[1], _VERTICAL[1]))
    return close_up_of(person, ratio, FILLS[case.attempt % len(FILLS)])


def _upright(case: Case, person: Person) -> Box | None:
    asked = case.demands.range_of("aspect_ratio")
    widest = asked.max or Fraction(person.width, person.height)
    if _way(case) == "full-body":
        widest = min(widest, _VERTICAL[1])
    portrait = case.facts.portrait
    joints = () if portrait is None or person.others else portrait.body_joints or ()
    seen = [float(joint.x) for joint in joints if joint.confidence >= _MIN_CONFIDENCE and 0 <= joint.x <= 1]
    room = person.head.width / 2  # hands and sleeves reach beyond the joints
    left = min((person.head.x, *(x - room for x in seen)))
    right = max((person.head.x + person.head.width, *(x + room for x in seen)))
    body = (max(0.0, left) * person.width, min(1.0, right) * person.width)
    return upright_of(person, body, (asked.min or _VERTICAL[0], widest))


_WAYS: Mapping[str, Callable[[Case, Person], Box | None]] = {
    "close-up": _close_up,
    "full-body": _upright,
    "half-body": _upright,
}
_NAMES = {
    "close-up": "a close-up",
    "full-body": "an upright picture with the person in the middle",
    "half-body": "a picture with the person in the middle",
}


def _person(case: Case, faces: tuple[Face, ...], index: int) -> Person:
    """The face with its head: by the mesh for the main one, where there is one, else by the box."""
    media, portrait = case.facts.media, case.facts.portrait
    width, height = (media.width or 1, media.height or 1) if isinstance(media, ImageFacts) else (1, 1)
    face = faces[index]
    others = tuple(other for number, other in enumerate(faces) if number != index)
    if index == 0 and portrait is not None and portrait.head_height is not None:
        cut = portrait.head_cut or ()
        tall = float(portrait.head_height)
        top = float(portrait.head_center_y or 0) - tall / 2
        left = float(portrait.head_center_x or 0) - float(face.width) / 2
    else:
        cut = edges_touched(face)
        tall = float(face.height) * _OF_A_BOX
        top = float(face.y) + (float(face.height) - tall) * _ABOVE
        left = float(face.x)
    return Person(_head(left, top, float(face.width), tall, cut), others, width, height)


_OF_A_BOX = 0.87
"""A head from the top of the forehead to the chin is so much of a detector's box, which has hair in it."""
_ABOVE = 0.6
"""Of what it is not, so much lies above."""


def _head(left: float, top: float, width: float, height: float, cut: tuple[Edge, ...]) -> Head:
    return Head(left, top, width, height, cut, 0, 0, 0, 0, 0, 0, 0)


def _why_not(person: Person, way: str) -> str:
    if cut := person.head.cut:
        edges = f"{' and '.join(edge for edge in get_args(Edge) if edge in cut)} edge"
        return (
            f"The picture's {edges}{'s' if len(cut) > 1 else ''} cut{'' if len(cut) > 1 else 's'} the face,"
            " and no crop brings back what is missing: choose a picture that shows it whole."
        )
    if overlap(person):
        return "The faces overlap, so that no crop shows one of them alone: choose a picture of one person."
    if person.others:
        return (
            f"The faces lie so near to each other that no {way} of one leaves the others outside: choose a"
            " picture of one person."
        )
    if way == "close-up":
        return (
            f"The face fills {person.head.height:.0%} of the picture's height, and a crop adds no room around"
            " it: choose a picture with more room."
        )
    return (
        "The person is too near to the picture's side to be brought to its middle by a crop: choose a picture"
        " with the person in the middle."
    )


def _who(faces: tuple[Face, ...]) -> str:
    """What asks for a choice between several faces."""
    return (
        f"The picture shows {faces_in_words(faces)}, and one is asked for: --face largest, or its number from"
        f" 1 to {len(faces)} (the main one is 1), crops one person out."
    )


def _no_such(index: int, faces: tuple[Face, ...]) -> str:
    number = f"{len(faces)} face{'s' if len(faces) > 1 else ''}"
    choice = "1" if len(faces) == 1 else f"a number from 1 to {len(faces)}"
    return f"There is no face {index + 1} to crop to: the picture shows {number}; give {choice}, or largest."
