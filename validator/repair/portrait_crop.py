"""Where to cut a picture so that it shows one person, framed as asked, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, floor

from validator.people import Box, Face
from validator.probe.portrait.crop import BREADTH, CENTER, FILL, MAX_FILL, MIN_SIDE, close_up_crop
from validator.probe.portrait.look import Head

FILLS = (FILL, 0.61, 0.73)
"""What a head may fill of a close-up's height, the asked-for two thirds first."""
_TIGHTER = (FILL, 0.72, 0.78, MAX_FILL - 0.03)
_NARROWER = (2 / 3, 0.58, 0.5, 0.43)
_ASIDE = (0.0, 0.04, -0.04, 0.08, -0.08, 0.12, -0.12, 0.15, -0.15)
"""How far from the middle, in widths of the frame, a head may lie where others are to stay outside."""
_BESIDE = 0.06
"""Of an other face's height: it stays so far outside, lest what is left of it is taken for a face."""
_CENTERED = (Fraction(2, 5), Fraction(3, 5))
"""Between which shares of the frame's width a face is brought, so that it is measured near the middle."""


@dataclass(frozen=True)
class Person:
    """One of the faces of a picture of `width` x `height` pixels: the head by its mesh, or by its box."""

    head: Head
    others: tuple[Face, ...]
    width: int
    height: int

    @property
    def others_px(self) -> tuple[tuple[float, float, float, float], ...]:
        """Left, top, right and bottom of what has to stay outside, in pixels."""
        return tuple(_widened(face, self.width, self.height) for face in self.others)


def overlap(person: Person) -> bool:
    """Whether another face's box lies on this head's, so that no rectangle parts them.

    >>> head = Head(0.2, 0.2, 0.2, 0.3, (), 0, 0, 0, 0, 0, 0, 0)
    >>> shares = (Fraction(3, 10), Fraction(1, 5), Fraction(1, 5), Fraction(3, 10))
    >>> overlap(Person(head, (Face(*shares, 300, Fraction(1)),), 1000, 1000))
    True
    """
    head = person.head
    left, top = head.x * person.width, head.y * person.height
    right, bottom = left + head.width * person.width, top + head.height * person.height
    return any(
        float(face.x) * person.width < right
        and float(face.x + face.width) * person.width > left
        and float(face.y) * person.height < bottom
        and float(face.y + face.height) * person.height > top
        for face in person.others
    )


def close_up_of(person: Person, ratio: tuple[Fraction, Fraction], fill: float = FILL) -> Box | None:
    """The vertical close-up of a person, without the others, if there is one.

    `ratio`: the least and the most that its width may be of its height. Where it would have less than 301
    pixels on a side, it is one that has to be enlarged.

    >>> head = Head(0.42, 0.2, 0.16, 0.3, (), 0, 0, 0, 0, 0, 0, 0)
    >>> print(close_up_of(Person(head, (), 3000, 2000), (Fraction(2, 5), Fraction(1))))
    600x900 at (1200, 214)
    """
    if overlap(person):  # a crop that is narrower than the head would show the other alone
        return None
    least, most = (float(bound) for bound in ratio)
    aspect = min(max(2 / 3, least), most)
    if aspect >= 1 or aspect < 0.4:
        aspect = 2 / 3  # what the sides have to be besides, room beside the picture gives
    for least_side in (MIN_SIDE, 1):
        found = close_up_crop(
            person.head, person.width, person.height, aspect, fill=fill, least_side=least_side
        )
        if found is not None and _is_alone(person, *found):
            return Box(*found)
    return next(_tighter(person, aspect), None) if person.others else None


def _tighter(person: Person, widest: float) -> Iterator[Box]:
    """Close-ups that leave less beside the head, or have it beside the middle, and others outside."""
    head, width, height = person.head, person.width, person.height
    if head.cut:
        return
    center, middle = (head.x + head.width / 2) * width, (head.y + head.height / 2) * height
    for aspect, fill, aside in product((min(widest, one) for one in _NARROWER), _TIGHTER, _ASIDE):
        tall = min(round(head.height * height / fill), height)
        wide = min(max(round(tall * aspect), ceil(head.width * width * BREADTH)), tall - 1)
        left, top = round(center - wide * (0.5 + aside)), round(middle - tall * CENTER)
        top = min(max(top, 0), height - tall)
        if left < 0 or left + wide > width or wide * 5 <= tall * 2:
            continue
        if head.height * height <= MAX_FILL * tall and _is_alone(person, left, top, wide, tall):
            yield Box(left, top, wide, tall)


def _is_alone(person: Person, left: int, top: int, wide: int, tall: int) -> bool:
    return not any(
        their_left < left + wide and their_right > left and their_top < top + tall and their_bottom > top
        for their_left, their_top, their_right, their_bottom in person.others_px
    )


def _widened(face: Face, width: int, height: int) -> tuple[float, float, float, float]:
    room = float(face.height) * height * _BESIDE
    left, top = float(face.x) * width, float(face.y) * height
    return (
        left - room,
        top - room,
        left + float(face.width) * width + room,
        top + float(face.height) * height + room,
    )


def upright_of(person: Person, body: tuple[float, float], ratio: tuple[Fraction, Fraction]) -> Box | None:
    """The picture without what is too much at its sides: the person near the middle, nobody else.

    `body` is where the person begins and ends, from left to right, in pixels; `ratio` as in `close_up_of`.
    The whole height stays.

    >>> head = Head(0.1, 0.2, 0.1, 0.15, (), 0, 0, 0, 0, 0, 0, 0)
    >>> print(upright_of(Person(head, (), 1600, 900), (120, 400), (Fraction(2, 5), Fraction(1))))
    600x900 at (0, 0)
    """
    width, height = person.width, person.height
    center = (person.head.x + person.head.width / 2) * width
    first, last = _room(person, center)
    narrowest = floor(height * ratio[0]) + 1
    wide = min(last - first, floor(height * ratio[1]), width)
    low, high = (float(share) for share in _CENTERED)
    reach = (center - first, last - center)
    if reach[0] < low * wide:
        wide = floor(reach[0] / low)
    elif reach[1] < (1 - high) * wide:
        wide = floor(reach[1] / (1 - high))
    if wide < narrowest:
        return None
    left = min(max(round(center - wide / 2), first), last - wide)
    head_left = person.head.x * width
    if left > max(0.0, head_left) or left + wide < min(width, head_left + person.head.width * width):
        return None
    shifted = _with_body(left, wide, (first, last), body, center)
    return Box(shifted, 0, wide, height)


def _room(person: Person, center: float) -> tuple[int, int]:
    """From where to where a picture of all its height may reach without showing others."""
    first, last = 0, person.width
    for left, _, right, _ in person.others_px:
        if (left + right) / 2 < center:
            first = max(first, ceil(right))
        else:
            last = min(last, floor(left))
    return first, last


def _with_body(left: int, wide: int, room: tuple[int, int], body: tuple[float, float], center: float) -> int:
    """Moved so that the body is inside, as far as the face stays near the middle."""
    low, high = (float(share) for share in _CENTERED)
    wanted = left
    if body[1] > left + wide:
        wanted = ceil(body[1]) - wide
    elif body[0] < left:
        wanted = floor(body[0])
    least, most = ceil(center - high * wide), floor(center - low * wide)
    return min(max(wanted, least, room[0]), most, room[1] - wide) if least <= most else left
