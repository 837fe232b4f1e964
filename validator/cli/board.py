"""What an upload tells while it runs: a table that keeps itself up to date on a terminal, lines elsewhere."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, TextIO

from validator.report.columns import columns_of, cut, padded, shortened
from validator.report.escape import printable
from validator.upload.alike import common
from validator.upload.ending import NO_ANSWER, WORDS
from validator.upload.outcome import Event, Step

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

_ERASE_LINE_SHOW_CURSOR = "\r\x1b[2K\x1b[?25h"
_WORDS: Mapping[Step, str] = MappingProxyType(
    {
        Step.JUDGED: "queued",
        Step.PUBLISHING: "publishing",
        Step.PUBLISHED: "published",
        Step.NOT_PUBLISHED: "no public address",
        Step.CHANGED: "changed",
        Step.DELETING: "deleting the failed one",
        Step.DELETED: "deleted the failed one",
        Step.CREATING: "creating",
        Step.CREATED: "created",
        Step.FOUND: "found in the group",
        Step.WAITING: "Processing",
        Step.REJECTED: "rejected",
        Step.FAILED: "Failed",
        Step.ACTIVE: "Active",
        Step.GONE: "gone from the library",
        Step.REMOVING: "Active, removing the file",
        Step.REMOVED: "Active",
        Step.DROPPED: "left alone",
        Step.NOT_FORWARDED: "not forwarded",
        Step.NOT_SENT: "not sent",
        Step.SETTLING: "looked for",
    }
)
_STYLES: Mapping[Step, str] = MappingProxyType(
    {
        Step.ACTIVE: "green",
        Step.REMOVED: "green",
        Step.FAILED: "red",
        Step.REJECTED: "red",
        Step.CHANGED: "red",
        Step.NOT_PUBLISHED: "red",
        Step.NOT_SENT: "red",
        Step.NOT_FORWARDED: "yellow",
        Step.WAITING: "cyan",
    }
)
_OVER = frozenset(
    {
        *(Step.ACTIVE, Step.REMOVED, Step.FAILED, Step.REJECTED, Step.CHANGED, Step.NOT_PUBLISHED),
        *(Step.NOT_SENT, Step.NOT_FORWARDED),
    }
)
_SAID = _OVER - {Step.NOT_FORWARDED, Step.REMOVED} | {Step.CREATED, Step.FOUND, Step.GONE, Step.DELETED}
"""The steps that get a line of their own where there is no table."""

_STATE = max(map(len, _WORDS.values()))
_SECONDS = 7  # columns of "  1:02:03"
_NARROWEST = 20
_SHORT = 60  # characters of a reason that may be said each time


class Lines:
    """A line on standard error for each step that matters."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._explained: set[tuple[Step, str]] = set()

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to put away."""

    def tell(self, event: Event) -> None:
        """Say what happened."""
        if event.step is Step.SETTLING:
            self._say(settling(event))
        elif event.step in _SAID:
            word = NO_ANSWER if event.unsure else _WORDS[event.step]
            if event.already:
                word = WORDS["already-active"]
            self._say(f"{event.target}: {word}{self._details(event)}")

    def _details(self, event: Event) -> str:
        """The asset's id, and the reason, which is said in full for the first that it holds for."""
        asset = f", asset://{event.asset_id}" if event.asset_id else ""
        reason = ": ".join(part for part in (event.code, event.message) if part)
        if not reason:
            return asset
        key = (event.step, f"{event.code} {common(event.message, printable(event.target))}")
        if key in self._explained and len(reason) > _SHORT:
            return f"{asset}, as above"
        self._explained.add(key)
        return f"{asset}: {reason}"

    def vanish(self) -> None:
        """Nothing to leave."""


class Silence(Lines):
    """Nothing at all."""

    def __init__(self) -> None:
        super().__init__(lambda _: None)


def settling(event: Event) -> str:
    """Why nothing seems to happen."""
    return (
        "making sure that the group holds nothing of this already, as its list may be behind "
        f"(up to {event.seconds:.0f} s)"
    )


@dataclass
class _Row:
    target: str
    step: Step = Step.JUDGED
    since: float = 0.0
    reason: str = ""


@dataclass
class _State:
    """What the table shows; written by one thread, drawn by another."""

    rows: dict[int, _Row] = field(default_factory=dict)
    note: str = ""


class Board:
    """The table, on a terminal; it goes away without a trace when it is left.

    Args:
        stream: the terminal.
        color: whether it is coloured.
        clock: seconds, rising.
    """

    def __init__(self, stream: TextIO, *, color: bool, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.console import Console

        self._stream = stream
        self._color = color
        self._clock = clock
        self._lock = threading.Lock()
        self._state = _State()
        self._console = Console(file=stream, no_color=not color, highlight=False)
        self._live: Live | None = None

    def __enter__(self) -> Board:
        from rich.live import Live

        self._live = Live(
            get_renderable=self._drawn,
            console=self._console,
            refresh_per_second=4,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        )
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def tell(self, event: Event) -> None:
        """Show what happened."""
        with self._lock:
            if event.number is None:
                self._state.note = settling(event) if event.step is Step.SETTLING else ""
                return
            self._state.note = ""
            row = self._state.rows.setdefault(event.number, _Row(printable(event.target)))
            if row.step is not event.step or not row.since:
                row.step, row.since = event.step, self._clock()
            row.reason = printable(": ".join(part for part in (event.code, event.message) if part))

    def vanish(self) -> None:
        """Leave the terminal usable when the program ends without a word to anybody: waits for no lock."""
        if self._live is not None:
            self._stream.write(_ERASE_LINE_SHOW_CURSOR)
            self._stream.flush()

    def _drawn(self) -> RenderableType:
        from rich.text import Text

        size = self._console.size
        with self._lock:
            lines = drawn(
                [
                    (row.target, row.step, row.since, row.reason)
                    for _, row in sorted(self._state.rows.items())
                ],
                self._clock(),
                # The last column stays free: some terminals go to the next line when it is written to.
                width=size.width - 1,
                height=size.height - 2,  # below it rich writes an empty line, and one above it shall stay
                note=self._state.note,
            )
        text = Text(no_wrap=True, overflow="crop", end="")
        for at, (line, style) in enumerate(lines):
            text.append("\n" if at else "")
            text.append(line, style=style if self._color else "")
        return text


def drawn(
    rows: Sequence[tuple[str, Step, float, str]], now: float, *, width: int, height: int, note: str = ""
) -> list[tuple[str, str]]:
    """The table's lines, each with its style: at most `height`, none wider than `width`.

    Where not all have room, those that are at work come first, and those that are over last.

    >>> drawn([("a.png", Step.ACTIVE, 0.0, "")], 3.0, width=60, height=5)
    [('a.png  Active', 'green'), ('1 Active', 'bold')]
    """
    counts = Counter(_WORDS[step] for _, step, _, _ in rows)
    summary = [(", ".join(f"{count} {word}" for word, count in counts.items()), "bold")] if rows else []
    foot = [*summary, *([(note, "dim")] if note else [])][: max(height, 0)]
    room = max(height - len(foot), 0)
    chosen = range(len(rows))
    if len(rows) > room:
        by_weight = sorted(chosen, key=lambda at: (_weight(rows[at][1]), at))
        kept = max(room - 1, 0)
        chosen_few = sorted(by_weight[:kept])
        more = [(f"… and {len(rows) - kept} more", "dim")] if room else []
        body = _lines([rows[at] for at in chosen_few], now, width) + more
    else:
        body = _lines([rows[at] for at in chosen], now, width)
    return [(cut(line, width), style) for line, style in (*body, *foot)]


def _weight(step: Step) -> int:
    if step in _OVER:
        return 2
    return 1 if step in (Step.JUDGED, Step.CREATED, Step.FOUND, Step.WAITING) else 0


def _lines(rows: Sequence[tuple[str, Step, float, str]], now: float, width: int) -> list[tuple[str, str]]:
    state = max((len(_WORDS[step]) for _, step, _, _ in rows), default=0)
    names = max((columns_of(target) for target, _, _, _ in rows), default=0)
    room = min(names, max(width - state - _SECONDS - 4, min(_NARROWEST, width // 3)))
    lines = []
    for target, step, since, reason in rows:
        detail = reason if step in _OVER else "" if step is Step.JUDGED else _duration(now - since)
        line = f"{padded(shortened(target, room), room)}  {_WORDS[step]:{state}}  {detail}".rstrip()
        lines.append((cut(line, width), _STYLES.get(step, "")))
    return lines


def _duration(seconds: float) -> str:
    """Minutes and seconds; nothing while they are few.

    >>> _duration(75.2), _duration(0.5)
    ('1:15', '')
    """
    whole = int(seconds)
    if whole < 1:
        return ""
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
