"""One step of a workflow: targets are chosen and linted, and GitHub is told by annotations and files."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from validator.cli.screen import Screen
from validator.errors import UsageError
from validator.findings import Summary
from validator.github_action.changes import UnknownChangeError, changed_files
from validator.github_action.inputs import Inputs
from validator.github_action.targets import touched
from validator.report.escape import github_message, markdown
from validator.threadsafe import ready

if TYPE_CHECKING:
    from validator.cli.lint_run import Plan
    from validator.profile import Profile

_WRONG_USE = 2
_COUNTS = ("assets", "passed", "failed", "unjudged", "errors", "warnings")
_TITLE = "**seedance-validator**"
_NOTHING = f"{_TITLE}: the change touches no image, video or sound.\n"


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

    @property
    def options(self) -> list[str]:
        """What makes the lint write them, and annotate."""
        named = (f"--output-format={output}={file}" for output, file in self.files.items())
        return ["--output-format=github", *named]

    def write_empty(self, profiles: tuple[Profile, ...]) -> None:
        """Reports of nothing, so that whoever waits for one has it."""
        from validator.finished import Report
        from validator.report.base import render
        from validator.run import TOOL

        for output, file in self.files.items():
            nothing = Report(TOOL, profiles, ())
            text = _NOTHING if output == "markdown" else render(nothing, output)
            file.write_text(text, encoding="utf-8")

    def counts(self) -> Summary | None:
        """What was counted; `None` where the lint came to no report."""
        report = self.files["json"]
        if not report.exists():
            return None
        return msgspec.json.decode(report.read_bytes(), type=ready(_Counted)).summary

    def page(self) -> str:
        """The report in Markdown; empty where the lint came to none."""
        file = self.files["markdown"]
        return file.read_text(encoding="utf-8") if file.exists() else ""


@dataclass
class _Overheard(Screen):
    """Keeps what went wrong, for whoever does not look at standard error."""

    error: str = ""

    def say(self, sentence: str) -> None:
        super().say(sentence)
        if sentence.startswith("error: "):
            self.error = sentence.removeprefix("error: ")


def run_step(environment: Mapping[str, str], folder: Path) -> int:
    """Lint what the inputs name and return the exit code of that; reports go into the folder, which is empty.

    Annotations go to standard output, the summary to the file `GITHUB_STEP_SUMMARY`, and `verdict`, `sarif`,
    `json` and the counts to the file `GITHUB_OUTPUT`.
    """
    reports, screen = _Reports(folder), _Overheard()
    page = ""
    try:
        code = _linted(Inputs.of(environment), reports, screen)
        wrong = screen.error
    except UsageError as error:
        code, wrong = _WRONG_USE, str(error)
    counts = reports.counts()
    if counts is None and code == 0:
        code, wrong = _WRONG_USE, "Nothing was judged: the options in the input args ask for something else."
    if wrong:
        _annotate("error", wrong)
        page = f"{_TITLE}: error: {markdown(wrong)}\n\n"
    _append(environment, "GITHUB_STEP_SUMMARY", page + reports.page())
    _append(environment, "GITHUB_OUTPUT", _outputs(counts, code, reports))
    return code


def _linted(inputs: Inputs, reports: _Reports, screen: Screen) -> int:
    targets = _targets(inputs)
    options = (*reports.options, *inputs.options)
    if not targets:
        plan = _planned(options)
        if plan is None:
            return 0
        reports.write_empty(plan.profiles)
        _annotate("notice", "The change touches no image, video or sound: nothing was judged.")
        return 0
    from validator.cli import main

    return main(["lint", *options, "--", *targets], screen=screen)


def _planned(options: Sequence[str]) -> Plan | None:
    """What the lint would be told, though there is nothing to lint; `None` where it would only show help.

    Raises:
        UsageError: an option makes no sense, or the configuration, a profile or a baseline.
    """
    from validator.cli.lint import choices_of
    from validator.cli.lint_run import planned

    choices = choices_of(options)
    return None if choices is None else planned(choices)


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
    if path := environment.get(name):
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
