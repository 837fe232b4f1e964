"""Plans a clip that conforms: the fewest and gentlest steps, on paper."""

from __future__ import annotations

from fractions import Fraction

from validator.repair.plan import Case, Draft


def plan_video(case: Case, *, scene_changes: tuple[Fraction, ...] = ()) -> Draft:
    """The steps to a clip that answers all findings of a case; shots begin at `scene_changes`, in seconds."""
    del case, scene_changes  # not yet planned
    return Draft(None)
