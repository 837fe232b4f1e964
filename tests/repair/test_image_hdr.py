"""HDR pictures become what every screen shows: dark and middle tones stay, what glows ends at white."""

from __future__ import annotations

import io
from collections.abc import Callable

import PIL.Image
import pytest

from tests.repair.image_files import copied, stored
from validator.model import ImageFacts
from validator.probe.colour import HLG, PQ, Hdr
from validator.repair.colour_plan import choose_colours
from validator.repair.demands import Demands
from validator.repair.image_colour import in_srgb
from validator.repair.image_hdr import hdr_profile
from validator.repair.image_survey import survey_image
from validator.repair.options import RepairOptions
from validator.repair.recipe import ImageRecipe

Maker = Callable[[tuple[int, int, int], int], io.BytesIO]


def heic(colour: tuple[int, int, int], transfer: int, primaries: int = 9) -> io.BytesIO:
    from pillow_heif import from_pillow

    file = io.BytesIO()
    from_pillow(PIL.Image.new("RGB", (64, 64), colour)).save(
        file, quality=100, color_primaries=primaries, transfer_characteristics=transfer, matrix_coefficients=9
    )
    return file


def avif(colour: tuple[int, int, int], transfer: int) -> io.BytesIO:
    """Pillow writes sRGB's numbers: primaries 1, transfer 13."""
    content = stored(PIL.Image.new("RGB", (64, 64), colour), "AVIF", quality=100).getvalue()
    assert content.count(b"colrnclx\0\1\0\x0d") == 1
    return io.BytesIO(content.replace(b"colrnclx\0\1\0\x0d", bytes((*b"colrnclx", 0, 9, 0, transfer))))


# What BT.2100 says of these samples, of 255, in candela per square metre, of which 203 are white.
@pytest.mark.parametrize(
    ("transfer", "sample", "shown"),
    [
        (PQ, 0, (0, 1)),
        (PQ, 105, (114, 122)),  # 36.5: a middle grey
        (PQ, 148, (215, 235)),  # 203
        (PQ, 192, (253, 255)),  # 1000
        (PQ, 255, (255, 255)),  # 10,000
        (HLG, 0, (0, 1)),
        (HLG, 191, (215, 235)),  # 203
        (HLG, 255, (253, 255)),  # 1000
    ],
)
def test_tones(transfer: int, sample: int, shown: tuple[int, int]) -> None:
    grey = PIL.Image.new("RGB", (1, 1), (sample,) * 3)
    levels = in_srgb(grey, hdr_profile(Hdr(transfer))).getpixel((0, 0))
    assert isinstance(levels, tuple)
    assert max(levels) - min(levels) <= 2
    assert shown[0] <= levels[1] <= shown[1]


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
def test_greys_have_the_same_tones(mode: str) -> None:
    sample = 105 * 257 if mode == "I;16" else (105, 255) if mode == "LA" else 105
    grey = in_srgb(PIL.Image.new(mode, (1, 1), sample), hdr_profile(Hdr(PQ), b"GRAY"))
    assert grey.mode == ("LA" if mode == "LA" else "L")
    assert 114 <= grey.convert("L").tobytes()[0] <= 122


def test_a_grey_copy_looks_as_it_should() -> None:
    from pillow_heif import from_pillow

    file = io.BytesIO()
    grey = PIL.Image.new("L", (64, 64), 105)
    from_pillow(grey).save(file, quality=100, color_primaries=9, transfer_characteristics=PQ)
    copy, made, _ = copied(file, ImageRecipe(format="png"))
    assert 110 <= copy.convert("L").tobytes()[0] <= 126
    assert any(note.startswith("It is HDR, and the copy is not") for note in made.notes)


def test_brighter_stays_brighter() -> None:
    ramp = PIL.Image.linear_gradient("L").convert("RGB")
    for transfer in (PQ, HLG):
        shown = in_srgb(ramp, hdr_profile(Hdr(transfer))).getchannel(1)
        levels = [shown.getpixel((0, y)) for y in range(256)]
        assert levels == sorted(levels)  # type: ignore[type-var]
        assert len(set(levels)) > 100


def test_a_wider_gamut_is_brought_into_srgb() -> None:
    red = PIL.Image.new("RGB", (1, 1), (110, 80, 80))
    shades = [in_srgb(red, hdr_profile(Hdr(PQ, primaries))).getpixel((0, 0)) for primaries in (1, 12, 9)]
    contrasts = [shade[0] - shade[2] for shade in shades if isinstance(shade, tuple)]
    assert contrasts == sorted(set(contrasts))  # the wider the gamut, the redder this red


@pytest.mark.parametrize("format_name", ["jpeg", "heic", "png"])
@pytest.mark.parametrize("make", [heic, avif])
def test_a_copy_looks_as_it_should(make: Maker, format_name: str) -> None:
    copy, made, _ = copied(make((105, 105, 105), PQ), ImageRecipe(format=format_name))
    level = copy.getpixel((9, 9))
    assert isinstance(level, tuple)
    assert all(110 <= part <= 126 for part in level)  # and not 105, as the sample is
    assert "icc_profile" not in copy.info
    assert any(note.startswith("It is HDR, and the copy is not") for note in made.notes)


@pytest.mark.parametrize("make", [heic, avif])
def test_what_is_no_hdr_keeps_its_tones(make: Maker) -> None:
    copy, made, _ = copied(make((105, 105, 105), 13), ImageRecipe(format="png"))
    level = copy.getpixel((9, 9))
    assert isinstance(level, tuple)
    assert all(abs(part - 105) <= 2 for part in level)
    assert made.notes == ()


def test_a_survey_says_that_an_avif_is_hdr() -> None:
    facts = survey_image(avif((105, 105, 105), HLG), "avif", lambda: False).facts
    assert isinstance(facts, ImageFacts)
    assert (facts.colour, facts.colour_detail) == (True, "HDR (HLG)")


def test_a_plan_says_so() -> None:
    image = ImageFacts(mode="RGB", bit_depth=10, colour=True, colour_detail="10 bit a sample, HDR (PQ)")
    found = choose_colours(image, "jpeg", Demands(), RepairOptions())
    assert found.steps == ("10 bit a sample become 8", "HDR becomes SDR, tone mapped")
    assert (found.srgb, found.depth8, found.colour) == (True, True, False)
