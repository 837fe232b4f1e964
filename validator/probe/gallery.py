"""Keeps a handful of frames, spread over a clip, while it is decoded for other reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any

import av

from validator.model import VideoFacts
from validator.probe.shrink import still_of_frame
from validator.probe.still import LONG_SIDE, Still
from validator.probe.stream import Timeline

_SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
_OPENING = Fraction(1, 2)  # seconds: many clips begin with black


class Gallery:
    """A frame soon after the start of a stream, one at each quarter of it, and the last.

    `first` and `last` are the stream's presentation times in seconds; of what was not decoded, the next frame
    that is takes the place.
    """

    def __init__(self, stream_index: int, first: Fraction, last: Fraction) -> None:
        self._index = stream_index
        length = last - first
        opening = min(_OPENING, length / 10)
        self._wanted = [first + opening, *(first + share * length for share in _SHARES)]
        self._frames: list[Any] = []
        self._last: Any = None

    @classmethod
    def of(cls, stream: Any, timelines: Mapping[int, Timeline]) -> Gallery | None:
        """The gallery of a stream (PyAV) whose packets were counted; none where they have no times."""
        timeline = timelines[stream.index]
        if timeline.first is None or timeline.last is None:
            return None
        return cls(stream.index, timeline.first, timeline.last)

    def visit(self, stream_index: int, frame: Any) -> None:
        """Look at a decoded frame."""
        if stream_index != self._index or frame.pts is None:
            return
        self._last = frame
        time = frame.pts * frame.time_base
        if self._wanted and time >= self._wanted[0]:
            self._wanted = [later for later in self._wanted if later > time]
            self._frames.append(frame)

    def stills(
        self, facts: VideoFacts, orientation: int = 1, long_side: int = LONG_SIDE
    ) -> tuple[Still, ...]:
        """Small copies of the frames, turned as EXIF's `orientation` asks; none if their size is unknown."""
        if not facts.shown_width or not facts.shown_height:
            return ()
        shown = facts.shown_width, facts.shown_height
        kept = list(self._frames)
        if self._last is not None and all(self._last is not frame for frame in kept):
            kept.append(self._last)
        return tuple(still for frame in kept for still in _still(frame, shown, orientation, long_side))


def _still(frame: Any, shown: tuple[int, int], orientation: int, long_side: int) -> Iterator[Still]:
    with suppress(av.error.FFmpegError, OSError, ValueError):  # a pixel format that has no RGB is no damage
        yield still_of_frame(frame, shown, orientation, long_side)
