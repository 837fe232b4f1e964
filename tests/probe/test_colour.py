"""Colour that a service may not expect: told, never judged."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageCms

from tests.probe.media import heif, image_facts, measured, noise, saved


def _profile(name: str) -> bytes:
    """A profile whose description, in UTF-16, names a gamut."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return plain + name.encode("utf-16-be")


@pytest.mark.parametrize(
    ("image", "format_name", "options", "bits", "words"),
    [
        (noise(8, 8), "PNG", {}, 8, None),
        (noise(8, 8), "JPEG", {}, 8, None),
        (noise(8, 8, "L"), "PNG", {}, 8, None),
        (noise(8, 8, "CMYK"), "JPEG", {}, 8, "CMYK"),
        (noise(8, 8, "CMYK"), "TIFF", {}, 8, "CMYK"),
        (noise(8, 8, "LAB"), "TIFF", {}, 8, "Lab colour"),
        (noise(8, 8, "RGBA"), "PNG", {}, 8, "alpha"),
        (noise(8, 8, "RGBA"), "WEBP", {}, 8, "alpha"),
        (noise(8, 8, "LA"), "PNG", {}, 8, "alpha"),
        (noise(8, 8).convert("P"), "PNG", {}, 8, "a palette"),
        (noise(8, 8).convert("P", colors=2), "PNG", {"transparency": 0}, 8, "a palette, alpha"),
        (noise(8, 8).convert("P"), "GIF", {}, 8, "a palette"),
        (noise(8, 8, "L").convert("1"), "PNG", {}, 1, "black and white, 1 bit"),
        (Image.new("I;16", (8, 8)), "PNG", {}, 16, "16 bit a sample"),
        (Image.new("I;16", (8, 8)), "TIFF", {}, 16, "16 bit a sample"),
        (Image.new("F", (8, 8)), "TIFF", {}, 32, "floating point, 32 bit a sample"),
        (noise(8, 8), "JPEG", {"icc_profile": _profile("Display P3")}, 8, "wide gamut (Display P3)"),
        (noise(8, 8), "PNG", {"icc_profile": b"desc Adobe RGB (1998)"}, 8, "wide gamut (Adobe RGB)"),
        (noise(8, 8), "WEBP", {"icc_profile": _profile("")}, 8, None),
    ],
)  # fmt: skip
def test_depth_and_remarks(
    image: Image.Image, format_name: str, options: dict[str, Any], bits: int, words: str | None
) -> None:
    facts = image_facts(measured(saved(image, format_name, **options)))
    assert (facts.bit_depth, facts.colour_detail, facts.colour) == (bits, words, words is not None)


@pytest.mark.parametrize(
    ("image", "format_name", "options", "alpha"),
    [
        (noise(8, 8), "PNG", {}, False),
        (noise(8, 8), "JPEG", {}, False),
        (noise(8, 8), "PNG", {"transparency": (0, 0, 0)}, True),
        (noise(8, 8, "RGBA"), "PNG", {}, True),
        (noise(8, 8, "LA"), "PNG", {}, True),
        (noise(8, 8, "RGBA"), "TIFF", {}, True),
        (noise(8, 8, "RGBA"), "WEBP", {"lossless": True}, True),
        (noise(8, 8).convert("P"), "PNG", {}, False),
        (noise(8, 8).convert("P", colors=2), "PNG", {"transparency": 0}, True),
    ],
)  # fmt: skip
def test_alpha(image: Image.Image, format_name: str, options: dict[str, Any], alpha: bool) -> None:
    assert image_facts(measured(saved(image, format_name, **options))).alpha is alpha


def test_heif_of_more_than_8_bits() -> None:
    facts = image_facts(measured(heif(Image.new("I;16", (64, 64)))))
    assert facts.bit_depth is not None
    assert facts.bit_depth > 8
    assert f"{facts.bit_depth} bit a sample" in (facts.colour_detail or "")


@pytest.mark.parametrize(("transfer", "words"), [(16, "HDR (PQ)"), (18, "HDR (HLG)"), (13, None)])
def test_heif_of_a_high_dynamic_range(transfer: int, words: str | None) -> None:
    facts = image_facts(measured(heif(noise(64, 64), transfer_characteristics=transfer)))
    assert facts.colour_detail == words
