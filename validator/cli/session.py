"""What one call of the command shares between its parts."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from validator.cli.screen import Screen
from validator.cli.stop import Stop, Stopped

if TYPE_CHECKING:
    from pathlib import Path

    from validator.workers.spawn import Spawned


class HalfDone(Protocol):
    """What must not stay behind half done."""

    def abandon(self) -> None:
        """Leave nothing behind."""


class Drawn(Protocol):
    """What is drawn on the terminal."""

    def vanish(self) -> None:
        """Leave the terminal usable, without waiting for anything."""


class Session:
    """One call of the command: who watches it, who may stop it, what it has to put away, and how it waits.

    `judged`: how many assets so far; `None` where none are to be judged. `advice`: how to go on when it is
    stopped. `unfinished`: temporary files of copies that are being made. `sleep`: waits between two questions
    to the asset library, in seconds.
    `spawned`: a worker's process that starts while we do.
    """

    def __init__(
        self, stop: Stop, screen: Screen | None = None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.stop = stop
        self.screen = Screen() if screen is None else screen
        self.destination: HalfDone | None = None
        self.bar: Drawn | None = None
        self.judged: int | None = None
        self.advice = ""
        self.unfinished: set[Path] = set()
        self.sleep = sleep
        self.spawned: Spawned | None = None

    def give_up(self, stopped: Stopped) -> int:
        """Leave no half report behind, say so, and return the exit code."""
        if self.destination is not None:
            self.destination.abandon()
        for path in tuple(self.unfinished):  # some, where threads that make them are not waited for
            with contextlib.suppress(OSError):
                path.unlink()
        so_far = ""
        if self.judged is not None:
            so_far = (
                f" after {self.judged} asset{'' if self.judged == 1 else 's'}; the report is not complete"
            )
        if self.advice:
            so_far = f"; {self.advice}"
        self.screen.say(f"{stopped.word}{so_far}")
        return stopped.exit_code
