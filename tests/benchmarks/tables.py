"""The tables of the benchmark, in Markdown, and their place in the README."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.bench import Use
from tests.benchmarks.ratios import Spread, Target

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = (
    "<!-- benchmark: written by python -m tests.benchmarks --write-readme -->",
    "<!-- end of benchmark -->",
)
_COLUMNS = ("what is compared", "target", "measured", "")


def targets_table(targets: Iterable[Target], results: Mapping[str, Spread]) -> str:
    """A row for each target: median, and from the least to the most.

    >>> print(targets_table([Target("help", most=5)], {"help": Spread((4.5, 5.5, 4.8))}))
    | what is compared | target | measured |  |
    |---|---|---|---|
    | help | ≤ 5 | 4.80 (4.50 to 5.50) | met |
    """
    rows = []
    for target in targets:
        spread = results.get(target.title)
        if spread is None:
            rows.append((target.title, target.bound, "not measured", ""))
            continue
        verdict = "" if target.bound == "–" else "met" if target.is_met(spread) else "**missed**"
        rows.append((target.title, target.bound, f"{spread}{target.unit}", verdict))
    return _table(_COLUMNS, rows)


def uses_table(uses: Iterable[Use]) -> str:
    """What each contestant took, for all its files together."""
    columns = ("", "files", "wall", "all cores", "peak memory", "read", "transferred", "processes")
    return _table(columns, [_use(use) for use in uses])


def _use(use: Use) -> tuple[str, ...]:
    return (
        f"{use.subject}: {use.name}",
        f"{use.files:,}",
        f"{use.wall:.3f} s",
        f"{use.cpu:.3f} s",
        f"{use.memory / 1e6:,.0f} MB" if use.memory else "–",
        f"{use.read / 1e6:,.1f} MB" if use.read else "–",
        "–" if use.transferred is None else f"{use.transferred / 1e3:,.1f} kB",
        f"{use.processes:,}" if use.processes else "–",
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        "|---" * len(columns) + "|" if line[0] == "---" else f"| {' | '.join(line)} |" for line in lines
    )


def read_rows(text: str) -> list[tuple[str, str]]:
    """The titles and targets of the table that a text has between the markers.

    >>> read_rows(f"{BEGIN}\\n| what | target |\\n|---|---|\\n| help | ≤ 5 | 4 | met |\\n{END}")
    [('help', '≤ 5')]
    """
    lines = text.partition(BEGIN)[2].partition(END)[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith("| ")]
    return [(row[0], row[1]) for row in rows[1:]]


def written(text: str, content: str) -> str:
    """The text with what lies between the markers replaced.

    Raises:
        ValueError: the markers are not there.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the README has no place for the table")
    return f"{before}{BEGIN}\n{content}\n{END}{after}"
