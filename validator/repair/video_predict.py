"""What the copy of a clip will be like, on paper."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec

from validator.model import VideoFacts, VideoTracks
from validator.probe.frame_size import TRACK_TOLERANCE, size_facts
from validator.repair.recipe import VideoRecipe
from validator.repair.video_copy import Copied, rate_of
from validator.repair.video_source import Source


def predicted_copy(source: Source, recipe: VideoRecipe, found: Copied) -> VideoFacts:
    """The facts of a copy whose pictures are the same packets."""
    facts = source.facts
    picture = found.seconds if found.packets is not None else facts.video_duration
    if source.has_coarse_times and found.packets is None:
        picture = source.video.duration
    sound = facts.audio_duration
    if sound is not None and recipe.duration is not None:
        sound = min(sound, recipe.duration) if recipe.copy_audio else recipe.duration
    rate = rate_of(source, found)
    rates: dict[str, Any] = {} if rate is None else {"frame_rate": rate}
    if found.packets is not None:
        rates["frames"] = found.packets
    return _with_tracks(
        msgspec.structs.replace(facts, video_duration=picture, audio_duration=sound, **rates), source, recipe
    )


def predicted_encoded(
    source: Source, recipe: VideoRecipe, size: tuple[int, int], rate: Fraction, frames: int
) -> VideoFacts:
    """The facts of a copy that is encoded: progressive H.264 of 8 bits, upright, of square pixels."""
    facts, seconds = source.facts, frames / rate
    sound = facts.audio_duration if recipe.copy_audio else seconds
    lone = frames == 1
    copy = msgspec.structs.replace(
        facts,
        video_duration=seconds,
        audio_duration=None if source.audio is None else sound,
        frames=frames,
        frame_rate=rate,
        frame_rate_min=None if lone else rate,
        frame_rate_max=None if lone else rate,
        frame_rate_mode="single-frame" if lone else "constant",
        codec="h264",
        codec_profile="High",
        pixel_format="yuv420p",
        bit_depth=8,
        hdr="none",
        codec_support="usual",
        codec_detail="h264, profile High, yuv420p",
        **size_facts(size, 0, Fraction(1), mirrored=False),
    )
    return _with_tracks(copy, source, recipe)


def _with_tracks(facts: VideoFacts, source: Source, recipe: VideoRecipe) -> VideoFacts:
    """One picture and one sound; what both last together is what the header says."""
    lengths = [each for each in (facts.video_duration, facts.audio_duration) if each is not None]
    apart = len(lengths) > 1 and max(lengths) - min(lengths) > TRACK_TOLERANCE
    state: VideoTracks = "durations-disagree" if apart else "one"
    encoded = source.audio is not None and not recipe.copy_audio
    duration = max(lengths, default=facts.duration)
    return msgspec.structs.replace(
        facts,
        duration=duration,
        claimed_duration=duration,
        tracks=state,
        tracks_detail=facts.tracks_detail if apart else None,
        video_tracks=1,
        audio_tracks=0 if source.audio is None else 1,
        audio_codec="aac" if encoded else facts.audio_codec,
        audio_channels=recipe.channels or facts.audio_channels,
    )
