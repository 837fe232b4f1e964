"""How sharp and how bright a face is, whatever its size in pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from validator.probe.portrait.cutout import size_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from validator.probe.portrait.cutout import Picture

ROWS = 64
"""Pixels of height at which every face is compared; what is finer does not make it easier to recognise."""
WINDOW = 9
"""Pixels over which the comparison is blurred."""


def light_of(picture: Picture, box: tuple[float, float, float, float]) -> tuple[float, float]:
    """Sharpness and brightness, from 0 to 1, of `box` (left, top, right, bottom as fractions of the picture).

    Sharpness is the part of the steps between neighbouring pixels that vanishes when the face is blurred
    (Crété and others, "The Blur Effect", 2007): 0.45 to 0.75 on ordinary photos, about 0.4 where a Gaussian
    of 2 % of the face's height was laid over it, 0.3 at 3 % and 0.23 at 4 %. Brightness is the mean luma.
    """
    import numpy as np

    width, height = size_of(picture)
    left = min(max(int(box[0] * width), 0), width - 1)
    top = min(max(int(box[1] * height), 0), height - 1)
    right = max(min(round(box[2] * width), width), left + 1)
    bottom = max(min(round(box[3] * height), height), top + 1)
    part = Image.fromarray(np.ascontiguousarray(picture[top:bottom, left:right])).convert("L")
    columns = min(max(round(ROWS * part.width / part.height), WINDOW * 2), ROWS * 4)
    method = Image.Resampling.BOX if part.height >= ROWS else Image.Resampling.BILINEAR
    luma = np.asarray(part.resize((columns, ROWS), method), np.float64)
    return min(_lost(luma), _lost(luma.T)), float(luma.mean()) / 255


def _lost(luma: NDArray[np.float64]) -> float:
    """The part of the steps along each row that is lost when the row is blurred."""
    import numpy as np

    sums = np.cumsum(np.pad(luma, ((0, 0), (1, 0))), axis=1)
    blurred = (sums[:, WINDOW:] - sums[:, :-WINDOW]) / WINDOW
    inner = luma[:, WINDOW // 2 : luma.shape[1] - WINDOW // 2]
    steps = np.abs(np.diff(inner, axis=1))
    lost = np.maximum(steps - np.abs(np.diff(blurred, axis=1)), 0.0)
    total = float(steps.sum())
    return float(lost.sum()) / total if total > 0 else 0.0
