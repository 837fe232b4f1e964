"""How often each rule found something, and why rules were not judged: counts, for any number of assets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from msgspec import UNSET, UnsetType

from validator.findings import AssetReport, NotJudged, Severity
from validator.report.base import Look, counts
from validator.report.outcome import obstacles

_MOST_REASONS = 50  # told one by one: a reason may name what was met, and no two are alike then
OTHER_REASONS = "other reasons"
"""Stands for reasons beyond the first so many."""


@dataclass
class RuleCount:
    """What one rule of one profile found. `profile` is empty where there is only one."""

    code: str
    name: str
    profile: str = ""
    severities: Counter[Severity] = field(default_factory=Counter)
    assets: int = 0

    @property
    def findings(self) -> int:
        """All of them."""
        return self.severities.total()


@dataclass
class ReasonCount:
    """Which rules were not judged for one reason, how often over all assets, and of how many assets."""

    reason: str
    rules: int = 0
    assets: int = 0
    codes: dict[str, None] = field(default_factory=dict)


class Statistics:
    """The counts of a run.

    With `quiet`, only what decides is counted: findings at or above the failing severity, and what kept
    assets from being judged. What a baseline knows is not counted.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._rules: dict[tuple[str, str], RuleCount] = {}
        self._reasons: dict[str, ReasonCount] = {}

    def add(self, result: AssetReport) -> None:
        """Count one asset more."""
        met: set[tuple[str, str]] = set()
        for finding in result.new_findings:
            if self._look.quiet and not counts(finding.severity, self._look.fail_on):
                continue
            key = (finding.code, _named(finding.profile))
            rule = self._rules.setdefault(key, RuleCount(finding.code, finding.name, key[1]))
            rule.severities[finding.severity] += 1
            rule.assets += key not in met
            met.add(key)
        self._add_reasons(obstacles(result) if self._look.quiet else result.new_not_judged)

    def _add_reasons(self, not_judged: Iterable[NotJudged]) -> None:
        met: set[str] = set()
        # A rule of several profiles is one.
        for reason, code in dict.fromkeys((skipped.reason, skipped.code) for skipped in not_judged):
            known = reason in self._reasons or len(self._reasons) < _MOST_REASONS
            told = reason if known else OTHER_REASONS
            count = self._reasons.setdefault(told, ReasonCount(told))
            count.rules += 1
            count.codes[code] = None
            count.assets += told not in met
            met.add(told)

    def rules(self) -> list[RuleCount]:
        """What was found by each rule, the most frequent first; of those alike, what weighs more."""
        return sorted(self._rules.values(), key=_rank)

    def reasons(self) -> Iterator[ReasonCount]:
        """Why rules were not judged, the most frequent first."""
        yield from sorted(
            self._reasons.values(), key=lambda count: (-count.assets, -count.rules, count.reason)
        )


def _rank(count: RuleCount) -> tuple[int, int, str, str]:
    worst = max(severity.rank for severity in count.severities)
    return (-count.findings, -worst, count.code, count.profile)


def _named(profile: str | UnsetType) -> str:
    return "" if profile is UNSET else profile
