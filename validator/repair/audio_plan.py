"""Plans a sound that conforms: copied where only its container or its length is wrong, else encoded once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import ceil

import msgspec

from validator.model import AudioFacts, FactValue, fact_table
from validator.quantity import shown
from validator.repair import audio_forms as forms
from validator.repair.audio_changes import changes_of, warnings_of
from validator.repair.audio_forms import Form, Taken
from validator.repair.audio_source import (
    FADE,
    NEAR,
    Part,
    Source,
    codes_of,
    is_beyond,
    lost,
    part_of,
    softer_by,
    source_of,
)
from validator.repair.plan import Case, Draft, Obstacle
from validator.repair.recipe import AudioRecipe

_STEP_BACK = Fraction(1, 20)
"""Seconds that a copy ends earlier by, where one before it was found too long."""
_NO_FORM = "No WAV and no MP3 of this sound is taken by all rules that it has to answer: {why}."
_NONE_HAS = "its {label} would not be as asked{codes}"
_WAVES = frozenset({"wav", "rf64", "rifx"})
_BULKY = Fraction(1, 10)
"""Of a file: what lies beside its sound and takes more than this is no container's own."""
_UNCHANGED = frozenset({"level", "peak", "clipped"})


@dataclass(frozen=True)
class _Beside:
    """What stays beside the sound: its tags, and a picture by its number in the container."""

    tags: bool = False
    cover: int | None = None


@dataclass(frozen=True)
class _Choice:
    """A form, and how much goes into it: `samples` of one channel; `ends`: not all there are."""

    form: Form
    samples: int
    ends: bool
    seconds: Fraction
    bytes: int
    beside: _Beside


def plan_audio(case: Case) -> Draft:
    """The gentlest way to a WAV or an MP3 that answers the case's findings, or why there is none.

    A clip of which only the sound is there is mended as a sound; `case.demands` are then those on sounds.
    """
    source = source_of(case)
    if isinstance(source, Obstacle):
        return Draft(None, obstacles=(source,))
    obstacles = tuple(lost(case, source))
    if obstacles:
        return Draft(None, obstacles=obstacles)
    part = part_of(case, source)
    if isinstance(part, Obstacle):
        return Draft(None, obstacles=(part,))
    choice = _chosen(case, source, part)
    if choice is None:
        return Draft(None, obstacles=(_no_form(case, source, part),))
    return _draft(case, source, part, choice)


def _chosen(case: Case, source: Source, part: Part) -> _Choice | None:
    """The gentlest form that everything takes: one in which nothing has to be cut, where there is one."""
    choices = (
        _choice(case, source, part, form, beside)
        for form in _forms(case, source, part)
        for beside in _besides(case, source, form)
    )
    taken = [choice for choice in choices if not _breaks(case, source, choice)]
    whole = [choice for choice in taken if not choice.ends]
    return next(iter(whole or taken), None)


def _forms(case: Case, source: Source, part: Part) -> Iterator[Form]:
    """What the sound could be written as: as it is, as what loses nothing more, then as what loses more."""
    sound, kept = source.sound, list[Form]()
    if case.attempt == 0 and not (case.options.normalise or part.lengthen or part.start):
        # The packets of a WAV end where it pleases the program: where it is cut, samples are written anew.
        kept = [form for form in forms.copies(sound) if form.format == "mp3" or not part.ends]
    same = list(forms.samples_kept(sound)) if case.attempt <= 1 else []
    if is_beyond(source) and codes_of(case, "level"):  # only integers are brought back to full scale
        kept, same = ([form for form in each if not form.is_float] for each in (kept, same))
    if case.facts.file.format not in _WAVES:  # what is written anew is written as is usual
        kept, same = (
            [form for form in each if form.format == "mp3" or form.encoding == "usual"]
            for each in (kept, same)
        )
    taken = Taken(case.demands.range_of("sample_rate"), case.demands.range_of("channels"))
    waves, mp3s = chain(same, forms.waves(sound, taken)), forms.mp3s(sound, taken)
    is_wave = case.facts.file.format in _WAVES or forms.is_lossless(sound.codec)
    others = (waves, mp3s) if is_wave else (mp3s, waves)
    return chain(kept, *others, forms.smaller_waves(sound, taken))


def _choice(case: Case, source: Source, part: Part, form: Form, beside: _Beside) -> _Choice:
    wanted, most = ceil(part.seconds * form.sample_rate), _most(case, form)
    samples = wanted if most is None else min(wanted, most)
    seconds = form.runs(samples)
    size, rest = form.bytes(seconds, forms.TAGS if beside.tags else 0), _rest(case, source)
    pictures = case.streams is not None and any(each.is_cover for each in case.streams.streams)
    if beside.cover is not None:
        size += rest
    elif beside.tags and codes_of(case, "bytes") and source.sound.bit_rate and not pictures:
        size += rest if rest > _BULKY * (case.facts.file.bytes or 0) else 0
    return _Choice(form, samples, samples < wanted, seconds, size, beside)


def _rest(case: Case, source: Source) -> int:
    """Bytes of the file that are not its sound."""
    return max(0, (case.facts.file.bytes or 0) - int(source.duration * (source.sound.bit_rate or 0) / 8))


def _most(case: Case, form: Form) -> int | None:
    """Samples of one channel that a copy has at most, where its length is bounded."""
    taken = case.demands.range_of("duration")
    if taken.max is None:
        return None
    limit = taken.max - case.attempt * _STEP_BACK
    return form.most_samples(limit, open_end=taken.open_max or taken.shy_max)


def _besides(case: Case, source: Source, form: Form) -> Iterator[_Beside]:
    """What may stay beside a sound, all of it first; a sound is not encoded for it."""
    if case.options.metadata != "drop":
        cover = _cover(case, source) if form.format == "mp3" and not case.attempt else None
        if cover is not None:
            yield _Beside(tags=True, cover=cover)
        if case.attempt <= 1 or not codes_of(case, "bytes"):
            yield _Beside(tags=True)
    yield _Beside()


def _cover(case: Case, source: Source) -> int | None:
    """The picture that an MP3 can keep."""
    streams = case.streams.streams if case.streams else ()
    pictures = (each for each in streams if each.is_cover and each.codec in ("mjpeg", "png"))
    return next((each.index for each in pictures if each.index != source.stream.index), None)


def _breaks(case: Case, source: Source, choice: _Choice) -> str:
    """The fact by which a copy in this form would still not be taken; "" where it would."""
    values: dict[str, FactValue | None] = {
        "format": choice.form.format,
        "bytes": choice.bytes,
        **msgspec.structs.asdict(choice.form.facts(choice.seconds, source.facts)),
    }
    judged = {name: value for name, value in values.items() if value is not None and name not in _UNCHANGED}
    return next((name for name, value in judged.items() if not case.demands.takes(name, value)), "")


def _no_form(case: Case, source: Source, part: Part) -> Obstacle:
    code = case.findings[0].code if case.findings else ""
    if not any(case.demands.takes("format", name) for name in ("wav", "mp3")):
        why = case.demands.conflicts.get("format", "neither format is")
        return Obstacle((*codes_of(case, "format"), code)[0], _NO_FORM.format(why=why.rstrip(".")))
    most = case.demands.range_of("bytes").max
    if most is not None and codes_of(case, "bytes"):
        why = f"even the smallest MP3 of {shown(source.duration)} s has more than {shown(most)} bytes"
        return Obstacle(codes_of(case, "bytes")[0], _NO_FORM.format(why=f"{why}, so choose a shorter cut"))
    conflicts = [text.rstrip(".") for text in case.demands.conflicts.values()]
    if conflicts:
        return Obstacle(code, _NO_FORM.format(why=conflicts[0]))
    choices = (_choice(case, source, part, form, _Beside()) for form in _forms(case, source, part))
    lacks = dict.fromkeys(_breaks(case, source, choice) for choice in choices)
    fact = next((each for each in lacks if each not in ("format", "bytes")), "format")
    codes = ", ".join(case.demands.codes.get(fact, ()))
    label = fact_table("audio")[fact].label
    why = _NONE_HAS.format(label=label, codes=f" ({codes})" if codes else "")
    return Obstacle((*codes_of(case, fact), code)[0], _NO_FORM.format(why=why))


def _draft(case: Case, source: Source, part: Part, choice: _Choice) -> Draft:
    form = choice.form
    cut = choice.ends or part.ends or part.lengthen is not None
    limit = choice.samples if cut else _guarded(case, part, form)
    recipe = AudioRecipe(
        demuxer=source.demuxer,
        format=form.format,
        audio=source.stream.index,
        copy=form.copy,
        start=part.start,
        duration=None if limit is None else Fraction(limit, form.sample_rate),
        fade=FADE if (cut or part.start) and not form.copy and not part.lengthen else Fraction(0),
        normalise=case.options.normalise,
        channels=form.channels,
        sample_rate=form.sample_rate,
        bit_rate=None if form.copy else form.bit_rate,
        lengthen=part.lengthen or "",
        metadata="keep" if choice.beside.tags else "drop",
        codec="" if form.copy or form.format == "mp3" else form.codec,
        tempo=source.duration / part.seconds if part.lengthen == "slow" else None,
        cover=choice.beside.cover,
        doubled=not form.copy and (source.sound.channels, form.channels) == (1, 2),
        softer=Fraction(0) if case.options.normalise else softer_by(source, form),
    )
    predicted = form.facts(choice.seconds, _like(case, source, recipe))
    return Draft(
        recipe,
        changes=tuple(changes_of(case, source, form, predicted, recipe, choice.bytes)),
        warnings=tuple(warnings_of(source, form, part)),
        predicted=predicted,
        predicted_bytes=choice.bytes,
    )


def _guarded(case: Case, part: Part, form: Form) -> int | None:
    """Where the copy ends at the latest, if a decoder may find it a little longer than it was measured."""
    most = _most(case, form)
    if form.copy or most is None or part.seconds + NEAR < Fraction(most, form.sample_rate):
        return None
    return most


def _like(case: Case, source: Source, recipe: AudioRecipe) -> AudioFacts:
    """How loud the copy will be."""
    is_other = (case.options.normalise or recipe.softer) and source.facts.level
    return AudioFacts(level="audible") if is_other else source.facts
