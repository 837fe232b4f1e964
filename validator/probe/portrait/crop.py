"""The crop that makes a close-up of a picture."""

from __future__ import annotations

from math import ceil, isfinite

from validator.probe.portrait.look import Head

FILL = 2 / 3
"""The head's height over the frame's, as the service asks for close-ups."""
MAX_FILL = 0.85
"""What still passes as a close-up, where the picture has no more room around the head."""
CENTER = 0.54
"""Where the middle of the mesh comes to lie in the frame's height: hair needs room above it."""
BREADTH = 1.15
"""The narrowest frame, in widths of the head: where the head is near an edge, room beside it is given up."""
MIN_SIDE = 301
"""Pixels: the service takes 300, which others write as outside."""
MIN_ASPECT = 0.4
"""Width over height below which the service takes no picture."""


def close_up_crop(
    head: Head,
    width: int,
    height: int,
    aspect: float = 2 / 3,
    *,
    fill: float = FILL,
    least_side: int = MIN_SIDE,
) -> tuple[int, int, int, int] | None:
    """Left, top, width and height, in pixels of the shown picture, of the vertical close-up of this head.

    The head fills two thirds of its height and is on its centre line, unless the picture ends too early;
    `aspect`, its width over its height, gives way to that too.
    `fill` is another share of its height for the head; `least_side` other than 301 is for crops that are
    enlarged afterwards. None where no crop helps: the picture's edge cuts the head or leaves no room around
    it, or less than `least_side` pixels would remain on a side.

    Example:
        >>> head = Head(0.42, 0.2, 0.16, 0.3, (), 0, 0, 0, 0, 0, 0.6, 0.5)
        >>> close_up_crop(head, 3000, 2000)
        (1200, 214, 600, 900)

    Raises:
        ValueError: the aspect is not vertical, or narrower than 0.4.
    """
    if not MIN_ASPECT <= aspect < 1:
        raise ValueError(f"an aspect of {aspect}, a close-up is from {MIN_ASPECT} to below 1")
    values = head.x, head.y, head.width, head.height
    if head.cut or not all(map(isfinite, values)) or head.width <= 0 or head.height <= 0:
        return None
    center, middle = (head.x + head.width / 2) * width, (head.y + head.height / 2) * height
    tall = min(round(head.height * height / fill), height, width * 5 // 2)
    least = -(-tall * 2 // 5)
    narrowest = max(ceil(head.width * width * BREADTH), least, least_side)
    centered = max(int(2 * min(center, width - center)), narrowest)
    wide = max(min(max(round(tall * aspect), narrowest), centered, width, tall - 1), least)
    if min(wide, tall) < least_side or head.height * height > MAX_FILL * tall:
        return None
    left = min(max(round(center - wide / 2), 0), width - wide)
    top = min(max(round(middle - tall * CENTER), 0), height - tall)
    return left, top, wide, tall
