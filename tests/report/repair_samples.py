"""Repairs for the tests of reports: made by hand, so that no file is needed and nothing is mended."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec

from tests.report.samples import clip, header_only, judged, missing, picture
from validator.findings import AssetReport
from validator.model import Asset, VideoFacts
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair, RepairSummary, summary_of
from validator.repair.plan import Change, Obstacle, Quality, RepairPlan
from validator.repair.recipe import ImageRecipe, VideoRecipe
from validator.report.base import Look
from validator.report.repair_format import REPAIR_FORMATS, Run
from validator.run import TOOL

CHANGES = (
    Change(("VID005",), "size", "848x480", "1280x724", "scaled up 1.51 times"),
    Change(("VID002",), "duration", "23.4 s", "15 s", "cut at its end"),
    Change((), "codec", "hevc, 10 bit", "h264, 8 bit"),
)
COMMAND = (
    *("ffmpeg", "-nostdin", "-f", "mov", "-protocol_whitelist", "file", "-i", "file:clips/it's mine.mp4"),
    *("-map", "0:0", "-vf", "scale=1280:724:flags=lanczos,setsar=1,fps=24000/1001", "-c:v", "libx264"),
    *("-t", "15", "-movflags", "+faststart", "file:mended/clips/it's mine.mp4"),
)


def mended(target: str = "clips/phone.mp4") -> Repair:
    result = clip(target=target)
    media = result.facts.media
    assert isinstance(media, VideoFacts)
    upright = msgspec.structs.replace(media, width=1280, height=724, pixels=1280 * 724)
    facts = dataclasses.replace(result.facts, media=upright)
    copy = judged(Asset(f"mended/{target}", f"mended/{target}"), facts)
    plan = RepairPlan(
        result.asset,
        result.target,
        VideoRecipe(demuxer="mov", size=(1280, 724)),
        CHANGES,
        warnings=("it is enlarged 1.51 times, which adds no detail.",),
        predicted=facts,
        commands=(COMMAND,),
    )
    return Repair(
        result,
        "mended",
        plan,
        copy,
        Path("mended", target),
        Quality(0.98765, 42.13, "the original"),
        ("the sound is as it was.",),
    )


def planned(target: str = "clips/phone.mp4") -> Repair:
    return dataclasses.replace(mended(target), status="planned", copy=None, path=None, quality=None, notes=())


def present(target: str = "clips/phone.mp4") -> Repair:
    reason = "It was there already, is newer than its original and passes: --overwrite makes it anew."
    return dataclasses.replace(mended(target), status="present", quality=None, notes=(), reason=reason)


def impossible(result: AssetReport | None = None) -> Repair:
    result = clip(target="clips/short.mp4") if result is None else result
    reason = "it lasts 0.8 s, and 2 s are needed: --lengthen loop, hold or slow makes it longer."
    plan = RepairPlan(result.asset, result.target, None, obstacles=(Obstacle("VID002", reason),))
    return Repair(result, "impossible", plan, reason=reason)


def failed() -> Repair:
    result = picture()
    plan = RepairPlan(result.asset, result.target, ImageRecipe(format="png"))
    return Repair(result, "failed", plan, reason="the disk is full: no copy of it was written.")


def passes() -> Repair:
    return Repair(picture(), "passes")


def unjudged() -> Repair:
    return Repair(header_only(), "unjudged")


def gone() -> Repair:
    return impossible(missing())


SAMPLES = (passes(), mended(), planned(), impossible(), failed(), unjudged(), gone())


def written(
    name: str, *repairs: Repair, look: Look | None = None, dry_run: bool = False, profiles: int = 1
) -> str:
    """A whole report of one form."""
    from tests.report.samples import PROFILE, STRICT

    report = REPAIR_FORMATS[name](look or Look())
    run = Run(TOOL, (PROFILE, STRICT)[:profiles], Path("mended"), RepairOptions(), dry_run=dry_run)
    summary: RepairSummary = summary_of(repairs)
    return report.start(run) + "".join(map(report.repair, repairs)) + report.finish(summary)
