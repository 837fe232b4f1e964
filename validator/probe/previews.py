"""Makes the preview of an asset from its sketch: raw pixels become small WebP files (Pillow)."""

from __future__ import annotations

import io

import PIL.Image

from validator.model import Facts, Kind
from validator.preview import Preview, SmallPicture, StripFrame
from validator.probe.sketch import COLUMNS, FRAME_SIDE, NOT_DECODED, PICTURE_SIDE, SPANS, Sketch
from validator.probe.still import Still

PICTURE_BYTES = 20_000
"""Of a picture's small copy."""
FRAME_BYTES = 6_000
"""Of a frame's small copy, of which a clip has several."""

_FRAMES = 6
_QUALITIES = (78, 55, 35, 20)  # of 0 to 100; what is worse shows less than half the size does
_EFFORT = 2  # of 0 to 6: what more takes twice the time, and saves a thirtieth


def preview_of(sketch: Sketch, facts: Facts) -> Preview | None:
    """What there is to see of an asset; None where that is nothing.

    The sketch comes from a process that read a stranger's file: it is held to its bounds once more.

    >>> preview_of(Sketch(stills=(Still(1, 1, b"abc", 1, 1),)), Facts(Kind.IMAGE)).picture.media_type
    'image/webp'
    >>> preview_of(Sketch(), Facts(Kind.IMAGE)) is None
    True
    """
    picture: SmallPicture | None = None
    strip: tuple[StripFrame, ...] = ()
    if facts.kind is Kind.IMAGE:
        picture = next((_encoded(still, PICTURE_SIDE, PICTURE_BYTES) for still in sketch.stills), None)
    elif facts.kind is Kind.VIDEO:
        strip = _strip(sketch.stills[:_FRAMES], facts)
    waveform = tuple(min(max(peak, NOT_DECODED), 100) for peak in sketch.waveform[:COLUMNS])
    preview = Preview(picture, strip, waveform, sketch.frame_rates[:SPANS])
    return None if preview == Preview() else preview


def _strip(stills: tuple[Still, ...], facts: Facts) -> tuple[StripFrame, ...]:
    """The frames in the order of their times; the one whose faces the facts hold is marked."""
    counted = facts.faces.face_time if facts.faces is not None else None
    frames = [
        StripFrame(still.time, picture, faces=still.time == counted)
        for still in stills
        if still.time is not None and (picture := _encoded(still, FRAME_SIDE, FRAME_BYTES)) is not None
    ]
    return tuple(sorted(frames, key=lambda frame: frame.time))


def _encoded(still: Still, side: int, limit: int) -> SmallPicture | None:
    """As good as fits into so many bytes; half the size where no quality does."""
    if not (0 < still.width <= side and 0 < still.height <= side):
        return None
    if len(still.rgb) != still.width * still.height * 3:
        return None
    image = PIL.Image.frombytes("RGB", (still.width, still.height), still.rgb)
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            image.save(out, "WEBP", quality=quality, method=_EFFORT)
            if out.tell() <= limit:
                return SmallPicture(out.getvalue(), "image/webp", image.width, image.height)
        image = image.reduce(2)
