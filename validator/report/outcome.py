"""What one profile says of an asset, and what could not be judged, by its reason."""

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
