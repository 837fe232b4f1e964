"""Which part of a picture draws the eye: a small classical measure, for cuts where there are no faces.

What lies along the border is mostly background. A pixel weighs by how far its colour lies from the colours
there (in their own spread: Mahalanobis' distance), and by how much edges there are around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from validator.repair.survey import Share

LONG_SIDE = 128
"""Pixels that are looked at along the longer side: what draws the eye is seen in a thumbnail too."""
HELD = 0.75
"""How much of what stands out the box holds: a few stray lights far away do not count."""
_EVEN = 0.04
"""Along a side, a box that leaves out hardly more than an evenly filled picture's would says nothing."""
_NOISE = 30.0
"""Added to the variance of the border's colours: in a plain one, noise is no spread."""
_SMOOTHED = 32
"""The longer side over the radius by which edges spread."""
_PLAIN = 0.3
"""What a surface without edges weighs, beside one that is full of them."""
_CLEARLY_APART = 2.0
"""Standard deviations from the border's colours, below which nothing stands out."""

_Vector = tuple[float, float, float]


def salient_box(rgb: bytes, width: int, height: int) -> Share | None:
    """The part that draws the eye, as shares of the picture; `None` where nothing stands out.

    `rgb`: rows of red, green and blue bytes of the picture as shown. It need not be large.

    >>> grey, red = bytes((90, 90, 90)), bytes((250, 0, 0))
    >>> rows = [grey * 60 + (red if 20 <= y < 40 else grey) * 20 + grey * 20 for y in range(60)]
    >>> x, y, width, height = salient_box(b"".join(rows), 100, 60)
    >>> 0.55 < x < x + width < 0.85, 0.25 < y < y + height < 0.75
    (True, True)
    """
    from PIL import Image

    picture = Image.frombytes("RGB", (width, height), rgb)
    picture.thumbnail((LONG_SIDE, LONG_SIDE))
    width, height = picture.size
    if min(width, height) < 3:
        return None
    weights = _weights(picture)
    if not weights:
        return None
    across = _shortest([sum(weights[x::width]) for x in range(width)])
    down = _shortest([sum(weights[y * width : (y + 1) * width]) for y in range(height)])
    if across is None and down is None:
        return None
    left, right = across or (0, width)
    top, bottom = down or (0, height)
    return (
        Fraction(left, width),
        Fraction(top, height),
        Fraction(right - left, width),
        Fraction(bottom - top, height),
    )


def _weights(picture: Image) -> list[float]:
    """How much each pixel draws the eye, above the picture's mean; empty where none does."""
    from PIL import ImageFilter

    width, height = picture.size
    soft = picture.filter(ImageFilter.GaussianBlur(1)).tobytes()
    pixels: list[_Vector] = list(zip(soft[::3], soft[1::3], soft[2::3], strict=True))
    distances = _distances(pixels, width, height)
    if max(distances) < _CLEARLY_APART:
        return []
    edges = picture.convert("L").filter(ImageFilter.FIND_EDGES)
    edges.paste(0, (0, 0, width, 1))  # the filter leaves the picture's own border as it was
    edges.paste(0, (0, height - 1, width, height))
    edges.paste(0, (0, 0, 1, height))
    edges.paste(0, (width - 1, 0, width, height))
    spread = edges.filter(ImageFilter.GaussianBlur(max(width, height) / _SMOOTHED)).tobytes()
    most = max(*spread, 1)
    weights = [distance * (_PLAIN + edge / most) for distance, edge in zip(distances, spread, strict=True)]
    mean = sum(weights) / len(weights)
    return [max(0.0, weight - mean) for weight in weights]


def _distances(pixels: Sequence[_Vector], width: int, height: int) -> list[float]:
    """How far each colour lies from those along the border, in standard deviations."""
    edge = max(1, min(width, height) // 16)
    border = [
        pixels[y * width + x]
        for y in range(height)
        for x in range(width)
        if not (edge <= x < width - edge and edge <= y < height - edge)
    ]
    count = len(border)
    mean = [sum(colour[channel] for colour in border) / count for channel in range(3)]
    spread = [
        [
            sum((colour[row] - mean[row]) * (colour[column] - mean[column]) for colour in border) / count
            + (_NOISE if row == column else 0.0)
            for column in range(3)
        ]
        for row in range(3)
    ]
    (a, b, c), (_, d, e), (_, _, f) = _inverse(spread)
    distances = []
    for red, green, blue in pixels:
        r, g, u = red - mean[0], green - mean[1], blue - mean[2]
        square = a * r * r + d * g * g + f * u * u + 2 * (b * r * g + c * r * u + e * g * u)
        distances.append(max(0.0, square) ** 0.5)
    return distances


def _inverse(matrix: Sequence[Sequence[float]]) -> tuple[_Vector, _Vector, _Vector]:
    """Of a symmetric matrix of three rows; what was added to its diagonal keeps it invertible."""
    (a, b, c), (_, d, e), (_, _, f) = matrix
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    whole = a * first + b * second + c * third
    middle, last, corner = a * f - c * c, b * c - a * e, a * d - b * b
    return (
        (first / whole, second / whole, third / whole),
        (second / whole, middle / whole, last / whole),
        (third / whole, last / whole, corner / whole),
    )


def _shortest(sums: Sequence[float]) -> tuple[int, int] | None:
    """Where the shortest run of columns (or rows) begins and ends that holds enough of all weights."""
    wanted = HELD * sum(sums)
    best: tuple[int, int] | None = None
    held, start = 0.0, 0
    for end, weight in enumerate(sums, 1):
        held += weight
        while held - sums[start] >= wanted and start < end - 1:
            held -= sums[start]
            start += 1
        if held >= wanted and (best is None or end - start < best[1] - best[0]):
            best = start, end
    if best is None or best[1] - best[0] > (HELD - _EVEN) * len(sums):
        return None
    return best
