"""What a clip's plan starts from: its picture, its sound, its facts, or why no copy can be made of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from validator.model import VideoFacts
from validator.repair.plan import Case, Obstacle
from validator.repair.streams import Stream, Streams, main_of

IN_MP4 = frozenset({"h264", "hevc"})
"""Pictures that every player takes in an mp4 or a mov, so that their packets may move there."""

READS_ALPHA = MappingProxyType({"vp8": "libvpx", "vp9": "libvpx-vp9"})
"""Decoders of pictures whose transparency lies in a layer of its own, which the usual ones leave out."""

HIDDEN = (
    "What is transparent is told in a layer that is not read here, so the copy shows what lies hidden under "
    "it: if that matters, export it over a background."
)

_SOUNDS_IN_MP4 = frozenset({"aac", "mp3", "ac3", "alac"})
_SLOWEST_MP3 = 16_000  # samples a second: MPEG-2.5's rates have no name in an mp4
_MORE_IN = {
    "mp4": frozenset({"opus", "flac", "eac3"}),
    "mov": frozenset(
        "eac3 pcm_s8 pcm_u8 pcm_alaw pcm_mulaw pcm_s16le pcm_s16be pcm_s24le pcm_s24be"  # noqa: SIM905
        " pcm_s32le pcm_s32be pcm_f32le pcm_f32be".split()
    ),
}
"""Sounds that lie in such a container already, and stay in it."""
_COARSE = frozenset({"matroska", "flv", "asf", "rm"})  # demuxers of containers that count milliseconds
_PER_PACKET, _PER_FILE = 24, 20_000  # bytes that an mp4 adds, and rather more


@dataclass(frozen=True)
class Source:
    """A clip that can be read. `duration` is of the presentation, `size` of the picture as shown.

    `keeps_format`: its container is one that is written, and is taken.
    """

    facts: VideoFacts
    video: Stream
    audio: Stream | None
    streams: Streams
    format: str
    bytes: int
    duration: Fraction
    size: tuple[int, int]
    keeps_format: bool = False

    @property
    def has_coarse_times(self) -> bool:
        """Whether its container rounds times, so that a copy of its packets runs a little shorter."""
        return self.streams.demuxer in _COARSE

    @property
    def audio_fits(self) -> bool:
        """Whether the sound's packets may lie in the mp4 or the mov that is written."""
        if self.audio is None:
            return False
        if self.audio.codec == "mp3":
            return (self.audio.sample_rate or _SLOWEST_MP3) >= _SLOWEST_MP3
        more = _MORE_IN.get(self.format, frozenset()) if self.keeps_format else frozenset()
        return self.audio.codec in _SOUNDS_IN_MP4 | more

    @property
    def picture_end(self) -> Fraction:
        """When the picture ends, in seconds of the presentation: it may begin late."""
        length = self.facts.video_duration
        return self.duration if length is None else min(self.duration, self.video.start + length)

    def copied_bytes(self, seconds: Fraction) -> int:
        """Bytes of a copy of the packets of so many seconds."""
        kept = [stream for stream in (self.video, self.audio) if stream is not None]
        packets = (self.facts.frames or 0) + 50 * int(seconds)
        media = sum((stream.bit_rate or 0) * min(seconds, stream.duration or seconds) / 8 for stream in kept)
        return int(media) + _PER_PACKET * packets + _PER_FILE


def codes_of(case: Case, *facts: str) -> tuple[str, ...]:
    """The rules that find fault with any of these facts.

    >>> from validator.model import Asset, Facts
    >>> from validator.repair.demands import Demands
    >>> from validator.repair.options import RepairOptions
    >>> codes_of(Case(Asset("a.mp4", "a.mp4"), Facts(), (), (), Demands(), RepairOptions()), "width")
    ()
    """
    return tuple(dict.fromkeys(each.code for each in case.findings if each.measured.fact in facts))


def source_of(case: Case) -> Source | Obstacle:
    """The clip to be mended, or why none can be made of it."""
    facts, streams = case.facts.media, case.streams
    code = case.findings[0].code if case.findings else ""
    if case.problem or not isinstance(facts, VideoFacts) or streams is None:
        why = case.problem or "What lies in it is not known, so no copy can be planned."
        return Obstacle(code, why)
    video = main_of(streams.streams, "video")
    if video is None:
        why = "There is no picture in it that could be copied."
        return Obstacle((*codes_of(case, "tracks"), code)[0], why)
    lack, why = _lack(facts, video)
    if why:
        return Obstacle((*codes_of(case, lack), code)[0], why)
    format_name = case.facts.file.format or ""
    return Source(
        facts=facts,
        video=video,
        audio=_readable(main_of(streams.streams, "audio")),
        streams=streams,
        format=format_name,
        bytes=case.facts.file.bytes or 0,
        duration=_length(facts),
        size=_square(facts, (facts.shown_width or 1, facts.shown_height or 1)),
        keeps_format=format_name in _MORE_IN and case.demands.takes("format", format_name),
    )


def _readable(sound: Stream | None) -> Stream | None:
    return sound if sound is not None and sound.codec else None


def _lack(facts: VideoFacts, video: Stream) -> tuple[str, str]:
    """What is missing for a copy, if anything: the fact, and a sentence with what would help."""
    reasons = {
        "codec_support": (
            facts.codec_support == "encrypted",
            "It is encrypted: without its key nobody can copy it, so export it without protection.",
        ),
        "codec": (not video.codec, "No decoder here knows its picture's codec: export it as H.264."),
        "width": (
            not facts.shown_width or not facts.shown_height,
            "The size of its pictures could not be measured: export it again, as an mp4.",
        ),
        "duration": (
            not _length(facts),
            "Neither its header nor its pictures say how long it lasts: export it again, as an mp4.",
        ),
    }
    return next(((fact, why) for fact, (is_so, why) in reasons.items() if is_so), ("", ""))


def _length(facts: VideoFacts) -> Fraction:
    """Seconds of the presentation; of pictures that do not say how long the last is shown, the header's."""
    return facts.duration or (facts.claimed_duration if facts.frames else None) or Fraction(0)


def _square(facts: VideoFacts, size: tuple[int, int]) -> tuple[int, int]:
    """The size with square pixels; where these are made anew, of the nearest even sides at once."""
    if (facts.sample_aspect_ratio or 1) == 1:
        return size
    return max(2, 2 * round(size[0] / 2)), max(2, 2 * round(size[1] / 2))
