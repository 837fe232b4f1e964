"""Surveys of pictures: facts of formats that are not judged, and why some cannot be mended."""

from __future__ import annotations

import io
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from tests.repair.image_files import scene, stored
from validator import RepairOptions, repair
from validator.model import ImageFacts
from validator.probe.sniff import sniff
from validator.repair.image_survey import survey_image
from validator.repair.survey import Survey

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"


def surveyed(file: io.BytesIO, *, salience: bool = False) -> Survey:
    return survey_image(file, str(sniff(file).format), lambda: False, salience=salience)


@pytest.mark.parametrize(
    ("name", "width", "height"), [("image.avif", 400, 320), ("image.jp2", 400, 320), ("image.ico", 256, 256)]
)
def test_other_formats_are_measured_as_those_that_are_judged(name: str, width: int, height: int) -> None:
    facts = surveyed(io.BytesIO((MEDIA / name).read_bytes())).facts
    assert isinstance(facts, ImageFacts)
    assert (facts.width, facts.height, facts.frames, facts.mode) == (width, height, 1, "RGB")
    assert facts.aspect_ratio == Fraction(width, height)


@pytest.mark.parametrize("plugin", ["TGA", "QOI", "DDS", "ICNS"])
def test_rarer_formats_are_measured_too(plugin: str) -> None:
    facts = surveyed(stored(scene(64, 64), plugin)).facts
    assert isinstance(facts, ImageFacts)
    assert facts.width is not None
    assert facts.width >= 64


def test_a_turned_avif_is_measured_as_shown() -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    facts = surveyed(stored(scene(), "AVIF", exif=exif)).facts
    assert isinstance(facts, ImageFacts)
    assert (facts.width, facts.height, facts.stored_width, facts.orientation) == (64, 96, 96, True)


@pytest.mark.parametrize(("plugin", "options"), [("BMP", {}), ("PNG", {"compress_level": 0}), ("TIFF", {})])
def test_how_small_a_large_picture_gets_without_loss(plugin: str, options: dict[str, Any]) -> None:
    size = 2000, 1500
    content = random.Random(7).randbytes(3 * size[0] * size[1])  # noqa: S311 - the same noise each time
    noise = PIL.Image.frombytes("RGB", size, content)
    packed = surveyed(stored(noise, plugin, **options)).packed
    assert packed is not None
    assert 1 <= packed < Fraction(11, 10)
    plain = PIL.Image.new("RGB", size, "#204060")
    packed = surveyed(stored(plain, plugin, **options)).packed
    assert packed is not None
    assert 0 < packed < Fraction(1, 100)


def test_what_cannot_be_read_is_not_measured() -> None:
    cut = stored(PIL.Image.new("RGB", (2000, 1500)), "BMP").getvalue()[:-100_000]
    assert surveyed(io.BytesIO(cut)) == Survey()


def test_what_is_judged_is_not_measured_again() -> None:
    assert surveyed(io.BytesIO((MEDIA / "image.png").read_bytes())) == Survey()


@pytest.mark.parametrize(
    ("content", "format_name", "problem"),
    [
        (b"", "raw", "It is a camera's raw file, which has to be developed: export it as JPEG or PNG."),
        (b"", "xcf", "There is no decoder here for pictures of the format xcf: export it as PNG."),
    ],
)
def test_formats_without_a_decoder_say_what_to_do(content: bytes, format_name: str, problem: str) -> None:
    assert survey_image(io.BytesIO(content), format_name, lambda: False).problem == problem


@pytest.mark.parametrize("name", ["image.avif", "image.jp2"])
def test_damage_cannot_be_mended(name: str) -> None:
    content = (MEDIA / name).read_bytes()
    problem = surveyed(io.BytesIO(content[: len(content) // 2])).problem
    assert problem.startswith("The picture is damaged (")
    assert problem.endswith("): what is lost cannot be brought back.")


def test_a_size_that_is_not_sane_is_refused_before_it_is_decoded() -> None:
    head = bytes((0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0)) + b"\xff\xff\xff\xff" + bytes((24, 0))
    found = surveyed(io.BytesIO(head + bytes(64)))
    assert found.problem.startswith("The picture is larger than what is decoded: 65535x65535")


@pytest.mark.parametrize("plugin", ["TIFF", "WEBP", "PNG", "GIF"])
def test_a_frame_that_was_chosen_is_measured_and_not_the_first(plugin: str) -> None:
    pages = [scene(40, 50), scene(90, 31).convert("RGBA"), scene(20, 20)]
    if plugin != "TIFF":
        pages = [page.resize((40, 50)) for page in pages]
    file = stored(pages[0], plugin, save_all=True, append_images=pages[1:])
    facts = survey_image(file, str(sniff(file).format), lambda: False, frame=1).facts
    assert isinstance(facts, ImageFacts)
    assert (facts.width, facts.height, facts.frames) == (*pages[1].size, 3)
    assert survey_image(file, str(sniff(file).format), lambda: False, frame=3).facts == (
        survey_image(file, str(sniff(file).format), lambda: False, frame=0).facts
    )


@pytest.mark.parametrize(("frame", "size"), [(0, (301, 376)), (1, (301, 421)), (2, (900, 361))])
def test_a_frame_that_was_chosen_is_planned_with_its_own_size(
    frame: int, size: tuple[int, int], tmp_path: Path
) -> None:
    pages = [scene(200, 250), scene(250, 350), scene(900, 310)]
    (tmp_path / "pages.tif").write_bytes(
        stored(pages[0], "TIFF", save_all=True, append_images=pages[1:]).getvalue()
    )
    (mended,) = repair(tmp_path / "pages.tif", tmp_path / "out", options=RepairOptions(frame=frame))
    assert mended.status == "mended", mended.reason
    assert mended.plan is not None
    assert mended.plan.predicted is not None
    predicted, made = mended.plan.predicted.media, mended.copy and mended.copy.facts.media
    assert isinstance(predicted, ImageFacts)
    assert isinstance(made, ImageFacts)
    assert (predicted.width, predicted.height) == (made.width, made.height) == size
    assert mended.quality is not None
    assert mended.quality.ssim == 1


def test_what_draws_the_eye_is_told_where_it_is_asked_for() -> None:
    image = PIL.Image.new("RGB", (200, 100), (90, 110, 90))
    image.paste((250, 30, 20), (120, 30, 160, 70))
    found = surveyed(stored(image, "PNG"), salience=True)
    assert found.facts is None
    assert found.salient is not None
    left, _, width, _ = found.salient
    assert Fraction(1, 2) < left < left + width < Fraction(9, 10)
