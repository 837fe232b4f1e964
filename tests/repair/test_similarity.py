"""SSIM and PSNR, against figures that are worked out in other ways."""

from __future__ import annotations

import math
import random

import PIL.Image
import pytest
from PIL.Image import Image

from tests.repair.image_files import scene, stored
from validator.repair.similarity import psnr, quality_of, ssim


def by_hand(one: Image, other: Image) -> float:
    """The definition, pixel by pixel: windows of 8 x 8 of luma, four apart."""
    a, b = (image.convert("L") for image in (one, other))
    found = []
    for top in range(0, a.height - 7, 4):
        for left in range(0, a.width - 7, 4):
            box = (left, top, left + 8, top + 8)
            xs, ys = (list(image.crop(box).tobytes()) for image in (a, b))
            x, y = sum(xs) / 64, sum(ys) / 64
            xx, yy = sum(v * v for v in xs) / 64 - x * x, sum(v * v for v in ys) / 64 - y * y
            xy = sum(v * w for v, w in zip(xs, ys, strict=True)) / 64 - x * y
            found.append(
                (2 * x * y + 6.5025) * (2 * xy + 58.5225) / ((x * x + y * y + 6.5025) * (xx + yy + 58.5225))
            )
    return sum(found) / len(found)


@pytest.mark.parametrize("size", [(8, 8), (96, 64), (97, 63), (20, 1100)])
def test_ssim_is_what_its_definition_says(size: tuple[int, int]) -> None:
    original = scene(*size)
    copy = PIL.Image.open(stored(original, "JPEG", quality=20)).convert("RGB")
    assert ssim(copy, original) == pytest.approx(by_hand(copy, original), abs=1e-5)
    assert quality_of(original, original, "").ssim == 1


def test_more_noise_is_less_alike() -> None:
    original = scene()
    seeded = random.Random(7)  # noqa: S311 - the same noise each time
    noise = PIL.Image.frombytes("RGB", original.size, seeded.randbytes(3 * original.width * original.height))
    found = [quality_of(PIL.Image.blend(original, noise, share), original, "") for share in (0.05, 0.2, 0.6)]
    assert [quality.ssim for quality in found] == sorted((quality.ssim for quality in found), reverse=True)
    decibels = [quality.psnr or 0 for quality in found]
    assert decibels == sorted(decibels, reverse=True)


@pytest.mark.parametrize("size", [(1, 1), (7, 9), (300, 3)])
def test_pictures_smaller_than_a_window_are_compared_too(size: tuple[int, int]) -> None:
    grey, white = PIL.Image.new("RGB", size, "grey"), PIL.Image.new("RGB", size, "white")
    assert ssim(grey, grey) == 1
    assert 0 < ssim(grey, white) < 0.9


def test_psnr_counts_every_channel() -> None:
    one = PIL.Image.new("RGB", (10, 10), (10, 10, 10))
    assert psnr(one, one) is None
    assert psnr(one, PIL.Image.new("RGB", (10, 10), (13, 10, 10))) == pytest.approx(
        10 * math.log10(255**2 / 3), abs=0.01
    )
