"""The shipped hooks, run by pre-commit itself on repositories with real media."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from tests.cli.media import photo, sound
from tests.hooks.shipped import CHECKOUT, HOOKS, Repository, hook
from validator.cli import main
from validator.probe.extensions import EXTENSIONS

MEDIA, LISTS = "seedance-validator", "seedance-validator-list"

NOT_HOOKED = {"svg", "svgz", "ico", "cur"}
"""What we know as media, and what ordinary repositories are full of: logos and icons."""


def test_pre_commit_takes_the_shipped_file(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(CHECKOUT / ".pre-commit-hooks.yaml")],
        env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert [entry["id"] for entry in HOOKS] == [MEDIA, LISTS]


class TestMedia:
    def test_a_repository_whose_media_pass(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path, MEDIA, people=True)
        photo(repository.folder / "assets" / "a face.PNG")
        sound(repository.folder / "voice.wav")
        (repository.folder / "README.md").write_text("No media.")
        code, output = repository.run()
        assert code == 0, output
        assert "Passed" in output

    def test_a_repository_whose_media_fail(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path, MEDIA)
        photo(repository.folder / "assets" / "a face.png", (299, 400))
        photo(repository.folder / "good.png")
        code, output = repository.run()
        assert code == 1
        assert "assets/a face.png" in output
        assert "IMG003" in output
        assert "2 assets: 1 pass, 1 fail" in output

    def test_a_repository_without_media_has_nothing_to_check(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path, MEDIA)
        (repository.folder / "main.ts").write_text("export {}")
        code, output = repository.run()
        assert code == 0
        assert "no files to check" in output

    def test_the_repository_s_own_configuration_counts(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path, MEDIA)
        photo(repository.folder / "small.png", (299, 400))
        (repository.folder / "pyproject.toml").write_text('[tool.validator]\nignore = ["IMG003"]\n')
        code, output = repository.run()
        assert code == 0, output

    def test_arguments_of_the_user_s_go_before_the_files(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path, MEDIA, "--severity", "IMG003=warning")
        photo(repository.folder / "small.png", (299, 400))
        code, output = repository.run()
        assert code == 0, output

    def test_every_kind_of_media_file_is_chosen_by_its_name(self) -> None:
        pattern = re.compile(hook(MEDIA)["files"])
        chosen = {extension for extension in EXTENSIONS if pattern.search(f"a/b.{extension}")}
        assert set(EXTENSIONS) - chosen == NOT_HOOKED & set(EXTENSIONS)
        assert not pattern.search("assets.toml")
        assert not pattern.search("png")


class TestLists:
    def test_a_list_whose_assets_pass(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path, LISTS)
        photo(repository.folder / "media" / "face.png")
        (repository.folder / "assets.toml").write_text(
            '[[asset]]\npath = "media/face.png"\nrole = "close-up"\n'
        )
        code, output = repository.run()
        assert code == 0, output
        assert "Passed" in output

    def test_a_list_whose_assets_fail(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path, LISTS)
        photo(repository.folder / "media" / "face.png", (299, 400))
        (repository.folder / "seedance-assets.csv").write_text("path,role\nmedia/face.png,close-up\n")
        code, output = repository.run()
        assert code == 1
        assert "IMG003" in output

    def test_a_broken_list(self, tmp_path: Path) -> None:
        repository = Repository(tmp_path, LISTS)
        (repository.folder / "assets.toml").write_text('[[asset]]\npaht = "face.png"\n')
        code, output = repository.run()
        assert code == 1  # pre-commit's own, whatever ours is
        assert "exit code: 2" in output
        assert "assets.toml" in output

    @pytest.mark.parametrize(
        ("name", "chosen"),
        [
            ("assets.toml", True),
            ("characters/ada/assets.json", True),
            ("assets-ada.jsonl", True),
            ("asset-list.csv", True),
            ("seedance_assets.toml", True),
            ("seedance-assets.ada.json", True),
            ("rules/seedance-2.0.toml", False),
            ("assets/manifest.json", False),
            ("asset-manifest.json", False),
            ("pyproject.toml", False),
            ("myassets.toml", False),
            ("assets.yaml", False),
        ],
    )
    def test_lists_are_chosen_by_their_names(self, name: str, chosen: bool) -> None:
        assert bool(re.search(hook(LISTS)["files"], name)) is chosen


def test_as_validator_init_writes_them(tmp_path: Path) -> None:
    repository = Repository(tmp_path, None)
    below = repository.folder / "media"
    below.mkdir()
    with chdir(below):
        assert main(["init", "--pre-commit"]) == 0
    (below / "validator.toml").write_text('ignore = ["POR", "GRP"]\nseverity = { IMG005 = "error" }')
    photo(below / "narrow.png", (300, 400))
    code, output = repository.run()
    assert code == 1, output
    assert "IMG005" in output
    assert "seedance-validator (asset lists)" in output
    assert "no files to check" in output


@pytest.mark.slow
@pytest.mark.parametrize(("size", "code"), [((640, 480), 0), ((299, 400), 1)])
def test_installed_by_pre_commit_from_this_checkout(size: tuple[int, int], code: int, tmp_path: Path) -> None:
    repository = Repository(tmp_path, MEDIA, people=True)
    photo(repository.folder / "face.png", size)
    repository.git("add", "--all")
    ended, output = repository.pre_commit("try-repo", str(CHECKOUT), MEDIA, "--all-files")
    assert ended == code, output
