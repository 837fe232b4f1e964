"""The ground floor: facts know their names and units, and verdicts follow one order."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.errors import AssetsRejected
from validator.fact import FactInfo
from validator.findings import (
    AssetReport,
    Finding,
    Limit,
    Measured,
    NotJudged,
    Severity,
    Summary,
    Tool,
    Verdict,
    verdict_of,
)
from validator.finished import Report
from validator.model import (
    APPLIES,
    Asset,
    Facts,
    FileFacts,
    ImageFacts,
    Integrity,
    LinkFacts,
    VideoFacts,
    fact_table,
)
from validator.profile import default_profile

SEVERITIES = st.sampled_from(Severity)
ASSET = Asset("a.png", "a.png")


def finding(severity: Severity) -> Finding:
    return Finding(
        "IMG003", "image-side", severity, "Too small.", Measured("width", 1, "1", "px"), Limit(), ""
    )


def not_judged(severity: Severity) -> NotJudged:
    return NotJudged("FIL005", "read as a header only", severity)


def result(*findings: Severity, skipped: tuple[Severity, ...] = ()) -> AssetReport:
    return AssetReport(ASSET, Facts(), tuple(map(finding, findings)), tuple(map(not_judged, skipped)))


def report(*results: AssetReport) -> Report:
    return Report(Tool("seedance-validator", "1.0"), (default_profile(),), results)


E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE


@pytest.mark.parametrize(
    ("findings", "skipped", "verdict"),
    [
        ((), (), Verdict.PASS),
        ((W, N), (), Verdict.PASS),
        ((), (W, N), Verdict.PASS),
        ((), (E,), Verdict.UNJUDGED),
        ((W,), (N, E), Verdict.UNJUDGED),
        ((E,), (), Verdict.FAIL),
        ((N, W, E), (E,), Verdict.FAIL),
    ],
)
def test_verdicts(findings: tuple[Severity, ...], skipped: tuple[Severity, ...], verdict: Verdict) -> None:
    assert result(*findings, skipped=skipped).verdict is verdict


@given(st.lists(SEVERITIES), st.lists(SEVERITIES), SEVERITIES)
def test_a_further_finding_never_betters_a_verdict(
    found: list[Severity], skipped: list[Severity], more: Severity
) -> None:
    order = [Verdict.PASS, Verdict.UNJUDGED, Verdict.FAIL]
    missing = tuple(map(not_judged, skipped))
    before = verdict_of(tuple(map(finding, found)), missing)
    after = verdict_of(tuple(map(finding, [*found, more])), missing)
    assert order.index(after) >= order.index(before)
    assert (after is before) or (more is Severity.ERROR)


@given(st.lists(SEVERITIES), st.lists(SEVERITIES))
def test_a_verdict_does_not_depend_on_the_order_of_what_was_found(
    found: list[Severity], skipped: list[Severity]
) -> None:
    forward = verdict_of(tuple(map(finding, found)), tuple(map(not_judged, skipped)))
    backward = verdict_of(tuple(map(finding, found[::-1])), tuple(map(not_judged, skipped[::-1])))
    assert forward is backward


def test_severities_are_ordered() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank) == [N, W, E]


def test_an_asset_knows_where_its_bytes_come_from() -> None:
    assert ASSET.source == "file"
    assert Asset("https://host/a.png", "https://host/a.png", is_url=True).source == "url"


def test_facts_that_were_not_measured_are_absent_and_zero_is_a_measurement() -> None:
    facts = Facts(
        file=FileFacts(bytes=0),
        link=LinkFacts(scheme="https"),
        media=ImageFacts(width=300, colour=False, aspect_ratio=Fraction(3, 4)),
    )
    assert facts.values() == {
        "bytes": 0,
        "scheme": "https",
        "width": 300,
        "colour": False,
        "aspect_ratio": Fraction(3, 4),
    }


def test_why_a_fact_is_missing_is_said_by_name_then_for_all_then_in_general() -> None:
    facts = Facts(unmeasured={"duration": "no time stamps", "*": "the file could not be read"})
    assert facts.why_unmeasured("duration") == "no time stamps"
    assert facts.why_unmeasured("width") == "the file could not be read"
    assert Facts().why_unmeasured("width") == "it could not be measured"


@pytest.mark.parametrize("applies", APPLIES)
def test_every_fact_has_a_label_and_a_description(applies: str) -> None:
    table = fact_table(applies)
    assert {"bytes", "format", "integrity"} <= set(table), "a rule may always name the file's facts"
    for name, info in table.items():
        assert info.name == name
        assert info.label
        assert info.description


@pytest.mark.parametrize(("one", "other"), [pair for pair in product(APPLIES, APPLIES) if pair[0] < pair[1]])
def test_a_name_shared_by_two_kinds_of_fact_means_the_same_unit(one: str, other: str) -> None:
    first, second = fact_table(one), fact_table(other)
    for name in first.keys() & second.keys():
        assert (first[name].unit, first[name].python_type) == (second[name].unit, second[name].python_type)


def test_the_table_of_facts_tells_types_units_and_choices() -> None:
    assert fact_table("video")["duration"].python_type is Fraction
    assert fact_table("video")["duration"].unit == "s"
    assert fact_table("image")["colour"].python_type is bool
    integrity: FactInfo = fact_table("audio")["integrity"]
    assert integrity.python_type is str
    assert integrity.choices == get_args(Integrity)
    assert "frame_rate" not in fact_table("image")


def test_facts_that_only_some_media_have_belong_to_their_kind() -> None:
    assert "frame_rate" in VideoFacts.__struct_fields__
    assert "frame_rate" not in ImageFacts.__struct_fields__


def test_a_summary_counts_assets_by_verdict_and_findings_by_severity() -> None:
    summary = report(result(), result(W, N, N), result(E, E, W), result(skipped=(E,))).summary
    assert summary == Summary(assets=4, passed=2, failed=1, unjudged=1, errors=2, warnings=2, notes=2)


@given(st.lists(st.tuples(st.lists(SEVERITIES), st.lists(SEVERITIES))))
def test_a_summary_loses_nothing(assets: list[tuple[list[Severity], list[Severity]]]) -> None:
    results = [result(*found, skipped=tuple(skipped)) for found, skipped in assets]
    summary = report(*results).summary
    assert summary.passed + summary.failed + summary.unjudged == summary.assets == len(results)
    assert summary.errors + summary.warnings + summary.notes == sum(len(found) for found, _ in assets)


def test_a_report_is_iterated_in_the_order_of_its_targets() -> None:
    results = (result(E), result(), result(W))
    assert tuple(report(*results)) == results
    assert [each.target for each in report(*results)] == ["a.png"] * 3
    assert len(report(*results)) == 3


def test_a_report_without_errors_is_returned_as_it_is() -> None:
    good = report(result(), result(W, N))
    assert good.raise_for_errors() is good


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (result(E), "1 of 2 assets fail, 0 could not be judged"),
        (result(skipped=(E,)), "0 of 2 assets fail, 1 could not be judged"),
    ],
)
def test_a_report_with_errors_raises_and_hands_itself_over(bad: AssetReport, sentence: str) -> None:
    whole = report(result(), bad)
    with pytest.raises(AssetsRejected, match=sentence) as caught:
        whole.raise_for_errors()
    assert caught.value.report is whole
