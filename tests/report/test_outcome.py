"""What several profiles say of an asset: apart, and each thing once."""

from __future__ import annotations

import dataclasses

import msgspec

from tests.report.samples import by_both, clip, header_only, missing, picture
from validator.findings import NotJudged, Severity, Verdict
from validator.report.outcome import by_reason, outcomes, said_once, unjudged_once


def test_one_profile_says_all_there_is() -> None:
    result = clip()
    (outcome,) = outcomes(result, "seedance-2.0")
    assert (outcome.profile, outcome.findings, outcome.verdict) == (
        "seedance-2.0",
        result.findings,
        Verdict.FAIL,
    )
    assert [said.profiles for said in said_once(result.findings, result)] == [()]


def test_each_profile_has_its_own() -> None:
    result = by_both(picture())
    first, second = outcomes(result, "seedance-2.0")
    assert (first.verdict, second.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert {each.code for each in second.findings} == {"IMG003"}
    assert [said.profiles for said in said_once(result.findings, result)] == [("strict",)] * 2


def test_what_all_say_is_said_once() -> None:
    result = by_both(missing())
    (said,) = said_once(result.findings, result)
    assert (said.finding.code, said.profiles) == ("FIL001", ())
    (unjudged,) = unjudged_once(result)
    assert (unjudged.profiles, unjudged.weighs, len(unjudged.codes)) == ((), True, 8)


def test_what_weighs_differently_is_said_apart() -> None:
    result = by_both(missing())
    first, second = result.findings
    lighter = (first, msgspec.structs.replace(second, severity=Severity.WARNING))
    assert [said.profiles for said in said_once(lighter, result)] == [("seedance-2.0",), ("strict",)]
    skipped = (
        NotJudged("FIL005", "it is gone", Severity.WARNING, "seedance-2.0"),
        NotJudged("FIL005", "it is gone", Severity.ERROR, "strict"),
    )
    told = unjudged_once(dataclasses.replace(result, not_judged=skipped))
    assert [(each.profiles, each.weighs) for each in told] == [
        (("seedance-2.0",), False),
        (("strict",), True),
    ]


def test_reasons_keep_their_order_and_their_profiles() -> None:
    grouped = by_reason(by_both(header_only()).not_judged, "seedance-2.0")
    assert [(profile, list(codes)) for profile, _, codes in grouped] == [
        ("seedance-2.0", ["FIL005"]),
        ("seedance-2.0", ["AUD006"]),
        ("strict", ["FIL005"]),
        ("strict", ["AUD006"]),
    ]
