"""What a run's counts say to a shell."""

from __future__ import annotations

from validator.config import FailOn
from validator.model import Summary


def exit_code(summary: Summary, fail_on: FailOn, *, exit_zero: bool = False) -> int:
    """0: nothing at or above the failing severity; 1: findings; 2: something not judged, nothing failed.

    >>> exit_code(Summary(warnings=1), "error"), exit_code(Summary(warnings=1), "warning")
    (0, 1)
    >>> exit_code(Summary(unjudged=1), "error"), exit_code(Summary(unjudged=1, errors=1), "error")
    (2, 1)
    """
    if exit_zero:
        return 0
    if summary.errors or (fail_on == "warning" and summary.warnings):
        return 1
    return 2 if summary.unjudged else 0
