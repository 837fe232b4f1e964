"""What `validator fix` tells people: what changes, where the copy lies, and why there is none."""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction

import click
import msgspec
import pytest

from tests.report.attacks import ATTACKS
from tests.report.repair_samples import (
    COMMAND,
    SAMPLES,
    failed,
    gone,
    impossible,
    mended,
    passes,
    planned,
    present,
    unjudged,
    written,
)
from tests.report.samples import clip, judged
from validator.findings import AssetReport, Severity
from validator.model import Kind, VideoFacts
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair, RepairSummary
from validator.repair.plan import Change, Obstacle, Quality, RepairPlan
from validator.repair.position import KEPT
from validator.repair.words import INSTALL_FFMPEG, NO_FFMPEG
from validator.report.base import Look
from validator.report.columns import columns_of
from validator.report.repair_hints import hints
from validator.report.repair_text import quality_in_words, sentence

WIDTHS = (40, 60, 80, 140)


def text(*repairs: Repair, dry_run: bool = False, width: int | None = None, quiet: bool = False) -> str:
    return written("text", *repairs, look=Look(width=width, quiet=quiet), dry_run=dry_run)


def words(said: str) -> str:
    """Without the folds of lines."""
    return " ".join(said.split())


def test_a_copy_that_was_made() -> None:
    assert text(mended()) == (
        "clips/phone.mp4: mended (mp4 video, 848x480, 5 s, 29.97 fps, 1.23 MB)\n"
        "  size      848x480 → 1280x724          scaled up 1.51 times (VID005)\n"
        "  duration  23.4 s → 15 s               cut at its end (VID002)\n"
        "  codec     hevc, 10 bit → h264, 8 bit\n"
        "  warning: it is enlarged 1.51 times, which adds no detail.\n"
        "  copy: mended/clips/phone.mp4 (mp4 video, 1280x724, 5 s, 29.97 fps, 1.23 MB)\n"
        "  quality: SSIM 0.988, PSNR 42.1 dB (against the original)\n"
        "  note: the sound is as it was.\n"
        "\n"
        "1 asset: 1 mended.\n"
    )


def test_in_few_columns_how_stands_below_what() -> None:
    assert text(mended(), width=60).splitlines()[:6] == [
        "clips/phone.mp4: mended (mp4 video, 848x480, 5 s, 29.97 fps,",
        "    1.23 MB)",
        "  size      848x480 → 1280x724",
        "    scaled up 1.51 times (VID005)",
        "  duration  23.4 s → 15 s",
        "    cut at its end (VID002)",
    ]


def test_a_dry_run_shows_the_command_as_a_shell_takes_it() -> None:
    said = text(planned(), dry_run=True)
    assert "clips/phone.mp4: would be mended (" in said
    assert "copy:" not in said
    assert (
        "\n  ffmpeg -nostdin -f mov -protocol_whitelist file -i 'file:clips/it'\"'\"'s mine.mp4' -map" in said
    )
    assert "ffmpeg" not in text(planned())
    assert said.endswith("\n1 asset: 1 would be mended.\n")


def test_what_was_there_already_is_not_said_to_be_made() -> None:
    said = text(present(), dry_run=True)
    assert "clips/phone.mp4: there already (" in said
    assert "\n  copy: mended/clips/phone.mp4 (" in said
    assert "--overwrite makes it anew." in said
    assert "scaled up" not in said
    assert "ffmpeg" not in said
    assert said.endswith("\n1 asset: 1 there already.\n")


def test_why_there_is_none() -> None:
    said = text(impossible())
    assert "clips/short.mp4: cannot be mended (" in said
    assert said.count("--lengthen loop, hold or slow makes it longer.") == 1
    assert "\n  VID002 it lasts 0.8 s" in said


def test_a_reason_that_no_obstacle_gives_is_said_too() -> None:
    assert "\n  the disk is full: no copy of it was written.\n" in text(failed())
    assert "\n  FIL005: only the header was read\n" in text(unjudged())
    other = dataclasses.replace(impossible(), reason="And so on.")
    assert "\n  And so on.\n" in text(other)


def test_warnings_that_a_copy_still_has_are_named() -> None:
    repair = mended()
    assert repair.copy is not None
    several = dataclasses.replace(
        repair, copy=dataclasses.replace(clip(), findings=clip(width=640, height=298).findings)
    )
    assert several.copy is not None
    codes = [each.code for each in several.copy.findings if each.severity == "warning"]
    assert ("with warnings: " in text(several)) is bool(codes)
    assert "with warnings" not in text(repair)


def test_of_several_profiles_it_is_said_which_one_warns() -> None:
    repair, names = mended(), ("ours", "theirs")
    warned = judged_by(clip(width=640, height=298), *names, warns="theirs")
    said = text(dataclasses.replace(repair, copy=warned))
    assert ", with warnings: VID004 (theirs)\n  fits: ours; fits, with warnings: theirs\n" in said
    assert "fits:" not in text(repair)


def judged_by(result: AssetReport, *profiles: str, warns: str) -> AssetReport:
    """The result of several profiles, of which one gives a warning."""
    found = msgspec.structs.replace(
        result.findings[0], code="VID004", severity=Severity.WARNING, profile=warns
    )
    return dataclasses.replace(result, findings=(found,), not_judged=(), profiles=profiles)


def test_what_concerns_many_copies_is_said_once() -> None:
    repair = dataclasses.replace(mended(), notes=(KEPT,))
    said = text(repair, repair)
    assert said.count("--metadata drop") == 1
    assert said.endswith("as their originals do: 2. --metadata drop leaves that out.\n")
    lacking = dataclasses.replace(failed(), reason=NO_FFMPEG)
    said = text(lacking, lacking)
    assert (said.count(NO_FFMPEG), said.count(INSTALL_FFMPEG)) == (2, 1)
    assert said.endswith(f"  help: {INSTALL_FFMPEG}\n")


def test_what_passes_is_counted_alone() -> None:
    assert text(passes()) == "1 asset: 1 passing.\n"


def test_what_passes_and_is_not_as_was_asked_for_says_why() -> None:
    repair = mended()
    assert repair.plan is not None
    plan = dataclasses.replace(repair.plan, recipe=None, changes=(), warnings=("Say --face.",))
    wished = dataclasses.replace(passes(), plan=plan)
    assert text(wished) == (
        "face.png: passes (png image, 1000x1000, 1.23 MB)\n  warning: Say --face.\n\n1 asset: 1 passing.\n"
    )
    assert text(wished, quiet=True) == ""


def test_quiet_leaves_what_has_no_copy_that_passes() -> None:
    assert text(passes(), mended(), present(), planned(), quiet=True) == ""
    assert "gone.mp4" in text(gone(), quiet=True)
    assert "asset" not in text(gone(), quiet=True)


def test_of_nothing_nothing_is_said() -> None:
    assert sentence(RepairSummary()) == "0 assets: nothing to mend."


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("repair", SAMPLES, ids=lambda repair: str(repair.status))
def test_every_line_fits(repair: Repair, width: int) -> None:
    for line in text(repair, width=width, dry_run=True).splitlines():
        longest = max(map(len, COMMAND)) + 20 if "→" not in line and "'" in line else 0
        assert columns_of(line) <= max(width, longest) or " -vf " in line, line


@pytest.mark.parametrize("width", [None, *WIDTHS])
def test_nothing_is_lost_where_there_is_little_room(width: int | None) -> None:
    said = words(text(*SAMPLES, width=width))
    for piece in ("848x480 → 1280x724", "scaled up 1.51 times (VID005)", "which adds no detail.", "(VID002)"):
        assert piece in said
    assert "7 assets: 1 passing, 1 mended, 1 would be mended, 2 cannot be mended, 1 not" in said


def test_colours_change_no_word() -> None:
    plain = written("text", *SAMPLES, look=Look(width=60))
    painted = written("text", *SAMPLES, look=Look(width=60, color=True))
    assert click.unstyle(painted) == plain
    assert painted != plain


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_comes_from_outside_does_nothing(attack: str) -> None:
    repair = mended(f"clips/{attack}.mp4")
    assert repair.plan is not None
    plan = dataclasses.replace(
        repair.plan,
        changes=(Change((attack,), attack, attack, attack, attack),),
        obstacles=(Obstacle(attack, attack),),
        warnings=(attack,),
        commands=(("ffmpeg", attack),),
    )
    hostile = dataclasses.replace(repair, plan=plan, notes=(attack,), reason=attack)
    said = text(hostile, dry_run=True) + text(hostile, width=60, dry_run=True)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", said)
    assert not re.search(r"^\s*::\w", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("quality", "said"),
    [
        (Quality(0.5, 20.0, "x"), "SSIM 0.500, PSNR 20.0 dB (against x)"),
        (Quality(0.99996, 60.0, "x"), "SSIM 0.9999, PSNR 60.0 dB (against x)"),
        (Quality(0.9995, 60.0, "x"), "SSIM 0.9995, PSNR 60.0 dB (against x)"),
        (Quality(1.0, 60.0, ""), "SSIM 0.9999, PSNR 60.0 dB"),
        (Quality(1.0, None, "x"), "nothing lost in encoding (against x)"),
    ],
)
def test_what_differs_is_never_called_the_same(quality: Quality, said: str) -> None:
    assert quality_in_words(quality) == said


def obstructed(result: AssetReport, code: str) -> Repair:
    plan = RepairPlan(result.asset, result.target, None, obstacles=(Obstacle(code, "It cannot be."),))
    return Repair(result, "impossible", plan, reason="It cannot be.")


def test_an_option_that_would_help_is_named() -> None:
    small = clip(width=16, height=16)
    assert "help:" not in text(obstructed(small, "VID004"))  # where it may be enlarged, the obstacle says so
    asset, facts = small.asset, small.facts
    assert isinstance(facts.media, VideoFacts)
    short = judged(
        asset,
        dataclasses.replace(facts, media=msgspec.structs.replace(facts.media, duration=Fraction(1))),
    )
    assert "\n  help: --lengthen loop plays it again, " in text(obstructed(short, "VID002"))
    assert "help:" not in text(obstructed(short, "VID002"), quiet=True)
    assert "help:" not in text(obstructed(short, "FIL005"))
    said = hints(obstructed(short, "VID002"), RepairOptions())
    assert said == ("--lengthen loop plays it again, hold keeps its last picture, slow slows it down.",)
    sound = obstructed(
        dataclasses.replace(short, facts=dataclasses.replace(short.facts, kind=Kind.AUDIO)), "VID002"
    )
    assert "hold adds silence" in hints(sound, RepairOptions())[0]
    assert hints(obstructed(short, "VID002"), RepairOptions(lengthen="loop")) == ()


def test_what_stays_as_it_is_stands_there_once() -> None:
    repair = mended()
    assert repair.plan is not None
    plan = dataclasses.replace(repair.plan, changes=(Change((), "codec", "h264", "h264", "encoded anew"),))
    assert "\n  codec  h264  encoded anew\n" in text(dataclasses.replace(repair, plan=plan))


def test_a_reason_made_of_several_obstacles_is_not_said_again() -> None:
    repair = impossible()
    assert repair.plan is not None
    plan = dataclasses.replace(
        repair.plan, obstacles=(Obstacle("FIL005", "One."), Obstacle("VID002", "Two."))
    )
    said = text(dataclasses.replace(repair, plan=plan, reason="One. Two."))
    assert (said.count("One."), said.count("Two.")) == (1, 1)
