"""The peaks of a sound over its whole duration, while it is decoded for other reasons."""

from __future__ import annotations

from array import array
from fractions import Fraction

from validator.probe.sketch import COLUMNS, NOT_DECODED

_FULL_SCALE = 32_767
_LOUDEST = 100


class Waveform:
    """Columns of equal duration, each with the largest sample met in it.

    `first` is the presentation time of the first sample and `duration` the length of the sound, in seconds;
    `rate` its samples a second. What lies outside of it is left out.

    >>> waveform = Waveform(Fraction(0), Fraction(1), 4)
    >>> waveform.add(Fraction(1, 2), 4, 1, array("h", [32767]))
    >>> waveform.columns()
    (-1, -1, 100, -1)
    """

    def __init__(self, first: Fraction, duration: Fraction, rate: int) -> None:
        self._first = first
        self._duration = duration
        self._peaks = [NOT_DECODED] * min(COLUMNS, max(0, int(duration * rate)))
        self._end = first

    def add(self, start: Fraction | None, rate: int, channels: int, samples: array[int]) -> None:
        """Look at interleaved 16-bit samples; those without a time follow the ones before them."""
        start = self._end if start is None else start
        count, total, columns = len(samples) // channels, int(self._duration * rate), len(self._peaks)
        self._end = start + Fraction(count, rate)
        before = round((start - self._first) * rate)
        at = max(0, -before)
        while columns and at < count and before + at < total:
            column = (before + at) * columns // total
            following = -(-(column + 1) * total // columns)  # the first sample of the next column
            end = min(count, following - before)
            part = samples[at * channels : end * channels]
            highest, lowest = max(part), min(part)
            self._peaks[column] = max(self._peaks[column], highest, -lowest)
            at = end

    def columns(self) -> tuple[int, ...]:
        """Peaks from 0 to 100; empty where nothing at all was decoded."""
        if all(peak == NOT_DECODED for peak in self._peaks):
            return ()
        return tuple(peak if peak == NOT_DECODED else _share(peak) for peak in self._peaks)


def _share(peak: int) -> int:
    return min(_LOUDEST, (2 * peak * _LOUDEST + _FULL_SCALE) // (2 * _FULL_SCALE))
