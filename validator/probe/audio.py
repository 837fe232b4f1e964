"""Sounds: measured duration, codec, channels, rate and level."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

import av

from validator.model import SOUND_UNREAD, SPARED, Agreement, AudioFacts, Depth, Encoding
from validator.probe import mp3, wav
from validator.probe.damage import Damage
from validator.probe.decode import Decoded, Decoder, strict
from validator.probe.measurement import Measurement, Proceed, always
from validator.probe.sketch import Sketch
from validator.probe.splice import Splice
from validator.probe.stream import Timeline, TooManyPacketsError, counted, decoder_damage, main_sound, opened
from validator.probe.waveform import Waveform

if TYPE_CHECKING:
    from validator.probe.meter import Loudness, Meter

CHEAP_SECONDS = 120
"""Seconds of sound that are decoded whole at standard depth."""
HEADER_TOLERANCE = Fraction(1, 2)
"""Seconds by which the header may differ from the measured duration before it is told."""

_USUAL_RATES = frozenset({8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000})


def probe_audio(
    file: BinaryIO,
    format_name: str,
    depth: Depth,
    cancelled: Callable[[], bool],
    *,
    sketch: bool = False,
    proceed: Proceed = always,
) -> Measurement:
    """Measure a wav, an RF64 or an mp3; with `sketch`, its waveform is kept.

    Raises:
        Cancelled: the run was asked to stop.
    """
    is_mp3 = format_name == "mp3"
    header = wav.WavHeader() if is_mp3 else wav.read_header(file)
    if header.too_many:
        detail = f"more than {wav.MAX_CHUNKS:,} chunks; we read no more than these"
        return Measurement(AudioFacts(), Damage(), "metadata", detail, decoded=False)
    sound = _sound(file, header, is_mp3=is_mp3)
    claimed = mp3.claimed_duration(sound) if is_mp3 else header.claimed_duration()
    try:
        with opened(sound, "mp3" if is_mp3 else "wav") as container:
            if not container.streams.audio:
                return Measurement(AudioFacts(), Damage("without-content", "there is no audio stream"))
            return measure_sound(container, header, claimed, depth, cancelled, sketch=sketch, proceed=proceed)
    except TooManyPacketsError as error:
        facts, why = AudioFacts(claimed_duration=claimed), {"*": "it holds more than is read"}
        return Measurement(facts, Damage(), "frames", str(error), decoded=False, unmeasured=why)
    except av.error.FFmpegError as error:
        return Measurement(AudioFacts(claimed_duration=claimed), decoder_damage(error, "header"))


def _sound(file: BinaryIO, header: wav.WavHeader, *, is_mp3: bool) -> BinaryIO:
    """The file without its tags: FFmpeg reads them all, and some keep it busy for minutes."""
    parts = [(mp3.sound_start(file), file.seek(0, io.SEEK_END))] if is_mp3 else header.parts
    return io.BufferedReader(Splice(file, parts))


def measure_sound(  # noqa: PLR0913 - what `probe_audio` was asked
    container: Any,
    header: wav.WavHeader,
    claimed: Fraction | None,
    depth: Depth,
    cancelled: Callable[[], bool],
    *,
    sketch: bool = False,
    proceed: Proceed = always,
) -> Measurement:
    """Measure the first sound of an open container, whose own header was read before; empty of no WAV.

    `proceed` is asked once, before anything is decoded.

    Raises:
        Cancelled: the run was asked to stop.
        TooManyPacketsError: it holds more than is read.
    """
    duration = header.duration() if header.has_data else None
    is_mp3 = container.format.name == "mp3"
    sound = _demuxed(container, is_mp3=is_mp3, enough=duration is not None, cancelled=cancelled)
    stream, damage = sound.stream, sound.damage
    unknown = stream.codec_context is None
    if duration is None and not unknown:
        duration = sound.timeline.total
    if header.truncated:
        text = f"the header announces {header.announced:,} bytes of sound, the file holds {header.present:,}"
        damage = Damage("truncated", text)
    level, undecided, drawn = None, "", None
    is_decoded = duration is not None and not unknown and depth is not Depth.HEADER
    is_decoded = is_decoded and bool(sound.timeline.packets)
    stopped = is_decoded and not proceed(_facts(stream.codec_context, header, duration, claimed, level))
    if duration is not None and is_decoded and not stopped:
        if sketch:
            drawn = Waveform(sound.timeline.first or Fraction(0), duration, stream.codec_context.sample_rate)
        from validator.probe.meter import Meter

        meter = Meter(drawn)
        decoded = _decode(sound, duration, depth, cancelled, meter)
        damage = decoded.damage if damage.integrity == "whole" else damage
        level, undecided = meter.loudness(), decoded.doubt
    elif not sound.timeline.packets and not header.has_data and damage.integrity == "whole":
        # A WAV may say by itself that it holds nothing: then its duration is 0, and it is whole.
        damage = Damage("without-content", "there are no samples")
    facts = _facts(stream.codec_context, header, duration, claimed, level)
    why = SOUND_UNREAD if depth is Depth.HEADER else SPARED if stopped else "there are no samples"
    unmeasured = {"level": why, "header_agreement": "the header names no duration"}
    if unknown:
        undecided = f"no decoder here knows the sound's codec, {header.encoding}"
        unmeasured = dict.fromkeys(("level", "duration", "header_agreement"), undecided)
    if undecided:
        unmeasured["integrity"] = undecided
    return Measurement(
        facts,
        damage,
        decoded=depth is not Depth.HEADER and not undecided and not stopped,
        unmeasured=unmeasured,
        sketch=None if drawn is None else Sketch(waveform=drawn.columns()),
        stopped=stopped,
    )


@dataclass(frozen=True)
class _Sound:
    """An opened sound whose packets were counted; what comes after `end` seconds is no part of it."""

    container: Any
    stream: Any
    timeline: Timeline
    end: Fraction | None
    damage: Damage


def _demuxed(container: Any, *, is_mp3: bool, enough: bool, cancelled: Callable[[], bool]) -> _Sound:
    """Count the packets, or only look whether there are any, where that is `enough`."""
    stream = main_sound(container.streams.audio)
    timeline, tail, damage = Timeline(stream.time_base), mp3.Tail(), Damage()
    try:
        for packet in counted(container, [stream], cancelled):
            for heard in tail.counted(packet) if is_mp3 else (packet,):
                timeline.add(heard)
            if enough:
                break
    except av.error.FFmpegError as error:
        damage = decoder_damage(error, "reading")
    end = next((junk.pts * stream.time_base for junk in tail.junk if junk.pts is not None), None)
    return _Sound(container, stream, timeline, end, damage)


def _decode(
    sound: _Sound, duration: Fraction, depth: Depth, cancelled: Callable[[], bool], meter: Meter
) -> Decoded:
    strict(sound.stream)
    decoder = Decoder(sound.container, cancelled, meter, sound.end)
    if depth is Depth.FULL or duration <= CHEAP_SECONDS:
        return decoder.all([sound.stream])
    return decoder.samples(sound.stream, float(duration))


def _facts(
    context: Any,
    header: wav.WavHeader,
    duration: Fraction | None,
    claimed: Fraction | None,
    level: Loudness | None,
) -> AudioFacts:
    """Put together what was measured; there is no codec context where FFmpeg has no decoder."""
    source = header if context is None else context
    channels, rate = int(source.channels), int(source.sample_rate)
    named = header.has_format or context is None
    encoding = header.encoding if named else str(context.codec.canonical_name).upper()
    state = _encoding(header, channels, rate)
    return AudioFacts(
        duration=duration,
        claimed_duration=claimed,
        header_agreement=None if claimed is None or duration is None else _agreement(duration, claimed),
        codec=header.encoding if context is None else str(context.codec.canonical_name),
        sample_rate=rate,
        channels=channels,
        bit_depth=header.bits or None,
        peak=level.peak if level else None,
        clipped=level.clipped if level else None,
        level=level.level if level else None,
        level_detail=level.words if level else None,
        encoding=state,
        encoding_detail=f"{encoding}, {channels} channel{'s' if channels != 1 else ''}, {rate:,} Hz",
    )


def _agreement(measured: Fraction, claimed: Fraction) -> Agreement:
    return "disagrees" if abs(measured - claimed) > HEADER_TOLERANCE else "agrees"


def _encoding(header: wav.WavHeader, channels: int, rate: int) -> Encoding:
    """The gravest of what is unusual."""
    checks: tuple[tuple[bool, Encoding], ...] = (
        (header.has_format and not header.is_pcm, "not-pcm"),
        (channels > 2, "many-channels"),
        (rate not in _USUAL_RATES, "unusual-rate"),
    )
    return next((state for met, state in checks if met), "usual")
