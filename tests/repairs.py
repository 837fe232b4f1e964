"""Mend what can be mended under some targets, and count by rule what became of it.

    python -m tests.repairs FOLDER TARGET... [--truth truth.tsv]

Copies go into FOLDER. Prints one line for each asset that does not pass, then a table by rule, then the share
of mended ones among the files whose only faults can be mended without inventing anything: size, ratio, side,
pixels, frame rate, duration too long, format or orientation. The exit code is 1 where it is below 95 %. What
does not decode to its end, as a table such as that of `tests.truth` says, does not count there.
"""

from __future__ import annotations

import argparse
import csv
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


def is_mendable(repair: Repair, damaged: frozenset[str]) -> bool:
    """Whether nothing is wrong with an asset but what a copy can do otherwise; what is too short is not."""
    if repair.result.asset.location.endswith(tuple(damaged)):
        return False
    codes = codes_of(repair)
    obstacles = {obstacle.code for obstacle in repair.plan.obstacles} if repair.plan else set()
    return bool(codes) and codes <= MENDABLE and not obstacles & TOO_SHORT


@dataclass
class Table:
    """What became of assets, by rule; `damaged` are the ends of paths of files that do not decode."""

    damaged: frozenset[str] = frozenset()
    by_rule: dict[str, Counter[str]] = field(default_factory=dict)
    mendable: int = 0
    mended: int = 0
    left: list[str] = field(default_factory=list)

    def add(self, repair: Repair) -> None:
        """Count one asset that did not pass."""
        for code in codes_of(repair):
            self.by_rule.setdefault(code, Counter())[repair.status] += 1
        if is_mendable(repair, self.damaged):
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


def counted(repairs: Iterable[Repair], damaged: frozenset[str] = frozenset()) -> Table:
    """The table over these repairs; each that does not pass is told of as it comes."""
    table = Table(damaged)
    for repair in repairs:
        if repair.status == "passes":
            continue
        table.add(repair)
        obstacles = repair.plan.obstacles if repair.plan else ()
        why = repair.reason or " | ".join(f"{each.code}: {each.reason}" for each in obstacles)
        print(repair.status, repair.target, ",".join(sorted(codes_of(repair))), why, flush=True)
    return table


def undecodable(table: Path) -> frozenset[str]:
    """The files that do not decode to their end, as a table says."""
    with table.open(encoding="utf-8", newline="") as file:
        return frozenset(
            row["file"] for row in csv.DictReader(file, delimiter="\t") if row["decodes"] != "full"
        )


def main(arguments: list[str]) -> int:
    """Mend, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--truth", type=Path)
    said = parser.parse_args(arguments)
    damaged = undecodable(said.truth) if said.truth else frozenset()
    table = counted(repair_iter(said.targets, said.folder), damaged)
    print(*table.lines(), sep="\n")
    print(*(f"left: {target}" for target in table.left), sep="\n")
    return 0 if table.share >= SHARE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
