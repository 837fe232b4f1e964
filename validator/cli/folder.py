"""The folder in which the command was called."""

from __future__ import annotations

from pathlib import Path

from validator.errors import UsageError


def current_folder() -> Path:
    """The current folder.

    Raises:
        UsageError: it is gone, or may not be looked at.

    >>> current_folder().is_absolute()
    True
    """
    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(f"the current folder cannot be used: {error.strerror or error}") from error
