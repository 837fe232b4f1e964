"""Where faces come to lie in a copy."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.repair.pictures import face, portrait
from validator.people import Box, FaceFacts
from validator.repair.people_after import Placing, faces_after, portrait_after
from validator.repair.recipe import Canvas

FACE = face(0.4, 0.3, 0.2, 0.4, 1000)
SEEN = FaceFacts(face_count=1, faces=(FACE,))
SIDES = st.integers(1, 500)


@given(SIDES, SIDES, SIDES, SIDES, st.fractions(0, 1), st.fractions(0, 1))
def test_a_canvas_and_a_scale_can_be_undone(
    left: int, top: int, width: int, height: int, x: Fraction, y: Fraction
) -> None:
    """Whatever is done to it, a point stays at its place in the part of the picture that is shown."""
    crop = Box(left, top, width, height)
    content = (width * 2, height * 3)
    canvas = Canvas(content[0] + left, content[1] + top, left, top, "blur")
    placing = Placing(2000, 1000, crop, content, canvas)
    inside = (left + x * width) / 2000, (top + y * height) / 1000
    assert placing.x(inside[0]) * canvas.width == left + x * content[0]
    assert placing.y(inside[1]) * canvas.height == top + y * content[1]


class TestFaces:
    def test_untouched(self) -> None:
        assert faces_after(SEEN, Placing(1000, 1000, Box(0, 0, 1000, 1000), (1000, 1000), None)).faces == (
            FACE,
        )

    def test_padded(self) -> None:
        placing = Placing(1000, 1000, Box(0, 0, 1000, 1000), (1000, 1000), Canvas(2000, 1000, 500, 0, "blur"))
        (moved,) = faces_after(SEEN, placing).faces or ()
        assert (moved.x, moved.width, moved.height_px) == (Fraction(9, 20), Fraction(1, 10), 400)

    def test_cut_off(self) -> None:
        placing = Placing(1000, 1000, Box(0, 0, 420, 1000), (420, 1000), None)
        after = faces_after(SEEN, placing)
        assert (after.face_count, after.faces, after.faces_detail) == (0, (), "no face")

    @pytest.mark.parametrize(("left", "count"), [(520, 1), (549, 1), (550, 1), (551, 0)])
    def test_a_quarter_is_still_seen(self, left: int, count: int) -> None:
        placing = Placing(1000, 1000, Box(left, 0, 450, 1000), (450, 1000), None)
        assert faces_after(SEEN, placing).face_count == count  # the face ends at 600, and is 200 wide

    def test_the_one_that_is_meant_comes_first(self) -> None:
        other = face(0.7, 0.3, 0.1, 0.2, 1000)
        both = FaceFacts(face_count=2, faces=(FACE, other))
        placing = Placing(1000, 1000, Box(0, 0, 1000, 1000), (1000, 1000), None)
        assert faces_after(both, placing, 1).faces == (other, FACE)


class TestPortrait:
    def test_its_measures_move_along(self) -> None:
        facts = portrait(FACE, shot="half-body")
        placing = Placing(1000, 1000, Box(250, 200, 500, 600), (500, 600), None)
        after = portrait_after(facts, faces_after(SEEN, placing), placing, None)
        assert (after.head_height, after.head_center_x) == (Fraction(667, 1000), Fraction(1, 2))
        assert (after.shot, after.practice, after.face_height) == ("close-up", "close-up", 400)
        assert after.full_body is None

    def test_an_edge_that_cuts_it(self) -> None:
        facts = portrait(FACE, shot="half-body")
        placing = Placing(1000, 1000, Box(450, 0, 550, 1000), (550, 1000), None)
        after = portrait_after(facts, faces_after(SEEN, placing), placing, None)
        assert (after.head_cut, after.cut_edges) == (("left",), 1)

    def test_of_another_head_nothing_but_its_box_is_known(self) -> None:
        facts = portrait(FACE, shot="group", smile=Fraction(9, 10))
        other = FaceFacts(face_count=1, faces=(face(0.1, 0.1, 0.1, 0.1, 1000),))
        placing = Placing(1000, 1000, Box(0, 0, 400, 600), (400, 600), None)
        after = portrait_after(facts, other, placing, None, main=1)
        assert (after.smile, after.head_height, after.cut_edges) == (None, None, 0)
