"""What a configuration says of mending: the options of a repair, and the folder that copies go into."""

from __future__ import annotations

import contextlib
import os
from fractions import Fraction
from pathlib import Path

from validator.errors import ConfigError
from validator.findings import Severity
from validator.repair.check_options import meant
from validator.repair.options import RepairOptions
from validator.settings import Config, FixSettings

DEFAULT_OUTPUT = "mended"
"""The folder that copies go into where nobody names one."""


def options_of(settings: FixSettings) -> RepairOptions:
    """The options that the table `[fix]` stands for.

    >>> options_of(FixSettings(lengthen="loop")).lengthen
    'loop'
    """
    return RepairOptions(
        level=Severity(settings.level),
        fit=settings.fit,
        fill=meant("fill", settings.fill),
        metadata=settings.metadata,
        max_enlarge=Fraction(str(settings.max_enlarge)),
        face=settings.face or None,
        scenes=settings.scenes,
        lengthen=None if settings.lengthen == "never" else settings.lengthen,
        normalise=settings.normalise,
    )


def output_folder(config: Config, said: str | None = None) -> Path:
    """The folder for copies: the one that was said, else the configuration's, else `mended` here.

    Raises:
        ConfigError: a configuration file that nobody named would have files written outside its own folder.

    >>> output_folder(Config()).as_posix(), output_folder(Config(), "out").as_posix()
    ('mended', 'out')
    """
    if said:
        return Path(said)
    named = _from_here(config.fix.output)
    if not named:
        return Path(DEFAULT_OUTPUT)
    if config.found is not None and not _is_below(named, config.found.path.parent):
        raise ConfigError(
            f"{config.found.path}: fix: output: {named} is outside this file's own folder: if you trust the "
            "file, name it with --config, or name the folder on the command line"
        )
    return Path(named)


def _from_here(named: str) -> str:
    """The same folder as it is named from the current one, where it lies in it: that is easier to read."""
    with contextlib.suppress(OSError, ValueError):  # it lies elsewhere; there is no current folder
        if named:
            return str(Path(named).relative_to(Path.cwd()))
    return named


def _is_below(named: str, folder: Path) -> bool:
    """Whether a folder is another one, or lies in it, links followed."""
    place, above = os.path.realpath(named), os.path.realpath(folder)
    return place == above or place.startswith(above.rstrip(os.sep) + os.sep)
