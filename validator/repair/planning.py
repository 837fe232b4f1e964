"""From an asset that was judged to a plan: what has to be answered, by whom, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence

from validator.findings import AssetReport, Finding
from validator.judge import Policy
from validator.profile import Profile
from validator.repair.options import RepairOptions
from validator.repair.plan import Case, RepairPlan
from validator.repair.survey import Survey


def case_of(
    result: AssetReport,
    profiles: Sequence[Profile],
    policies: Sequence[Policy],
    options: RepairOptions,
    survey: Survey | None = None,
) -> Case:
    """All that a plan depends on: the facts, completed by what a survey measured, judged by every profile.

    So a format that is not judged at all is planned for with everything that its copy has to answer. Each
    profile has its policy.
    """
    raise NotImplementedError


def plan_case(case: Case) -> RepairPlan:
    """The fewest and gentlest steps to a copy that answers all findings of the case, or why there is none."""
    raise NotImplementedError


def answered(case: Case) -> tuple[Finding, ...]:
    """The findings that a copy of this case must not have: what only others can mend is left out."""
    raise NotImplementedError
