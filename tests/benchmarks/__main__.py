"""How fast everything is, beside the other programs and beside plain loops that do no more than they must.

    python -m tests.benchmarks [--quick] [--only NAME] [--write-readme] [--corpus FOLDER] [--output FILE]

Everyone works in turn in every round, so that what else the machine does falls on all. What is printed are
ratios of one round each: their median, and from the least to the most. At the first time, 1.2 GB of media are
made. With --quick it is a tenth of them, in which what it costs to start weighs ten times as much.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from tests.benchmarks.bench import Bench
from tests.benchmarks.corpus import Corpus
from tests.benchmarks.costs import CommandError
from tests.benchmarks.subjects import SUBJECTS, TARGETS
from tests.benchmarks.tables import README, targets_table, uses_table, written


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables; ends with 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the media, fewer rounds")
    parser.add_argument("--only", action="append", choices=SUBJECTS, metavar="NAME", help=", ".join(SUBJECTS))
    parser.add_argument("--write-readme", action="store_true", help="write the table into the README")
    parser.add_argument("--corpus", type=Path, help="where the media lie, if not in the user's cache folder")
    parser.add_argument("--output", type=Path, help="write the tables into this file, too")
    said = parser.parse_args(arguments)
    if said.write_readme and (said.only or said.quick):
        parser.error("the README's table takes a whole run")
    folder = said.corpus or platformdirs.user_cache_path("seedance-validator-benchmark")
    bench = Bench(Corpus(folder, 0.1 if said.quick else 1.0), quick=said.quick, tell=_tell)
    names = said.only or list(SUBJECTS)
    failed: list[str] = []
    begin = time.perf_counter()
    for name in names:
        _tell(f"# {name}, {time.perf_counter() - begin:.0f} s")
        try:
            SUBJECTS[name][1](bench)
        except CommandError as error:
            failed.append(f"{name}: {error}")
            _tell(failed[-1])
    targets = [target for name in names for target in SUBJECTS[name][0]]
    text = f"{_about(bench)}\n\n{targets_table(targets, bench.results)}\n\n{uses_table(bench.uses)}\n"
    print(text)
    if said.output:
        said.output.write_text(text, encoding="utf-8")
    if said.write_readme and not failed:
        content = f"{_about(bench)}\n\n{targets_table(TARGETS, bench.results)}\n"
        README.write_text(written(README.read_text(encoding="utf-8"), content), encoding="utf-8")
    measured = [target for target in targets if target.title in bench.results]
    return int(bool(failed) or not all(each.is_met(bench.results[each.title]) for each in measured))


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _about(bench: Bench) -> str:
    """Where and when, so that a reader can judge the figures."""
    revision = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    ).stdout.strip()
    cores = f"{bench.workers} core{'s' * (bench.workers != 1)}"
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    left_out = f" Not installed, and left out: {', '.join(bench.missing)}." if bench.missing else ""
    return (
        f"{time.strftime('%Y-%m-%d')}, {platform.system()}, {cores} (load at the end {load}), "
        f"Python {platform.python_version()}, {revision or 'no revision'}.{left_out}"
    )


if __name__ == "__main__":
    sys.exit(main())
