"""What lies in the container of a clip or a sound, as far as a copy of it depends on that."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import msgspec


class Cut(msgspec.Struct, frozen=True):
    """After so many packets of a stream, all that is shown until `end` is there, and nothing beyond."""

    packets: int
    end: Fraction


class Stream(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One stream. Times are seconds of the presentation; `key_frames` those of frames that need no other one.

    `index` is its number in the container; `transfer`, `primaries`, `matrix`, `range`: FFmpeg's names of the
    colours. `alpha`: where it says what is transparent, in its pixels or in a layer that hardly any decoder
    reads. `usual_rate`: frames a second where they regularly follow fastest.
    `cuts`: where a picture's packets can be cut without one that is missing or left over, among them one in
    front of each key frame; `timed`: each packet says when it is shown. `packet_seconds`: how long a packet
    of a sound is. `rotation`: clockwise in degrees, by the stream itself. `start`: when it begins, in seconds
    behind the container's first stream. `peak`: the largest sample of a sound that is kept in floating point,
    of full scale, which it may pass. `is_default`: players are asked to take it; `language`: as it is marked.
    """

    index: int
    kind: Literal["video", "audio", "other"]
    codec: str = ""
    is_cover: bool = False
    duration: Fraction | None = None
    key_frames: tuple[Fraction, ...] = ()
    bit_rate: int | None = None
    pixel_format: str = ""
    transfer: str = ""
    primaries: str = ""
    matrix: str = ""
    range: str = ""
    alpha: Literal["", "pixels", "layer"] = ""
    usual_rate: Fraction | None = None
    interlaced: bool = False
    sample_rate: int | None = None
    channels: int | None = None
    cuts: tuple[Cut, ...] = ()
    timed: bool = True
    packet_seconds: Fraction | None = None
    rotation: int = 0
    start: Fraction = Fraction(0)
    is_default: bool = False
    language: str = ""
    peak: Fraction | None = None


def main_of(streams: tuple[Stream, ...], kind: str) -> Stream | None:
    """Of a kind, the stream that players take: the first that is marked so, else the first; never a cover.

    Of sounds, one that can be decoded, where there is any: as the probe chooses.

    >>> sounds = (Stream(index=1, kind="audio"), Stream(index=2, kind="audio", is_default=True))
    >>> main_of(sounds, "audio").index, main_of(sounds[:1], "audio").index, main_of(sounds, "video")
    (2, 1, None)
    """
    found = [stream for stream in streams if stream.kind == kind and not stream.is_cover]
    if kind == "audio":
        found = [stream for stream in found if stream.codec] or found
    return next((stream for stream in found if stream.is_default), next(iter(found), None))


def which_of(streams: tuple[Stream, ...], stream: Stream) -> str:
    """Which of its kind a stream is, in words.

    >>> sounds = (Stream(index=1, kind="audio"), Stream(index=2, kind="audio", language="deu"))
    >>> which_of(sounds, sounds[1]), which_of(sounds[:1], sounds[0])
    ('sound 2 of 2 (deu)', 'the sound')
    """
    name = {"video": "picture", "audio": "sound"}.get(stream.kind, "track")
    alike = [each.index for each in streams if each.kind == stream.kind and not each.is_cover]
    if len(alike) < 2:
        return f"the {name}"
    language = f" ({stream.language})" if stream.language.isalnum() and stream.language != "und" else ""
    return f"{name} {alike.index(stream.index) + 1} of {len(alike)}{language}"


class Streams(msgspec.Struct, frozen=True):
    """All streams of a container; `demuxer` is FFmpeg's name of what reads it."""

    demuxer: str
    streams: tuple[Stream, ...]
