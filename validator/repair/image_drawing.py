"""Draws a vector drawing (resvg): all of it, or a part, directly in the size that is wanted."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.sax.saxutils import quoteattr

from validator.people import Box
from validator.probe.too_much import MAX_PIXELS
from validator.repair.image_problem import ImageProblemError, told_of_panic
from validator.repair.image_svg import SVG, Svg, read_svg
from validator.repair.image_time import limited

if TYPE_CHECKING:
    from PIL.Image import Image

_PER_UNIT = {
    "": 1.0,
    "px": 1.0,
    "pt": 96 / 72,
    "pc": 16.0,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96.0,
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
}
"""Pixels of CSS (CSS Values and Units 3, 5.2)."""

_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)
_IN_STYLE = re.compile(r"(?:^|;)\s*(width|height)\s*:([^;!]*)[^;]*", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s,]+")
_USUAL = 300.0, 150.0  # what browsers take where nothing is said (CSS Images 3, 4.2)
_LONGEST, _SHORTEST = 4096, 1  # pixels of a side, where the size that is named is none to draw
_DISTORTED = 0.005  # of the ratio: more than this is not left to the rounding of a small size
_WIDE_AT_MOST = 16_384  # pixels of a side, up to which a larger size is looked for
_TIMES_AT_MOST = 400  # sizes that are tried
_OPAQUE = 254  # an edge may be off by one


@dataclass(frozen=True)
class Drawing:
    """A drawing and the size in pixels that it has of itself; `exact` is the one that it names.

    The two differ by rounding; where that would distort it, `size` is a rounded multiple of `exact`.
    """

    svg: Svg
    size: tuple[int, int]
    exact: tuple[float, float]
    notes: tuple[str, ...]


def open_drawing(file: BinaryIO) -> Drawing:
    """Read a drawing, and the size that it names, or else has by its shape.

    Raises:
        ImageProblemError: it cannot be drawn; says why.

    >>> square = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>'
    >>> open_drawing(io.BytesIO(square)).size
    (24, 24)
    """
    with limited():
        svg = read_svg(file)
    (width, height), note = _own_size(svg.root)
    if not all(0 < side < math.inf for side in (width, height)):
        raise ImageProblemError(
            f"The drawing names a size of {width:g}x{height:g}, in which there is nothing to draw: "
            "export it again, or as PNG."
        )
    size = _in_pixels(width, height)
    if size[0] * size[1] > MAX_PIXELS:
        scale = _LONGEST / max(width, height)
        size = (max(_SHORTEST, round(width * scale)), max(_SHORTEST, round(height * scale)))
        note = f"It names a size of {width:g}x{height:g} pixels: {size[0]}x{size[1]} is taken."
    return Drawing(svg, size, (width, height), (*((note,) if note else ()), *svg.notes))


def open_drawn(file: BinaryIO) -> Image:
    """A drawing in its own size.

    Raises:
        ImageProblemError: it cannot be drawn; says why.
    """
    return drawn(open_drawing(file))


def drawn(drawing: Drawing, crop: Box | None = None, size: tuple[int, int] | None = None) -> Image:
    """The drawing in its own size; or a part, in pixels of that, in the size that is wanted.

    Raises:
        ImageProblemError: it cannot be drawn, or nothing is seen; says why.
    """
    from PIL.PngImagePlugin import PngImageFile
    from resvg_py import svg_to_bytes

    crop = crop or Box(0, 0, *drawing.size)
    size = size or (crop.width, crop.height)
    if size[0] * size[1] > MAX_PIXELS:
        raise ImageProblemError(f"{size[0]}x{size[1]} pixels are more than are drawn.")
    try:
        with told_of_panic(), limited(size[0] * size[1]):
            content = svg_to_bytes(
                svg_string=_framed(drawing, crop, size), dpi=96, skip_system_fonts=not drawing.svg.has_text
            )
    except ValueError as error:
        raise ImageProblemError(f"The drawing cannot be drawn here ({error}): export it as PNG.") from error
    image: Image = PngImageFile(io.BytesIO(content))
    image.load()
    extrema: Any = image.getchannel("A").getextrema()
    least, most = extrema
    if most == 0:
        raise ImageProblemError(
            "Nothing comes out when the drawing is drawn here: export it as PNG where it is seen."
        )
    image.info = {}
    return image.convert("RGB") if least >= _OPAQUE else image


def _framed(drawing: Drawing, crop: Box, size: tuple[int, int]) -> str:
    """The drawing as XML, within a frame that shows this part of it in this size."""
    across, down = (side / whole for side, whole in zip(drawing.exact, drawing.size, strict=True))
    view = (crop.x * across, crop.y * down, crop.width * across, crop.height * down)
    root = {name: value for name, value in drawing.svg.root.items() if name not in ("x", "y")}
    root |= {"width": f"{drawing.exact[0]!r}", "height": f"{drawing.exact[1]!r}"}
    root |= {"style": _IN_STYLE.sub("", root["style"])} if "style" in root else {}
    inner = "".join(f" {name}={quoteattr(value)}" for name, value in root.items())
    shown = " ".join(map(repr, view))
    return (
        f'<svg xmlns="{SVG}" width="{size[0]}" height="{size[1]}" viewBox="{shown}"'
        f' preserveAspectRatio="none"><svg{inner}>{drawing.svg.content}</svg></svg>'
    )


def _own_size(root: dict[str, str]) -> tuple[tuple[float, float], str]:
    """What a drawing says of its size, in pixels; and what was taken where it does not say."""
    style = {name.lower(): _length(value) for name, value in _IN_STYLE.findall(root.get("style", ""))}
    width, height = (
        _length(root.get(name, "")) if style.get(name) is None else style[name]
        for name in ("width", "height")
    )
    if width is not None and height is not None:
        return (width, height), ""
    box = _view_box(root.get("viewBox", ""))
    if box is None:
        size = width or _USUAL[0], height or _USUAL[1]
        return size, f"It names no size: {size[0]:g}x{size[1]:g} pixels are taken, as browsers do."
    if width is not None:
        return (width, width * box[1] / box[0]), ""
    if height is not None:
        return (height * box[0] / box[1], height), ""
    return box, f"It names no size in pixels: that of its coordinates is taken, {box[0]:g}x{box[1]:g}."


def _in_pixels(width: float, height: float) -> tuple[int, int]:
    """A size in whole pixels, which keeps the ratio: the one that is named, or a multiple of it."""
    step = max(1, math.ceil(min(0.5 / min(width, height), _WIDE_AT_MOST)))
    for times in (1, *range(step, step * _TIMES_AT_MOST, step)):
        size = max(1, round(width * times)), max(1, round(height * times))
        if times > 1 and max(size) > _WIDE_AT_MOST:
            break
        if abs(size[0] * height / (size[1] * width) - 1) <= _DISTORTED:
            return size
    return max(1, round(width)), max(1, round(height))


def _length(text: str) -> float | None:
    """In pixels; `None` where it is none, or a share of what is not known."""
    found = _LENGTH.fullmatch(text)
    unit = None if found is None else _PER_UNIT.get(found[2].lower())
    return None if found is None or unit is None else float(found[1]) * unit


def _view_box(text: str) -> tuple[float, float] | None:
    """Width and height of the coordinates that are shown."""
    try:
        numbers = [float(part) for part in _SEPARATOR.split(text.strip())]
    except ValueError:
        return None
    if len(numbers) != 4 or not all(0 < side < math.inf for side in numbers[2:]):
        return None
    return numbers[2], numbers[3]
