"""What is said on standard error, and whether a stream is coloured."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

_INDENT = "  "


class Screen:
    """The person at the other end. `debug`: show where in the program a bug is."""

    def __init__(self, debug: bool = False) -> None:
        self.debug = debug

    def say(self, sentence: str) -> None:
        """One line on standard error, on a terminal folded between words; lost where nobody can read it."""
        from validator.report.escape import printable

        if sys.stderr is not None:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\n".join(self._lines(f"validator: {printable(sentence)}")) + "\n")
                sys.stderr.flush()

    @staticmethod
    def _lines(text: str) -> list[str]:
        """A terminal would fold within words."""
        width = _width_of(sys.stderr)
        if not width:
            return [text]
        from validator.report.columns import wrapped

        return wrapped(text, width, rest=_INDENT, whole=True)

    def bug(self, error: BaseException) -> None:
        """Own up to a mistake of ours, and ask for a report of it."""
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        ask = "" if self.debug else " (run it again with VALIDATOR_DEBUG=1 and add what that prints)"
        self.say(f"error: this is a bug in validator, please report it{ask}: {what}")
        if self.debug and sys.stderr is not None:
            import traceback

            with contextlib.suppress(OSError, ValueError):
                traceback.print_exception(error, file=sys.stderr)


def _width_of(stream: TextIO) -> int:
    """The columns of a terminal; 0 of anything else."""
    if not stream.isatty():
        return 0
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(stream.fileno()).columns
    return 0


def is_same_terminal(one: TextIO | None, other: TextIO | None) -> bool:
    """Whether what is written to one stream is read beside what is written to the other.

    >>> import io
    >>> is_same_terminal(io.StringIO(), io.StringIO())
    False
    """
    if one is None or other is None or not (one.isatty() and other.isatty()):
        return False
    with contextlib.suppress(OSError, ValueError):
        return os.path.sameopenfile(one.fileno(), other.fileno())
    return False


def wants_color(choice: str | None, stream: TextIO | None) -> bool:
    """`always`, `never`, or else by NO_COLOR and FORCE_COLOR, and where these say nothing on a terminal only.

    >>> wants_color("always", None), wants_color("never", None)
    (True, False)
    """
    if choice in ("always", "never"):
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
