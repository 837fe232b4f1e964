"""How sounds are mixed and which of their tags stay, by every ffmpeg that is here."""

from __future__ import annotations

import math
import re
import struct
from array import array
from fractions import Fraction
from pathlib import Path

import av
import pytest

from fixtures.bits import triangle
from fixtures.bits import wav as wav_of
from tests.repair.ffmpegs import made, pattern, program
from tests.repair.sounds import judged, measured
from validator.findings import Severity, Verdict
from validator.model import AudioFacts
from validator.repair.audio_changes import LOUDNESS, TOLERANCE
from validator.repair.audio_graph import commands as sound_commands
from validator.repair.audio_make import make_audio
from validator.repair.audio_plan import plan_audio
from validator.repair.ffmpeg import Program, run_ffmpeg
from validator.repair.plan import Draft
from validator.repair.recipe import AudioRecipe, VideoRecipe
from validator.repair.video_graph import commands

__all__ = ["program"]

RATE = 48_000
PCM = ("-c:a", "pcm_f32le", "-f", "matroska")
_FLOAT = 3  # the tag of such samples in a WAV


def tone(height: float, *, seconds: float = 2.0, channels: int = 1) -> bytes:
    """A WAV of floating point, all channels alike: their sum is as large as it can be."""
    wave = (height * math.sin(at * math.tau * 997 / RATE) for at in range(int(seconds * RATE)))
    data = b"".join(struct.pack("<f", value) * channels for value in wave)
    return wav_of(data, RATE, channels=channels, bits=32, tag=_FLOAT)


def copied(recipe: AudioRecipe, program: Program, source: Path) -> Path:
    target = source.with_name(f"copy.{recipe.format}")
    make_audio(recipe, program, source, target, duration=None, cancelled=lambda: False, on_progress=bool)
    return target


def recipe_of(draft: Draft) -> AudioRecipe:
    assert isinstance(draft.recipe, AudioRecipe), draft.obstacles
    return draft.recipe


def peak_of(path: Path, demuxer: str) -> float:
    """The largest sample, as it is decoded: beyond 1 where it would be cut off."""
    largest = 0.0
    with av.open(str(path), format=demuxer) as container:
        floats = av.AudioResampler(format="flt")
        for frame in container.decode(audio=0):
            for part in floats.resample(frame):
                values = array("f", bytes(part.planes[0])[: part.samples * part.layout.nb_channels * 4])
                largest = max((largest, max(values), -min(values)))
    return largest


def loudness_of(path: Path, program: Program) -> float:
    lines: list[str] = []
    command = (program.path, "-i", f"file:{path}", "-af", "ebur128=framelog=verbose", "-f", "null", "-")
    run_ffmpeg(command, cancelled=lambda: False, on_log=lines.append)
    return float(re.findall(r"I:\s*(-?[0-9.]+) LUFS", "\n".join(lines))[-1])


def tags(path: Path, demuxer: str) -> dict[str, str]:
    with av.open(str(path), format=demuxer) as container:
        return {name.lower(): value for name, value in container.metadata.items()}


@pytest.mark.parametrize("form", ["wav", "mp3"])
@pytest.mark.parametrize("channels", [2, 6])
def test_channels_that_are_mixed_never_pass_full_scale(
    channels: int, form: str, program: Program, tmp_path: Path
) -> None:
    source = tmp_path / "wide.wav"
    source.write_bytes(tone(0.85, channels=channels))
    fewer = 1 if channels == 2 else 2
    recipe = AudioRecipe(
        demuxer="wav",
        format="wav" if form == "wav" else "mp3",
        codec="pcm_f32le" if form == "wav" else "",
        bit_rate=320_000,
        channels=fewer,
        sample_rate=RATE,
    )
    assert 0.8 < peak_of(copied(recipe, program, source), form) < 0.9


def test_six_channels_of_a_lossy_sound_become_two_that_are_not_clipped(
    program: Program, tmp_path: Path
) -> None:
    wave = tmp_path / "wide.wav"
    wave.write_bytes(tone(0.85, channels=6))
    source = made(program, tmp_path / "wide.m4a", "-i", str(wave), "-c:a", "aac", "-b:a", "512k", "-f", "mp4")
    copy = copied(recipe_of(plan_audio(measured(source))), program, source)
    result = judged(copy)
    facts = result.facts.media
    assert isinstance(facts, AudioFacts)
    assert (facts.channels, facts.level) == (2, "audible")
    assert not facts.clipped
    assert result.findings == ()


def test_the_sound_of_a_clip_is_mixed_in_the_same_way(program: Program, tmp_path: Path) -> None:
    wave = tmp_path / "wide.wav"
    wave.write_bytes(tone(0.85, channels=6, seconds=1))
    source = made(
        program,
        tmp_path / "wide.mkv",
        "-i",
        str(wave),
        *pattern("64x64"),
        "-c:a",
        "pcm_f32le",
        "-f",
        "matroska",
    )
    with av.open(str(source), format="matroska") as container:
        sound, picture = container.streams.audio[0].index, container.streams.video[0].index
    recipe = VideoRecipe(demuxer="matroska", copy_video=True, video=picture, audio=sound, channels=2)
    copy = tmp_path / "copy.mp4"
    (command,) = commands(recipe, program.path, str(source), str(copy), pass_log="")
    run_ffmpeg(command, cancelled=lambda: False)
    assert 0.7 < peak_of(copy, "mov") < 0.95


def test_one_channel_on_both_sides_is_as_loud_as_it_was(program: Program, tmp_path: Path) -> None:
    source = tmp_path / "mono.wav"
    source.write_bytes(wav_of(triangle(RATE), RATE))
    recipe = AudioRecipe(demuxer="wav", codec="pcm_s16le", channels=2, sample_rate=RATE, doubled=True)
    copy = copied(recipe, program, source)
    assert copy.read_bytes()[-4 * RATE :] == triangle(RATE, channels=2)


@pytest.mark.parametrize("form", ["wav", "mp3"])
def test_six_channels_are_brought_to_the_loudness_that_is_told(
    form: str, program: Program, tmp_path: Path
) -> None:
    source = tmp_path / "soft.wav"
    softer = triangle(2 * RATE, channels=6, height=60)  # what loudness is of both is easily got wrong
    source.write_bytes(wav_of(triangle(4 * RATE, channels=6, height=200) + softer, RATE, channels=6))
    recipe = AudioRecipe(
        demuxer="wav",
        format="wav" if form == "wav" else "mp3",
        codec="pcm_s16le" if form == "wav" else "",
        bit_rate=128_000,
        channels=2,
        sample_rate=RATE,
        normalise=True,
    )
    assert loudness_of(copied(recipe, program, source), program) == pytest.approx(
        LOUDNESS, abs=float(TOLERANCE) if form == "mp3" else 0.1
    )


def test_what_is_measured_is_mixed_as_what_is_made() -> None:
    recipe = AudioRecipe(demuxer="wav", channels=2, sample_rate=RATE, normalise=True)
    measuring, making = (" ".join(line) for line in sound_commands(recipe, "ffmpeg", "in", "out"))
    mixed = "aformat=channel_layouts=stereo:sample_fmts=dbl:sample_rates=48000"
    assert mixed in measuring
    assert mixed in making


def test_a_sound_beyond_full_scale_is_lowered_and_nothing_is_cut_off(
    program: Program, tmp_path: Path
) -> None:
    source = tmp_path / "hot.wav"
    source.write_bytes(tone(1.8, channels=2))
    case = measured(source, level=Severity.NOTE)
    assert "AUD004" in [each.code for each in case.findings]
    draft = plan_audio(case)
    (change,) = (each for each in draft.changes if "AUD004" in each.codes)
    assert (change.what, change.before, change.how) == (
        "peak",
        "180 % of full scale",
        "softer by 5.3 dB, so that nothing is cut off",
    )
    result = judged(copied(recipe_of(draft), program, source))
    facts = result.facts.media
    assert isinstance(facts, AudioFacts)
    assert not facts.clipped
    assert facts.peak is not None
    assert 0.97 < facts.peak < 1
    assert (result.verdict, result.findings) == (Verdict.PASS, ())


def test_a_sound_beyond_full_scale_is_normalised_before_anything_is_cut_off(
    program: Program, tmp_path: Path
) -> None:
    source = tmp_path / "hot.wav"
    source.write_bytes(tone(3, channels=2))
    draft = plan_audio(measured(source, level=Severity.NOTE, normalise=True))
    copy = copied(recipe_of(draft), program, source)
    assert loudness_of(copy, program) == pytest.approx(LOUDNESS, abs=0.1)
    assert peak_of(copy, "wav") == pytest.approx(10 ** (LOUDNESS / 20), rel=0.03)  # as high as a tone is then


def test_a_sound_beyond_full_scale_that_is_only_cut_stays_as_loud(program: Program, tmp_path: Path) -> None:
    source = tmp_path / "hot.wav"
    source.write_bytes(tone(1.8, seconds=16))
    draft = plan_audio(measured(source))
    assert [each.what for each in draft.changes] == ["duration"]
    assert peak_of(copied(recipe_of(draft), program, source), "wav") == pytest.approx(1.8, rel=0.001)


@pytest.mark.parametrize("form", ["wav", "mp3"])
def test_tags_of_an_ogg_come_along(form: str, program: Program, tmp_path: Path) -> None:
    said = ("-metadata", "title=A Title", "-metadata", "artist=Ada", "-c:a", "flac", "-f", "ogg")
    source = made(program, tmp_path / "a.ogg", "-f", "lavfi", "-i", "sine=duration=1", *said)
    recipe = AudioRecipe(
        demuxer="ogg",
        format="wav" if form == "wav" else "mp3",
        codec="pcm_s16le" if form == "wav" else "",
        bit_rate=128_000,
    )
    found = tags(copied(recipe, program, source), form)
    assert (found["title"], found["artist"]) == ("A Title", "Ada")


def test_what_an_mp4_says_of_itself_does_not_come_along(program: Program, tmp_path: Path) -> None:
    said = ("-metadata", "title=A Title", "-c:a", "aac", "-f", "mp4")
    source = made(program, tmp_path / "a.m4a", "-f", "lavfi", "-i", "sine=duration=1", *said)
    copy = copied(AudioRecipe(demuxer="mov", format="mp3", bit_rate=128_000), program, source)
    assert tags(copy, "mp3").keys() <= {"title", "encoder"}
    assert tags(copy, "mp3")["title"] == "A Title"
    assert Fraction(judged(copy).facts.media.duration or 0)  # type: ignore[union-attr]


def test_tags_of_a_clip_in_an_ogg_are_those_of_its_picture() -> None:
    recipe = VideoRecipe(demuxer="ogg", video=1)
    (command,) = commands(recipe, "ffmpeg", "in", "out", pass_log="")
    assert command[command.index("-map_metadata") + 1] == "0:s:1"
