"""`validator lint`: judge targets, and write the report as the results come in."""

from __future__ import annotations

import itertools
import shutil
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validator.cli.folder import current_folder
from validator.cli.options import Choices, lint_options, settled
from validator.cli.output import Destination, ReaderGone, open_destination
from validator.cli.progress import Bar, wants_bar
from validator.cli.screen import wants_color
from validator.cli.session import Session
from validator.config import Config
from validator.findings import AssetReport, Summary
from validator.profile import Profile
from validator.report.base import Look, exit_code, new_format, written

if TYPE_CHECKING:
    from validator.run import Progress


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
    look = _look(config, choices)
    destination = open_destination(choices.output, targets)  # before the work: it costs nobody an hour
    session.destination, session.judged = destination, 0
    try:
        with _bar(config, choices) as bar:
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

    def show(progress: Progress) -> None:
        if bar is not None:
            bar.update(progress.done, progress.found, progress.target)

    with closing(
        run(
            targets,
            config,
            stdin=sys.stdin,
            cancel=session.stop.cancel,
            on_progress=show,
            fetch_models=lambda folder: _fetch_models(folder, session, bar),
        )
    ) as results:
        try:
            for piece, so_far in written(_begun(results), TOOL, profile.info, output):
                summary = so_far
                session.judged = summary.assets
                with nullcontext() if bar is None or not piece else bar.aside():
                    destination.write(piece)
            destination.commit()
        except ReaderGone:
            few = f"{summary.assets} asset{'' if summary.assets == 1 else 's'}"
            session.screen.say(f"standard output was closed after {few}; the run was stopped")
    return summary


def _fetch_models(folder: Path, session: Session, bar: Bar | None) -> None:
    """Download the models of the face detectors, and show how far it is."""
    from validator.probe.portrait.model_download import download_models

    def show(received: int, total: int) -> None:
        if bar is not None:
            bar.update(received, total, "bytes of the face detectors' models")

    session.screen.say(f"downloading the models of the face detectors into {folder}")
    download_models(folder, on_progress=show, cancelled=session.stop.cancel.is_set)


def _begun(results: Iterator[AssetReport]) -> Iterator[AssetReport]:
    """The results, once there is one: a run that cannot begin writes no half report."""
    first = next(results, None)
    return itertools.chain(() if first is None else (first,), results)


def _look(config: Config, choices: Choices) -> Look:
    screen = sys.stdout if choices.output in (None, "-") else None
    on_terminal = screen is not None and screen.isatty()
    return Look(
        width=shutil.get_terminal_size().columns if on_terminal else None,
        color=wants_color(choices.color, screen),
        show_passing=choices.show_passing,
        quiet=config.quiet,
        fail_on=config.fail_on,
    )


def _bar(config: Config, choices: Choices) -> AbstractContextManager[Bar | None]:
    stream = sys.stderr
    if config.quiet or not wants_bar(stream):
        return nullcontext()
    return Bar(stream, color=wants_color(choices.color, stream))
