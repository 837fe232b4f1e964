"""The report on repairs for people: what changes in each asset, where its copy lies, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from validator.findings import AssetReport, Severity
from validator.intake.url import displayed
from validator.model import Facts
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair, RepairSummary, Status
from validator.repair.plan import Change, Quality, RepairPlan
from validator.repair.position import KEPT as KEPT_POSITION
from validator.repair.words import INSTALL_FFMPEG, NO_FFMPEG
from validator.report.base import Look
from validator.report.columns import columns_of, padded, shortened
from validator.report.escape import printable
from validator.report.headline import headline
from validator.report.outcome import said_once, unjudged_once
from validator.report.paint import Page
from validator.report.repair_command import redacted, shell_lines
from validator.report.repair_format import Run
from validator.report.repair_hints import hints
from validator.report.text import fits

_INDENT = " " * 2
_BELOW = " " * 4
_GAP = " " * 2
_NARROWEST = 24  # columns of what is said of a change: where there are fewer, it stands below it
_ARROW = " → "
_TOGETHER = "\N{NO-BREAK SPACE}"

_WORDS: dict[Status, tuple[str, str]] = {
    "passes": ("passes", "pass"),
    "mended": ("mended", "pass"),
    "present": ("there already", "pass"),
    "planned": ("would be mended", "warning"),
    "impossible": ("cannot be mended", "fail"),
    "failed": ("not mended", "fail"),
    "unjudged": ("not judged", "not judged"),
}
"""What became of an asset in words, and how that is painted."""

_COUNTED: tuple[tuple[Status, str], ...] = (
    ("passes", "passing"),
    ("mended", "mended"),
    ("present", "there already"),
    ("planned", "would be mended"),
    ("impossible", "cannot be mended"),
    ("failed", "not mended"),
    ("unjudged", "not judged"),
)


_AT_THE_END = (
    (
        KEPT_POSITION,
        "warning:",
        "warning",
        "Copies that say where they were taken, as their originals do: "
        "{number:,}. --metadata drop leaves that out.",
    ),
    (NO_FFMPEG, "help:", "help", INSTALL_FFMPEG),
)
"""What concerns several assets alike, and is said of them once."""


class RepairText:
    """A block for each asset that did not pass, or was asked for more, and a line that sums up.

    What changes, before and after, stand in columns; how, and the rules that ask for it, behind them, or
    below where there is no room. With `quiet`, only what has no copy that passes is left.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._page = Page(look)
        self._dry_run = False
        self._options = RepairOptions()
        self._at_the_end = dict.fromkeys((KEPT_POSITION, NO_FFMPEG), 0)

    def start(self, run: Run) -> str:
        """Nothing: the report begins with the first asset."""
        self._dry_run, self._options = run.dry_run, run.options
        return ""

    def repair(self, repair: Repair) -> str:
        """The block of one asset; empty where there is nothing to say."""
        for each in (repair.reason, *repair.notes):
            if each in self._at_the_end:
                self._at_the_end[each] += 1
        is_well = repair.status in ("passes", "mended", "present", "planned")
        silent = repair.status == "passes" and not (repair.plan is not None and repair.plan.warnings)
        if silent or (is_well and self._look.quiet):
            return ""
        lines = [*self._header(repair), *self._plan(repair), *self._copy(repair), *self._remarks(repair)]
        return "".join(f"{line}\n" for line in (*lines, ""))

    def finish(self, summary: RepairSummary) -> str:
        """The line that sums up."""
        if self._look.quiet:
            return ""
        lines = self._page.lines("", sentence(summary), 4)
        for said, label, style, words in _AT_THE_END:
            if number := self._at_the_end[said]:
                lines += self._said(label, style, words.format(number=number))
        return "".join(f"{line}\n" for line in lines)

    def _header(self, repair: Repair) -> Iterator[str]:
        word, style = _WORDS[repair.status]
        target = printable(displayed(repair.target, is_url=repair.result.asset.is_url))
        if self._page.width is not None:
            target = shortened(target, self._page.width - columns_of(f": {word}"))
        about = _about(repair.result.facts)
        lines = self._page.lines(f"{target}: ", word.replace(" ", _TOGETHER) + about, len(_BELOW))
        text = "\n".join(lines).replace(_TOGETHER, " ")
        # Painted after wrapping, so that escape codes do not count as columns.
        rest = text[len(target) + 2 + len(word) :]
        yield f"{self._page.paint(target, 'target')}: {self._page.paint(word, style)}{rest}"

    def _plan(self, repair: Repair) -> Iterator[str]:
        plan = repair.plan
        if plan is None or repair.status == "present":  # what it says was not done
            return
        yield from self._changes(plan.changes)
        for obstacle in plan.obstacles:
            yield from self._said(printable(obstacle.code), "fail", obstacle.reason)
        for hint in () if self._look.quiet else hints(repair, self._options):
            if hint == INSTALL_FFMPEG:  # said once, at the end
                continue
            yield from self._said("help:", "help", hint)
        for warning in plan.warnings:
            yield from self._said("warning:", "warning", warning)
        if self._dry_run:
            yield from self._commands(plan)

    def _changes(self, changes: Sequence[Change]) -> Iterator[str]:
        rows = [_row(change) for change in changes]
        widths = [max((columns_of(row[at]) for row in rows), default=0) for at in range(2)]
        start = len(_INDENT) + sum(widths) + 2 * len(_GAP)
        beside = self._page.width is None or self._page.width - start >= _NARROWEST
        for what, values, how in rows:
            front = f"{_INDENT}{padded(what, widths[0])}{_GAP}"
            if beside:
                front += padded(values, widths[1]) + _GAP
                yield from map(str.rstrip, self._page.lines(front, how, columns_of(front), whole=True))
                continue
            yield from self._page.lines(front, values, len(_BELOW), whole=True)
            if how:
                yield from self._page.lines(_BELOW, how, len(_BELOW), whole=True)

    def _copy(self, repair: Repair) -> Iterator[str]:
        if repair.path is None:
            return
        said = printable(str(repair.path))
        if repair.copy is not None:
            said += _about(repair.copy.facts)
            said += _left(repair.copy)
        yield from self._said("copy:", "help", said)
        if repair.copy is not None:
            yield from fits(repair.copy, self._page)
        if repair.quality is not None:
            yield from self._said("quality:", "help", quality_in_words(repair.quality))

    def _remarks(self, repair: Repair) -> Iterator[str]:
        for note in repair.notes:
            if note == KEPT_POSITION:  # said once, at the end
                continue
            yield from self._said("note:", "aside", note)
        if not _is_told(repair):
            yield from self._said("", "aside", repair.reason)
        if repair.status == "unjudged" and not repair.reason:
            for each in unjudged_once(repair.result.not_judged, repair.result):
                yield from self._said("", "aside", f"{', '.join(each.codes)}: {each.reason}")

    def _commands(self, plan: RepairPlan) -> Iterator[str]:
        width = None if self._page.width is None else self._page.width - len(_INDENT)
        for command in plan.commands:
            for line in shell_lines(redacted(command, plan.asset), width):
                yield _INDENT + line

    def _said(self, label: str, style: str, text: str) -> Iterator[str]:
        """A sentence behind a word that is painted."""
        front = f"{_INDENT}{label} " if label else _INDENT
        first, *rest = self._page.lines(front, printable(text), len(_BELOW), whole=True)
        painted = self._page.paint(label, style) if label else ""
        text = "\n".join((first[len(_INDENT) + len(label) :], *rest)).replace(_TOGETHER, " ")
        yield f"{_INDENT}{painted}{text}"


def _left(copy: AssetReport) -> str:
    """The warnings that a copy has, with the profiles that give them where not all do."""
    warnings = [finding for finding in copy.findings if finding.severity is Severity.WARNING]
    named = [
        each.finding.code + (f" ({', '.join(each.profiles)})" if each.profiles else "")
        for each in said_once(warnings, copy)
    ]
    return printable(f", with warnings: {', '.join(dict.fromkeys(named))}") if named else ""


def _about(facts: Facts) -> str:
    """What matters of an asset, in parentheses; a number stays with its unit."""
    said = printable(headline(facts, rounded=True)).replace(" ", _TOGETHER).replace(f",{_TOGETHER}", ", ")
    return f" ({said})" if said else ""


def _is_told(repair: Repair) -> bool:
    """Whether the obstacles of the plan say all that its reason says."""
    left = repair.reason
    for obstacle in () if repair.plan is None else repair.plan.obstacles:
        left = left.replace(obstacle.reason, "")
    return not left.strip()


def _row(change: Change) -> tuple[str, str, str]:
    """What it is, before and after, and how with the rules that ask for it."""
    values = _ARROW.join(dict.fromkeys(value for value in (change.before, change.after) if value))
    codes = f"({', '.join(change.codes)})" if change.codes else ""
    how = " ".join(part for part in (change.how, codes) if part)
    return printable(change.what), printable(values), printable(how)


def quality_in_words(quality: Quality) -> str:
    """How near a copy is to its original.

    >>> quality_in_words(Quality(0.98765, 42.13, "the original scaled alike"))
    'SSIM 0.988, PSNR 42.1 dB (against the original scaled alike)'
    >>> quality_in_words(Quality(1.0, None, "the original scaled alike"))
    'nothing lost in encoding (against the original scaled alike)'
    """
    against = f" (against {quality.of})" if quality.of else ""
    if quality.psnr is None:
        return f"nothing lost in encoding{against}"
    ssim = f"{min(quality.ssim, 0.9999):.4f}".rstrip("0") if quality.ssim > 0.999 else f"{quality.ssim:.3f}"
    return f"SSIM {ssim}, PSNR {quality.psnr:.1f} dB{against}"


def sentence(summary: RepairSummary) -> str:
    """The counts of a run in one sentence.

    >>> sentence(RepairSummary(assets=4, passes=1, mended=2, impossible=1))
    '4 assets: 1 passing, 2 mended, 1 cannot be mended.'
    >>> sentence(RepairSummary())
    '0 assets: nothing to mend.'
    """
    said = ", ".join(
        f"{number:,} {word}" for status, word in _COUNTED if (number := getattr(summary, status))
    )
    return f"{summary.assets:,} asset{'' if summary.assets == 1 else 's'}: {said or 'nothing to mend'}."
