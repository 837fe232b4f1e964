"""Makes stills of decoded pictures and frames: shrunk, upright, in 8-bit RGB (Pillow)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import PIL.Image
from PIL.Image import Resampling, Transpose

from validator.probe.sketch import PICTURE_SIDE
from validator.probe.srgb import in_srgb
from validator.probe.still import LONG_SIDE, Still

if TYPE_CHECKING:
    from PIL.Image import Image

_Background = Callable[[tuple[int, int]], "Image"]
_TURNED = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_TRANSPARENT = frozenset({"RGBA", "LA", "PA", "RGBa"})
_WIDE = frozenset({"I;16", "I;16L", "I;16B", "I;16N", "I"})
_NOT_TO_BE_AVERAGED = frozenset({"1", "P", "PA", *_WIDE})  # palettes cannot be, and wide samples not well
_GREY = frozenset({"1", "L", "LA", "F", *_WIDE})
_UNSPECIFIED = 2  # ISO/IEC 23091-2, MatrixCoefficients
_HIGH_DEFINITION = 720  # lines
_SQUARE = 8  # pixels of a chequer's
_LIGHT, _DARK = 255, 225


def still_of(image: Image, orientation: int = 1) -> Still:
    """Copy a decoded picture, turned as EXIF's `orientation` (1 to 8) asks.

    What is transparent becomes white; 16-bit samples keep their upper half.

    >>> still = still_of(PIL.Image.new("L", (3840, 2160)), 6)
    >>> still.width, still.height, still.shown_width, still.shown_height
    (1080, 1920, 2160, 3840)
    """
    return _upright(_rgb(_shrunk(image, LONG_SIDE, _white), _white), image.size, orientation)


def thumbnail_of(image: Image, orientation: int = 1) -> Still:
    """A much smaller copy, for people: in sRGB, and over a chequer where the picture is transparent.

    >>> still = thumbnail_of(PIL.Image.new("LA", (3840, 2160)), 6)
    >>> still.width, still.height, *still.rgb[:3]
    (180, 320, 255, 255, 255)
    """
    small = _shrunk(image, PICTURE_SIDE, _chequer)
    if small.mode != "CMYK":
        small = _rgb(small, _chequer)
    if image.mode in _GREY:  # profiles are of grey, or of colours
        small = small.convert("L")
    return _upright(in_srgb(small, image.info.get("icc_profile")).convert("RGB"), image.size, orientation)


def still_of_frame(
    frame: Any, shown: tuple[int, int], orientation: int = 1, long_side: int = LONG_SIDE
) -> Still:
    """Copy a decoded frame of a clip (PyAV), turned as EXIF's `orientation` (1 to 8) asks.

    `shown` is the size in pixels after turning, with square pixels.
    """
    stored = shown[::-1] if orientation >= 5 else shown
    scale = min(Fraction(long_side, max(stored)), Fraction(1))
    width, height = (max(1, round(side * scale)) for side in stored)
    small = frame.reformat(
        width=width, height=height, format="rgb24", src_colorspace=_assumed_colours(frame)
    ).to_image()
    if orientation in _TURNED:
        small = small.transpose(_TURNED[orientation])
    return Still(small.width, small.height, small.tobytes(), *shown, time=_time(frame))


def _assumed_colours(frame: Any) -> Any:
    """What players take colours for that are not named; None where FFmpeg knows or takes the same."""
    from av.video.reformatter import Colorspace

    unnamed = frame.colorspace == _UNSPECIFIED and not frame.format.is_rgb
    return Colorspace.ITU709 if unnamed and frame.height >= _HIGH_DEFINITION else None


def _time(frame: Any) -> Fraction | None:
    return None if frame.pts is None else Fraction(frame.pts * frame.time_base)


def _upright(small: Image, size: tuple[int, int], orientation: int) -> Still:
    """A still of pixels that are stored as `orientation` says, of a picture of this stored size."""
    if orientation in _TURNED:
        small = small.transpose(_TURNED[orientation])
    width, height = size[::-1] if orientation >= 5 else size
    return Still(small.width, small.height, small.tobytes(), width, height)


def _shrunk(image: Image, long_side: int, background: _Background) -> Image:
    """No side longer than this, and never larger than it was; what is clear and cannot be averaged is not."""
    if max(image.size) <= long_side:
        return image
    if image.mode in _NOT_TO_BE_AVERAGED or "transparency" in image.info:  # nor can the one clear colour
        image = _rgb(_sampled(image, long_side), background)
    scale = Fraction(long_side, max(image.size))
    width, height = (max(1, round(side * scale)) for side in image.size)
    # The gap: whole steps first, which is fast.
    return image.resize((width, height), Resampling.BICUBIC, reducing_gap=1.0)


def _sampled(image: Image, long_side: int) -> Image:
    """Single pixels of a picture, twice as many as are needed: all of them as RGB could take gigabytes."""
    scale = Fraction(2 * long_side, max(image.size))
    if scale >= 1:
        return image
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Resampling.NEAREST)


def _white(size: tuple[int, int]) -> Image:
    return PIL.Image.new("RGBA", size, "white")


def _chequer(size: tuple[int, int]) -> Image:
    """Light and grey squares, which say that nothing is there."""
    width, height = (-(-side // _SQUARE) for side in size)
    squares = bytes(_DARK if (at % width + at // width) % 2 else _LIGHT for at in range(width * height))
    board = PIL.Image.frombytes("L", (width, height), squares)
    return (
        board.resize((width * _SQUARE, height * _SQUARE), Resampling.NEAREST)
        .crop((0, 0, *size))
        .convert("RGBA")
    )


def _rgb(image: Image, background: _Background) -> Image:
    brightest: Any = image.getextrema()[1] if image.mode == "F" else None
    if brightest is not None and 0 < brightest <= 1:  # some write from 0 to 1, most from 0 to 255
        image = image.point(lambda sample: sample * 255)
    if image.mode in _WIDE:
        samples = image if image.mode == "I;16" else image.convert("I")
        return samples.point(lambda sample: sample / 256).convert("L").convert("RGB")
    if image.mode in _TRANSPARENT or "transparency" in image.info:
        return PIL.Image.alpha_composite(background(image.size), image.convert("RGBA")).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")
