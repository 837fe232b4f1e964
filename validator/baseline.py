"""A baseline: the findings that are known already, so that only what is new decides. Pure: no files.

A finding is the same one where the bytes, the rule's code, the fact and the profile are; so a file that is
renamed or moved keeps it, and one that changes loses it.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import reduce
from typing import Annotated

import msgspec
from msgspec import UNSET

from validator.findings import AssetReport, Finding, Severity
from validator.finished import Report
from validator.model import LinkFacts
from validator.report.escape import encodable

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Subject = tuple[str, str]
"""What an entry is about: ("sha256", digest) or ("target", target)."""
Key = tuple[Subject, str, str, str]
"""Subject, code, fact and profile: what makes two findings the same one."""
Ran = Callable[[AssetReport, str], Collection[str]]
"""The codes of the rules that ran for an asset, by the name of a profile."""

_OF_THE_LINK = frozenset(LinkFacts.__struct_fields__)


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One known finding. With `sha256`, it is of these bytes, and `target` only says where they lay.

    Without `sha256` it is of the target: a file that cannot be read has no digest, and what is wrong with an
    address is not wrong with the bytes. A finding that weighs more than `severity` is a new one.
    """

    target: str
    code: str
    fact: str
    severity: Severity
    profile: str
    sha256: Sha256 | None = None

    @property
    def subject(self) -> Subject:
        """What it is about.

        >>> Entry("a.png", "FIL001", "access", Severity.ERROR, "seedance-2.0").subject
        ('target', 'a.png')
        """
        return ("target", self.target) if self.sha256 is None else ("sha256", self.sha256)

    @property
    def key(self) -> Key:
        """What makes another finding the same one."""
        return self.subject, self.code, self.fact, self.profile


class Baseline:
    """Known findings. `profiles`: the names of those that the run judged by. Never changes.

    >>> import validator
    >>> report = validator.lint(["no/such.png"])
    >>> known = Baseline.of(report)
    >>> [(entry.code, entry.target) for entry in known.entries]
    [('FIL001', 'no/such.png')]
    >>> known.applied(report).raise_for_errors().assets[0].verdict.value  # known, and still what it is
    'fail'
    """

    def __init__(self, entries: Iterable[Entry] = (), profiles: Iterable[str] = ()) -> None:
        self.profiles = tuple(profiles)
        self._entries = reduce(_taken, entries, dict[Key, Entry]())
        self._subjects: dict[Subject, list[Entry]] = {}
        for entry in self._entries.values():
            self._subjects.setdefault(entry.subject, []).append(entry)

    @classmethod
    def of(cls, report: Report) -> Baseline:
        """All findings of a report, those that were known before among them."""
        names = [encodable(profile.info.name) for profile in report.profiles]
        return cls((entry for result in report for entry in entries_of(result, names[0])), names)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, each once, in the order of their targets."""
        return tuple(sorted(self._entries.values(), key=_order))

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Baseline):
            return NotImplemented
        return (self._entries, self.profiles) == (other._entries, other.profiles)

    __hash__ = None  # type: ignore[assignment]  # nobody keeps them in a set

    def marked(self, result: AssetReport, profile: str) -> AssetReport:
        """The asset with each finding marked as known or new; nothing else of it changes.

        `profile` is the main profile's name, by which a finding is that names none.
        """
        findings = tuple(
            msgspec.structs.replace(finding, known=self._knows(finding, entry))
            for finding, entry in zip(result.findings, entries_of(result, profile), strict=True)
        )
        return dataclasses.replace(result, findings=findings)

    def applied(self, report: Report) -> Report:
        """The report with each finding marked as known or new.

        What the baseline knows is not counted and raises nothing; the verdicts stay what they are.
        """
        assets = tuple(self.marked(result, report.profile.name) for result in report)
        return dataclasses.replace(report, assets=assets)

    def about(self, subject: Subject) -> tuple[Entry, ...]:
        """The entries about some bytes, or about some target."""
        return tuple(self._subjects.get(subject, ()))

    def _knows(self, finding: Finding, entry: Entry) -> bool:
        known = self._entries.get(entry.key)
        return known is not None and finding.severity.rank <= known.severity.rank


def entries_of(result: AssetReport, profile: str) -> Iterator[Entry]:
    """What a baseline keeps of an asset: one entry a finding, and nothing of what was not judged.

    `profile` is the main profile's name.
    """
    for finding in result.findings:
        fact = finding.measured.fact
        yield Entry(
            target=_target(result),
            code=encodable(finding.code),
            fact=fact,
            severity=finding.severity,
            profile=encodable(profile if finding.profile is UNSET else finding.profile),
            sha256=None if fact in _OF_THE_LINK else result.facts.file.sha256,
        )


class Encounter:
    """Which entries of a baseline a run met, and which it would have met if they were still true.

    `ran` says which rules ran for an asset, so that no entry is missed that nobody looked for.
    """

    def __init__(self, baseline: Baseline, profiles: tuple[str, ...], ran: Ran) -> None:
        self._baseline = baseline
        self._profiles = profiles
        self._ran = ran
        self._met: set[Key] = set()
        self._missed: set[Key] = set()
        self._digests: set[str] = set()
        self._targets: set[str] = set()
        self._moved = {entry.target for entry in baseline.entries if entry.sha256 is not None}

    @property
    def is_foreign(self) -> bool:
        """Whether the baseline is of other profiles alone, so that nothing in it can be met."""
        return bool(self._baseline.profiles) and not {*self._baseline.profiles} & {*self._profiles}

    def marked(self, result: AssetReport) -> AssetReport:
        """The asset with each finding marked as known or new; what it says of the baseline is remembered."""
        target, digest = _target(result), result.facts.file.sha256
        found = {entry.key for entry in entries_of(result, self._profiles[0])}
        self._met |= found
        if target in self._moved:
            self._targets.add(target)
        about = self._baseline.about(("target", target))
        if digest is not None:
            about += self._baseline.about(("sha256", digest))
            self._digests.add(digest)
        unjudged = {(skipped.profile or self._profiles[0], skipped.code) for skipped in result.not_judged}
        for entry in about:
            looked = entry.profile in self._profiles and entry.code in self._ran(result, entry.profile)
            if looked and entry.key not in found and (entry.profile, entry.code) not in unjudged:
                self._missed.add(entry.key)
        return self._baseline.marked(result, self._profiles[0])

    @property
    def gone(self) -> tuple[Entry, ...]:
        """The entries that are no longer true, as far as this run can tell.

        Their rule ran on the same bytes (or the same target) without finding anything; or other bytes lie at
        their target, and theirs were nowhere.
        """
        return tuple(entry for entry in self._baseline.entries if self._is_gone(entry))

    def _is_gone(self, entry: Entry) -> bool:
        if entry.key in self._met or entry.profile not in self._profiles:
            return False
        replaced = (
            entry.sha256 is not None and entry.sha256 not in self._digests and entry.target in self._targets
        )
        return replaced or entry.key in self._missed


def _taken(entries: dict[Key, Entry], entry: Entry) -> dict[Key, Entry]:
    """Of two entries alike, the heavier severity and the first target: the same in whatever order."""
    before = entries.setdefault(entry.key, entry)
    heavier = max(before.severity, entry.severity, key=lambda severity: severity.rank)
    first = min(before.target, entry.target)
    entries[entry.key] = msgspec.structs.replace(entry, target=first, severity=heavier)
    return entries


def _order(entry: Entry) -> tuple[str, ...]:
    return entry.target, entry.code, entry.fact, entry.profile, entry.sha256 or ""


def _target(result: AssetReport) -> str:
    """The target as reports show it, a path in one spelling on all systems; surrogates cannot be written."""
    if result.asset.is_url:
        return encodable(result.target)
    plain = os.path.normpath(result.target) if result.target else ""
    return encodable(plain.replace(os.sep, "/"))
