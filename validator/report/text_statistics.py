"""Statistics as people read them: a line for each rule that found something, the most frequent first."""

from __future__ import annotations

from collections.abc import Iterator

from validator.findings import Severity
from validator.profile import Profile
from validator.report.columns import blocks
from validator.report.escape import printable
from validator.report.explain import explained
from validator.report.paint import Page
from validator.report.statistics import ReasonCount, RuleCount, Statistics

_INDENT = 2


def lines(statistics: Statistics, page: Page, explain: tuple[Profile, ...] = ()) -> Iterator[str]:
    """A line for each rule, then one for each reason for which rules were not judged.

    Below each rule stands what is to be said of it where `explain` has the profiles.
    """
    rules, reasons = statistics.rules(), list(statistics.reasons())
    numbers = [*(count.findings for count in rules), *(len(count.codes) for count in reasons)]
    width = max((len(f"{number:,}") for number in numbers), default=0)
    rows = [_cells(count, width) for count in rules]
    told: set[str] = set()
    for count, row, block in zip(rules, rows, blocks(rows, page.width), strict=True):
        first, *rest = block
        worst = max(count.severities, key=lambda severity: severity.rank)
        yield page.paint(row[0], worst.value) + first[len(row[0]) :]
        yield from rest
        if explain and count.code not in told:
            told.add(count.code)
            whose = {each.profile for each in rules if each.code == count.code}
            named = [profile for profile in explain if whose & {"", profile.info.name}]
            yield from explained(count.code, named, page, width + _INDENT)
    for reason in reasons:
        label = f"{len(reason.codes):>{width},} {_rules(reason)} not judged: "
        for line in page.lines(label, _of_reason(reason), width + _INDENT):
            yield page.paint(line, "aside")


def _cells(count: RuleCount, width: int) -> tuple[str, ...]:
    rule = f"{count.findings:>{width},}  {count.code} {count.name}"
    return (rule, printable(count.profile), _severities(count), _number(count.assets, "asset"))


def _severities(count: RuleCount) -> str:
    """The severity, or how many there are of each."""
    if len(count.severities) == 1:
        return next(iter(count.severities)).value
    return ", ".join(
        _number(count.severities[severity], severity.value)
        for severity in Severity
        if severity in count.severities
    )


def _rules(count: ReasonCount) -> str:
    return "rule" if len(count.codes) == 1 else "rules"


def _of_reason(count: ReasonCount) -> str:
    codes = ", ".join(count.codes)
    return f"{printable(count.reason)} ({_number(count.assets, 'asset')}; {codes})"


def _number(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
