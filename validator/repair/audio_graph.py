"""Writes ffmpeg's command lines for a sound, by ffmpeg-python: nothing in them is guessed or interpreted."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any

from validator.repair.audio_forms import frame_samples
from validator.repair.recipe import AudioRecipe
from validator.repair.seconds import seconds
from validator.repair.sound_filters import MIXING, tags_of

GAIN = "GAIN"
"""Stands for the decibels that the first of two command lines has yet to measure."""
_LAYOUTS = {1: "mono", 2: "stereo"}
_SLOWEST_TEMPO = Fraction(1, 2)  # of one filter
_PICTURE_TITLE = "Cover (front)"
_DEMUXERS_OF_BRANDS = frozenset({"mov", "matroska"})
_BRANDS = ("major_brand", "minor_version", "compatible_brands")
"""Tags that speak of the container of an mp4 alone."""


def commands(
    recipe: AudioRecipe, program: str, source: str, target: str, *, gain: Fraction | None = None
) -> tuple[tuple[str, ...], ...]:
    """The command lines that make a sound, in this order: two where its loudness is measured first, else one.

    `source` and `target` are paths. `gain`: decibels, where they were measured; else `GAIN` stands for them.

    >>> recipe = AudioRecipe(demuxer="mp3", format="mp3", copy=True)
    >>> " ".join(commands(recipe, "ffmpeg", "a.mp3", "b.mp3")[0])[:66]
    'ffmpeg -f mp3 -protocol_whitelist file -i file:a.mp3 -map 0:0 -f m'
    """
    if not recipe.normalise:
        return (_made(recipe, program, source, target, None),)
    said = GAIN if gain is None else f"{seconds(gain)}dB"
    return _measured(recipe, program, source), _made(recipe, program, source, target, said)


def _measured(recipe: AudioRecipe, program: str, source: str) -> tuple[str, ...]:
    """The command line that writes nothing, and logs how loud the part that stays is."""
    import ffmpeg  # type: ignore[import-untyped, unused-ignore]

    heard = _filtered(_stream(recipe, source), recipe, None).filter(
        "ebur128", peak="true", framelog="verbose"
    )
    return tuple(ffmpeg.compile(ffmpeg.output(heard, "-", format="null"), cmd=program))


def _made(recipe: AudioRecipe, program: str, source: str, target: str, gain: str | None) -> tuple[str, ...]:
    import ffmpeg  # type: ignore[import-untyped, unused-ignore]

    original = _input(recipe, source)
    sound = original[str(recipe.audio)]
    tracks = [sound if recipe.copy else _filtered(sound, recipe, gain)]
    options = {**_codec(recipe), **_file(recipe)}
    if recipe.cover is not None:
        tracks.append(original[str(recipe.cover)])
        options |= {
            "c:v": "copy",
            "disposition:v": "attached_pic",
            "metadata:s:v": f"comment={_PICTURE_TITLE}",
        }
    return tuple(ffmpeg.compile(ffmpeg.output(*tracks, f"file:{target}", **options), cmd=program))


def _stream(recipe: AudioRecipe, source: str) -> Any:
    return _input(recipe, source)[str(recipe.audio)]


def _input(recipe: AudioRecipe, source: str) -> Any:
    """The original, read by the demuxer that is named, and from no other place."""
    import ffmpeg  # type: ignore[import-untyped, unused-ignore]

    return ffmpeg.input(f"file:{source}", format=recipe.demuxer, protocol_whitelist="file")


def _codec(recipe: AudioRecipe) -> dict[str, str]:
    if recipe.copy:
        options = {"c:a": "copy"}
        if recipe.duration is not None and recipe.sample_rate:
            # Times of packets are off by what an encoder put in front: their number is not.
            packets = recipe.duration * recipe.sample_rate / frame_samples(recipe.sample_rate)
            options["frames:a"] = str(int(packets))
        return options
    if recipe.format == "mp3":
        return {"c:a": "libmp3lame", "b:a": str(recipe.bit_rate or 0)}
    return {"c:a": recipe.codec or "pcm_s16le"}


def _file(recipe: AudioRecipe) -> dict[str, str]:
    """Of the container; what a WAV says of who wrote it is left out, as it helps nobody."""
    kept = recipe.metadata == "keep"
    tags = tags_of(recipe.demuxer, recipe.audio, keep=kept)
    options = {"format": recipe.format, "map_chapters": "-1", "map_metadata": tags}
    if kept and recipe.format == "mp3" and recipe.demuxer in _DEMUXERS_OF_BRANDS:
        # Options of ffmpeg-python differ by name: the number behind the global tags means nothing.
        options |= {f"metadata:g:{number}": f"{name}=" for number, name in enumerate(_BRANDS)}
    if recipe.format == "wav":
        options["fflags"] = "+bitexact"
    elif not kept:
        options |= {"map_metadata:s": "-1", "fflags": "+bitexact"}
    return options


def _filtered(sound: Any, recipe: AudioRecipe, gain: str | None) -> Any:
    """The part that stays, as long and as loud as it should be, faded where it was cut."""
    sound = sound.filter("asetpts", "PTS-STARTPTS")
    if recipe.start:
        sound = sound.filter("atrim", start=seconds(recipe.start)).filter("asetpts", "PTS-STARTPTS")
    sound = _form(sound, recipe)
    if gain is not None:
        sound = sound.filter("volume", gain)
    sound = _lengthened(sound, recipe)
    samples = _samples(recipe)
    if samples is not None:
        sound = sound.filter("atrim", end_sample=samples)
    return _faded(sound, recipe, samples)


def _form(sound: Any, recipe: AudioRecipe) -> Any:
    """Of the channels and the rate that the copy has: samples are counted in these.

    What is measured and what is made of it are mixed alike: in floating point, which cuts no peak off.
    """
    options: dict[str, Any] = {}
    if recipe.normalise or recipe.softer:
        options["sample_fmts"] = "dbl"
    if recipe.sample_rate:
        options["sample_rates"] = recipe.sample_rate
    if recipe.channels in _LAYOUTS:
        options["channel_layouts"] = _LAYOUTS[recipe.channels]
    if not options:
        return sound
    if recipe.doubled:  # as it is: FFmpeg's own way to two channels makes it softer
        sound = sound.filter("pan", "stereo|c0<c0|c1<c0")
    sound = sound.filter("aresample", **MIXING).filter("aformat", **options)
    return sound.filter("volume", f"{seconds(-recipe.softer)}dB") if recipe.softer else sound


def _lengthened(sound: Any, recipe: AudioRecipe) -> Any:
    if recipe.lengthen == "loop":
        # So many samples are repeated at most; what ends earlier is repeated whole.
        return sound.filter("aloop", loop=-1, size=_samples(recipe) or 0)
    if recipe.lengthen == "slow" and recipe.tempo:
        for tempo in _tempos(recipe.tempo):
            sound = sound.filter("atempo", seconds(tempo))
    return sound.filter("apad") if recipe.lengthen else sound


def _faded(sound: Any, recipe: AudioRecipe, samples: int | None) -> Any:
    length = ceil(recipe.fade * (recipe.sample_rate or 0))
    if not length:
        return sound
    if recipe.start:
        sound = sound.filter("afade", type="in", start_sample=0, nb_samples=length)
    if samples is None:
        return sound
    return sound.filter("afade", type="out", start_sample=max(0, samples - length), nb_samples=length)


def _samples(recipe: AudioRecipe) -> int | None:
    """Samples of one channel that the copy is made of, where they are counted."""
    if recipe.duration is None or not recipe.sample_rate:
        return None
    return ceil(recipe.duration * recipe.sample_rate)


def _tempos(tempo: Fraction) -> list[Fraction]:
    """The same tempo as several, none of them slower than one filter takes.

    >>> _tempos(Fraction(3, 8))
    [Fraction(1, 2), Fraction(3, 4)]
    """
    found = []
    while tempo < _SLOWEST_TEMPO:
        found.append(_SLOWEST_TEMPO)
        tempo /= _SLOWEST_TEMPO
    return [*found, tempo]
