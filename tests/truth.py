"""Compare verdicts with a table of real files that independent tools agree on.

    python -m tests.truth FOLDER [--all]

FOLDER holds `truth.tsv` (tab separated: file, format, decodes, verdict, codes …) and the files that it names.
Prints one line for each disagreement (for every file with `--all`), then the counts; the exit code
is 1 if any uncontested verdict, or any set of error codes of a documented format that decodes, differs.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.nobody import NOBODY
from validator import AssetReport, Severity, lint_iter

COMPARED = frozenset(
    {"FIL004", "FIL005"}
    | {f"IMG00{number}" for number in range(1, 5)}
    | {f"VID00{number}" for number in range(1, 8)}
    | {"VID012", "AUD001", "AUD002", "AUD003"}
)
DOCUMENTED = frozenset(
    {"jpeg", "mpo", "png", "apng", "webp", "bmp", "tiff", "bigtiff", "gif", "heic", "heif", "heif-seq"}
    | {"mp4", "mov", "m4v", "wav", "rf64", "mp3"}
)


@dataclass(frozen=True)
class Row:
    """One file: what the table says, and what the tool said."""

    file: str
    format: str
    decodes: str
    expected: str
    expected_codes: frozenset[str]
    verdict: str
    codes: frozenset[str]

    @property
    def verdict_differs(self) -> bool:
        """Contested rows are free."""
        return self.expected not in ("contested", self.verdict)

    @property
    def codes_differ(self) -> bool:
        """Compared where the format is documented and the file decodes."""
        comparable = self.format in DOCUMENTED and self.decodes == "full" and self.expected != "contested"
        return comparable and self.codes != self.expected_codes


def compare(folder: Path) -> Iterator[Row]:
    """Judge every file of the table, in its order."""
    with (folder / "truth.tsv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    everything = msgspec.structs.replace(NOBODY, all_findings=True)
    results = lint_iter([folder / row["file"] for row in rows], everything)
    for row, result in zip(rows, results, strict=True):
        yield Row(
            file=row["file"],
            format=row["format"],
            decodes=row["decodes"],
            expected=row["verdict"],
            expected_codes=frozenset(row["codes"].split(",")) & COMPARED,
            verdict=result.verdict.value,
            codes=_error_codes(result) & COMPARED,
        )


def _error_codes(result: AssetReport) -> frozenset[str]:
    return frozenset(finding.code for finding in result.findings if finding.severity is Severity.ERROR)


def main(arguments: list[str]) -> int:
    """Print the disagreements and the counts."""
    show_all = "--all" in arguments
    rows = list(compare(Path(next(argument for argument in arguments if argument != "--all"))))
    for row in rows:
        if show_all or row.verdict_differs or row.codes_differ:
            mark = "verdict" if row.verdict_differs else "codes" if row.codes_differ else "agrees"
            print(f"{mark:8}{row.file}")
            print(f"        {row.format}, decodes {row.decodes}")
            print(f"        table {row.expected:10}{','.join(sorted(row.expected_codes))}")
            print(f"        tool  {row.verdict:10}{','.join(sorted(row.codes))}")
    verdicts, codes = sum(row.verdict_differs for row in rows), sum(row.codes_differ for row in rows)
    print(f"{len(rows)} files: {verdicts} verdicts and {codes} sets of error codes differ.")
    return 1 if verdicts or codes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
