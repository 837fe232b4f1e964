"""What is remembered of a file lasts exactly as long as the file."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from pathlib import Path

import pytest

from validator.memory import Memory, signature, signature_of
from validator.model import Asset, Depth, Facts, FileFacts, Role
from validator.run import run


class Meter:
    """Measures, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Facts:
        self.times += 1
        return Facts(file=FileFacts(bytes=self.times))


def facts_of(memory: Memory, asset: Asset, how: Hashable, measure: Callable[[], Facts]) -> Facts:
    """As a run does."""
    before = signature_of(asset)
    known = memory.known(asset, how, before)
    if known is not None:
        return known
    facts = measure()
    memory.keep(asset, how, before, facts)
    return facts


@pytest.fixture
def asset(tmp_path: Path) -> Asset:
    path = tmp_path / "a.png"
    path.write_bytes(b"one")
    return Asset(str(path), str(path))


def test_what_nobody_touched_is_measured_once(asset: Asset) -> None:
    memory, meter = Memory(), Meter()
    assert facts_of(memory, asset, (), meter) is facts_of(memory, asset, (), meter)
    assert meter.times == 1


def rewritten(path: Path) -> None:
    path.write_bytes(b"two")


def replaced(path: Path) -> None:
    other = path.with_name("b.png")
    other.write_bytes(b"two")
    times = path.stat()
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(path)


def back_dated(path: Path) -> None:
    times = path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [rewritten, replaced, back_dated, removed])
def test_what_was_touched_is_measured_again(asset: Asset, change: Callable[[Path], None]) -> None:
    memory, meter = Memory(), Meter()
    facts_of(memory, asset, (), meter)
    before = signature(asset.location)
    change(Path(asset.location))
    assert signature(asset.location) != before
    facts_of(memory, asset, (), meter)
    assert meter.times == 2


def test_what_changes_meanwhile_is_not_kept(asset: Asset) -> None:
    memory, meter = Memory(), Meter()

    def measured() -> Facts:
        Path(asset.location).write_bytes(b"longer")
        return meter()

    facts_of(memory, asset, (), measured)
    facts_of(memory, asset, (), meter)
    assert meter.times == 2


def test_what_may_be_otherwise_next_time_is_not_kept(asset: Asset) -> None:
    memory, meter = Memory(), Meter()
    facts_of(memory, asset, (), lambda: Facts(lasting=False))
    facts_of(memory, asset, (), meter)
    assert meter.times == 1


def test_what_is_not_there_is_looked_for_again() -> None:
    memory, meter = Memory(), Meter()
    for _ in "ab":
        facts_of(memory, Asset("no/such.png", "no/such.png"), (), meter)
    assert meter.times == 2


def test_it_depends_on_how_and_as_what(asset: Asset) -> None:
    memory, meter = Memory(), Meter()
    for each in (asset, Asset(asset.target, asset.location, role=Role.PRODUCT)):
        for how in (Depth.HEADER, Depth.FULL):
            facts_of(memory, each, how, meter)
    assert meter.times == 4


def test_what_is_no_longer_asked_for_is_forgotten(asset: Asset) -> None:
    memory, meter = Memory(), Meter()
    facts_of(memory, asset, (), meter)
    memory.forget_unused()
    facts_of(memory, asset, (), meter)
    assert meter.times == 1
    memory.forget_unused()
    memory.forget_unused()
    facts_of(memory, asset, (), meter)
    assert meter.times == 2


def test_urls_are_fetched_once_until_they_are_forgotten(asset: Asset) -> None:
    url = Asset("https://a.example/b.png", "https://a.example/b.png", is_url=True)
    memory, meter = Memory(), Meter()
    for _ in "ab":
        facts_of(memory, url, (), meter)
        facts_of(memory, asset, (), meter)
    assert meter.times == 2
    memory.forget_urls()
    facts_of(memory, url, (), meter)
    facts_of(memory, asset, (), meter)
    assert meter.times == 3


def test_a_run_judges_what_is_remembered_anew(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_text("no picture")
    memory = Memory()
    first = list(run([tmp_path], memory=memory))
    again = list(run([tmp_path], memory=memory))
    assert again == first
    assert again[1].facts.file.duplicate_of == str(tmp_path / "a.png")
    alone = list(run([tmp_path / "b.png"], memory=memory))
    assert alone[0].facts.file.duplicate is False
