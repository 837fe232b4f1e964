"""Where changes are listened for, and which of them matter."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from validator.places import Place, places_of


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("clips/deep", "lists", "other"):
        Path(name).mkdir(parents=True)
    Path("clips/a.mp4").touch()
    return Path(os.path.realpath(tmp_path))


def paths(targets: list[str], files: list[str]) -> set[tuple[str, bool]]:
    here = os.path.realpath(Path.cwd())
    return {(os.path.relpath(place.path, here), place.recursive) for place in places_of(targets, files)}


@pytest.mark.parametrize(
    ("targets", "files", "expected"),
    [
        (["clips"], [], {("clips", True)}),
        (["clips/a.mp4"], ["clips/a.mp4"], {("clips", False)}),
        (["clips/**/*.mp4"], [], {("clips", True)}),
        (["*.mp4"], [], {(".", True)}),
        (["clips"], ["clips/deep/new.mp4"], {("clips", True)}),
        (["clips"], ["clips/.hidden.mp4"], {("clips", True), ("clips", False)}),
        (
            ["lists/a.toml"],
            ["lists/a.toml", "other/b.png", "other/c.png"],
            {("lists", False), ("other", False)},
        ),
        (["none/a.mp4"], ["none/a.mp4"], set()),
        (["https://a.example/b.png", "", "a\0b"], [], set()),
    ],
)
def test_where(targets: list[str], files: list[str], expected: set[tuple[str, bool]]) -> None:
    assert paths(targets, files) == expected


def test_another_folder_in_the_same_place_is_another_place() -> None:
    before = places_of(["clips"], [])
    Path("clips").rename("kept")
    Path("clips").mkdir()
    assert places_of(["clips"], []) != before


@pytest.mark.skipif(sys.platform == "win32", reason="a current folder cannot be removed there")
def test_where_the_current_folder_is_gone_nothing_is_heard_by_names_in_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = here / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    inner.rmdir()
    assert places_of([".", "*.png"], ["a.png"]) == set()
    (place,) = places_of(["a.png"], ["a.png", str(here / "b.png")])
    assert place.path == str(here)


def test_a_folder_behind_a_link_is_listened_to_itself(here: Path) -> None:
    Path("link").symlink_to("clips")
    (place,) = places_of(["link"], [])
    assert place.path == str(here / "clips")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/clips", True),
        ("/clips/a.mp4", True),
        ("/clips/deep/b.mp4", True),
        ("/clips/.gitignore", True),
        ("/clips/deep/.gitignore", True),
        ("/clips/.validator-12ab.tmp", False),
        ("/clips/.git/index", False),
        ("/clips-2/a.mp4", False),
        ("/a.mp4", False),
    ],
)
def test_what_matters_below_a_folder(path: str, expected: bool) -> None:
    assert Place("/clips", (1, 2), recursive=True).concerns(path) is expected


def test_of_single_files_nothing_else_matters() -> None:
    place = Place("/media", (1, 2), names=frozenset({"a.mp4", ".hidden.toml"}))
    assert place.concerns("/media/a.mp4")
    assert place.concerns("/media/.hidden.toml")
    assert not place.concerns("/media/b.mp4")
    assert not place.concerns("/media/deep/a.mp4")
    assert Place("/", (1, 2), recursive=True).concerns("/a.mp4")
