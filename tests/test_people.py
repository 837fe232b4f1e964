"""The facts of people: where a box lies, and that all of them are described."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.model import Facts, ImageFacts, Kind, fact_table
from validator.people import Box, Edge, Face, FaceFacts, Joint, LikenessFacts, PortraitFacts, Practice, Shot

FACE = Face(Fraction("0.25"), Fraction("0.1"), Fraction("0.5"), Fraction("0.6"), 600, Fraction("0.98"))


@given(st.integers(), st.integers(), st.integers(), st.integers())
def test_a_box_is_written_as_a_size_at_a_place(x: int, y: int, width: int, height: int) -> None:
    assert str(Box(x, y, width, height)) == f"{width}x{height} at ({x}, {y})"


def test_whether_a_face_is_drawn_is_not_known_unless_told() -> None:
    assert FACE.drawn is None


@pytest.mark.parametrize("part", [FaceFacts(), PortraitFacts(), LikenessFacts()])
def test_nothing_is_a_fact_before_it_was_measured(part: FaceFacts | PortraitFacts | LikenessFacts) -> None:
    assert [getattr(part, name) for name in part.__struct_fields__] == [None] * len(part.__struct_fields__)


def test_no_face_is_a_measurement() -> None:
    facts = Facts(Kind.IMAGE, media=ImageFacts(width=300), faces=FaceFacts(face_count=0, faces=()))
    assert facts.values() == {"width": 300, "face_count": 0, "faces": ()}


def test_facts_of_people_stand_beside_those_of_the_picture() -> None:
    facts = Facts(
        Kind.IMAGE,
        faces=FaceFacts(face_count=1, faces=(FACE,)),
        portrait=PortraitFacts(practice="close-up", yaw=Fraction(-3), body_frontal=False),
        likeness=LikenessFacts(face_distance=Fraction("0.3")),
    )
    assert facts.values() == {
        "face_count": 1,
        "faces": (FACE,),
        "practice": "close-up",
        "yaw": Fraction(-3),
        "body_frontal": False,
        "face_distance": Fraction("0.3"),
    }


def test_a_framing_is_a_shot_but_for_what_is_no_recommended_one() -> None:
    assert set(get_args(Practice)) - set(get_args(Shot)) == {"other"}


def test_rules_on_portraits_can_name_what_is_known_of_the_picture_and_its_faces() -> None:
    table = fact_table("portrait")
    assert {"width", "aspect_ratio", "face_count", "head_height", "bytes"} <= set(table)
    assert "yaw" not in fact_table("faces"), "of a clip, faces are counted and no more"
    assert "face_distance" not in table


def test_shares_angles_and_pixels_have_their_units() -> None:
    units = {name: info.unit for name, info in fact_table("portrait").items()}
    assert {units[name] for name in ("head_height", "head_center_x", "head_center_y")} == {"share"}
    assert {units[name] for name in ("yaw", "pitch", "roll")} == {"°"}
    assert (units["face_height"], units["face_count"], units["cut_edges"]) == ("px", "faces", "edges")


def test_lists_say_what_is_in_them() -> None:
    table = fact_table("portrait")
    assert table["faces"].python_type == tuple[Face, ...]
    assert table["head_cut"].python_type == tuple[Edge, ...]
    assert table["close_up_crop"].python_type is Box
    assert table["body_joints"].python_type == tuple[Joint, ...]
    assert table["shot"].choices == get_args(Shot)
