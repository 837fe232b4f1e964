"""What is known already is not measured again, and what is measured is remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import pytest

from tests.nobody import NOBODY
from validator.fact_cache import FactCache
from validator.intake.source import Source, open_local
from validator.memory import Memory
from validator.model import Asset, Depth, Facts
from validator.probe import probe
from validator.probe.decoders import Decoders
from validator.probe.examine import Examined
from validator.recall import Recall
from validator.run import run
from validator.task import Task, Wish


class Counting(Decoders):
    """Counts the files that are examined."""

    files = 0

    def examined(self, files: Sequence[BinaryIO], *arguments: Any) -> list[Examined]:
        self.files += len(files)
        return super().examined(files, *arguments)


@pytest.fixture
def decoders() -> Iterator[Counting]:
    with Counting(processes=0) as here:
        yield here


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[FactCache]:
    with FactCache(tmp_path / "cache") as made:
        yield made


# Files that nobody has touched for two seconds: others are not remembered.
MEDIA = Path(__file__).parent.parent / "fixtures" / "media"
PICTURES = [MEDIA / name for name in ("image-300x400.png", "heic-called.jpg", "wrong-checksum.png")]


@pytest.mark.parametrize("previews", [False, True])
def test_a_second_run_measures_nothing_unless_it_wants_previews(
    cache: FactCache, decoders: Counting, previews: bool
) -> None:
    first = list(run(PICTURES, NOBODY, decoders=decoders, cache=cache, previews=previews))
    assert decoders.files == 3
    again = list(run(PICTURES, NOBODY, decoders=decoders, cache=cache, previews=previews))
    assert decoders.files == (6 if previews else 3)
    assert [result.facts for result in again] == [result.facts for result in first]


def test_memory_and_cache_know_the_same(cache: FactCache, decoders: Counting) -> None:
    memories = [Memory(), Memory()]
    for memory in (memories[0], memories[0], memories[1]):
        results = list(run(PICTURES, NOBODY, decoders=decoders, memory=memory, cache=cache))
        assert [result.verdict.value for result in results] == ["pass", "pass", "fail"]
    assert decoders.files == 3
    assert cache.found == 3, "the second run did not have to ask"


def test_a_digest_that_is_wanted_at_any_depth(cache: FactCache, decoders: Counting) -> None:
    config = msgspec.structs.replace(NOBODY, depth=Depth.HEADER)
    without = list(run(PICTURES, config, decoders=decoders, cache=cache))
    assert {result.facts.file.sha256 for result in without} == {None}
    with_them = list(run(PICTURES, config, decoders=decoders, cache=cache, digests=True))
    assert None not in {result.facts.file.sha256 for result in with_them}
    assert {result.facts.file.integrity for result in with_them} == {None}


def test_a_probe_of_the_callers_is_always_asked(cache: FactCache) -> None:
    asked: list[str] = []

    def own(asset: Asset, source: Source, **choices: Any) -> Facts:
        asked.append(asset.target)
        return probe(asset, source, **choices)

    for _ in range(2):
        list(run(PICTURES, NOBODY, probe=own, cache=cache))
    assert len(asked) == 6
    assert cache.found == 0


@pytest.mark.parametrize("remembers", [Memory, None])
def test_what_was_opened_must_be_what_was_looked_at(cache: FactCache, remembers: type[Memory] | None) -> None:
    """A link may lead elsewhere for just as long as it takes to open it."""
    memory = remembers() if remembers else None
    recall = Recall(memory, None if memory else cache, frozenset())
    asset, other = (Asset(path.name, str(path)) for path in PICTURES[:2])
    known = []
    for opened in (other, asset, asset):
        task = Task(Wish(asset, ()))
        recall.find(task)
        known.append(task.facts is not None)
        with open_local(opened) as source:
            task.source, task.facts = source, Facts(file=source.access)
        recall.keep(task)
    assert known == [False, False, True]


def test_the_report_is_the_same_whatever_ran_before(cache: FactCache, decoders: Counting) -> None:
    paths = [MEDIA / name for name in ("image-299x400.png", "image.svg", "image-300x400.png", "video.webm")]
    everything = msgspec.structs.replace(NOBODY, all_findings=True)
    plain, whole = (list(run(paths, config, decoders=decoders)) for config in (NOBODY, everything))
    assert plain != whole
    for config, expected in ((everything, whole), (NOBODY, plain), (everything, whole), (NOBODY, plain)):
        before = decoders.files
        assert list(run(paths, config, decoders=decoders, cache=cache)) == expected
    assert decoders.files == before, "each of them knows what it found itself"
