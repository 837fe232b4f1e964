"""Writes a picture with the least loss: as it is, and where that is too large, as near to it as fits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from validator.errors import Cancelled
from validator.repair.image_colour import editable, scaled
from validator.repair.image_encode import Effort, Original, encoded
from validator.repair.image_problem import ImageProblemError

if TYPE_CHECKING:
    from PIL.Image import Image

    from validator.repair.image_metadata import Metadata


@dataclass(frozen=True)
class Container:
    """What a format holds: Pillow's modes, and kinds of metadata by their names in `Metadata`.

    `lossy`: it has a quality; `lossless`: packing it harder takes nothing away. `clear_palette`: colours of a
    palette may be transparent.
    """

    modes: frozenset[str]
    metadata: frozenset[str] = frozenset()
    alpha: bool = True
    lossy: bool = False
    lossless: bool = False
    clear_palette: bool = False

    @property
    def icc(self) -> bool:
        """Whether it holds a colour profile."""
        return "icc" in self.metadata


_CAMERA = frozenset({"exif", "xmp", "icc"})
_HEIF = Container(frozenset({"L", "LA", "RGB", "RGBA"}), _CAMERA, lossy=True)
CONTAINERS = {
    "jpeg": Container(
        frozenset({"L", "RGB", "CMYK"}), _CAMERA | {"iptc", "dpi", "comment"}, alpha=False, lossy=True
    ),
    "png": Container(
        frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA"}),
        _CAMERA | {"dpi", "comment", "texts"},
        lossless=True,
        clear_palette=True,
    ),
    "webp": Container(frozenset({"L", "RGB", "RGBA"}), _CAMERA, lossy=True),
    "bmp": Container(frozenset({"1", "L", "P", "RGB"}), frozenset({"dpi"}), alpha=False),
    "tiff": Container(
        frozenset({"1", "L", "LA", "I;16", "P", "RGB", "RGBA", "CMYK"}),
        _CAMERA | {"iptc", "dpi"},
        lossless=True,
    ),
    "gif": Container(
        frozenset({"1", "L", "P", "RGB", "RGBA"}), frozenset({"comment"}), lossless=True, clear_palette=True
    ),
    "heic": _HEIF,
    "heif": _HEIF,
    "avif": Container(frozenset({"RGB", "RGBA"}), _CAMERA, lossy=True),
}
"""The formats that a copy can be written in."""

QUALITY_AT_LEAST = 70
"""Below, a smaller picture shows more than blocks do."""

_QUALITY_AT_MOST = 95
_QUALITY_WHEN_SMALLER = 80
_TRIES, _SHRINKS_AT_MOST = 4, 6  # large pictures take seconds each
_AIM, _NEAR = 0.95, 0.85  # of the room
_SIDE_AT_LEAST = 8  # pixels


@dataclass(frozen=True)
class Saved:
    """A copy's bytes, and its size in pixels; `notes` say what it cost to stay within the limit."""

    content: bytes
    size: tuple[int, int]
    notes: tuple[str, ...] = ()


def save(
    image: Image,
    format_name: str,
    metadata: Metadata,
    original: Original,
    cancelled: Callable[[], bool],
    *,
    max_bytes: int | None = None,
) -> Saved:
    """Write a picture, within `max_bytes` if they are given.

    Raises:
        ImageProblemError: it cannot be made so small.
        Cancelled: the run was asked to stop.
    """
    container = CONTAINERS[format_name]
    # What the original's plugin left there would be written too.
    image.info = {
        name: value for name, value in image.info.items() if name == "transparency" and image.mode == "P"
    }

    def write(picture: Image, effort: Effort) -> bytes:
        if cancelled():
            raise Cancelled
        return encoded(picture, format_name, metadata, original, effort)

    content = write(image, Effort())
    if max_bytes is None or len(content) <= max_bytes:
        return Saved(content, image.size)
    before = len(content)
    if container.lossless:
        content = write(image, Effort(hard=True))
        if len(content) <= max_bytes:
            note = (
                f"Packed harder, without any loss: {len(content):,} bytes, where usually it takes {before:,}."
            )
            return Saved(content, image.size, (note,))
    if container.lossy:
        found = _finest(lambda quality: write(image, Effort(quality, hard=True)), max_bytes)
        if found is not None:
            quality, content = found
            finer = f"where a finer copy would take {before:,}"
            note = f"Compressed to quality {quality} of 100: {len(content):,} bytes, {finer}."
            return Saved(content, image.size, (note,))
    return _smaller(image, write, max_bytes, len(content), lossy=container.lossy)


def _finest(write: Callable[[int], bytes], max_bytes: int) -> tuple[int, bytes] | None:
    """The highest quality that fits, as far as a few tries find it, and what is written at it."""
    low, high = QUALITY_AT_LEAST, _QUALITY_AT_MOST
    best = None
    for _ in range(_TRIES):
        if low > high:
            break
        quality = (low + high + 1) // 2
        content = write(quality)
        if len(content) <= max_bytes:
            best = quality, content
            low = quality + 1
        else:
            high = quality - 1
    if best is None and low <= high:
        content = write(low)
        best = (low, content) if len(content) <= max_bytes else None
    return best


def _smaller(
    image: Image,
    write: Callable[[Image, Effort], bytes],
    max_bytes: int,
    needed: int,
    *,
    lossy: bool,
) -> Saved:
    """The picture with fewer pixels: the last thing that is tried."""
    effort = Effort(_QUALITY_WHEN_SMALLER if lossy else None)
    image = editable(image)
    best: tuple[tuple[int, int], bytes] | None = None
    least, most, scale = 0.0, 1.0, 1.0
    for _ in range(_SHRINKS_AT_MOST):
        guess = scale * math.sqrt(max_bytes * _AIM / needed)
        scale = guess if least < guess < most else (least + most) / 2
        size = size_near(image.size, scale)
        if min(size) < _SIDE_AT_LEAST:
            break
        content = write(scaled(image, size), effort)
        needed = len(content)
        if needed > max_bytes:
            most = scale
            continue
        if best is None or size > best[0]:
            best, least = (size, content), scale
        if needed > max_bytes * _NEAR:
            break
    if best is None:
        raise ImageProblemError(f"It cannot be brought to {max_bytes:,} bytes and still show the picture.")
    size, content = best
    before, after = ("x".join(map(str, each)) for each in (image.size, size))
    however = "at every sensible quality" if lossy else "however it is packed"
    note = f"Scaled down from {before} to {after}: {however}, it is more than {max_bytes:,} bytes."
    return Saved(content, size, (note,))


def size_near(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """A size that is so many times as large, or a little less, whose ratio is as near as can be.

    >>> size_near((6000, 2400), 0.501)
    (3005, 1202)
    """
    width, height = size
    wanted = max(1, math.floor(width * scale))
    tried = range(wanted, max(0, wanted - max(1, wanted // 50)), -1)

    def error(candidate: int) -> float:
        return abs(max(1, round(candidate * height / width)) * width / (candidate * height) - 1)

    best = min(tried, key=error)
    return best, max(1, round(best * height / width))
