"""What a baseline leaves out of each format, and what it must not: all that is new, or newly unjudged."""

from __future__ import annotations

import dataclasses
import json

import msgspec
import pytest

from tests.report.documents import junit_tests
from tests.report.readers import commands
from tests.report.samples import by_both, clip, known, missing, picture, report, report_by_both
from validator.findings import AssetReport, NotJudged, Severity, Verdict
from validator.finished import Report
from validator.report.base import Look, render
from validator.run import TOOL

UNREAD = NotJudged("FIL005", "nobody read it", Severity.ERROR)


def unjudged_too(*, excused: bool = False) -> AssetReport:
    """A clip whose error is known, and which was not judged by another rule."""
    skipped = msgspec.structs.replace(UNREAD, known=excused)
    return dataclasses.replace(known(clip(), "VID005"), not_judged=(skipped,))


def new_warning() -> AssetReport:
    """A clip whose error is known, and about which there is a new warning."""
    result = known(clip(), "VID005")
    (error,) = result.findings
    warning = msgspec.structs.replace(
        error, code="FIL008", name="file-duplicate", severity=Severity.WARNING, message="Twice.", known=False
    )
    return dataclasses.replace(result, findings=(error, warning))


def one_judges() -> AssetReport:
    """A clip that fails by one of two profiles, and could not be judged by the other."""
    result = by_both(clip())
    skipped = tuple(msgspec.structs.replace(UNREAD, profile=name) for name in result.profiles)
    return dataclasses.replace(result, not_judged=skipped)


class TestNewlyUnjudged:
    def test_the_verdict_stays_and_counts_as_another(self) -> None:
        result = unjudged_too()
        assert (result.verdict, result.counts_as) == (Verdict.FAIL, Verdict.UNJUDGED)
        assert not result.is_known_to_fail
        assert unjudged_too(excused=True).is_known_to_fail

    @pytest.mark.parametrize("quiet", [False, True])
    def test_text(self, *, quiet: bool) -> None:
        text = render(report(unjudged_too()), "text", Look(quiet=quiet))
        assert text.startswith("clips/phone.mp4: not judged (")
        assert "  not judged: FIL005: nobody read it\n" in text
        assert "VID005" not in text
        assert ("1 asset: 1 not judged." in text) is not quiet
        assert render(report(unjudged_too(excused=True)), "text", Look(quiet=True)) == ""

    def test_statistics(self) -> None:
        look = Look(statistics=True, quiet=True)
        assert "not judged: nobody read it (1 asset" in render(report(unjudged_too()), "text", look)
        assert render(report(unjudged_too(excused=True)), "text", look) == ""

    def test_github(self) -> None:
        first, last = commands(render(report(unjudged_too()), "github"))
        assert (first.name, first.data) == ("warning", "clips/phone.mp4: FIL005: nobody read it")
        assert len(commands(render(report(unjudged_too(excused=True)), "github"))) == 1
        assert last.name == "notice"

    def test_gitlab(self) -> None:
        (element,) = json.loads(render(report(unjudged_too()), "gitlab"))
        assert element["check_name"] == "not-judged"
        assert json.loads(render(report(unjudged_too(excused=True)), "gitlab")) == []

    def test_markdown(self) -> None:
        text = render(report(unjudged_too()), "markdown")
        assert "| **not judged** | not judged: FIL005: nobody read it |" in text
        assert "VID005" not in text
        assert "|" not in render(report(unjudged_too(excused=True)), "markdown")

    def test_junit(self) -> None:
        (test,) = junit_tests(render(report(unjudged_too()), "junit"))
        assert [child.tag for child in test] == ["error"]
        assert test[0].get("message") == "not judged: FIL005: nobody read it"
        assert "(known)" in test[0].text
        (test,) = junit_tests(render(report(unjudged_too(excused=True)), "junit"))
        assert [child.tag for child in test] == ["skipped", "system-out"]
        assert test[1].text == "not judged: FIL005: nobody read it (known)"

    def test_json(self) -> None:
        document = json.loads(render(report(unjudged_too()), "json"))
        assert document["assets"][0]["verdict"] == "fail"
        assert document["assets"][0]["not_judged"][0]["known"] is False
        assert document["summary"]["unjudged"] == 1


class TestNewBesideKnown:
    def test_text(self) -> None:
        text = render(report(new_warning()))
        assert text.startswith("clips/phone.mp4: known to fail (")
        assert "  warning FIL008 file-duplicate  Twice.\n" in text
        assert "VID005" not in text

    def test_github(self) -> None:
        assert [each.name for each in commands(render(report(new_warning()), "github"))] == [
            "warning",
            "notice",
        ]

    def test_markdown(self) -> None:
        text = render(report(new_warning()), "markdown")
        assert "- warning **FIL008** file-duplicate: Twice." in text
        assert "VID005" not in text
        assert "| why |" not in text


class TestOneOfSeveralProfilesCouldNotJudge:
    def test_markdown(self) -> None:
        text = render(Report(TOOL, report_by_both().profiles, (one_judges(),)), "markdown")
        (row,) = [line for line in text.splitlines() if line.startswith("| <code>clips")]
        assert "| **fail** | **not judged** | **VID005**" in row
        assert "<br>not judged: FIL005 (strict): nobody read it |" in row

    def test_github(self) -> None:
        text = render(Report(TOOL, report_by_both().profiles, (one_judges(),)), "github")
        error, warning, _ = commands(text)
        assert (error.name, warning.name) == ("error", "warning")
        assert warning.properties["title"] == "not judged (strict)"

    def test_gitlab(self) -> None:
        text = render(Report(TOOL, report_by_both().profiles, (one_judges(),)), "gitlab")
        checks = [each["check_name"] for each in json.loads(text)]
        assert checks == ["seedance-2.0/VID005", "strict/not-judged"]


def test_findings_are_counted_as_they_are_listed() -> None:
    whole = report_by_both(missing())
    for name in ("text", "github", "markdown", "html"):
        text = render(whole, name)
        assert "1 asset: 1 fail (1 error)" in text
    assert json.loads(render(whole, "json"))["summary"]["errors"] == 2


def test_a_profile_that_only_warns_fits_with_warnings() -> None:
    result = by_both(picture(300, 400))
    assert {each.code for each in result.findings} == {"IMG005"}
    whole = Report(TOOL, report_by_both().profiles, (result,))
    assert "  fits, with warnings: seedance-2.0, strict\n" in render(whole)
    (painted,) = [
        line for line in render(whole, "text", Look(color=True)).splitlines() if "with warnings" in line
    ]
    assert painted == "  \x1b[33mfits, with warnings\x1b[0m: seedance-2.0, strict"
    failing = Report(TOOL, report_by_both().profiles, (by_both(picture(400, 1000)),))
    (row,) = [line for line in render(failing, "markdown").splitlines() if line.startswith("| <code>face")]
    assert "| pass, with warnings | **fail** |" in row
