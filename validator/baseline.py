"""A baseline: the findings that are known already, so that only what is new decides. Pure: no files.

A finding is the same one where the bytes, the rule's code, the fact and the profile are; so a file that is
renamed or moved keeps it, and one that changes loses it. What an asset that fails could not be judged by, as
a file that is no media, is known with it: by the bytes, the code, the profile and the reason. What was not
decoded, since it fails by its header already, is known beside an error that is.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import reduce
from typing import Annotated

import msgspec
from msgspec import UNSET

from validator.findings import AssetReport, Finding, NotJudged, Severity, Verdict
from validator.finished import Report
from validator.intake.url import redact
from validator.message import NOTHING_KNOWN
from validator.model import (
    ADDRESS_REFUSED,
    NOT_DECODED,
    URL_REFUSED,
    AudioFacts,
    Facts,
    FileFacts,
    ImageFacts,
    LinkFacts,
    VideoFacts,
)
from validator.people import LikenessFacts
from validator.probe.media import why_unopened
from validator.report.escape import encodable
from validator.report.outcome import by_profile

Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Query = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]
Subject = tuple[str, ...]
"""What an entry is about: ("sha256", digest), or ("target", target) and the query of a URL."""
Key = tuple[Subject, str, str, str, str, str]
"""What makes two findings the same one: subject, code, fact and profile, then value and place if they do."""
Reason = tuple[Subject, str, str]
"""What makes two reasons the same one: subject, profile, and the reason."""
Ran = Callable[[AssetReport, str], Collection[str]]
"""The codes of the rules that ran for an asset, by the name of a profile."""

_OF_THE_LINK = frozenset(LinkFacts.__struct_fields__)
_OF_THE_SET = frozenset({"duplicate", *LikenessFacts.__struct_fields__})  # what others of the run say of it
_NOT_GOT = frozenset({"access", "reach"})  # nothing is known of what could not be read
_OF_THE_BYTES = frozenset(
    {
        "*",
        *FileFacts.__struct_fields__,
        *ImageFacts.__struct_fields__,
        *VideoFacts.__struct_fields__,
        *AudioFacts.__struct_fields__,
    }
)
_DAMAGED = frozenset({"truncated", "corrupt", "without-content"})  # a crash may be the decoder's own
_BURST = frozenset({"pixels", "frames", "metadata"})  # time and memory are of a machine, and of a day


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One known finding. With `sha256`, it is of these bytes, and `target` only says where they lay.

    Without `sha256` it is of the target: a file that cannot be read has no digest, and what is wrong with an
    address is not wrong with the bytes. Of a URL with a query, which is not kept, `query` is a short digest.
    What other assets say of this one (`duplicate`, `face_distance`) is of bytes and target. `value` is what
    was found, where that is a word. A finding that weighs more than `severity` is a new one.
    """

    target: str
    code: str
    fact: str
    severity: Severity
    profile: str
    sha256: Sha256 | None = None
    query: Query | None = None
    value: str = ""

    @property
    def subject(self) -> Subject:
        """What it is about.

        >>> Entry("a.png", "FIL005", "integrity", Severity.ERROR, "seedance-2.0").subject
        ('target', 'a.png')
        """
        return _subject(self.target, self.sha256, self.query)

    @property
    def key(self) -> Key:
        """What makes another finding the same one."""
        place = f"{self.target} {self.query or ''}" if self.fact in _OF_THE_SET else ""
        return self.subject, self.code, self.fact, self.profile, self.value, place


class UnjudgedEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """Rules that one profile could not apply to an asset that fails by it, since it is what it is.

    `target`, `sha256` and `query` are as in an entry. Another reason is a new one.
    """

    target: str
    codes: tuple[str, ...]
    reason: str
    profile: str
    sha256: Sha256 | None = None
    query: Query | None = None

    @property
    def key(self) -> Reason:
        """What makes another reason the same one."""
        return _subject(self.target, self.sha256, self.query), self.profile, self.reason


class Baseline:
    """Known findings, and what could not be judged beside them. Never changes.

    `profiles`: the names of those that the run judged by.

    >>> import validator
    >>> report = validator.lint(["fixtures/media/empty.jpg"])
    >>> known = Baseline.of(report)
    >>> [(entry.code, entry.target) for entry in known.entries]
    [('FIL002', 'fixtures/media/empty.jpg')]
    >>> known.applied(report).raise_for_errors().assets[0].verdict.value  # known, and still what it is
    'fail'

    What a known error kept from being decoded is known, too; with `Config(all_findings=True)` all is decoded.

    >>> report = validator.lint(["fixtures/media/image-299x400.png"])
    >>> [finding.code for finding in report.assets[0].findings], report.assets[0].not_judged[0].code
    (['IMG003'], 'FIL005')
    >>> Baseline.of(report).applied(report).raise_for_errors().summary.baseline.assets
    1
    """

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        profiles: Iterable[str] = (),
        not_judged: Iterable[UnjudgedEntry] = (),
    ) -> None:
        self.profiles = tuple(profiles)
        self._not_judged = reduce(_joined, not_judged, dict[Reason, UnjudgedEntry]())
        self._entries = reduce(_taken, entries, dict[Key, Entry]())
        self._subjects: dict[Subject, list[Entry]] = {}
        for entry in self._entries.values():
            self._subjects.setdefault(entry.subject, []).append(entry)

    @classmethod
    def of(cls, report: Report) -> Baseline:
        """The findings of a report, those that were known before among them; see `can_be_known`."""
        names = [encodable(profile.info.name) for profile in report.profiles]
        return cls(
            (entry for result in report for entry in entries_of(result, names[0]) if can_be_known(entry)),
            names,
            (entry for result in report for entry in unjudged_entries_of(result, names[0])),
        )

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them, each once, in the order of their targets."""
        return tuple(sorted(self._entries.values(), key=_order))

    @property
    def not_judged(self) -> tuple[UnjudgedEntry, ...]:
        """What could not be judged of assets that fail, each once, in the order of their targets."""
        return tuple(sorted(self._not_judged.values(), key=_order_of_unjudged))

    def without(self, other: Baseline) -> tuple[Entry, ...]:
        """The entries that another baseline has not."""
        return tuple(entry for entry in self.entries if entry.key not in other._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Baseline):
            return NotImplemented
        return vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # nobody keeps them in a set

    def marked(self, result: AssetReport, profile: str) -> AssetReport:
        """The asset with each finding, and each rule not judged, marked as known or new.

        Nothing else of it changes. `profile` is the main profile's name, by which a finding is that names
        none.
        """
        findings = tuple(
            msgspec.structs.replace(finding, known=self._knows(finding, entry))
            for finding, entry in zip(result.findings, entries_of(result, profile), strict=True)
        )
        excused = {
            (entry.profile, entry.reason, code)
            for entry in unjudged_entries_of(result, profile)
            if entry.key in self._not_judged
            for code in entry.codes
            if code in self._not_judged[entry.key].codes
        }
        failing = {
            _profile(finding, profile)
            for finding in findings
            if finding.known is True and finding.severity is Severity.ERROR
        }
        not_judged = tuple(
            msgspec.structs.replace(
                skipped,
                known=_as_entered(skipped, profile) in excused
                or (skipped.is_spared and _profile(skipped, profile) in failing),
            )
            for skipped in result.not_judged
        )
        return dataclasses.replace(result, findings=findings, not_judged=not_judged)

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
        known = self._entries.get(entry.key) if can_be_known(entry) else None
        return known is not None and finding.severity.rank <= known.severity.rank


def can_be_known(entry: Entry) -> bool:
    """Whether it is of something that was read: neither a missing file nor a link that leads nowhere is.

    >>> can_be_known(Entry("a.png", "FIL001", "access", Severity.ERROR, "seedance-2.0", value="missing"))
    False
    """
    return entry.fact not in _NOT_GOT


def entries_of(result: AssetReport, profile: str) -> Iterator[Entry]:
    """What a baseline keeps of an asset's findings: one entry for each. `profile`: the main one's name."""
    target, query = _target(result), _query(result)
    for finding in result.findings:
        fact = finding.measured.fact
        digest = None if fact in _OF_THE_LINK else result.facts.file.sha256
        yield Entry(
            target=target,
            code=encodable(finding.code),
            fact=fact,
            severity=finding.severity,
            profile=_profile(finding, profile),
            sha256=digest,
            query=query if digest is None or fact in _OF_THE_SET else None,
            value=_word(finding),
        )


def unjudged_entries_of(result: AssetReport, profile: str) -> Iterator[UnjudgedEntry]:
    """What a baseline keeps of what was not judged: what weighs, and only where the profile has errors.

    Only what follows from the bytes, or from an address that is refused, is kept: what a network, a machine
    or a run's own choice kept from being judged, another run may judge.
    """
    target, query, digest = _target(result), _query(result), result.facts.file.sha256
    lasting = _lasting(result.facts)
    for alone in by_profile(result).values():
        if alone.verdict is not Verdict.FAIL or _NOT_GOT & {each.measured.fact for each in alone.findings}:
            continue
        by_reason: dict[tuple[str, str], dict[str, None]] = {}
        for skipped in alone.not_judged:
            if skipped.severity is Severity.ERROR and _lasts(skipped, lasting, digest):
                name, reason, code = _as_entered(skipped, profile)
                by_reason.setdefault((name, reason), {})[code] = None
        for (name, reason), codes in by_reason.items():
            yield UnjudgedEntry(
                target=target,
                codes=tuple(sorted(codes)),
                reason=reason,
                profile=name,
                sha256=digest,
                query=query if digest is None else None,
            )


def _lasts(skipped: NotJudged, lasting: frozenset[str], digest: str | None) -> bool:
    """Whether another run on the same asset could say nothing else: reasons may name facts in brackets."""
    if digest is not None and NOTHING_KNOWN in skipped.reason:  # measured, and unlike all that is known
        return True
    return any(skipped.reason == words or skipped.reason.startswith(f"{words} (") for words in lasting)


def _lasting(facts: Facts) -> frozenset[str]:
    """The reasons that facts are missing for, as far as they follow from the bytes or the address.

    >>> file = FileFacts(sha256="ab", content="empty")
    >>> _lasting(Facts(file=file, unmeasured={"*": "the file is no media"}))
    frozenset({'the file is no media'})
    """
    file, why = facts.file, facts.unmeasured.get("*")
    if file.sha256 is None:
        refused = facts.link is not None and _is_refused(facts.link)
        return frozenset({why} & {ADDRESS_REFUSED, URL_REFUSED} if why and refused else ())
    if facts.media is None and file.content is not None:  # no media, or of a format that is not opened
        return frozenset({why} if why else ())
    unopened = why_unopened(file.format) if file.format else ""  # maybe opened for another profile
    reasons = {unopened} if unopened else set()
    video = facts.media if isinstance(facts.media, VideoFacts) else VideoFacts()
    burst = file.expansion in _BURST
    if burst or file.integrity in _DAMAGED or video.codec_support == "encrypted" or video.tracks == "none":
        of_it = {words for name, words in facts.unmeasured.items() if name in _OF_THE_BYTES}
        reasons |= of_it if burst else of_it - NOT_DECODED
    return frozenset(reasons)


def _is_refused(link: LinkFacts) -> bool:
    """Whether nothing was asked of any host, since the address is what it is."""
    if link.reach is not None or link.redirects not in (None, "none"):
        return False
    by_form = link.scheme in ("malformed", "other") or link.port == "refused"
    return by_form or link.host in ("private", "forbidden")


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
        about = self._baseline.about(_subject(target, None, _query(result)))
        if digest is not None:
            about += self._baseline.about(_subject(target, digest, None))
            self._digests.add(digest)
        unjudged = {(skipped.profile or self._profiles[0], skipped.code) for skipped in result.not_judged}
        for entry in about:
            if entry.fact in _OF_THE_SET and entry.target != target:  # of another asset with the same bytes
                continue
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


def _joined(entries: dict[Reason, UnjudgedEntry], entry: UnjudgedEntry) -> dict[Reason, UnjudgedEntry]:
    """Of two entries alike, all codes, the first target and the first reason."""
    before = entries.setdefault(entry.key, entry)
    entries[entry.key] = msgspec.structs.replace(
        entry,
        target=min(before.target, entry.target),
        codes=tuple(sorted({*before.codes, *entry.codes})),
        reason=min(before.reason, entry.reason),
    )
    return entries


def _order(entry: Entry) -> tuple[str, ...]:
    subject = (entry.sha256 or "", entry.query or "")
    return entry.target, entry.code, entry.fact, entry.profile, *subject, entry.value


def _order_of_unjudged(entry: UnjudgedEntry) -> tuple[str, ...]:
    return entry.target, entry.profile, entry.reason, entry.sha256 or "", entry.query or ""


def _subject(target: str, sha256: str | None, query: str | None) -> Subject:
    if sha256 is not None:
        return "sha256", sha256
    return ("target", target) if query is None else ("target", target, query)


def _profile(said: Finding | NotJudged, main: str) -> str:
    return encodable(main if said.profile is UNSET else said.profile)


def _as_entered(skipped: NotJudged, main: str) -> tuple[str, str, str]:
    """Profile, reason and code, as a baseline writes them."""
    return _profile(skipped, main), encodable(skipped.reason), encodable(skipped.code)


def _word(finding: Finding) -> str:
    """What was found, where it is a text or one of a few words; numbers are none, as those of a network."""
    return encodable(redact(finding.measured.exact)) if isinstance(finding.measured.value, str) else ""


def _query(result: AssetReport) -> str | None:
    """A short digest of a URL's query, which says what is asked for, and may hold secrets."""
    query = result.asset.location.partition("?")[2].partition("#")[0] if result.asset.is_url else ""
    return hashlib.sha256(query.encode("utf-8", "backslashreplace")).hexdigest()[:16] if query else None


def _target(result: AssetReport) -> str:
    """The target as reports show it, a path in one spelling on all systems; surrogates cannot be written."""
    if result.asset.is_url:
        return encodable(result.target)
    plain = os.path.normpath(result.target) if result.target else ""
    return encodable(plain.replace(os.sep, "/"))
