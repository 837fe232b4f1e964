"""How loud a sound is: its peak and what is clipped, measured while it is decoded for other reasons."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import PIL.Image

from validator.model import Level
from validator.probe.waveform import Waveform

SILENCE = Fraction(1, 1000)
"""A peak below this fraction of full scale (-60 dB) is silence."""
CLIPPED_THROUGHOUT = Fraction(1, 4)
"""Samples at full scale over all samples, from which a sound counts as clipped throughout."""

_FULL_SCALE = 32_767
_LOWEST = -_FULL_SCALE - 1
_BINS = 256  # of a histogram
_SAMPLE = 2  # bytes
_AT_ONCE = 1 << 17  # bytes


@dataclass(frozen=True)
class Loudness:
    """How loud a sound is: `peak` and `clipped` are fractions of full scale and of all samples."""

    peak: Fraction
    clipped: Fraction
    level: Level

    @property
    def words(self) -> str:
        """For the message."""
        share = f"{float(self.clipped):.1%} of the samples at full scale"
        return f"peak {float(self.peak):.1%} of full scale, {share}"


class Meter:
    """Peak and clipped samples of everything that passes by, as 16-bit samples; they go on to `waveform`."""

    def __init__(self, waveform: Waveform | None = None) -> None:
        self._waveform = waveform
        self._peak = 0
        self._clipped = 0
        self._samples = 0
        self._waiting = bytearray()
        self._form: tuple[str, str, int] | None = None
        self._resampler: Any = None

    def __call__(self, _index: int, frame: Any) -> None:
        """Measure one frame."""
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if form != self._form:  # it may change in mid-stream, where two files were joined
            self._form = form
            self._resampler = av.AudioResampler(format="s16", layout=form[1], rate=form[2])
        for number, part in enumerate(self._resampler.resample(frame)):
            channels = part.layout.nb_channels
            samples = memoryview(part.planes[0])[: part.samples * channels * _SAMPLE]
            self.add(samples)
            if self._waveform is not None:
                timed = not number and frame.pts is not None
                start = Fraction(frame.pts * frame.time_base) if timed else None
                self._waveform.add(start, part.rate, channels, array("h", bytes(samples)))

    def add(self, samples: bytes | memoryview) -> None:
        """Measure 16-bit samples in the order of bytes of this machine.

        >>> meter = Meter()
        >>> meter.add(array("h", [16_384, -32_768, 32_767, 0]).tobytes())
        >>> meter.loudness().clipped
        Fraction(1, 2)
        """
        self._waiting += samples
        if len(self._waiting) >= _AT_ONCE:
            self._measure()

    def _measure(self) -> None:
        """Measure what waits."""
        count = len(self._waiting) // _SAMPLE
        if not count:
            return
        # Pillow takes samples for the pixels of a line, which it goes through many times as fast as we could.
        line = PIL.Image.frombytes("I", (count, 1), self._waiting, "raw", "I;16NS")
        self._waiting.clear()
        self._samples += count
        extrema: Any = line.getextrema()
        lowest, highest = extrema
        self._peak = max(self._peak, highest, -lowest)
        if highest == _FULL_SCALE:
            self._clipped += line.histogram(extrema=(_FULL_SCALE - _BINS + 1, _FULL_SCALE))[-1]
        if lowest <= -_FULL_SCALE:
            self._clipped += sum(line.histogram(extrema=(_LOWEST, _LOWEST + _BINS - 1))[:2])

    def loudness(self) -> Loudness | None:
        """What was measured; `None` if nothing was."""
        self._measure()
        if not self._samples:
            return None
        peak = min(Fraction(self._peak, _FULL_SCALE), Fraction(1))
        clipped = Fraction(self._clipped, self._samples)
        level: Level = "audible"
        if peak < SILENCE:
            level = "silent"
        elif clipped >= CLIPPED_THROUGHOUT:
            level = "clipped"
        return Loudness(peak, clipped, level)
