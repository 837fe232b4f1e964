"""One person's photograph, shown in many ways, stays one point; what cannot be compared is left out.

Where dlib is not installed, only what is said of that is tested.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageEnhance

from tests.probe.portrait.astronaut import HEAD, Pixels, astronaut, face_in, framed, pixels
from validator.probe.portrait.likeness import INSTALL, MIN_HEIGHT, Likeness, LikenessMissingError
from validator.probe.portrait.look import FoundFace
from validator.probe.portrait.models import package_folder

_FACE = FoundFace(*HEAD, 0.9)
_CAMERA = FoundFace(0.41, 0.13, 0.12, 0.16, 0.9)


class TestWithoutTheExtra:
    def test_the_command_that_brings_dlib_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "dlib", None)
        with pytest.raises(LikenessMissingError) as told:
            Likeness()
        assert told.value.reason == f"faces are compared by dlib: `{INSTALL}` brings it"
        assert str(told.value) == told.value.reason

    def test_a_dlib_that_cannot_be_loaded_says_why(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "dlib.py").write_text("raise ImportError('no libstdc++.so.6')\n")
        monkeypatch.delitem(sys.modules, "dlib", raising=False)
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        monkeypatch.syspath_prepend(tmp_path)
        with pytest.raises(LikenessMissingError, match=r"\(no libstdc\+\+\.so\.6\): `pip install"):
            Likeness()

    @pytest.fixture
    def _some_dlib(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "dlib", ModuleType("dlib"))

    @pytest.mark.usefixtures("_some_dlib")
    def test_the_command_that_brings_the_models_is_told(self) -> None:
        with pytest.raises(LikenessMissingError) as told:
            Likeness(locate=lambda name: None)  # noqa: ARG005 - as `package_folder` calls it
        assert INSTALL in told.value.reason

    @pytest.mark.usefixtures("_some_dlib")
    def test_a_model_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(LikenessMissingError, match=r"_landmarks\.dat cannot be read \(No such file"):
            Likeness(locate=tmp_path.joinpath)

    @pytest.mark.usefixtures("_some_dlib")
    def test_a_model_with_other_bytes_is_not_loaded(self, tmp_path: Path) -> None:
        folder = tmp_path / "face_recognition_models" / "models"
        folder.mkdir(parents=True)
        (folder / "shape_predictor_5_face_landmarks.dat").write_bytes(b"a page that says: not found")
        with pytest.raises(LikenessMissingError, match="other bytes than published: `pip install --force"):
            Likeness(locate=tmp_path.joinpath)


@pytest.fixture(scope="module")
def likeness() -> Likeness:
    pytest.importorskip("dlib", reason="the extra `likeness` is not installed")
    if package_folder("face_recognition_models") is None:
        pytest.skip("the extra `likeness` is not installed")
    return Likeness()


@pytest.fixture(scope="module")
def original(likeness: Likeness) -> tuple[float, ...]:
    found = likeness.descriptor(astronaut(), _FACE)
    assert found is not None
    return found


def _scaled(by: float) -> Pixels:
    side = round(astronaut().shape[0] * by)
    return pixels(Image.fromarray(astronaut()).resize((side, side), Image.Resampling.LANCZOS))


def _moved(right: float, down: float, wide: float, tall: float) -> FoundFace:
    """The face by a detector whose boxes are displaced by shares of the face, and wider or taller."""
    x, y, width, height = HEAD
    return FoundFace(
        x + right * width + width * (1 - wide) / 2,
        y + down * height + height * (1 - tall) / 2,
        width * wide,
        height * tall,
        0.9,
    )


class TestOnePerson:
    def test_is_a_point_of_128_coordinates(self, original: tuple[float, ...]) -> None:
        assert len(original) == 128
        assert all(type(each) is float for each in original)
        assert 1 < math.hypot(*original) < 2

    def test_is_the_same_point_in_the_same_picture(
        self, likeness: Likeness, original: tuple[float, ...]
    ) -> None:
        assert likeness.descriptor(astronaut(), _FACE) == original

    @pytest.mark.parametrize(("by", "at_most"), [(0.5, 0.3), (0.75, 0.25), (1.5, 0.15), (3, 0.15)])
    def test_stays_close_at_other_sizes(
        self, likeness: Likeness, original: tuple[float, ...], by: float, at_most: float
    ) -> None:
        found = likeness.descriptor(_scaled(by), _FACE)
        assert found is not None
        assert math.dist(found, original) < at_most

    @pytest.mark.parametrize("box", [(0.1, 0, 1, 1), (0, 0.1, 1, 1), (0, -0.1, 1, 1), (0, 0, 1.3, 1.15)])
    def test_stays_close_whichever_detector_drew_the_box(
        self, likeness: Likeness, original: tuple[float, ...], box: tuple[float, float, float, float]
    ) -> None:
        found = likeness.descriptor(astronaut(), _moved(*box))
        assert found is not None
        assert math.dist(found, original) < 0.2

    def test_stays_close_in_a_mirror(self, likeness: Likeness, original: tuple[float, ...]) -> None:
        x, y, width, height = HEAD
        found = likeness.descriptor(astronaut()[:, ::-1], FoundFace(1 - x - width, y, width, height, 0.9))
        assert found is not None
        assert math.dist(found, original) < 0.35

    @pytest.mark.parametrize("fill", [0.3, 2 / 3, 0.95])
    def test_stays_close_in_other_frames(
        self, likeness: Likeness, original: tuple[float, ...], fill: float
    ) -> None:
        found = likeness.descriptor(framed(fill), FoundFace(*face_in(fill), 0.9))
        assert found is not None
        assert math.dist(found, original) < 0.3

    def test_stays_close_in_the_dark(self, likeness: Likeness, original: tuple[float, ...]) -> None:
        dark = pixels(ImageEnhance.Brightness(Image.fromarray(astronaut())).enhance(0.4))
        found = likeness.descriptor(dark, _FACE)
        assert found is not None
        assert math.dist(found, original) < 0.35


class TestWhatCannotBeCompared:
    def test_a_face_in_profile(self, likeness: Likeness) -> None:
        profile = np.repeat(skimage.data.camera()[:, :, None], 3, axis=2)  # type: ignore[no-untyped-call]
        assert likeness.descriptor(profile, _CAMERA) is None

    def test_a_face_upside_down(self, likeness: Likeness) -> None:
        x, y, width, height = HEAD
        turned = FoundFace(1 - x - width, 1 - y - height, width, height, 0.9)
        assert likeness.descriptor(astronaut()[::-1, ::-1], turned) is None

    def test_a_small_face(self, likeness: Likeness) -> None:
        least = MIN_HEIGHT / (HEAD[3] * astronaut().shape[0])
        assert likeness.descriptor(_scaled(least * 0.95), _FACE) is None
        assert likeness.descriptor(_scaled(least * 1.05), _FACE) is not None

    def test_a_place_without_a_face(self, likeness: Likeness) -> None:
        assert likeness.descriptor(astronaut(), FoundFace(0.0, 0.7, 0.2, 0.25, 0.9)) is None

    @pytest.mark.parametrize("box", [(0.0, 0.0, 1.0, 1.0), (0.9, 0.9, 0.1, 0.1), (0.0, 0.0, 0.001, 1.0)])
    def test_any_box_does_no_harm(self, likeness: Likeness, box: tuple[float, float, float, float]) -> None:
        grey = np.full((600, 400, 3), 128, np.uint8)
        assert likeness.descriptor(grey, FoundFace(*box, 0.9)) is None
