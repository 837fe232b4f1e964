"""One step of a workflow: targets are chosen and linted, and GitHub is told by annotations and files."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from validator.errors import UsageError
from validator.findings import Summary
from validator.github_action.changes import UnknownChangeError, changed_files
from validator.github_action.inputs import Inputs
from validator.github_action.targets import touched
from validator.report.escape import github_message
from validator.threadsafe import ready

_WRONG_USE = 2
_SUMMARY_LIMIT = 1_000_000  # bytes; of more than 1 MiB, GitHub shows nothing at all
_COUNTS = ("assets", "passed", "failed", "unjudged", "errors", "warnings")
_CUT = "\n\nThe rest is left out, since GitHub shows no longer summaries; the reports have all.\n"
_NOTHING = "**seedance-validator**: the change touches no image, video or sound.\n"


class _Counted(msgspec.Struct):
    """What is read of a JSON report."""

    summary: Summary


@dataclass(frozen=True)
class _Reports:
    """The reports of one step, in a folder."""

    folder: Path

    @property
    def files(self) -> dict[str, Path]:
        """By the name of the output."""
        names = {"sarif": "report.sarif", "json": "report.json", "markdown": "summary.md"}
        return {output: self.folder / name for output, name in names.items()}

    def write_empty(self) -> None:
        """Reports of nothing, so that whoever waits for one has it."""
        from validator.finished import Report
        from validator.profile import default_profile
        from validator.report.base import render
        from validator.run import TOOL

        for output, file in self.files.items():
            nothing = Report(TOOL, (default_profile(),), ())
            text = _NOTHING if output == "markdown" else render(nothing, output)
            file.write_text(text, encoding="utf-8")

    def counts(self) -> Summary | None:
        """What was counted; `None` where the lint came to no report."""
        report = self.files["json"]
        if not report.exists():
            return None
        return msgspec.json.decode(report.read_bytes(), type=ready(_Counted)).summary

    def page(self) -> bytes:
        """The report in Markdown; empty where the lint came to none."""
        file = self.files["markdown"]
        return file.read_bytes() if file.exists() else b""


def run_step(environment: Mapping[str, str], folder: Path) -> int:
    """Lint what the inputs name and return the exit code of that; reports go into the folder, which is empty.

    Annotations go to standard output, the summary to the file `GITHUB_STEP_SUMMARY`, and `verdict`, `sarif`,
    `json` and the counts to the file `GITHUB_OUTPUT`.
    """
    reports = _Reports(folder)
    try:
        code = _linted(Inputs.of(environment), reports)
    except UsageError as error:
        _annotate("error", str(error))
        code = _WRONG_USE
    counts = reports.counts()
    _append(environment, "GITHUB_STEP_SUMMARY", shown(reports.page()))
    _append(environment, "GITHUB_OUTPUT", _outputs(counts, code, reports))
    return code


def shown(page: bytes) -> str:
    r"""What the page of a run can show of a summary: no more than GitHub takes, cut between two lines.

    >>> shown(b"**1 asset**\n")
    '**1 asset**\n'
    """
    if len(page) <= _SUMMARY_LIMIT:
        return page.decode()
    return page[:_SUMMARY_LIMIT].rpartition(b"\n")[0].decode() + _CUT


def _linted(inputs: Inputs, reports: _Reports) -> int:
    targets = _targets(inputs)
    if not targets:
        reports.write_empty()
        _annotate("notice", "The change touches no image, video or sound: nothing was judged.")
        return 0
    from validator.cli import main

    outputs = ["--output-format=github"]
    outputs += [f"--output-format={output}={file}" for output, file in reports.files.items()]
    return main(["lint", *outputs, *inputs.options, "--", *targets])


def _targets(inputs: Inputs) -> Sequence[str]:
    if not inputs.only_changes:
        return inputs.paths
    try:
        changed = changed_files(inputs.change, Path())
    except UnknownChangeError as error:
        _annotate("warning", f"What was changed is unknown ({error}), so that everything is judged.")
        return inputs.paths
    return list(touched(inputs.paths, changed))


def _outputs(counts: Summary | None, code: int, reports: _Reports) -> str:
    if counts is None:
        return "verdict=error\n"
    verdict = "fail" if counts.failed or code == 1 else "unjudged" if counts.unjudged else "pass"
    told = {"verdict": verdict, "sarif": reports.files["sarif"], "json": reports.files["json"]}
    told |= {name: getattr(counts, name) for name in _COUNTS}
    return "".join(f"{name}={value}\n" for name, value in told.items())


def _annotate(level: str, message: str) -> None:
    sys.stdout.write(f"::{level} title=seedance-validator::{github_message(message)}\n")
    sys.stdout.flush()


def _append(environment: Mapping[str, str], name: str, text: str) -> None:
    with Path(environment[name]).open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)
