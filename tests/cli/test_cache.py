"""`validator cache`, and what a second run of `validator lint` spares."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tests.cli.process import CHECKOUT, unmeasured
from validator.cli import main
from validator.config import Config
from validator.fact_store import FILE
from validator.library import lint, lint_iter

Output = pytest.CaptureFixture[str]
# Files that nobody has touched within the last two seconds: those would not be remembered.
MEDIA = [str(CHECKOUT / "fixtures" / "media" / name) for name in ("image-300x300.png", "audio-2s.wav")]
NOBODY = ("--ignore", "POR,GRP")
CONFIG = Config(ignore=("POR", "GRP"))

LEAN = """
import resource, sys
from validator.cli import main
code = main(sys.argv[1:])
heavy = {"PIL", "pillow_heif", "av", "numpy", "mutagen", "mediapipe", "httpx"}
print(code, sorted(heavy.intersection(sys.modules)), file=sys.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


class Refusing:
    """Decoders that are not to be asked."""

    def examined(self, files: Sequence[BinaryIO], *_: object) -> list[Any]:
        raise AssertionError(f"{len(files)} files were opened to be decoded")


def rows(folder: Path) -> int:
    """How many facts are remembered; none where there is no file."""
    if not (folder / FILE).exists():
        return 0
    with closing(sqlite3.connect(folder / FILE)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM facts").fetchone()
    return int(count)


class TestSecondRun:
    @pytest.mark.skipif(sys.platform == "win32", reason="no resource there")
    def test_it_starts_no_process_and_imports_no_decoder(self) -> None:
        script = [sys.executable, "-c", LEAN, "lint", *MEDIA, *NOBODY, "--output-format", "json"]
        first, second = (
            subprocess.run(script, env=unmeasured(), capture_output=True, text=True, check=True) for _ in "ab"
        )
        assert first.stderr.splitlines()[-1] != "0", "the first has to decode"
        assert second.stderr.splitlines() == ["0 []", "0"]
        assert second.stdout == first.stdout

    def test_rules_are_applied_anew(self, capsys: Output, cache_of_this_test: Path) -> None:
        assert main(["lint", *MEDIA, *NOBODY]) == 0
        capsys.readouterr()
        assert main(["lint", *MEDIA, *NOBODY, "--severity", "IMG=error,AUD=error"]) == 1
        assert rows(cache_of_this_test) == len(MEDIA)

    def test_a_program_is_spared_the_same(self) -> None:
        first = lint(MEDIA, CONFIG)
        again = lint(MEDIA, CONFIG, decoders=Refusing())  # type: ignore[arg-type]
        assert again.assets == first.assets
        assert tuple(lint_iter(MEDIA, CONFIG, decoders=Refusing())) == first.assets  # type: ignore[arg-type]

    def test_two_that_run_at_once_spare_each_other_nothing_and_harm_nobody(self) -> None:
        one, other = lint_iter(MEDIA, CONFIG), lint_iter(MEDIA, CONFIG)
        pairs = list(zip(one, other, strict=True))
        assert [first for first, _ in pairs] == [second for _, second in pairs]


class TestWithoutIt:
    @pytest.mark.parametrize("depth", ["header", "standard"])
    def test_nothing_is_read_or_written(self, cache_of_this_test: Path, capsys: Output, depth: str) -> None:
        assert main(["lint", *MEDIA, *NOBODY, "--depth", depth, "--no-cache"]) in {0, 2}
        assert not cache_of_this_test.exists()
        capsys.readouterr()

    def test_a_configuration_may_say_so(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache_of_this_test: Path, capsys: Output
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "validator.toml").write_text("cache = false\n")
        assert main(["lint", *MEDIA, *NOBODY]) == 0
        assert not cache_of_this_test.exists()
        capsys.readouterr()
        assert main(["cache", "info"]) == 0
        assert "used   as --no-cache or cache = false says, not at all" in capsys.readouterr().out

    def test_a_program_may_say_so(self, cache_of_this_test: Path) -> None:
        lint(MEDIA, Config(cache=False, ignore=("POR", "GRP")))
        assert not cache_of_this_test.exists()

    def test_a_report_with_pictures_is_measured(self, cache_of_this_test: Path) -> None:
        lint(MEDIA, CONFIG)
        report = lint(MEDIA, CONFIG, previews=True)
        assert all(result.preview for result in report.assets)
        assert rows(cache_of_this_test) == len(MEDIA)

    def test_trouble_is_told_to_whoever_wants_to_know(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        (tmp_path / "a file").touch()
        monkeypatch.setenv("VALIDATOR_CACHE", str(tmp_path / "a file"))
        assert main(["lint", *MEDIA, *NOBODY]) == 0
        assert capsys.readouterr().err == ""
        assert main(["--debug", "lint", *MEDIA, *NOBODY]) == 0
        assert capsys.readouterr().err.startswith("validator: what is measured is not remembered: ")

    def test_who_has_no_folder_for_it_has_none(self, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
        monkeypatch.setenv("VALIDATOR_CACHE", "~nobody-is-called-so/cache")
        assert main(["lint", *MEDIA, *NOBODY]) == 0
        assert main(["cache", "info"]) == 2
        assert capsys.readouterr().err == (
            "validator: error: there is no folder for a cache: name one with VALIDATOR_CACHE\n"
        )


def test_an_example_that_is_run_alone_meets_no_cache_of_a_user(tmp_path: Path) -> None:
    """Of all that is asked for here, only conftest.py beside the configuration is read."""
    users = unmeasured() | {"XDG_CACHE_HOME": str(tmp_path / "users"), "HOME": str(tmp_path / "home")}
    users.pop("VALIDATOR_CACHE", None)
    options = ("-q", "-p", "no:cacheprovider", f"--basetemp={tmp_path / 'pytest'}", "-k", "library.lint")
    command = [sys.executable, "-m", "pytest", *options, str(CHECKOUT / "validator" / "library.py")]
    done = subprocess.run(command, env=users, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert "passed" in done.stdout
    assert not (tmp_path / "users").exists()
    assert not (tmp_path / "home").exists()


class TestInfo:
    def test_it_says_where_and_how_much(self, cache_of_this_test: Path, capsys: Output) -> None:
        assert main(["cache", "info"]) == 0
        assert capsys.readouterr().out == (
            f"file   {cache_of_this_test / FILE}\n"
            "holds  the facts of 0 files or URLs\n"
            "size   0.0 kB; at most 500 MB\n"
            "used   by lint and upload\n"
        )
        assert not cache_of_this_test.exists(), "looking makes nothing"
        lint(MEDIA[:1], CONFIG)
        assert main(["cache", "info"]) == 0
        told = capsys.readouterr().out
        assert "holds  the facts of 1 file or URL" in told
        assert "size   0.0" not in told

    def test_what_cannot_be_used_is_told(self, cache_of_this_test: Path, capsys: Output) -> None:
        cache_of_this_test.mkdir()
        with closing(sqlite3.connect(cache_of_this_test / FILE)) as connection:
            connection.execute("CREATE TABLE theirs (a)")
        assert main(["cache", "info"]) == 1
        assert "used   it cannot be: it is another program's database" in capsys.readouterr().out

    def test_where_none_can_be_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
    ) -> None:
        (tmp_path / "a file").touch()
        monkeypatch.setenv("VALIDATOR_CACHE", str(tmp_path / "a file"))
        assert main(["cache", "info"]) == 1
        assert "used   it cannot be: Not a directory\n" in capsys.readouterr().out
        assert main(["cache", "clear"]) == 2
        assert capsys.readouterr().err == (
            f"validator: error: {tmp_path / 'a file'} cannot be cleared: Not a directory\n"
        )


class TestClear:
    def test_everything_is_forgotten(self, cache_of_this_test: Path, capsys: Output) -> None:
        lint(MEDIA, CONFIG)
        (cache_of_this_test / "facts-0.sqlite3").touch()
        assert main(["cache", "clear"]) == 0
        assert capsys.readouterr().out == f"forgot the facts of {len(MEDIA)} files or URLs\n"
        assert rows(cache_of_this_test) == 0
        assert [path.name for path in cache_of_this_test.iterdir()] == [FILE]

    def test_where_there_is_nothing_nothing_is_made(self, cache_of_this_test: Path, capsys: Output) -> None:
        assert main(["cache", "clear"]) == 0
        assert capsys.readouterr().out == "forgot the facts of 0 files or URLs\n"
        assert not cache_of_this_test.exists()

    def test_what_is_damaged_goes(self, cache_of_this_test: Path, capsys: Output) -> None:
        cache_of_this_test.mkdir()
        (cache_of_this_test / FILE).write_bytes(b"no database" * 1000)
        assert main(["cache", "clear"]) == 0
        assert not (cache_of_this_test / FILE).exists()
        capsys.readouterr()

    def test_what_is_not_ours_stays(self, cache_of_this_test: Path, capsys: Output) -> None:
        cache_of_this_test.mkdir()
        with closing(sqlite3.connect(cache_of_this_test / FILE)) as connection:
            connection.execute("CREATE TABLE theirs (a)")
        assert main(["cache", "clear"]) == 2
        assert capsys.readouterr().err == (
            f"validator: error: {cache_of_this_test} cannot be cleared: it is another program's database\n"
        )
        assert (cache_of_this_test / FILE).exists()


class TestMoved:
    def test_what_was_copied_is_read_and_not_decoded(self, tmp_path: Path) -> None:
        first = lint(MEDIA, CONFIG)
        copies = [shutil.copy(path, tmp_path / f"copy-{Path(path).name}") for path in MEDIA]
        again = lint(copies, CONFIG, decoders=Refusing())  # type: ignore[arg-type]
        assert [result.facts.media for result in again.assets] == [
            result.facts.media for result in first.assets
        ]
        assert [result.verdict for result in again.assets] == [result.verdict for result in first.assets]

    def test_its_name_says_what_it_says_now(self, tmp_path: Path) -> None:
        lint(MEDIA, CONFIG)
        copy = shutil.copy(MEDIA[0], tmp_path / "picture.jpg")
        (result,) = lint(copy, CONFIG, decoders=Refusing()).assets  # type: ignore[arg-type]
        assert result.facts.file.name_detail == ".jpg promises jpeg, the bytes are png"

    def test_other_bytes_are_decoded(self, tmp_path: Path) -> None:
        lint(MEDIA, CONFIG)
        other = tmp_path / "other.wav"
        other.write_bytes(Path(MEDIA[1]).read_bytes()[:-1])
        (result,) = lint(other, CONFIG, decoders=Refusing()).assets  # type: ignore[arg-type]
        assert "1 files were opened to be decoded" in result.not_judged[0].reason
