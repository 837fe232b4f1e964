"""A million targets that do not exist: what a run costs by itself, and whether its memory stays flat."""

from __future__ import annotations

import json
from itertools import pairwise

from tests.benchmarks import peers
from tests.benchmarks.bench import OURS, Bench, Contestant
from tests.benchmarks.ratios import Spread, Target

OVERHEAD = Target("1,000,000 targets that do not exist: time a target, by the tenth", most=100, unit=" µs")
FLAT = Target("1,000,000 targets that do not exist: memory at the end over that at half", most=1.1)
TARGETS = (OVERHEAD, FLAT)


def measure(bench: Bench) -> None:
    """One run, as a library call; its tenths are the rounds."""
    count = 50_000 if bench.quick else 1_000_000
    loop = Contestant(f"{OURS} as a library call", peers.loop("missing", str(count)), count)
    (turn,) = bench.in_turn("missing targets", [loop], 1)[loop.name]
    marks = [(0.0, 0), *json.loads(turn.out)]
    times = [(after[0] - before[0]) / (count / 10) * 1e6 for before, after in pairwise(marks)]
    bench.give(OVERHEAD, Spread(tuple(times)))
    bench.give(FLAT, Spread((marks[-1][1] / marks[5][1],)))
