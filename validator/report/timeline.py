"""What is drawn over the seconds of a clip or a sound: its length in the allowed band, peaks, frame rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from validator.model import AudioFacts, Facts, VideoFacts
from validator.preview import RateSpan
from validator.quantity import shown
from validator.report.gauge import Reading, State

_ROOM = Fraction(21, 20)  # the axis goes on behind what is longest on it
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18_000, 36_000)
_MOST_TICKS = ((60, 8), (3600, 6))  # below so many seconds, so many: longer labels need more room
_FEWEST_TICKS = 4
_HIGHEST = 3  # of frame rates: so many times what is usual, or allowed, and all that is higher is cut off
_HEIGHT = 100  # of drawings over the axis, in units of their own


@dataclass(frozen=True)
class Tick:
    """A mark of the axis: where, as a share of it, and what it says."""

    share: str
    label: str


@dataclass(frozen=True)
class Timeline:
    """A length of time beside the band that it may lie in; places are percent of the axis.

    `limit`: the band in words; `profile`: whose it is, where not all profiles have the same.
    """

    label: str
    limit: str
    profile: str
    state: State
    end: str
    low: str
    span: str
    bounds: tuple[str, ...]
    ticks: tuple[Tick, ...]


def timeline(facts: Facts, readings: Mapping[str, Sequence[Reading]]) -> Timeline | None:
    """The duration of a clip or a sound, with the band that is allowed, by readings of each profile.

    Of several bands it is one that the duration lies outside of, else the narrowest.

    >>> from validator.report.gauge import Reading
    >>> from validator.rule import Bounds
    >>> of = {"fact": "duration", "label": "duration", "description": "", "codes": ("AUD002",)}
    >>> band = Bounds(Fraction(2), Fraction(15))
    >>> reading = Reading(**of, value="4 s", limit="", state="inside", bounds=band)
    >>> drawn = timeline(Facts(media=AudioFacts(duration=Fraction(4))), {"runway": (reading,)})
    >>> drawn.end, drawn.low, drawn.span, [tick.label for tick in drawn.ticks]
    ('25.4', '12.7', '82.5', ['0', '2', '4', '6', '8', '10', '12', '14'])
    """
    media = facts.media
    if not isinstance(media, (VideoFacts, AudioFacts)) or not media.duration or media.duration < 0:
        return None
    limited, profile = _limited(readings, "duration")
    low, high = _bounds(limited)
    whole = max(media.duration, low or Fraction(0), high or Fraction(0)) * _ROOM
    return Timeline(
        label=f"{shown(media.duration, near=tuple(each for each in (low, high) if each is not None))} s",
        limit=limited.limit if limited is not None else "",
        profile=profile,
        state=limited.state if limited is not None else "no limit",
        end=_percent(media.duration / whole),
        low=_percent((low or Fraction(0)) / whole),
        span=_percent(((whole if high is None else high) - (low or Fraction(0))) / whole),
        bounds=tuple(_percent(each / whole) for each in (low, high) if each),
        ticks=_ticks(whole),
    )


def _limited(readings: Mapping[str, Sequence[Reading]], fact: str) -> tuple[Reading | None, str]:
    """The limit that matters most, and whose it is; the latter is empty where all profiles have the same."""
    limits = [
        (each, profile)
        for profile, found in readings.items()
        for each in found
        if each.fact == fact and each.bounds is not None
    ]
    if not limits:
        return None, ""
    first, profile = min(limits, key=lambda limit: _weight(limit[0]))
    shared = {name for each, name in limits if each.bounds == first.bounds} == readings.keys()
    return first, "" if shared else profile


def _weight(reading: Reading) -> tuple[int, bool, Fraction]:
    """Less for what weighs more: what was found, the worst first, then the narrower band."""
    low, high = _bounds(reading)
    found = 0 if reading.severity is None else reading.severity.rank + 1
    return -found, low is None or high is None, (high or Fraction(0)) - (low or Fraction(0))


def _bounds(reading: Reading | None) -> tuple[Fraction | None, Fraction | None]:
    held = None if reading is None else reading.bounds
    return (None, None) if held is None else (held.min, held.max)


def _ticks(whole: Fraction) -> tuple[Tick, ...]:
    most = next((number for seconds, number in _MOST_TICKS if whole < seconds), _FEWEST_TICKS)
    step = next((step for step in _TICKS if whole / step < most), None)
    if step is None or whole < 1:
        return ()
    times = range(0, int(whole) + 1, step)
    return tuple(Tick(_percent(time / whole), _clock(time)) for time in times)


def _clock(seconds: int) -> str:
    """Whole seconds; minutes and hours where there are such.

    >>> _clock(15), _clock(90), _clock(3600)
    ('15', '1:30', '1:00:00')
    """
    if seconds < 60:
        return str(seconds)
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _percent(share: Fraction | float) -> str:
    return f"{float(share) * 100:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Waveform:
    """Peaks over the whole duration: a closed outline, and what was not decoded, in columns and percent."""

    columns: int
    outline: str
    gaps: tuple[tuple[int, int], ...]


def waveform(peaks: Sequence[int]) -> Waveform | None:
    """The outline of a sound, mirrored at its middle; nothing where there are no peaks.

    >>> waveform((0, 100, -1)).outline
    'M0 50V50H1V0H2V100H1V50H0Z'
    >>> waveform((0, 100, -1)).gaps
    ((2, 1),)
    """
    if not peaks:
        return None
    half = _HEIGHT // 2
    ends: list[tuple[int, int]] = []  # runs of columns that were decoded: first and one past the last
    gaps: list[tuple[int, int]] = []
    start = 0
    for at in range(1, len(peaks) + 1):
        if at == len(peaks) or (peaks[at] < 0) != (peaks[start] < 0):
            (gaps if peaks[start] < 0 else ends).append((start, at))
            start = at
    pieces = []
    for first, last in ends:
        heights = [peak * half // 100 for peak in peaks[first:last]]
        above = "".join(f"V{half - height}H{first + at + 1}" for at, height in enumerate(heights))
        below = "".join(f"V{half + heights[at]}H{first + at}" for at in reversed(range(len(heights))))
        pieces.append(f"M{first} {half}{above}{below}Z")
    return Waveform(len(peaks), "".join(pieces), tuple((first, last - first) for first, last in gaps))


@dataclass(frozen=True)
class Rates:
    """The frame rate over the clip: steps, and the band that the average may lie in, in percent.

    `limit` and `profile` are as in `Timeline`.
    """

    steps: str
    top: str
    height: str
    label: str
    limit: str
    profile: str


def rates(spans: Sequence[RateSpan], facts: Facts, readings: Mapping[str, Sequence[Reading]]) -> Rates | None:
    """Steps from one rate to the next, over the clip's duration; nothing where the rate is constant.

    >>> seconds = tuple(Fraction(each) for each in range(3))
    >>> spans = (RateSpan(*seconds[:2], Fraction(30)), RateSpan(*seconds[1:], Fraction(15)))
    >>> drawn = rates(spans, Facts(media=VideoFacts(duration=Fraction(2))), {})
    >>> drawn.steps, drawn.label
    ('M0 9.1V9.1H50V54.5H100', '15 to 30 fps')
    """
    media = facts.media
    if not spans or not isinstance(media, VideoFacts) or not media.duration or media.duration < 0:
        return None
    limited, profile = _limited(readings, "frame_rate")
    low, high = _bounds(limited)
    whole = media.duration
    fastest = max(span.rate for span in spans)
    # A span may be the average of many frames: the extremes are those of single frames, as findings say.
    extremes = (media.frame_rate_min or min(span.rate for span in spans), media.frame_rate_max or fastest)
    usual = max(media.frame_rate or Fraction(0), high or Fraction(0))
    highest = max(fastest, high or Fraction(0))  # two frames at almost one time leave nothing else to see
    ceiling = (min(highest, usual * _HIGHEST) or highest) * Fraction(11, 10) or Fraction(1)

    def across(time: Fraction) -> str:
        return _percent(min(max(time / whole, Fraction(0)), Fraction(1)))

    def down(rate: Fraction) -> str:
        return _percent(1 - min(max(rate / ceiling, Fraction(0)), Fraction(1)))

    steps = "".join(f"V{down(span.rate)}H{across(span.end)}" for span in spans)
    return Rates(
        steps=f"M{across(spans[0].start)} {down(spans[0].rate)}{steps}",
        top=down(high or ceiling),
        height=_percent((high or ceiling) / ceiling - (low or Fraction(0)) / ceiling) if limited else "0",
        label=" to ".join(shown(each, places=2) for each in extremes) + " fps",
        limit=limited.limit if limited is not None else "",
        profile=profile,
    )
