"""What it costs to start: help, the version, one small picture, against an interpreter that does nothing."""

from __future__ import annotations

import sys

from tests.benchmarks.bench import OURS, Bench, Contestant, slower
from tests.benchmarks.ratios import Target

HELP = Target("`validator --help`, time over `python -c pass`", most=5)
VERSION = Target("`validator --version`, time over `python -c pass`", most=5)
ONE = Target("`validator lint` of one small JPEG without faces, time over `python -c pass`", most=15)
TARGETS = (HELP, VERSION, ONE)

_NOTHING = "python -c pass"


def measure(bench: Bench) -> None:
    """Many rounds, as each is short; the processes are not watched, which would cost as much."""
    picture = next(path for path in bench.corpus.files("urls") if path.suffix == ".jpg")
    contestants = [
        Contestant(_NOTHING, [sys.executable, "-c", "pass"], watched=False),
        Contestant("--help", bench.validator("--help"), watched=False),
        Contestant("--version", bench.validator("--version"), watched=False),
        Contestant(OURS, bench.lint([picture]), watched=False),
    ]
    turns = bench.in_turn("start", contestants, bench.rounds(15))
    for target, name in ((HELP, "--help"), (VERSION, "--version"), (ONE, OURS)):
        bench.give(target, slower(turns[name], turns[_NOTHING]))
