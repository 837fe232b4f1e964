"""Mend what can be mended under some targets, and count by rule what became of it.

    python -m tests.repairs FOLDER TARGET...

Copies go into FOLDER. Prints one line for each asset that does not pass, then a table by rule, then the share
of mended ones among the files whose only faults can be mended without inventing anything: size, ratio, side,
pixels, frame rate, duration too long, format or orientation. The exit code is 1 where it is below 95 %.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from validator import Repair, Severity, repair_iter

MENDABLE = frozenset(
    {"FIL006", "IMG001", "IMG002", "IMG003", "IMG004", "IMG007"}
    | {f"VID00{number}" for number in range(1, 8)}
    | {"VID011", "AUD001", "AUD002", "AUD003"}
)
"""Rules whose findings a smaller, shorter or otherwise written copy answers."""
TOO_SHORT = frozenset({"VID002", "AUD002"})
SHARE = Fraction(95, 100)


def codes_of(repair: Repair) -> frozenset[str]:
    """The rules that stand between an asset and its verdict `pass`, those learnt while planning included."""
    errors = {finding.code for finding in repair.result.findings if finding.severity is Severity.ERROR}
    if repair.plan is None:
        return frozenset(errors)
    planned = {code for change in repair.plan.changes for code in change.codes}
    return frozenset(errors | planned | {obstacle.code for obstacle in repair.plan.obstacles})


def is_mendable(repair: Repair) -> bool:
    """Whether nothing is wrong with an asset but what a copy can do otherwise; what is too short is not."""
    codes = codes_of(repair)
    obstacles = {obstacle.code for obstacle in repair.plan.obstacles} if repair.plan else set()
    return bool(codes) and codes <= MENDABLE and not obstacles & TOO_SHORT


@dataclass
class Table:
    """What became of assets, by rule."""

    by_rule: dict[str, Counter[str]] = field(default_factory=dict)
    mendable: int = 0
    mended: int = 0
    left: list[str] = field(default_factory=list)

    def add(self, repair: Repair) -> None:
        """Count one asset that did not pass."""
        for code in codes_of(repair):
            self.by_rule.setdefault(code, Counter())[repair.status] += 1
        if is_mendable(repair):
            self.mendable += 1
            self.mended += repair.status == "mended"
            if repair.status != "mended":
                self.left.append(repair.target)

    @property
    def share(self) -> Fraction:
        """How much of what can be mended was."""
        return Fraction(self.mended, self.mendable) if self.mendable else Fraction(1)

    def lines(self) -> Iterator[str]:
        """The table, and the share below it."""
        statuses = ("mended", "impossible", "failed", "unjudged")
        yield f"{'rule':8}" + "".join(f"{status:>12}" for status in statuses)
        for code, counts in sorted(self.by_rule.items()):
            yield f"{code:8}" + "".join(f"{counts[status]:12}" for status in statuses)
        yield f"mended {self.mended} of {self.mendable} that can be: {float(self.share):.1%}"


def counted(repairs: Iterable[Repair], say: bool = False) -> Table:
    """The table over these repairs; with `say`, each is told of as it comes."""
    table = Table()
    for repair in repairs:
        if repair.status == "passes":
            continue
        table.add(repair)
        if say:
            obstacles = (
                " | ".join(f"{each.code}: {each.reason}" for each in repair.plan.obstacles)
                if repair.plan
                else ""
            )
            print(
                repair.status,
                repair.target,
                ",".join(sorted(codes_of(repair))),
                repair.reason or obstacles,
                flush=True,
            )
    return table


def main(arguments: list[str]) -> int:
    """Mend, and print the table."""
    if len(arguments) < 2:
        print(__doc__)
        return 2
    table = counted(repair_iter(arguments[1:], Path(arguments[0])), say=True)
    print(*table.lines(), sep="\n")
    return 0 if table.share >= SHARE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
