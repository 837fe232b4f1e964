"""One person framed as a portrait asks for it, or why not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.repair.pictures import case, face, image, portrait
from validator.findings import Severity
from validator.model import Asset, Role
from validator.people import Box
from validator.repair.demands import Demands
from validator.repair.image_plan import plan_image
from validator.repair.options import RepairOptions
from validator.repair.plan import Case, Draft
from validator.repair.planning import answered, plan_case
from validator.repair.recipe import ImageRecipe

WIDE = image(2400, 1600)
ALONE = face(0.45, 0.2, 0.1, 0.2, 1600)
BESIDE = face(0.75, 0.25, 0.09, 0.18, 1600)
TOUCHING = face(0.53, 0.22, 0.1, 0.2, 1600)
NEAR = face(0.58, 0.22, 0.1, 0.2, 1600)


def close_up(*others: object, **options: object) -> Case:
    """A half-body photograph of one person, to be a close-up; with others beside it."""
    faces = (ALONE, *others)
    framing = portrait(ALONE, shot="group" if others else "half-body", role=Role.CLOSE_UP)
    return case(WIDE, role=Role.CLOSE_UP, faces=faces, framing=framing, format_name="jpeg", **options)  # type: ignore[arg-type]


def crop_of(draft: Draft) -> Box:
    assert isinstance(draft.recipe, ImageRecipe), (draft.obstacles, draft.warnings)
    assert draft.recipe.crop is not None
    return draft.recipe.crop


def shares(crop: Box) -> tuple[float, float]:
    """The head's height, and its middle across, in this crop."""
    middle = float(ALONE.x + ALONE.width / 2) * 2400
    return float(ALONE.height) * 1600 / crop.height, (middle - crop.x) / crop.width


class TestCloseUp:
    def test_two_thirds_vertical_and_centred(self) -> None:
        crop = crop_of(plan_image(close_up()))
        filled, middle = shares(crop)
        assert filled == pytest.approx(2 / 3, abs=0.005)
        assert middle == pytest.approx(0.5, abs=0.005)
        assert crop.width < crop.height

    def test_what_the_report_advises_is_what_is_done(self) -> None:
        advised = Box(900, 250, 400, 600)
        framing = portrait(ALONE, shot="half-body", role=Role.CLOSE_UP, close_up_crop=advised)
        planned = case(WIDE, role=Role.CLOSE_UP, faces=(ALONE,), framing=framing)
        assert crop_of(plan_image(planned)) == advised

    def test_the_copy_breaks_no_rule_on_paper(self) -> None:
        planned = close_up(level=Severity.WARNING)
        plan = plan_case(planned)
        assert plan.recipe is not None
        assert {finding.code for finding in answered(planned, plan)} == {"POR003", "POR004", "POR009"}
        assert plan.predicted is not None
        assert plan.predicted.portrait is not None
        assert plan.predicted.portrait.shot == "close-up"

    def test_another_attempt_leaves_more_room(self) -> None:
        import dataclasses

        first, second = (
            crop_of(plan_image(dataclasses.replace(close_up(), attempt=attempt))) for attempt in (0, 1)
        )
        assert second.height > first.height

    @staticmethod
    def small(role: Role | None = Role.CLOSE_UP, **options: object) -> Case:
        """A whole person, whose close-up has 144 rows of pixels."""
        small = face(0.45, 0.2, 0.03, 0.06, 1600)
        framing = portrait(small, shot="full-body", role=role)
        return case(WIDE, role=role, faces=(small,), framing=framing, **options)  # type: ignore[arg-type]

    def test_a_small_face_is_not_enlarged_for_good_advice(self) -> None:
        draft = plan_image(self.small())
        assert (draft.recipe, draft.obstacles) == (None, ())
        assert draft.warnings == (
            "It is not cropped to a close-up: that would be 96x144 pixels, to be enlarged 3.15 times, more"
            " than 2: choose a larger original, or have it all the same with --face largest.",
        )

    def test_what_else_is_wrong_is_mended_without_that_crop(self) -> None:
        recipe = plan_image(self.small(format_name="jp2")).recipe
        assert recipe == ImageRecipe(format="jpeg")

    def test_a_small_face_is_enlarged_where_a_rule_asks_for_it(self) -> None:
        assert crop_of(plan_image(self.small(level=Severity.WARNING))).height == 144

    def test_up_to_twice_is_worth_it(self) -> None:
        larger = face(0.45, 0.2, 0.05, 0.1, 1600)  # 240 rows: 1.9 times
        framing = portrait(larger, shot="full-body", role=Role.CLOSE_UP)
        draft = plan_image(case(WIDE, role=Role.CLOSE_UP, faces=(larger,), framing=framing))
        assert crop_of(draft).height == 240

    def test_a_small_face_that_is_named_is_enlarged_and_that_is_said(self) -> None:
        draft = plan_image(self.small(face="largest"))
        crop = crop_of(draft)
        assert crop.height == 144
        assert isinstance(draft.recipe, ImageRecipe)
        assert draft.recipe.size is not None
        assert draft.recipe.size[0] >= 301
        assert any("enlarged 3.1" in text for text in draft.warnings)

    def test_a_face_that_the_edge_cuts_is_advice(self) -> None:
        framing = portrait(ALONE, shot="half-body", role=Role.CLOSE_UP, head_cut=("left", "top"), cut_edges=2)
        draft = plan_image(case(WIDE, role=Role.CLOSE_UP, faces=(ALONE,), framing=framing))
        assert (draft.recipe, draft.obstacles) == (None, ())
        assert "left and top edges cut the face" in draft.warnings[0]

    def test_it_is_an_obstacle_where_warnings_are_to_be_answered(self) -> None:
        framing = portrait(ALONE, shot="half-body", role=Role.CLOSE_UP, head_cut=("left",), cut_edges=1)
        planned = case(WIDE, role=Role.CLOSE_UP, faces=(ALONE,), framing=framing, level=Severity.WARNING)
        draft = plan_image(planned)
        assert draft.recipe is None
        assert {each.code for each in draft.obstacles} >= {"POR004", "POR005"}

    def test_what_no_crop_changes_is_said_and_not_claimed(self) -> None:
        framing = portrait(ALONE, shot="half-body", role=Role.CLOSE_UP, smile=Fraction(9, 10))
        planned = case(WIDE, role=Role.CLOSE_UP, faces=(ALONE,), framing=framing)
        draft = plan_image(planned)
        assert draft.recipe is not None
        assert any("no copy changes that: choose" in text for text in draft.warnings)
        assert all("POR007" not in change.codes for change in draft.changes)

    def test_nobody_else_is_looked_at(self) -> None:
        draft = plan_image(case(WIDE, role=Role.PRODUCT, faces=(ALONE,), face="largest"))
        assert (draft.recipe, draft.obstacles) == (None, ())


class TestSeveralFaces:
    def test_without_a_choice_it_is_left_alone(self) -> None:
        draft = plan_image(close_up(BESIDE))
        assert (draft.recipe, draft.obstacles) == (None, ())
        assert "--face largest, or its number from 1 to 2" in draft.warnings[0]

    @pytest.mark.parametrize(("face_number", "index"), [("largest", 0), ("1", 0), ("2", 1)])
    def test_one_is_cropped_out(self, face_number: str, index: int) -> None:
        draft = plan_image(close_up(BESIDE, face=face_number))
        crop = crop_of(draft)
        wanted, other = (ALONE, BESIDE) if index == 0 else (BESIDE, ALONE)
        assert crop.x < wanted.x * 2400 < (wanted.x + wanted.width) * 2400 < crop.x + crop.width
        assert crop.x > (other.x + other.width) * 2400 or crop.x + crop.width < other.x * 2400
        assert draft.faces is not None
        assert draft.faces.face_count == 1
        assert "POR001" in draft.changes[0].codes
        assert draft.changes[0].how.endswith(f"face {index + 1}, without the other")

    def test_near_faces_by_a_tighter_crop(self) -> None:
        crop = crop_of(plan_image(close_up(NEAR, face="1")))
        assert crop.x + crop.width <= NEAR.x * 2400
        filled, middle = shares(crop)
        assert 0.5 < filled < 0.85
        assert 0.3 < middle < 0.7

    def test_overlapping_ones_are_an_obstacle(self) -> None:
        draft = plan_image(close_up(TOUCHING, face="largest"))
        assert draft.recipe is None
        assert draft.obstacles[0].reason.startswith("The faces overlap")

    def test_what_is_asked_for_is_planned_though_nothing_is_found(self) -> None:
        found = close_up(BESIDE, face="2")
        plain = replace(found, asset=Asset("a.png", "a.png"), findings=())
        plan = plan_case(plain)
        assert isinstance(plan.recipe, ImageRecipe)
        assert plan.recipe.crop is not None
        assert plan.changes[0].codes == ("POR001",)
        missing = plan_case(replace(plain, options=RepairOptions(face="3")))
        assert missing.recipe is None
        assert missing.obstacles[0].reason.startswith("There is no face 3 to crop to")
        alone = plan_case(replace(close_up(face="largest"), findings=(), demands=Demands()))
        assert (alone.recipe, alone.obstacles) == (None, ())

    @pytest.mark.parametrize("others", [(), (BESIDE,)])
    def test_one_that_is_not_there(self, others: tuple[object, ...]) -> None:
        draft = plan_image(close_up(*others, face="3"))
        assert draft.recipe is None
        assert draft.obstacles[0].reason.startswith("There is no face 3 to crop to")
        assert [obstacle.code for obstacle in draft.obstacles] == ["POR001"]


class TestFullBody:
    def test_the_sides_go_and_the_height_stays(self) -> None:
        standing = face(0.2, 0.1, 0.05, 0.12, 1600)
        framing = portrait(standing, shot="full-body", role=Role.FULL_BODY)
        draft = plan_image(case(WIDE, role=Role.FULL_BODY, faces=(standing,), framing=framing))
        crop = crop_of(draft)
        assert (crop.y, crop.height) == (0, 1600)
        assert crop.width <= 1600
        middle = (float(standing.x + standing.width / 2) * 2400 - crop.x) / crop.width
        assert 0.39 < middle < 0.61
        assert draft.portrait is not None
        assert draft.portrait.shot == "full-body"

    def test_a_wide_picture_is_not_padded_to_a_portrait(self) -> None:
        """Room above and below answers the letter of the rule, and nobody's wish."""
        edge = face(0.0, 0.1, 0.03, 0.12, 1600)
        framing = portrait(edge, shot="full-body", role=Role.FULL_BODY)
        draft = plan_image(case(WIDE, role=Role.FULL_BODY, faces=(edge,), framing=framing))
        assert draft.recipe is None
        assert any("too near to the picture's side" in text for text in draft.warnings)

    def test_unless_its_ratio_is_wrong_besides(self) -> None:
        edge = face(0.0, 0.1, 0.01, 0.12, 1600)
        framing = portrait(edge, shot="full-body", role=Role.FULL_BODY)
        strip = case(image(6000, 1600), role=Role.FULL_BODY, faces=(edge,), framing=framing)
        draft = plan_image(strip)
        assert isinstance(draft.recipe, ImageRecipe)
        assert draft.recipe.canvas is not None
        assert (draft.recipe.canvas.width, draft.recipe.canvas.height) == (6000, 2401)
