"""Clips that several tests look at, each encoded once."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from tests.probe.media import Clip, encoded

X264 = {"preset": "ultrafast", "qp": "30"}
X265 = {"preset": "ultrafast", "x265-params": "log-level=none:keyint=24:bframes=0"}


@cache
def plain() -> bytes:
    """One second, 24 frames, H.264, no sound; its index is at its end."""
    return encoded(Clip(frames=24))


@cache
def with_sound() -> bytes:
    return encoded(Clip(frames=24, audio=1))


@cache
def index_first() -> bytes:
    """Two seconds of noise whose samples reach to the end of the file."""
    return encoded(Clip(frames=48, noise=True, container={"movflags": "faststart"}))


@cache
def noisy() -> bytes:
    """Four seconds that barely compress, a key frame every half second."""
    return encoded(Clip(frames=96, noise=True, options={**X264, "g": "12"}))


@cache
def fragmented() -> bytes:
    return encoded(
        Clip(frames=96, options={**X264, "g": "24"}, container={"movflags": "frag_keyframe+empty_moov"})
    )


@cache
def open_groups(codec: str) -> bytes:
    """Eight seconds whose groups of pictures refer to the ones before them."""
    options = {
        "libx264": {"preset": "medium", "x264-params": "open-gop=1:keyint=30:bframes=8:b-adapt=2"},
        "libx265": {"preset": "medium", "x265-params": "log-level=none:keyint=30:open-gop=1"},
        "mpeg2video": {"bf": "2", "g": "12"},
    }[codec]
    return encoded(Clip(size=(160, 120), frames=192, codec=codec, options=options))


def at_rate(rate: Fraction, frames: int = 12) -> bytes:
    return encoded(Clip(rate=rate, frames=frames))


@cache
def large() -> bytes:
    """Two seconds with more pixels than are decoded whole: a picture that stands still, with sound."""
    options = {"preset": "ultrafast", "qp": "40", "g": "12"}
    return encoded(Clip(size=(4096, 2304), frames=48, still=True, audio=2, options=options))
