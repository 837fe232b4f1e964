"""Being woken by the system: really, by real files."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from validator.listening import Ears
from validator.places import Place, places_of
from validator.watch import Sight

LONG = 20.0


def ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "validator-watch"]


def test_it_is_woken_by_what_matters_and_leaves_no_thread(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "deep").mkdir()
    (tmp_path / "single").mkdir()
    file = str(tmp_path / "single" / "a.toml")
    targets = [str(tmp_path / "deep")]
    with Ears(lambda _: places_of(targets, [file]), said.append) as ears:
        ears.aim(Sight())
        assert len(ours()) == 2
        while ears.wait(1.5):  # that listening has begun is told like a change
            pass
        assert not ears.is_blind
        (tmp_path / "deep" / "new").mkdir()
        assert ears.wait(LONG)
        (tmp_path / "single" / "other.toml").touch()
        assert not ears.wait(0.6)
        (tmp_path / "single" / "other.toml").rename(file)
        assert ears.wait(LONG)
        before = ours()
        ears.aim(Sight())
        assert ours() == before  # nothing to listen to anew
        targets.clear()
        ears.aim(Sight())
        assert len(ours()) == 1
    assert ours() == []
    assert said == []


def test_where_the_system_refuses_it_is_said_once(tmp_path: Path) -> None:
    said: list[str] = []
    gone = Place(str(tmp_path / "gone"), (1, 2), recursive=True)
    with Ears(lambda _: frozenset({gone}), said.append) as ears:
        ears.aim(Sight())
        assert ears.wait(LONG)
        assert ears.is_blind
        assert ears.is_blind
    (sentence,) = said
    assert sentence == "the system does not tell of changes (No path was found), so they are looked for"


def test_with_nothing_to_listen_to_it_is_blind() -> None:
    with Ears(lambda _: frozenset(), pytest.fail) as ears:
        ears.aim(Sight())
        assert ears.is_blind
        assert not ears.wait(0)
