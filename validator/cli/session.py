"""What one call of the command shares between its parts."""

from __future__ import annotations

from dataclasses import dataclass, field

from validator.cli.output import Destination
from validator.cli.progress import Bar
from validator.cli.screen import Screen
from validator.cli.stop import Stop, Stopped


@dataclass
class Session:
    """One call of the command: who watches it, who may stop it, and what it has to put away.

    `judged`: how many assets so far; `None` where none are to be judged.
    """

    stop: Stop
    screen: Screen = field(default_factory=Screen)
    destination: Destination | None = None
    bar: Bar | None = None
    judged: int | None = None

    def give_up(self, stopped: Stopped) -> int:
        """Leave no half report behind, say so, and return the exit code."""
        if self.destination is not None:
            self.destination.abandon()
        so_far = ""
        if self.judged is not None:
            so_far = (
                f" after {self.judged} asset{'' if self.judged == 1 else 's'}; the report is not complete"
            )
        self.screen.say(f"{stopped.word}{so_far}")
        return stopped.exit_code
