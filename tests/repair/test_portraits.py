"""Close-ups that are made and looked at again: by the detectors that judge them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.probe.portrait import photos
from validator.config import Config
from validator.model import Role
from validator.probe.portrait.looker import FaceFinder, LookError
from validator.probe.shrink import still_of
from validator.repair.library import repair
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def faces() -> Iterator[FaceFinder]:
    with FaceFinder() as finder:
        try:
            finder.look(still_of(Image.new("RGB", (64, 64))))
        except LookError as error:
            pytest.skip(str(error))
        yield finder


def mended(picture: Image.Image, folder: Path, faces: FaceFinder, *, face: str | None = None) -> Repair:
    path = folder / "photo.png"
    picture.save(path)
    options = RepairOptions(face=face)
    report = repair([path], folder / "out", Config(role=Role.CLOSE_UP), options, faces=faces)
    (only,) = report
    return only


def test_a_half_body_photograph_becomes_a_close_up(tmp_path: Path, faces: FaceFinder) -> None:
    large = photos.portrait().resize((1024, 1024), Image.Resampling.LANCZOS)  # or its crop is too small
    found = mended(large, tmp_path, faces)
    assert found.status == "mended", found.reason
    assert found.copy is not None
    portrait = found.copy.facts.portrait
    assert portrait is not None
    assert portrait.shot == "close-up"
    assert portrait.head_height is not None
    assert 0.58 < portrait.head_height < 0.75
    assert portrait.head_center_x is not None
    assert 0.45 < portrait.head_center_x < 0.55
    assert {"POR004", "POR009"}.isdisjoint(finding.code for finding in found.copy.findings)


@pytest.mark.parametrize("face", ["largest", "2"])
def test_one_of_two_is_cropped_out(tmp_path: Path, faces: FaceFinder, face: str) -> None:
    found = mended(photos.two_faces(), tmp_path, faces, face=face)
    assert found.status == "mended", found.reason
    assert found.copy is not None
    assert found.copy.facts.faces is not None
    assert found.copy.facts.faces.face_count == 1
    assert found.copy.facts.portrait is not None
    assert found.copy.facts.portrait.shot == "close-up"


def test_without_a_choice_nobody_is_cropped_out(tmp_path: Path, faces: FaceFinder) -> None:
    found = mended(photos.two_faces(), tmp_path, faces)
    assert found.status == "passes"
    assert found.copy is None


def test_that_a_face_was_asked_for_and_none_found_is_said(tmp_path: Path, faces: FaceFinder) -> None:
    Image.new("RGB", (512, 640), "teal").save(tmp_path / "plain.png")
    options = RepairOptions(face="2")
    (found,) = repair([tmp_path / "plain.png"], tmp_path / "out", Config(), options, faces=faces)
    assert (found.status, found.copy) == ("passes", None)
    assert found.plan is not None
    assert found.plan.warnings == ("No face was found in it: --face 2 crops nothing.",)
