"""The report for people: one block for each asset, in it the worst first, and a line that sums up."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import UNSET

from validator.findings import AssetReport, Finding, Known, NotJudged, Severity, Summary, Tool, Verdict
from validator.intake.url import displayed
from validator.model import SPARED_BYTES
from validator.profile import Profile
from validator.report.base import Look, counts
from validator.report.columns import aligned, columns_of, shortened
from validator.report.escape import printable
from validator.report.headline import headline
from validator.report.outcome import FindingCount, Said, by_profile, obstacles, said_once, unjudged_once
from validator.report.paint import Page

if TYPE_CHECKING:
    from validator.report.statistics import Statistics

_COLUMN = 10  # where codes begin: "  warning " is the widest of what stands before them
_TOGETHER = "\N{NO-BREAK SPACE}"
_VERDICTS = {Verdict.PASS: "pass", Verdict.FAIL: "fail", Verdict.UNJUDGED: "not judged"}
WITH_WARNINGS = ", with warnings"
_NOT_DECODED = ("  not decoded: ", "it fails by its header already (--all-findings decodes it)")
_NOT_DOWNLOADED = (
    "  not downloaded whole: ",
    "it fails by its first bytes already (--all-findings does that)",
)
_IN_PROFILES = {  # what several profiles say, and how each is painted
    "pass": ("fits", "pass"),
    "pass" + WITH_WARNINGS: ("fits" + WITH_WARNINGS, "warning"),
    "fail": ("fails", "fail"),
    "known to fail": ("known to fail", "known to fail"),
    "not judged": ("not judged", "not judged"),
}


class TextFormat:
    """Assets with something to say, each with its findings, and a summary.

    A finding is one line (wrapped where a terminal's width is given), followed by its help, and with
    `explain` by the rule's reason, limit and source. Passing assets about which there is nothing to say are
    counted, not listed, unless `show_passing`, which also lists every measured value. With `statistics`,
    rules are counted and no assets listed. With `quiet` only what decides the outcome is left: findings at
    or above the failing severity and what kept an asset from being judged; no help, no summary, and nothing
    at all where all is well. What a baseline knows is counted, and listed with `show_passing` alone.

    Of several profiles, each asset says which it fits, a finding names those that have it unless all do,
    and the end counts for each.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._page = Page(look)
        self._paint = self._page.paint
        self._profiles: tuple[Profile, ...] = ()
        self._summaries: dict[str, Summary] = {}
        self._tally = FindingCount()
        self._statistics = _statistics(look) if look.statistics else None

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:  # noqa: ARG002 - people know what they called
        """Nothing: the report begins with the first asset."""
        self._profiles = profiles
        return ""

    def asset(self, result: AssetReport) -> str:
        """The block of one asset, with an empty line behind it; empty where there is nothing to say."""
        self._tally.add(result)
        if result.profiles:
            for name, alone in by_profile(result).items():
                self._summaries[name] = self._summaries.get(name, Summary()).add(alone)
        if self._statistics is not None:
            self._statistics.add(result)
            return ""
        if result.is_known_to_fail and not result.has_news and not self._lists_all:
            return ""
        lines = [*self._findings(result), *self._not_judged(result)]
        if not lines and not self._lists_all:
            return ""
        if self._lists_all:
            from validator.report import text_readings

            lines.extend(text_readings.lines(result, self._profiles, self._page))
        return "\n".join([self._header(result), *self._fits(result), *lines]) + "\n\n"

    def finish(self, summary: Summary) -> str:
        """The line that sums up, and one for each profile where there are several."""
        lines: list[str] = []
        if self._statistics is not None:
            from validator.report import text_statistics

            explain = self._profiles if self._look.explain and not self._look.quiet else ()
            lines.extend(text_statistics.lines(self._statistics, self._page, explain))
            if lines and not self._look.quiet:
                lines.append("")
        if not self._look.quiet:
            # Statistics count by profile, and so does what sums them up; a list has each finding once.
            counted = summary if self._statistics is not None else self._tally.of(summary)
            said = sentence(counted, self._look.counted, self._tally.stopped)
            lines.extend(self._page.lines("", said, 4))
            rows = [(f"  {name}", tallied(of_it)) for name, of_it in self._summaries.items()]
            lines.extend(aligned(rows, self._page.width))
        return "".join(f"{line}\n" for line in lines)

    @property
    def _lists_all(self) -> bool:
        return self._look.show_passing and not self._look.quiet

    def _header(self, result: AssetReport) -> str:
        target = printable(displayed(result.target, is_url=result.asset.is_url))
        verdict = in_words(result)
        if self._page.width is not None:
            target = shortened(target, self._page.width - columns_of(f": {verdict}"))
        facts = printable(headline(result.facts))
        about = verdict.replace(" ", _TOGETHER)
        if facts:  # a number stays with its unit
            about += f" ({facts.replace(' ', _TOGETHER).replace(f',{_TOGETHER}', ', ')})"
        text = "\n".join(self._page.lines(f"{target}: ", about, 4)).replace(_TOGETHER, " ")
        # Painted after wrapping, so that escape codes do not count as columns.
        rest = text[len(target) + 2 + len(verdict) :]
        return f"{self._paint(target, 'target')}: {self._paint(verdict, verdict)}{rest}"

    def _fits(self, result: AssetReport) -> Iterator[str]:
        if not self._look.quiet:
            yield from fits(result, self._page)

    def _findings(self, result: AssetReport) -> Iterator[str]:
        findings = sorted(
            result.findings if self._lists_all else result.new_findings,
            key=lambda finding: (finding.known is True, -finding.severity.rank),
        )
        shown = [
            said
            for said in said_once(findings, result)
            if not self._look.quiet or counts(said.finding.severity, self._look.fail_on)
        ]
        for said, following in itertools.zip_longest(shown, shown[1:]):
            yield from self._finding(said)
            if not self._look.quiet:
                yield from self._below(said, following)

    def _finding(self, said: Said) -> Iterator[str]:
        finding, severity = said.finding, said.finding.severity.value
        label = f"  {severity:<{_COLUMN - 2}}{finding.code} {finding.name}  "
        known = " (known)" if finding.known is True else ""
        text = _named(said.profiles) + printable(finding.message) + known
        first, *rest = self._page.lines(label, text, _COLUMN)
        if finding.severity is Severity.NOTE:  # all of it is dim; of the others the first word is coloured
            yield from (self._paint(line, "note") for line in (first, *rest))
        else:
            yield "  " + self._paint(severity, severity) + first[2 + len(severity) :]
            yield from rest

    def _below(self, said: Said, following: Said | None) -> Iterator[str]:
        """What to do, and why; what holds for the next one too, as of width and height, is said there."""
        finding = said.finding
        if finding.help and (following is None or following.finding.help != finding.help):
            yield from self._help(finding)
        after = following and (following.finding.code, following.profiles)
        if self._look.explain and after != (finding.code, said.profiles):
            yield from self._explanation(said)

    def _help(self, finding: Finding) -> Iterator[str]:
        first, *rest = self._page.lines(" " * _COLUMN + "help: ", printable(finding.help), _COLUMN)
        style = "aside" if finding.severity is Severity.NOTE else "help"
        yield " " * _COLUMN + self._paint("help:", style) + first[_COLUMN + len("help:") :]
        yield from rest

    def _explanation(self, said: Said) -> Iterator[str]:
        from validator.report.explain import explained

        whose = [each for each in self._profiles if not said.profiles or each.info.name in said.profiles]
        yield from explained(said.finding.code, whose, self._page, _COLUMN)

    def _not_judged(self, result: AssetReport) -> Iterator[str]:
        shown = obstacles(result) if self._look.quiet else result.new_not_judged
        shown = result.not_judged if self._lists_all else shown
        for each in unjudged_once((skipped for skipped in shown if not skipped.is_spared), result):
            known = " (known)" if each.known else ""
            said = f"{_named(each.profiles)}{', '.join(each.codes)}: {printable(each.reason)}{known}"
            for line in self._page.lines("  not judged: ", said, _COLUMN):
                yield self._paint(line, "aside")
        yield from self._spared(shown)

    def _spared(self, not_judged: Iterable[NotJudged]) -> Iterator[str]:
        """That more may be wrong, in one line: which rules wait for it says nothing of the asset."""
        reasons = [skipped.reason for skipped in not_judged if skipped.is_spared]
        if reasons:
            whole = not any(reason.startswith(SPARED_BYTES) for reason in reasons)
            label, text = _NOT_DECODED if whole else _NOT_DOWNLOADED
            for line in self._page.lines(label, text, _COLUMN):
                yield self._paint(line, "aside")


def _statistics(look: Look) -> Statistics:
    from validator.report.statistics import Statistics

    return Statistics(look)


def in_words(result: AssetReport) -> str:
    """What an asset counts as.

    >>> from validator.model import Asset, Facts
    >>> in_words(AssetReport(Asset("a.png", "a.png"), Facts()))
    'pass'
    """
    return "known to fail" if result.is_known_to_fail else _VERDICTS[result.counts_as]


def fit_in_words(result: AssetReport) -> str:
    """What one of several profiles says of an asset: many have limits that only warn, as others say so.

    >>> from validator.model import Asset, Facts
    >>> fit_in_words(AssetReport(Asset("a.png", "a.png"), Facts()))
    'pass'
    """
    warned = any(finding.severity is Severity.WARNING for finding in result.findings)
    return in_words(result) + (WITH_WARNINGS if warned and result.verdict is Verdict.PASS else "")


def fits(result: AssetReport, page: Page) -> Iterator[str]:
    """Which of several profiles the asset fits, and which it does not; nothing where there is one."""
    if not result.profiles:
        return
    found: dict[str, list[str]] = {}
    for name, alone in by_profile(result).items():
        found.setdefault(fit_in_words(alone), []).append(printable(name).replace(" ", _TOGETHER))
    styles = {word.replace(" ", _TOGETHER): style for word, style in _IN_PROFILES.values()}
    said = "; ".join(
        f"{word.replace(' ', _TOGETHER)}: {', '.join(found[verdict])}"
        for verdict, (word, _) in _IN_PROFILES.items()
        if verdict in found
    )
    words = re.compile(rf"(?<!\S)({'|'.join(styles)})(?=:)")
    for line in page.lines("  ", said, 4):
        painted = words.sub(lambda match: page.paint(match[0], styles[match[0]]), line)
        yield painted.replace(_TOGETHER, " ")


def _named(profiles: tuple[str, ...]) -> str:
    """The profiles that have a finding, before it; nothing where all have."""
    return f"[{printable(', '.join(profiles))}] " if profiles else ""


def sentence(summary: Summary, counted: str = "asset", stopped: int = 0) -> str:
    """The counts of a run in one sentence, and in another each what is known, and what was not decoded.

    >>> sentence(Summary(assets=3, passed=1, failed=1, unjudged=1, errors=2, notes=1))
    '3 assets: 1 pass, 1 fail, 1 not judged (2 errors, 1 note).'
    >>> sentence(Summary(assets=1, passed=1), "request")
    '1 request: 1 pass.'
    >>> sentence(Summary(assets=3, passed=1, failed=1, errors=1, baseline=Known(findings=2, assets=1)))
    '3 assets: 1 pass, 1 fail, 1 known to fail (1 error). 2 known findings are in the baseline.'
    >>> sentence(Summary(assets=2, failed=2, errors=3), stopped=1)
    '2 assets: 2 fail (3 errors). 1 was not decoded (--all-findings decodes it).'
    """
    known = Known() if summary.baseline is UNSET else summary.baseline
    counts_of_all = f"{_counted(summary.assets, counted)}: {tallied(summary)}."
    return " ".join((counts_of_all, *_known(known.findings), *_stopped(stopped)))


def tallied(summary: Summary) -> str:
    """Verdicts and findings, counted.

    >>> tallied(Summary(assets=3, passed=1, failed=2, errors=2, notes=1))
    '1 pass, 2 fail (2 errors, 1 note)'
    """
    known = Known() if summary.baseline is UNSET else summary.baseline
    verdicts = (
        (summary.passed, "pass"),
        (summary.failed, "fail"),
        (known.assets, "known to fail"),
        (summary.unjudged, "not judged"),
    )
    findings = ((summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note"))
    said = ", ".join(f"{number:,} {word}" for number, word in verdicts if number)
    found = ", ".join(_counted(number, word) for number, word in findings if number)
    return (said or "nothing to judge") + (f" ({found})" if found else "")


def _known(number: int) -> Iterator[str]:
    if number:
        yield f"{_counted(number, 'known finding')} {'is' if number == 1 else 'are'} in the baseline."


def _stopped(number: int) -> Iterator[str]:
    if number:
        was, them = ("was", "it") if number == 1 else ("were", "them")
        yield f"{number:,} {was} not decoded (--all-findings decodes {them})."


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
