"""Clips: duration, frame rate, geometry, codec and tracks, measured from the packets and the frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av
import msgspec

from validator.model import Depth, VideoFacts
from validator.probe import index_bounds, isobmff
from validator.probe.clip import Clip, cut_off, entry_name, times_of
from validator.probe.damage import Damage
from validator.probe.decode import Decoded, Decoder, strict
from validator.probe.frame_rate import rate_spans
from validator.probe.frame_size import size_facts
from validator.probe.gallery import Gallery
from validator.probe.measurement import Measurement, Proceed, always
from validator.probe.orientation import UPRIGHT, orientation_of_matrix
from validator.probe.sketch import FRAME_SIDE, Sketch
from validator.probe.stream import (
    Timeline,
    TooManyPacketsError,
    counted,
    decoder_damage,
    main_streams,
    opened,
)

CHEAP_PIXELS = 400_000_000
"""Pixels that are decoded whole at standard depth: 15 s of 480p at 60 fps, two seconds of work."""


@dataclass(frozen=True)
class Copies:
    """What is kept of the frames, if anything: stills for face work, a sketch for a preview."""

    stills: bool
    sketch: bool


def probe_video(
    file: BinaryIO,
    depth: Depth,
    cancelled: Callable[[], bool],
    *,
    stills: bool = False,
    sketch: bool = False,
    proceed: Proceed = always,
) -> Measurement:
    """Measure an mp4, a mov or an m4v.

    With `stills`, a handful of the decoded frames, spread over the clip, are kept as small copies; with
    `sketch`, still smaller ones, and the frame rate over time.

    Raises:
        Cancelled: the run was asked to stop.
    """
    header = isobmff.read(file)
    found = index_bounds.excess(file)
    if found is not None:
        return refused(header, found)
    if not header.has_movie and not header.has_fragments:
        damage = Damage("truncated", "there is no index (moov): the file was not finished")
        return Measurement(VideoFacts(), damage, unmeasured={"*": "no index (moov) says what the file holds"})
    try:
        with opened(file, "mov") as container:
            return measure_clip(container, header, depth, cancelled, Copies(stills, sketch), proceed=proceed)
    except TooManyPacketsError as error:
        return refused(header, index_bounds.Excess("frames", str(error)))
    except av.error.FFmpegError as error:
        cut = cut_off(header)
        if cut.detail:
            return Measurement(VideoFacts(claimed_duration=header.claimed_duration), cut)
        return Measurement(_header_facts(header), decoder_damage(error, "header"))


def refused(header: isobmff.IsoFile, found: index_bounds.Excess) -> Measurement:
    """A clip that announces too much: nothing is known but its size, where that was it."""
    facts = VideoFacts(claimed_duration=header.claimed_duration)
    if found.size is not None:
        size = size_facts(found.size, 0, Fraction(1), mirrored=False)
        facts = msgspec.structs.replace(facts, **size)
    why = {"*": "it announces more than is read"}
    return Measurement(facts, Damage(), found.expansion, found.detail, decoded=False, unmeasured=why)


def _header_facts(header: isobmff.IsoFile) -> VideoFacts:
    """What the boxes alone say, where FFmpeg refuses the file."""
    none = "vide" not in header.handlers()
    return VideoFacts(
        claimed_duration=header.claimed_duration,
        tracks="none" if none else None,
        tracks_detail="the header lists no video track" if none else None,
    )


def measure_clip(  # noqa: PLR0913 - what `probe_video` was asked
    container: Any,
    header: isobmff.IsoFile,
    depth: Depth,
    cancelled: Callable[[], bool],
    copies: Copies,
    *,
    frame: Fraction | None = None,
    proceed: Proceed = always,
) -> Measurement:
    """Measure an open container, whose own headers were read before.

    `frame`: how many seconds each frame is shown, as a container says whose clock is too coarse for it.
    `proceed` is asked once, with what is known before anything is decoded.

    Raises:
        Cancelled: the run was asked to stop.
        TooManyPacketsError: it holds more than is read.
        av.error.FFmpegError: it cannot be read at all.
    """
    streams = main_streams(container)
    video = streams.video
    wanted = [stream for stream in (video, streams.audio) if stream is not None]
    timelines = {stream.index: Timeline(stream.time_base) for stream in wanted}
    damage = _damage(container, wanted, timelines, header, cancelled)
    tracks = {track.id: track for track in header.tracks}
    exact = dict(timelines)
    if frame is not None and video is not None:
        exact[video.index] = timelines[video.index].evenly(frame)
    encrypted = any(track.encrypted for track in header.tracks)
    clip = Clip(header, streams, tracks, times_of(streams, exact, tracks, header), encrypted)
    sealed = "the video is encrypted" if encrypted else _unknown_codec(wanted, tracks)
    looks = (copies.stills or copies.sketch) and video is not None
    gallery = Gallery.of(video, timelines) if looks else None
    decoded, stopped = Decoded(), False
    if depth is not Depth.HEADER and not sealed and damage.integrity == "whole":
        stopped = not proceed(clip.announced())
        if not stopped:
            decoded = _decode(container, wanted, timelines, depth, cancelled, gallery)
            damage = (
                decoded.damage if decoded.damage.integrity != "whole" else _nothing_decoded(wanted, decoded)
            )
    undecided = sealed or decoded.doubt
    facts = clip.facts(decoded)
    unmeasured = {"integrity": undecided} if undecided else {}
    if video is None:
        unmeasured["*"] = cut_off(header).detail or "there is no video track"
    orientation = _orientation(clip.track)
    drawn = None if video is None or not copies.sketch else exact[video.index]
    return Measurement(
        facts,
        damage,
        decoded=depth is not Depth.HEADER and not undecided and not stopped,
        stopped=stopped,
        unmeasured=unmeasured,
        stills=gallery.stills(facts, orientation) if gallery is not None and copies.stills else (),
        sketch=None if drawn is None else _sketch(gallery, facts, orientation, drawn),
    )


def _damage(
    container: Any,
    streams: list[Any],
    timelines: dict[int, Timeline],
    header: isobmff.IsoFile,
    cancelled: Callable[[], bool],
) -> Damage:
    """Count the packets of these streams in their timelines; the damage that is met on the way."""
    damage = cut_off(header)
    try:
        for packet in counted(container, streams, cancelled):
            timelines[packet.stream_index].add(packet)
    except av.error.FFmpegError as error:
        damage = decoder_damage(error, "reading")
    if damage.integrity != "whole":
        return damage
    if any(track.external for track in header.tracks):
        return Damage("without-content", "its samples lie in another file, which is never opened")
    if any(timeline.damaged for timeline in timelines.values()):
        named = "the index points behind the end of the file" if header.tracks else "packets are incomplete"
        return Damage("truncated", named)
    if not any(timeline.packets for timeline in timelines.values()):
        return Damage("without-content", "the tracks hold no samples")
    return damage


def _orientation(track: isobmff.Track | None) -> int:
    return UPRIGHT if track is None else orientation_of_matrix(track.rotation, mirrored=track.mirrored)


def _sketch(gallery: Gallery | None, facts: VideoFacts, orientation: int, timeline: Timeline) -> Sketch:
    """Much smaller copies of the same frames, and the frame rate over time."""
    stills = () if gallery is None else gallery.stills(facts, orientation, FRAME_SIDE)
    return Sketch(stills=stills, frame_rates=rate_spans(timeline))


def _unknown_codec(streams: list[Any], tracks: dict[int, isobmff.Track]) -> str:
    """Which stream cannot be decoded, in words; empty where all can."""
    for stream in streams:
        if stream.codec_context is None:
            return f"no decoder here knows the {stream.type} codec {entry_name(tracks.get(stream.id))}"
    return ""


def _decode(
    container: Any,
    streams: list[Any],
    timelines: dict[int, Timeline],
    depth: Depth,
    cancelled: Callable[[], bool],
    gallery: Gallery | None,
) -> Decoded:
    """Decode all at full depth or where it is cheap, else each stream's start, middle and end."""
    whole = (
        depth is Depth.FULL
        or sum(_work(stream, timelines[stream.index]) for stream in streams) <= CHEAP_PIXELS
    )
    for stream in streams:
        strict(stream)
    decoder = Decoder(container, cancelled, None if gallery is None else gallery.visit)
    if whole:
        return decoder.all(streams)
    decoded = Decoded()
    for stream in streams:
        timeline = timelines[stream.index]
        seconds = float((timeline.last or 0) - (timeline.first or 0))
        part = decoder.samples(stream, seconds)
        decoded.frames.update(part.frames)
        decoded.first.update(part.first)
        decoded.spoil(part.damage)
        decoded.doubt = decoded.doubt or part.doubt
    return decoded


def _work(stream: Any, timeline: Timeline) -> int:
    """Pixels to decode; a packet of sound counts like a thousand, and so does one of a tiny picture."""
    pixels = 0
    if stream.type == "video":
        pixels = int(stream.codec_context.width) * int(stream.codec_context.height)
    return timeline.packets * max(pixels, 1_000)


def _nothing_decoded(streams: list[Any], decoded: Decoded) -> Damage:
    for stream in streams:
        if stream.type == "video" and not decoded.frames.get(stream.index):
            return Damage("without-content", "no frame could be decoded")
    return Damage()
