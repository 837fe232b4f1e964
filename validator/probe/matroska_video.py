"""Matroska clips: measured as any other, once their headers were looked at."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import BinaryIO

import av

from validator.model import Depth, VideoFacts
from validator.probe import matroska
from validator.probe.index_bounds import Excess
from validator.probe.isobmff import IsoFile, Track
from validator.probe.measurement import Measurement, Proceed, always
from validator.probe.stream import TooManyPacketsError, decoder_damage, opened
from validator.probe.video import Copies, measure_clip, refused


def probe_matroska(
    file: BinaryIO,
    depth: Depth,
    cancelled: Callable[[], bool],
    *,
    stills: bool = False,
    sketch: bool = False,
    proceed: Proceed = always,
) -> Measurement:
    """Measure an mkv; see `probe_video`.

    Raises:
        Cancelled: the run was asked to stop.
    """
    found = matroska.read(file)
    tracks = (Track(encrypted=True),) if found.encrypted else ()
    header = IsoFile(claimed_duration=found.claimed_duration, tracks=tracks)
    try:
        with opened(file, "matroska") as container:
            measured = measure_clip(
                container,
                header,
                depth,
                cancelled,
                Copies(stills, sketch),
                frame=found.frame,
                proceed=proceed,
            )
    except TooManyPacketsError as error:
        return refused(header, Excess("frames", str(error)))
    except av.error.FFmpegError as error:
        damage = found.damage if found.damage.detail else decoder_damage(error, "header")
        return Measurement(VideoFacts(claimed_duration=found.claimed_duration), damage)
    if found.damage.detail:  # FFmpeg reads what there is, and is content
        return dataclasses.replace(measured, damage=found.damage)
    return measured
