"""Code Quality as GitLab takes it."""

from __future__ import annotations

import json
from typing import Any

from tests.report.documents import problems_of_gitlab
from tests.report.samples import (
    clip,
    header_only,
    known,
    link,
    missing,
    picture,
    portrait,
    report,
    report_by_both,
)
from validator.findings import AssetReport
from validator.finished import Report
from validator.report.base import Look, render
from validator.report.gitlab import GitLabFormat


def read(whole: Report) -> list[dict[str, Any]]:
    elements: list[dict[str, Any]] = json.loads(render(whole, "gitlab"))
    assert problems_of_gitlab(elements) == []
    prints = [each["fingerprint"] for each in elements]
    assert len(set(prints)) == len(prints)
    return elements


def written(*assets: AssetReport) -> list[dict[str, Any]]:
    return read(report(*assets))


def test_the_schema_is_one_that_can_fail() -> None:
    (element,) = written(clip())
    for key in element.keys() - {"type"}:
        assert problems_of_gitlab([{name: value for name, value in element.items() if name != key}])
    assert problems_of_gitlab([element | {"severity": "error"}])
    assert problems_of_gitlab({})


def test_an_element() -> None:
    (element,) = written(clip())
    assert element == {
        "type": "issue",
        "check_name": "VID005",
        "description": element["description"],
        "severity": "major",
        "fingerprint": element["fingerprint"],
        "location": {"path": "clips/phone.mp4", "lines": {"begin": 1}},
    }
    assert element["description"].startswith("The pixel count is 407,040 px: ")
    assert "Export it larger" in element["description"]


def test_severities() -> None:
    severities = {each["check_name"]: each["severity"] for each in written(portrait(), clip(100, 100))}
    assert (severities["POR001"], severities["POR003"], severities["VID008"]) == ("major", "minor", "info")


def test_an_asset_that_was_not_judged_is_told() -> None:
    (element,) = written(header_only())
    assert (element["check_name"], element["severity"]) == ("not-judged", "minor")
    assert element["description"] == "FIL005 could not be judged: only the header was read"
    (first, second) = read(report_by_both(header_only()))
    assert (first["check_name"], second["check_name"]) == ("seedance-2.0/not-judged", "strict/not-judged")


def test_renaming_changes_no_fingerprint_and_copies_differ() -> None:
    (one,) = written(clip(target="a.mp4"))
    (two,) = written(clip(target="b/c.mp4"))
    assert one["fingerprint"] == two["fingerprint"]
    first, second = written(clip(target="a.mp4"), clip(target="copy.mp4"))
    assert first["fingerprint"] == one["fingerprint"] != second["fingerprint"]


def test_several_profiles_keep_the_fingerprints_of_one() -> None:
    (alone,) = written(clip())
    (together,) = read(report_by_both(clip()))
    assert together["check_name"] == "seedance-2.0/VID005"
    assert together["fingerprint"] == alone["fingerprint"]
    assert len(read(report_by_both(missing(), picture(1000, 1000), portrait()))) > 3


def test_paths_and_urls() -> None:
    (element,) = written(missing("./a//b.png"))
    assert element["location"]["path"] == "a/b.png"
    element, *_ = written(link("https://host.example/a.png?key=1"))
    assert element["location"]["path"] == "https://host.example/a.png?…"


def test_what_a_baseline_knows_is_left_out_and_changes_no_other() -> None:
    whole = written(portrait())
    left = written(known(portrait(), "POR001"))
    assert left == [each for each in whole if each["check_name"] != "POR001"]


def test_nothing_found_is_a_list() -> None:
    assert written(picture()) == written() == []


def test_it_streams() -> None:
    whole = report(clip(), picture(), missing())
    output = GitLabFormat(Look())
    pieces = [output.start(whole.tool, whole.profiles), *map(output.asset, whole.assets)]
    assert [piece.count("check_name") for piece in pieces] == [0, 1, 0, 1]
    assert "".join(pieces) + output.finish(whole.summary) == render(whole, "gitlab")
