"""How far the making of a copy is, in passes of ffmpeg; and that there is a copy at its end."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from validator.errors import RepairError


def check_written(target: Path) -> None:
    """Refuse a copy that is not there.

    Raises:
        RepairError: nothing was written.
    """
    if not target.is_file() or not target.stat().st_size:
        raise RepairError("ffmpeg ended as if all were well, but wrote no copy.")


class Progress:
    """The share of all passes that is done, from 0 to 1; it never goes back.

    `duration`: the seconds of the copy; `None` where nobody knows: then only passes that are done are told.

    >>> told = []
    >>> progress = Progress(2, Fraction(10), told.append)
    >>> progress.tell(Fraction(5)), progress.step(), progress.finish(), told
    (None, None, None, [Fraction(1, 4), Fraction(1, 2), Fraction(1, 1)])
    """

    def __init__(
        self, steps: int, duration: Fraction | None, on_progress: Callable[[Fraction], object]
    ) -> None:
        self._steps = steps
        self._done = 0
        self._duration = duration
        self._told = Fraction(0)
        self._on_progress = on_progress

    def tell(self, seconds: Fraction) -> None:
        """So many seconds of the copy went through this pass."""
        if self._duration:
            self._say(Fraction(self._done) + min(Fraction(1), seconds / self._duration))

    def step(self) -> None:
        """This pass is done."""
        self._done += 1
        self._say(Fraction(self._done))

    def finish(self) -> None:
        """All is done."""
        self._say(Fraction(self._steps))

    def _say(self, steps: Fraction) -> None:
        share = steps / self._steps
        if share > self._told:
            self._told = share
            self._on_progress(share)
