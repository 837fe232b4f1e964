"""Before a clip or a sound is decoded it is asked whether to, by facts that decoding does not change."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.probe import clips, media
from tests.probe.build import rewritten, wav
from tests.probe.media import Clip, encoded, never, pcm, tone
from validator.model import AudioFacts, Depth, MediaFacts, VideoFacts
from validator.probe.measurement import Measurement
from validator.probe.media import measure_media
from validator.probe.sniff import sniff

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
DESCRIPTIONS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
DECIDING = {
    VideoFacts: ("duration", "frame_rate", "width", "height", "aspect_ratio", "pixels", "resolution"),
    AudioFacts: ("duration",),
}
"""What the gate compares, of each kind."""


class Asked:
    """Remembers what it was asked with, and where the file was read then."""

    def __init__(self, data: bytes, *, answer: bool = True) -> None:
        self.file = _Counting(data)
        self.answer = answer
        self.facts: list[MediaFacts] = []
        self.reads = 0

    def __call__(self, facts: MediaFacts) -> bool:
        self.facts.append(facts)
        self.reads = self.file.reads
        return self.answer

    def measure(self, depth: Depth = Depth.STANDARD) -> Measurement:
        name = sniff(self.file).format or ""
        return measure_media(self.file, name, depth, never, stills=True, proceed=self)


class _Counting(io.BytesIO):
    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        return super().read(size)


def _streams() -> list[str]:
    endings = {".mp4", ".mov", ".m4v", ".mkv", ".wav", ".mp3"}
    paths = (path for path in MEDIA.iterdir() if path.suffix in endings)
    return sorted(path.name for path in paths if sniff(io.BytesIO(path.read_bytes())).kind)


@pytest.mark.parametrize("name", _streams())
def test_what_it_is_asked_with_is_what_decoding_finds(name: str) -> None:
    data = (MEDIA / name).read_bytes()
    asked = Asked(data)
    found = asked.measure().facts
    header = Asked(data).measure(Depth.HEADER).facts

    for fact in DECIDING.get(type(found), ()):
        assert getattr(header, fact) == getattr(found, fact), fact
        for told in asked.facts:
            assert getattr(told, fact) in (getattr(found, fact), None), fact
    assert len(asked.facts) <= 1


MAKERS = pytest.mark.parametrize(
    "make",
    [
        clips.with_sound,
        clips.fragmented,
        lambda: encoded(Clip(format="matroska")),
        lambda: wav(pcm(tone(1, 16_000))),
        media.mp3,
    ],
    ids=["mp4", "fragments", "mkv", "wav", "mp3"],
)


@MAKERS
def test_what_is_not_to_be_decoded_is_as_at_depth_header(make: Callable[[], bytes]) -> None:
    asked = Asked(make(), answer=False)
    found = asked.measure()
    header = Asked(make()).measure(Depth.HEADER)

    assert (found.stopped, found.decoded, found.stills) == (True, False, ())
    assert (found.facts, found.damage) == (header.facts, header.damage)
    assert not header.stopped
    assert asked.file.reads == asked.reads, "nothing is read any more"


@MAKERS
def test_at_depth_header_nobody_is_asked(make: Callable[[], bytes]) -> None:
    asked = Asked(make(), answer=False)
    asked.measure(Depth.HEADER)

    assert not asked.facts


def test_damage_that_was_met_is_told_without_asking() -> None:
    asked = Asked(clips.index_first()[:-1000], answer=False)

    assert asked.measure().damage.integrity == "truncated"
    assert not asked.facts


def test_where_nothing_can_be_decoded_the_header_still_counts() -> None:
    def no_entry(payload: bytes) -> bytes:
        return payload[:8] + struct.pack(">I", 99_999) * ((len(payload) - 8) // 4)

    asked = Asked(rewritten(clips.plain(), (*DESCRIPTIONS[:-1], b"stss"), no_entry))
    found = asked.measure()

    assert (found.damage.integrity, found.stopped) == ("corrupt", False)
    assert asked.facts == [found.facts]


class TestSizes:
    """A container may announce any: what is asked with is what the codec says."""

    def test_a_container_that_lies(self) -> None:
        def smaller(payload: bytes) -> bytes:
            return payload[:40] + struct.pack(">HH", 320, 180) + payload[44:]

        asked = Asked(rewritten(clips.plain(), DESCRIPTIONS, smaller))
        found = asked.measure().facts

        assert isinstance(found, VideoFacts)
        assert [(told.width, told.height) for told in asked.facts if isinstance(told, VideoFacts)] == [
            (64, 48)
        ]
        assert (found.width, found.height) == (64, 48)

    def test_of_several_descriptions_none_is_certain(self) -> None:
        def doubled(payload: bytes) -> bytes:
            return payload[:4] + struct.pack(">I", 2) + payload[8:] * 2

        asked = Asked(rewritten(clips.plain(), DESCRIPTIONS, doubled))
        found = asked.measure().facts

        assert isinstance(found, VideoFacts)
        assert [told.width for told in asked.facts if isinstance(told, VideoFacts)] == [None]
        assert found.width == 64

    def test_of_a_codec_that_may_leave_it_to_the_container_it_is_not_certain(self) -> None:
        asked = Asked(encoded(Clip(codec="mpeg4", options={})))
        found = asked.measure().facts

        assert isinstance(found, VideoFacts)
        told = [(each.width, each.duration) for each in asked.facts if isinstance(each, VideoFacts)]
        assert told == [(None, found.duration)]
        assert found.width == 64
