"""`validator lint`: judge targets, and write the report as the results come in."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from typing import Any

import click

from validator.cli.folder import current_folder
from validator.cli.judging import begun, fetch_models, look_of, progress_bar, show_in
from validator.cli.options import Choices, lint_options, settled
from validator.cli.output import ReaderGone
from validator.cli.outputs import Destinations, wanted
from validator.cli.progress import Bar
from validator.cli.session import Session
from validator.config import Config
from validator.findings import Summary
from validator.profile import Profile
from validator.report.base import Format, exit_code, new_format, written


@click.command(short_help="Judge files, folders, URLs and asset lists.")
@click.argument("targets", metavar="[TARGET]...", nargs=-1, type=click.Path(path_type=str, readable=False))
@lint_options
@click.pass_obj
def lint(session: Session, /, targets: tuple[str, ...], **said: Any) -> int:
    """Judge every TARGET by the documented limits; the current folder where there is none.

    A TARGET is a file, a folder, a glob, an http(s) URL, an asset list (TOML, JSON, JSONL or CSV), or -
    for one target a line from standard input.
    """
    choices = Choices(**said)
    config, profiles = settled(choices, current_folder())
    reports = wanted(choices.outputs, config.output_format, choices.output)
    formats = [new_format(report.name, look_of(config, choices, report.file)) for report in reports]
    destinations = Destinations(reports, targets)  # before the work: it costs nobody an hour
    session.destination, session.judged = destinations, 0
    try:
        with progress_bar(config, choices) as bar:
            session.bar = bar
            shown = any(report.previews for report in reports)
            job = _Job(session, targets or (".",), config, profiles, bar, previews=shown)
            summary = job.report(formats, destinations)
    except BaseException:  # Ctrl-C too: no half report may stay behind, whatever ended the run
        destinations.abandon()
        raise
    return 0 if config.exit_zero else exit_code(summary, config.fail_on)


@dataclass(frozen=True)
class _Job:
    """What is judged, by what, and where the progress is shown."""

    session: Session
    targets: tuple[str, ...]
    config: Config
    profiles: tuple[Profile, ...]
    bar: Bar | None
    previews: bool

    def report(self, formats: Sequence[Format], destinations: Destinations) -> Summary:
        """Judge and write until all is done or nobody reads any more; returns the counts so far."""
        from validator.run import TOOL, run

        session, bar = self.session, self.bar
        summary = Summary()
        with closing(
            run(
                self.targets,
                self.config,
                stdin=sys.stdin,
                cancel=session.stop.cancel,
                on_progress=lambda progress: show_in(bar, progress),
                fetch_models=lambda folder: fetch_models(folder, session, bar),
                previews=self.previews,
            )
        ) as results:
            try:
                for pieces, so_far in written(begun(results), TOOL, self.profiles, formats):
                    summary = so_far
                    session.judged = summary.assets
                    with nullcontext() if bar is None or not any(pieces) else bar.aside():
                        destinations.write(pieces)
                destinations.commit()
            except ReaderGone:
                few = f"{summary.assets} asset{'' if summary.assets == 1 else 's'}"
                session.screen.say(f"standard output was closed after {few}; the run was stopped")
        return summary
