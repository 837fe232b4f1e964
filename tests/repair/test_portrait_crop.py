"""Crops of one person, whoever else is in the picture."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.repair.pictures import face
from validator.people import Box, Face
from validator.probe.portrait.crop import MAX_FILL
from validator.probe.portrait.look import Head
from validator.repair.portrait_crop import Person, close_up_of, overlap, upright_of

RATIO = (Fraction(2, 5), Fraction(1))
SIDES = st.integers(400, 6000)
PLACES = st.floats(0.0, 0.9)
SHARES = st.floats(0.02, 0.4)


@st.composite
def faces(draw: st.DrawFn) -> Face:
    """A face that lies in the picture."""
    x, y = draw(PLACES), draw(PLACES)
    return face(x, y, min(draw(SHARES), 1 - x), min(draw(SHARES), 1 - y), 1000)


@st.composite
def people(draw: st.DrawFn) -> Person:
    """Somebody, and others."""
    x, y = draw(PLACES), draw(PLACES)
    head = Head(x, y, min(draw(SHARES), 1 - x), min(draw(SHARES), 1 - y), (), 0, 0, 0, 0, 0, 0, 0)
    return Person(head, tuple(draw(st.lists(faces(), max_size=3))), draw(SIDES), draw(SIDES))


def pixels(shown: Face, width: int, height: int) -> tuple[float, float, float, float]:
    left, top = float(shown.x) * width, float(shown.y) * height
    return left, top, left + float(shown.width) * width, top + float(shown.height) * height


def shows(crop: Box, shown: Face, person: Person) -> bool:
    left, top, right, bottom = pixels(shown, person.width, person.height)
    across = left < crop.x + crop.width and right > crop.x
    return across and top < crop.y + crop.height and bottom > crop.y


@given(people())
def test_a_close_up_holds_its_head_and_no_other(person: Person) -> None:
    crop = close_up_of(person, RATIO)
    if crop is None:
        return
    assert crop.x >= 0
    assert crop.y >= 0
    assert crop.x + crop.width <= person.width
    assert crop.y + crop.height <= person.height
    assert crop.width < crop.height
    assert crop.width * 5 >= crop.height * 2
    head = person.head
    assert head.height * person.height <= MAX_FILL * crop.height
    middle = (head.x + head.width / 2) * person.width
    assert crop.x <= middle <= crop.x + crop.width
    assert not any(shows(crop, other, person) for other in person.others)
    assert not overlap(person)


@given(people(), st.floats(0, 1), st.floats(0, 1))
def test_an_upright_picture_keeps_its_height_and_the_face_near_the_middle(
    person: Person, first: float, last: float
) -> None:
    body = min(first, last) * person.width, max(first, last) * person.width
    crop = upright_of(person, body, RATIO)
    if crop is None:
        return
    assert (crop.y, crop.height) == (0, person.height)
    assert 0 <= crop.x <= crop.x + crop.width <= person.width
    assert Fraction(2, 5) < Fraction(crop.width, crop.height) <= 1
    middle = ((person.head.x + person.head.width / 2) * person.width - crop.x) / crop.width
    assert 0.3 < middle < 0.7
    assert not any(shows(crop, other, person) for other in person.others)


def test_alone_there_mostly_is_one() -> None:
    """The properties above hold of something."""
    head = Head(0.4, 0.2, 0.1, 0.2, (), 0, 0, 0, 0, 0, 0, 0)
    person = Person(head, (face(0.7, 0.2, 0.1, 0.2, 1000),), 1600, 1000)
    assert close_up_of(person, RATIO) is not None
    assert upright_of(person, (600.0, 850.0), RATIO) is not None
