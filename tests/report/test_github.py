"""Annotations: those that GitHub shows are those that matter, and what it does not show is said."""

from __future__ import annotations

from tests.report.readers import Command, commands
from tests.report.samples import (
    by_both,
    clip,
    header_only,
    known,
    link,
    missing,
    picture,
    portrait,
    report,
    report_by_both,
    watched,
)
from validator.findings import AssetReport
from validator.report.base import Look, render


def written(*assets: AssetReport) -> list[Command]:
    return commands(render(report(*assets), "github"))


def test_an_error_names_its_file_and_its_rule() -> None:
    text = render(report(clip()), "github")
    assert text == (
        "::error file=clips/phone.mp4,title=VID005 video-pixels::clips/phone.mp4: The pixel count is 407,040 "
        "px: 2,560 px below the minimum of 409,600 px (848x480).%0Ahelp: Export it larger, 1280x720 for "
        "example: ffmpeg -i in.mp4 -vf scale=-2:720 out.mp4 (a phone or a chat may have shrunk it: use the "
        "original)\n"
        "::notice title=seedance-validator::1 asset: 1 fail (1 error).\n"
    )


def test_the_heaviest_of_an_asset_come_first() -> None:
    kinds = [each.name for each in written(portrait(), clip(100, 100))]
    assert kinds == ["error"] * 2 + ["warning"] * 7 + ["error"] * 3 + ["notice"] * 2


def test_a_passing_asset_says_nothing() -> None:
    assert [each.data for each in written(picture())] == ["1 asset: 1 pass."]


def test_what_could_not_be_judged_is_a_warning() -> None:
    unjudged, warning, _ = written(watched())
    assert (unjudged.name, unjudged.properties["title"]) == ("warning", "not judged")
    assert unjudged.data.startswith("clips/two.mp4: VID002, VID003, ")
    assert warning.properties["title"] == "POR001 portrait-several-faces"
    assert written(header_only())[0].data == "voice.wav: FIL005: only the header was read"


def test_a_url_is_no_file_of_the_repository() -> None:
    first, *_ = written(link("https://host.example/a.png?key=1"))
    assert "file" not in first.properties
    assert first.data.startswith("https://host.example/a.png?…: ")


def test_paths_are_those_of_the_repository() -> None:
    first, *_ = written(missing("./a//b.png"))
    assert first.properties["file"] == "a/b.png"


def test_several_profiles_are_named() -> None:
    found = commands(render(report_by_both(clip(), picture(), missing()), "github"))
    titles = [each.properties["title"] for each in found]
    assert titles[0] == "VID005 video-pixels (seedance-2.0)"
    assert "IMG003 image-side (strict)" in titles
    assert titles.count("FIL001 file-unreadable") == 1  # which both of them say
    first, second = commands(render(report_by_both(header_only()), "github"))
    assert (first.properties["title"], second.name) == ("not judged", "notice")
    assert by_both(clip()).verdicts[1] == ("strict", "pass")


def test_ten_of_a_kind_are_shown_and_the_others_are_counted() -> None:
    many = [missing(f"{number}.png") for number in range(12)] + [picture(300, 400)] * 10
    *_, last = written(*many)
    assert last.data.endswith(" GitHub shows the first 10 of 12 errors; the log of this step has all."), (
        "ten warnings are shown"
    )
    *_, last = written(*many, picture(300, 400))
    assert "the first 10 of 12 errors and 10 of 11 warnings;" in last.data


def test_the_summary_is_among_the_notices_that_are_shown() -> None:
    text = render(report(*[clip(100, 100, f"{at}.mp4") for at in range(12)]), "github")
    notices = [each for each in commands(text) if each.name == "notice"]
    assert len(notices) == 10
    assert notices[-1].properties["title"] == "seedance-validator"
    assert "9 of 12 notices" in notices[-1].data
    left = [line for line in text.splitlines() if line.startswith("notice: VID008 ")]
    assert [line.split(": ")[2] for line in left] == ["9.mp4", "10.mp4", "11.mp4"]
    assert commands("\n".join(left)) == []


def test_what_a_baseline_knows_is_counted_alone() -> None:
    found = written(known(clip(), "VID005"), known(portrait(), "POR001"))
    titles = [each.properties["title"].split(" ")[0] for each in found]
    assert "VID005" not in titles
    assert "POR001" not in titles
    assert titles[0] == "GRP001"
    assert found[-1].data.endswith("2 known findings are in the baseline.")


def test_it_counts_what_the_run_judges() -> None:
    assert render(report(), "github", Look(counted="request")).endswith("::0 requests: nothing to judge.\n")
