"""`validator lint`: judge targets, and write the report as the results come in."""

from __future__ import annotations

import sys
from contextlib import closing, nullcontext
from typing import Any

import click

from validator.cli.folder import current_folder
from validator.cli.judging import begun, fetch_models, look_of, progress_bar, show_in
from validator.cli.options import Choices, lint_options, settled
from validator.cli.output import Destination, ReaderGone, open_destination
from validator.cli.progress import Bar
from validator.cli.session import Session
from validator.config import Config
from validator.findings import Summary
from validator.profile import Profile
from validator.report.base import Look, exit_code, new_format, written


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
    config, profile = settled(choices, current_folder())
    look = look_of(config, choices)
    destination = open_destination(choices.output, targets)  # before the work: it costs nobody an hour
    session.destination, session.judged = destination, 0
    try:
        with progress_bar(config, choices) as bar:
            session.bar = bar
            summary = _report(session, targets or (".",), (config, profile, look), destination, bar)
    except BaseException:  # Ctrl-C too: no half report may stay behind, whatever ended the run
        destination.abandon()
        raise
    return 0 if config.exit_zero else exit_code(summary, config.fail_on)


def _report(
    session: Session,
    targets: tuple[str, ...],
    choices: tuple[Config, Profile, Look],
    destination: Destination,
    bar: Bar | None,
) -> Summary:
    """Judge and write until all is done or nobody reads any more; returns the counts so far."""
    from validator.run import TOOL, run

    config, profile, look = choices
    output = new_format(config.output_format, look)
    summary = Summary()

    with closing(
        run(
            targets,
            config,
            stdin=sys.stdin,
            cancel=session.stop.cancel,
            on_progress=lambda progress: show_in(bar, progress),
            fetch_models=lambda folder: fetch_models(folder, session, bar),
        )
    ) as results:
        try:
            for piece, so_far in written(begun(results), TOOL, profile.info, output):
                summary = so_far
                session.judged = summary.assets
                with nullcontext() if bar is None or not piece else bar.aside():
                    destination.write(piece)
            destination.commit()
        except ReaderGone:
            few = f"{summary.assets} asset{'' if summary.assets == 1 else 's'}"
            session.screen.say(f"standard output was closed after {few}; the run was stopped")
    return summary
