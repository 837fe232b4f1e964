"""How near one picture is to another: SSIM and PSNR (Wang, Bovik, Sheikh and Simoncelli, 2004).

SSIM is that of luma, over windows of 8 x 8 pixels, four apart: as FFmpeg's filter measures clips.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from validator.repair.plan import Quality

if TYPE_CHECKING:
    from PIL.Image import Image

_PEAK = 255
_LUMINANCE, _CONTRAST = (0.01 * _PEAK) ** 2, (0.03 * _PEAK) ** 2  # C1 and C2
_BLOCK, _WINDOW = 4, 8  # pixels
_ROWS = 1024  # of one strip: a picture as floats takes four bytes a pixel, several times
_DIGITS = 6


def quality_of(copy: Image, original: Image, of: str) -> Quality:
    """Compare two pictures of one size, in 8-bit RGB; `of` says what they are.

    >>> import PIL.Image
    >>> picture = PIL.Image.linear_gradient("L").convert("RGB")
    >>> quality_of(picture, picture, "the picture")
    Quality(ssim=1.0, psnr=None, of='the picture')
    """
    return Quality(round(ssim(copy, original), _DIGITS), psnr(copy, original), of)


def psnr(copy: Image, original: Image) -> float | None:
    """The peak signal-to-noise ratio in decibels, over all channels; `None` where nothing differs.

    >>> import PIL.Image
    >>> round(psnr(PIL.Image.new("RGB", (9, 9), (1, 1, 1)), PIL.Image.new("RGB", (9, 9))), 2)
    48.13
    """
    from PIL import ImageChops, ImageStat

    squares = ImageStat.Stat(ImageChops.difference(copy, original)).sum2
    error = sum(squares) / (len(squares) * copy.width * copy.height)
    return round(10 * math.log10(_PEAK**2 / error), 2) if error else None


def ssim(copy: Image, original: Image) -> float:
    """The mean structural similarity of two pictures of one size: 1 where they are the same.

    >>> import PIL.Image
    >>> black, white = PIL.Image.new("RGB", (16, 16)), PIL.Image.new("RGB", (16, 16), "white")
    >>> round(ssim(black, white), 4)
    0.0001
    """
    total, windows = 0.0, 0
    for one, other in zip(_strips(copy), _strips(original), strict=True):
        found = _map(one, other)
        count = found.width * found.height
        total += count * _mean(found)
        windows += count
    return min(1.0, total / windows)


def _strips(picture: Image) -> Iterator[Image]:
    """The picture's luma in strips that overlap by half a window, as floats."""
    luma = picture.convert("L")
    width, height = luma.size
    if min(width, height) >= _WINDOW:  # what is less than a block, at the right and below, is left out
        width, height = (side - side % _BLOCK for side in (width, height))
    last = max(height - _BLOCK, 1)
    for top in range(0, last, _ROWS):
        yield luma.crop((0, top, width, min(top + _ROWS + _BLOCK, height))).convert("F")


def _map(one: Image, other: Image) -> Image:
    """The similarity of each window; of a picture smaller than one, of the whole."""
    from PIL import ImageMath

    calculated: Any = ImageMath.lambda_eval
    a, b, aa, bb, ab = (
        _windows(calculated(product, a=one, b=other))
        for product in (
            lambda of: of["a"] * 1.0,
            lambda of: of["b"] * 1.0,
            lambda of: of["a"] * of["a"],
            lambda of: of["b"] * of["b"],
            lambda of: of["a"] * of["b"],
        )
    )
    result: Image = calculated(_similarity, a=a, b=b, aa=aa, bb=bb, ab=ab)
    return result


def _similarity(of: Any) -> Any:
    a, b = of["a"], of["b"]
    covariance, variances = of["ab"] - a * b, of["aa"] - a * a + of["bb"] - b * b
    luminance = (2 * a * b + _LUMINANCE) / (a * a + b * b + _LUMINANCE)
    return luminance * (2 * covariance + _CONTRAST) / (variances + _CONTRAST)


def _windows(picture: Image) -> Image:
    """The mean over each window."""
    from PIL import ImageMath

    if min(picture.size) < _WINDOW:
        return picture.reduce(picture.size)
    blocks = picture.reduce(_BLOCK)
    width, height = (side - 1 for side in blocks.size)
    shifted = {
        name: blocks.crop((x, y, x + width, y + height))
        for name, x, y in (("a", 0, 0), ("b", 1, 0), ("c", 0, 1), ("d", 1, 1))
    }
    calculated: Any = ImageMath.lambda_eval
    result: Image = calculated(lambda of: (of["a"] + of["b"] + of["c"] + of["d"]) / 4, **shifted)
    return result


def _mean(picture: Image) -> float:
    mean: Any = picture.reduce(picture.size).getpixel((0, 0))
    return float(mean)
