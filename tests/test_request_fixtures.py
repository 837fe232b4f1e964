"""Every request among the fixtures is judged as expected, and its report is the one kept beside it."""

from __future__ import annotations

import json

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

from fixtures import generation
from fixtures.generation import GOLDEN, REQUEST_FIXTURES, REQUESTS, RequestFixture
from tests.cli.process import CHECKOUT
from validator.findings import Severity
from validator.profile import default_profile

SCHEMA = CHECKOUT / "validator" / "schemas" / "report.schema.json"
RULES = {code for code in default_profile().codes if code.startswith("REQ")}
every_request = pytest.mark.parametrize("fixture", REQUEST_FIXTURES, ids=lambda each: each.name)


@every_request
def test_findings_are_those_that_are_expected(fixture: RequestFixture) -> None:
    found: dict[str, str] = {}
    for finding in sorted(generation.report(fixture).findings, key=lambda each: each.severity.rank):
        found[finding.code] = finding.severity.value
    assert found == dict(fixture.expected)


@every_request
def test_the_verdict_follows_from_the_findings(fixture: RequestFixture) -> None:
    report = generation.report(fixture)
    assert tuple(each.code for each in report.not_judged) == fixture.unjudged
    assert report.verdict.value == ("fail" if Severity.ERROR in fixture.expected.values() else "pass")


@every_request
def test_the_report_is_the_golden_one(fixture: RequestFixture) -> None:
    kept = json.loads(fixture.golden.read_text(encoding="utf-8"))
    entry = generation.entry(fixture)
    assert entry == kept, "if this is meant: python fixtures/build.py --golden, and read the diff"
    assert "not-a-secret" not in json.dumps(entry)


def test_the_reports_keep_the_schema() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    one = {"$ref": "#/$defs/AssetEntry", "$defs": schema["$defs"]}
    for fixture in REQUEST_FIXTURES:
        jsonschema.Draft202012Validator(one).validate(generation.entry(fixture))


@every_request
def test_a_request_is_built_byte_for_byte(fixture: RequestFixture) -> None:
    assert fixture.path.read_bytes() == fixture.body


def test_every_rule_has_a_passing_and_a_failing_request() -> None:
    failing = {code for each in REQUEST_FIXTURES for code in each.shows if code in each.expected}
    passing = {code for each in REQUEST_FIXTURES for code in each.shows if code not in each.expected}
    assert (failing, passing) == (RULES, RULES)
    assert {code for each in REQUEST_FIXTURES for code in each.expected} <= RULES


def test_nothing_lies_around_that_is_no_fixture() -> None:
    names = {fixture.name for fixture in REQUEST_FIXTURES}
    assert {path.name for path in GOLDEN.iterdir()} == names
    assert {path.name for path in REQUESTS.iterdir()} == {*names, GOLDEN.name}
