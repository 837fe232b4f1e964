"""What several profiles say of an asset: apart, and each thing once."""

from __future__ import annotations

import dataclasses

import msgspec

from tests.report.samples import by_both, clip, header_only, missing, picture
from validator.findings import NotJudged, Severity, Summary, Verdict
from validator.report.outcome import FindingCount, by_profile, by_reason, obstacles, said_once, unjudged_once


def test_one_profile_says_all_there_is() -> None:
    result = clip()
    assert by_profile(result, "seedance-2.0") == {"seedance-2.0": result}
    assert [said.profiles for said in said_once(result.findings, result)] == [()]


def test_each_profile_has_its_own() -> None:
    result = by_both(picture())
    first, second = by_profile(result).values()
    assert (first.verdict, second.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert {each.code for each in second.findings} == {"IMG003"}
    assert [said.profiles for said in said_once(result.findings, result)] == [("strict",)] * 2


def test_what_all_say_is_said_once() -> None:
    result = by_both(missing())
    (said,) = said_once(result.findings, result)
    assert (said.finding.code, said.profiles) == ("FIL001", ())
    (unjudged,) = unjudged_once(result.not_judged, result)
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
    told = unjudged_once(skipped, result)
    assert [(each.profiles, each.weighs) for each in told] == [
        (("seedance-2.0",), False),
        (("strict",), True),
    ]


def test_what_a_baseline_knows_is_said_apart() -> None:
    result = by_both(missing())
    first, second = result.findings
    half = (msgspec.structs.replace(first, known=True), msgspec.structs.replace(second, known=False))
    assert [(said.finding.known, said.profiles) for said in said_once(half, result)] == [
        (True, ("seedance-2.0",)),
        (False, ("strict",)),
    ]


def test_a_profile_named_twice_is_one() -> None:
    result = by_both(clip())
    (finding,) = result.findings
    assert [said.profiles for said in said_once((finding, finding), result)] == [("seedance-2.0",)]


def test_findings_are_counted_as_they_are_listed() -> None:
    tally = FindingCount()
    summary = Summary()
    for result in (by_both(missing()), by_both(picture())):
        tally.add(result)
        summary = summary.add(result)
    assert (summary.errors, tally.of(summary).errors) == (4, 3)


def test_one_profile_without_a_verdict_is_an_obstacle_whatever_another_says() -> None:
    result = by_both(clip())
    unread = tuple(NotJudged("FIL005", "it is gone", Severity.ERROR, name) for name in result.profiles)
    light = NotJudged("VID010", "nobody looked", Severity.WARNING, "strict")
    result = dataclasses.replace(result, not_judged=(*unread, light))
    assert result.verdicts == (("seedance-2.0", Verdict.FAIL), ("strict", Verdict.UNJUDGED))
    assert obstacles(result) == (unread[1],)


def test_reasons_keep_their_order_and_their_profiles() -> None:
    grouped = by_reason(by_both(header_only()).not_judged, "seedance-2.0")
    assert [(profile, list(codes)) for profile, _, codes in grouped] == [
        ("seedance-2.0", ["FIL005"]),
        ("seedance-2.0", ["AUD006"]),
        ("strict", ["FIL005"]),
        ("strict", ["AUD006"]),
    ]
