"""What is found out about assets when their facts meet the rules, up to the finished report.

Everything here is frozen, and is what a caller of the library gets to see.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from validator.model import SPARED, SPARED_BYTES, Asset, Facts
from validator.preview import Preview


class Severity(StrEnum):
    """How much a finding weighs. Documented limits are errors, hearsay is a warning."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Errors weigh most.

        >>> Severity.ERROR.rank > Severity.WARNING.rank > Severity.NOTE.rank
        True
        """
        return {"error": 2, "warning": 1, "note": 0}[self.value]


class Verdict(StrEnum):
    """What is said of one asset: see `verdict_of`."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    UNJUDGED = "unjudged"


Side = Literal["below", "above", "on", ""]


class Measured(msgspec.Struct, frozen=True):
    """What a finding is about. `exact` is a fraction or a decimal that loses nothing.

    >>> Measured(fact="frame_rate", value=23.976024, exact="24000/1001", unit="fps").exact
    '24000/1001'
    """

    fact: str
    value: int | float | str | bool
    exact: str
    unit: str = ""


class Limit(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the rule asks for, and how far off the measured value is.

    `min`, `max` and `by` are exact, written like `Measured.exact`; `open`: the bounds themselves are
    outside; `source`: who says so; `observed`: what others have seen pass.
    """

    min: str | None = None
    max: str | None = None
    open: bool = False
    one_of: tuple[str, ...] = ()
    unit: str = ""
    side: Side = ""
    by: str | None = None
    source: str = ""
    observed: str = ""


class Finding(msgspec.Struct, frozen=True):
    """One rule that an asset breaks. `message` is a whole sentence; `location` says where, if known.

    `profile` is the name of the one whose rule it is, where a run judges by several. `known`: whether a
    baseline holds it; unset where there is no baseline.
    """

    code: str
    name: str
    severity: Severity
    message: str
    measured: Measured
    limit: Limit
    help: str
    prevents: tuple[str, ...] = ()
    location: dict[str, Any] | None = None
    profile: str | UnsetType = UNSET
    known: bool | UnsetType = UNSET


class NotJudged(msgspec.Struct, frozen=True):
    """A rule that could not be applied. It never counts as passed.

    `profile` is the name of the one whose rule it is, where a run judges by several. `known`: whether a
    baseline holds it; unset where there is no baseline.
    """

    code: str
    reason: str
    severity: Severity
    profile: str | UnsetType = UNSET
    known: bool | UnsetType = UNSET

    @property
    def is_spared(self) -> bool:
        """Whether it would have to be decoded for, and was not, since the asset fails by its header already.

        >>> NotJudged("FIL005", SPARED, Severity.ERROR).is_spared
        True
        """
        return self.reason.startswith((SPARED, SPARED_BYTES))  # behind it may stand which facts are missing


def verdict_of(findings: tuple[Finding, ...], not_judged: tuple[NotJudged, ...]) -> Verdict:
    """`fail` if any error was found, else `unjudged` if a rule of severity error was not judged, else `pass`.

    >>> verdict_of((), (NotJudged("FIL005", "read as a header only", Severity.ERROR),)).value
    'unjudged'
    """
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Verdict.FAIL
    if any(skipped.severity is Severity.ERROR for skipped in not_judged):
        return Verdict.UNJUDGED
    return Verdict.PASS


@dataclass(frozen=True)
class AssetReport:
    """One asset, judged.

    `asset` is what was given, secrets included, and stays out of the representation; `shown` is how reports
    name it. `profiles` are the names of those that it was judged by, where these are several. `preview` is
    what there is to see of it, where that was asked for.

    >>> AssetReport(Asset("a.png", "a.png"), Facts()).verdict.value
    'pass'
    """

    asset: Asset = field(repr=False)
    facts: Facts
    findings: tuple[Finding, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    shown: str | None = field(default=None, kw_only=True)
    profiles: tuple[str, ...] = field(default=(), kw_only=True)
    preview: Preview | None = field(default=None, kw_only=True, repr=False)

    @property
    def target(self) -> str:
        """What the user named, as reports show it: of a URL without user, password, query and fragment."""
        return self.asset.target if self.shown is None else self.shown

    @property
    def verdict(self) -> Verdict:
        """See `verdict_of`; of several profiles, an asset has to pass in all."""
        return verdict_of(self.findings, self.not_judged)

    @property
    def verdicts(self) -> tuple[tuple[str, Verdict], ...]:
        """The verdict by each profile; empty where there is only one.

        >>> AssetReport(Asset("a.png", "a.png"), Facts(), profiles=("runway", "ltx")).verdicts[0]
        ('runway', <Verdict.PASS: 'pass'>)
        """
        return tuple((name, self._verdict_in(name)) for name in self.profiles)

    @property
    def new_findings(self) -> tuple[Finding, ...]:
        """Those that decide: all, but for those that a baseline knows."""
        return tuple(finding for finding in self.findings if finding.known is not True)

    @property
    def new_not_judged(self) -> tuple[NotJudged, ...]:
        """What was not judged, but for what a baseline knows not to have been."""
        return tuple(skipped for skipped in self.not_judged if skipped.known is not True)

    @property
    def known_not_judged(self) -> tuple[NotJudged, ...]:
        """What a baseline knows not to have been judged, since the asset failed."""
        return tuple(skipped for skipped in self.not_judged if skipped.known is True)

    @property
    def counts_as(self) -> Verdict:
        """The verdict without what a baseline knows, which is what a run is judged by.

        Of an asset that is known to fail it is `pass`, and `unjudged` where rules were not judged that were
        when the baseline was written; `verdict` stays `fail`.
        """
        return verdict_of(self.new_findings, self.new_not_judged)

    @property
    def is_known_to_fail(self) -> bool:
        """Whether it fails, and a baseline knows all that weighs; its verdict stays `fail`."""
        return self.verdict is Verdict.FAIL and self.counts_as is Verdict.PASS

    @property
    def has_news(self) -> bool:
        """Whether there is a finding, or an obstacle to the verdict, that no baseline knows."""
        return bool(self.new_findings) or self.counts_as is not Verdict.PASS

    def _verdict_in(self, profile: str) -> Verdict:
        return verdict_of(
            tuple(finding for finding in self.findings if finding.profile == profile),
            tuple(skipped for skipped in self.not_judged if skipped.profile == profile),
        )


class Tool(msgspec.Struct, frozen=True):
    """Who made a report."""

    name: str
    version: str


class ProfileInfo(msgspec.Struct, frozen=True):
    """Which limits a report judges by; `checked` is the day they were last compared with `source`."""

    name: str
    title: str
    checked: str
    source: str


class Known(msgspec.Struct, frozen=True):
    """What a baseline knows: `findings` that were found again, and `assets` that fail by nothing else."""

    findings: int = 0
    assets: int = 0


class Summary(msgspec.Struct, frozen=True):
    """Counts over a whole run. What a `baseline` knows is counted there and nowhere else.

    >>> Summary().add(AssetReport(Asset("a.png", "a.png"), Facts())).passed
    1
    """

    assets: int = 0
    passed: int = 0
    failed: int = 0
    unjudged: int = 0
    errors: int = 0
    warnings: int = 0
    notes: int = 0
    baseline: Known | UnsetType = UNSET

    def add(self, result: AssetReport) -> Summary:
        """These counts and one asset more."""
        severities = [finding.severity for finding in result.new_findings]
        known_to_fail = result.is_known_to_fail
        return Summary(
            assets=self.assets + 1,
            passed=self.passed + (result.verdict is Verdict.PASS),
            failed=self.failed + (result.counts_as is Verdict.FAIL),
            unjudged=self.unjudged + (result.counts_as is Verdict.UNJUDGED),
            errors=self.errors + severities.count(Severity.ERROR),
            warnings=self.warnings + severities.count(Severity.WARNING),
            notes=self.notes + severities.count(Severity.NOTE),
            baseline=self._known(result, known_to_fail),
        )

    def _known(self, result: AssetReport, known_to_fail: bool) -> Known | UnsetType:
        if all(finding.known is UNSET for finding in result.findings):
            return self.baseline
        before = Known() if self.baseline is UNSET else self.baseline
        known = len(result.findings) - len(result.new_findings)
        return Known(before.findings + known, before.assets + known_to_fail)
