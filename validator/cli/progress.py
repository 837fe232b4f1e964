"""A progress bar on standard error, for a person who waits longer than a second."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from validator.repair.work import RepairProgress

_NARROWEST = 3  # columns of numbers: "0/?"
_BESIDE = 24  # columns of the time, and of what parts it from the rest
_ERASE_LINE_SHOW_CURSOR = "\r\x1b[2K\x1b[?25h"
_STEPS = {
    "linting": "judging",
    "planning": "planning",
    "making": "making the copy of",
    "judging": "judging the copy of",
}
_MAKING = Fraction(9, 10)  # of the way from a verdict to a copy


def wants_bar(stream: TextIO | None) -> bool:
    """Whether somebody looks at this stream, and it can draw."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


class Bar:
    """A bar that appears after `delay` seconds, and goes away without a trace.

    It never shares a line with the report: see `aside`. Safe to update from several threads. `count` says of
    how many assets there are, if it can be told; it is called once the bar is there, in a thread of its own,
    and ends where the event is set.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        color: bool,
        delay: float = 1.0,
        count: Callable[[threading.Event], int | None] | None = None,
    ) -> None:
        self._stream = stream
        self._color = color
        self._lock = threading.Lock()
        self._timer = threading.Timer(delay, self._appear)
        self._timer.daemon = True
        self._over = threading.Event()
        self._count = count
        self._counted: int | None = None
        self._done: float = 0
        self._total: int | None = None
        self._repeated = 0
        self._text = ""
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._over.set()
        with self._lock:
            if self._bar is not None:
                self._bar.stop()

    def update(self, done: float, total: int | None, text: str = "", *, repeated: int = 0) -> None:
        """So many assets are done, of so many; `text` says what is at work.

        A part of an asset moves the bar, and is not counted. `None`: of as many as are counted, but for those
        that were found to be `repeated`.
        """
        from validator.report.escape import printable

        with self._lock:
            self._done, self._total, self._text = done, total, printable(text)
            self._repeated = repeated
            self._draw()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bar off the screen while something else is written to it."""
        with self._lock:
            if self._bar is not None:
                self._bar.stop()
            try:
                yield
            finally:
                if self._bar is not None:
                    self._bar.start()

    def vanish(self) -> None:
        """Leave the terminal usable when the program ends without a word to anybody: waits for no lock."""
        if self._bar is not None:
            self._stream.write(_ERASE_LINE_SHOW_CURSOR)
            self._stream.flush()

    def _appear(self) -> None:
        # Here, since most runs are over before anybody wants a bar.
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )
        from rich.table import Column

        console = Console(file=self._stream, no_color=not self._color, highlight=False)
        columns = (
            BarColumn(bar_width=_bar_of(console.width)),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("elapsed"),
            TextColumn(
                "{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
            ),
        )
        with self._lock:
            if self._over.is_set():
                return
            self._bar = Progress(
                *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._task = self._bar.add_task(self._text, total=None)
            self._draw()
            self._bar.start()
        if self._count is not None:
            counted = self._count(self._over)
            with self._lock:
                self._counted = counted
                self._draw()

    def _draw(self) -> None:
        if self._bar is not None and self._task is not None:
            from validator.report.columns import shortened

            total = self._total
            if total is None and self._counted is not None:  # a folder may have got more since
                total = max(self._counted - self._repeated, int(self._done))
            width = self._bar.console.width
            numbers = _NARROWEST if total is None else len(f"{total}/{total}")
            text = shortened(self._text, max(width - _bar_of(width) - numbers - _BESIDE, 0))
            self._bar.update(self._task, completed=self._done, total=total, description=text)


def _bar_of(width: int) -> int:
    """The columns of the bar: a share of the terminal's, so that what is at work has room beside it."""
    return width * 3 // 8


class Moved(Protocol):
    """A bar, as far as it is moved."""

    def update(self, done: float, total: int | None, text: str = "") -> None:
        """So many assets are done, of so many."""


class Shown:
    """How far a run is, on a bar that does not go back, though several copies are made at a time."""

    def __init__(self, bar: Moved | None) -> None:
        self._bar = bar
        self._furthest = Fraction(0)

    def show(self, progress: RepairProgress) -> None:
        """Show how far it is; part of a copy is part of an asset."""
        if self._bar is None:
            return
        share = Fraction(0) if progress.share is None else min(progress.share, Fraction(1))
        ahead = _MAKING if progress.step == "judging" else share * _MAKING
        self._furthest = max(self._furthest, min(progress.done + ahead, Fraction(progress.found)))
        # Before the name, whose middle is what goes where there is no room.
        percent = "" if progress.share is None else f"{int(share * 100)} %, "
        text = percent + f"{_STEPS.get(progress.step, '')} {progress.target}".strip()
        self._bar.update(float(self._furthest), progress.found, text)
