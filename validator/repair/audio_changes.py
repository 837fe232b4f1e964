"""Says what will differ in the copy of a sound, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from validator.model import AudioFacts
from validator.quantity import shown
from validator.repair.audio_forms import Form
from validator.repair.audio_source import Part, Source, codes_of
from validator.repair.plan import Case, Change
from validator.repair.recipe import AudioRecipe
from validator.repair.streams import which_of
from validator.repair.words import AS_IS, LOOPED, kept, slowed

LOUDNESS = -16
"""LUFS that a sound is brought to where that is asked for: what is usual for speech and music on the web."""
TOLERANCE = "0.5"
"""LU that it may miss that by: encoders of MP3 make it a little softer, so that nothing of it clips."""
_LOW_BIT_RATE = 64_000
_MANY_TIMES = 3


def changes_of(
    case: Case, source: Source, form: Form, facts: AudioFacts, recipe: AudioRecipe, most_bytes: int
) -> Iterator[Change]:
    """What will differ, what was asked for first; `facts` are those of the copy."""
    before = case.facts.file.format or ""
    if before != form.format:
        how = AS_IS if form.copy else f"encoded as {form.words}"
        asked = (*codes_of(case, "format"), *codes_of(case, "tracks"))
        yield Change(asked, "format", before, form.format, how)
    elif form.copy and recipe.duration is None:
        yield Change((), "container", before, form.format, f"written anew, {AS_IS}")
    yield from _length(case, source, facts, recipe)
    yield from _header(case, facts, source)
    yield from _samples(case, source, form)
    if codes_of(case, "bytes"):
        now = f"at most {most_bytes:,} bytes"
        yield Change(codes_of(case, "bytes"), "file size", f"{case.facts.file.bytes or 0:,} bytes", now)
    if recipe.softer and source.stream.peak is not None:
        peaks = source.stream.peak, source.stream.peak * Fraction(10 ** (-float(recipe.softer) / 20))
        before, after = (f"{shown(peak * 100, places=1)} % of full scale" for peak in peaks)
        how = f"softer by {shown(recipe.softer, places=1)} dB, so that nothing is cut off"
        yield Change(codes_of(case, "level"), "peak", before, after, how)
    if recipe.normalise:
        how = f"to within {TOLERANCE} LU, by one gain for the whole sound, as far as its peak allows"
        yield Change((), "loudness", "", f"{LOUDNESS} LUFS", how)
    streams = case.streams.streams if case.streams else ()
    kept = [each for each in streams if each.index in (source.stream.index, recipe.cover)]
    if len(kept) < len(streams):
        yield Change(
            (), "tracks", str(len(streams)), str(len(kept)), f"{which_of(streams, source.stream)} stays"
        )
    if recipe.metadata == "drop" and case.options.metadata != "drop":
        yield Change(codes_of(case, "bytes"), "tags", "", "left out", "there is no room for them")


def _length(case: Case, source: Source, facts: AudioFacts, recipe: AudioRecipe) -> Iterator[Change]:
    if recipe.duration is None and not recipe.start:
        return
    if not (recipe.fade or recipe.lengthen or recipe.copy):
        return  # only guarded against what decoders may find
    after = facts.duration or source.duration
    limits = case.demands.range_of("duration").bounds
    was, now = (
        shown(source.duration, (after, *limits), places=2),
        shown(after, (source.duration, *limits), places=2),
    )
    ways = {
        "loop": LOOPED,
        "hold": "silence behind it",
        "slow": slowed(recipe.tempo or Fraction(1)),
        "": f"{kept(recipe.start, now)}, {AS_IS if recipe.copy else f'faded over {_milliseconds(recipe)}'}",
    }
    yield Change(codes_of(case, "duration"), "duration", f"{was} s", f"{now} s", ways[recipe.lengthen])


def _milliseconds(recipe: AudioRecipe) -> str:
    return f"{shown(recipe.fade * 1000)} ms"


def _header(case: Case, facts: AudioFacts, source: Source) -> Iterator[Change]:
    claimed, told = source.facts.claimed_duration, facts.claimed_duration
    asked = codes_of(case, "header_agreement")
    if source.facts.header_agreement == "disagrees" and claimed is not None and told is not None:
        yield Change(asked, "header", f"{shown(claimed)} s", f"{shown(told)} s", "written anew")


def _samples(case: Case, source: Source, form: Form) -> Iterator[Change]:
    if form.copy:
        return
    asked, sound = (*codes_of(case, "encoding"), *codes_of(case, "bytes")), source.sound
    if case.facts.file.format == form.format and sound.codec != form.codec:
        yield Change(asked, "codec", sound.codec, form.codec)
    elif form.format == "mp3" and case.facts.file.format == "mp3":
        yield Change(
            asked, "codec", "mp3", "mp3", f"encoded once more, {(form.bit_rate or 0) // 1000} kbit/s"
        )
    if sound.channels != form.channels:
        is_fewer = sound.channels > form.channels
        how = "mixed down, so that no sum of them clips" if is_fewer else "the same on both sides"
        codes = (*codes_of(case, "channels"), *asked)
        yield Change(codes, "channels", str(sound.channels), str(form.channels), how)
    if sound.sample_rate != form.sample_rate:
        asked = (*codes_of(case, "sample_rate"), *asked)
        yield Change(asked, "sample rate", f"{sound.sample_rate:,} Hz", f"{form.sample_rate:,} Hz")


def warnings_of(source: Source, form: Form, part: Part) -> Iterator[str]:
    """What a person should know of the copy."""
    if form.bit_rate and form.bit_rate < _LOW_BIT_RATE and not form.copy:
        yield f"At {form.bit_rate // 1000} kbit/s the sound loses much: a shorter cut would keep more of it."
    if part.lengthen == "loop" and part.seconds >= _MANY_TIMES * source.duration:
        times = shown(part.seconds / source.duration, places=1)
        yield f"The sound is heard {times} times in a row: a longer one would serve better."
