"""Where the cache lies: as platformdirs says, without importing it, or where somebody says."""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs
import pytest

from validator.cache_folder import cache_folder


def test_the_environment_may_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("USERPROFILE", "/home/ada")
    assert cache_folder({"VALIDATOR_CACHE": "/fast/cache"}) == Path("/fast/cache")
    assert cache_folder({"VALIDATOR_CACHE": "~/cache"}) == Path("/home/ada/cache")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs itself is asked")
@pytest.mark.parametrize("named", [None, "", "/var/cache/ada", "relative", "  "])
def test_it_is_where_platformdirs_says(monkeypatch: pytest.MonkeyPatch, named: str | None) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    if named is not None:
        monkeypatch.setenv("XDG_CACHE_HOME", named)
    environ = {} if named is None else {"XDG_CACHE_HOME": named}
    expected = platformdirs.user_cache_path("seedance-validator", appauthor=False) / "facts"
    assert cache_folder(environ) == expected


def test_elsewhere_platformdirs_is_asked() -> None:
    expected = platformdirs.user_cache_path("seedance-validator", appauthor=False) / "facts"
    assert cache_folder({}, platform="win32") == expected


def test_who_has_no_home_has_none() -> None:
    assert cache_folder({"VALIDATOR_CACHE": "~nobody-is-called-so/cache"}) is None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a home is looked up otherwise")
def test_a_home_below_whatever_folder_is_current_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "relative")
    assert cache_folder({}) is None
    assert cache_folder({"VALIDATOR_CACHE": "~/cache"}) is None
    assert cache_folder({"VALIDATOR_CACHE": "cache"}) == Path("cache"), "somebody said so"
