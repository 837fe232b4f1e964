"""The report as SARIF: valid against its schema, and what code scanning and editors look for."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import msgspec
import pytest

from tests.report.documents import SARIF, problems_of_sarif
from tests.report.samples import (
    PROFILE,
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
from validator.finished import Report
from validator.report.base import Look, render
from validator.report.sarif import SarifFormat


def log_of(whole: Report) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render(whole, "sarif"))
    assert problems_of_sarif(log) == []
    return log


def run_of(*assets: AssetReport) -> dict[str, Any]:
    (run,) = log_of(report(*assets))["runs"]
    return dict(run)


def rules_of(run: dict[str, Any]) -> list[dict[str, Any]]:
    return list(run["tool"]["driver"]["rules"])


def region_of(result: dict[str, Any]) -> dict[str, Any]:
    return dict(result["locations"][0]["physicalLocation"]["region"])


def test_the_schema_is_one_that_can_fail() -> None:
    SARIF.check_schema(SARIF.schema)
    with pytest.raises(jsonschema.ValidationError, match="'runs' is a required property"):
        SARIF.validate({"version": "2.1.0"})


def test_samples_of_all_kinds_are_valid() -> None:
    url = link("https://host.example/a.png?key=1")
    log = log_of(report(clip(), picture(300, 300), portrait(), watched(), missing(), header_only(), url))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    assert log["$schema"].endswith("/sarif-schema-2.1.0.json")


def test_nothing_found_is_valid_too() -> None:
    run = run_of()
    assert run["results"] == run["invocations"][0]["toolExecutionNotifications"] == []
    assert run["properties"]["summary"]["assets"] == 0


def test_a_result() -> None:
    (result,) = run_of(clip())["results"]
    assert (result["ruleId"], result["level"]) == ("VID005", "error")
    assert result["message"]["text"].startswith("The pixel count is 407,040 px: 2,560 px below")
    assert "Export it larger" in result["message"]["text"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "clips/phone.mp4", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 1, "byteOffset": 0, "byteLength": 1_230_000},
            }
        }
    ]
    assert result["properties"]["measured"]["exact"] == "407040"
    assert result["properties"]["limit"]["min"] == "409600"
    assert result["properties"]["prevents"] == ["PixelCountTooSmall", "PixelCountTooLarge"]


def test_levels_are_those_of_the_findings() -> None:
    levels = {each["ruleId"]: each["level"] for each in run_of(portrait(), clip(100, 100))["results"]}
    assert (levels["POR001"], levels["POR003"], levels["VID008"]) == ("error", "warning", "note")


def test_a_rule_has_all_that_a_viewer_shows() -> None:
    rules = rules_of(run_of(clip()))
    assert [rule["id"] for rule in rules] == list(PROFILE.codes)
    (rule,) = (rule for rule in rules if rule["id"] == "VID005")
    assert rule["name"] == "video-pixels"
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["helpUri"] == "https://docs.orcarouter.ai/seedance-video/asset-library"
    assert rule["properties"]["source"].startswith(rule["helpUri"])
    assert rule["properties"]["checked"] == "2026-11-22"
    assert rule["properties"]["problem.severity"] == "error"
    assert rule["help"]["markdown"].startswith(rule["shortDescription"]["text"])
    for each in rules:
        assert each["shortDescription"]["text"]
        assert each["fullDescription"]["text"]
        assert each["help"]["text"]
        assert len(each["fullDescription"]["text"]) <= 1024  # what GitHub takes


def test_each_result_points_at_its_rule() -> None:
    (run,) = log_of(report_by_both(clip(), picture(1000, 200), portrait()))["runs"]
    for result in run["results"]:
        assert rules_of(run)[result["ruleIndex"]]["id"] == result["ruleId"]


def test_rules_of_several_profiles_are_told_apart() -> None:
    (run,) = log_of(report_by_both(clip(), picture(1000, 1000)))["runs"]
    ids = [rule["id"] for rule in rules_of(run)]
    assert len(set(ids)) == len(ids)
    found = {(each["ruleId"], each["properties"]["profile"]) for each in run["results"]}
    assert found == {("seedance-2.0/VID005", "seedance-2.0"), ("strict/IMG003", "strict")}
    (strict,) = (rule for rule in rules_of(run) if rule["id"] == "strict/IMG003")
    assert "300 to 900 px" in strict["fullDescription"]["text"]


def test_places_and_times_are_properties_of_the_region() -> None:
    faces, *_ = run_of(portrait())["results"]
    assert region_of(faces)["properties"]["faces"][0]["height_px"] == 270
    times = [region_of(each)["properties"]["face_time"] for each in run_of(watched())["results"]]
    assert times == [2.5]


def test_a_file_without_bytes_has_a_line_alone() -> None:
    (result,) = run_of(missing())["results"]
    assert region_of(result) == {"startLine": 1}


@pytest.mark.parametrize(
    ("target", "artifact"),
    [
        ("./clips/a 1.mp4", {"uri": "clips/a%201.mp4", "uriBaseId": "%SRCROOT%"}),
        ("a:b?.png", {"uri": "a%3Ab%3F.png", "uriBaseId": "%SRCROOT%"}),
        ("/media/a.png", {"uri": "file:///media/a.png"}),
    ],
)
def test_paths_are_uri_references(target: str, artifact: dict[str, str]) -> None:
    (result,) = run_of(missing(target))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == artifact


def test_no_relative_reference_leaves_its_root() -> None:
    (result,) = run_of(missing("../a.png"))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": (Path.cwd().parent / "a.png").as_uri()}


def test_braces_are_no_placeholders() -> None:
    profile = type(PROFILE)(
        PROFILE.info,
        tuple(msgspec.structs.replace(rule, why="use {0}", help="{ 1 }") for rule in PROFILE.rules),
    )
    run = log_of(dataclasses.replace(report(link("https://host.example/{0}.png")), profiles=(profile,)))[
        "runs"
    ][0]
    assert run["results"][0]["message"]["text"].startswith(r"https://host.example/\x7b0\x7d.png: ")
    for rule in rules_of(run):
        assert rule["fullDescription"]["text"].startswith(r"use \x7b0\x7d")
        assert r"\x7b 1 \x7d" in rule["help"]["markdown"]
        assert rule["help"]["text"] == r"\x7b 1 \x7d"


def test_a_url_has_no_scheme_for_which_github_would_refuse_all() -> None:
    run = run_of(link("https://ada:x@host.example/a b.png?key=1"))
    result, *_ = run["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "host.example/a%20b.png", "uriBaseId": "%URL%"}
    assert result["message"]["text"].startswith("https://host.example/a b.png?…: This is no image")
    assert set(run["originalUriBaseIds"]) == {"%SRCROOT%", "%URL%"}


def test_fingerprints_stay_when_a_file_is_renamed() -> None:
    def prints(*names: str) -> list[dict[str, str]]:
        return [
            each["partialFingerprints"] for each in run_of(*(clip(target=name) for name in names))["results"]
        ]

    (one,) = prints("a.mp4")
    assert prints("other/b.mp4") == [one]
    assert one["primaryLocationLineHash"].endswith(":1")
    first, second = prints("a.mp4", "copy.mp4")
    assert first == one
    assert second["primaryLocationLineHash"] == one["primaryLocationLineHash"].replace(":1", ":2")


def test_two_findings_of_one_rule_are_told_apart() -> None:
    results = run_of(picture(200, 200))["results"]
    prints = [
        each["partialFingerprints"]["contentAndRule/v1"] for each in results if each["ruleId"] == "IMG003"
    ]
    assert len(set(prints)) == len(prints) == 2


def test_what_was_not_judged_is_told_and_is_no_alert() -> None:
    run = run_of(header_only())
    assert run["results"] == []
    weighty, light = run["invocations"][0]["toolExecutionNotifications"]
    assert weighty["level"] == "warning"
    assert weighty["message"]["text"] == "FIL005 could not be judged for voice.wav: only the header was read."
    assert (light["level"], light["properties"]["rules"]) == ("note", ["AUD006"])


def test_a_baseline_is_told_by_the_state_of_results() -> None:
    assert [each.get("baselineState") for each in run_of(clip())["results"]] == [None]
    states = [each["baselineState"] for each in run_of(known(clip(), "VID005"), known(missing()))["results"]]
    assert states == ["unchanged", "new"]


def test_results_come_as_assets_are_judged() -> None:
    whole = report(clip(), picture(), clip(target="b.mp4"))
    output = SarifFormat(Look())
    head = output.start(whole.tool, whole.profiles)
    pieces = list(map(output.asset, whole.assets))
    assert head.endswith('"results": [')
    assert pieces[1] == ""
    assert [piece.count('"ruleId"') for piece in pieces] == [1, 0, 1]
    assert head + "".join(pieces) + output.finish(whole.summary) == render(whole, "sarif")


def test_a_rule_that_the_profile_does_not_have_is_named_all_the_same() -> None:
    whole = report(clip())
    other = dataclasses.replace(whole, profiles=(type(PROFILE)(PROFILE.info, PROFILE.rules[:1]),))
    (result,) = log_of(other)["runs"][0]["results"]
    assert (result["ruleId"], "ruleIndex" in result) == ("VID005", False)
