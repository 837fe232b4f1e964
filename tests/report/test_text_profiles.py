"""The text report of several profiles: what they say alike is said once, what differs is named."""

from __future__ import annotations

import dataclasses
import re

import msgspec
import pytest

from tests.report.samples import PROFILE, clip, header_only, missing, picture, portrait
from tests.report.several import report_of_both
from validator.findings import AssetReport
from validator.finished import Report
from validator.report.base import Look, render
from validator.report.columns import columns_of
from validator.run import TOOL

ESCAPE_CODES = re.compile(r"\x1b\[[0-9;]*m")


def shown(*assets: AssetReport, **look: object) -> str:
    return render(report_of_both(*assets), "text", Look(**look))  # type: ignore[arg-type]  # options by name


def test_which_profiles_an_asset_fits_is_said_first() -> None:
    assert shown(clip()).startswith(
        "clips/phone.mp4: fail (mp4 video, 848x480, 5 s, 29.97 fps, 1.23 MB)\n"
        "  fits: our-house; fails: seedance-2.0\n"
        "  error   VID005 video-pixels  [seedance-2.0] The pixel count is 407,040 px: "
    )
    assert "\n  fails: seedance-2.0, our-house\n" in shown(missing())
    assert "\n  not judged: seedance-2.0, our-house\n" in shown(header_only())
    assert "\n  fits: seedance-2.0, our-house\n" in shown(picture(), show_passing=True)


def test_each_verdict_has_its_colour_also_at_the_end_of_a_line() -> None:
    fits, fails = "\x1b[32mfits\x1b[0m", "\x1b[31m\x1b[1mfails\x1b[0m"
    assert f"  {fits}: our-house; {fails}: seedance-2.0\n" in shown(clip(), color=True)
    text = shown(header_only(), color=True, width=40)
    assert "\n  \x1b[35m\x1b[1mnot judged\x1b[0m: seedance-2.0, our-house\n" in text
    name = "a-name-of-a-profile-as-long-as-that"
    long = msgspec.structs.replace(PROFILE, info=msgspec.structs.replace(PROFILE.info, name=name))
    result = dataclasses.replace(picture(), profiles=(name,))
    text = render(Report(TOOL, (long,), (result,)), "text", Look(width=40, color=True, show_passing=True))
    assert f"\n  {fits}:\n    {name}\n" in text


def test_what_all_say_is_said_once_and_named_for_none() -> None:
    text = shown(missing())
    assert text.count("FIL001 file-unreadable  There is no such file.") == 1
    assert text.count("the file could not be read") == 1
    assert "[" not in text


def test_what_differs_names_the_profile() -> None:
    text = shown(picture(300, 320))
    assert text.count("IMG003 image-side  [our-house] The ") == 2
    assert text.count("IMG005 image-on-bound  [seedance-2.0] The ") == 1


def test_the_end_counts_for_each_profile() -> None:
    assert shown(clip(), picture(300, 400), picture(1000, 1000, "b.png"), header_only()).endswith(
        "4 assets: 1 pass, 2 fail, 1 not judged (2 errors, 1 warning).\n"
        "  seedance-2.0  2 pass, 1 fail, 1 not judged (1 error, 1 warning)\n"
        "  our-house     2 pass, 1 fail, 1 not judged (1 error)\n"
    )


def test_quiet_names_profiles_and_counts_nothing() -> None:
    text = shown(clip(), missing(), quiet=True)
    assert "[seedance-2.0]" in text
    assert "fits" not in text
    assert "assets" not in text


def test_values_are_listed_beside_the_limits_of_each() -> None:
    lines = shown(picture(300, 400), show_passing=True).splitlines()
    widths = [line.split() for line in lines if line.split()[1:2] == ["width"]]
    assert [(line[0], line[4], line[-1]) for line in widths] == [
        ("inside", "300", "seedance-2.0)"),
        ("outside", "350", "our-house)"),
    ]
    both = next(line for line in lines if " aspect ratio " in line)
    assert both.endswith("(IMG002)")


def test_an_explanation_is_that_of_the_profile() -> None:
    text = shown(picture(300, 320), explain=True)
    assert text.count("source: our wiki") == 1
    assert "limit: width and height: 350 to 6,000 px" in text


def test_statistics_count_for_each_profile() -> None:
    text = shown(clip(), picture(300, 400), missing("a.png"), missing("b.png"), statistics=True)
    assert text.startswith(
        "2  FIL001 file-unreadable  our-house     error    2 assets\n"
        "2  FIL001 file-unreadable  seedance-2.0  error    2 assets\n"
        "1  IMG003 image-side       our-house     error    1 asset\n"
        "1  VID005 video-pixels     seedance-2.0  error    1 asset\n"
        "1  IMG005 image-on-bound   seedance-2.0  warning  1 asset\n"
        "8 rules not judged: the file could not be read (2 assets; "
        "FIL002, FIL003, FIL004, FIL005, FIL006, FIL007, FIL008, FIL009)\n"
        "\n"
    )


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("view", ["show_passing", "explain", "statistics"])
def test_no_line_is_wider_than_the_terminal_and_colours_change_nothing_else(width: int, view: str) -> None:
    assets = (clip(), picture(300, 320), portrait("顔" * 60 + ".png"), missing(), header_only())
    plain = shown(*assets, width=width, **{view: True})
    assert max(map(columns_of, plain.splitlines())) <= width
    coloured = shown(*assets, width=width, color=True, **{view: True})
    assert coloured != plain
    assert ESCAPE_CODES.sub("", coloured) == plain
