"""No test meets a cache that others use, nor does any example, even if it is run alone."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

CACHE = "VALIDATOR_CACHE"


def pytest_configure() -> None:
    """Where no test is asked, as while modules are imported, nothing can be written."""
    os.environ[CACHE] = os.path.join(__file__, "no folder")  # noqa: PTH118 - text


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders for caches, one for each test."""
    base = tmp_path_factory.mktemp("caches")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def cache_of_this_test(caches: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what is measured is remembered: what a test knows, no other test has measured."""
    folder = next(caches)
    monkeypatch.setenv(CACHE, str(folder))
    return folder
