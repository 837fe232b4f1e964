"""What is drawn over small pictures: faces, the crop that a finding asks for, joints."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import msgspec
import pytest

from tests.report.samples import portrait, watched
from tests.report.seen import drawn, seen_portrait
from validator.findings import AssetReport, Severity
from validator.people import Face, FaceFacts, Joint
from validator.report.overlay import Overlay, over_frame, over_picture

SMALL = drawn(40, 30, "gray")


def over(result: AssetReport) -> Overlay:
    return over_picture(SMALL, result.facts, result.findings)


def with_joints(*joints: Joint) -> Overlay:
    facts = seen_portrait().facts
    assert facts.portrait is not None
    framing = msgspec.structs.replace(facts.portrait, body_joints=joints)
    return over_picture(SMALL, dataclasses.replace(facts, portrait=framing), ())


def joint(name: str, x: str, y: str, confidence: str = "0.9") -> Joint:
    return Joint(name, Fraction(x), Fraction(y), Fraction(confidence))  # type: ignore[arg-type]  # one of its names


class TestFaces:
    def test_lie_where_the_small_picture_has_them(self) -> None:
        main, poster = over(portrait()).faces
        assert (main.x, main.y, main.width, main.height) == ("16", "3", "8", "9")
        assert (main.kind, poster.kind) == ("main", "drawn")
        assert main.title == "the main face, 270 px high, confidence 0.98"
        assert poster.title == "a face, drawn or printed, 58 px high, confidence 0.7"

    def test_of_a_clip_lie_over_its_frame(self) -> None:
        face = Face(Fraction("0.5"), Fraction(0), Fraction("0.5"), Fraction(1), 90, Fraction(1))
        facts = dataclasses.replace(watched().facts, faces=FaceFacts(face_count=1, faces=(face,)))
        (only,) = over_frame(SMALL, facts).faces
        assert (only.x, only.width, only.title) == ("20", "20", "a face, 90 px high, confidence 1")

    def test_that_were_not_looked_for_are_not_drawn(self) -> None:
        facts = dataclasses.replace(portrait().facts, faces=None, portrait=None)
        assert not over_picture(SMALL, facts, portrait().findings)
        assert over_picture(SMALL, facts, ()).words == ""

    def test_far_away_stay_numbers_that_can_be_drawn(self) -> None:
        far = Face(Fraction(10**9), Fraction(-(10**9)), Fraction(1, 3), Fraction(1), 1, Fraction(1))
        facts = dataclasses.replace(portrait().facts, faces=FaceFacts(faces=(far,)))
        (only,) = over_picture(SMALL, facts, ()).faces
        assert (only.x, only.y, only.width) == ("9999", "-9999", "13.3")


class TestCrop:
    def test_is_drawn_where_a_finding_asks_for_it(self) -> None:
        crop = over(portrait()).crop
        assert crop is not None
        assert (crop.x, crop.y, crop.width, crop.height) == ("13.4", "3.2", "27.1", "40.6")
        assert (crop.kind, crop.title) == ("asked", "crop to 812x1218 at (402, 96)")

    def test_is_only_offered_by_a_note(self) -> None:
        findings = [msgspec.structs.replace(each, severity=Severity.NOTE) for each in portrait().findings]
        crop = over_picture(SMALL, portrait().facts, findings).crop
        assert crop is not None
        assert crop.kind == "offered"

    def test_is_not_drawn_where_none_asks(self) -> None:
        assert over_picture(SMALL, portrait().facts, ()).crop is None


class TestBody:
    def test_joints_that_lie_in_the_picture_are_dots(self) -> None:
        drawn_over = over(seen_portrait())
        assert [(dot.x, dot.y, dot.title) for dot in drawn_over.dots] == [
            ("20", "6", "nose, confidence 0.99"),
            ("24", "12", "left shoulder, confidence 0.9"),
            ("16", "12", "right shoulder, confidence 0.9"),
        ]

    def test_limbs_lead_out_of_the_picture_but_not_to_what_is_far_away(self) -> None:
        limbs = over(seen_portrait()).limbs
        assert [(limb.x1, limb.y1, limb.x2, limb.y2) for limb in limbs] == [
            ("24", "12", "16", "12"),
            ("24", "12", "23.2", "33"),
        ]

    def test_what_is_guessed_looks_otherwise(self) -> None:
        sure = with_joints(joint("left-hip", "0.1", "0.1"), joint("left-knee", "0.1", "0.5"))
        guessed = with_joints(joint("left-hip", "0.1", "0.1"), joint("left-knee", "0.1", "0.5", "0.3"))
        assert ([limb.kind for limb in sure.limbs], [limb.kind for limb in guessed.limbs]) == (
            ["sure"],
            ["guessed"],
        )
        assert [dot.kind for dot in guessed.dots] == ["sure", "guessed"]

    @pytest.mark.parametrize("side", ["left", "right"])
    def test_every_limb_of_a_whole_body_is_drawn(self, side: str) -> None:
        names = ["shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe"]
        whole = with_joints(*(joint(f"{side}-{name}", "0.5", f"0.{at + 1}") for at, name in enumerate(names)))
        assert len(whole.limbs) == len(names) - 1


def test_what_is_drawn_is_said_in_words() -> None:
    whole = over(seen_portrait())
    assert whole.words == "2 faces, the crop to make, the body's joints"
    assert whole.kinds == {"face-main", "face-drawn", "crop-asked", "body"}
