"""The waveform of a sound: loud where it is loud, and told where nothing was decoded."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from tests.probe.build import wav
from tests.probe.media import mp3, pcm, tone
from tests.probe.previewing import facts_of, preview_of, seen
from validator.model import Depth
from validator.preview import Preview

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"


def half_silent(rate: int, channels: int = 1) -> array[float]:
    """A tone for a second, at half of full scale, and a second of nothing."""
    return tone(1, rate, channels) + array("f", bytes(4 * rate * channels))


class TestShape:
    @pytest.mark.parametrize(
        ("bits", "channels", "rate"), [(16, 1, 16_000), (16, 2, 8_000), (8, 1, 11_025), (24, 2, 16_000)]
    )
    def test_a_tone_and_then_silence(self, bits: int, channels: int, rate: int) -> None:
        data = wav(pcm(half_silent(rate, channels), bits), bits=bits, channels=channels, rate=rate)
        preview = seen(data)
        assert preview == Preview(waveform=preview.waveform)
        assert len(preview.waveform) == 400
        assert set(preview.waveform[:199]) <= set(range(40, 52))
        assert max(preview.waveform[201:]) <= 1

    def test_of_an_mp3(self) -> None:
        waveform = seen(mp3(samples=half_silent(44_100))).waveform
        assert len(waveform) == 400
        assert min(waveform[15:190]) >= 40
        assert max(waveform[220:]) <= 2

    def test_a_rise(self) -> None:
        samples = [at / 8000 for at in range(8000)]
        waveform = seen(wav(pcm(samples), rate=8000)).waveform
        assert list(waveform) == sorted(waveform)
        assert (waveform[0], waveform[200], waveform[399]) == (0, 50, 100)

    @pytest.mark.parametrize("count", [1, 50, 399])
    def test_a_sound_of_few_samples(self, count: int) -> None:
        assert seen(wav(pcm([1.0] * count), rate=8000)).waveform == (100,) * count


class TestLong:
    DATA = wav(bytes([255]) * 4000 * 200, bits=8, rate=4000)  # 200 s at full scale

    def test_at_standard_depth_three_places_are_decoded(self) -> None:
        waveform = seen(self.DATA).waveform
        assert len(waveform) == 400
        decoded = [at for at, peak in enumerate(waveform) if peak >= 0]
        assert decoded[0] == 0
        assert decoded[-1] == 399
        assert 200 in decoded
        assert waveform.count(-1) > 350
        assert {waveform[at] for at in decoded} == {99}

    def test_at_full_depth_all_of_it(self) -> None:
        assert set(seen(self.DATA, Depth.FULL).waveform) == {99}


class TestNothing:
    def test_no_samples_are_read_at_depth_header(self) -> None:
        assert preview_of(wav(pcm(tone(1, 8000)), rate=8000), Depth.HEADER) is None

    def test_not_unless_asked_for(self) -> None:
        assert facts_of(wav(pcm(tone(1, 8000)), rate=8000), previews=False).preview is None

    @pytest.mark.parametrize("name", ["no-samples.wav", "unknown-codec.wav", "text.mp3", "audio.ogg"])
    def test_sounds_of_which_there_is_nothing_to_see(self, name: str) -> None:
        facts = facts_of((MEDIA / name).read_bytes(), name)
        assert facts.preview is None
        assert facts.file.sha256 is not None

    def test_of_a_sound_that_is_cut_off_what_there_is(self) -> None:
        data = wav(pcm([1.0] * 4000), rate=8000, size=16_000)
        facts = facts_of(data)
        assert facts.file.integrity == "truncated"
        assert facts.preview is not None
        assert 100 in facts.preview.waveform

    def test_the_facts_are_the_same_with_and_without(self) -> None:
        for path in MEDIA.glob("*.wav"):
            data = path.read_bytes()
            assert facts_of(data).values() == facts_of(data, previews=False).values()
