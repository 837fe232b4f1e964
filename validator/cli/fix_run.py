"""One run of `validator fix`: what was chosen for it, and the reports that it writes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from validator.cli.fix_options import FORMATS, FixChoices, repair_options
from validator.cli.fix_unused import Unused
from validator.cli.folder import current_folder
from validator.cli.judging import (
    begun,
    beside,
    deciding_files,
    fetch_models,
    look_of,
    reporting,
    say_closed,
)
from validator.cli.options import configuration_file, settled
from validator.cli.output import ReaderGone, is_standard_output
from validator.cli.outputs import Destinations, Wanted, wanted
from validator.cli.progress import Bar, Shown
from validator.cli.screen import is_same_terminal
from validator.cli.session import Session
from validator.cli.standard_input import lines_of
from validator.config import Config
from validator.errors import UsageError
from validator.profile import Profile
from validator.repair.configured import output_folder
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair, RepairSummary
from validator.report.repair_format import REPAIR_FORMATS, RepairFormat, Run
from validator.suggest import closest, did_you_mean

Mend = Callable[..., Generator[Repair, None, None]]


def carried_out(
    session: Session, choices: FixChoices, named: tuple[str, ...], mend: Mend | None = None
) -> int:
    """Mend the targets, write the reports, and return the exit code.

    Args:
        session: one call of the command.
        choices: its options.
        named: the targets as they stand on the command line.
        mend: as `run_repairs`, which is called where nothing else is given.

    Raises:
        UsageError: a report or a copy cannot be written, or there is nothing to mend.
    """
    config, profiles = settled(choices, current_folder())
    reports = _reports(choices, config)
    work = _Work(session, choices, config, profiles, reports, named, mend or _mend)
    return work.exit_code()


def exit_code(summary: RepairSummary) -> int:
    """0: all passes, or has a copy that does; 1: something has none; 2: not all was judged, the rest is well.

    >>> exit_code(RepairSummary(assets=1, mended=1)), exit_code(RepairSummary(assets=1, impossible=1))
    (0, 1)
    """
    if summary.impossible or summary.failed:
        return 1
    return 0 if summary.is_clean else 2


def _reports(choices: FixChoices, config: Config) -> tuple[Wanted, ...]:
    default = config.output_format if config.output_format in FORMATS else FORMATS[0]
    for said in choices.outputs:
        name = said.partition("=")[0]
        if name not in FORMATS:
            raise UsageError(
                f'`validator fix` has no output format "{name}": it is one of {", ".join(FORMATS)}.'
                + did_you_mean(closest(name.lower(), FORMATS))
            )
    return wanted(choices.outputs, default, None)


@dataclass(frozen=True)
class _Work:
    """One call of `validator fix`."""

    session: Session
    choices: FixChoices
    config: Config
    profiles: tuple[Profile, ...]
    reports: Sequence[Wanted]
    named: tuple[str, ...]
    mend: Mend

    def exit_code(self) -> int:
        folder = output_folder(self.config, self.choices.folder)
        options = repair_options(self.config, self.choices)
        formats = [
            REPAIR_FORMATS[report.name](look_of(self.config, self.choices, report.file))
            for report in self.reports
        ]
        file = configuration_file(self.choices, current_folder())
        destinations = Destinations(self.reports, self.named, dict(deciding_files(self.config, file)))
        with reporting(self.session, destinations, self.config, self.choices) as bar:
            return exit_code(self._mended(folder, options, formats, destinations, bar))

    def _mended(
        self,
        folder: Path,
        options: RepairOptions,
        formats: Sequence[RepairFormat],
        destinations: Destinations,
        bar: Bar | None,
    ) -> RepairSummary:
        from validator.run import TOOL

        run = Run(TOOL, self.profiles, folder, options, dry_run=self.choices.dry_run)
        summary, unused = RepairSummary(), Unused(self.choices)
        with closing(
            self.mend(
                self.named or (".",),
                folder,
                self.config,
                options,
                dry_run=self.choices.dry_run,
                overwrite=self.choices.overwrite,
                profiles=self.profiles,
                on_progress=Shown(bar).show,
                cancel=self.session.stop.cancel,
                unfinished=self.session.unfinished,
                stdin=lines_of(sys.stdin),
                fetch_models=lambda models: fetch_models(models, self.session, bar),
            )
        ) as repairs:
            try:
                as_they_come = begun(repairs)
                self._write(destinations, [each.start(run) for each in formats], bar)
                for repair in as_they_come:
                    summary = summary.add(repair)
                    self.session.judged = summary.assets
                    self._write(destinations, [each.repair(repair) for each in formats], bar)
                    unused.see(repair.result.facts)
                    self._tell(repair, bar)
                self._write(destinations, [each.finish(summary) for each in formats], bar)
                destinations.commit()
                self._count(summary, bar)
                for said in () if self.config.quiet else unused.sentences:
                    with beside(bar):
                        self.session.screen.say(said)
            except ReaderGone:
                say_closed(self.session, bar, summary.assets)
        return summary

    def _count(self, summary: RepairSummary, bar: Bar | None) -> None:
        """Tell a person who waits and otherwise learns nothing, since all reports go into files."""
        if self.config.quiet or any(report.file is None for report in self.reports):
            return
        if sys.stderr is not None and sys.stderr.isatty():
            from validator.report.repair_text import sentence

            with beside(bar):
                self.session.screen.say(sentence(summary))

    @property
    def _is_read(self) -> bool:
        """Whether a report for people goes to the terminal that standard error goes to."""
        for_people = any(report.name == "text" and is_standard_output(report.file) for report in self.reports)
        return for_people and is_same_terminal(sys.stdout, sys.stderr)

    def _write(self, destinations: Destinations, pieces: Sequence[str], bar: Bar | None) -> None:
        with beside(bar if any(pieces) else None):
            destinations.write(pieces)

    def _tell(self, repair: Repair, bar: Bar | None) -> None:
        """Say how much a copy has lost, unless who reads this has just read it in the report."""
        if repair.quality is None or self.config.quiet or self._is_read:
            return
        from validator.report.repair_text import quality_in_words

        with beside(bar):
            self.session.screen.say(f"{repair.path}: {quality_in_words(repair.quality)}")


def _mend(*arguments: Any, **options: Any) -> Generator[Repair, None, None]:
    from validator.repair.work import run_repairs

    return run_repairs(*arguments, **options)
