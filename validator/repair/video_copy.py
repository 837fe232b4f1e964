"""Which packets of a clip can be taken as they are, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from validator.repair.demands import Range
from validator.repair.plan import Case
from validator.repair.video_length import Length
from validator.repair.video_source import IN_MP4, Source

_LOST_AT_MOST = Fraction(1)
"""Seconds that a cut between packets may end earlier than one between frames would."""
_LONGEST_PACKET = Fraction(1, 20)  # of a sound that does not say
_USUAL_PIXELS = frozenset({"yuv420p", "yuvj420p", "nv12"})  # 8 bit, a colour for four pixels
_USUAL_OF = {"hevc": _USUAL_PIXELS | {"yuv420p10le"}}  # which HDR needs
_IN_MP4_ALREADY = IN_MP4 | {"mpeg4", "mpeg2video", "av1", "vp9"}


@dataclass(frozen=True)
class Copied:
    """The packets that stay: all, or as many `packets` of the picture's. `seconds`: what the copy runs."""

    packets: int | None
    seconds: Fraction
    bytes: int


def copied(case: Case, source: Source, length: Length, format_name: str) -> Copied | None:
    """The packets that can be copied into this format; `None` where they have to be encoded."""
    stays = source.format == format_name or {source.format, format_name} == {"m4v", "mp4"}
    codecs = _IN_MP4_ALREADY if stays else IN_MP4
    codecs = codecs if _is_usual(source) else frozenset()
    can = source.video.timed and source.video.codec in codecs and source.streams.demuxer != "avi"
    if case.attempt or not can or length.lengthened or not source.facts.duration:
        return None
    found = _all(source) if not length.ends else _some(case, source, length)
    if found is None or not _is_taken(case, source, found):
        return None
    return found


def _is_usual(source: Source) -> bool:
    """Whether all players take pixels like these; what came in an mp4 or a mov, came so on purpose."""
    pixels = source.video.pixel_format or source.facts.pixel_format
    usual = _USUAL_OF.get(source.video.codec, _USUAL_PIXELS)
    return source.streams.demuxer == "mov" or not pixels or pixels in usual


def _all(source: Source) -> Copied:
    seconds = source.duration
    if source.has_coarse_times:
        # What a decoder needs in front of a sound counts too: some programs move all streams by that.
        kept = [stream for stream in (source.video, source.audio) if stream is not None]
        seconds = max(stream.start + (stream.duration or seconds) for stream in kept)
    return Copied(None, seconds, source.copied_bytes(seconds))


def _some(case: Case, source: Source, length: Length) -> Copied | None:
    """As much as ends in time: the sound's last packet may begin before the end, and run beyond it."""
    taken, limit = case.demands.range_of("duration"), length.duration
    before = _packets_before(source, length.start)
    if before is None:
        return None
    if source.audio is not None and taken.max is not None:
        limit = min(limit, taken.max - (source.audio.packet_seconds or _LONGEST_PACKET))
    runs = ((cut.packets - before, cut.end - length.start) for cut in source.video.cuts)
    fitting = (run for run in runs if run[0] > 0 and run[1] <= limit and _in(taken, run[1]))
    rest = _to_the_end(source, length, before, limit)
    packets, seconds = max((*fitting, *rest), default=(0, Fraction(0)))
    if not packets or length.duration - seconds > _LOST_AT_MOST:
        return None
    return Copied(packets, seconds, source.copied_bytes(seconds))


def _to_the_end(
    source: Source, length: Length, before: int, limit: Fraction
) -> Iterator[tuple[int, Fraction]]:
    """All pictures that there are from a start on, where they are short enough, and what is heard to them."""
    picture = source.facts.video_duration or source.duration
    rest, most = picture - length.start, limit if picture < source.duration else length.duration
    if source.facts.frames and source.facts.frames > before and 0 < rest <= most:
        yield source.facts.frames - before, rest


def _packets_before(source: Source, start: Fraction) -> int | None:
    """How many packets lie before a start; `None` where copying cannot begin there.

    Where the index tells when a frame is shown, a program finds the key frame that was meant; elsewhere it
    may find the one before it.
    """
    if not start:
        return 0
    if source.streams.demuxer != "mov" or start not in source.video.key_frames:
        return None
    return next((cut.packets for cut in source.video.cuts if cut.end == start), None)


def _in(taken: Range, seconds: Fraction) -> bool:
    return taken.holds(seconds) and not (taken.shy_max and seconds == taken.max)


def _is_taken(case: Case, source: Source, found: Copied) -> bool:
    """Whether the copy's size, length and frame rate are: containers that round times make them others."""
    values: dict[str, Fraction | int] = {"duration": found.seconds, "bytes": found.bytes}
    rate = rate_of(source, found)
    if rate is not None:
        values["frame_rate"] = rate
    return all(case.demands.takes(name, value) for name, value in values.items())


def rate_of(source: Source, found: Copied) -> Fraction | None:
    """The frame rate of a copy of these packets."""
    if found.packets is not None:
        return found.packets / found.seconds
    if source.has_coarse_times and source.facts.frames and source.video.duration:
        return source.facts.frames / source.video.duration
    return source.facts.frame_rate
