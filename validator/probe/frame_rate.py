"""The frame rate of a clip: on average, at its extremes and over time, by when its frames are presented."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from validator.model import FrameRateMode
from validator.preview import RateSpan
from validator.probe.sketch import SPANS
from validator.probe.stream import Timeline

JITTER = Fraction(2, 1000)
"""Seconds by which the gaps between frames may differ and count as equal: milliseconds, rounded twice.

Of coarser clocks two ticks, but never half a gap: a frame that is left out is not rounded away.
"""


def rate_facts(timeline: Timeline) -> dict[str, Any]:
    """Average, slowest and fastest frame rate, and whether the frames are evenly spaced."""
    if not timeline.packets:
        return {}
    if timeline.untimed or timeline.first is None or timeline.last is None:
        return {"frames": timeline.packets}
    times = sorted(timeline.times)
    gaps = [later - earlier for earlier, later in pairwise(times) if later > earlier]
    facts: dict[str, Any] = {"frames": len(times)}
    span = timeline.last - timeline.first
    if not timeline.last_duration and gaps:  # the last frame's duration is unknown: leave it out
        facts["frame_rate"] = (len(times) - 1) / timeline.seconds(times[-1] - times[0])
    elif span > 0:
        facts["frame_rate"] = len(times) / span
    if not gaps:
        return {**facts, "frame_rate_mode": "single-frame"}
    shortest, longest = min(gaps), max(gaps)
    even = longest - shortest <= _tolerance(timeline, shortest)
    mode: FrameRateMode = "constant" if even else "variable"
    return {
        **facts,
        "frame_rate_min": 1 / timeline.seconds(longest),
        "frame_rate_max": 1 / timeline.seconds(shortest),
        "frame_rate_mode": mode,
    }


def rate_spans(timeline: Timeline) -> tuple[RateSpan, ...]:
    """The frame rate from the first frame to the last, where it varies; each span is exact.

    Frames that are evenly spaced share a span. Where that makes too many of them, each is the average over a
    small part of the clip instead.
    """
    times = [] if timeline.untimed else sorted(set(timeline.times))
    gaps = [later - earlier for earlier, later in pairwise(times)]
    if not gaps:
        return ()
    runs = list(_even(gaps, _tolerance(timeline, min(gaps))))
    if len(runs) == 1:
        return ()
    if len(runs) > SPANS:
        runs = list(_long(gaps, Fraction(times[-1] - times[0], SPANS)))
    spans, first = [], 0
    for count in runs:
        start, end = (timeline.seconds(times[at]) for at in (first, first + count))
        spans.append(RateSpan(start, end, count / (end - start)))
        first += count
    return tuple(spans)


def _tolerance(timeline: Timeline, shortest: int) -> Fraction:
    """Ticks by which gaps may differ and count as equal."""
    return min(max(JITTER / timeline.time_base, Fraction(2)), Fraction(shortest, 2))


def _even(gaps: list[int], tolerance: Fraction) -> Iterator[int]:
    """How many gaps follow each other and count as equal."""
    count, shortest, longest = 0, gaps[0], gaps[0]
    for gap in gaps:
        shortest, longest = min(shortest, gap), max(longest, gap)
        if longest - shortest > tolerance:
            yield count
            count, shortest, longest = 0, gap, gap
        count += 1
    yield count


def _long(gaps: list[int], least: Fraction) -> Iterator[int]:
    """How many gaps follow each other until together they are this long; the last take in what is left."""
    count = length = held = 0
    for gap in gaps:
        count, length = count + 1, length + gap
        if length >= least:
            if held:
                yield held
            held, count, length = count, 0, 0
    yield held + count
