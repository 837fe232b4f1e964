"""Clips: duration, frame rate, geometry, codec and tracks, measured from the packets and the frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av
import msgspec

from validator.model import CodecSupport, Depth, VideoFacts, VideoTracks
from validator.probe import index_bounds, isobmff
from validator.probe.damage import Damage
from validator.probe.decode import Decoded, Decoder, strict
from validator.probe.frame_rate import rate_facts, rate_spans
from validator.probe.frame_size import TRACK_TOLERANCE, size_facts
from validator.probe.gallery import Gallery
from validator.probe.measurement import Measurement, Proceed, always
from validator.probe.orientation import UPRIGHT, orientation_of_matrix
from validator.probe.sketch import FRAME_SIDE, Sketch
from validator.probe.stream import (
    MainStreams,
    Timeline,
    TooManyPacketsError,
    counted,
    decoder_damage,
    main_streams,
    opened,
)

CHEAP_PIXELS = 400_000_000
"""Pixels that are decoded whole at standard depth: 15 s of 480p at 60 fps, two seconds of work."""

_USUAL_CODECS = frozenset({"h264", "hevc"})
_HDR_TRANSFERS = {16: "PQ", 18: "HLG"}  # ISO/IEC 23091-2, TransferCharacteristics


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
        cut = _cut_off(header)
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


def _cut_off(header: isobmff.IsoFile) -> Damage:
    """An index that does not end: FFmpeg takes what there is of it, and says nothing."""
    if header.truncated_box in ("moov", "moof"):
        return Damage("truncated", f"the file ends inside its index ({header.truncated_box})")
    return Damage()


def _header_facts(header: isobmff.IsoFile) -> VideoFacts:
    """What the boxes alone say, where FFmpeg refuses the file."""
    none = "vide" not in header.handlers()
    return VideoFacts(
        claimed_duration=header.claimed_duration,
        tracks="none" if none else None,
        tracks_detail="the header lists no video track" if none else None,
    )


def measure_clip(  # noqa: C901, PLR0913 - the order in which a clip is read
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
    `proceed` is asked once, with what the packets alone say.

    Raises:
        Cancelled: the run was asked to stop.
        TooManyPacketsError: it holds more than is read.
        av.error.FFmpegError: it cannot be read at all.
    """
    streams = main_streams(container)
    wanted = [stream for stream in (streams.video, streams.audio) if stream is not None]
    timelines = {stream.index: Timeline(stream.time_base) for stream in wanted}
    damage = _cut_off(header)
    try:
        for packet in counted(container, wanted, cancelled):
            timelines[packet.stream_index].add(packet)
    except av.error.FFmpegError as error:
        damage = decoder_damage(error, "reading")
    if damage.integrity == "whole" and any(track.external for track in header.tracks):
        damage = Damage("without-content", "its samples lie in another file, which is never opened")
    if damage.integrity == "whole" and any(timeline.damaged for timeline in timelines.values()):
        named = "the index points behind the end of the file" if header.tracks else "packets are incomplete"
        damage = Damage("truncated", named)
    tracks = {track.id: track for track in header.tracks}
    exact = dict(timelines)
    if frame is not None and streams.video is not None:
        exact[streams.video.index] = timelines[streams.video.index].evenly(frame)
    times = _times(streams, exact, tracks, header)
    if not any(timeline.packets for timeline in timelines.values()) and damage.integrity == "whole":
        damage = Damage("without-content", "the tracks hold no samples")
    encrypted = any(track.encrypted for track in header.tracks)
    sealed = "the video is encrypted" if encrypted else _unknown_codec(wanted, tracks)
    video = streams.video

    def facts_by(decoded: Decoded) -> VideoFacts:
        track = None if video is None else tracks.get(video.id)
        picture = {} if video is None else _picture_facts(video, track, decoded, encrypted=encrypted)
        return VideoFacts(
            **times, **picture, **_sound_facts(streams.audio), **_track_facts(streams, times, header)
        )

    decoded = Decoded()
    looks = copies.stills or copies.sketch
    gallery = Gallery.of(streams.video, timelines) if looks and streams.video is not None else None
    is_decoded = depth is not Depth.HEADER and not sealed and damage.integrity == "whole"
    stopped = is_decoded and not proceed(facts_by(decoded))
    if is_decoded and not stopped:
        decoded = _decode(container, wanted, timelines, depth, cancelled, gallery)
        damage = decoded.damage
        if damage.integrity == "whole":
            damage = _nothing_decoded(wanted, decoded)
    undecided = sealed or decoded.doubt
    facts = facts_by(decoded)
    unmeasured = {"integrity": undecided} if undecided else {}
    if video is None:
        unmeasured["*"] = _cut_off(header).detail or "there is no video track"
    orientation = _orientation(None if video is None else tracks.get(video.id))
    return Measurement(
        facts,
        damage,
        decoded=depth is not Depth.HEADER and not undecided and not stopped,
        stopped=stopped,
        unmeasured=unmeasured,
        stills=gallery.stills(facts, orientation) if gallery is not None and copies.stills else (),
        sketch=_sketch(gallery, facts, orientation, exact[video.index])
        if copies.sketch and video is not None
        else None,
    )


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
            return f"no decoder here knows the {stream.type} codec {_entry_name(tracks.get(stream.id))}"
    return ""


def _entry_name(track: isobmff.Track | None) -> str:
    """A codec's name in the container, where FFmpeg has none."""
    return track.sample_entries[0].strip() if track is not None and track.sample_entries else "unknown"


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


def _times(
    streams: MainStreams,
    timelines: dict[int, Timeline],
    tracks: dict[int, isobmff.Track],
    header: isobmff.IsoFile,
) -> dict[str, Any]:
    """Durations and frame rates. The presentation ends with its longest track."""
    lengths = {
        kind: _presented(timelines[stream.index], tracks.get(stream.id))
        for kind, stream in (("video", streams.video), ("audio", streams.audio))
        if stream is not None
    }
    known = [length for length in lengths.values() if length is not None]
    rates = rate_facts(timelines[streams.video.index]) if streams.video is not None else {}
    return {
        "duration": max(known, default=None),
        "claimed_duration": header.claimed_duration,
        "video_duration": lengths.get("video"),
        "audio_duration": lengths.get("audio"),
        **rates,
    }


def _presented(timeline: Timeline, track: isobmff.Track | None) -> Fraction | None:
    """How long a track is presented, in seconds.

    With an edit list, FFmpeg's times are those of the presentation, which begins at 0; the list may
    end inside the last packet, or leave the end open. Without one, the track runs from its first packet
    to its last; what a container without edit lists puts before 0 is there for decoders alone.
    """
    first, last = timeline.first, timeline.last
    if first is None or last is None:
        return None
    edited = track.edited_duration if track is not None else Fraction(0)
    if edited:
        return min(edited, last) if last > 0 else edited
    begins_at_zero = last > 0 and (first < 0 if track is None else bool(track.edits))
    return last if begins_at_zero else last - first


def _picture_facts(
    stream: Any, track: isobmff.Track | None, decoded: Decoded, *, encrypted: bool
) -> dict[str, Any]:
    context = stream.codec_context
    frame: Any = decoded.first.get(stream.index)
    if context is None:
        name, support = _entry_name(track), "encrypted" if encrypted else "unusual"
        facts: dict[str, Any] = {"codec": name, "codec_support": support, "codec_detail": name}
    else:
        facts = _codec_facts(context, frame, encrypted=encrypted)
    stored_width, stored_height = _stored_size(context if frame is None else frame, track)
    if not stored_width or not stored_height:
        return facts
    rotation = track.rotation if track is not None else 0
    pixel = (track.sample_aspect_ratio if track else None) or stream.sample_aspect_ratio or Fraction(1)
    mirrored = bool(track and track.mirrored)
    return {**facts, **size_facts((stored_width, stored_height), rotation, pixel, mirrored=mirrored)}


def _stored_size(source: Any | None, track: isobmff.Track | None) -> tuple[int, int]:
    """Of the first frame, else as the codec or the container announce it."""
    if source is not None and source.width and source.height:
        return int(source.width), int(source.height)
    return track.size if track is not None and track.size is not None else (0, 0)


def _codec_facts(context: Any, frame: Any, *, encrypted: bool) -> dict[str, Any]:
    codec = _codec_name(context)
    layout = context.format if frame is None else frame.format
    depth = max((component.bits for component in layout.components), default=8) if layout else None
    transfer = _HDR_TRANSFERS.get(int(context.color_trc or 0), "none")
    interlaced = frame is not None and bool(frame.interlaced_frame)
    support = _codec_support(codec, depth or 8, transfer, interlaced=interlaced, encrypted=encrypted)
    words = [
        codec,
        f"profile {context.profile}" if context.profile else "",
        context.pix_fmt or "",
        f"HDR by {transfer}" if transfer != "none" else "",
    ]
    return {
        "codec": codec,
        "codec_profile": context.profile or None,
        "pixel_format": context.pix_fmt or None,
        "bit_depth": depth,
        "hdr": transfer,
        "codec_support": support,
        "codec_detail": ", ".join(word for word in words if word),
    }


def _codec_name(context: Any) -> str:
    """The codec's name, not that of the library that happens to decode it."""
    return str(context.codec.canonical_name) if context.codec is not None else str(context.name)


def _codec_support(
    codec: str, depth: int, transfer: str, *, interlaced: bool, encrypted: bool
) -> CodecSupport:
    """The gravest of what is unusual."""
    checks: tuple[tuple[bool, CodecSupport], ...] = (
        (encrypted, "encrypted"),
        (codec not in _USUAL_CODECS, "unusual"),
        (transfer != "none", "hdr"),
        (depth > 8, "ten-bit"),
        (interlaced, "interlaced"),
    )
    return next((support for met, support in checks if met), "usual")


def _sound_facts(stream: Any | None) -> dict[str, Any]:
    if stream is None or stream.codec_context is None:
        return {}
    context = stream.codec_context
    return {
        "audio_codec": _codec_name(context),
        "audio_sample_rate": context.sample_rate or None,
        "audio_channels": context.channels or None,
    }


def _track_facts(streams: MainStreams, times: dict[str, Any], header: isobmff.IsoFile) -> dict[str, Any]:
    if not streams.videos and _cut_off(header).detail:
        return {}  # what is cut off may have been the video track
    state, detail = _track_state(streams, times, header)
    return {
        "tracks": state,
        "tracks_detail": detail or None,
        "video_tracks": streams.videos,
        "audio_tracks": streams.audios,
    }


def _track_state(
    streams: MainStreams, times: dict[str, Any], header: isobmff.IsoFile
) -> tuple[VideoTracks, str]:
    if not streams.videos:
        return "none", f"{streams.audios} audio" if streams.audios else "no audio either"
    if streams.videos > 1:
        return "several", f"{streams.videos} video tracks"
    video, audio, claimed = times["video_duration"], times["audio_duration"], header.claimed_duration
    if video is not None and audio is not None and abs(video - audio) > TRACK_TOLERANCE:
        return "durations-disagree", f"video {float(video):.2f} s, audio {float(audio):.2f} s"
    measured = times["duration"]
    if claimed is not None and measured is not None and abs(claimed - measured) > TRACK_TOLERANCE:
        return "header-disagrees", f"header {float(claimed):.2f} s, measured {float(measured):.2f} s"
    return "one", ""
