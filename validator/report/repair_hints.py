"""Which options of `validator fix` would let it mend what it does not mend unasked."""

from __future__ import annotations

from collections.abc import Iterator

from validator.findings import Finding
from validator.model import Kind
from validator.repair.options import RepairOptions
from validator.repair.outcome import Repair
from validator.repair.words import INSTALL_FFMPEG, NO_FFMPEG


def hints(repair: Repair, options: RepairOptions) -> tuple[str, ...]:
    """A sentence for each option that would help with the obstacles of a plan.

    >>> from validator.findings import AssetReport
    >>> from validator.model import Asset, Facts
    >>> hints(Repair(AssetReport(Asset("a.png", "a.png"), Facts()), "passes"), RepairOptions())
    ()
    """
    if repair.reason == NO_FFMPEG:
        return (INSTALL_FFMPEG,)
    if repair.plan is None or repair.plan.is_possible:
        return ()
    codes = {obstacle.code for obstacle in repair.plan.obstacles}
    stand = (finding for finding in repair.result.findings if finding.code in codes)
    said = " ".join(obstacle.reason for obstacle in repair.plan.obstacles)
    found = dict.fromkeys(
        hint for finding in stand for hint in _hints(finding, repair.result.facts.kind, options)
    )
    return tuple(hint for hint in found if hint.partition(" ")[0] not in said)


def _hints(finding: Finding, kind: Kind | None, options: RepairOptions) -> Iterator[str]:
    fact, side = finding.measured.fact, finding.limit.side
    if fact == "duration" and side == "below" and finding.measured.value and options.lengthen is None:
        held = "adds silence" if kind is Kind.AUDIO else "keeps its last picture"
        yield f"--lengthen loop plays it again, hold {held}, slow slows it down."
    if fact == "face_count" and side == "above" and options.face is None:
        yield "--face largest, or a number as the report lists the faces, crops to one of them."
