"""Photographs as people send them, composed of scikit-image's public-domain photo of Eileen Collins."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import skimage.data
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from tests.probe.media import Clip, encoded
from tests.probe.portrait.astronaut import HEAD, astronaut, framed

GREY = (90, 90, 90)
TINY = 0.05
"""The height of the smaller face in `large_and_tiny`, over the picture's height."""


def portrait() -> Image.Image:
    """The photograph itself: 512x512, down to the chest."""
    return Image.fromarray(astronaut())


def close_up(fill: float = 2 / 3, ratio: float = 2 / 3, right: float = 0.0) -> Image.Image:
    """The face fills so much of the height; moved to the right by so much of the width."""
    return Image.fromarray(framed(fill, ratio, right))


def two_faces() -> Image.Image:
    """Two of the photograph side by side, 1024x1024; the right one is mirrored."""
    canvas = Image.new("RGB", (1024, 1024), GREY)
    canvas.paste(portrait(), (0, 256))
    canvas.paste(ImageOps.mirror(portrait()), (512, 256))
    return canvas


def large_and_tiny() -> Image.Image:
    """A close-up of 800x1200, and in its upper left corner somebody far away."""
    canvas = Image.fromarray(framed(0.5, height=1200))
    side = portrait().width
    scale = TINY * canvas.height / (HEAD[3] * side)
    small = portrait().crop((130, 20, 330, 220))
    size = (round(small.width * scale), round(small.height * scale))
    canvas.paste(small.resize(size, Image.Resampling.LANCZOS), (0, 40))
    return canvas


def blurred() -> Image.Image:
    return close_up().filter(ImageFilter.GaussianBlur(20))


def dark() -> Image.Image:
    return ImageEnhance.Brightness(close_up()).enhance(0.1)


def of_nobody(name: str) -> Image.Image:
    """A photograph of scikit-image without people: coffee, rocket, chelsea."""
    return Image.fromarray(getattr(skimage.data, name)())


def sideways(image: Image.Image, path: Path, orientation: int) -> None:
    """Save a picture turned, with the Exif orientation that undoes it."""
    turned = {
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.transpose(turned).save(path, exif=exif)


def clip(*pictures: Image.Image, seconds: Sequence[float] = (), rate: int = 24) -> bytes:
    """A clip that shows each picture for so many seconds; all are as large as the first."""
    size = pictures[0].size
    shown = [picture.resize(size) for picture in pictures]
    frames = [
        picture
        for picture, length in zip(shown, seconds or (1.0,) * len(shown), strict=True)
        for _ in range(round(length * rate))
    ]
    return encoded(Clip(size=size, rate=Fraction(rate), frames=len(frames), pictures=frames))
