"""What face workers answer becomes facts: exact, in words, and never an exception."""

from __future__ import annotations

import math
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.findings import AssetReport, Severity
from validator.judge import Policy, judge
from validator.model import Asset, Facts, ImageFacts, Kind, Role
from validator.people import Box, Face, FaceFacts, Joint, PortraitFacts, Practice, Shot
from validator.probe.portrait.facts import face_facts, faces_in_words, portrait_facts, unmeasured
from validator.probe.portrait.look import Body, BodyPart, Edge, FoundFace, Head, Landmark, Look
from validator.probe.still import Still
from validator.profile import load_profile

FACE = FoundFace(0.35, 0.2, 0.3, 0.4, 0.95)
HEAD = Head(0.35, 0.2, 0.3, 0.4, (), 1.0, 2.0, 3.0, 0.1, 0.05, 0.6, 0.5)
WHOLE: tuple[BodyPart, ...] = ("head", "shoulders", "hands", "hips", "knees", "ankles")


def still(width: int = 1000, height: int = 1500, time: Fraction | None = None) -> Still:
    return Still(10, 15, bytes(450), width, height, time)


def face(x: float, width: float = 0.05, height_px: int = 58) -> Face:
    def exact(value: float) -> Fraction:
        return Fraction(round(value * 1000), 1000)

    return Face(exact(x), Fraction("0.4"), exact(width), Fraction("0.06"), height_px, Fraction("0.9"))


MAIN = face(0.3, 0.3, 400)


class TestWords:
    @pytest.mark.parametrize(
        ("faces", "words"),
        [
            ((), "no face"),
            ((MAIN,), "1 face"),
            ((MAIN, face(0.0)), "2 faces (one of 58 px at the left edge)"),
            ((MAIN, face(0.95)), "2 faces (one of 58 px at the right edge)"),
            ((MAIN, face(0.1)), "2 faces (one of 58 px on the left)"),
            ((MAIN, face(0.8)), "2 faces (one of 58 px on the right)"),
            ((MAIN, face(0.5)), "2 faces (one of 58 px in the middle)"),
            (
                (MAIN, face(0.0), face(0.8, height_px=1_200)),
                "3 faces (one of 58 px at the left edge, one of 1,200 px on the right)",
            ),
            (
                (MAIN, *(face(0.1),) * 4),
                "5 faces (one of 58 px on the left, one of 58 px on the left, one of 58 px on the left, "
                "and 1 more)",
            ),
        ],
    )
    def test_how_many_and_where(self, faces: tuple[Face, ...], words: str) -> None:
        assert faces_in_words(faces) == words

    def test_a_face_as_wide_as_the_picture_lies_at_an_edge(self) -> None:
        assert faces_in_words((MAIN, face(0.0, 1.0))) == "2 faces (one of 58 px at the left edge)"


class TestCount:
    def test_none(self) -> None:
        facts = face_facts(still(), Look(()))
        assert facts == FaceFacts(face_count=0, faces=(), faces_detail="no face")

    def test_boxes_are_shares_of_the_picture_and_heights_pixels_as_shown(self) -> None:
        facts = face_facts(still(), Look((FACE,)))
        assert facts.face_count == 1
        assert facts.faces == (
            Face(Fraction("0.35"), Fraction("0.2"), Fraction("0.3"), Fraction("0.4"), 600, Fraction("0.95")),
        )
        assert (facts.face_time, facts.face_frames) == (None, None)

    def test_thousandths_are_all_that_is_believed(self) -> None:
        facts = face_facts(still(), Look((FoundFace(0.12345, 0.2, 0.3, 0.4, 0.99999, drawn=True),)))
        assert facts.faces is not None
        (found,) = facts.faces
        assert (found.x, found.confidence, found.drawn) == (Fraction("0.123"), Fraction(1), True)

    def test_the_frame_of_a_clip(self) -> None:
        facts = face_facts(still(time=Fraction(7, 3)), Look((FACE, FACE)), frames=5)
        assert (facts.face_count, facts.face_time, facts.face_frames) == (2, Fraction(7, 3), 5)

    def test_no_time_where_no_frame_has_a_face(self) -> None:
        facts = face_facts(still(time=Fraction(7, 3)), Look(()), frames=5)
        assert (facts.face_count, facts.face_time, facts.face_frames) == (0, None, 5)


class TestPractice:
    @pytest.mark.parametrize(
        ("shot", "practice"),
        [
            ("close-up", "close-up"),
            ("half-body", "half-body"),
            ("three-quarter", "half-body"),
            ("full-body", "full-body"),
            ("group", "other"),
            ("none", "none"),
        ],
    )
    @pytest.mark.parametrize("role", [None, Role.PORTRAIT])
    def test_without_a_framing_in_the_role_the_shot_decides(
        self, shot: Shot, practice: Practice, role: Role | None
    ) -> None:
        facts = portrait_facts(still(), Look((FACE,), HEAD, None, shot), role)
        assert (facts.shot, facts.practice) == (shot, practice)

    @pytest.mark.parametrize("shot", ["close-up", "half-body", "three-quarter", "full-body", "group", "none"])
    @pytest.mark.parametrize(
        ("role", "practice"), [(Role.CLOSE_UP, "close-up"), (Role.FULL_BODY, "full-body")]
    )
    def test_a_role_decides_whatever_is_seen(self, shot: Shot, role: Role, practice: Practice) -> None:
        faces = () if shot == "none" else (FACE,)
        facts = portrait_facts(still(), Look(faces, None, None, shot), role)
        assert (facts.shot, facts.practice) == (shot, practice)

    def test_nothing_more_is_said_of_a_picture_without_faces(self) -> None:
        assert portrait_facts(still(), Look(()), None) == PortraitFacts(shot="none", practice="none")


class TestHead:
    def test_its_place_and_direction(self) -> None:
        facts = portrait_facts(still(), Look((FACE,), HEAD, None, "close-up"), None)
        assert (facts.face_height, facts.head_height) == (600, Fraction("0.4"))
        assert (facts.head_center_x, facts.head_center_y) == (Fraction("0.5"), Fraction("0.4"))
        assert (facts.yaw, facts.pitch, facts.roll) == (Fraction(1), Fraction(2), Fraction(3))
        assert (facts.smile, facts.jaw_open) == (Fraction("0.1"), Fraction("0.05"))
        assert (facts.sharpness, facts.brightness) == (Fraction("0.6"), Fraction("0.5"))
        assert (facts.head_cut, facts.cut_edges, facts.head_cut_detail) == ((), 0, None)

    def test_angles_are_tenths_of_a_degree(self) -> None:
        head = msgspec.structs.replace(HEAD, yaw=-12.345, roll=0.04)
        facts = portrait_facts(still(), Look((FACE,), head, None, "close-up"), None)
        assert (facts.yaw, facts.roll) == (Fraction("-12.3"), Fraction(0))

    @pytest.mark.parametrize(
        ("cut", "words"),
        [
            (("left",), "left edge"),
            (("left", "top"), "left and top edges"),
            (("left", "right", "top"), "left and right and top edges"),
        ],
    )
    def test_which_edges_cut_it(self, cut: tuple[Edge, ...], words: str) -> None:
        head = msgspec.structs.replace(HEAD, cut=cut)
        facts = portrait_facts(still(), Look((FACE,), head, None, "close-up"), None)
        assert (facts.head_cut, facts.cut_edges, facts.head_cut_detail) == (cut, len(cut), words)
        assert facts.close_up_crop is None

    def test_the_crop_is_in_pixels_as_shown(self) -> None:
        head = msgspec.structs.replace(HEAD, x=0.42, width=0.16, height=0.3)
        facts = portrait_facts(still(3000, 2000), Look((FACE,), head, None, "half-body"), None)
        assert facts.close_up_crop == Box(1200, 214, 600, 900)

    def test_of_a_face_without_a_mesh_only_its_height_is_known(self) -> None:
        facts = portrait_facts(still(), Look((FACE,), None, None, "close-up"), None)
        assert facts.face_height == 600
        assert (facts.head_height, facts.yaw, facts.cut_edges, facts.close_up_crop) == (None,) * 4


class TestFullBody:
    @pytest.mark.parametrize(
        ("body", "state", "words"),
        [
            (Body(WHOLE, frontal=True), "whole", None),
            (Body(WHOLE, frontal=None), "whole", None),
            (Body(WHOLE, frontal=False), "turned", None),
            (None, "no-body", None),
            (Body(WHOLE[1:], frontal=True), "cut", "Of the body, head lies outside the picture"),
            (Body(WHOLE[:-1], frontal=True), "cut", "Of the body, feet lie outside the picture"),
            (Body(WHOLE[:-2], frontal=True), "cut", "Of the body, knees and feet lie outside the picture"),
            (
                Body(("head", "shoulders"), frontal=True),
                "cut",
                "Of the body, hands, hips, knees and feet lie outside the picture",
            ),
            (Body(WHOLE[:-1], frontal=False), "cut", "Of the body, feet lie outside the picture"),
        ],
    )
    def test_states(self, body: Body | None, state: str, words: str | None) -> None:
        facts = portrait_facts(still(), Look((FACE,), HEAD, body, "full-body"), None)
        assert (facts.full_body, facts.full_body_detail) == (state, words)
        assert facts.body_parts == (None if body is None else body.parts)
        assert facts.body_frontal == (None if body is None else body.frontal)

    def test_joints_are_shares_of_the_picture_in_thousandths(self) -> None:
        seen = Landmark("nose", 0.12345, -0.2, 0.9996), Landmark("left-toe", math.nan, 0.5, 0.9)
        body = Body(WHOLE, frontal=True, joints=seen)
        facts = portrait_facts(still(), Look((FACE,), HEAD, body, "full-body"), None)
        assert facts.body_joints == (Joint("nose", Fraction("0.123"), Fraction("-0.2"), Fraction(1)),)

    @pytest.mark.parametrize("body", [None, Body(WHOLE, frontal=True)])
    def test_without_a_body_there_are_no_joints(self, body: Body | None) -> None:
        facts = portrait_facts(still(), Look((FACE,), HEAD, body, "full-body"), None)
        assert facts.body_joints is None

    def test_of_several_people_no_body_is_judged(self) -> None:
        facts = portrait_facts(still(), Look((FACE, FACE), HEAD, None, "group"), None)
        assert facts.full_body is None


def judged(look: Look, role: Role | None = None, size: tuple[int, int] = (1000, 1500)) -> AssetReport:
    """The report on a picture of which this was seen: POR rules only."""
    asset = Asset("a.png", "a.png", role=role)
    picture = still(*size)
    media = ImageFacts(width=size[0], height=size[1], aspect_ratio=Fraction(*size))
    facts = Facts(
        Kind.IMAGE,
        media=media,
        faces=face_facts(picture, look),
        portrait=portrait_facts(picture, look, role),
    )
    profile = load_profile()
    codes = frozenset(code for code in profile.codes if code.startswith("POR"))
    return AssetReport(asset, facts, *judge(asset, facts, profile, Policy(codes=codes)))


SMALL_FACE = FoundFace(0.45, 0.05, 0.1, 0.12, 0.95)
SMALL_HEAD = msgspec.structs.replace(HEAD, x=0.45, y=0.05, width=0.1, height=0.12)


class TestJudged:
    def full_body(self, body: Body | None, role: Role | None = None) -> list[tuple[str, str]]:
        report = judged(Look((SMALL_FACE,), SMALL_HEAD, body, "full-body"), role)
        assert not report.not_judged
        return [(finding.code, finding.message) for finding in report.findings]

    @pytest.mark.parametrize("role", [None, Role.PORTRAIT, Role.FULL_BODY])
    @pytest.mark.parametrize("frontal", [True, None])
    def test_a_full_body_passes(self, role: Role | None, frontal: bool | None) -> None:
        assert self.full_body(Body(WHOLE, frontal), role) == []

    @pytest.mark.parametrize("part", WHOLE)
    def test_each_part_of_a_body_is_asked_for(self, part: BodyPart) -> None:
        parts = tuple(each for each in WHOLE if each != part)
        ((code, message),) = self.full_body(Body(parts, frontal=True))
        assert code == "POR008"
        words = {"ankles": "feet"}
        assert words.get(part, part) in message
        assert not any(words.get(each, each) in message for each in parts)

    def test_a_body_from_the_side(self) -> None:
        assert self.full_body(Body(WHOLE, frontal=False)) == [
            ("POR008", "The body does not face the camera.")
        ]

    def test_a_face_alone_under_the_role_of_a_full_body(self) -> None:
        found = self.full_body(None, Role.FULL_BODY)
        assert found == [("POR008", "No body was found, only a face.")]

    def test_a_full_body_under_the_role_of_a_close_up(self) -> None:
        found = [code for code, _ in self.full_body(Body(WHOLE, frontal=True), Role.CLOSE_UP)]
        assert found == ["POR004", "POR009"]

    def test_a_half_body_shot_gets_one_note(self) -> None:
        report = judged(Look((FACE,), HEAD, Body(WHOLE[:3], frontal=True), "half-body"))
        assert [(finding.code, finding.severity) for finding in report.findings] == [
            ("POR009", Severity.NOTE)
        ]
        assert "close-up above the shoulders and a full-body shot" in report.findings[0].message

    def test_a_picture_without_faces_is_no_portrait(self) -> None:
        report = judged(Look(()), size=(1500, 1000))
        assert (report.findings, report.not_judged) == ((), ())

    def test_a_face_without_a_mesh_leaves_rules_unjudged(self) -> None:
        report = judged(Look((FACE,), None, None, "close-up"))
        assert report.findings == ()
        assert {skipped.code for skipped in report.not_judged} == {
            "POR004",
            "POR005",
            "POR006",
            "POR007",
            "POR010",
        }


NUMBERS = st.floats(width=32) | st.floats(-0.5, 1.5)  # 32 bits are what networks answer with
FACES = st.builds(FoundFace, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.booleans())
EDGES = st.lists(st.sampled_from(("left", "right", "top", "bottom")), unique=True).map(tuple)
HEADS = st.builds(Head, *(NUMBERS,) * 4, EDGES, *(NUMBERS,) * 7)
BODIES = st.builds(
    Body, st.lists(st.sampled_from(WHOLE), unique=True).map(tuple), st.sampled_from((True, False, None))
)
SHOTS = st.sampled_from(("close-up", "half-body", "three-quarter", "full-body", "group", "none"))
LOOKS = st.builds(Look, st.lists(FACES, max_size=6).map(tuple), st.none() | HEADS, st.none() | BODIES, SHOTS)


class TestWhateverANetworkAnswers:
    @given(LOOKS, st.none() | st.sampled_from(Role), st.integers(1, 20_000), st.integers(1, 20_000))
    def test_it_can_be_judged_and_reported(
        self, look: Look, role: Role | None, width: int, height: int
    ) -> None:
        report = judged(look, role, (width, height))
        for finding in report.findings:
            assert finding.message.endswith(".")
            assert "nan" not in finding.message.lower()
            assert msgspec.json.decode(msgspec.json.encode(finding.location)) == finding.location
        assert report.facts.portrait is not None
        crop = report.facts.portrait.close_up_crop
        if crop is not None:
            assert crop.x >= 0
            assert crop.y >= 0
            assert crop.x + crop.width <= width
            assert crop.y + crop.height <= height

    @given(FACES)
    def test_a_faces_height_is_a_number_of_pixels(self, found: FoundFace) -> None:
        facts = face_facts(still(), Look((found,)))
        assert facts.faces is not None
        assert facts.faces[0].height_px >= 0

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    def test_what_is_no_number_is_not_measured(self, value: float) -> None:
        head = msgspec.structs.replace(HEAD, smile=value, yaw=value)
        report = judged(Look((FACE,), head, None, "close-up"))
        assert report.facts.portrait is not None
        assert (report.facts.portrait.smile, report.facts.portrait.yaw) == (None, None)


def test_a_reason_stands_under_every_fact_of_people() -> None:
    reasons = unmeasured("it is dark")
    assert {"face_count", "shot", "practice", "close_up_crop", "smile"} <= reasons.keys()
    assert set(reasons.values()) == {"it is dark"}
    assert "width" not in reasons
