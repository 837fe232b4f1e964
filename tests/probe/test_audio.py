"""Sounds: length, level and encoding, whatever the header claims."""

from __future__ import annotations

import io
import struct
from array import array
from fractions import Fraction

import pytest

from tests.probe import media
from tests.probe.build import chunk, extensible, wav
from tests.probe.media import audio_facts, measured, pcm, told, tone
from validator.errors import Cancelled
from validator.model import AudioFacts, Depth
from validator.probe.audio import probe_audio

_TONE = tone(1, 16_000)
_WHOLE = wav(pcm(_TONE))


def _facts(data: bytes) -> AudioFacts:
    return audio_facts(measured(data))


@pytest.mark.parametrize(
    ("data", "codec", "encoding", "bits"),
    [
        (wav(pcm(_TONE, 8), bits=8), "pcm_u8", "usual", 8),
        (_WHOLE, "pcm_s16le", "usual", 16),
        (wav(pcm(_TONE, 24), bits=24), "pcm_s24le", "usual", 24),
        (wav(pcm(_TONE, 32), bits=32), "pcm_s32le", "usual", 32),
        (wav(pcm(_TONE), tag=0xFFFE, extra=extensible(1)), "pcm_s16le", "usual", 16),
        (wav(_TONE.tobytes(), tag=3, bits=32), "pcm_f32le", "not-pcm", 32),
        (wav(_TONE.tobytes(), tag=0xFFFE, bits=32, extra=extensible(3, bits=32)), "pcm_f32le", "not-pcm", 32),
        (media.sound(1, "pcm_f64le"), "pcm_f64le", "not-pcm", 64),
        (media.sound(1, "pcm_alaw"), "pcm_alaw", "not-pcm", 8),
        (media.sound(1, "pcm_mulaw"), "pcm_mulaw", "not-pcm", 8),
    ],
)
def test_samples_of_a_fixed_size_are_counted(data: bytes, codec: str, encoding: str, bits: int) -> None:
    found = measured(data)
    facts = audio_facts(found)
    assert told(facts, "codec", "encoding", "bit_depth", "duration") == (codec, encoding, bits, 1)
    assert told(facts, "sample_rate", "channels", "level", "header_agreement") == (
        16_000,
        1,
        "audible",
        "agrees",
    )
    assert facts.peak is not None
    assert abs(facts.peak - Fraction(1, 2)) < Fraction(1, 50)
    assert (found.file.format, found.file.integrity) == ("wav", "whole")


@pytest.mark.parametrize("codec", ["adpcm_ms", "adpcm_ima_wav"])
def test_other_encodings_are_measured_by_their_packets(codec: str) -> None:
    found = measured(media.sound(1, codec))
    facts = audio_facts(found)
    assert told(facts, "codec", "encoding", "claimed_duration") == (codec, "not-pcm", None)
    assert facts.duration is not None
    assert 1 <= facts.duration < Fraction(11, 10)
    assert found.file.integrity == "whole"


def test_an_mp3_in_a_wav() -> None:
    facts = _facts(media.sound(1, "libmp3lame", rate=44_100))
    assert told(facts, "codec", "encoding", "encoding_detail") == (
        "mp3",
        "not-pcm",
        "MP3, 1 channel, 44,100 Hz",
    )


def test_the_header_of_a_wav_is_read_and_little_of_its_sound() -> None:
    class Counting(io.BytesIO):
        count = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.count += len(data)
            return data

    file = Counting(wav(pcm(tone(30, 16_000))))
    found = probe_audio(file, "wav", Depth.HEADER, media.never)

    assert isinstance(found.facts, AudioFacts)
    assert told(found.facts, "duration", "codec") == (30, "pcm_s16le")
    assert file.count < len(file.getvalue()) / 5


def test_an_encoding_that_nobody_knows_is_not_judged() -> None:
    found = measured(wav(pcm(_TONE), tag=0x4444))
    assert found.file.integrity is None
    for fact in ("integrity", "duration", "level"):
        assert found.why_unmeasured(fact) == "no decoder here knows the sound's codec, format 0x4444"
    assert told(audio_facts(found), "codec", "encoding", "channels") == ("format 0x4444", "not-pcm", 1)


@pytest.mark.parametrize(
    ("rate", "channels", "encoding", "words"),
    [
        (11_025, 1, "unusual-rate", "PCM, 1 channel, 11,025 Hz"),
        (16_000, 2, "usual", "PCM, 2 channels, 16,000 Hz"),
        (16_000, 6, "many-channels", "PCM, 6 channels, 16,000 Hz"),
        (16_000, 9, "many-channels", "PCM, 9 channels, 16,000 Hz"),
        (7, 3, "many-channels", "PCM, 3 channels, 7 Hz"),
    ],
)
def test_rates_and_channels(rate: int, channels: int, encoding: str, words: str) -> None:
    facts = _facts(wav(pcm(tone(1, rate, channels)), rate=rate, channels=channels))
    assert told(facts, "duration", "encoding", "encoding_detail") == (1, encoding, words)


def test_a_long_file() -> None:
    sizes = chunk(b"ds64", struct.pack("<QQQI", 0, 32_000, 16_000, 0))
    found = measured(wav(pcm(_TONE), size=0xFFFFFFFF, before=sizes, form=b"RF64"))
    assert (found.file.format, found.file.integrity) == ("rf64", "whole")
    assert audio_facts(found).duration == 1
    without = measured(wav(pcm(_TONE), size=0xFFFFFFFF, form=b"RF64"))
    assert without.file.integrity == "corrupt"


class TestLevel:
    @pytest.mark.parametrize(
        ("samples", "level", "peak", "clipped"),
        [
            (bytes(32_000), "silent", 0, 0),
            (pcm(tone(1, 16_000, level=0.0005)), "silent", 0, 0),
            (pcm(tone(1, 16_000, level=0.002)), "audible", 0.2, 0),
            (pcm([1.0, -1.0] * 8000), "clipped", 100, 100),
            (struct.pack("<h", -32_768) * 16_000, "clipped", 100, 100),
            (pcm([1.0, 0.5, -0.5, 0.2, 0.1] * 3200), "audible", 100, 20),
        ],
    )
    def test_silent_clipped_or_neither(self, samples: bytes, level: str, peak: float, clipped: float) -> None:
        facts = _facts(wav(samples))
        words = f"peak {peak:.1f}% of full scale, {clipped:.1f}% of the samples at full scale"
        assert told(facts, "level", "level_detail") == (level, words)

    def test_floats_beyond_full_scale_are_clipped(self) -> None:
        data = wav(array("f", [2.0, -3.0] * 8000).tobytes(), tag=3, bits=32)
        assert told(_facts(data), "peak", "level") == (1, "clipped")

    def test_a_level_needs_samples(self) -> None:
        found = measured(_WHOLE, depth=Depth.HEADER)
        assert audio_facts(found).level is None
        assert found.why_unmeasured("level") == "the sound was read as a header only"
        assert found.file.integrity is None
        assert measured(wav(b"")).why_unmeasured("level") == "there are no samples"


class TestDamage:
    @pytest.mark.parametrize("depth", list(Depth))
    @pytest.mark.parametrize("lacking", [1, 10, 16_000])
    def test_a_file_that_is_cut_off(self, lacking: int, depth: Depth) -> None:
        found = measured(_WHOLE[:-lacking], depth=depth)
        assert found.file.integrity == "truncated"
        told_size = f"{32_000 - lacking:,}"
        assert found.file.integrity_detail == (
            f"the header announces 32,000 bytes of sound, the file holds {told_size}"
        )

    def test_a_file_of_no_samples(self) -> None:
        found = measured(wav(b""))
        assert found.file.integrity == "whole"
        assert audio_facts(found).duration == 0
        assert measured(_WHOLE[:44]).file.integrity == "truncated"

    @pytest.mark.parametrize(
        "data",
        [
            _WHOLE[:12],
            _WHOLE[:25],
            _WHOLE[:36],
            _WHOLE[:12] + _WHOLE[36:],
        ],
        ids=["nothing", "half a format", "no data", "no format"],
    )
    def test_headers_that_ffmpeg_refuses(self, data: bytes) -> None:
        found = measured(data)
        assert found.file.integrity == "corrupt"
        assert (found.file.integrity_detail or "").startswith("header: ")

    @pytest.mark.parametrize(
        "data", [wav(pcm(_TONE), channels=0), wav(pcm(_TONE), rate=0)], ids=["no channels", "no rate"]
    )
    def test_sound_that_cannot_be_decoded_keeps_what_its_header_says(self, data: bytes) -> None:
        found = measured(data)
        assert found.file.integrity == "corrupt"
        assert audio_facts(found) == audio_facts(measured(data, depth=Depth.HEADER))

    def test_a_format_behind_the_data_is_read_too(self) -> None:
        facts = _facts(_WHOLE[:12] + _WHOLE[36:] + _WHOLE[12:36])
        assert told(facts, "duration", "encoding_detail") == (1, "PCM, 1 channel, 16,000 Hz")

    def test_odd_bytes_behind_the_last_sample_are_nothing(self) -> None:
        assert measured(wav(pcm(_TONE) + b"\1")).file.integrity == "whole"


class TestLongSounds:
    def test_they_are_sampled(self) -> None:
        quiet, loud = bytes(16_000 * 20), struct.pack("<hh", 30_000, -30_000) * 4000 * 10
        data = wav(quiet + loud + quiet * 6, rate=8_000)  # loud between the samples
        assert told(_facts(data), "duration", "level") == (150, "silent")
        full = audio_facts(measured(data, depth=Depth.FULL))
        assert told(full, "duration", "level") == (150, "audible")

    def test_an_mp3_too(self) -> None:
        data = media.mp3(8, rate=8_000, options={"b": "8000"}) * 16
        found = measured(data + b"junk" * 100)
        assert found.file.integrity == "whole"
        assert audio_facts(found).duration is not None


@pytest.mark.parametrize("depth", list(Depth))
def test_a_run_that_is_asked_to_stop_stops(depth: Depth) -> None:
    with pytest.raises(Cancelled):
        probe_audio(io.BytesIO(_WHOLE), "wav", depth, lambda: True)
