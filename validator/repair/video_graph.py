"""Writes ffmpeg's command lines for a clip, by ffmpeg-python: nothing in them is guessed or interpreted."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Any

from validator.repair.picture_graph import drawn, frames_of_round, unsought
from validator.repair.recipe import VideoRecipe
from validator.repair.seconds import seconds
from validator.repair.sound_filters import MIXING, tags_of

QUALITY = 18
"""x264's constant rate factor: from here down hardly anybody sees a difference."""
SOUND_BIT_RATE = 192_000
"""Bits a second of a sound that is encoded."""

_SLOWEST_TEMPO = Fraction(1, 2)  # of one atempo filter
_BUFFER = 2  # seconds: so far apart may bits be that two passes shift from one picture to another
_ALL_SAMPLES = (1 << 31) - 1  # that are there
_MUXERS: Mapping[str, str] = MappingProxyType({"mp4": "mp4", "mov": "mov"})


def commands(
    recipe: VideoRecipe, program: str, source: str, target: str, *, pass_log: str
) -> tuple[tuple[str, ...], ...]:
    """The command lines that make a clip, in this order: two where its size has to be met, else one.

    `source` and `target` are paths; `pass_log` is the path prefix of the first pass's statistics. What does
    not belong to the clip itself, such as how progress is told, is left to who runs them.

    >>> recipe = VideoRecipe(demuxer="matroska", copy_video=True)
    >>> " ".join(commands(recipe, "ffmpeg", "a.mkv", "b.mp4", pass_log="")[0])[:66]
    'ffmpeg -f matroska -protocol_whitelist file -i file:a.mkv -map 0:0'
    """
    if recipe.max_bytes is None or recipe.copy_video:
        return (_command(recipe, program, source, target, {}),)
    first = {"pass": "1", "passlogfile": pass_log}
    second = {"pass": "2", "passlogfile": pass_log}
    return (
        _command(recipe, program, source, None, first),
        _command(recipe, program, source, target, second),
    )


def _command(
    recipe: VideoRecipe, program: str, source: str, target: str | None, passes: Mapping[str, str]
) -> tuple[str, ...]:
    """One command line; without a target, the first of two passes, which writes nothing but statistics."""
    import ffmpeg  # type: ignore[import-untyped, unused-ignore]

    original = ffmpeg.input(f"file:{source}", **reading(recipe))
    picture = original[str(recipe.video)]
    if not recipe.copy_video:
        picture = drawn(picture, recipe)
    options = {**_picture_options(recipe), **passes}
    if target is None:
        return tuple(ffmpeg.compile(ffmpeg.output(picture, "-", format="null", **options), cmd=program))
    tracks = [picture]
    if recipe.audio is not None:
        sound = original[str(recipe.audio)]
        tracks.append(sound if recipe.copy_audio else _heard(sound, recipe))
    made = ffmpeg.output(
        *tracks, f"file:{target}", **options, **_sound_options(recipe), **_file_options(recipe)
    )
    return tuple(ffmpeg.compile(made, cmd=program))


def reading(recipe: VideoRecipe) -> dict[str, str]:
    """How the original is read: by the demuxer that is named, from no other place, and only from `start` on.

    Options of ffmpeg-python's `input`. Whatever reads it in this way begins at the same picture as the copy;
    what is in front of that is left to `drawn` where no demuxer finds it.

    >>> reading(VideoRecipe(demuxer="mov", start=Fraction(3, 2)))
    {'format': 'mov', 'protocol_whitelist': 'file', 'ss': '1.5'}
    """
    options = {"format": recipe.demuxer, "protocol_whitelist": "file"}
    if recipe.decoder:
        options[f"c:{recipe.video}"] = recipe.decoder
    if recipe.start and not unsought(recipe):
        # Packets are looked for from the key frame at or before this time: it must not be rounded down.
        start = Fraction(ceil(recipe.start * 1_000_000), 1_000_000) if recipe.copy_video else recipe.start
        options["ss"] = seconds(start)
    return options


def _picture_options(recipe: VideoRecipe) -> dict[str, str]:
    if recipe.copy_video:
        options = {"c:v": "copy"}
        if recipe.packets is not None:
            options["frames:v"] = str(recipe.packets)
        if recipe.tag:
            options["tag:v"] = recipe.tag
        return options
    options = {"c:v": "libx264", "preset": "medium", "profile:v": "high", "pix_fmt": "yuv420p"}
    most = recipe.max_bit_rate
    if recipe.max_bytes is not None and recipe.bit_rate is not None:
        swings = {} if most is None else {"maxrate": str(most), "bufsize": str(_BUFFER * recipe.bit_rate)}
        return {**options, "b:v": str(recipe.bit_rate), **swings}
    options["crf"] = str(QUALITY)
    return options if most is None else {**options, "maxrate": str(most), "bufsize": str(most)}


def _sound_options(recipe: VideoRecipe) -> dict[str, str]:
    if recipe.audio is None:
        return {}
    if recipe.copy_audio:
        return {"c:a": "copy"}
    options = {"c:a": "aac", "b:a": str(SOUND_BIT_RATE)}
    if recipe.channels is not None:
        options["ac"] = str(recipe.channels)
    return options


def _file_options(recipe: VideoRecipe) -> dict[str, str]:
    """Of the container: no chapters and no time codes, which would be tracks of their own."""
    options = {
        "format": _MUXERS[recipe.format],
        "movflags": "+faststart",
        "map_chapters": "-1",
        "map_metadata": tags_of(recipe.demuxer, recipe.video, keep=recipe.metadata == "keep"),
        "write_tmcd": "0",
    }
    if recipe.metadata == "drop":
        options["map_metadata:s"] = "-1"
    if recipe.copy_video and recipe.duration is not None:
        options["t"] = seconds(recipe.duration)
    return options


def _heard(sound: Any, recipe: VideoRecipe) -> Any:
    """The sound, as long as the picture: gaps in it become silence, and so does what its end lacks."""
    length = recipe.lengthened or recipe.duration
    if start := unsought(recipe):
        begin = seconds(start)
        sound = sound.filter("atrim", start=begin).filter("asetpts", f"PTS-{begin}/TB")
    if recipe.lengthen == "slow" and recipe.lengthened and recipe.duration:
        for tempo in _tempos(recipe.duration / recipe.lengthened):
            sound = sound.filter("atempo", seconds(tempo))
    options: dict[str, Any] = {"async": 1, "first_pts": 0, **(MIXING if recipe.channels else {})}
    sound = sound.filter("aresample", **options)
    if length is None:
        return sound
    frames = frames_of_round(recipe)
    if frames is not None and recipe.frame_rate is not None:  # each round begins with the picture's
        once = sound.filter("apad").filter("atrim", end=seconds(frames / recipe.frame_rate))
        sound = once.filter("aloop", loop=-1, size=_ALL_SAMPLES).filter("asetpts", "N/SR/TB")
    return sound.filter("apad").filter("atrim", end=seconds(length))


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
