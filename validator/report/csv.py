"""The report as a table: a row for each finding, and one for each asset (and profile) without any.

The columns are a contract: more may come behind them. The table is that of RFC 4180: commas, quotes where
they are needed, lines that end with CR LF; a cell never has several lines. What a spreadsheet would take for
a formula, a date or a fraction begins with an apostrophe instead, and so does what begins with an apostrophe:
whoever reads the table with a program removes one from the start of a cell. Numbers are written as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from msgspec import UNSET

from validator.findings import AssetReport, Finding, Summary, Tool
from validator.profile import Profile
from validator.report.escape import csv_cell
from validator.report.outcome import by_profile
from validator.report.place import named

COLUMNS = (
    "target",
    "source",
    "kind",
    "role",
    "sha256",
    "bytes",
    "profile",
    "verdict",
    "severity",
    "code",
    "rule",
    "message",
    "help",
    "fact",
    "measured",
    "unit",
    "min",
    "max",
    "one_of",
    "side",
    "by",
    "prevents",
    "limit_source",
    "known",
    "not_judged",
)
"""`measured`, `min`, `max` and `by` are exact. `verdict` is that of the row's profile. `known`: whether a
baseline holds the finding. `not_judged`: the codes of the rules that could not be applied to the asset."""


class CsvFormat:
    """A head, and rows."""

    def __init__(self) -> None:
        self._main = ""

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> str:  # noqa: ARG002 - no place for the tool
        """The names of the columns."""
        self._main = profiles[0].info.name
        return _line(COLUMNS)

    def asset(self, result: AssetReport) -> str:
        """The rows of one asset."""
        return "".join(
            _line([row.get(column, "") for column in COLUMNS])
            for name, alone in by_profile(result, self._main).items()
            for row in _rows(alone, name)
        )

    def finish(self, summary: Summary) -> str:  # noqa: ARG002 - no place for counts
        """Nothing."""
        return ""


def _rows(result: AssetReport, profile: str) -> Iterator[dict[str, str]]:
    file = result.facts.file
    about = {
        "target": named(result),
        "source": result.asset.source,
        "kind": result.facts.kind or "",
        "role": result.asset.role or "",
        "sha256": file.sha256 or "",
        "bytes": "" if file.bytes is None else str(file.bytes),
        "profile": profile,
        "verdict": result.verdict.value,
        "not_judged": " ".join(each.code for each in result.not_judged),
    }
    for finding in result.findings:
        yield about | _cells(finding)
    if not result.findings:
        yield about


def _cells(finding: Finding) -> dict[str, str]:
    limit = finding.limit
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "rule": finding.name,
        "message": finding.message,
        "help": finding.help,
        "fact": finding.measured.fact,
        "measured": finding.measured.exact,
        "unit": finding.measured.unit,
        "min": limit.min or "",
        "max": limit.max or "",
        "one_of": " ".join(limit.one_of),
        "side": limit.side,
        "by": limit.by or "",
        "prevents": " ".join(finding.prevents),
        "limit_source": limit.source,
        "known": "" if finding.known is UNSET else str(finding.known).lower(),
    }


def _line(cells: list[str] | tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(map(csv_cell, cells))
    return out.getvalue()
