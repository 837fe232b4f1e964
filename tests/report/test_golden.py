"""The golden reports of all fixtures are valid, and tell of as many findings as there are."""

from __future__ import annotations

import json

import pytest

from fixtures.golden import WHOLE, WHOLE_REPORTS
from tests.report.documents import GitHubPage, junit_tests, problems_of_gitlab, problems_of_sarif, table
from tests.report.readers import commands


def kept(name: str) -> str:
    return (WHOLE / WHOLE_REPORTS[name]).read_bytes().decode()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return table(kept("csv"))


def test_sarif(rows: list[dict[str, str]]) -> None:
    log = json.loads(kept("sarif"))
    assert problems_of_sarif(log) == []
    results = log["runs"][0]["results"]
    assert [each["ruleId"] for each in results] == [row["code"] for row in rows if row["code"]]


def test_gitlab(rows: list[dict[str, str]]) -> None:
    elements = json.loads(kept("gitlab"))
    assert problems_of_gitlab(elements) == []
    found = [each["check_name"] for each in elements if each["check_name"] != "not-judged"]
    assert found == [row["code"] for row in rows if row["code"]]
    assert len({each["fingerprint"] for each in elements}) == len(elements)


def test_junit(rows: list[dict[str, str]]) -> None:
    tests = junit_tests(kept("junit"))
    verdicts = {row["target"]: row["verdict"] for row in rows}
    assert [test.get("name") for test in tests] == list(verdicts)
    outcome = {"failure": "fail", "error": "unjudged"}
    for test in tests:
        first = test[0].tag if len(test) else ""
        assert outcome.get(first, "pass") == verdicts[test.get("name")]


def test_github(rows: list[dict[str, str]]) -> None:
    severities = [row["severity"] for row in rows]
    found = commands(kept("github"))
    assert [each.name for each in found].count("error") == severities.count("error")
    *_, last = found
    assert f"({severities.count('error')} errors, {severities.count('warning')} warnings, " in last.data


def test_markdown(rows: list[dict[str, str]]) -> None:
    page = GitHubPage(kept("markdown"))
    not_passing = {row["target"]: None for row in rows if row["verdict"] != "pass"}
    assert page.cells[3::3] == list(not_passing)
