"""What is known of a clip: by its header, by its packets, and by the frames that were decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from validator.model import CodecSupport, VideoFacts, VideoTracks
from validator.probe import isobmff
from validator.probe.damage import Damage
from validator.probe.decode import Decoded
from validator.probe.frame_rate import rate_facts
from validator.probe.frame_size import TRACK_TOLERANCE, size_facts
from validator.probe.stream import MainStreams, Timeline

_USUAL_CODECS = frozenset({"h264", "hevc"})
_HDR_TRANSFERS = {16: "PQ", 18: "HLG"}  # ISO/IEC 23091-2, TransferCharacteristics


@dataclass(frozen=True)
class Clip:
    """What is known of a clip before any of it is decoded."""

    header: isobmff.IsoFile
    streams: MainStreams
    tracks: Mapping[int, isobmff.Track]
    times: Mapping[str, Any]
    encrypted: bool

    @property
    def track(self) -> isobmff.Track | None:
        """What the header says of the main video track."""
        video = self.streams.video
        return None if video is None else self.tracks.get(video.id)

    def facts(self, decoded: Decoded) -> VideoFacts:
        """All facts, now that this much was decoded."""
        video = self.streams.video
        if video is None:
            return self._with({})
        return self._with(_picture_facts(video, self.track, decoded, encrypted=self.encrypted))

    def announced(self) -> VideoFacts:
        """What is certain before anything is decoded: a size only as a usual codec has it, and only one."""
        facts = self.facts(Decoded())
        several = self.track is not None and len(self.track.sample_entries) > 1
        return self._with({}) if several or facts.codec not in _USUAL_CODECS else facts

    def _with(self, picture: Mapping[str, Any]) -> VideoFacts:
        tracks = _track_facts(self.streams, self.times, self.header)
        return VideoFacts(**self.times, **picture, **_sound_facts(self.streams.audio), **tracks)


def cut_off(header: isobmff.IsoFile) -> Damage:
    """An index that does not end: FFmpeg takes what there is of it, and says nothing."""
    if header.truncated_box in ("moov", "moof"):
        return Damage("truncated", f"the file ends inside its index ({header.truncated_box})")
    return Damage()


def entry_name(track: isobmff.Track | None) -> str:
    """A codec's name in the container, where FFmpeg has none."""
    return track.sample_entries[0].strip() if track is not None and track.sample_entries else "unknown"


def times_of(
    streams: MainStreams,
    timelines: dict[int, Timeline],
    tracks: Mapping[int, isobmff.Track],
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
        name, support = entry_name(track), "encrypted" if encrypted else "unusual"
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


def _track_facts(streams: MainStreams, times: Mapping[str, Any], header: isobmff.IsoFile) -> dict[str, Any]:
    if not streams.videos and cut_off(header).detail:
        return {}  # what is cut off may have been the video track
    state, detail = _track_state(streams, times, header)
    return {
        "tracks": state,
        "tracks_detail": detail or None,
        "video_tracks": streams.videos,
        "audio_tracks": streams.audios,
    }


def _track_state(
    streams: MainStreams, times: Mapping[str, Any], header: isobmff.IsoFile
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
