"""The command line: turns arguments into calls, and how they end into sentences and exit codes."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from validator.lazy import lazily

if TYPE_CHECKING:
    from validator.cli.entry import main
    from validator.workers.spawn import Spawned

__all__ = ["main", "program"]

__getattr__, __dir__ = lazily(globals(), {"validator.cli.entry": "main"})


def program() -> NoReturn:
    """The installed command: `main`, and an end that waits for no thread once it was stopped."""
    from validator.cli.signals import stopping

    spawned: Spawned | None = None

    def leave(signum: int, _frame: object) -> NoReturn:
        if spawned is not None:
            spawned.end()
        os._exit(128 + signum)

    for signum in stopping():  # until a `Stop` takes them over; they may come between any two imports
        signal.signal(signum, leave)
    from validator.cli.early import started_early

    spawned = started_early(sys.argv[1:])  # so that it starts while we do: nothing else is imported yet
    from validator.cli.entry import carry_out

    carry_out(spawned)
