"""A second run over files that nobody has touched."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.benchmarks.bench import OURS, Bench, Contestant, faster
from tests.benchmarks.ratios import Target

SECOND = Target("Second run over unchanged pictures, clips and sounds: times faster than the first", least=25)
TARGETS = (SECOND,)

_AGAIN = f"{OURS}, again"


def measure(bench: Bench) -> None:
    """In each round, a run with an empty cache and then one with what it left."""
    folders = [folder for part in ("images", "clips", "sounds") for folder in bench.corpus.folders(part)]
    count = sum(len(bench.corpus.files(part)) for part in ("images", "clips", "sounds"))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "cache"
        environment = {"VALIDATOR_CACHE": str(place)}

        def empty() -> None:
            shutil.rmtree(place, ignore_errors=True)

        command = bench.lint(folders, cache=True)
        contestants = [
            Contestant(OURS, command, count, environment=environment, prepare=empty),
            Contestant(_AGAIN, command, count, environment=environment),
        ]
        turns = bench.in_turn("second run", contestants, bench.rounds(2))
    bench.give(SECOND, faster(turns[OURS], turns[_AGAIN]))
