"""JPEG XL: measured before it is decoded, turned once, and read as other pictures are."""

from __future__ import annotations

import io

import PIL.Image
import pytest

from tests.repair.image_files import copied, far, scene, stored
from validator.model import ImageFacts
from validator.probe.too_much import TooMuchError
from validator.repair.image_jxl import announced_size, open_jxl
from validator.repair.image_survey import survey_image
from validator.repair.recipe import ImageRecipe

pytest.importorskip("pillow_jxl", reason="the extra formats")


def jxl(image: PIL.Image.Image, *, container: bool = False, exif: PIL.Image.Exif | None = None) -> io.BytesIO:
    from pillow_jxl import JpegXLImagePlugin  # noqa: F401 - it makes itself known to Pillow

    options = {} if exif is None else {"exif": exif.tobytes()}
    return stored(image, "JXL", lossless=True, effort=1, use_container=container, **options)


@pytest.mark.parametrize("container", [False, True])
@pytest.mark.parametrize("size", [(96, 64), (97, 64), (64, 64), (120, 100), (160, 90), (1, 1), (7, 700)])
def test_the_size_is_known_before_anything_is_decoded(size: tuple[int, int], *, container: bool) -> None:
    file = jxl(scene(*size), container=container)
    assert announced_size(file) == size
    assert open_jxl(file).size == size


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16"])
def test_it_is_measured_and_copied_without_loss(mode: str) -> None:
    image = scene().convert("L").convert("I").convert("I;16") if mode == "I;16" else scene().convert(mode)
    facts = survey_image(jxl(image), "jxl", lambda: False).facts
    assert isinstance(facts, ImageFacts)
    assert (facts.width, facts.height, facts.mode, facts.frames) == (96, 64, mode, 1)
    copy, _, _ = copied(jxl(image), ImageRecipe(format="png"))
    assert copy.mode == mode
    assert copy.tobytes() == image.tobytes()


def test_exif_does_not_turn_what_the_decoder_has_turned() -> None:
    exif = PIL.Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    file = jxl(scene(), container=True, exif=exif)
    facts = survey_image(file, "jxl", lambda: False).facts
    assert isinstance(facts, ImageFacts)
    assert (facts.width, facts.orientation) == (96, False)
    copy, _, _ = copied(file, ImageRecipe(format="png", turn=True))
    assert far(copy, scene()) == 0
    assert (copy.getexif()[0x0112], copy.getexif()[0x010F]) == (1, "Maker")


def test_what_is_too_large_is_refused_before_it_is_decoded() -> None:
    height, ratio = 100_000 - 1, 1
    head = (2 << 1 | height << 3 | ratio << 21) & ~1  # not small; 18 bits; a square
    with pytest.raises(TooMuchError, match="100000x100000"):
        open_jxl(io.BytesIO(b"\xff\x0a" + head.to_bytes(16, "little")))


@pytest.mark.parametrize("share", [0, 1, 2, 20, 50, 90])
def test_damage_cannot_be_mended(share: int) -> None:
    content = jxl(scene(300, 300), container=True).getvalue()
    cut = content[: max(2, len(content) * share // 100)]
    found = survey_image(io.BytesIO(cut), "jxl", lambda: False).problem
    assert found.startswith("The picture is damaged (")
