"""Ctrl-C and its kin: ask the run to stop, and see that it does."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from validator.cli.signals import stopping

PATIENCE = 3.0
"""Seconds that a stopped run gets to put things away before the program leaves all the same."""


class Stopped(BaseException):
    """A signal asked us to stop.

    No `Exception`, so that nothing on the way takes it for a bug, and no `KeyboardInterrupt`, which
    click would turn into its own.
    """

    def __init__(self, signum: int) -> None:
        self.signum = signum
        super().__init__(signal.strsignal(signum))

    @property
    def exit_code(self) -> int:
        """What a shell expects of a program that a signal ended.

        >>> Stopped(signal.SIGINT).exit_code
        130
        """
        return 128 + self.signum

    @property
    def word(self) -> str:
        """What happened, in one word."""
        return "interrupted" if self.signum == signal.SIGINT else "terminated"


class Stop:
    """While this context is open, the first signal sets `cancel` and raises `Stopped`.

    With `leave` (given by the installed program, not by callers of `main`), a second signal, or
    a run that is not done `patience` seconds after the first, ends in a call of it: a thread that waits
    for a slow host must not hold the user up.
    """

    def __init__(self, leave: Callable[[Stopped], None] | None = None, patience: float = PATIENCE) -> None:
        self.cancel = threading.Event()
        self._leave = leave
        self._patience = patience
        self._over = threading.Event()
        self._stopped: Stopped | None = None
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stop:
        if self._leave is not None:
            # Without a thread, a run that does not end takes a second signal.
            with contextlib.suppress(RuntimeError):
                threading.Thread(target=self._watch, name="stop", daemon=True).start()
        if threading.current_thread() is threading.main_thread():  # the only one that may set handlers
            for signum in stopping():
                self._before[signum] = signal.signal(signum, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler)
        self._over.set()

    @property
    def reason(self) -> Stopped:
        """Why the run was stopped: as if by Ctrl-C where no signal came."""
        return self._stopped or Stopped(signal.SIGINT)

    def _handle(self, signum: int, _frame: FrameType | None) -> None:
        if self._stopped is not None:
            if self._leave is not None:
                self._leave(self._stopped)
            return
        self._stopped = Stopped(signum)
        self.cancel.set()
        raise self._stopped

    def _watch(self) -> None:
        self.cancel.wait()
        if not self._over.wait(self._patience) and self._leave is not None:
            self._leave(self.reason)
