"""Plans the copy of a picture: the fewest and gentlest steps to one that conforms."""

from __future__ import annotations

from validator.repair.plan import Case, Draft


def plan_image(case: Case) -> Draft:
    """The steps to a copy of this picture that answers the case's findings, or why there is none."""
    raise NotImplementedError(case.asset.target)
