"""One worker against two, where decoding is the work, and where looking for faces is."""

from __future__ import annotations

from tests.benchmarks.bench import Bench, Contestant, faster
from tests.benchmarks.ratios import Target

DECODING = Target("Two workers, pictures decoded: times faster than one", least=1.7)
FACES = Target("Two workers, faces looked for: times faster than one", least=1.7)
TARGETS = (DECODING, FACES)


def measure(bench: Bench) -> None:
    """Whole processes, with what it takes to start them and to load the models."""
    if bench.workers < 2:
        bench.tell("one core: two workers cannot be compared with one")
        return
    pictures = bench.corpus.folders("images")
    for target, subject, folders, people in (
        (DECODING, "workers, decoding", pictures, False),
        (FACES, "workers, faces", bench.corpus.folders("faces"), True),
    ):
        count = sum(1 for folder in folders for _ in folder.iterdir())
        one, two = (
            Contestant(
                f"{number} worker{'s' * (number > 1)}",
                bench.lint(folders, "--workers", str(number), people=people),
                count,
            )
            for number in (1, 2)
        )
        turns = bench.in_turn(subject, [one, two], bench.rounds(3))
        bench.give(target, faster(turns[one.name], turns[two.name]))
