"""One asset a line, with the keys of the JSON report, as soon as it is judged."""

from __future__ import annotations

import json

from tests.report.samples import clip, known, missing, picture, report, report_by_both
from validator.finished import Report
from validator.report.base import render
from validator.report.jsonl import JsonLinesFormat


def check(whole: Report) -> None:
    lines = render(whole, "jsonl").splitlines()
    assert list(map(json.loads, lines)) == json.loads(render(whole, "json"))["assets"]


def test_each_line_is_an_element_of_the_json_report() -> None:
    check(report(clip(), picture(), missing()))
    check(report_by_both(clip(), picture()))
    check(report(known(clip(), "VID005")))


def test_there_is_no_other_line() -> None:
    assert render(report(), "jsonl") == ""


def test_each_asset_is_written_at_once() -> None:
    whole = report(clip(), picture())
    output = JsonLinesFormat()
    assert output.start(whole.tool, whole.profiles) == output.finish(whole.summary) == ""
    for result in whole:
        line = output.asset(result)
        assert line.endswith("}\n")
        assert line.count("\n") == 1


def test_it_reads_alike_in_any_encoding() -> None:
    text = render(report(missing("顔\udce9.png")), "jsonl")
    assert text.isascii()
    assert json.loads(text)["target"] == "顔\\xe9.png"
