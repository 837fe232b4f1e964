"""One run of `validator lint`: what was chosen for it, and the reports that it writes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from validator.cli.folder import current_folder
from validator.cli.judging import (
    begun,
    beside,
    deciding_files,
    fetch_models,
    look_of,
    remembering,
    reporting,
    say_closed,
    show_in,
)
from validator.cli.known import Comparison, Writing, is_same_place, known_findings
from validator.cli.options import Choices, configuration_file, settled
from validator.cli.output import ReaderGone
from validator.cli.outputs import Destinations, Wanted, wanted
from validator.cli.progress import Bar, wants_bar
from validator.cli.session import Session
from validator.cli.standard_input import lines_of
from validator.config import Config
from validator.errors import UsageError
from validator.findings import AssetReport, Summary
from validator.profile import Profile
from validator.report.base import Format, exit_code, new_format, written

if TYPE_CHECKING:
    from validator.baseline import Baseline
    from validator.cli.lint_fix import Mendable, Mending
    from validator.memory import Memory
    from validator.probe.decoders import Decoders
    from validator.probe.portrait.looker import FaceFinder
    from validator.report.outcome import FindingCount
    from validator.run import Target


class Plan(msgspec.Struct, frozen=True):
    """What a run is told: the command line laid over the configuration, and all that these name."""

    choices: Choices
    config: Config
    profiles: tuple[Profile, ...]
    baseline: Baseline | None
    reports: tuple[Wanted, ...]
    configuration: Path | None = None
    copies: Path | None = None

    @property
    def compares(self) -> bool:
        """Whether what is found is held against other runs, which know files by their digests."""
        return self.baseline is not None or self.choices.write_baseline is not None

    @property
    def previews(self) -> bool:
        """Whether any of its reports shows pictures, waveforms and the like."""
        return any(report.previews for report in self.reports)

    @property
    def says_counts(self) -> bool:
        """Whether a person waits who otherwise learns nothing of the outcome: all reports go into files."""
        waits = self.choices.watch or (sys.stderr is not None and sys.stderr.isatty())
        return waits and all(report.file is not None for report in self.reports)

    def exit_code(self, done: Done) -> int:
        """How the command ends. What has become the baseline is no longer news."""
        if self.config.exit_zero:
            return 0
        if self.choices.write_baseline is not None:
            return done.left
        return exit_code(done.summary, self.config.fail_on)

    @property
    def kept_files(self) -> Iterator[tuple[str, str]]:
        """Files that decide here, and that no report may replace, each with what it is."""
        yield from deciding_files(self.config, self.configuration)
        written = self.choices.write_baseline
        if self.baseline is not None and not (written and is_same_place(written, self.config.baseline)):
            yield self.config.baseline, "the baseline"


def _counted(results: Iterator[AssetReport], tally: FindingCount) -> Iterator[AssetReport]:
    for result in results:
        tally.add(result)
        yield result


def planned(choices: Choices) -> Plan:
    """Read what the command line and the current folder name.

    Raises:
        UsageError: some of it makes no sense.
    """
    config, profiles = settled(choices, current_folder())
    reports = wanted(choices.outputs, config.output_format, choices.output)
    copies = _copies(choices, config)
    if choices.statistics and not any(report.name == "text" for report in reports):
        raise UsageError("--statistics is a view of the text report: add --output-format text")
    known = known_findings(config, choices.write_baseline)
    if known is not None or choices.write_baseline:  # what is known to fail may be damaged since
        config = msgspec.structs.replace(config, all_findings=True)
    file = configuration_file(choices, current_folder())
    return Plan(choices, config, profiles, known, reports, file, copies)


def _copies(choices: Choices, config: Config) -> Path | None:
    """The folder for copies that conform, where such are to be made."""
    if not choices.fix:
        return None
    from validator.repair.configured import output_folder

    return output_folder(config, choices.fix_output)


class Kept(msgspec.Struct, frozen=True):
    """What outlives a run, where another one follows: workers, and what was measured."""

    faces: FaceFinder | None = None
    decoders: Decoders | None = None
    memory: Memory | None = None


class Done(msgspec.Struct, frozen=True):
    """How a run ended: the counts, and whether anybody still reads its reports.

    `left`: the exit code for what the baseline that was written does not hold.
    """

    summary: Summary
    is_read: bool = True
    left: int = 0


def carried_out(
    plan: Plan,
    session: Session,
    targets: Sequence[Target],
    named: Sequence[str] = (),
    kept: Kept | None = None,
) -> Done:
    """Judge the targets and write the reports; `named` are the targets as they stand on the command line.

    Raises:
        UsageError: a report cannot be written, or there is nothing to judge; no report is left half done.
    """
    return _Run(plan, session, targets, kept or Kept()).done(named)


class _Run(msgspec.Struct, frozen=True):
    plan: Plan
    session: Session
    targets: Sequence[Target]
    kept: Kept

    def done(self, named: Sequence[str]) -> Done:
        plan, session = self.plan, self.session
        reports = list(plan.reports)
        formats = [
            new_format(report.name, look_of(plan.config, plan.choices, report.file)) for report in reports
        ]
        writing = None
        if plan.choices.write_baseline is not None:
            writing = Writing(plan.choices.write_baseline, reports)
            reports.append(writing.place)
            formats.append(writing.format)
        # Before the work: it costs nobody an hour.
        mending = self._mending(named)
        destinations = Destinations(reports, named, dict(plan.kept_files))
        with reporting(session, destinations, plan.config, plan.choices, self.targets) as bar:
            done = self._judged(formats, destinations, bar, writing, mending)
            if mending is not None and done.is_read:
                mending.carry_out(bar, self.kept.faces, self.kept.decoders)
            return done

    def _mending(self, named: Sequence[str]) -> Mending | None:
        """What makes copies when the report is written, where that is asked for."""
        plan = self.plan
        if plan.copies is None:
            return None
        from validator.cli.lint_fix import Mending

        mending = Mending(plan.config, plan.profiles, self.session, plan.copies, named)
        mending.check()
        return mending

    def _judged(
        self,
        formats: Sequence[Format],
        destinations: Destinations,
        bar: Bar | None,
        writing: Writing | None,
        mending: Mending | None,
    ) -> Done:
        """Judge and write until all is done or nobody reads any more."""
        from validator.report.outcome import FindingCount
        from validator.run import TOOL, run

        plan, session = self.plan, self.session
        comparison = Comparison(plan.baseline, plan.config, plan.profiles)
        summary, tally = Summary(), FindingCount()
        with (
            remembering(plan.config, session) as cache,
            closing(
                run(
                    self.targets,
                    plan.config,
                    profiles=plan.profiles,
                    stdin=lines_of(sys.stdin),
                    cancel=session.stop.cancel,
                    on_progress=lambda progress: show_in(bar, progress),
                    faces=self.kept.faces,
                    decoders=self.kept.decoders,
                    memory=self.kept.memory,
                    cache=cache,
                    fetch_models=lambda folder: fetch_models(folder, session, bar),
                    previews=plan.previews,
                    digests=plan.compares,
                    spawned=session.spawned,
                )
            ) as results,
        ):
            try:
                marked = _counted(map(comparison.marked, begun(results)), tally)
                marked = marked if mending is None else mending.kept(marked)
                mendable = _mendable(plan, mending)
                marked = marked if mendable is None else mendable.counted(marked)
                for pieces, so_far in written(marked, TOOL, plan.profiles, formats):
                    summary = so_far
                    session.judged = summary.assets
                    with beside(bar if any(pieces) else None):
                        destinations.write(pieces)
                destinations.commit()
            except ReaderGone:
                say_closed(session, bar, summary.assets)
                return Done(summary, is_read=False)
        if not plan.config.quiet:
            with beside(bar):
                if plan.says_counts:
                    from validator.report.text import sentence

                    session.screen.say(sentence(tally.of(summary), stopped=tally.stopped))
                (comparison if writing is None else writing).tell(session.screen)
                if mendable is not None and mendable.advice:
                    session.screen.say(mendable.advice)
        return Done(summary, left=0 if writing is None else writing.exit_code)


def _mendable(plan: Plan, mending: Mending | None) -> Mendable | None:
    """What tells a person who reads the report at a terminal that copies may be made, where none are."""
    is_read = any(report.name == "text" and report.file is None for report in plan.reports)
    if mending is not None or not is_read or plan.choices.watch or not wants_bar(sys.stderr):
        return None
    from validator.cli.lint_fix import Mendable

    return Mendable(plan.profiles)
