"""The JSON report: a contract, whatever is in it."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
from hypothesis import given
from hypothesis import strategies as st

from tests.report.samples import clip, header_only, judged, link, missing, picture, report, report_by_both
from validator.findings import Summary
from validator.model import Asset, Facts, FileFacts, Kind, VideoFacts
from validator.quantity import plain
from validator.report.base import render
from validator.report.escape import printable
from validator.report.json import JsonFormat
from validator.schemas import report_schema


def written(*assets: Any) -> Any:
    return json.loads(render(report(*assets), "json"))


def test_the_document() -> None:
    document = written(clip(), picture(), missing(), header_only())
    assert list(document) == ["schema_version", "tool", "profile", "assets", "summary"]
    assert document["schema_version"] == 1
    assert document["tool"]["name"] == "seedance-validator"
    assert document["profile"] == {
        "name": "seedance-2.0",
        "title": "Seedance 2.0 private asset library",
        "checked": "2026-11-22",
        "source": "https://docs.orcarouter.ai/seedance-video/asset-library",
    }
    assert document["summary"] == {
        "assets": 4,
        "passed": 1,
        "failed": 2,
        "unjudged": 1,
        "errors": 2,
        "warnings": 0,
        "notes": 0,
    }
    assert [asset["verdict"] for asset in document["assets"]] == ["fail", "pass", "fail", "unjudged"]


def test_an_asset() -> None:
    (asset,) = written(clip())["assets"]
    assert list(asset) == [
        "target",
        "source",
        "kind",
        "role",
        "verdict",
        "sha256",
        "bytes",
        "facts",
        "findings",
        "not_judged",
    ]
    assert asset["target"] == "clips/phone.mp4"
    assert (asset["source"], asset["kind"], asset["role"]) == ("file", "video", None)
    assert (asset["sha256"], asset["bytes"]) == ("ab" * 32, 1_230_000)
    assert asset["not_judged"] == []


def test_name_role_and_group_are_those_of_the_list() -> None:
    (asset,) = written(picture())["assets"]
    assert asset["name"] == "Ada"
    assert asset["role"] == "close-up"
    assert asset["group"] == {"kind": "real-human", "id": "group-1", "name": None}


def test_facts_are_flat_and_fractions_are_numbers() -> None:
    (asset,) = written(clip())["assets"]
    facts = asset["facts"]
    assert facts["duration"] == 5
    assert isinstance(facts["duration"], int)
    assert facts["frame_rate"] == 30000 / 1001
    assert facts["geometry"] is False
    assert facts["format"] == "mp4"
    assert "hdr" not in facts


def test_a_finding_has_all_there_is_to_say() -> None:
    (asset,) = written(clip())["assets"]
    (finding,) = asset["findings"]
    assert set(finding) == {
        "code",
        "name",
        "severity",
        "message",
        "measured",
        "limit",
        "help",
        "prevents",
        "location",
    }
    assert finding["code"] == "VID005"
    assert finding["measured"] == {"fact": "pixels", "value": 407040, "exact": "407040", "unit": "px"}
    assert finding["limit"]["min"] == "409600"
    assert finding["limit"]["side"] == "below"
    assert finding["limit"]["by"] == "2560"


def test_what_was_not_judged_has_its_reason() -> None:
    (asset,) = written(header_only())["assets"]
    assert {"code": "FIL005", "reason": "only the header was read"} in asset["not_judged"]


def test_a_file_that_is_not_there_has_neither_digest_nor_size() -> None:
    (asset,) = written(missing())["assets"]
    assert (asset["kind"], asset["sha256"], asset["bytes"]) == (None, None, None)


def test_urls_are_shown_without_secrets() -> None:
    text = render(report(link("https://ada:pass@example.com/a.png?X-Signature=secret#secret")), "json")
    assert "secret" not in text
    assert "pass@" not in text
    assert json.loads(text)["assets"][0]["target"] == "https://example.com/a.png?…"


def test_no_asset_is_valid_too() -> None:
    assert written()["assets"] == []


def test_it_streams_piece_by_piece() -> None:
    whole = report(clip(), picture())
    output = JsonFormat()
    pieces = [
        output.start(whole.tool, whole.profiles),
        output.asset(whole.assets[0]),
        output.asset(whole.assets[1]),
        output.finish(whole.summary),
    ]
    assert all(pieces)
    assert "".join(pieces) == render(whole, "json")
    assert pieces[2].startswith(",\n")


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_any_name_makes_valid_json_that_cannot_harm_a_terminal(name: str) -> None:
    text = render(report(picture(target=name), missing(name)), "json")
    text.encode()
    lines = text.removesuffix("\n").split("\n")
    assert [printable(line) for line in lines] == lines
    target = json.loads(text)["assets"][0]["target"]
    if not any("\ud800" <= character <= "\udfff" for character in name):
        assert target == name


@given(st.fractions())
def test_a_fraction_is_an_integer_where_it_is_whole(value: Fraction) -> None:
    shown = plain(value)
    assert isinstance(shown, int if value.denominator == 1 and abs(value) < 2**63 else float)
    assert json.loads(json.dumps(shown)) == float(value) or shown == value


def test_numbers_too_large_for_other_readers_become_floats() -> None:
    huge = judged(
        Asset("a", "a"), Facts(Kind.VIDEO, FileFacts(), None, VideoFacts(pixels=2**70, duration=Fraction(2)))
    )
    assert written(huge)["assets"][0]["facts"]["pixels"] == float(2**70)


def test_the_summary_is_that_of_the_run() -> None:
    output = JsonFormat()
    empty = report()
    text = output.start(empty.tool, empty.profiles) + output.finish(Summary(assets=7, passed=7))
    assert json.loads(text)["summary"]["passed"] == 7


def test_several_profiles_are_told_apart() -> None:
    document = json.loads(render(report_by_both(clip(), picture()), "json"))
    assert [profile["name"] for profile in document["profiles"]] == ["seedance-2.0", "strict"]
    assert document["profile"] == document["profiles"][0]
    first, second = document["assets"]
    assert (first["verdict"], first["verdicts"]) == ("fail", {"seedance-2.0": "fail", "strict": "pass"})
    assert [finding["profile"] for finding in first["findings"]] == ["seedance-2.0"]
    assert second["verdicts"] == {"seedance-2.0": "pass", "strict": "fail"}
    jsonschema.Draft202012Validator(report_schema()).validate(document)


def test_one_profile_has_no_word_of_several() -> None:
    document = written(clip(), missing())
    assert "profiles" not in document
    assert all("verdicts" not in asset for asset in document["assets"])
    assert all("profile" not in each for asset in document["assets"] for each in asset["findings"])
    assert all("profile" not in each for asset in document["assets"] for each in asset["not_judged"])
    jsonschema.Draft202012Validator(report_schema()).validate(document)
