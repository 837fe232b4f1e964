"""Plans a sound that conforms: copied where only its container or its length is wrong, else encoded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validator.repair.plan import Draft, Obstacle

if TYPE_CHECKING:
    from validator.repair.plan import Case


def plan_audio(case: Case) -> Draft:
    """The gentlest way to a WAV or an MP3 that answers the case's findings, or why there is none."""
    return Draft(None, obstacles=tuple(Obstacle(each.code, "Not planned yet.") for each in case.findings))
