"""What the subjects of the benchmark share: the media, the commands, who takes turns, what came out."""

from __future__ import annotations

import compileall
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import validator
from tests.benchmarks import peers
from tests.benchmarks.corpus import Corpus
from tests.benchmarks.costs import CommandError, Cost, Ran, measured
from tests.benchmarks.ratios import Spread, Target
from tests.nobody import IGNORED
from validator.cores import usable_cores

OURS = "validator lint"
_VALIDATOR = (sys.executable, "-m", "validator")
_CODES = (0, 1, 2)  # whatever the verdicts are
# An installed package is compiled once and for all.
_ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | {
    "NO_COLOR": "1"
}
_PACKAGE = Path(validator.__file__).parent
_TOLD = re.compile(r"^([\d,]+) assets?:", re.MULTILINE)


@dataclass(frozen=True)
class Contestant:
    """One who takes turns: a command, and how many files it works on.

    `each` starts a process per file. `prepare` is called before each turn, outside of the clock.
    `transferred` tells the bytes that a host gave since it was last asked.
    """

    name: str
    command: Sequence[str]
    files: int = 1
    each: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], object] | None = None
    transferred: Callable[[], int] | None = None
    watched: bool = True


@dataclass(frozen=True)
class Turn:
    """What one turn cost."""

    cost: Cost
    files: int
    transferred: int | None
    out: str

    @property
    def wall(self) -> float:
        """Seconds a file."""
        return self.cost.wall / self.files


@dataclass(frozen=True)
class Use:
    """A row of the table of resources: medians, a file where that makes sense."""

    subject: str
    name: str
    files: int
    wall: float
    cpu: float
    memory: int
    read: int
    processes: int
    transferred: int | None


Turns = dict[str, list[Turn]]


class Bench:
    """One run of the benchmark.

    Args:
        corpus: the media.
        quick: less of everything, for a look in between.
        tell: is told what is being done.
    """

    def __init__(self, corpus: Corpus, *, quick: bool = False, tell: Callable[[str], None] = print) -> None:
        self.corpus = corpus
        self.quick = quick
        self.tell = tell
        self.workers = usable_cores()
        self.missing = peers.missing()
        self.results: dict[str, Spread] = {}
        self.uses: list[Use] = []
        compileall.compile_dir(_PACKAGE, quiet=2)
        self._options = _lint_options()

    def rounds(self, many: int) -> int:
        """How many rounds, where `many` are wanted."""
        return max(2, many // 3) if self.quick else many

    def lint(
        self, targets: Sequence[object], *options: str, people: bool = False, cache: bool = False
    ) -> list[str]:
        """The command `validator lint`: without people and cache, unless they are asked for."""
        fixed = ["--no-config", *(() if people else IGNORED)]
        if not cache and self.knows("--no-cache"):
            fixed.append("--no-cache")
        return [*_VALIDATOR, "lint", *fixed, *options, *map(str, targets)]

    def validator(self, *arguments: str) -> list[str]:
        """Another command of ours."""
        return [*_VALIDATOR, *arguments]

    def knows(self, option: str) -> bool:
        """Whether `validator lint` has this option."""
        return option in self._options

    def in_turn(self, subject: str, contestants: Sequence[Contestant], rounds: int) -> Turns:
        """Let everyone work once in each round, and note what they used.

        Raises:
            CommandError: a command failed, or judged another number of files than it was given.
        """
        turns: Turns = {each.name: [] for each in contestants}
        with private_cache() as cache:
            for _ in range(rounds):
                for each in contestants:
                    turns[each.name].append(_turn(each, cache))
        for each in contestants:
            self.note(subject, each, turns[each.name])
        return turns

    def note(self, subject: str, who: Contestant, turns: Sequence[Turn]) -> None:
        """Add a row to the table of resources."""

        def middle(values: Sequence[float]) -> float:
            return statistics.median(values)

        started = who.files + 1 if who.each else max(turn.cost.processes for turn in turns)
        moved = [turn.transferred for turn in turns if turn.transferred is not None]
        use = Use(
            subject,
            who.name,
            who.files,
            middle([turn.cost.wall for turn in turns]),
            middle([turn.cost.cpu for turn in turns]),
            max(turn.cost.memory for turn in turns),
            int(middle([turn.cost.read for turn in turns])),
            started,
            int(middle(moved)) if moved else None,
        )
        self.uses.append(use)
        self.tell(f"  {who.name}: {use.wall:.3f} s, {use.cpu:.3f} s of all cores, {use.files:,} files")

    def give(self, target: Target, spread: Spread) -> None:
        """Say what came out for a row of the table."""
        self.results[target.title] = spread
        verdict = "" if target.bound == "–" else f", {'met' if target.is_met(spread) else 'MISSED'}"
        self.tell(f"{target.title}: {spread}{target.unit} (target {target.bound}{verdict})")


def _turn(who: Contestant, cache: Path) -> Turn:
    if who.prepare is not None:
        who.prepare()
    if who.transferred is not None:
        who.transferred()
    environment = {**_ENVIRONMENT, "VALIDATOR_CACHE": str(cache), **who.environment}
    ours = who.command[:3] == [*_VALIDATOR]
    ran = measured(who.command, environment=environment, codes=_CODES if ours else (0,), watched=who.watched)
    if ours and "lint" in who.command:
        _check_count(who, ran)
    moved = None if who.transferred is None else who.transferred()
    return Turn(ran.cost, who.files, moved, ran.out)


def _check_count(who: Contestant, ran: Ran) -> None:
    told = _TOLD.findall(ran.out)
    if not told or int(told[-1].replace(",", "")) != who.files:
        raise CommandError(
            f"{who.name}: {who.files:,} files were given, this was told: {ran.out[-300:]}{ran.errors[-300:]}"
        )


@contextmanager
def private_cache() -> Iterator[Path]:
    """A folder for the cache of facts that nobody used before: the user's own is left alone."""
    with tempfile.TemporaryDirectory(prefix="benchmark-cache-") as folder:
        yield Path(folder)


def _lint_options() -> frozenset[str]:
    """The long options that `validator lint` has."""
    shown = subprocess.run([*_VALIDATOR, "lint", "--help"], capture_output=True, text=True, check=True).stdout
    return frozenset(re.findall(r"--[a-z-]+", shown))


def faster(theirs: Sequence[Turn], ours: Sequence[Turn]) -> Spread:
    """How many times less time a file ours took, by the round."""
    return Spread(tuple(their.wall / our.wall for their, our in zip(theirs, ours, strict=True)))


def slower(ours: Sequence[Turn], theirs: Sequence[Turn]) -> Spread:
    """How many times the time a file of theirs ours took, by the round."""
    return faster(ours, theirs)
