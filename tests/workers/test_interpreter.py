"""Where a worker looks for modules."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import validator
from validator.workers.interpreter import command, search_path

HOME = str(Path(validator.__file__).parents[1])


def test_the_current_directory_is_last_and_only_if_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    here, there = str(tmp_path), str(tmp_path / "there")
    assert search_path(["", HOME, there]) == [HOME, there]
    assert search_path([here, HOME, there]) == [HOME, there, here]
    assert search_path(["relative", HOME, HOME]) == [HOME]


def test_the_package_is_found_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert search_path([str(tmp_path)]) == [HOME, str(tmp_path)]
    monkeypatch.chdir(HOME)
    assert search_path(["", str(tmp_path)]) == [HOME, str(tmp_path)]
    assert search_path([HOME, str(tmp_path)]) == [HOME, str(tmp_path)]


def test_a_current_directory_that_was_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert search_path(["", HOME]) == [HOME]


def test_no_byte_code_is_written_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert "-B" in command()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert "-B" not in command()
