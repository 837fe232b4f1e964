"""Who is compared with whom, and what is said where that cannot be done. No pictures are needed."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.likeness import Likenesses, distance
from validator.model import Asset, Facts, Group, GroupKind
from validator.people import FaceFacts, LikenessFacts

Point = tuple[float, ...]
POINTS = st.lists(st.floats(-1, 1, width=32), min_size=128, max_size=128).map(tuple)
ADA = Group(GroupKind.REAL_HUMAN, name="Ada")
MISSING = 'faces are compared by dlib: `pip install "seedance-validator[likeness]"` brings it'


def asset(name: str, group: Group | None = ADA) -> Asset:
    return Asset(name, name, group=group)


def at(*place: float) -> Facts:
    return Facts(faces=FaceFacts(face_count=1), descriptor=place)


def undescribed(reason: str = MISSING) -> Facts:
    return Facts(faces=FaceFacts(face_count=1), no_descriptor=reason)


def told(facts: Facts) -> tuple[Fraction | None, str | None]:
    assert facts.likeness is not None
    return facts.likeness.face_distance, facts.likeness.face_distance_from


class TestDistance:
    @given(POINTS, POINTS)
    def test_is_the_same_both_ways(self, one: Point, other: Point) -> None:
        assert distance(one, other) == distance(other, one)

    @given(POINTS)
    def test_of_a_face_from_itself_is_none(self, one: Point) -> None:
        assert distance(one, one) == 0

    @given(POINTS, POINTS)
    def test_is_in_thousandths(self, one: Point, other: Point) -> None:
        found = distance(one, other)
        assert (found * 1000).denominator == 1
        assert abs(float(found) - math.dist(one, other)) <= 0.000501

    @given(POINTS, POINTS, POINTS)
    def test_has_no_shorter_way_round(self, one: Point, other: Point, third: Point) -> None:
        assert distance(one, third) <= distance(one, other) + distance(other, third) + Fraction(2, 1000)

    def test_of_faces_by_different_models_is_refused(self) -> None:
        with pytest.raises(ValueError, match="dimension"):
            distance((0.0,), (0.0, 1.0))


class TestAGroup:
    def test_says_nothing_of_its_first_face(self) -> None:
        assert Likenesses().marked(asset("a.jpg"), at(0, 0)).likeness is None

    def test_keeps_no_face_in_what_is_handed_on(self) -> None:
        seen = Likenesses()
        assert seen.marked(asset("a.jpg"), at(0, 0)).descriptor is None
        assert seen.marked(asset("b.jpg"), at(0, 1)).descriptor is None

    def test_tells_the_nearest_of_those_before(self) -> None:
        seen = Likenesses()
        seen.marked(asset("a.jpg"), at(0, 0))
        assert told(seen.marked(asset("b.jpg"), at(0, 0.75))) == (Fraction(3, 4), "a.jpg")
        assert told(seen.marked(asset("c.jpg"), at(0, 0.5))) == (Fraction(1, 4), "b.jpg")

    def test_tells_the_earlier_of_two_that_are_as_near(self) -> None:
        seen = Likenesses()
        seen.marked(asset("a.jpg"), at(0, 0))
        seen.marked(asset("b.jpg"), at(0, 0))
        assert told(seen.marked(asset("c.jpg"), at(0, 1))) == (Fraction(1), "a.jpg")

    @given(POINTS, POINTS)
    def test_remembers_faces_as_exactly_as_it_tells(self, one: Point, other: Point) -> None:
        seen = Likenesses()
        seen.marked(asset("a.jpg"), at(*one))
        assert told(seen.marked(asset("b.jpg"), at(*other)))[0] == distance(one, other)

    @pytest.mark.parametrize(
        "other",
        [
            Group(GroupKind.REAL_HUMAN, name="Bob"),
            Group(GroupKind.VIRTUAL, name="Ada"),
            Group(GroupKind.REAL_HUMAN, id="Ada"),
            Group(GroupKind.REAL_HUMAN),
            None,
        ],
    )
    def test_is_kept_apart_from_others(self, other: Group | None) -> None:
        seen = Likenesses()
        seen.marked(asset("a.jpg"), at(0, 0))
        assert seen.marked(asset("b.jpg", other), at(0, 1)).likeness is None

    def test_is_known_by_its_id_whatever_its_name(self) -> None:
        seen = Likenesses()
        seen.marked(asset("a.jpg", Group(GroupKind.VIRTUAL, id="g-1", name="Ada")), at(0, 0))
        assert told(seen.marked(asset("b.jpg", Group(GroupKind.VIRTUAL, id="g-1")), at(0, 1)))[1] == "a.jpg"

    @pytest.mark.parametrize("group", [None, Group(GroupKind.REAL_HUMAN), Group(GroupKind.VIRTUAL, name="")])
    def test_is_none_without_id_or_name(self, group: Group | None) -> None:
        seen = Likenesses()
        seen.marked(asset("a.jpg", group), at(0, 0))
        assert seen.marked(asset("b.jpg", group), at(0, 1)).likeness is None

    def test_names_a_url_without_its_secrets(self) -> None:
        seen = Likenesses()
        address = "https://a.example/a.jpg?key=1"
        seen.marked(Asset(address, address, is_url=True, group=ADA), at(0, 0))
        shown = told(seen.marked(asset("b.jpg"), at(0, 1)))[1]
        assert shown is not None
        assert "key" not in shown


class TestWithoutAFace:
    @pytest.mark.parametrize("facts", [Facts(), Facts(faces=FaceFacts(face_count=0))])
    def test_nothing_is_said(self, facts: Facts) -> None:
        seen = Likenesses([("ada.jpg", (0.0, 0.0))])
        assert seen.marked(asset("a.jpg"), facts) is facts
        assert seen.marked(asset("b.jpg"), facts) is facts

    def test_an_asset_is_not_the_first_of_its_group(self) -> None:
        seen = Likenesses()
        seen.marked(asset("a.wav"), Facts())
        assert seen.marked(asset("b.jpg"), at(0, 1)).likeness is None


class TestWithoutADescriptor:
    def test_the_reason_is_told_from_the_second_on(self) -> None:
        seen = Likenesses()
        assert seen.marked(asset("a.jpg"), undescribed()).likeness is None
        second = seen.marked(asset("b.jpg"), undescribed())
        assert second.likeness == LikenessFacts()
        assert second.why_unmeasured("face_distance") == MISSING

    def test_the_reason_is_told_beside_a_reference(self) -> None:
        facts = Likenesses([("ada.jpg", (0.0, 0.0))]).marked(asset("a.jpg", None), undescribed())
        assert facts.likeness == LikenessFacts()
        assert facts.unmeasured == {"face_distance": MISSING}

    def test_other_reasons_stay(self) -> None:
        facts = Facts(no_descriptor=MISSING, unmeasured={"yaw": "it is dark"})
        marked = Likenesses([("ada.jpg", (0.0,))]).marked(asset("a.jpg"), facts)
        assert marked.unmeasured == {"yaw": "it is dark", "face_distance": MISSING}

    def test_a_face_that_was_never_described_is_no_secret(self) -> None:
        facts = Facts(faces=FaceFacts(face_count=1))
        marked = Likenesses([("ada.jpg", (0.0,))]).marked(asset("a.jpg"), facts)
        assert marked.unmeasured == {"face_distance": "its face could not be described"}

    def test_a_group_in_which_nobody_could_be_described_says_whose_face_is_missing(self) -> None:
        seen = Likenesses()
        seen.marked(asset("a.jpg"), undescribed("it is turned too far"))
        second = seen.marked(asset("b.jpg"), at(0, 0))
        assert second.likeness == LikenessFacts()
        assert second.unmeasured == {
            "face_distance": "a.jpg could not be compared with: it is turned too far"
        }
        assert told(seen.marked(asset("c.jpg"), at(0, 1))) == (Fraction(1), "b.jpg")

    def test_a_lone_asset_is_left_alone(self) -> None:
        facts = undescribed()
        assert Likenesses().marked(asset("a.jpg", None), facts) is facts


class TestReferences:
    def test_are_of_every_asset_and_the_nearest_is_told(self) -> None:
        seen = Likenesses([("front.jpg", (0.0, 0.0)), ("side.jpg", (0.0, 1.0))])
        assert told(seen.marked(asset("a.jpg", None), at(0, 0.75))) == (Fraction(1, 4), "side.jpg")
        assert told(seen.marked(asset("b.jpg"), at(0, 0.25))) == (Fraction(1, 4), "front.jpg")

    def test_decide_alone_so_that_no_stranger_of_the_group_excuses_another(self) -> None:
        seen = Likenesses([("front.jpg", (0.0, 0.0))])
        seen.marked(asset("a.jpg"), at(0, 0.5))
        assert told(seen.marked(asset("b.jpg"), at(0, 0.75))) == (Fraction(3, 4), "front.jpg")

    def test_do_not_make_a_group_of_assets_without_one(self) -> None:
        seen = Likenesses([("front.jpg", (0.0, 0.0))])
        seen.marked(asset("a.jpg", None), at(0, 0.5))
        assert told(seen.marked(asset("b.jpg", None), at(0, 0.75))) == (Fraction(3, 4), "front.jpg")

    def test_that_could_not_be_described_leave_the_distance_unmeasured(self) -> None:
        seen = Likenesses((), "its face is turned too far")
        facts = seen.marked(asset("a.jpg"), at(0, 0))
        assert facts.likeness == LikenessFacts()
        assert facts.unmeasured == {
            "face_distance": "the reference could not be compared with: its face is turned too far"
        }
        assert told(seen.marked(asset("b.jpg"), at(0, 1))) == (Fraction(1), "a.jpg")
        assert seen.marked(asset("c.wav"), Facts()) == Facts()

    def test_that_could_not_be_described_stand_back_behind_others(self) -> None:
        seen = Likenesses([("front.jpg", (0.0, 0.0))], "its face is turned too far")
        assert told(seen.marked(asset("a.jpg"), at(0, 1))) == (Fraction(1), "front.jpg")

    def test_that_could_not_be_described_do_not_hide_why_an_asset_could_not(self) -> None:
        facts = Likenesses((), "its face is turned too far").marked(asset("a.jpg"), undescribed())
        assert facts.unmeasured == {"face_distance": MISSING}
