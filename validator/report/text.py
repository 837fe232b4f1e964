"""The report for people: one block for each asset, in it the worst first, and a line that sums up."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable, Iterator

from msgspec import UNSET

from validator.findings import AssetReport, Finding, Known, Severity, Summary, Tool, Verdict
from validator.intake.url import displayed
from validator.profile import Profile
from validator.report.base import Look, counts
from validator.report.escape import printable
from validator.report.headline import headline

_NARROWEST = 40
_COLUMN = 10  # where codes begin: "  warning " is the widest of what stands before them
_TOGETHER = "\N{NO-BREAK SPACE}"
_VERDICTS = {Verdict.PASS: "pass", Verdict.FAIL: "fail", Verdict.UNJUDGED: "not judged"}
_STYLES: dict[str, dict[str, str | bool]] = {
    "target": {"bold": True},
    "pass": {"fg": "green"},
    "fail": {"fg": "red", "bold": True},
    "not judged": {"fg": "magenta", "bold": True},
    "known to fail": {"fg": "red"},
    "error": {"fg": "red"},
    "warning": {"fg": "yellow"},
    "note": {"dim": True},
    "help": {"fg": "cyan"},
    "aside": {"dim": True},
}


class TextFormat:
    """Assets with something to say, each with its findings, and a summary.

    A finding is one line (wrapped where a terminal's width is given), followed by its help. Passing
    assets about which there is nothing to say are counted, not listed, unless `show_passing`. With
    `quiet` only what decides the outcome is left: findings at or above the failing severity and
    what kept an asset from being judged; no help, no summary, and nothing at all where all is well.
    What a baseline knows is counted, and listed with `show_passing` alone.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._paint = _painter(color=look.color)

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:  # noqa: ARG002 - people know what they called
        """Nothing: the report begins with the first asset."""
        return ""

    def asset(self, result: AssetReport) -> str:
        """The block of one asset, with an empty line behind it; empty where there is nothing to say."""
        if result.is_known_to_fail and not self._lists_known:
            return ""
        lines = list(self._findings(result))
        lines.extend(self._not_judged(result))
        if not lines and (self._look.quiet or not self._look.show_passing):
            return ""
        return "\n".join([self._header(result), *lines]) + "\n\n"

    def finish(self, summary: Summary) -> str:
        """The line that sums up."""
        if self._look.quiet:
            return ""
        return "\n".join(self._wrapped("", sentence(summary, self._look.counted), 4)) + "\n"

    @property
    def _lists_known(self) -> bool:
        return self._look.show_passing and not self._look.quiet

    def _header(self, result: AssetReport) -> str:
        target = printable(displayed(result.target, is_url=result.asset.is_url))
        verdict = "known to fail" if result.is_known_to_fail else _VERDICTS[result.verdict]
        facts = printable(headline(result.facts))
        about = verdict.replace(" ", _TOGETHER)
        if facts:  # a number stays with its unit
            about += f" ({facts.replace(' ', _TOGETHER).replace(f',{_TOGETHER}', ', ')})"
        text = "\n".join(self._wrapped(f"{target}: ", about, 4)).replace(_TOGETHER, " ")
        # Painted after wrapping, so that escape codes do not count as columns.
        rest = text[len(target) + 2 + len(verdict) :]
        return f"{self._paint(target, 'target')}: {self._paint(verdict, verdict)}{rest}"

    def _findings(self, result: AssetReport) -> Iterator[str]:
        shown = [
            finding
            for finding in sorted(
                result.findings if self._lists_known else result.new_findings,
                key=lambda finding: (finding.known is True, -finding.severity.rank),
            )
            if not self._look.quiet or counts(finding.severity, self._look.fail_on)
        ]
        for finding, following in itertools.zip_longest(shown, shown[1:]):
            yield from self._finding(finding)
            # Where several findings want the same, as of width and height, it is said after the last.
            same_next = following is not None and following.help == finding.help
            if finding.help and not self._look.quiet and not same_next:
                yield from self._help(finding)

    def _finding(self, finding: Finding) -> Iterator[str]:
        severity = finding.severity.value
        label = f"  {severity:<{_COLUMN - 2}}{finding.code} {finding.name}  "
        known = " (known)" if finding.known is True else ""
        first, *rest = self._wrapped(label, printable(finding.message) + known, _COLUMN)
        if finding.severity is Severity.NOTE:  # all of it is dim; of the others the first word is coloured
            yield from (self._paint(line, "note") for line in (first, *rest))
        else:
            yield "  " + self._paint(severity, severity) + first[2 + len(severity) :]
            yield from rest

    def _help(self, finding: Finding) -> Iterator[str]:
        first, *rest = self._wrapped(" " * _COLUMN + "help: ", printable(finding.help), _COLUMN)
        style = "aside" if finding.severity is Severity.NOTE else "help"
        yield " " * _COLUMN + self._paint("help:", style) + first[_COLUMN + len("help:") :]
        yield from rest

    def _not_judged(self, result: AssetReport) -> Iterator[str]:
        if self._look.quiet and result.verdict is not Verdict.UNJUDGED:
            return
        by_reason: dict[str, list[str]] = {}
        for skipped in result.not_judged:
            by_reason.setdefault(skipped.reason, []).append(skipped.code)
        for reason, codes in by_reason.items():
            label = "  not judged: "
            said = f"{', '.join(codes)}: {printable(reason)}"
            for line in self._wrapped(label, said, _COLUMN):
                yield self._paint(line, "aside")

    def _wrapped(self, label: str, text: str, indent: int) -> list[str]:
        if self._look.width is None:
            return [label + text]
        lines = textwrap.wrap(
            text,
            max(self._look.width, _NARROWEST),
            initial_indent=label,
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return lines or [label]  # of a text of nothing but spaces, textwrap makes no line at all


def sentence(summary: Summary, counted: str = "asset") -> str:
    """The counts of a run in one sentence.

    >>> sentence(Summary(assets=3, passed=1, failed=1, unjudged=1, errors=2, notes=1))
    '3 assets: 1 pass, 1 fail, 1 not judged (2 errors, 1 note).'
    >>> sentence(Summary(assets=1, passed=1), "request")
    '1 request: 1 pass.'
    >>> sentence(Summary(assets=3, passed=1, failed=1, errors=1, baseline=Known(findings=2, assets=1)))
    '3 assets: 1 pass, 1 fail, 1 known to fail (1 error). 2 known findings are in the baseline.'
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
    counts_of_all = f"{_counted(summary.assets, counted)}: {said or 'nothing to judge'}" + (
        f" ({found})." if found else "."
    )
    return counts_of_all + (f" {_known(known.findings)}" if known.findings else "")


def _known(number: int) -> str:
    return f"{_counted(number, 'known finding')} {'is' if number == 1 else 'are'} in the baseline."


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _painter(*, color: bool) -> Callable[[str, str], str]:
    if not color:
        return lambda text, _: text
    from click import style

    return lambda text, name: style(text, **_STYLES[name])  # type: ignore[arg-type]  # a table of its options
