"""The sound that is to be mended: the one that players take, and which of its seconds stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log10

import msgspec

from validator.model import AudioFacts, VideoFacts
from validator.quantity import shown
from validator.repair.audio_forms import Form, Sound
from validator.repair.options import Lengthen
from validator.repair.plan import Case, Obstacle
from validator.repair.streams import Stream, main_of
from validator.repair.words import too_short

FADE = Fraction(1, 50)
"""Seconds over which a sound fades where it was cut, so that the cut does not click."""
NEAR = Fraction(1, 5)
"""Seconds by which decoders differ in what they take for the beginning and the end of a sound."""
_SLOWEST = Fraction(1, 4)
_DEMUXERS = {"wav": "wav", "rf64": "wav", "mp3": "mp3"}
_LEVELS = {
    "silent": "The sound is silent: what was not recorded cannot be brought back. Record or export it again.",
    "clipped": "The sound is clipped throughout: what was cut off cannot be brought back. "
    "Record or export it again with a lower level.",
}
_SOFT = "The sound is too soft to be heard: --normalise makes it louder."
_TOO_SLOW = "It runs {has} s: to last {least} s it would have to be played at {share} of its speed. Loop it."
_TOO_LATE = "The cut begins at {start} s, where {left} s of the sound are left; {least} s is the least."


@dataclass(frozen=True)
class Source:
    """What there is: `facts` and `duration` as measured, `sound` as a form is chosen by it."""

    facts: AudioFacts
    stream: Stream
    demuxer: str
    sound: Sound
    duration: Fraction


@dataclass(frozen=True)
class Part:
    """Which seconds stay. `ends`: what follows is cut away; `lengthen`: how there come to be so many."""

    start: Fraction
    seconds: Fraction
    ends: bool = False
    lengthen: Lengthen | None = None


def codes_of(case: Case, fact: str) -> tuple[str, ...]:
    """The rules that find fault with a fact."""
    return tuple(dict.fromkeys(each.code for each in case.findings if each.measured.fact == fact))


def source_of(case: Case) -> Source | Obstacle:
    """The sound to be mended, or why there is none."""
    code = case.findings[0].code if case.findings else ""
    media = _facts(case)
    stream = _first_sound(case, media)
    if case.problem:
        return Obstacle(code, case.problem)
    if stream is None:
        return Obstacle(code, "There is no sound in it that could be copied.")
    if media.duration is None:
        why = case.facts.why_unmeasured("duration")
        return Obstacle(code, f"How long the sound runs is not known: {why}.")
    if not stream.sample_rate or not stream.channels or not media.duration:
        return Obstacle(code, "There are no samples in it: nothing can be made of it.")
    demuxer = case.streams.demuxer if case.streams else _DEMUXERS.get(case.facts.file.format or "", "")
    if not demuxer:
        return Obstacle(code, "There is no reader here for its format: convert it to WAV or MP3 first.")
    sound = Sound(stream.codec, stream.sample_rate, stream.channels, media.bit_depth, stream.bit_rate)
    return Source(media, stream, demuxer, sound, media.duration)


def _facts(case: Case) -> AudioFacts:
    """What was measured of the sound: of a clip without a picture, what is known of its sound."""
    media = case.facts.media
    if isinstance(media, AudioFacts):
        return media
    if isinstance(media, VideoFacts):
        return AudioFacts(
            duration=media.audio_duration,
            codec=media.audio_codec,
            sample_rate=media.audio_sample_rate,
            channels=media.audio_channels,
        )
    return AudioFacts()


def _first_sound(case: Case, media: AudioFacts) -> Stream | None:
    """The stream that the facts are of; what the survey left open, they say."""
    found = case.streams.streams if case.streams else (Stream(index=0, kind="audio"),)
    stream = main_of(found, "audio")
    return stream and msgspec.structs.replace(
        stream,
        codec=stream.codec or media.codec or "",
        sample_rate=stream.sample_rate or media.sample_rate,
        channels=stream.channels or media.channels,
    )


def is_beyond(source: Source) -> bool:
    """Whether samples in floating point pass full scale: nothing of them is cut off yet."""
    return (source.stream.peak or 0) > 1


def softer_by(source: Source, form: Form) -> Fraction:
    """Decibels that a sound beyond full scale is lowered by, so that what is written as integers holds it."""
    if not is_beyond(source) or form.is_float or source.stream.peak is None:
        return Fraction(0)
    return Fraction(ceil(200 * log10(source.stream.peak)) + 1, 10)


def lost(case: Case, source: Source) -> Iterator[Obstacle]:
    """What no copy brings back.

    Silence that is merely soft can be made louder, where that is asked for, and what is beyond full scale
    softer.
    """
    level = source.facts.level or ""
    soft = level == "silent" and source.facts.peak
    loud = level == "clipped" and is_beyond(source)
    if level in _LEVELS and not loud and not (soft and case.options.normalise):
        for code in codes_of(case, "level"):
            yield Obstacle(code, _SOFT if soft else _LEVELS[level])


def part_of(case: Case, source: Source) -> Part | Obstacle:
    """The seconds that stay, or why none of them do."""
    taken, has = case.demands.range_of("duration"), source.duration
    code = (*codes_of(case, "duration"), *case.demands.codes.get("duration", ()), "")[0]
    least = taken.min or Fraction(0)
    if taken.holds(has):
        # What is on the lower bound may be decoded to a few samples less: silence fills them up.
        near = case.attempt > 0 and has <= least + NEAR
        return Part(Fraction(0), has, lengthen="hold" if near else None)
    if has <= least:
        return _longer(case, source, least, code)
    start = case.options.start or Fraction(0)
    left = has - start
    if left <= 0 or left < least:
        numbers = {"start": shown(start), "left": shown(max(left, Fraction(0))), "least": shown(least)}
        return Obstacle(code, _TOO_LATE.format(**numbers))
    return Part(start, left, ends=taken.max is not None and left >= taken.max)


def _longer(case: Case, source: Source, least: Fraction, code: str) -> Part | Obstacle:
    """The sound made longer, in the way that is allowed."""
    how, has = case.options.lengthen, source.duration
    numbers = {"has": shown(has, (least,)), "least": shown(least)}
    if how is None:
        return Obstacle(code, too_short(has, least))
    if how == "slow" and has / least < _SLOWEST:
        return Obstacle(code, _TOO_SLOW.format(**numbers, share=f"{float(has / least):.0%}"))
    taken = case.demands.range_of("duration")
    # A bound that is outside is left by the least that can be heard.
    goal = least + (FADE if taken.open_min or taken.shy_min else 0)
    whole = ceil(goal / has) * has
    return Part(Fraction(0), whole if how == "loop" and taken.holds(whole) else goal, lengthen=how)
