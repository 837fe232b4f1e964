"""Writes a file where there is none, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from validator.errors import UsageError


def write_new(path: Path, text: str, what: str) -> None:
    """Write a file that takes no other one's place, also of one that appears meanwhile.

    Raises:
        UsageError: there is one, or it cannot be written; `what` it is.
    """
    temporary = path.with_name(f".validator-{secrets.token_hex(6)}.tmp")
    try:
        try:
            with temporary.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            _put(temporary, path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()
    except OSError as error:
        raise UsageError(f"cannot write {what} to {path}: {error.strerror or error}") from error


def _put(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)  # never replaces, as a rename does
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise
        temporary.replace(path)
