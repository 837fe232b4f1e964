"""What `validator identify` prints for people: the facts of each asset, and which profiles it fits."""

from __future__ import annotations

from collections.abc import Iterator

from validator.findings import AssetReport, Summary, Tool, Verdict
from validator.identify import Fit, fits
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
        """The block of one asset."""
        return "".join(
            f"{line}\n" for line in (*self._header(result), *self._facts(result), *self._fits(result), "")
        )

    def finish(self, summary: Summary) -> str:  # noqa: ARG002 - nothing is counted
        """Nothing: it is no lint."""
        return ""

    def _header(self, result: AssetReport) -> Iterator[str]:
        target = printable(displayed(result.target, is_url=result.asset.is_url))
        if self._page.width is not None:
            target = shortened(target, self._page.width - 1)
        what = printable(headline(result.facts)) if result.facts.kind else "not identified"
        first, *rest = self._page.lines(f"{target}: ", what, len(_CELL))
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


def _codes(fit: Fit) -> str:
    """The codes that make a verdict, and those of warnings."""
    if fit.verdict is Verdict.PASS:
        return ", ".join(fit.warnings)
    decisive = fit.errors if fit.verdict is Verdict.FAIL else fit.not_judged
    named = [", ".join(decisive)]
    if fit.warnings:
        named.append(f"warning{'' if len(fit.warnings) == 1 else 's'}: {', '.join(fit.warnings)}")
    return "; ".join(named)
