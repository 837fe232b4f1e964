"""Markdown for a job's summary or a pull request: read by GitHub's own reader of it."""

from __future__ import annotations

import dataclasses
import re

import msgspec
import pytest

from tests.report.documents import GitHubPage
from tests.report.samples import (
    PROFILE,
    by_both,
    clip,
    header_only,
    known,
    missing,
    picture,
    portrait,
    report,
    report_by_both,
    watched,
)
from validator.findings import AssetReport, Verdict
from validator.report.base import Look, render
from validator.report.markdown import LIMIT


def written(*assets: AssetReport) -> str:
    return render(report(*assets), "markdown")


def rows(text: str) -> list[list[str]]:
    cells = [cell.strip() for cell in GitHubPage(text).cells]
    width = cells.index("why") + 1
    return [cells[at : at + width] for at in range(0, len(cells), width)]


def test_a_failing_asset() -> None:
    assert written(clip(), picture()) == (
        "### seedance-validator\n"
        "\n"
        "**2 assets: 1 pass, 1 fail (1 error).**\n"
        "\n"
        "| asset | verdict | why |\n"
        "|---|---|---|\n"
        "| <code>clips/phone.mp4</code> | **fail** | **VID005** video-pixels: The pixel count is 407,040 px: "
        "2,560 px below the minimum of 409,600 px (848x480). |\n"
        "\n"
        "<details><summary>Findings and help, 1 asset</summary>\n"
        "\n"
        "<code>clips/phone.mp4</code> (mp4 video, 848x480, 5 s, 29.97 fps, 1.23 MB)\n"
        "\n"
        "- error **VID005** video-pixels: The pixel count is 407,040 px: 2,560 px below the minimum of "
        "409,600 px (848x480).\n"
        "  <br>help: Export it larger, 1280x720 for example: ffmpeg -i in.mp4 -vf scale=-2:720 out.mp4 (a "
        "phone or a chat may have shrunk it: use the original)\n"
        "\n"
        "</details>\n"
        "\n"
        "Judged by Seedance 2.0 private asset library (<code>seedance-2.0</code>, checked 2026-11-22).\n"
    )


def test_code_stands_in_no_code() -> None:
    text = written(missing("a##[error]@ada.png"))
    assert "<code>a&#35;&#92;x23&#91;error&#93;<span>@</span>ada.png</code>" in text
    page = GitHubPage(text)
    assert page.cells[3] == "a#\\x23[error]@ada.png"
    assert not [each for each in page.mentionable if "@" in each or "ada.png" in each]


def test_passing_assets_are_counted() -> None:
    text = written(picture(), picture())
    assert "**2 assets: 2 pass.**" in text
    assert "face.png" not in text
    assert GitHubPage(text).tags == {"h3", "p", "strong", "code"}


def test_a_passing_asset_with_a_warning_is_folded() -> None:
    text = written(picture(300, 400))
    assert GitHubPage(text).cells == []
    assert "<summary>Findings and help, 1 asset</summary>" in text
    assert "warning **IMG005**" in text


def test_what_could_not_be_judged_says_why() -> None:
    _, row = rows(written(header_only()))
    assert row == ["voice.wav", "not judged", "not judged: FIL005: only the header was read"]
    assert "- not judged: AUD006: it was not looked for" in written(header_only())


def test_errors_stand_in_the_table_and_the_rest_is_folded() -> None:
    text = written(portrait(), watched(), missing())
    head, *others = rows(text)
    assert head == ["asset", "verdict", "why"]
    assert [row[0] for row in others] == ["half.png", "clips/two.mp4", "gone.mp4"]
    assert "POR003" not in others[0][2]
    assert text.count("<br>**GRP001**") == 1
    assert text.count("- warning **POR003**") == 1


def test_each_profile_has_its_column() -> None:
    text = render(report_by_both(clip(), picture(), missing(), header_only()), "markdown")
    head, *others = rows(text)
    assert head == ["asset", "seedance-2.0", "strict", "why"]
    assert [row[:3] for row in others] == [
        ["clips/phone.mp4", "fail", "pass"],
        ["face.png", "pass", "fail"],
        ["gone.mp4", "fail", "fail"],
        ["voice.wav", "not judged", "not judged"],
    ]
    assert others[0][3].startswith("VID005 video-pixels (seedance-2.0): ")
    assert others[2][3] == "FIL001 file-unreadable: There is no such file."
    assert others[3][3] == "not judged: FIL005: only the header was read"
    assert text.endswith("; A strict service (<code>strict</code>, checked 2026-11-23).\n"), (
        "all profiles are named"
    )


def test_what_a_baseline_knows_is_counted_alone() -> None:
    text = written(known(clip(), "VID005"), known(portrait(), "POR001"))
    assert "1 known to fail" in text
    assert "clips/phone.mp4" not in text
    assert "POR001" not in text
    assert "GRP001" in text


class TestRoom:
    def test_it_fits_into_a_comment_and_says_what_does_not(self) -> None:
        many = [missing(f"{'long/' * 40}{number}.png") for number in range(500)]
        text = written(*many)
        assert LIMIT * 0.9 < len(text) <= LIMIT
        _, *shown = rows(text)
        assert f"_{500 - len(shown)} more assets do not pass, for which this table has no room._" in text
        folded = text.count("\n- error **FIL001**")
        assert 50 < folded < len(shown)
        assert f"_Findings and help of {500 - folded} more assets have no room here._" in text
        assert f"<summary>Findings and help, {folded} assets</summary>" in text
        assert "**500 assets: 500 fail (500 errors).**" in text

    def test_one_asset_that_fits_nowhere_is_counted(self) -> None:
        text = written(missing("@" * 4000))
        assert len(text) < LIMIT
        assert "_1 more asset does not pass, for which this table has no room._" in text
        assert "_Findings and help of 1 more asset have no room here._" in text

    @pytest.mark.parametrize(("count", "length"), [(1, 10), (1, 40_000), (2, 60), (2, 8_000), (100, 10)])
    def test_whatever_profiles_are_called_it_fits(self, count: int, length: int) -> None:
        asset = missing(f"{'a' * 100}.png")
        names = tuple(f"{number}{'@#' * (length // 2)}" for number in range(count))
        profiles = tuple(
            type(PROFILE)(msgspec.structs.replace(PROFILE.info, name=name, title=name), PROFILE.rules)
            for name in names
        )
        findings = tuple(
            msgspec.structs.replace(each, profile=name) for each in asset.findings for name in names
        )
        assets = [AssetReport(asset.asset, asset.facts, findings, profiles=names)] * 200
        text = render(dataclasses.replace(report(*assets), profiles=profiles), "markdown")
        assert len(text) <= LIMIT
        left = int(match[1]) if (match := re.search(r"(\d+)(?: more)? profiles?\.\n$", text)) else 0
        assert text.count(", checked ") + left == count
        assert "**200 assets: 200 fail (" in text

    def test_the_worst_names_fit(self) -> None:
        assert len(written(*(missing("@#" * 900) for _ in range(40)))) <= LIMIT


def test_it_counts_what_the_run_judges() -> None:
    text = render(report(missing("a.json")), "markdown", Look(counted="request"))
    assert "**1 request: 1 fail (1 error).**" in text
    assert "| request | verdict | why |" in text


def test_the_samples_are_what_they_are_taken_for() -> None:
    assert by_both(clip()).verdicts == (("seedance-2.0", Verdict.FAIL), ("strict", Verdict.PASS))
