"""What `validator identify` prints for people: the facts of each asset, and which profiles it fits."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UnsetType

from validator.findings import AssetReport, Finding, Severity, Summary, Tool, Verdict
from validator.identify import Fit, fits, is_identified
from validator.intake.url import displayed
from validator.profile import Profile
from validator.report.base import Look
from validator.report.columns import columns_of, padded, shortened, wrapped
from validator.report.escape import printable
from validator.report.fact_rows import fact_groups
from validator.report.headline import headline
from validator.report.paint import Page

_TITLE, _CELL = " " * 2, " " * 4
_GAP = " " * 2
_NARROWEST = 16  # columns of a value: where there are fewer, it stands below its label
_VERDICTS = {
    Verdict.PASS: ("fits", "pass"),
    Verdict.FAIL: ("does not fit", "fail"),
    Verdict.UNJUDGED: ("not judged", "not judged"),
}
_WARNED = ("fits, with warnings", "warning")


class IdentityText:
    """A block for each asset: groups of facts, then a line for each profile; an empty line behind it."""

    def __init__(self, look: Look) -> None:
        self._page = Page(look)
        self._profiles: tuple[Profile, ...] = ()

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:  # noqa: ARG002 - people know what they called
        """Nothing: it begins with the first asset."""
        self._profiles = profiles
        return ""

    def asset(self, result: AssetReport) -> str:
        """The block of one asset: of what is no media, or cannot be had, why that is."""
        problems = () if is_identified(result) else _problems(result)
        if problems:
            return "".join(f"{line}\n" for line in (*self._unidentified(result, problems), ""))
        return "".join(
            f"{line}\n" for line in (*self._header(result), *self._facts(result), *self._fits(result), "")
        )

    def finish(self, summary: Summary) -> str:  # noqa: ARG002 - nothing is counted
        """Nothing: it is no lint."""
        return ""

    def _unidentified(self, result: AssetReport, problems: tuple[Finding, ...]) -> Iterator[str]:
        for at, problem in enumerate(problems):
            said = printable(problem.message)
            yield from self._page.lines(_TITLE, said, len(_CELL)) if at else self._titled(result, said)
            if problem.help:
                yield from self._page.lines(f"{_TITLE}help: ", printable(problem.help), len(_CELL))

    def _header(self, result: AssetReport) -> Iterator[str]:
        yield from self._titled(
            result, printable(headline(result.facts)) if is_identified(result) else "not identified"
        )

    def _titled(self, result: AssetReport, said: str) -> Iterator[str]:
        target = printable(displayed(result.target, is_url=result.asset.is_url))
        if self._page.width is not None:
            target = shortened(target, self._page.width - 1)
        first, *rest = self._page.lines(f"{target}: ", said, len(_CELL))
        yield self._page.paint(target, "target") + first[len(target) :]
        yield from rest

    def _facts(self, result: AssetReport) -> Iterator[str]:
        groups = [
            (title, [(printable(label), printable(said)) for label, said in rows])
            for title, rows in fact_groups(result.facts)
        ]
        room = max((columns_of(label) for _, rows in groups for label, _ in rows), default=0)
        for title, rows in groups:
            yield _TITLE + title
            for label, said in rows:
                yield from self._row(_CELL + padded(label, room) + _GAP, said)

    def _fits(self, result: AssetReport) -> Iterator[str]:
        found = list(fits(result, self._profiles))
        room = max(columns_of(printable(fit.profile)) for fit in found)
        longest = max(len(_verdict(fit)[0]) for fit in found)
        yield f"{_TITLE}profiles"
        for fit in found:
            word, style = _verdict(fit)
            start = _CELL + padded(printable(fit.profile), room) + _GAP
            first, *rest = self._row(start + f"{word:{longest}}" + _GAP, _codes(fit))
            yield start + self._page.paint(word, style) + first[len(start) + len(word) :]
            yield from rest

    def _row(self, start: str, said: str) -> list[str]:
        width = self._page.width
        if width is None:
            return [(start + said).rstrip()]
        if width - columns_of(start) < _NARROWEST:
            below = wrapped(said, width, _CELL + _GAP, _CELL + _GAP, whole=True) if said else []
            return [start.rstrip(), *below]
        return wrapped(said, width, start, " " * columns_of(start), whole=True) if said else [start.rstrip()]


def _verdict(fit: Fit) -> tuple[str, str]:
    """The verdict in words, and how it is painted: limits that others tell of only warn."""
    return _WARNED if fit.warnings and fit.verdict is Verdict.PASS else _VERDICTS[fit.verdict]


def _problems(result: AssetReport) -> tuple[Finding, ...]:
    """Why nobody can say what an asset is: the errors that every profile finds, or else any, each once."""
    errors = [finding for finding in result.findings if finding.severity is Severity.ERROR]
    found: dict[str, set[str | UnsetType]] = {}
    for finding in errors:
        found.setdefault(finding.code, set()).add(finding.profile)
    everywhere = {code for code, profiles in found.items() if len(profiles) >= len(result.profiles)}
    shown = {finding.code: finding for finding in reversed(errors) if finding.code in (everywhere or found)}
    return tuple(reversed(shown.values()))


def _codes(fit: Fit) -> str:
    """The codes that make a verdict, and those of warnings."""
    if fit.verdict is Verdict.PASS:
        return ", ".join(fit.warnings)
    decisive = fit.errors if fit.verdict is Verdict.FAIL else fit.not_judged
    named = [", ".join(decisive)]
    if fit.warnings:
        named.append(f"warning{'' if len(fit.warnings) == 1 else 's'}: {', '.join(fit.warnings)}")
    return "; ".join(named)
