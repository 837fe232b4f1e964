"""Assets judged by two profiles, made from samples: a house is stricter, and laxer, than the service."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import msgspec

from tests.report.samples import PROFILE
from validator.findings import AssetReport
from validator.finished import Report
from validator.judge import Policy, judge
from validator.profile import Profile
from validator.rule import Rule
from validator.run import TOOL


def _changed(rule: Rule) -> Rule:
    if rule.code == "IMG003":
        return msgspec.structs.replace(rule, min=Fraction(350), source="our wiki")
    return msgspec.structs.replace(rule, min=Fraction(300_000)) if rule.code == "VID005" else rule


HOUSE = Profile(
    msgspec.structs.replace(PROFILE.info, name="our-house", title="Our house", source="our wiki"),
    tuple(_changed(rule) for rule in PROFILE.rules if rule.code != "IMG005"),
)
"""Images from 350 px on, videos from 300,000 px on, and no warning of what lies on a bound."""

BOTH = (PROFILE, HOUSE)


def by_both(result: AssetReport) -> AssetReport:
    """The same asset, judged by both."""
    names = tuple(profile.info.name for profile in BOTH)
    judged = [judge(result.asset, result.facts, profile, Policy()) for profile in BOTH]
    return dataclasses.replace(
        result,
        findings=tuple(
            msgspec.structs.replace(finding, profile=name)
            for name, (findings, _) in zip(names, judged, strict=True)
            for finding in findings
        ),
        not_judged=tuple(
            msgspec.structs.replace(skipped, profile=name)
            for name, (_, not_judged) in zip(names, judged, strict=True)
            for skipped in not_judged
        ),
        profiles=names,
    )


def report_of_both(*assets: AssetReport) -> Report:
    """A report of assets by both."""
    return Report(TOOL, BOTH, tuple(by_both(asset) for asset in assets))
