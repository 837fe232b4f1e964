"""Whether Arrow is there (pyarrow, the extra `batch`), and what to do where it is not."""

from __future__ import annotations

import importlib

from validator.errors import UsageError

INSTALL = 'python -m pip install "seedance-validator[batch]"'
"""The command that brings it."""


def check_arrow(what: str) -> None:
    """Make sure that Arrow can be imported.

    Raises:
        UsageError: it cannot; says how to bring it. `what` needs it.
    """
    try:
        importlib.import_module("pyarrow")
    except ImportError as error:
        raise UsageError(f"{what} needs pyarrow ({error}): {INSTALL} brings it.") from error
