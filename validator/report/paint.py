"""Lines of the report for people: as wide as the screen, in its colours."""

from __future__ import annotations

from collections.abc import Callable

from validator.report.base import Look
from validator.report.columns import wrapped

NARROWEST = 40
"""Below so many columns lines are not made shorter: the terminal folds them by itself."""

_STYLES: dict[str, dict[str, str | bool]] = {
    "target": {"bold": True},
    "pass": {"fg": "green"},
    "fail": {"fg": "red", "bold": True},
    "not judged": {"fg": "magenta", "bold": True},
    "known to fail": {"fg": "red"},
    "error": {"fg": "red"},
    "warning": {"fg": "yellow"},
    "note": {"dim": True},
    "help": {"fg": "cyan"},
    "aside": {"dim": True},
}


class Page:
    """What lines are written on: so many columns or without end, coloured or not."""

    def __init__(self, look: Look) -> None:
        self.width = None if look.width is None else max(look.width, NARROWEST)
        self.paint = _painter(color=look.color)

    def lines(self, label: str, text: str, indent: int, *, whole: bool = False) -> list[str]:
        """A label and a text behind it, which goes on in further lines where the width does not suffice.

        A name that is too long for a line is shortened in the middle; with `whole` it goes on in the next.

        >>> Page(Look(width=40)).lines("  note: ", "As long as it takes to fill a line, and more.", 4)
        ['  note: As long as it takes to fill a', '    line, and more.']
        """
        if self.width is None:
            return [label + text]
        return wrapped(text, self.width, label, " " * indent, whole=whole)


def _painter(*, color: bool) -> Callable[[str, str], str]:
    if not color:
        return lambda text, _: text
    from click import style

    return lambda text, name: style(text, **_STYLES[name])  # type: ignore[arg-type]  # a table of its options
