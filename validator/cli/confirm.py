"""Asks before something is deleted for good."""

from __future__ import annotations

import sys

from validator.errors import UsageError
from validator.report.escape import printable


def confirm(what: str, word: str, *, yes: bool) -> None:
    """Go on only if the word is typed that names what is to be deleted.

    Raises:
        UsageError: another word was typed, or there is nobody who could type; nothing was deleted.
    """
    if yes:
        return
    if sys.stdin is None or sys.stderr is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"nothing was deleted: there is no terminal to ask on; say --yes to delete {what}")
    shown = printable(word)
    sys.stderr.write(f"This deletes {printable(what)} for good. Type {shown} to go on: ")
    sys.stderr.flush()
    try:
        typed = sys.stdin.readline().strip()
    except UnicodeDecodeError:
        typed = ""
    if not typed or typed not in (word.strip(), shown.strip()):
        raise UsageError("nothing was deleted: that is not what was asked for")
