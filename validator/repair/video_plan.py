"""Plans a clip that conforms: its packets as they are where that is enough, else encoded once, and gently."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from validator.quantity import shown
from validator.repair.geometry import Framing, NoFraming
from validator.repair.plan import Case, Draft, Obstacle
from validator.repair.recipe import VideoRecipe
from validator.repair.timing import nearest_rate
from validator.repair.video_changes import changes_of, warnings_of
from validator.repair.video_colour import HDR_TRANSFERS, colours_of
from validator.repair.video_copy import Copied, copied
from validator.repair.video_graph import SOUND_BIT_RATE
from validator.repair.video_length import Length, frames_of, length_of
from validator.repair.video_predict import predicted_copy, predicted_encoded
from validator.repair.video_size import SIZE_FACTS, fits, frame_of
from validator.repair.video_source import READS_ALPHA, Source, codes_of, source_of

_ENCODED_ANEW = (
    "codec_support",
    "frame_rate_mode",
    "geometry",
    "frame_rate",
    "frame_rate_min",
    "frame_rate_max",
)
_NEAR = Fraction(1, 500)  # of a frame rate: a usual one that was rounded
_SHARES = (Fraction(96, 100), Fraction(92, 100), Fraction(85, 100))
"""How much of the size that is taken is aimed at, by attempt."""
_SWING = 2  # times the bits a second that two passes aim at: more at once is not taken back in a short clip
_LEAST_BIT_RATE = 50_000
_SPARE = 30_000  # bytes of the container, whatever it holds
_MOST_CHANNELS = 2
_BLACK = "#000000"


@dataclass(frozen=True)
class _Rates:
    """Bits a second of the picture: in two passes, and never more than."""

    max_bytes: int | None = None
    bit_rate: int | None = None
    max_bit_rate: int | None = None


@dataclass(frozen=True)
class _Decided:
    """All that is settled of a clip that is encoded."""

    format: Literal["mp4", "mov"]
    length: Length
    frame: Framing
    rate: Fraction
    frames: int
    rates: _Rates


def plan_video(case: Case) -> Draft:
    """The gentlest way to an mp4 or a mov that answers the case's findings, or why there is none."""
    source = source_of(case)
    if isinstance(source, Obstacle):
        return Draft(None, obstacles=(source,))
    format_name = _format(case, source)
    length = length_of(case, source)
    obstacles = [each for each in (format_name, length) if isinstance(each, Obstacle)]
    if isinstance(format_name, Obstacle) or isinstance(length, Obstacle):
        return Draft(None, obstacles=tuple(obstacles))
    if not _has_to_be_encoded(case, source):
        found = copied(case, source, length, format_name)
        if found is not None:
            return _copy(case, source, length, format_name, found)
    return _encoded(case, source, length, format_name)


def _format(case: Case, source: Source) -> Literal["mp4", "mov"] | Obstacle:
    """The container that it has, where that is taken, else the usual one."""
    formats: tuple[Literal["mp4", "mov"], ...] = ("mov", "mp4") if source.format == "mov" else ("mp4", "mov")
    for name in formats:
        if case.demands.takes("format", name):
            return name
    code = (*codes_of(case, "format"), *case.demands.codes.get("format", ()), "")[0]
    why = case.demands.conflicts.get(
        "format", "No mp4 and no mov is taken, and clips are written as no other."
    )
    return Obstacle(code, why)


def _has_to_be_encoded(case: Case, source: Source) -> bool:
    """Whether something is wrong with the picture itself."""
    facts = source.facts
    if facts.width is not None and facts.height is not None and not _fits_as_stored(case, source):
        return True
    values = ((name, getattr(facts, name)) for name in _ENCODED_ANEW)
    return any(value is not None and not case.demands.takes(name, value) for name, value in values)


def _fits_as_stored(case: Case, source: Source) -> bool:
    facts = source.facts
    return facts.width is None or facts.height is None or fits(case, (facts.width, facts.height))


def _copy(
    case: Case, source: Source, length: Length, format_name: Literal["mp4", "mov"], found: Copied
) -> Draft:
    audio, copy_audio, end = source.audio, source.audio_fits, found.seconds if length.ends else None
    if audio is not None and _tracks_disagree(case, source):
        end, copy_audio = source.facts.video_duration, _is_longer(source)
    recipe = VideoRecipe(
        demuxer=source.streams.demuxer,
        format=format_name,
        video=source.video.index,
        audio=None if audio is None else audio.index,
        copy_video=True,
        copy_audio=copy_audio,
        start=length.start,
        duration=end,
        packets=found.packets,
        tag="hvc1" if source.video.codec == "hevc" else "",
        channels=None if copy_audio else _channels(source),
        metadata=case.options.metadata,
    )
    return Draft(
        recipe,
        changes=tuple(changes_of(case, source, recipe, None, found)),
        warnings=tuple(warnings_of(case, source, length, None)),
        predicted=predicted_copy(source, recipe, found),
        predicted_bytes=found.bytes,
    )


def _tracks_disagree(case: Case, source: Source) -> bool:
    """Whether the sound has to be brought to the picture's length."""
    return source.facts.tracks == "durations-disagree" and not case.demands.takes(
        "tracks", source.facts.tracks
    )


def _is_longer(source: Source) -> bool:
    """Whether the sound outlasts the picture: then it can be cut between packets."""
    sound, picture = source.facts.audio_duration, source.facts.video_duration
    return source.audio_fits and sound is not None and picture is not None and sound > picture


def _channels(source: Source) -> int | None:
    many = source.audio is not None and (source.audio.channels or 0) > _MOST_CHANNELS
    return _MOST_CHANNELS if many else None


def _encoded(case: Case, source: Source, length: Length, format_name: Literal["mp4", "mov"]) -> Draft:
    frame, rate = frame_of(case, source), _rate(case, source)
    if isinstance(frame, NoFraming):
        code = (*codes_of(case, frame.fact), *codes_of(case, *SIZE_FACTS), "")[0]
        return Draft(None, obstacles=(Obstacle(code, frame.reason),))
    if rate is None:
        return Draft(None, obstacles=(_no_rate(case),))
    frames = frames_of(length, rate, case.demands.range_of("duration"), fewer=case.attempt)
    if frames is None:
        return Draft(None, obstacles=(_no_length(case, rate),))
    seconds = frames / rate
    rates = _rates(case, source, seconds, _share_of(source, frame, rate))
    if isinstance(rates, Obstacle):
        return Draft(None, obstacles=(rates,))
    recipe = _recipe(case, source, _Decided(format_name, length, frame, rate, frames, rates))
    return Draft(
        recipe,
        changes=tuple(changes_of(case, source, recipe, frame, None)),
        warnings=tuple(warnings_of(case, source, length, frame)),
        predicted=predicted_encoded(source, recipe, frame.size, rate, frames),
        predicted_bytes=_most_bytes(case),
    )


def _recipe(case: Case, source: Source, decided: _Decided) -> VideoRecipe:
    length, frame, rates = decided.length, decided.frame, decided.rates
    facts, audio, seconds = source.facts, source.audio, decided.frames / decided.rate
    whole = not length.ends and not length.lengthened
    copy_audio = whole and source.audio_fits and not case.attempt and not _tracks_disagree(case, source)
    square = (facts.sample_aspect_ratio or 1) == 1
    is_hdr = source.video.transfer in HDR_TRANSFERS
    decoder = READS_ALPHA.get(source.video.codec, "") if source.video.alpha == "layer" else ""
    timed: dict[str, Any] = {"duration": None if audio is None and whole else seconds}
    if length.lengthened:
        way = case.options.lengthen or ""
        # A round is as long as the picture: where the sound outlasts it, the last one would be held.
        once = source.picture_end if way == "loop" else None
        timed = {"duration": once or length.duration, "lengthened": seconds, "lengthen": way}
    return VideoRecipe(
        demuxer=source.streams.demuxer,
        format=decided.format,
        video=source.video.index,
        audio=None if audio is None else audio.index,
        copy_audio=copy_audio,
        start=length.start,
        deinterlace=source.video.interlaced,
        tone_map=is_hdr,
        transfer=source.video.transfer if is_hdr else "",
        primaries=source.video.primaries if is_hdr else "",
        matrix=source.video.matrix if is_hdr else "",
        range=source.video.range if is_hdr else "",
        flatten=_behind(case) if decoder or source.video.alpha == "pixels" else "",
        decoder=decoder,
        shown=None if square else source.size,
        crop=frame.crop,
        size=frame.content if frame.is_scaled or frame.canvas is not None or not square else None,
        canvas=frame.canvas,
        frame_rate=decided.rate,
        frames=decided.frames,
        max_bytes=rates.max_bytes,
        bit_rate=rates.bit_rate,
        max_bit_rate=rates.max_bit_rate,
        channels=None if copy_audio else _channels(source),
        colours=colours_of(source),
        metadata=case.options.metadata,
        **timed,
    )


def _behind(case: Case) -> str:
    """The colour that what is transparent is laid on: that of the padding, where it has one."""
    return case.options.fill if case.options.fill.startswith("#") else _BLACK


def _rate(case: Case, source: Source) -> Fraction | None:
    """The rate that it has, where it is even and taken; else the usual one nearest to it.

    Where it varies, nearest to the fastest that is regular: at the average, frames would be left out.
    """
    taken, facts = case.demands.range_of("frame_rate"), source.facts
    if "frame_rate" in case.demands.conflicts:
        return None
    fastest = source.video.usual_rate if facts.frame_rate_mode == "variable" else None
    usual = nearest_rate(fastest or facts.frame_rate or Fraction(24), taken)
    if usual is None or facts.frame_rate is None or facts.frame_rate_mode != "constant":
        return usual
    if abs(usual - facts.frame_rate) <= _NEAR * usual:
        return usual
    own = facts.frame_rate.limit_denominator(1001)
    return own if taken.holds(own) and taken.holds(facts.frame_rate) else usual


def _no_rate(case: Case) -> Obstacle:
    code = (*codes_of(case, "frame_rate"), *case.demands.codes.get("frame_rate", ()), "")[0]
    return Obstacle(code, case.demands.conflicts.get("frame_rate", "There is no frame rate that is taken."))


def _no_length(case: Case, rate: Fraction) -> Obstacle:
    code = (*codes_of(case, "duration"), *case.demands.codes.get("duration", ()), "")[0]
    return Obstacle(code, f"No whole number of frames at {shown(rate)} fps runs for a time that is taken.")


def _most_bytes(case: Case) -> int | None:
    most = case.demands.range_of("bytes").max
    return None if most is None else int(most)


def _share_of(source: Source, frame: Framing, rate: Fraction) -> Fraction:
    """How many of the pixels of a second are left."""
    width, height = frame.content
    area = Fraction(width * height, source.size[0] * source.size[1])
    slower = rate / source.facts.frame_rate if source.facts.frame_rate else Fraction(1)
    return min(Fraction(1), area) * min(Fraction(1), slower)


def _rates(case: Case, source: Source, seconds: Fraction, share_left: Fraction) -> _Rates | Obstacle:
    """Two passes where the size stays wrong in what is left; else a bound that is far off for most clips."""
    most = _most_bytes(case)
    if most is None:
        return _Rates()
    share = _SHARES[min(case.attempt, len(_SHARES) - 1)]
    sound = 0 if source.audio is None else _sound_bit_rate(source)
    room = int(most * share - _SPARE) * 8 - int(sound * seconds)
    bit_rate = int(room / seconds)
    if bit_rate < _LEAST_BIT_RATE:
        code = (*codes_of(case, "bytes"), *case.demands.codes.get("bytes", ()), "")[0]
        text = f"{most:,} bytes are too few for {shown(seconds)} s of it: choose a shorter cut"
        return Obstacle(code, f"{text} (--start, or trim it first).")
    left = int(source.copied_bytes(seconds) * share_left)
    too_many = not case.demands.takes("bytes", source.bytes) and not case.demands.takes("bytes", left)
    if too_many or case.attempt > 1:
        aim = min(bit_rate, source.video.bit_rate or bit_rate)
        return _Rates(max_bytes=most, bit_rate=aim, max_bit_rate=aim if case.attempt else _SWING * aim)
    return _Rates(max_bit_rate=int(room / (seconds + 1)))


def _sound_bit_rate(source: Source) -> int:
    own = 0 if source.audio is None else source.audio.bit_rate or 0
    return max(own, SOUND_BIT_RATE) if source.audio_fits else SOUND_BIT_RATE
