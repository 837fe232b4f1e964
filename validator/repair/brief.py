"""A plan in a few words, for a line of its own."""

from __future__ import annotations

from validator.repair.plan import RepairPlan


def in_brief(plan: RepairPlan | None) -> str:
    """What differs in the copy: what was asked for, or else whatever does.

    >>> from validator.model import Asset
    >>> from validator.repair.plan import Change
    >>> changes = (Change(("AUD002",), "duration", "20 s", "15 s"), Change((), "tracks", "2", "1"))
    >>> in_brief(RepairPlan(Asset("a", "a"), "a", None, changes))
    'duration 20 s → 15 s'
    """
    changes = () if plan is None else plan.changes
    asked = [change for change in changes if change.codes] or list(changes)
    values = ((change.what, change.before, change.after) for change in asked)
    return ", ".join(
        f"{what} {before} → {after}" if before else f"{what} {after}" for what, before, after in values
    )
