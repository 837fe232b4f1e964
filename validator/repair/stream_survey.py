"""Looks at what lies in a clip or a sound, and measures it where its format is none that is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, BinaryIO

import av
import msgspec

from validator.model import AudioFacts, Depth, Kind, VideoFacts
from validator.probe import index_bounds
from validator.probe.audio import measure_sound
from validator.probe.damage import Damage
from validator.probe.frame_size import size_facts
from validator.probe.isobmff import IsoFile
from validator.probe.matroska_video import probe_matroska
from validator.probe.measurement import Measurement
from validator.probe.media import is_opened
from validator.probe.stream import (
    ATTACHED_PICTURE,
    DEFAULT,
    TooManyPacketsError,
    counted,
    decoder_damage,
    opened,
)
from validator.probe.video import Copies, measure_clip, probe_video
from validator.probe.wav import WavHeader
from validator.repair.demuxers import demuxer_of
from validator.repair.loudest import peak_of
from validator.repair.stream_damage import (
    WITHOUT_GAPS,
    damage_of,
    is_finished,
    is_incomplete,
    jump_of,
    lack_of,
)
from validator.repair.streams import Cut, Stream, Streams, main_of
from validator.repair.survey import Survey
from validator.repair.usual_rate import usual_rate

MAX_STREAMS = 100
"""Streams of a container that are told."""
MAX_CUTS = 20_000
"""Places of one stream where it can be cut that are told, and so of its key frames."""
CUT_APART = Fraction(1, 30)
"""Seconds that lie between two of them at the least, but for those in front of key frames."""

_MAIN = ("video", "audio")
_LONGEST_LANGUAGE = 20
_TRANSFERS = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}
_PRIMARIES = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "jedec-p22",
}
_MATRICES = {
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
}
_RANGES = {1: "tv", 2: "pc"}
_INCOMPLETE = "packets are incomplete"
_JOINED = (
    "It was joined of recordings in each of which time begins anew, so that players lose their way in it: "
    "export it as one clip, or mend its parts one by one."
)
_JUMPS = (
    "There is a jump in its packets: it was joined of several recordings, or some packets never came. Export "
    "it again as one clip, or mend its parts one by one."
)
_WHY_NOT = {"midi": "It is a score, no sound: play it with an instrument of your choice, and save that."}


@dataclass
class _Seen:
    """The packets of one stream in the order of the file; times in units of the stream's time base."""

    times: list[int | None] = field(default_factory=list)
    decoded: list[int | None] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    bytes: int = 0
    longest: int = 0
    ticks: int = 0

    def add(self, packet: Any) -> None:
        """Note a packet; one that an edit list cuts away would be shown by a copy: it has no time."""
        if packet.is_keyframe:
            self.keys.append(len(self.times))
        self.times.append(None if packet.is_discard and packet.stream.type == "video" else packet.pts)
        self.decoded.append(packet.dts)
        self.ends.append((packet.pts or 0) + (packet.duration or 0))
        self.bytes += packet.size
        self.ticks += packet.duration or 0
        self.longest = max(self.longest, packet.duration or 0)


def survey_streams(file: BinaryIO, kind: Kind, format_name: str, cancelled: Callable[[], bool]) -> Survey:
    """What lies in an open clip or sound.

    Raises:
        Cancelled: the run was asked to stop.
    """
    file.seek(0)
    demuxer = demuxer_of(format_name, file.read(16))
    if not demuxer:
        reason = (
            _WHY_NOT.get(format_name) or f"Nothing here reads {format_name}: export it in another format."
        )
        return Survey(problem=reason)
    if demuxer == "mov" and (found := index_bounds.excess(file)) is not None:
        return Survey(problem=f"It announces more than is read: {found.detail}.")
    measured = None if is_opened(format_name) else _measured(file, kind, demuxer, cancelled)
    problem = "" if measured is None else _problem(measured, demuxer) or _damaged(damage_of(file, demuxer))
    if problem:
        return Survey(None if measured is None else measured.facts, problem=problem)
    return _surveyed(file, demuxer, measured, cancelled)


def _surveyed(
    file: BinaryIO, demuxer: str, measured: Measurement | None, cancelled: Callable[[], bool]
) -> Survey:
    """What lies in a file that is whole as far as it was `measured`."""
    finished = is_finished(file, demuxer)
    try:
        with opened(file, demuxer) as container:
            streams, problem = _streams(container, demuxer, cancelled, finished=finished)
    except TooManyPacketsError as error:
        return Survey(problem=f"It holds too much: {error}.")
    except av.error.FFmpegError as error:
        return Survey(problem=_damaged(decoder_damage(error, "reading").detail))
    if measured is None:  # what is judged, is told of its damage there
        return Survey(None, streams)
    return Survey(_turned(measured.facts, streams), None if problem else streams, problem=problem)


def _measured(file: BinaryIO, kind: Kind, demuxer: str, cancelled: Callable[[], bool]) -> Measurement:
    """The facts of a format that is not judged, as its probe would measure them."""
    if kind is Kind.VIDEO and demuxer == "mov":
        return probe_video(file, Depth.STANDARD, cancelled)
    if kind is Kind.VIDEO and demuxer == "matroska":
        return probe_matroska(file, Depth.STANDARD, cancelled)
    nothing = VideoFacts() if kind is Kind.VIDEO else AudioFacts()
    try:
        with opened(file, demuxer) as container:
            return _of_container(container, kind, cancelled)
    except TooManyPacketsError as error:
        return Measurement(nothing, Damage(), "frames", str(error))
    except av.error.FFmpegError as error:
        return Measurement(nothing, decoder_damage(error, "header"))


def _of_container(container: Any, kind: Kind, cancelled: Callable[[], bool]) -> Measurement:
    if kind is Kind.VIDEO:
        copies = Copies(stills=False, sketch=False)
        return measure_clip(container, IsoFile(), Depth.STANDARD, cancelled, copies)
    if not container.streams.audio:
        return Measurement(AudioFacts(), Damage("without-content", "there is no sound in it"))
    return measure_sound(container, WavHeader(), None, Depth.STANDARD, cancelled)


def _problem(measured: Measurement, demuxer: str) -> str:
    """Why no copy can be made of it, in a sentence; empty where one can, or where the packets tell more."""
    if measured.expansion != "sane":
        return f"It announces more than is read: {measured.expansion_detail}."
    jumps = demuxer == "mpegts" and measured.damage.detail == _INCOMPLETE
    if measured.damage.integrity != "whole" and not jumps:
        return _damaged(measured.damage.detail)
    return ""


def _damaged(detail: str) -> str:
    """What is said of such damage; empty where there is none."""
    if not detail:
        return ""
    return f"It is damaged ({detail}), and what is lost cannot be brought back: export it again."


def _turned(facts: Any, streams: Streams) -> Any:
    """The facts of a clip whose stream says itself that it is turned, as some containers leave it to that."""
    video = main_of(streams.streams, "video")
    if not isinstance(facts, VideoFacts) or video is None or not video.rotation or facts.rotation:
        return facts
    if not facts.stored_width or not facts.stored_height:
        return facts
    stored, pixel = (facts.stored_width, facts.stored_height), facts.sample_aspect_ratio or Fraction(1)
    return msgspec.structs.replace(facts, **size_facts(stored, video.rotation, pixel, mirrored=False))


def _streams(
    container: Any, demuxer: str, cancelled: Callable[[], bool], *, finished: bool
) -> tuple[Streams, str]:
    """What lies in a container, and why no copy can be made of it; `finished`: it knows its length."""
    streams = list(container.streams)[:MAX_STREAMS]
    media = [stream for stream in streams if stream.type in (*_MAIN, "subtitle")]
    seen = {stream.index: _Seen() for stream in media}
    codecs, damage = {each.index: _codec_of(each) for each in media}, ""
    for packet in counted(container, media, cancelled):
        seen[packet.stream_index].add(packet)
        if is_incomplete(packet, codecs[packet.stream_index]):
            damage = damage or _INCOMPLETE
    lone = demuxer in WITHOUT_GAPS and len(streams) == 1
    lasting = [_lasting(each, seen[each.index], lone=lone) for each in media]
    if finished and any(len(each.ends) > 1 for each in seen.values()):  # a lone one is shown at will
        damage = damage or lack_of(container, max(lasting))
    start = Fraction(container.start_time or 0, av.time_base)
    firsts = _first_frames(container, [stream for stream in media if stream.type == "video"], cancelled)
    peaks = {each.index: peak_of(container, each, cancelled) for each in media if each.type == "audio"}
    told = tuple(
        msgspec.structs.replace(
            _stream(each, seen.get(each.index), start, firsts.get(each.index)), peak=peaks.get(each.index)
        )
        for each in streams
    )
    if demuxer == "mpegts" and any(jump_of(seen[each.index].decoded, each.time_base) for each in media):
        return Streams(demuxer, told), _JOINED
    jumps = demuxer == "mpegts" and damage == _INCOMPLETE
    return Streams(demuxer, told), _JUMPS if jumps else _damaged(damage)


def _lasting(stream: Any, seen: _Seen, *, lone: bool) -> Fraction:
    """When a stream ends, from 0 or its begin before that; how long all packets of a `lone` sound are."""
    if lone and stream.type == "audio":
        return Fraction(seen.ticks * stream.time_base)
    begin = min((0, *(time for time in seen.times if time is not None)))
    return Fraction((max(seen.ends, default=0) - begin) * stream.time_base)


def _first_frames(container: Any, streams: list[Any], cancelled: Callable[[], bool]) -> dict[int, Any]:
    """The first picture of each: whether it is interlaced stands there alone."""
    found: dict[int, Any] = {}
    for stream in streams:
        if stream.codec_context is None or _is_cover(stream):
            continue
        try:
            container.seek(0)
            for packet in counted(container, [stream], cancelled):
                frames = packet.decode()
                if frames:
                    found[stream.index] = frames[0]
                    break
        except av.error.FFmpegError:
            continue  # damage is told where the file is judged; here it only stays unknown
    return found


def _codec_of(stream: Any) -> str:
    context = stream.codec_context
    if context is None:
        return ""
    return str(context.codec.canonical_name) if context.codec is not None else str(context.name)


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition.value & ATTACHED_PICTURE)


def _stream(stream: Any, seen: _Seen | None, start: Fraction, first: Any) -> Stream:
    context = stream.codec_context
    if seen is None or context is None or stream.type not in _MAIN:
        return Stream(index=stream.index, kind=stream.type if stream.type in _MAIN else "other")
    base = stream.time_base
    length = _length(seen, base)
    told: dict[str, Any] = {
        "index": stream.index,
        "kind": stream.type,
        "codec": _codec_of(stream),
        "is_cover": _is_cover(stream),
        "is_default": bool(stream.disposition.value & DEFAULT),
        "language": str(stream.metadata.get("language", ""))[:_LONGEST_LANGUAGE],
        "duration": length,
        "bit_rate": round(seen.bytes * 8 / length) if length else None,
        "timed": bool(seen.times) and None not in seen.times,
        "start": _begin(seen, base, start),
    }
    if stream.type == "audio":
        told |= {
            "sample_rate": context.sample_rate or None,
            "channels": context.channels or None,
            "packet_seconds": seen.longest * base or None,
        }
        return Stream(**told)
    if told["timed"]:
        told |= {**_where_to_cut(seen, base, start), "usual_rate": usual_rate(seen.times, base)}
    colours = context if first is None else first
    told |= {
        "pixel_format": context.pix_fmt or "",
        "transfer": _name(_TRANSFERS, context.color_trc),
        "primaries": _name(_PRIMARIES, context.color_primaries),
        "matrix": _name(_MATRICES, context.colorspace),
        "range": _name(_RANGES, context.color_range),
        "alpha": _alpha(stream, context.pix_fmt),
        "interlaced": first is not None and bool(first.interlaced_frame),
        "rotation": 0 if first is None else -int(getattr(colours, "rotation", 0)) % 360,
    }
    return Stream(**told)


def _name(names: Mapping[int, str], value: Any) -> str:
    return names.get(int(value or 0), "")


def _alpha(stream: Any, pixels: str | None) -> str:
    """Where it says what is transparent, if it does."""
    if pixels and any(component.is_alpha for component in av.VideoFormat(pixels).components):
        return "pixels"
    return "layer" if stream.metadata.get("alpha_mode") == "1" else ""


def _begin(seen: _Seen, base: Fraction, start: Fraction) -> Fraction:
    times = [time for time in seen.times if time is not None]
    return max(Fraction(0), min(times) * base - start) if times else Fraction(0)


def _length(seen: _Seen, base: Fraction) -> Fraction | None:
    times = [time for time in seen.times if time is not None]
    return (max(seen.ends) - min(times)) * base if times else None


def _where_to_cut(seen: _Seen, base: Fraction, start: Fraction) -> dict[str, Any]:
    """Key frames behind which nothing refers to what is in front of them, and places to stop copying at."""
    times = [time for time in seen.times if time is not None]
    lowest_after = [*_lowest_from(times)]
    keys = {number for number in seen.keys if lowest_after[number] == times[number]}
    key_frames: list[Fraction] = []
    cuts: list[Cut] = []
    highest_end: int | None = None
    highest: int | None = None
    for number, time in enumerate(times):
        clean = highest is None or highest < lowest_after[number]
        if clean and number in keys:
            key_frames.append(time * base - start)
        if clean and highest_end is not None:
            end = max(highest_end, lowest_after[number]) * base - start
            if number in keys or not cuts or end - cuts[-1].end >= CUT_APART:
                cuts.append(Cut(number, end))
        highest = time if highest is None else max(highest, time)
        highest_end = seen.ends[number] if highest_end is None else max(highest_end, seen.ends[number])
    return {"key_frames": tuple(key_frames[:MAX_CUTS]), "cuts": tuple(cuts[:MAX_CUTS])}


def _lowest_from(times: list[int]) -> Iterator[int]:
    lowest, found = times[-1], []
    for time in reversed(times):
        lowest = min(lowest, time)
        found.append(lowest)
    yield from reversed(found)
