"""What a person looks at beside a verdict: small pictures, a waveform, frame rates over time; never measured.

It is made only where an output asks for it, and is no part of the facts.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import msgspec

PictureType = Literal["image/webp", "image/jpeg", "image/png"]


class SmallPicture(msgspec.Struct, frozen=True):
    """A small copy of a picture: upright, as shown, in sRGB. Its size is in pixels of the copy.

    >>> SmallPicture(b"RIFF", "image/webp", 320, 180).width
    320
    """

    data: bytes
    media_type: PictureType
    width: int
    height: int


class StripFrame(msgspec.Struct, frozen=True):
    """One frame of a clip and its presentation time, in seconds.

    `faces`: it is the frame whose faces the facts hold.
    """

    time: Fraction
    picture: SmallPicture
    faces: bool = False


class RateSpan(msgspec.Struct, frozen=True):
    """The frame rate, in frames per second, from one presentation time to another, in seconds."""

    start: Fraction
    end: Fraction
    rate: Fraction


class Preview(msgspec.Struct, frozen=True):
    """What there is to see of one asset; empty where nothing could be shown.

    `picture` is that of an image, `strip` that of a clip. `waveform` are the peaks of a sound over its whole
    duration, 0 to 100 for each column, -1 where nothing was decoded. `frame_rates` is empty where the frame
    rate is constant.

    >>> Preview().picture is None
    True
    """

    picture: SmallPicture | None = None
    strip: tuple[StripFrame, ...] = ()
    waveform: tuple[int, ...] = ()
    frame_rates: tuple[RateSpan, ...] = ()
