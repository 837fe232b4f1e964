"""What fails by its header is not decoded, and nothing else changes by that; the golden reports know all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from fixtures import golden
from fixtures.catalogue import FIXTURES, MEDIA
from tests.nobody import NOBODY
from validator.findings import AssetReport
from validator.model import NOT_DECODED, SPARED
from validator.run import run

NAMES = [fixture.name for fixture in FIXTURES]


@pytest.fixture(scope="module")
def results() -> Mapping[str, AssetReport]:
    """One run that decodes no more than it takes to know what fails."""
    found = run([MEDIA / name for name in NAMES], NOBODY)
    return dict(zip(NAMES, found, strict=True))


def kept(name: str) -> dict[str, Any]:
    return dict(json.loads(golden.path(name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_is_the_same_and_nothing_else_is_found(
    name: str, results: Mapping[str, AssetReport]
) -> None:
    result, whole = results[name], kept(name)
    assert result.verdict.value == whole["verdict"]
    found = {(finding.code, finding.severity.value) for finding in result.findings}
    all_found = {(finding["code"], finding["severity"]) for finding in whole["findings"]}
    assert found <= all_found
    if not result.facts.stopped:
        assert found == all_found


@pytest.mark.parametrize("name", NAMES)
def test_what_is_missing_says_why(name: str, results: Mapping[str, AssetReport]) -> None:
    result, whole = results[name], kept(name)
    missing = {finding["code"] for finding in whole["findings"]} - {each.code for each in result.findings}
    reasons = {skipped.code: skipped.reason for skipped in result.not_judged}
    assert all(reasons.get(code) in NOT_DECODED for code in missing), missing
    if result.facts.stopped:
        assert result.facts.file.sha256
        assert result.facts.why_unmeasured("integrity") == SPARED


def test_some_are_spared_and_all_fail(results: Mapping[str, AssetReport]) -> None:
    stopped = [result for result in results.values() if result.facts.stopped]
    assert len(stopped) > 10
    assert {result.verdict.value for result in stopped} == {"fail"}


def test_whoever_wants_all_findings_gets_them() -> None:
    config = msgspec.structs.replace(NOBODY, all_findings=True)
    (result,) = run(MEDIA / "image-299x400.png", config)
    assert (result.facts.stopped, result.facts.file.integrity) == (False, "whole")
