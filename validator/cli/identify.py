"""`validator identify`: what files are, and which profiles they fit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any

import click

from validator.cli.folder import current_folder
from validator.cli.judging import begun, beside, fetch_models, look_of, progress_bar, show_in
from validator.cli.options import Choices, options_named, settled
from validator.cli.output import ReaderGone, StandardOutput
from validator.cli.progress import Bar
from validator.cli.session import Session
from validator.cli.standard_input import lines_of
from validator.cli.synonym import Synonym
from validator.config import Config
from validator.findings import AssetReport
from validator.profile import Profile
from validator.report.base import Format, Look, written

_OF_LINT = (
    *("profiles", "role", "group", "depth", "allow_private_hosts", "allow_port", "workers", "downloads"),
    "color",
)


def _text(look: Look) -> Format:
    from validator.report.identity import IdentityText

    return IdentityText(look)


def _json(_: Look) -> Format:
    from validator.report.identity_json import IdentityJson

    return IdentityJson()


_FORMATS: Mapping[str, Callable[[Look], Format]] = MappingProxyType({"text": _text, "json": _json})


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options_named((*_OF_LINT, "config", "no_config"))):
        command = option(command)
    return command


@click.command(short_help="Say what files are, and which profiles they fit.")
@click.argument(
    "targets", metavar="TARGET...", nargs=-1, required=True, type=click.Path(path_type=str, readable=False)
)
@click.option("--faces", is_flag=True, help="Look for people too, which takes a second or more.")
@click.option(
    "--format",
    "--output-format",
    "output_format",
    cls=Synonym,
    type=click.Choice(tuple(_FORMATS)),
    default="text",
    show_default=True,
    help="For people, or JSON for programs.",
)
@_options
@click.pass_obj
def identify(
    session: Session, /, targets: tuple[str, ...], faces: bool, output_format: str, **said: Any
) -> int:
    """Print what was measured of every TARGET, and which profiles it fits, of all that are shipped.

    A TARGET is what it is for `validator lint`. The profiles speak for themselves: what a configuration
    says of rules does not count here.

    Exit code: 0 every TARGET is an image, a video or a sound, whatever it fits; 2 one is not, or cannot be
    read.
    """
    from validator.identify import candidates, identifying

    choices = Choices(**said)
    config, _ = settled(choices, current_folder())
    config, profiles = identifying(config, choices.profiles or candidates(config), faces=faces)
    output = _FORMATS[output_format](look_of(config, choices, None))
    with progress_bar(config, choices, targets) as bar:
        session.bar, session.judged = bar, 0
        return _identified(session, targets, (config, profiles), output, bar)


def _identified(
    session: Session,
    targets: tuple[str, ...],
    by: tuple[Config, tuple[Profile, ...]],
    output: Format,
    bar: Bar | None,
) -> int:
    from validator.identify import is_identified
    from validator.run import TOOL, run

    config, profiles = by
    destination = StandardOutput(sys.stdout)
    unknown = 0

    def counted(results: Iterator[AssetReport]) -> Iterator[AssetReport]:
        nonlocal unknown
        for result in results:
            unknown += not is_identified(result)
            yield result

    with closing(
        run(
            targets,
            config,
            profiles=profiles,
            stdin=lines_of(sys.stdin),
            cancel=session.stop.cancel,
            on_progress=lambda progress: show_in(bar, progress),
            fetch_models=lambda folder: fetch_models(folder, session, bar),
        )
    ) as results:
        try:
            for (piece,), summary in written(counted(begun(results)), TOOL, profiles, (output,)):
                session.judged = summary.assets
                with beside(bar if piece else None):
                    destination.write(piece)
        except ReaderGone:
            with beside(bar):
                session.screen.say("standard output was closed; the run was stopped")
    return 2 if unknown else 0
