"""What the commands on generation requests share: their options, the journal, and who is asked for assets."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from validator.cli.folder import current_folder
from validator.cli.options import Choices, configuration_file, settled_by
from validator.cli.service import library, trusted
from validator.cli.session import Session
from validator.config import Config
from validator.errors import UsageError
from validator.profile import Profile
from validator.upload.trust import check_found

if TYPE_CHECKING:
    from validator.request.library import Ask
    from validator.request.uploads import Uploads

ONLINE = click.option("--online", is_flag=True, help="Ask the library whether the assets are Active.")
JOURNAL = click.option(
    "--journal",
    metavar="FILE",
    type=click.Path(path_type=str),
    help="The journal of uploads, where it is not the configured one.",
)


def having(*options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a click command these options, in this order."""

    def given(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return given


def settled_here(choices: Choices, *, online: bool) -> tuple[Path | None, Config, Profile]:
    """The configuration file that holds, all that is chosen, and the profile.

    `online`: the key will be sent, so the file has to be one that may say where to.

    Raises:
        UsageError: a configuration, a profile or an option that makes no sense.
    """
    file = configuration_file(choices, current_folder())
    config, profile = settled_by(file, choices)
    return file, trusted(config) if online else config, profile


@contextmanager
def uploads_of(config: Config, named: str | None) -> Iterator[Uploads]:
    """The journal of uploads, if there is one; none is made.

    Raises:
        UsageError: one that is named and not there, or cannot be read.
    """
    from validator.request.uploads import NoUploads
    from validator.upload.journal import Journal, journal_path

    if named is not None:
        config = msgspec.structs.replace(config, upload=msgspec.structs.replace(config.upload, journal=named))
    check_found(config, os.environ, ["journal"])
    path: Path | None = None
    try:
        path = journal_path(config)
    except UsageError:  # a user without a home has uploaded nothing that is remembered
        if config.upload.journal:
            raise
    if path is not None and os.path.exists(path):  # noqa: PTH110 - a folder that is closed to us holds none
        with Journal(path, of_others=named is not None) as held:
            yield held
    elif named is not None:
        raise UsageError(f"there is no journal {named}")
    else:
        yield NoUploads()


@contextmanager
def asking(session: Session, config: Config, file: Path | None, *, online: bool) -> Iterator[Ask | None]:
    """Who is asked for assets, if anybody is.

    Raises:
        UsageError: there is no key, or none that can be used.
    """
    if not online:
        yield None
        return
    with library(session, config, file) as client:
        yield client.asset
