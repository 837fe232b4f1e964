"""Sounds are made as they were planned, by every ffmpeg that is here, and pass."""

from __future__ import annotations

import hashlib
import struct
import wave
from collections.abc import Callable
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

import av
import pytest

from fixtures.bits import triangle
from fixtures.bits import wav as wav_of
from tests.repair.sounds import judged, measured
from validator.errors import Cancelled, RepairError
from validator.findings import Severity, Verdict
from validator.model import AudioFacts
from validator.repair.audio_graph import GAIN, commands
from validator.repair.audio_make import make_audio
from validator.repair.audio_plan import plan_audio
from validator.repair.ffmpeg import Program, find_ffmpeg
from validator.repair.plan import Draft, Made
from validator.repair.recipe import AudioRecipe

MEDIA = Path("fixtures/media")
FINDERS: dict[str, Callable[[], Program | None]] = {
    "PATH": cache(partial(find_ffmpeg, bundled=lambda: None)),
    "imageio-ffmpeg": cache(partial(find_ffmpeg, which=lambda _: None)),
}


@pytest.fixture(params=FINDERS)
def program(request: pytest.FixtureRequest) -> Program:
    found = FINDERS[request.param]()
    if found is None:
        pytest.skip(f"there is no ffmpeg from {request.param} here")
    return found


def never() -> bool:
    return False


def make(draft: Draft, program: Program, source: Path, folder: Path) -> tuple[Path, Made]:
    assert isinstance(draft.recipe, AudioRecipe), draft.obstacles
    assert isinstance(draft.predicted, AudioFacts)
    target = folder / f"copy.{draft.recipe.format}"
    shares: list[Fraction] = []
    made = make_audio(
        draft.recipe,
        program,
        source,
        target,
        duration=draft.predicted.duration,
        cancelled=never,
        on_progress=shares.append,
    )
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    return target, made


def sound_of(path: Path) -> AudioFacts:
    facts = judged(path).facts.media
    assert isinstance(facts, AudioFacts)
    return facts


def packets(path: Path, demuxer: str) -> list[bytes]:
    with av.open(str(path), format=demuxer) as container:
        return [hashlib.sha256(bytes(packet)).digest() for packet in container.demux(audio=0) if packet.size]


def samples(path: Path) -> list[int]:
    with wave.open(str(path), "rb") as file:
        assert file.getsampwidth() == 2
        return [value for (value,) in struct.iter_unpack("<h", file.readframes(file.getnframes()))]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("audio-15.01s.wav", "wav"),
        ("audio.flac", "wav"),
        ("audio.aiff", "wav"),
        ("audio.m4a", "mp3"),
        ("audio.opus", "mp3"),
        ("audio.aac", "mp3"),
        ("audio.mp2", "mp3"),
        ("claims-short.mp3", "mp3"),
        ("sound-only.mp4", "mp3"),
    ],
)
def test_a_copy_passes_and_is_what_was_foretold(
    name: str, expected: str, program: Program, tmp_path: Path
) -> None:
    draft = plan_audio(measured(MEDIA / name))
    copy, _ = make(draft, program, MEDIA / name, tmp_path)
    result = judged(copy)
    assert copy.suffix == f".{expected}"
    assert result.verdict is Verdict.PASS
    assert result.findings == ()
    assert (result.facts.file.bytes or 0) <= (draft.predicted_bytes or 0)
    facts, told = result.facts.media, draft.predicted
    assert isinstance(facts, AudioFacts)
    assert isinstance(told, AudioFacts)
    for fact in ("codec", "sample_rate", "channels", "bit_depth", "encoding", "header_agreement"):
        assert getattr(facts, fact) == getattr(told, fact), fact
    assert facts.duration is not None
    assert told.duration is not None
    assert abs(facts.duration - told.duration) < Fraction(3, 50)


@pytest.mark.parametrize(
    "name", ["rf64.wav", "adpcm.wav", "6-channels.wav", "float.wav", "11025-hz.wav", "claims-long.mp3"]
)
def test_warnings_are_answered_where_that_is_asked_for(name: str, program: Program, tmp_path: Path) -> None:
    draft = plan_audio(measured(MEDIA / name, level=Severity.WARNING))
    copy, _ = make(draft, program, MEDIA / name, tmp_path)
    assert judged(copy).findings == ()


def test_the_packets_of_a_cut_mp3_are_those_of_the_original(program: Program, tmp_path: Path) -> None:
    source = MEDIA / "claims-short.mp3"
    copy, _ = make(plan_audio(measured(source)), program, source, tmp_path)
    before, after = packets(source, "mp3"), packets(copy, "mp3")
    assert after == before[: len(after)]
    assert len(after) == 625  # of 24 ms: 15 s
    assert sound_of(copy).header_agreement == "agrees"


@pytest.mark.parametrize("name", ["rf64.wav", "claims-long.mp3"])
def test_a_wrong_container_is_written_anew_around_the_same_packets(
    name: str, program: Program, tmp_path: Path
) -> None:
    source = MEDIA / name
    copy, _ = make(plan_audio(measured(source, level=Severity.WARNING)), program, source, tmp_path)
    demuxer = copy.suffix.removeprefix(".")
    assert b"".join(packets(copy, demuxer)) == b"".join(packets(source, demuxer))


def test_a_flac_becomes_a_wav_of_the_same_samples(program: Program, tmp_path: Path) -> None:
    copy, _ = make(plan_audio(measured(MEDIA / "audio.flac")), program, MEDIA / "audio.flac", tmp_path)
    with av.open(str(MEDIA / "audio.flac"), format="flac") as container:
        before = [value for frame in container.decode(audio=0) for value in frame.to_ndarray()[0].tolist()]
    assert samples(copy) == before


def test_a_cut_is_faded_and_nothing_else_is_touched(program: Program, tmp_path: Path) -> None:
    source = tmp_path / "long.wav"
    source.write_bytes(wav_of(triangle(16 * 8_000), 8_000))
    copy, _ = make(plan_audio(measured(source)), program, source, tmp_path)
    before, after = samples(source), samples(copy)
    assert len(after) == 15 * 8_000
    fade = 160  # 20 ms
    assert after[:-fade] == before[: len(after) - fade]
    assert after[-fade:] != before[len(after) - fade : len(after)]
    assert abs(after[-1]) < 200


def test_a_cut_in_the_middle_is_faded_at_both_ends(program: Program, tmp_path: Path) -> None:
    source = tmp_path / "long.wav"
    source.write_bytes(wav_of(triangle(20 * 8_000), 8_000))
    copy, _ = make(plan_audio(measured(source, start=Fraction(4))), program, source, tmp_path)
    before, after = samples(source)[4 * 8_000 : 19 * 8_000], samples(copy)
    assert len(after) == len(before)
    assert after[160:-160] == before[160:-160]
    assert abs(after[0]) < 200


@pytest.mark.parametrize("how", ["loop", "hold", "slow"])
def test_what_is_too_short_passes_once_it_was_lengthened(how: str, program: Program, tmp_path: Path) -> None:
    source = tmp_path / "short.wav"
    source.write_bytes(wav_of(triangle(6_400), 8_000))  # 0.8 s
    copy, _ = make(plan_audio(measured(source, lengthen=how)), program, source, tmp_path)
    assert judged(copy).verdict is Verdict.PASS
    before, after = samples(source), samples(copy)
    if how == "loop":
        assert after == before * 3
    elif how == "hold":
        assert after == before + [0] * (16_000 - len(before))
    else:
        assert len(after) == 16_000
        assert max(map(abs, after[-800:])) > 1000


def test_a_sound_is_brought_to_a_usual_loudness_where_that_is_asked_for(
    program: Program, tmp_path: Path
) -> None:
    source = tmp_path / "soft.wav"
    soft = [value // 64 for (value,) in struct.iter_unpack("<h", triangle(16 * 8_000))]
    source.write_bytes(wav_of(struct.pack(f"<{len(soft)}h", *soft), 8_000))
    copy, made = make(plan_audio(measured(source, normalise=True)), program, source, tmp_path)
    louder = max(samples(copy)) / max(samples(source))
    assert 8 < louder < 120
    (note,) = made.notes
    assert note.startswith("It was made louder by ")
    assert max(map(abs, samples(copy))) < 32_767 * 0.86  # 1.5 dB below full scale


def test_silence_is_not_made_louder(program: Program, tmp_path: Path) -> None:
    source = tmp_path / "silent.wav"
    source.write_bytes(wav_of(bytes(2 * 16 * 8_000), 8_000))
    copy, made = make(plan_audio(measured(source, normalise=True)), program, source, tmp_path)
    assert "silent" in made.notes[0]
    assert set(samples(copy)) == {0}


@pytest.mark.parametrize("name", ["-i.wav", "a%03d.wav", "concat:a.wav", "a b'\"[0:0];,=.wav", "http:x.wav"])
def test_names_are_names_and_nothing_else(name: str, program: Program, tmp_path: Path) -> None:
    if not _can_be_written(tmp_path / name):
        pytest.skip("the file system takes no such name")
    source = tmp_path / name
    source.write_bytes((MEDIA / "audio-15.01s.wav").read_bytes())
    folder = tmp_path / f"to {name}"
    folder.mkdir()
    recipe = plan_audio(measured(source)).recipe
    assert isinstance(recipe, AudioRecipe)
    target = folder / name
    make_audio(recipe, program, source, target, duration=None, cancelled=never, on_progress=lambda _: None)
    assert judged(target).verdict is Verdict.PASS
    assert sorted(each.name for each in folder.iterdir()) == [name]


def _can_be_written(path: Path) -> bool:
    try:
        path.touch()
    except OSError:
        return False
    return True


def test_a_stop_is_obeyed(program: Program, tmp_path: Path) -> None:
    recipe = plan_audio(measured(MEDIA / "audio-15.01s.wav")).recipe
    assert isinstance(recipe, AudioRecipe)
    with pytest.raises(Cancelled):
        make_audio(
            recipe,
            program,
            MEDIA / "audio-15.01s.wav",
            tmp_path / "copy.wav",
            duration=None,
            cancelled=lambda: True,
            on_progress=lambda _: None,
        )


def test_what_ffmpeg_refuses_is_told(program: Program, tmp_path: Path) -> None:
    recipe = AudioRecipe(demuxer="flac", format="wav", codec="pcm_s16le")
    with pytest.raises(RepairError):
        make_audio(
            recipe,
            program,
            MEDIA / "text.mp3",
            tmp_path / "copy.wav",
            duration=None,
            cancelled=never,
            on_progress=lambda _: None,
        )


@pytest.mark.parametrize(
    "recipe",
    [
        AudioRecipe(demuxer="mp3", format="mp3", copy=True, duration=Fraction(15), sample_rate=24_000),
        AudioRecipe(demuxer="wav", duration=Fraction(15), sample_rate=8_000, fade=Fraction(1, 50)),
    ],
)
def test_nothing_is_guessed_from_a_name(recipe: AudioRecipe) -> None:
    (command,) = commands(recipe, "ffmpeg", "-i", "%d")
    text = " ".join(command)
    assert f"-f {recipe.demuxer} -protocol_whitelist file -i file:-i" in text
    assert text.endswith("file:%d")
    assert f"-f {recipe.format}" in text


def test_a_loudness_that_is_not_known_yet_is_named() -> None:
    recipe = AudioRecipe(demuxer="wav", normalise=True)
    first, second = commands(recipe, "ffmpeg", "a.wav", "b.wav")
    assert "ebur128" in " ".join(first)
    assert f"volume={GAIN}" in " ".join(second)
    _, known = commands(recipe, "ffmpeg", "a.wav", "b.wav", gain=Fraction("-1.5"))
    assert "volume=-1.5dB" in " ".join(known)


def test_a_cover_stays_in_an_mp3(program: Program, tmp_path: Path) -> None:
    source = tmp_path / "covered.mp3"
    source.write_bytes(_with_cover((MEDIA / "claims-short.mp3").read_bytes()))
    draft = plan_audio(measured(source))
    copy, _ = make(draft, program, source, tmp_path)
    with av.open(str(copy), format="mp3") as container:
        kinds = [stream.type for stream in container.streams]
        assert container.metadata["title"] == "Ada"
    assert sorted(kinds) == ["audio", "video"]
    assert judged(copy).findings == ()
    bare, _ = make(plan_audio(measured(source, metadata="drop")), program, source, tmp_path)
    with av.open(str(bare), format="mp3") as container:
        assert [stream.type for stream in container.streams] == ["audio"]
        assert "title" not in container.metadata


def _with_cover(data: bytes) -> bytes:
    """The same MP3 behind an ID3 tag with a title and a picture."""
    picture = (MEDIA / "image-300x300.png").read_bytes()

    def frame(name: bytes, body: bytes) -> bytes:
        return name + struct.pack(">I", len(body)) + b"\0\0" + body

    body = frame(b"TIT2", b"\0Ada") + frame(b"APIC", b"\0image/png\0\x03\0" + picture)
    size = bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + body + data
