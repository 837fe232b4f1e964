"""Cases of clips, as a plan for one is tried: facts on paper, and what is in a file that was made."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec

from tests.probe.media import measured, video_facts
from tests.repair.cases import case_of_facts
from validator.model import Asset, Facts, FileFacts, Kind, VideoFacts
from validator.probe.frame_size import size_facts
from validator.profile import Profile
from validator.repair.ffmpeg import Program, run_ffmpeg
from validator.repair.options import RepairOptions
from validator.repair.plan import Case
from validator.repair.recipe import VideoRecipe
from validator.repair.streams import Cut, Stream, Streams
from validator.repair.video_graph import commands

ASSET = Asset("clip", "clip")
SOUND = Stream(
    index=1,
    kind="audio",
    codec="aac",
    duration=Fraction(10),
    bit_rate=128_000,
    sample_rate=48_000,
    channels=2,
    packet_seconds=Fraction(1024, 48_000),
)
_PER_SECOND = 2  # key frames


def paper(
    seconds: Fraction | int | str = 10,
    *,
    size: tuple[int, int] = (1280, 720),
    rate: Fraction | int = 24,
    rotation: int = 0,
    pixel: Fraction = Fraction(1),
    demuxer: str = "mov",
    format_name: str = "mp4",
    total: int = 5_000_000,
    sound: Stream | None = None,
    others: tuple[Stream, ...] = (),
    picture: dict[str, Any] | None = None,
    **facts: Any,
) -> tuple[Facts, Streams]:
    """The facts of a clip that nobody shot, and what lies in its container; it can be cut at any frame."""
    duration, rate = Fraction(seconds), Fraction(rate)
    frames = round(duration * rate)
    media = VideoFacts(
        duration=duration,
        claimed_duration=duration,
        video_duration=duration,
        audio_duration=None if sound is None else duration,
        frames=frames,
        frame_rate=rate,
        frame_rate_mode="constant",
        codec="h264",
        pixel_format="yuv420p",
        codec_support="usual",
        hdr="none",
        tracks="one",
        audio_codec=None if sound is None else sound.codec,
        **size_facts(size, rotation, pixel, mirrored=False),
    )
    media = msgspec.structs.replace(media, **facts)
    video = Stream(
        index=0,
        kind="video",
        codec=media.codec or "",
        duration=duration,
        bit_rate=round(total * 8 / duration),
        key_frames=tuple(Fraction(number, _PER_SECOND) for number in range(int(duration * _PER_SECOND))),
        cuts=tuple(Cut(number, number / rate) for number in range(1, frames)),
    )
    video = msgspec.structs.replace(video, **(picture or {}))
    file = FileFacts(access="readable", content="media", format=format_name, bytes=total)
    streams = (video, *(() if sound is None else (sound,)), *others)
    return Facts(kind=Kind.VIDEO, file=file, media=media), Streams(demuxer, streams)


def case_on(
    made: tuple[Facts, Streams | None],
    *,
    profile: Profile | None = None,
    attempt: int = 0,
    changes: tuple[Fraction, ...] = (),
    problem: str = "",
    **options: Any,
) -> Case:
    """What has to be answered where these facts are judged."""
    facts, streams = made
    return case_of_facts(
        ASSET,
        facts,
        streams,
        RepairOptions(**options),
        profile=profile,
        attempt=attempt,
        changes=changes,
        problem=problem,
    )


def made_by(program: Program, recipe: VideoRecipe, source: Path, target: Path) -> VideoFacts:
    """The facts of the copy that a recipe's command lines make."""
    for line in commands(recipe, program.path, str(source), str(target), pass_log=str(target) + "-pass"):
        run_ffmpeg(line, cancelled=lambda: False)
    return video_facts(measured(target.read_bytes(), target.name))


def packets(path: Path, kind: str = "video") -> list[str]:
    """A digest of each packet of the first stream of a kind."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0] if kind == "video" else container.streams.audio[0]
        return [hashlib.sha256(bytes(each)).hexdigest() for each in container.demux(stream) if each.size]


def picture(path: Path, number: int = 0) -> Any:
    """One frame of a clip, as RGB."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        return frames[number].to_image()  # type: ignore[no-untyped-call, unused-ignore]
