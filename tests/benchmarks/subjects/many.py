"""Ten thousand small pictures: does memory stay flat, and is a file as quick as among a thousand?"""

from __future__ import annotations

from tests.benchmarks.bench import OURS, Bench, Contestant, slower
from tests.benchmarks.ratios import Spread, Target

MEMORY = Target("10,000 small pictures: memory of all processes", most=400, unit=" MB")
FLAT = Target("10,000 small pictures: memory over that for 1,000")
SPEED = Target("10,000 small pictures: time a file over that of 1,000", most=1.1)
TARGETS = (MEMORY, FLAT, SPEED)


def measure(bench: Bench) -> None:
    """The thousand are a tenth of the ten thousand."""
    few = f"{OURS}, a tenth"
    contestants = [
        Contestant(
            few, bench.lint(bench.corpus.folders("small", 0.1)), len(bench.corpus.files("small", 0.1))
        ),
        Contestant(OURS, bench.lint(bench.corpus.folders("small")), len(bench.corpus.files("small"))),
    ]
    turns = bench.in_turn("small pictures", contestants, bench.rounds(3))
    used, used_for_few = ([turn.cost.memory for turn in turns[name]] for name in (OURS, few))
    bench.give(MEMORY, Spread(tuple(memory / 1e6 for memory in used)))
    bench.give(FLAT, Spread(tuple(all_ / some for all_, some in zip(used, used_for_few, strict=True))))
    bench.give(SPEED, slower(turns[OURS], turns[few]))
