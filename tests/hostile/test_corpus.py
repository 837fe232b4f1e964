"""Inputs that once broke something, tried again; and the fuzz targets on what they begin with.

All bytes in `corpus/` are our own fixtures and seeds, mutated by the fuzzer or by hand; none are anybody's
media. Each file's name says what was wrong.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.fuzz_seeds import seeds
from tests.hostile.fuzz_targets import TARGETS, measure_bytes, tried
from tests.hostile.fuzz_urls import SECRET
from tests.hostile.mutators import grammar_of, mutated, spliced
from tests.hostile.oracles import BrokenPromiseError, check_message, quick, require
from validator import Decoders, Depth
from validator.errors import AssetListError
from validator.intake.asset_list import read_asset_list
from validator.workers import can_send_files

CORPUS = Path(__file__).parent / "corpus"
KEPT = sorted(CORPUS.glob("*/*"))
MEDIA = ("image", "video", "audio")
LARGEST = 10_000
"""Bytes of a kept input: what breaks something can be made small."""

each_kept = pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
each_target = pytest.mark.parametrize("target", TARGETS)


@pytest.fixture(scope="module")
def decoders() -> Iterator[Decoders]:
    with Decoders(seconds=20) as decoders:
        yield decoders


@each_kept
def test_what_once_broke_something_does_so_no_more(path: Path) -> None:
    tried(path.parent.name, path.read_bytes())


@pytest.mark.parametrize("depth", Depth)
@pytest.mark.parametrize(
    "path", [path for path in KEPT if path.parent.name in MEDIA], ids=lambda path: path.name
)
@pytest.mark.skipif(not can_send_files(), reason="this system has no decoding workers")
def test_media_that_once_broke_something_cost_one_file_at_most(
    path: Path, depth: Depth, decoders: Decoders, tmp_path: Path
) -> None:
    measure_bytes(path.read_bytes(), tmp_path, depth, stills=True, decoders=decoders)


def test_what_is_kept_is_small_and_has_a_target() -> None:
    assert {path.parent.name for path in KEPT} <= TARGETS.keys()
    assert [path.name for path in KEPT if path.stat().st_size > LARGEST] == []


@each_target
def test_each_target_takes_what_it_begins_with(target: str, tmp_path: Path) -> None:
    begun_with = seeds(target)
    assert len(begun_with) > 1
    for data in begun_with:
        TARGETS[target](data, tmp_path)


@pytest.mark.parametrize("target", MEDIA)
def test_media_are_put_together_again_as_they_were(target: str) -> None:
    for data in seeds(target):
        grammar = grammar_of(data)
        if grammar is not None:
            written = grammar.write(grammar.take_apart(data))
            # One fixture is a PNG with a wrong checksum; these are written anew.
            assert written == data or (data[:4] == b"\x89PNG" and len(written) == len(data))


@pytest.mark.parametrize("target", MEDIA)
def test_mutated_media_are_others_of_their_kind(target: str) -> None:
    begun_with, chance = seeds(target), random.Random(1)  # noqa: S311 - no secret
    taken_apart = [data for data in begun_with if grammar_of(data) is not None]
    assert len(taken_apart) > len(begun_with) / 2
    for data in taken_apart:
        mutants = [mutated(data, 20_000, chance, lambda given, _: given) for _ in range(10)]
        spliced_with = spliced(data, begun_with[0], 20_000, chance)
        assert any(mutant != data for mutant in mutants)
        assert all(len(mutant) <= 20_000 for mutant in (*mutants, spliced_with))


# What takes the square of its length in time is only seen where it is long.
LONG_LISTS = {
    "headers in a string": (".toml", b'[[assets]]\npath = "a"\n' * 9_000 + b'name = """\n[[assets]]\n"""\n'),
    "strings that do not end": (".toml", b'"\\' * 500_000),
    "a key of many parts": (".toml", b"a" + b".a" * 100_000 + b" = 1"),
    "many keys": (".toml", b"".join(b"k%d = 1\n" % n for n in range(20_000))),
    "the last key again": (
        ".json",
        b'[{%s, "k": 1, "k": 2}]' % b",".join(b'"%d": 1' % n for n in range(50_000)),
    ),
}


@pytest.mark.parametrize(("ending", "data"), LONG_LISTS.values(), ids=LONG_LISTS)
def test_long_lists_take_no_longer_than_their_length(ending: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"list{ending}"
    path.write_bytes(data)
    with quick(4), contextlib.suppress(AssetListError):
        assert len(read_asset_list(path)) == 9_000


class TestOracles:
    """What finds nothing must be able to find something."""

    def test_a_broken_promise_is_raised(self) -> None:
        with pytest.raises(BrokenPromiseError, match="never"):
            require([], "never")

    def test_work_is_timed(self) -> None:
        with pytest.raises(BrokenPromiseError, match="of work"), quick(0):
            sum(range(100_000))

    @pytest.mark.parametrize("text", [" ", "a" * 30_000, f"https://host/a?token={SECRET}"])
    def test_messages_are_read(self, text: str) -> None:
        with pytest.raises(BrokenPromiseError):
            check_message(text)
