"""The table: its columns are a contract, and no cell of it is a formula."""

from __future__ import annotations

import csv
import io

import pytest

from tests.report.documents import table
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
from validator.report.base import render
from validator.report.csv import COLUMNS
from validator.report.escape import csv_cell


def written(*assets: AssetReport) -> list[dict[str, str]]:
    return table(render(report(*assets), "csv"))


def test_the_columns_are_these() -> None:
    head, *_ = render(report(clip()), "csv").split("\r\n")
    assert head == (
        "target,source,kind,role,sha256,bytes,profile,verdict,severity,code,rule,message,help,fact,measured,unit,"
        "min,max,one_of,side,by,prevents,limit_source,known,not_judged"
    )
    assert tuple(head.split(",")) == COLUMNS


def test_a_row() -> None:
    (row,) = written(clip())
    assert row["message"].startswith("The pixel count is 407,040 px: ")
    assert row["help"].startswith("Export it larger")
    assert {name: row[name] for name in COLUMNS if name not in ("message", "help", "sha256")} == {
        "target": "clips/phone.mp4",
        "source": "file",
        "kind": "video",
        "role": "",
        "bytes": "1230000",
        "profile": "seedance-2.0",
        "verdict": "fail",
        "severity": "error",
        "code": "VID005",
        "rule": "video-pixels",
        "fact": "pixels",
        "measured": "407040",
        "unit": "px",
        "min": "409600",
        "max": "2086876",
        "one_of": "",
        "side": "below",
        "by": "2560",
        "prevents": "PixelCountTooSmall PixelCountTooLarge",
        "limit_source": "https://docs.orcarouter.ai/seedance-video/asset-library",
        "known": "",
        "not_judged": "",
    }


def test_an_asset_without_findings_has_a_row() -> None:
    passing, unjudged = written(picture(), header_only())
    assert (passing["verdict"], passing["code"]) == ("pass", "")
    assert (unjudged["verdict"], unjudged["code"], unjudged["not_judged"]) == (
        "unjudged",
        "",
        "FIL005 AUD006",
    )


def test_every_finding_has_a_row() -> None:
    rows = written(portrait(), missing(), link("https://host.example/a.png?key=1"))
    assert [row["code"] for row in rows if row["target"] == "half.png"][:2] == ["POR001", "POR003"]
    assert [row["verdict"] for row in rows] == ["fail"] * len(rows)
    assert {row["source"] for row in rows} == {"file", "url"}
    assert rows[-1]["target"] == "https://host.example/a.png?…"


def test_each_profile_has_its_verdict() -> None:
    rows = table(render(report_by_both(clip(), picture()), "csv"))
    assert [(row["target"], row["profile"], row["verdict"], row["code"]) for row in rows] == [
        ("clips/phone.mp4", "seedance-2.0", "fail", "VID005"),
        ("clips/phone.mp4", "strict", "pass", ""),
        ("face.png", "seedance-2.0", "pass", ""),
        ("face.png", "strict", "fail", "IMG003"),
        ("face.png", "strict", "fail", "IMG003"),
    ]


def test_a_baseline_has_its_column() -> None:
    rows = written(known(clip(), "VID005"), known(missing()))
    assert [row["known"] for row in rows] == ["true", "false"]


def test_a_formula_is_text() -> None:
    name = '=HYPERLINK("x"&A1,"Error: click, please")'
    text = render(report(missing(name)), "csv")
    (row,) = list(csv.DictReader(io.StringIO(text, newline="")))
    assert row["target"] == f"'{name}"
    assert written(missing(name))[0]["target"] == name


def test_a_fraction_is_no_date() -> None:
    text = render(report(picture(1000, 375)), "csv")
    (row,) = (row for row in csv.DictReader(io.StringIO(text, newline="")) if row["fact"] == "aspect_ratio")
    assert (row["measured"], row["max"]) == ("'8/3", "2.5")


def test_a_negative_number_is_a_number() -> None:
    text = render(report(portrait()), "csv")
    assert ",yaw,-40.5,°,-20,20," in text


@pytest.mark.parametrize(
    "text",
    [
        *("=1", "+x", "-x", "@x", "'x", "'", "\uff1d1", "-1+1", "+1", "+1-1", "-1.5.5", "--1"),
        *("8/3", "24000/1001", "-8/3", "2026-11-22", "16:9", "1.5.5"),
    ],
)
def test_what_a_spreadsheet_would_read_begins_with_an_apostrophe(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", " =1", "1", "-1", "-1.5", "1-2.png", "16:9 4:3", "\\x09=1"])
def test_other_texts_stay(text: str) -> None:
    assert csv_cell(text) == text


def test_a_tab_does_not_hide_a_formula() -> None:
    assert csv_cell("\t=1") == "\\x09=1"


def test_rows_end_as_the_standard_has_it() -> None:
    text = render(report(clip(), missing()), "csv")
    assert text.count("\r\n") == text.count("\n") == 3
