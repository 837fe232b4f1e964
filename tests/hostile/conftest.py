"""Counts in the test output which rows of the list of hostile inputs were covered, and how that went."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from tests.hostile.rows import ROWS, row_of

_COUNTED = ("passed", "failed", "error", "xfailed", "xpassed", "skipped")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: rows covered, and each row that did not simply pass."""
    outcomes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for outcome in _COUNTED:
        for report in terminalreporter.stats.get(outcome, ()):
            row = row_of(report.nodeid)
            if row is not None:
                outcomes[row][outcome] += 1
    if not outcomes:
        return
    terminalreporter.section("hostile inputs")
    terminalreporter.write_line(f"rows covered: {len(outcomes)} of {len(ROWS)}")
    for outcome in _COUNTED:
        rows = [row for row in sorted(outcomes) if outcomes[row][outcome]]
        if rows:
            terminalreporter.write_line(f"{outcome}: {len(rows)} rows ({_ranges(rows)})")


def _ranges(rows: list[int]) -> str:
    """Rows that follow each other, as a range."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in spans)
