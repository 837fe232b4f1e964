"""What a sound can be written as: samples in a WAV, or an MP3, the gentlest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from validator.model import AudioFacts, Encoding
from validator.repair.demands import Range

_SAMPLE_BITS = MappingProxyType(
    {
        "pcm_u8": 8,
        "pcm_s16le": 16,
        "pcm_s24le": 24,
        "pcm_s32le": 32,
        "pcm_f32le": 32,
        "pcm_f64le": 64,
        "pcm_alaw": 8,
        "pcm_mulaw": 8,
    }
)
"""Bits of one sample, of what a WAV can hold and decoders take."""

_NO_INTEGERS = frozenset({"pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw"})
_LOSSLESS = frozenset(
    {"flac", "alac", "ape", "wavpack", "tta", "tak", "mlp", "truehd", "als", "shorten", "ralf", "wmalossless"}
)
_USUAL_RATES = (8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000)
_HIGHEST_OF_MP3 = 48_000
_RARE_OF_MP3 = (11_025, 12_000)
_BIT_RATES = (320, 256, 192, 160, 128, 96, 64, 48, 32, 24, 16)
_LOW_BIT_RATE = 64
"""Below it, in thousand bits a second, a sound keeps fewer samples: they would only be noise."""
_LOW_RATE = 22_050
_ENCODER_DELAY = 1_152
"""Samples that LAME puts before a sound and behind it, at least."""
_STEREO = 2
_WAV_OVERHEAD = 128
TAGS = 16_384
"""Bytes that tags are allowed for; the copy is measured anyway."""


def is_lossless(codec: str) -> bool:
    """Whether a codec, by FFmpeg's name, keeps every sample as it was recorded.

    >>> is_lossless("pcm_s24be"), is_lossless("flac"), is_lossless("aac")
    (True, True, False)
    """
    return codec in _LOSSLESS or codec.startswith(("pcm_", "dsd_"))


def frame_samples(rate: int) -> int:
    """Samples of one channel in a frame of an MP3.

    >>> frame_samples(44_100), frame_samples(22_050)
    (1152, 576)
    """
    return 1152 if rate >= 32_000 else 576


@dataclass(frozen=True)
class Form:
    """One way to write a sound; `bit_rate` in bits a second, of an MP3."""

    format: Literal["wav", "mp3"]
    codec: str
    sample_rate: int
    channels: int
    bit_rate: int | None = None
    copy: bool = False

    @property
    def bit_depth(self) -> int | None:
        """Bits of one sample, where it has such."""
        return _SAMPLE_BITS.get(self.codec)

    @property
    def is_float(self) -> bool:
        """Whether its samples may pass full scale.

        >>> Form("wav", "pcm_f32le", 48_000, 2).is_float
        True
        """
        return self.codec.startswith("pcm_f")

    @property
    def encoding(self) -> Encoding:
        """What the probe will call it."""
        checks: tuple[tuple[bool, Encoding], ...] = (
            (self.codec in _NO_INTEGERS, "not-pcm"),
            (self.channels > _STEREO, "many-channels"),
            (self.sample_rate not in _USUAL_RATES, "unusual-rate"),
        )
        return next((state for met, state in checks if met), "usual")

    @property
    def words(self) -> str:
        """For people.

        >>> Form("wav", "pcm_s24le", 48_000, 2).words
        'WAV, 24 bit, 2 channels, 48,000 Hz'
        """
        name = f"WAV, {self.bit_depth} bit" if self.format == "wav" else "MP3"
        speed = f", {self.bit_rate // 1000} kbit/s" if self.bit_rate and not self.copy else ""
        plural = "s" if self.channels != 1 else ""
        return f"{name}, {self.channels} channel{plural}, {self.sample_rate:,} Hz{speed}"

    def most_samples(self, limit: Fraction, *, open_end: bool) -> int:
        """Samples of one channel that can be put in, so that the copy runs at most so long.

        >>> Form("wav", "pcm_s16le", 48_000, 2).most_samples(Fraction(15), open_end=False)
        720000
        >>> Form("mp3", "mp3", 44_100, 2).most_samples(Fraction(15), open_end=False)
        660096
        """
        step = frame_samples(self.sample_rate) if self.format == "mp3" else 1
        units = limit * self.sample_rate / step
        whole = int(units) - (open_end and units == int(units))
        return max(0, whole * step - (_ENCODER_DELAY if self.format == "mp3" and not self.copy else 0))

    def runs(self, samples: int) -> Fraction:
        """Seconds that the copy runs when so many samples of one channel are put in.

        >>> Form("mp3", "mp3", 44_100, 2).runs(660_096) <= 15
        True
        """
        if self.format == "wav":
            return Fraction(samples, self.sample_rate)
        step = frame_samples(self.sample_rate)
        whole = samples + (0 if self.copy else _ENCODER_DELAY)
        return Fraction(-(-whole // step) * step, self.sample_rate)

    def bytes(self, seconds: Fraction, tags: int = TAGS) -> int:
        """At most so many bytes.

        >>> Form("wav", "pcm_s16le", 8_000, 1).bytes(Fraction(2), tags=0)
        32128
        """
        if self.bit_depth is not None:
            return (
                _WAV_OVERHEAD + tags + int(seconds * self.sample_rate) * self.channels * self.bit_depth // 8
            )
        return int(seconds * (self.bit_rate or 320_000) / 8) + 2 * 1_441 + tags

    def facts(self, seconds: Fraction, like: AudioFacts) -> AudioFacts:
        """What the probe will measure of a copy that runs so long."""
        claimed = seconds if self.format == "wav" else Fraction(round(seconds * 1000), 1000)
        name = ("float or companded" if self.encoding == "not-pcm" else "PCM") if self.bit_depth else "MP3"
        plural = "s" if self.channels != 1 else ""
        return AudioFacts(
            duration=seconds,
            claimed_duration=claimed,
            header_agreement="agrees",
            codec=self.codec,
            sample_rate=self.sample_rate,
            channels=self.channels,
            bit_depth=self.bit_depth,
            peak=like.peak,
            clipped=like.clipped,
            level=like.level,
            level_detail=like.level_detail,
            encoding=self.encoding,
            encoding_detail=f"{name}, {self.channels} channel{plural}, {self.sample_rate:,} Hz",
        )


@dataclass(frozen=True)
class Sound:
    """What there is to write: by FFmpeg's names and in bits a second."""

    codec: str
    sample_rate: int
    channels: int
    bit_depth: int | None = None
    bit_rate: int | None = None


@dataclass(frozen=True)
class Taken:
    """The rates and the numbers of channels that a copy may have."""

    rates: Range = field(default_factory=Range)
    channels: Range = field(default_factory=Range)

    def usual_rates(self, highest: int) -> list[int]:
        """Those of the usual rates that are taken, the lowest first; where none is, what bounds the range.

        >>> Taken(Range(min=Fraction(16_000), max=Fraction(30_000))).usual_rates(48_000)
        [16000, 22050, 24000]
        >>> Taken(Range(min=Fraction(192_000))).usual_rates(96_000)
        [192000]
        """
        usual = [rate for rate in _USUAL_RATES if self.rates.holds(rate)]
        if usual:
            return [rate for rate in usual if rate <= highest]
        return sorted({int(each) for each in self.rates.bounds if each >= 1 and self.rates.holds(int(each))})

    def few_channels(self, channels: int) -> list[int]:
        """One or two of them, as far as that is taken: what is nearest to so many first.

        >>> Taken().few_channels(6), Taken(channels=Range(max=Fraction(1))).few_channels(2)
        ([2, 1], [1])
        """
        return [number for number in ((1, 2) if channels == 1 else (2, 1)) if self.channels.holds(number)]


_ALL = Taken()


def copies(sound: Sound) -> Iterator[Form]:
    """The form that takes the packets as they are, if there is one."""
    if sound.codec in ("mp3", "mp3float"):
        yield Form("mp3", "mp3", sound.sample_rate, sound.channels, sound.bit_rate, copy=True)
    elif sound.codec in _SAMPLE_BITS:
        yield Form("wav", sound.codec, sound.sample_rate, sound.channels, copy=True)


def samples_kept(sound: Sound) -> Iterator[Form]:
    """The WAV that holds the very samples, if there is one."""
    codec = sound.codec
    if codec.startswith("pcm_") and codec.endswith("be"):
        codec = codec.removesuffix("be") + "le"
    if codec in _SAMPLE_BITS:
        yield Form("wav", codec, sound.sample_rate, sound.channels)


def waves(sound: Sound, taken: Taken = _ALL) -> Iterator[Form]:
    """WAVs of plain integers, at most two channels and a usual rate, the largest first."""
    rates, few = taken.usual_rates(_USUAL_RATES[-1]), taken.few_channels(sound.channels)
    channels = few[0] if few else sound.channels
    if not rates or not taken.channels.holds(channels):
        return
    rate = _nearest_rate(sound.sample_rate, rates)
    form = Form("wav", "pcm_s24le" if _is_deep(sound) else "pcm_s16le", rate, channels)
    yield form
    form = replace(form, codec="pcm_s16le")
    yield form
    lower = taken.usual_rates(_HIGHEST_OF_MP3)
    if rate > _HIGHEST_OF_MP3 and lower:
        yield replace(form, sample_rate=_nearest_rate(rate, lower))


def mp3s(sound: Sound, taken: Taken = _ALL) -> Iterator[Form]:
    """MP3s of at most two channels, the best first: of a lossy sound not much larger than it is."""
    few = taken.few_channels(sound.channels)
    can = (*_USUAL_RATES, *_RARE_OF_MP3)
    rates = [rate for rate in taken.usual_rates(_HIGHEST_OF_MP3) if rate in can and rate <= _HIGHEST_OF_MP3]
    if not few or not rates:
        return
    enough = 320 if sound.bit_rate is None or is_lossless(sound.codec) else sound.bit_rate * 3 // 2 // 1000
    best = next((rate for rate in reversed(_BIT_RATES) if rate >= max(enough, 128)), 320)
    rate = _nearest_rate(sound.sample_rate, rates)
    for bit_rate in _BIT_RATES:
        is_low = bit_rate < _LOW_BIT_RATE and rate > _LOW_RATE and taken.rates.holds(_LOW_RATE)
        lower = _LOW_RATE if is_low else rate
        if _least_bits(lower) <= bit_rate <= min(best, _most_bits(lower)):
            yield Form("mp3", "mp3", lower, few[0], bit_rate * 1000)


def smaller_waves(sound: Sound, taken: Taken = _ALL) -> Iterator[Form]:
    """WAVs that lose more than an MP3 does: for where no MP3 is taken."""
    rates = taken.usual_rates(_HIGHEST_OF_MP3)
    lower = [each for each in rates if each <= sound.sample_rate] or rates[:1]
    for rate in reversed(lower):
        for channels in taken.few_channels(sound.channels):
            if channels <= sound.channels:
                yield Form("wav", "pcm_s16le", rate, channels)


def _is_deep(sound: Sound) -> bool:
    if sound.codec in ("pcm_alaw", "pcm_mulaw"):
        return False
    return is_lossless(sound.codec) and (sound.bit_depth or _SAMPLE_BITS.get(sound.codec) or 16) > 16


def _most_bits(rate: int) -> int:
    """Thousand bits a second that an MP3 of this rate has at most."""
    return 320 if rate >= 32_000 else 160 if rate >= 16_000 else 64


def _least_bits(rate: int) -> int:
    """Thousand bits a second that an MP3 of this rate has at least."""
    return 32 if rate >= 32_000 else 8


def _nearest_rate(rate: int, usual: Sequence[int]) -> int:
    """The one of these rates that loses nothing and is nearest: one that is a multiple, if it can be.

    >>> [_nearest_rate(rate, _USUAL_RATES) for rate in (11_025, 176_400, 37_800)]
    [22050, 88200, 44100]
    """
    if rate in usual:
        return rate
    enough = [each for each in usual if each >= rate]
    evenly = [each for each in enough if each % rate == 0 and each <= 2 * rate]
    divides = [each for each in usual if rate % each == 0]
    return (evenly or enough or divides[-1:] or [*usual][-1:])[0]
