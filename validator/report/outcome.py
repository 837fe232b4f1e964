"""What each profile says of an asset, and what several say alike, which is said once."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import UNSET, UnsetType

from validator.findings import AssetReport, Finding, Known, NotJudged, Severity, Summary, Verdict


def by_profile(result: AssetReport, main: str = "") -> Mapping[str, AssetReport]:
    """The asset as each profile alone judges it, by the profile's name; `main`: where there is only one.

    >>> from validator.model import Asset, Facts
    >>> result = AssetReport(Asset("a.png", "a.png"), Facts(), profiles=("runway", "ltx"))
    >>> [(name, alone.verdict.value) for name, alone in by_profile(result).items()]
    [('runway', 'pass'), ('ltx', 'pass')]
    """
    if not result.profiles:
        return {main: result}
    return {
        name: dataclasses.replace(
            result,
            findings=tuple(finding for finding in result.findings if finding.profile in (UNSET, name)),
            not_judged=tuple(skipped for skipped in result.not_judged if skipped.profile in (UNSET, name)),
            profiles=(),
        )
        for name in result.profiles
    }


class Said(msgspec.Struct, frozen=True):
    """A finding, and the names of the profiles that have it; none where all do, or there is one."""

    finding: Finding
    profiles: tuple[str, ...] = ()


def said_once(findings: Iterable[Finding], result: AssetReport) -> tuple[Said, ...]:
    """Findings of an asset, those that read alike as one, in the order in which they come."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.code, finding.severity, finding.message, finding.help, finding.known)
        alike.setdefault(key, []).append(finding)
    return tuple(
        Said(found[0], _unless_all((finding.profile for finding in found), result))
        for found in alike.values()
    )


class Unjudged(msgspec.Struct, frozen=True):
    """Rules that were not applied, with what each weighs, for one reason; `profiles` as in `Said`.

    `known`: whether a baseline knows of it.
    """

    reason: str
    codes: Mapping[str, Severity]
    profiles: tuple[str, ...] = ()
    known: bool = False

    @property
    def weighs(self) -> bool:
        """Whether one of them is an error, so that it keeps an asset from passing."""
        return Severity.ERROR in self.codes.values()


def unjudged_once(not_judged: Iterable[NotJudged], result: AssetReport) -> tuple[Unjudged, ...]:
    """What was not judged of an asset, by reason; what holds for several profiles is said once."""
    by_rule: dict[tuple[str, str, Severity, bool], list[str | UnsetType]] = {}
    for skipped in not_judged:
        key = (skipped.reason, skipped.code, skipped.severity, skipped.known is True)
        by_rule.setdefault(key, []).append(skipped.profile)
    together: dict[tuple[str, tuple[str, ...], bool], dict[str, Severity]] = {}
    for (reason, code, severity, known), names in by_rule.items():
        together.setdefault((reason, _unless_all(names, result), known), {})[code] = severity
    return tuple(
        Unjudged(reason, codes, profiles, known) for (reason, profiles, known), codes in together.items()
    )


def obstacles(result: AssetReport) -> tuple[NotJudged, ...]:
    """What no baseline knows, and keeps a profile from a verdict, whatever the others say.

    With an error that was not judged come the other rules that were not for the same reason. A profile in
    which the asset fails anew has its verdict.
    """
    kept: list[NotJudged] = []
    for alone in by_profile(result).values():
        if alone.counts_as is Verdict.UNJUDGED:
            new = alone.new_not_judged
            reasons = {skipped.reason for skipped in new if skipped.severity is Severity.ERROR}
            kept += [skipped for skipped in new if skipped.reason in reasons]
    return tuple(kept)


def by_reason(not_judged: Iterable[NotJudged], main: str) -> list[tuple[str, str, dict[str, Severity]]]:
    """Profile, reason, and the codes with what each weighs, in their order.

    >>> gone = [NotJudged(code, "it is gone", Severity.ERROR) for code in ("FIL002", "FIL003")]
    >>> [(profile, reason, codes)] = by_reason(gone, "runway")
    >>> profile, reason, list(codes)
    ('runway', 'it is gone', ['FIL002', 'FIL003'])
    """
    grouped: dict[tuple[str, str], dict[str, Severity]] = {}
    for skipped in not_judged:
        profile = main if skipped.profile is UNSET else skipped.profile
        grouped.setdefault((profile, skipped.reason), {})[skipped.code] = skipped.severity
    return [(profile, reason, codes) for (profile, reason), codes in grouped.items()]


class FindingCount:
    """Counts findings as a list shows them: once, though several profiles have them.

    `stopped`: how many assets were not decoded, since they fail by their headers already.
    """

    def __init__(self) -> None:
        self.stopped = 0
        self._severities: Counter[Severity] = Counter()
        self._known = 0

    def add(self, result: AssetReport) -> None:
        """Count one asset more."""
        self.stopped += result.facts.stopped
        for said in said_once(result.findings, result):
            if said.finding.known is True:
                self._known += 1
            else:
                self._severities[said.finding.severity] += 1

    def of(self, summary: Summary) -> Summary:
        """The counts of a run, with findings as they were counted here.

        >>> FindingCount().of(Summary(assets=1, passed=1)).passed
        1
        """
        known = summary.baseline
        return msgspec.structs.replace(
            summary,
            errors=self._severities[Severity.ERROR],
            warnings=self._severities[Severity.WARNING],
            notes=self._severities[Severity.NOTE],
            baseline=UNSET if known is UNSET else Known(self._known, known.assets),
        )


def _unless_all(named: Iterable[str | UnsetType], result: AssetReport) -> tuple[str, ...]:
    """Which profiles are named, in their order; none where it is all of them."""
    held = {name for name in named if name is not UNSET}
    some = tuple(name for name in result.profiles if name in held)
    return () if len(some) == len(result.profiles) else some
