"""What the commands share that judge assets and write a report of it."""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from validator.cli.folder import current_folder
from validator.cli.options import Choices
from validator.cli.output import is_standard_output
from validator.cli.outputs import Destinations
from validator.cli.progress import Bar, wants_bar
from validator.cli.screen import wants_color
from validator.cli.session import Session
from validator.config import Config
from validator.report.base import Look
from validator.report.place import checkout_of

if TYPE_CHECKING:
    from validator.fact_cache import FactCache
    from validator.run import Progress, Target

_Result = TypeVar("_Result")


def look_of(config: Config, choices: Choices, output: str | None) -> Look:
    """How a report looks where it goes to: standard output, or a file, which is no terminal."""
    named = not is_standard_output(output)
    screen = None if named else sys.stdout
    width = None
    if screen is not None and screen.isatty():
        import shutil

        width = shutil.get_terminal_size().columns
    return Look(
        width=width,
        color=choices.color == "always" if named else wants_color(choices.color, screen),
        show_passing=config.show_passing,
        quiet=config.quiet,
        fail_on=config.fail_on,
        statistics=choices.statistics,
        explain=config.explain,
        checkout=checkout_of(current_folder()),
    )


def progress_bar(
    config: Config, choices: Choices, targets: Sequence[Target] | None = None
) -> AbstractContextManager[Bar | None]:
    """A bar on standard error, where somebody wants one; how much the `targets` are is counted for it."""
    stream = sys.stderr
    if config.quiet or not wants_bar(stream):
        return nullcontext()
    count = None if targets is None else partial(_number_of, tuple(targets))
    return Bar(stream, color=wants_color(choices.color, stream), count=count)


def _number_of(targets: Sequence[Target], stop: threading.Event) -> int | None:
    from validator.intake.number import number_of

    return number_of(targets, stop)


@contextmanager
def reporting(
    session: Session,
    destinations: Destinations,
    config: Config,
    choices: Choices,
    targets: Sequence[Target] | None = None,
) -> Iterator[Bar | None]:
    """The bar of a run that writes reports; whatever ends it, no half report stays behind."""
    session.destination, session.judged = destinations, 0
    try:
        with progress_bar(config, choices, targets) as bar:
            session.bar = bar
            yield bar
    except BaseException:  # Ctrl-C too; raised again
        destinations.abandon()
        raise


def deciding_files(config: Config, configuration: Path | None) -> Iterator[tuple[str, str]]:
    """Files that decide in a run, and that no report may replace, each with what it is."""
    if configuration is not None:
        yield str(configuration), "the configuration"
    for name in (config.profile, *config.further_profiles):
        yield name, "a profile"
    for reference in config.references:
        yield reference, "a reference"
    if config.service.api_key_file:
        yield config.service.api_key_file, "the file with the key"


@contextmanager
def remembering(config: Config, session: Session) -> Iterator[FactCache | None]:
    """What earlier runs have measured, where that is wanted."""
    if not config.cache:
        yield None
        return
    from validator.fact_cache import cache_for

    with cache_for(config) or nullcontext() as cache:
        yield cache
    if cache is not None and cache.trouble and session.screen.debug:
        session.screen.say(
            f"what is measured is not remembered: {cache.trouble} (see `validator cache info`)"
        )


def say_closed(session: Session, bar: Bar | None, assets: int) -> None:
    """Say that nobody reads the reports any more, and that this ended the run."""
    few = f"{assets} asset{'' if assets == 1 else 's'}"
    with beside(bar):
        session.screen.say(f"standard output was closed after {few}; the run was stopped")


def beside(bar: Bar | None) -> AbstractContextManager[None]:
    """While something else is written to the terminal, the bar is off it."""
    return nullcontext() if bar is None else bar.aside()


def show_in(bar: Bar | None, progress: Progress) -> None:
    """Show how far a run is, on a bar that counts what there is."""
    if bar is not None:
        bar.update(progress.done, None, progress.target, repeated=progress.repeated)


def fetch_models(folder: Path, session: Session, bar: Bar | None) -> None:
    """Download the models of the face detectors, and show how far it is."""
    from validator.probe.portrait.model_download import download_models

    def show(received: int, total: int) -> None:
        if bar is not None:
            bar.update(received, total, "bytes of the face detectors' models")

    with beside(bar):
        session.screen.say(f"downloading the models of the face detectors into {folder}")
    download_models(folder, on_progress=show, cancelled=session.stop.cancel.is_set)


def begun(results: Iterator[_Result]) -> Iterator[_Result]:
    """The results, once there is one: a run that cannot begin writes no half report."""
    first = next(results, None)
    return itertools.chain(() if first is None else (first,), results)
