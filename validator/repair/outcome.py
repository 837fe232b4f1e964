"""What became of assets that were to be mended: said of a copy only after it was judged itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from validator.findings import AssetReport
from validator.repair.plan import Quality, RepairPlan

Status = Literal["passes", "mended", "present", "planned", "impossible", "failed", "unjudged"]
"""passes: there is nothing to mend. mended: the copy passes. present: in the copy's place lies a file, newer
than the original, that passes; it was not made now, and nothing proves that it is a copy. planned: of a dry
run. impossible: no copy would pass. failed: a copy could not be made, or does not pass. unjudged: nothing
fails, but not all was judged."""


@dataclass(frozen=True)
class Repair:
    """What became of one asset.

    `result` is the original, judged; `copy` the copy, judged by the same rules; `path` where it lies: both
    `None` unless `status` is "mended", or "present" (of the file that was there). `reason` says why there is
    none, or what a dry run would do; `notes` are sentences on the copy for a person.
    """

    result: AssetReport
    status: Status
    plan: RepairPlan | None = None
    copy: AssetReport | None = None
    path: Path | None = None
    quality: Quality | None = None
    notes: tuple[str, ...] = ()
    reason: str = ""

    @property
    def target(self) -> str:
        """What the user named, as reports show it."""
        return self.result.target


class RepairSummary(msgspec.Struct, frozen=True):
    """Counts over a whole run, by status.

    >>> RepairSummary(assets=2, passes=1, mended=1).is_clean
    True
    """

    assets: int = 0
    passes: int = 0
    mended: int = 0
    present: int = 0
    planned: int = 0
    impossible: int = 0
    failed: int = 0
    unjudged: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether every asset passes, or has a copy that does, or would have one."""
        return not (self.impossible or self.failed or self.unjudged)

    def add(self, repair: Repair) -> RepairSummary:
        """These counts and one asset more."""
        changed = {"assets": self.assets + 1, repair.status: getattr(self, repair.status) + 1}
        return msgspec.structs.replace(self, **changed)


@dataclass(frozen=True)
class RepairReport:
    """All repairs of one run, in the order of the targets."""

    repairs: tuple[Repair, ...] = field(default=())

    def __iter__(self) -> Iterator[Repair]:
        return iter(self.repairs)

    @property
    def summary(self) -> RepairSummary:
        """The counts."""
        return summary_of(self.repairs)


def summary_of(repairs: Iterable[Repair]) -> RepairSummary:
    """The counts over these.

    >>> summary_of([]).assets
    0
    """
    summary = RepairSummary()
    for repair in repairs:
        summary = summary.add(repair)
    return summary
