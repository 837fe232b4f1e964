"""Bodies: which parts lie in the picture, and whether they face the camera."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin
from typing import get_args

import msgspec
import pytest

from tests.probe.portrait.people import FACE, HEAD, cut_at, head_in, standing
from validator.people import JointName
from validator.probe.portrait.body import belongs_to, describe_body, is_frontal, turn_of
from validator.probe.portrait.joints import ANKLES, HIPS, SHOULDERS, Joint

_ALL = ("head", "shoulders", "hands", "hips", "knees", "ankles")


def _turned(degrees: float) -> tuple[Joint, ...]:
    return tuple(
        replace(
            joint,
            world_x=joint.world_x * cos(radians(degrees)),
            world_z=joint.world_x * sin(radians(degrees)),
        )
        for joint in standing()
    )


class TestParts:
    def test_all_of_a_whole_person(self) -> None:
        assert describe_body(standing(), HEAD).parts == _ALL

    @pytest.mark.parametrize(
        ("end", "parts"),
        [
            (1.0, _ALL),
            (0.91, _ALL[:5]),
            (0.8, _ALL[:5]),
            (0.6, _ALL[:4]),
            (0.4, _ALL[:2]),
            (0.2, _ALL[:1]),
        ],
    )
    def test_what_lies_below_the_picture_is_not_named(self, end: float, parts: tuple[str, ...]) -> None:
        assert describe_body(cut_at(end), head_in(end)).parts == parts

    def test_a_head_whose_mesh_is_cut(self) -> None:
        assert "head" not in describe_body(standing(), msgspec.structs.replace(HEAD, cut=("top",))).parts

    def test_without_a_mesh_the_nose_stands_for_the_head(self) -> None:
        assert "head" in describe_body(standing(), None).parts
        assert "head" not in describe_body(standing({0: {"y": -0.05}}), None).parts

    @pytest.mark.parametrize("finger", range(15, 23))
    def test_a_hand_beyond_any_edge(self, finger: int) -> None:
        for place in ({"x": -0.05}, {"x": 1.05}, {"y": -0.05}, {"y": 1.05}):
            assert "hands" not in describe_body(standing({finger: place}), HEAD).parts

    def test_hands_in_pockets_are_in_the_picture(self) -> None:
        hidden = standing({finger: {"visibility": 0.05, "presence": 0.3} for finger in range(15, 23)})
        assert describe_body(hidden, HEAD).parts == _ALL

    @pytest.mark.parametrize("toe", [29, 30, 31, 32])
    def test_feet_that_the_edge_cuts(self, toe: int) -> None:
        assert "ankles" not in describe_body(standing({toe: {"y": 1.03}}), HEAD).parts

    def test_one_hidden_ankle_does_no_harm(self) -> None:
        assert "ankles" in describe_body(standing({27: {"visibility": 0.1}}), HEAD).parts

    @pytest.mark.parametrize("doubt", [{"visibility": 0.4}, {"presence": 0.85}, {"y": 1.03}, {"x": -0.03}])
    def test_ankles_that_are_not_surely_seen(self, doubt: dict[str, float]) -> None:
        assert "ankles" not in describe_body(standing(dict.fromkeys(ANKLES, doubt)), HEAD).parts

    @pytest.mark.parametrize(("joint", "part"), [(11, "shoulders"), (24, "hips"), (26, "knees")])
    def test_both_of_a_pair_must_be_there(self, joint: int, part: str) -> None:
        assert part not in describe_body(standing({joint: {"presence": 0.3}}), HEAD).parts
        assert part not in describe_body(standing({joint: {"x": 1.1}}), HEAD).parts


class TestLandmarks:
    def test_they_are_the_joints_by_name(self) -> None:
        seen = {joint.name: joint for joint in describe_body(standing({16: {"presence": 0.3}}), HEAD).joints}
        assert set(seen) == set(get_args(JointName))
        assert (seen["nose"].x, seen["nose"].y) == (0.5, 0.11)
        assert (seen["left-knee"].x, seen["right-knee"].x) == (0.6, 0.4)
        assert (seen["left-wrist"].confidence, seen["right-wrist"].confidence) == (0.99, 0.3)

    def test_from_head_to_feet(self) -> None:
        heights = [joint.y for joint in describe_body(standing(), HEAD).joints]
        assert heights == sorted(heights)

    def test_those_below_the_picture_lie_below_it(self) -> None:
        toes = [joint for joint in describe_body(cut_at(0.6), head_in(0.6)).joints if "toe" in joint.name]
        assert len(toes) == 2
        assert all(joint.y > 1.5 and joint.confidence < 0.1 for joint in toes)


class TestDirection:
    @pytest.mark.parametrize("degrees", [0, 25, -25])
    def test_frontal(self, degrees: float) -> None:
        assert is_frontal(_turned(degrees)) is True

    @pytest.mark.parametrize("degrees", [55, -55, 90, 180])
    def test_sideways_or_from_behind(self, degrees: float) -> None:
        assert is_frontal(_turned(degrees)) is False

    def test_in_between_nothing_is_said(self) -> None:
        assert is_frontal(_turned(40)) is None

    def test_nothing_is_said_without_shoulders(self) -> None:
        assert is_frontal(standing({11: {"presence": 0.2}})) is None

    def test_hips_that_are_out_of_the_picture_say_nothing(self) -> None:
        behind = standing({hip: {"world_z": 1.0 if hip == HIPS[0] else -1.0} for hip in HIPS})
        assert is_frontal(behind) is False
        hidden = tuple(
            replace(joint, y=1.5) if index in HIPS else joint for index, joint in enumerate(behind)
        )
        assert is_frontal(hidden) is True

    def test_the_sign_is_the_side_of_the_picture(self) -> None:
        assert turn_of(_turned(30), SHOULDERS) == pytest.approx(30)


class TestWhose:
    def test_the_nose_lies_in_the_face(self) -> None:
        assert belongs_to(standing(), FACE)

    @pytest.mark.parametrize("place", [{"x": 0.8}, {"x": 0.2}, {"y": 0.4}])
    def test_somebody_else(self, place: dict[str, float]) -> None:
        assert not belongs_to(standing({0: place}), FACE)
