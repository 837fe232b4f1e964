"""Why a worker gave no answer."""

from __future__ import annotations

from typing import Literal

Kind = Literal["start", "time", "ended", "raised", "memory", "answer", "busy"]
"""What went wrong: no worker could be started; it took too long; its process ended; the handler raised an
exception; it ran out of memory; what came back is no answer; no worker was free in time."""


class WorkerError(Exception):
    """A worker gave no answer. The process is gone; other calls are not affected.

    Internal: what a caller of the package sees is a finding, or a rule that is not judged.

    >>> str(WorkerError("took more than 30 s and was stopped", "time"))
    'took more than 30 s and was stopped'
    """

    def __init__(self, reason: str, kind: Kind) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind: Kind = kind
