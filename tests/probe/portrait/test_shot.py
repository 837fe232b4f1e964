"""Shots: how much of the person a picture shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.probe.portrait.people import FACE, HEAD, cut_at, head_in, standing
from validator.probe.portrait.joints import ANKLES
from validator.probe.portrait.look import FoundFace, Head
from validator.probe.portrait.shot import below_chin, is_surely_close_up, shot_of

_RATIO = 0.5


def _head(top: float, height: float) -> Head:
    return Head(0.3, top, 0.4, height, (), 0.0, 0.0, 0.0, 0.0, 0.0, 0.6, 0.5)


def _face(top: float, height: float) -> FoundFace:
    return FoundFace(0.3, top, 0.4, height, 0.9)


class TestByTheBody:
    @pytest.mark.parametrize(
        ("end", "shot"),
        [
            (1.0, "full-body"),
            (0.91, "full-body"),
            (0.85, "three-quarter"),
            (0.72, "three-quarter"),
            (0.65, "three-quarter"),
            (0.6, "half-body"),
            (0.5, "half-body"),
            (0.3, "half-body"),
            (0.25, "close-up"),
            (0.2, "close-up"),
        ],
    )
    def test_the_lower_the_picture_ends_the_more_it_shows(self, end: float, shot: str) -> None:
        face = FoundFace(0.45, 0.06 / end, 0.1, 0.1 / end, 0.9)
        assert shot_of([face], head_in(end), cut_at(end), _RATIO / end) == shot
        assert shot_of([face], None, cut_at(end), _RATIO / end) == shot

    @pytest.mark.parametrize("doubt", [{"visibility": 0.4}, {"presence": 0.85}, {"y": 1.03}])
    def test_guessed_ankles_make_no_full_body(self, doubt: dict[str, float]) -> None:
        assert shot_of([FACE], HEAD, standing(dict.fromkeys(ANKLES, doubt)), _RATIO) == "three-quarter"

    def test_one_ankle_is_enough(self) -> None:
        assert shot_of([FACE], HEAD, standing({27: {"visibility": 0.1}}), _RATIO) == "full-body"

    def test_ankles_and_thighs_right_below_the_face_are_not_believed(self) -> None:
        squeezed = tuple(replace(joint, y=0.11 + (joint.y - 0.11) / 5) for joint in standing())
        assert shot_of([FACE], HEAD, squeezed, 0.1) == "half-body"

    def test_lying_in_a_wide_picture(self) -> None:
        lying = tuple(replace(joint, x=joint.y, y=0.5) for joint in standing())
        face = FoundFace(0.08, 0.4, 0.06, 0.2, 0.9)
        assert shot_of([face], None, lying, 2.0) == "full-body"


class TestByTheHead:
    @pytest.mark.parametrize(
        ("top", "height", "shot"),
        [
            (0.17, 0.66, "close-up"),
            (0.02, 0.95, "close-up"),
            (0.2, 0.42, "close-up"),
            (0.1, 0.4, "half-body"),
            (0.1, 0.2, "half-body"),
        ],
    )
    def test_without_a_body(self, top: float, height: float, shot: str) -> None:
        assert shot_of([_face(top, height)], _head(top, height), None, 2 / 3) == shot
        assert shot_of([_face(top, height)], None, None, 2 / 3) == shot

    def test_a_head_beyond_the_lower_edge(self) -> None:
        assert below_chin(_face(0.8, 0.2), _head(0.8, 0.4)) == 0

    def test_the_body_is_not_asked_where_the_head_fills_the_frame(self) -> None:
        assert is_surely_close_up(_face(0.17, 0.66), None, 2 / 3)
        assert shot_of([_face(0.17, 0.66)], None, standing(), 2 / 3) == "close-up"

    def test_a_small_head_near_the_lower_edge_may_have_a_body(self) -> None:
        assert not is_surely_close_up(_face(0.7, 0.2), None, 2.0)

    def test_a_head_with_room_below_may_have_a_body(self) -> None:
        assert not is_surely_close_up(_face(0.1, 0.4), None, 2 / 3)


class TestByTheCount:
    def test_none(self) -> None:
        assert shot_of([], None, None, 1.0) == "none"

    def test_group(self) -> None:
        assert shot_of([_face(0.17, 0.66), FACE], HEAD, None, 1.0) == "group"
