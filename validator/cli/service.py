"""What all commands share that talk to the asset library."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validator.cli.folder import current_folder
from validator.cli.output import ReaderGone, StandardOutput
from validator.cli.session import Session
from validator.cli.synonym import Synonym
from validator.config_file import load_config
from validator.errors import ConfigError, UsageError
from validator.report.escape import printable
from validator.settings import Config
from validator.upload.trust import FOR_THE_KEY, addressed, check_found

if TYPE_CHECKING:
    from validator.upload.client import AssetClient

_CONFIG = (
    click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Read this file instead of the nearest validator.toml or pyproject.toml.",
    ),
    click.option("--no-config", "--isolated", is_flag=True, help="Read no configuration file."),
)
_FORMAT = click.option(
    "--format",
    "--output-format",
    "output_format",
    cls=Synonym,
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A table for people, or JSON for programs.",
)

yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask for the name.")
"""For commands that delete."""


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command `--config` and `--no-config`."""
    for option in reversed(_CONFIG):
        command = option(command)
    return command


def service_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command `--format`, `--config` and `--no-config`."""
    for option in (*reversed(_CONFIG), _FORMAT):
        command = option(command)
    return command


def configuration(config: Path | None, no_config: bool) -> tuple[Config, Path | None]:
    """The configuration that holds here for who asks the asset library, and the file that it stands in.

    Raises:
        UsageError: two options that exclude each other.
        ConfigError: a file that cannot be used, or may not say what it says.
    """
    settings = configured(config, no_config)
    return trusted(settings), config or (settings.found.path if settings.found else None)


def configured(config: Path | None, no_config: bool) -> Config:
    """What the configuration says that holds here, whether it may or not.

    Raises:
        UsageError: two options that exclude each other.
        ConfigError: a file that cannot be used.
    """
    if config and no_config:
        raise UsageError("--config and --no-config exclude each other")
    return Config() if no_config else load_config(current_folder(), config)


def trusted(config: Config, fields: Iterable[str] = FOR_THE_KEY) -> Config:
    """The configuration with the environment's words laid over it, if its file may say what it says.

    `fields`: what of it will be used.

    Raises:
        UsageError: it may not; or the environment's words make no sense.
    """
    check_found(config, os.environ, fields)
    return addressed(config, os.environ)


@contextmanager
def library(session: Session, config: Config, file: Path | None) -> Iterator[AssetClient]:
    """The asset library, as long as the context is open.

    Raises:
        UsageError: there is no key, or none that can be used.
        ConfigError: an address or an operation that makes no sense; the file is named.
    """
    from validator.upload.connect import connected, notes, service_of

    try:
        service_of(config)
    except UsageError as error:
        raise ConfigError(f"{file}: {error}" if file else str(error)) from error
    client = connected(config, os.environ, sleep=session.sleep)
    for note in notes(config, file, os.environ):
        session.screen.say(note)
    with client:
        yield client


class Out:
    """Standard output, made sure of before anything is done; whoever stops reading has seen enough.

    `width` is the terminal's, or `None` where there is none.
    """

    def __init__(self) -> None:
        self._stream = StandardOutput(sys.stdout)
        self.on_terminal = sys.stdout is not None and sys.stdout.isatty()
        self.width = shutil.get_terminal_size().columns if self.on_terminal else None

    def write(self, text: str) -> None:
        """Write what does no harm as it is: a document in JSON, a drawing."""
        with contextlib.suppress(ReaderGone):
            self._stream.write(text)

    def lines(self, lines: list[str]) -> None:
        """Write lines, each with a line feed; what would command the terminal is shown instead."""
        self.write("".join(f"{printable(line)}\n" for line in lines))
