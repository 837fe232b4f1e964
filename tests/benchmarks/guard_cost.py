"""What the worker processes cost on honest input: the same files judged with and without them, in one run.

    python -m tests.benchmarks.guard_cost [FOLDER] [--copies N] [--rounds N]

Each round judges all files once without workers and once with them, in turn, so that what else the machine
does falls on both. Printed are ratios; nobody is looked for.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from tests.nobody import NOBODY
from validator import Decoders, lint
from validator.probe import probe
from validator.run import run


def main(arguments: Sequence[str] | None = None) -> float:
    """Print the ratios; returns the median of time with guards / time without."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("fixtures"))
    parser.add_argument("--copies", type=int, default=1, help="how often each file is named")
    parser.add_argument("--rounds", type=int, default=3)
    said = parser.parse_args(arguments)
    targets = [str(said.folder)] * said.copies
    cold, warm = [], []
    for _ in range(said.rounds):
        bare = _seconds(lambda: list(run(targets, NOBODY, probe=probe)))
        with Decoders(processes=2) as decoders:
            lint([str(said.folder)], NOBODY, decoders=decoders)
            warm.append(_seconds(lambda: lint(targets, NOBODY, decoders=decoders)) / bare)
        cold.append(_seconds(lambda: lint(targets, NOBODY)) / bare)
        print(f"bare {bare:.2f} s, with workers {cold[-1]:.2f}, with workers kept warm {warm[-1]:.2f}")
    print(f"median: with workers {statistics.median(cold):.2f}, kept warm {statistics.median(warm):.2f}")
    return statistics.median(cold)


def _seconds(work: object) -> float:
    assert callable(work)
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


if __name__ == "__main__":
    main()
