"""What each profile says of an asset, what several say alike, and what was not judged, by reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import UNSET

from validator.findings import AssetReport, Finding, NotJudged, Severity, Verdict, verdict_of


@dataclass(frozen=True)
class Outcome:
    """What a profile, by its name, says of an asset."""

    profile: str
    findings: tuple[Finding, ...]
    not_judged: tuple[NotJudged, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict of this profile alone."""
        return verdict_of(self.findings, self.not_judged)


def outcomes(result: AssetReport, main: str) -> tuple[Outcome, ...]:
    """An outcome for each profile that an asset was judged by; `main`: the name of the main one.

    >>> from validator.model import Asset, Facts
    >>> result = AssetReport(Asset("a.png", "a.png"), Facts(), profiles=("runway", "ltx"))
    >>> [(outcome.profile, outcome.verdict.value) for outcome in outcomes(result, "runway")]
    [('runway', 'pass'), ('ltx', 'pass')]
    """
    return tuple(
        Outcome(
            name,
            tuple(each for each in result.findings if each.profile in (UNSET, name)),
            tuple(each for each in result.not_judged if each.profile in (UNSET, name)),
        )
        for name in result.profiles or (main,)
    )


@dataclass(frozen=True)
class Said:
    """A finding, and the names of the profiles that say it; none where all do."""

    finding: Finding
    profiles: tuple[str, ...]


def said_once(findings: Iterable[Finding], result: AssetReport) -> tuple[Said, ...]:
    """Findings of an asset, of which each is said once, though several profiles say it in the same words."""
    grouped: dict[tuple[str, str, str, Severity], tuple[Finding, list[str]]] = {}
    for finding in findings:
        key = (finding.code, finding.message, finding.help, finding.severity)
        _, names = grouped.setdefault(key, (finding, []))
        if finding.profile is not UNSET:
            names.append(finding.profile)
    return tuple(Said(finding, _unless_all(names, result)) for finding, names in grouped.values())


@dataclass(frozen=True)
class Unjudged:
    """Rules that were not applied, with what each weighs, for one reason; `profiles` as in `Said`."""

    reason: str
    codes: dict[str, Severity]
    profiles: tuple[str, ...]

    @property
    def weighs(self) -> bool:
        """Whether one of them is an error, so that it keeps an asset from passing."""
        return Severity.ERROR in self.codes.values()


def unjudged_once(result: AssetReport) -> tuple[Unjudged, ...]:
    """What was not judged of an asset; what holds for several profiles is said once."""
    merged: dict[tuple[str, tuple[tuple[str, Severity], ...]], tuple[dict[str, Severity], list[str]]] = {}
    for profile, reason, codes in by_reason(result.not_judged, ""):
        _, names = merged.setdefault((reason, tuple(codes.items())), (codes, []))
        if profile:
            names.append(profile)
    return tuple(
        Unjudged(reason, codes, _unless_all(names, result)) for (reason, _), (codes, names) in merged.items()
    )


def _unless_all(names: list[str], result: AssetReport) -> tuple[str, ...]:
    return () if len(names) == len(result.profiles) else tuple(names)


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
