"""Which names are of one file is known however many names there are."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from validator.intake.once import Once, Whereabouts
from validator.model import Asset


def test_a_folder_is_followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[str] = []
    really = os.path.realpath

    def realpath(path: str) -> str:
        followed.append(path)
        return really(path)

    monkeypatch.setattr(os.path, "realpath", realpath)
    once = Once()
    for folder in ("a", "b"):
        assert all(once.is_new(Asset(path, path)) for path in (f"{folder}/{number}" for number in range(50)))
    assert followed == ["a", "b"]


def test_many_folders_are_not_all_remembered() -> None:
    places = Whereabouts()
    tracemalloc.start()
    try:
        for number in range(3_000):
            places.of(Asset("a", f"{'folder' * 30}{number}/a.png"))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 1_000_000


def test_two_ways_to_one_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    places = Whereabouts()
    real, link, other = (str(tmp_path / name / "a.png") for name in ("real", "link", "other"))
    assert places.of(Asset(real, real)) == places.of(Asset(link, link)) != places.of(Asset(other, other))
