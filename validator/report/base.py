"""The small interface of all outputs, and the table of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from validator.errors import UsageError
from validator.findings import AssetReport, Severity, Summary, Tool
from validator.finished import Report
from validator.profile import Profile
from validator.settings import FailOn
from validator.suggest import closest, did_you_mean

Piece = str | bytes
"""A part of a report: text, or bytes where the report is none."""


class Format(Protocol):
    """One output, for one report: it comes in pieces, so that a long run streams with flat memory."""

    def start(self, tool: Tool, profiles: tuple[Profile, ...]) -> Piece:
        """What stands before the first asset; `profiles` are those that it judges by, the main one first."""

    def asset(self, result: AssetReport) -> Piece:
        """What is said of one asset; may be empty."""

    def finish(self, summary: Summary) -> Piece:
        """What stands after the last asset."""


@dataclass(frozen=True)
class Look:
    """How a report is shown to a person; formats for machines take no notice of it.

    `width` is the terminal's, in columns; `None` leaves lines as long as they are, so that `grep` finds
    whole findings. `show_passing` lists assets without findings too, and every measured value. `quiet` leaves
    only what decides the outcome. `counted` is what the run judges, in the singular. `statistics` counts by
    rule in place of listing; `explain` says below each finding its rule's reason, limit and source.
    `checkout` is the folder from which programs are told where files lie; without it, the current one.
    """

    width: int | None = None
    color: bool = False
    show_passing: bool = False
    quiet: bool = False
    fail_on: FailOn = "error"
    counted: str = "asset"
    statistics: bool = False
    explain: bool = False
    checkout: Path | None = None


def _text(look: Look) -> Format:
    from validator.report.text import TextFormat

    return TextFormat(look)


def _html(look: Look) -> Format:
    from validator.report.html import HtmlFormat

    return HtmlFormat(look)


def _json(_: Look) -> Format:
    from validator.report.json import JsonFormat

    return JsonFormat()


def _jsonl(_: Look) -> Format:
    from validator.report.jsonl import JsonLinesFormat

    return JsonLinesFormat()


def _csv(_: Look) -> Format:
    from validator.report.csv import CsvFormat

    return CsvFormat()


def _sarif(look: Look) -> Format:
    from validator.report.sarif import SarifFormat

    return SarifFormat(look)


def _github(look: Look) -> Format:
    from validator.report.github import GitHubFormat

    return GitHubFormat(look)


def _gitlab(look: Look) -> Format:
    from validator.report.gitlab import GitLabFormat

    return GitLabFormat(look)


def _junit(_: Look) -> Format:
    from validator.report.junit import JUnitFormat

    return JUnitFormat()


def _markdown(look: Look) -> Format:
    from validator.report.markdown import MarkdownFormat

    return MarkdownFormat(look)


def _parquet(_: Look) -> Format:
    from validator.arrow import check_arrow

    check_arrow("the parquet report")
    from validator.report.parquet import ParquetFormat

    return ParquetFormat()


@dataclass(frozen=True)
class Output:
    """One output in the table of them. `previews`: it shows pictures, waveforms and the like.

    `is_binary`: it is no text.
    """

    make: Callable[[Look], Format]
    previews: bool = False
    is_binary: bool = False


FORMATS: Mapping[str, Output] = MappingProxyType(
    {
        "text": Output(_text),
        "json": Output(_json),
        "jsonl": Output(_jsonl),
        "csv": Output(_csv),
        "sarif": Output(_sarif),
        "github": Output(_github),
        "gitlab": Output(_gitlab),
        "junit": Output(_junit),
        "markdown": Output(_markdown),
        "html": Output(_html, previews=True),
        "parquet": Output(_parquet, is_binary=True),
    }
)
"""Every output by its name."""


def new_format(name: str, look: Look | None = None) -> Format:
    """An output for one report.

    Raises:
        UsageError: there is no such format, or a package that it needs is missing.

    >>> new_format("jsno")
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: There is no output format "jsno": it is one of text, json, jsonl, csv, \
sarif, github, gitlab, junit, markdown, html, parquet. Did you mean "json"?
    """
    output = FORMATS.get(name)
    if output is None:
        raise UsageError(
            f'There is no output format "{name}": it is one of {", ".join(FORMATS)}.'
            + did_you_mean(closest(name.lower(), FORMATS))
        )
    return output.make(look or Look())


def written(
    results: Iterable[AssetReport], tool: Tool, profiles: tuple[Profile, ...], outputs: Sequence[Format]
) -> Iterator[tuple[tuple[Piece, ...], Summary]]:
    """The pieces of a report while its results come in, one for each output, with the counts so far."""
    summary = Summary()
    yield tuple(output.start(tool, profiles) for output in outputs), summary
    for result in results:
        summary = summary.add(result)
        yield tuple(output.asset(result) for output in outputs), summary
    yield tuple(output.finish(summary) for output in outputs), summary


def render(report: Report, name: str = "text", look: Look | None = None) -> str:
    """A finished report as one text.

    Raises:
        UsageError: there is no such format, or it is no text.

    >>> from validator.model import Asset, Facts
    >>> result = AssetReport(Asset("a.png", "a.png"), Facts())
    >>> from validator.profile import default_profile
    >>> print(render(Report(Tool("t", "1"), (default_profile(),), (result,))), end="")
    1 asset: 1 pass.
    """
    pieces = written(report, report.tool, report.profiles, (new_format(name, look),))
    return "".join(_text_of(piece, name) for (piece,), _ in pieces)


def _text_of(piece: Piece, name: str) -> str:
    if isinstance(piece, bytes):
        raise UsageError(f"the {name} report is no text: write it by --output-format {name}=FILE")
    return piece


def counts(severity: Severity, fail_on: FailOn) -> bool:
    """Whether a finding of this severity makes a run fail.

    >>> counts(Severity.WARNING, "error"), counts(Severity.WARNING, "warning")
    (False, True)
    """
    return severity.rank >= Severity(fail_on).rank


def exit_code(summary: Summary, fail_on: FailOn = "error") -> int:
    """0: nothing at or above the failing severity; 1: findings; 2: not all could be judged, and none failed.

    >>> exit_code(Summary(assets=1, passed=1, warnings=1)), exit_code(Summary(warnings=1), "warning")
    (0, 1)
    >>> exit_code(Summary(notes=1), "warning"), exit_code(Summary(notes=1), "note")
    (0, 1)
    >>> exit_code(Summary(assets=1, unjudged=1)), exit_code(Summary(unjudged=1, failed=1, errors=1))
    (2, 1)
    """
    found = {
        Severity.ERROR: summary.errors,
        Severity.WARNING: summary.warnings,
        Severity.NOTE: summary.notes,
    }
    if any(number and counts(severity, fail_on) for severity, number in found.items()):
        return 1
    return 2 if summary.unjudged else 0
