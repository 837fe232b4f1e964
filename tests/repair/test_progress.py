"""How far the making of a copy is, and that there is one at its end."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from validator import RepairError
from validator.repair.progress import Progress, check_written


def test_it_never_goes_back_nor_beyond_the_end() -> None:
    told: list[Fraction] = []
    progress = Progress(2, Fraction(4), told.append)
    for seconds in (-1, 1, 1, 0, 9):
        progress.tell(Fraction(seconds))
    progress.step()
    progress.tell(Fraction(2))
    progress.finish()
    assert told == [Fraction(1, 8), Fraction(1, 2), Fraction(3, 4), 1]


def test_where_nobody_knows_how_long_it_lasts_passes_are_counted() -> None:
    told: list[Fraction] = []
    progress = Progress(2, None, told.append)
    progress.tell(Fraction(1))
    progress.step()
    assert told == [Fraction(1, 2)]


def test_a_copy_has_to_be_there(tmp_path: Path) -> None:
    place = tmp_path / "a.wav"
    with pytest.raises(RepairError, match="wrote no copy"):
        check_written(place)
    place.touch()
    with pytest.raises(RepairError, match="wrote no copy"):
        check_written(place)
    place.write_bytes(b"RIFF")
    check_written(place)
