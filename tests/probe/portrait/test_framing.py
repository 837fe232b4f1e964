"""The main face as the landmarkers see it in composed photographs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageEnhance, ImageFilter

from tests.probe.portrait.astronaut import HEAD, Pixels, astronaut, face_in, framed, model, pixels
from validator.probe.portrait.framing import Framer, cut_edges
from validator.probe.portrait.look import FoundFace, Head
from validator.probe.portrait.mesh import angles, overlap

_FACE = FoundFace(*HEAD, 0.9)


@pytest.fixture(scope="module")
def framer() -> Iterator[Framer]:
    opened = Framer(model("face_landmarker.task"), model("pose_landmarker_full.task"))
    yield opened
    opened.close()


def _head(framer: Framer, picture: Pixels, face: tuple[float, float, float, float]) -> Head:
    head, _, _ = framer.look(picture, (FoundFace(*face, 0.9),))
    assert head is not None
    return head


def _turned(degrees: float) -> Pixels:
    """A frame with the head at 40 % of its height, turned clockwise around its middle."""
    return pixels(Image.fromarray(framed(0.4)).rotate(-degrees, fillcolor=(90, 90, 90)))


class TestPlace:
    @pytest.mark.parametrize(
        ("fill", "least", "most"), [(0.3, 0.27, 0.33), (2 / 3, 0.62, 0.72), (0.95, 0.9, 1.0)]
    )
    @pytest.mark.parametrize("ratio", [2 / 3, 1.5])
    def test_height(self, framer: Framer, fill: float, least: float, most: float, ratio: float) -> None:
        head = _head(framer, framed(fill, ratio), face_in(fill, ratio))
        assert least <= head.height <= most
        assert head.x + head.width / 2 == pytest.approx(0.5, abs=0.03)
        assert head.y + head.height / 2 == pytest.approx(0.5, abs=0.03)

    def test_a_small_face_in_a_large_picture(self, framer: Framer) -> None:
        head = _head(framer, framed(0.05, 16 / 9, height=1080), face_in(0.05, 16 / 9))
        assert head.height == pytest.approx(0.05, abs=0.005)

    def test_each_face_has_its_own_mesh(self, framer: Framer) -> None:
        both = np.ascontiguousarray(np.hstack([astronaut(), astronaut()[:, ::-1]]))
        left = FoundFace(HEAD[0] / 2, HEAD[1], HEAD[2] / 2, HEAD[3], 0.9)
        right = FoundFace(1 - left.x - left.width, HEAD[1], HEAD[2] / 2, HEAD[3], 0.9)
        for faces, x in (((left, right), left.x), ((right, left), right.x)):
            head, body, shot = framer.look(both, faces)
            assert head is not None
            assert head.x == pytest.approx(x, abs=0.02)
            assert (body, shot) == (None, "group")


class TestCut:
    @pytest.mark.parametrize(
        ("right", "down", "cut"),
        [
            (0.0, 0.0, ()),
            (-0.35, 0.0, ("left",)),
            (0.35, 0.0, ("right",)),
            (0.0, -0.35, ("top",)),
            (0.0, 0.35, ("bottom",)),
            (-0.15, 0.0, ()),
            (0.0, 0.2, ()),
        ],
    )
    def test_moved_across_an_edge(
        self, framer: Framer, right: float, down: float, cut: tuple[str, ...]
    ) -> None:
        picture = framed(0.5, right=right, down=down)
        assert _head(framer, picture, face_in(0.5, right=right, down=down)).cut == cut

    def test_a_face_wider_than_the_frame(self, framer: Framer) -> None:
        assert _head(framer, framed(0.95), face_in(0.95)).cut == ("left", "right")

    def test_the_edge_itself_does_not_cut(self) -> None:
        assert cut_edges((-0.005, 0.0, 0.495, 1.0)) == ()
        assert cut_edges((-0.02, -0.03, 1.03, 1.04)) == ("right", "top", "bottom")


class TestDirection:
    def test_a_face_to_the_camera(self, framer: Framer) -> None:
        head = _head(framer, framed(2 / 3), face_in(2 / 3))
        assert abs(head.yaw) < 5
        assert abs(head.pitch) < 12
        assert abs(head.roll) < 6

    @pytest.mark.parametrize("degrees", [-40, -20, 20, 40])
    def test_roll_is_clockwise(self, framer: Framer, degrees: float) -> None:
        upright = _head(framer, _turned(0), face_in(0.4)).roll
        assert _head(framer, _turned(degrees), face_in(0.4)).roll - upright == pytest.approx(degrees, abs=5)

    def test_yaw_changes_sides_in_a_mirror(self, framer: Framer) -> None:
        picture = _turned(40)
        head = _head(framer, picture, face_in(0.4))
        mirrored = _head(framer, np.ascontiguousarray(picture[:, ::-1]), face_in(0.4))
        assert head.yaw < -2
        assert mirrored.yaw == pytest.approx(-head.yaw, abs=3)
        assert mirrored.roll == pytest.approx(-head.roll, abs=5)

    def test_the_cameraman_looks_to_the_right(self, framer: Framer) -> None:
        profile = np.repeat(skimage.data.camera()[:, :, None], 3, axis=2)  # type: ignore[no-untyped-call]
        head = _head(framer, profile, (0.4, 0.22, 0.12, 0.17))
        assert head.yaw > 35

    @pytest.mark.parametrize(
        ("axis", "degrees", "expected"),
        [("y", 20, (20, 0, 0)), ("x", 20, (0, 20, 0)), ("z", -20, (0, 0, 20))],
    )
    def test_turns_of_the_matrix(self, axis: str, degrees: float, expected: tuple[float, ...]) -> None:
        turn = np.deg2rad(degrees)
        one, other = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
        matrix = np.eye(4)
        matrix[one, one] = matrix[other, other] = np.cos(turn)
        matrix[one, other], matrix[other, one] = -np.sin(turn), np.sin(turn)
        assert angles(matrix) == pytest.approx(expected)


class TestExpressionAndLight:
    def test_she_smiles_with_closed_jaws(self, framer: Framer) -> None:
        head = _head(framer, framed(2 / 3), face_in(2 / 3))
        assert head.smile > 0.7
        assert head.jaw_open < 0.1

    def test_sharpness(self, framer: Framer) -> None:
        image = Image.fromarray(framed(2 / 3))
        blurred = pixels(image.filter(ImageFilter.GaussianBlur(0.025 * 600)))
        assert _head(framer, framed(2 / 3), face_in(2 / 3)).sharpness > 0.55
        assert _head(framer, blurred, face_in(2 / 3)).sharpness < 0.42

    @pytest.mark.parametrize(("factor", "brightness"), [(0.2, 0.13), (1.0, 0.63), (2.0, 0.92)])
    def test_brightness(self, framer: Framer, factor: float, brightness: float) -> None:
        image = ImageEnhance.Brightness(Image.fromarray(framed(2 / 3))).enhance(factor)
        assert _head(framer, pixels(image), face_in(2 / 3)).brightness == pytest.approx(brightness, abs=0.04)


class TestBodyAndShot:
    def test_half_of_her_is_to_be_seen(self, framer: Framer) -> None:
        head, body, shot = framer.look(astronaut(), (_FACE,))
        assert head is not None
        assert body is not None
        assert {"head", "shoulders"} <= set(body.parts)
        assert not {"knees", "ankles"} & set(body.parts)
        assert body.frontal is True
        assert shot == "half-body"

    @pytest.mark.parametrize(("fill", "shot"), [(0.3, "half-body"), (2 / 3, "close-up"), (0.95, "close-up")])
    def test_the_nearer_the_less(self, framer: Framer, fill: float, shot: str) -> None:
        assert framer.look(framed(fill), (FoundFace(*face_in(fill), 0.9),))[2] == shot

    def test_no_body_is_looked_for_in_a_close_up(self, framer: Framer) -> None:
        assert framer.look(framed(2 / 3), (FoundFace(*face_in(2 / 3), 0.9),))[1] is None

    def test_the_body_of_somebody_else_is_not_described(self, framer: Framer) -> None:
        assert framer.look(astronaut(), (FoundFace(0.8, 0.7, 0.1, 0.1, 0.9),))[1] is None

    def test_without_faces_nothing_is_looked_for(self, framer: Framer) -> None:
        assert framer.look(astronaut(), ()) == (None, None, "none")


class TestNoMesh:
    @pytest.mark.parametrize("name", ["coffee", "rocket"])
    def test_where_there_is_no_face(self, framer: Framer, name: str) -> None:
        picture = np.ascontiguousarray(getattr(skimage.data, name)())
        assert framer.look(picture, (FoundFace(0.3, 0.3, 0.3, 0.3, 0.9),))[0] is None

    def test_a_mesh_elsewhere_is_not_of_this_face(self, framer: Framer) -> None:
        beside = FoundFace(HEAD[0] + HEAD[2], HEAD[1], HEAD[2], HEAD[3], 0.9)
        assert framer.look(astronaut(), (beside,))[0] is None

    def test_a_face_that_lies_on_its_side(self, framer: Framer) -> None:
        lying = np.ascontiguousarray(np.rot90(astronaut()))
        face = FoundFace(HEAD[1], 1 - HEAD[0] - HEAD[2], HEAD[3], HEAD[2], 0.9)
        assert framer.look(lying, (face,))[0] is None

    def test_boxes_that_do_not_meet(self) -> None:
        assert overlap((0.0, 0.0, 0.2, 0.2), FoundFace(0.5, 0.0, 0.2, 0.2, 0.9)) == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (7, 5), (30, 2000), (2000, 30)])
@pytest.mark.parametrize("face", [(0.0, 0.0, 1.0, 1.0), (0.4, 0.4, 0.01, 0.01), (0.9, 0.9, 0.1, 0.0)])
def test_odd_pictures_raise_nothing(
    framer: Framer, size: tuple[int, int], face: tuple[float, float, float, float]
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    for picture in (np.zeros((*size, 3), np.uint8), noise):
        assert framer.look(picture, (FoundFace(*face, 0.9),))[0] is None
