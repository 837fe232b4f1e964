"""How loud a sound is: as exactly as one would count by hand, however the samples come in."""

from __future__ import annotations

from array import array
from fractions import Fraction

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.probe.meter import Loudness, Meter

_SAMPLE = st.one_of(
    st.integers(-32_768, 32_767), st.sampled_from([-32_768, -32_767, -32_766, 32_766, 32_767, 0])
)


def _loudness(*parts: list[int]) -> Loudness | None:
    meter = Meter()
    for part in parts:
        meter.add(array("h", part).tobytes())
    return meter.loudness()


@given(st.lists(st.lists(_SAMPLE), min_size=1, max_size=5))
def test_peak_and_clipped_samples_are_counted_exactly(parts: list[list[int]]) -> None:
    samples = [sample for part in parts for sample in part]
    found = _loudness(*parts)

    if not samples:
        assert found is None
        return
    assert found is not None
    assert found.peak == min(Fraction(max(abs(sample) for sample in samples), 32_767), 1)
    assert found.clipped == Fraction(sum(abs(sample) >= 32_767 for sample in samples), len(samples))


def test_more_samples_than_are_measured_at_once() -> None:
    found = _loudness([0] * 70_000, [100] * 70_000, [32_767] * 70_000, [-32_768] * 70_000)

    assert found == Loudness(Fraction(1), Fraction(1, 2), "clipped")


@pytest.mark.parametrize(
    ("samples", "level"),
    [
        ([32, -32], "silent"),
        ([33], "audible"),
        ([32_767, 0, 0, 0], "clipped"),
        ([32_767, 0, 0, 0, 0], "audible"),
    ],
)
def test_silent_audible_or_clipped_throughout(samples: list[int], level: str) -> None:
    found = _loudness(samples)
    assert found is not None
    assert found.level == level


def test_a_form_that_changes_on_the_way() -> None:
    meter = Meter()
    for layout, samples in (("mono", [1, 2, 3]), ("stereo", [-32_768, 5, 6, 7])):
        frame = av.AudioFrame(format="s16", layout=layout, samples=len(samples) // (1 + (layout == "stereo")))
        frame.sample_rate = 8_000
        frame.planes[0].update(array("h", samples).tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        meter(0, frame)

    found = meter.loudness()
    assert found is not None
    assert (found.peak, found.clipped) == (Fraction(1), Fraction(1, 7))
