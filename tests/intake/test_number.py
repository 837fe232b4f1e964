"""How many assets are named is counted beside a run: as the run expands them, and within bounds."""

from __future__ import annotations

import threading
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pytest
from pyarrow import parquet

from validator.intake import number
from validator.intake.number import number_of
from validator.intake.targets import expand
from validator.model import Asset


class Told(threading.Event):
    """An event that is set after it was asked so often."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout
        self.left -= 1
        return self.left < 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures by name, in a list of each kind, too."""
    for at in range(3):
        (tmp_path / f"{at}.png").touch()
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "list.csv").write_text("path\n0.png\n1.png\n\n2.png\n")
    parquet.write_table(pa.table({"target": ["0.png", "1.png", "2.png"]}), tmp_path / "list.parquet")
    return tmp_path


@pytest.mark.parametrize("name", [".", "*.png", "?.png", "list.csv", "list.parquet", "0.png", "nothing*.png"])
def test_it_is_the_number_of_what_a_run_finds(name: str, folder: Path) -> None:
    target = str(folder / name)
    assert number_of([target], threading.Event()) == len(list(expand([target])))


def test_targets_add_up(folder: Path) -> None:
    targets: list[Path | str | Asset] = [
        folder,
        "https://host/a.png",
        Asset("a", "a"),
        folder / "list.parquet",
        "gone.png",
    ]
    assert number_of(targets, threading.Event()) == 3 + 1 + 1 + 3 + 1


@pytest.mark.parametrize("name", ["-", "gone.csv", "gone.parquet", "wrong.json"])
def test_what_cannot_be_told_is_not(name: str, folder: Path) -> None:
    (folder / "wrong.json").write_text("{")
    assert number_of([folder, name if name == "-" else folder / name], threading.Event()) is None


def test_a_long_list_is_not_read_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(number, "_LARGEST_LIST", 10)
    assert number_of([folder / "list.csv"], threading.Event()) is None
    assert number_of([folder / "list.parquet"], threading.Event()) == 3


def test_it_pauses_and_is_stopped(folder: Path) -> None:
    for at in range(600):
        (folder / f"more-{at}.png").touch()
    asked = Told(after=5)
    assert number_of([folder], asked) == 603
    assert asked.left == 3
    assert number_of([folder], Told(after=1)) is None
