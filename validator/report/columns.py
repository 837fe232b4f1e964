"""Text in columns, by the room that each character takes on a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from validator.report.escape import printable

_GAP = 2
_INDENT = " " * 2
_ELLIPSIS = "…"
_LEAST_OF_A_START = 4  # characters before an ellipsis that still tell something


def columns_of(text: str) -> int:
    """How many columns a terminal takes for a text that is printable.

    >>> columns_of("Ada"), columns_of("顔")
    (3, 2)
    """
    return sum(map(_columns_of_one, text))


def _columns_of_one(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def padded(text: str, width: int) -> str:
    """The text with spaces behind it, up to a number of columns.

    >>> padded("顔", 4) + "|"
    '顔  |'
    """
    return text + " " * (width - columns_of(text))


def aligned(rows: Iterable[Sequence[str]], width: int | None = None) -> list[str]:
    """Rows as lines, the cells below each other; nothing is left out, and nothing but text gets through.

    Where `width` is given and does not suffice, the first cell of a row gets a line of its own, and the
    others stand below it; where that does not suffice either, a row has as many lines as it needs.

    >>> aligned([("a.png", "Active"), ("long name.png", "Failed")])
    ['a.png          Active', 'long name.png  Failed']
    >>> aligned([("long name.png", "Failed", "x")], width=12)
    ['long name.png', '  Failed  x']
    """
    return [line for block in blocks(rows, width) for line in block]


def blocks(rows: Iterable[Sequence[str]], width: int | None = None) -> list[list[str]]:
    """The same, the lines of each row by themselves.

    >>> blocks([("long name.png", "Failed"), ("b.png", "")], width=12)
    [['long name.png', '  Failed'], ['b.png']]
    """
    cells = [tuple(printable(cell) for cell in row) for row in rows]
    lines = _lines(cells)
    if width is None or all(columns_of(line) <= width for line in lines):
        return [[line] for line in lines]
    widths = _widths(cells)
    room = width - len(_INDENT)
    turns = [(0, 1), (1, len(widths))] if _taken_by(widths[1:]) <= room else _turns(widths, room)
    parts = [_lines([row[start:end] for row in cells]) for start, end in turns]
    return [
        [first, *(_INDENT + line for line in others if line)] for first, *others in zip(*parts, strict=True)
    ]


def _turns(widths: Sequence[int], room: int) -> list[tuple[int, int]]:
    """Which columns stand on a line together: as many as fit, at least one."""
    turns: list[tuple[int, int]] = []
    for at in range(len(widths)):
        start = turns[-1][0] if turns else at
        if turns and _taken_by(widths[start : at + 1]) <= room:
            turns[-1] = (start, at + 1)
        else:
            turns.append((at, at + 1))
    return turns


def _taken_by(widths: Sequence[int]) -> int:
    taken = [size for size in widths if size]
    return sum(taken) + _GAP * max(len(taken) - 1, 0)


def _widths(rows: Sequence[tuple[str, ...]]) -> list[int]:
    count = max(map(len, rows), default=0)
    return [max((columns_of(row[at]) for row in rows if at < len(row)), default=0) for at in range(count)]


def _lines(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = _widths(rows)
    # A column that is empty in every row takes no room.
    return [
        (" " * _GAP)
        .join(padded(cell, size) for cell, size in zip(row, widths, strict=False) if size)
        .rstrip()
        for row in rows
    ]


def shortened(text: str, room: int) -> str:
    """A name that fits into so many columns: its middle is left out, since names differ at their ends.

    >>> shortened("photos/2026/ada-close-up.png", 20)
    'phot…da-close-up.png'
    """
    if columns_of(text) <= room:
        return text
    start = _taken(text, max(room // 4, min(_LEAST_OF_A_START, room // 3)) - 1)
    end = _taken(text[::-1], room - columns_of(start) - 1)[::-1]
    return f"{start}{_ELLIPSIS}{end}" if room > 0 else ""


def cut(text: str, room: int) -> str:
    """A line that fits into so many columns: its end is left out.

    >>> cut("30 Active, 2 Failed", 12)
    '30 Active, …'
    """
    if columns_of(text) <= room:
        return text
    return _taken(text, room - 1) + _ELLIPSIS if room > 0 else ""


def wrapped(text: str, width: int, first: str = "", rest: str = "", *, whole: bool = False) -> list[str]:
    """Prose as lines of so many columns, the first behind `first`, the others behind `rest`.

    What stands between two spaces stays together; where it alone is too long, its middle is left out, or with
    `whole` it goes on in the next line, so that nothing is lost.

    >>> wrapped("of photos/2026/november/ada.png", 16, "note: ", "  ")
    ['note: of', '  pho…er/ada.png']
    >>> wrapped("see https://example.com/limits", 16, rest="  ", whole=True)
    ['see', '  https://exampl', '  e.com/limits']
    """
    lines, line, gap, begun = [], first, "", False
    for piece in _pieces(text, max(width - columns_of(rest), 1), whole=whole):
        if piece.startswith(" "):
            gap = piece if begun else ""
            continue
        too_long = columns_of(line + gap + piece) > width
        if too_long and (begun or columns_of(rest) < columns_of(first)):
            lines.append(line.rstrip(" "))
            line, gap = rest, ""
        line, gap, begun = line + gap + piece, "", True
    return [*lines, line]


def _pieces(text: str, room: int, *, whole: bool) -> Iterator[str]:
    """Words and the spaces between them; no word takes more than its room."""
    for piece in re.findall(" +|[^ ]+", text):
        if piece.startswith(" ") or columns_of(piece) <= room:
            yield piece
        elif not whole:
            yield shortened(piece, room)
        else:
            while piece:
                yield (part := _taken(piece, room) or piece[:1])
                piece = piece[len(part) :]  # noqa: PLW2901 - what is left of it


def _taken(text: str, room: int) -> str:
    """As many characters of the text's start as fit."""
    taken = 0
    for at, character in enumerate(text):
        taken += _columns_of_one(character)
        if taken > room:
            return text[:at]
    return text
