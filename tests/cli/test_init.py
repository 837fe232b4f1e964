"""A configuration to begin with: where it goes, what it never takes the place of, and what is said."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.permissions import become_nobody, private_folder
from validator.cli import main
from validator.config_file import load_config
from validator.config_template import template
from validator.hook_snippet import snippet

Output = pytest.CaptureFixture[str]
OWN, SHARED, HOOKS = "validator.toml", "pyproject.toml", ".pre-commit-config.yaml"
WROTE = "validator: wrote {}: every setting is in it, and explained\n"


@pytest.fixture(autouse=True)
def in_a_repository(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / ".git").mkdir()
    with chdir(tmp_path):
        yield tmp_path


def text_of(name: str) -> str:
    return Path(name).read_text(encoding="utf-8")


def here() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def test_a_file_of_its_own(capsys: Output) -> None:
    assert main(["init"]) == 0
    captured = capsys.readouterr()
    assert text_of(OWN) == template({"profile": "seedance-2.0"})
    assert captured.err.startswith(WROTE.format(OWN))
    assert captured.err.endswith(f"for pre-commit, {HOOKS} would say (--pre-commit writes it):\n")
    assert captured.out == snippet()
    assert here() == [".git", OWN]


def test_what_is_chosen_is_in_it() -> None:
    assert main(["init", "--profile", "seedance-2.0", "--role", "voice", "--group", "real-human"]) == 0
    config = load_config(Path())
    assert (config.profile, config.role, config.group) == ("seedance-2.0", "voice", "real-human")


def test_several_profiles(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        """
        [profile]
        name = "mine"
        title = "Mine"
        checked = 2026-11-22
        source = "us"
        extends = "seedance-2.0"
        """
    )
    assert main(["init", "--profile", "seedance-2.0", "--profile", "mine.toml"]) == 0
    assert load_config(tmp_path).further_profiles == (str(mine),)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--profile", "seedanse-2.0"], 'There is no profile "seedanse-2.0". Did you mean'),
        (["--profile", "seedance-2.0", "--profile", "seedance-2.0"], "name each once"),
        (["--role", "voise"], "'voise' is not one of"),
        (["media"], "unexpected extra argument (media)"),
        (["--pyproject"], f"there is no {SHARED} here: leave --pyproject out"),
    ],
)
def test_what_makes_no_sense_writes_nothing(arguments: list[str], words: str, capsys: Output) -> None:
    assert main(["init", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
    assert here() == [".git"]


class TestIntoPyproject:
    def test_the_rest_stays(self, capsys: Output) -> None:
        Path(SHARED).write_bytes(b'[project]\r\nname = "x"  # ours\r\n')
        Path(SHARED).chmod(0o640)
        assert main(["init", "--pyproject", "--role", "product"]) == 0
        assert WROTE.format(SHARED) in capsys.readouterr().err
        data = Path(SHARED).read_bytes()
        assert data.startswith(b'[project]\r\nname = "x"  # ours\r\n\r\n[tool.validator]\r\n')
        assert tomllib.loads(data.decode())["tool"]["validator"]["role"] == "product"
        assert Path(SHARED).stat().st_mode & 0o777 == 0o640
        assert load_config(Path()).role == "product"

    @pytest.mark.parametrize("content", [b"nonsense", b"a = '\xff'"])
    def test_one_that_is_no_toml_stays(self, content: bytes, capsys: Output) -> None:
        Path(SHARED).write_bytes(content)
        assert main(["init", "--pyproject"]) == 2
        assert "pyproject.toml: not TOML" in capsys.readouterr().err
        assert Path(SHARED).read_bytes() == content

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "real.toml").write_text("[a]\n")
        Path(SHARED).symlink_to("real.toml")
        assert main(["init", "--pyproject"]) == 0
        assert Path(SHARED).is_symlink()
        assert "[tool.validator]" in text_of("real.toml")


class TestWhatIsThereAlready:
    @pytest.mark.parametrize("arguments", [[], ["--pyproject"], ["--pre-commit", "--role", "voice"]])
    def test_a_file_of_its_own_stays(self, arguments: list[str], capsys: Output) -> None:
        Path(OWN).write_text("workers = 3")
        Path(SHARED).write_text("[a]\n")
        assert main(["init", *arguments]) == 2
        assert f"there is a {OWN} already" in capsys.readouterr().err
        assert (text_of(OWN), text_of(SHARED)) == ("workers = 3", "[a]\n")
        assert here() == [".git", SHARED, OWN]

    def test_so_does_a_link_that_leads_nowhere(self) -> None:
        Path(OWN).symlink_to("nowhere.toml")
        assert main(["init"]) == 2
        assert Path(OWN).readlink() == Path("nowhere.toml")

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [([], "or have validator.toml come before it with --force"), (["--pyproject"], "or replace it with")],
    )
    def test_so_does_a_table(self, arguments: list[str], words: str, capsys: Output) -> None:
        Path(SHARED).write_text("[tool.validator]\nworkers = 3\n")
        assert main(["init", *arguments]) == 2
        assert words in capsys.readouterr().err
        assert text_of(SHARED) == "[tool.validator]\nworkers = 3\n"

    def test_unless_it_is_said(self, capsys: Output) -> None:
        Path(OWN).write_text("workers = 3")
        assert main(["init", "--force"]) == 0
        assert f"the former {OWN} is kept as {OWN}.bak\n" in capsys.readouterr().err
        assert (text_of(f"{OWN}.bak"), load_config(Path()).workers) == ("workers = 3", 0)
        assert main(["init", "--force"]) == 0
        assert text_of(f"{OWN}.bak2") == text_of(OWN)
        Path(SHARED).write_text("[tool.validator]\nworkers = 3\n[a]\n")
        capsys.readouterr()
        assert main(["init", "--force", "--pyproject"]) == 0
        assert text_of(f"{SHARED}.bak") == "[tool.validator]\nworkers = 3\n[a]\n"
        assert f"{OWN} comes before {SHARED}: what is written does not count yet" in capsys.readouterr().err
        Path(OWN).unlink()
        assert load_config(Path()).workers == 0
        assert tomllib.loads(text_of(SHARED))["a"] == {}

    def test_one_further_up_is_told(self, tmp_path: Path, capsys: Output) -> None:
        Path(OWN).write_text("workers = 3")
        (tmp_path / "below").mkdir()
        with chdir("below"):
            assert main(["init"]) == 0
        assert f"note: {tmp_path / OWN} no longer counts in this folder\n" in capsys.readouterr().err

    def test_a_folder_of_that_name(self, capsys: Output) -> None:
        Path(OWN).mkdir()
        assert main(["init", "--force"]) == 2
        assert f"{OWN}: it is a folder" in capsys.readouterr().err


class TestHooks:
    @pytest.mark.parametrize(("name", "content"), [(OWN, "workers = 3"), (SHARED, "[tool.validator]\n")])
    def test_are_written_beside_a_configuration_that_stays(
        self, name: str, content: str, capsys: Output
    ) -> None:
        Path(name).write_text(content)
        assert main(["init", "--pre-commit"]) == 0
        assert f"{name} stays as it is (--force replaces it)\n" in capsys.readouterr().err
        assert (text_of(name), text_of(HOOKS)) == (content, snippet())
        assert here() == [".git", HOOKS, name]

    def test_are_written_where_there_are_none(self, capsys: Output) -> None:
        assert main(["init", "--pre-commit"]) == 0
        captured = capsys.readouterr()
        assert (captured.out, text_of(HOOKS)) == ("", snippet())
        assert f"wrote {HOOKS}: `pre-commit install`" in captured.err

    def test_are_printed_where_there_are_others(self, capsys: Output) -> None:
        Path(HOOKS).write_text("repos:\n  - repo: https://example.com/x\n    rev: v1\n    hooks: []\n")
        held = text_of(HOOKS)
        assert main(["init", "--pre-commit"]) == 0
        captured = capsys.readouterr()
        assert text_of(HOOKS) == held
        assert "add this to the `repos:` of .pre-commit-config.yaml" in captured.err
        assert len(yaml.safe_load(held + captured.out)["repos"]) == 2

    def test_that_are_there_are_not_printed_again(self, capsys: Output) -> None:
        Path(HOOKS).write_text(snippet())
        assert main(["init", "--pre-commit"]) == 0
        captured = capsys.readouterr()
        assert captured.out == ""
        assert f"{HOOKS} runs the validator already" in captured.err

    def test_below_the_top_of_the_repository_they_name_the_configuration(self, tmp_path: Path) -> None:
        (tmp_path / "a b").mkdir()
        with chdir("a b"):
            assert main(["init", "--pre-commit"]) == 0
            assert here() == [OWN]
        (local,) = yaml.safe_load(text_of(HOOKS))["repos"]
        assert [hook["args"] for hook in local["hooks"]] == [["--config", f"a b/{OWN}"]] * 2


class TestDryRun:
    def test_is_the_file_on_standard_output(self, capsys: Output) -> None:
        Path(OWN).write_text("workers = 3")
        assert main(["init", "--dry-run", "--role", "voice"]) == 0
        captured = capsys.readouterr()
        assert (captured.err, captured.out) == ("", template({"profile": "seedance-2.0", "role": "voice"}))
        assert text_of(OWN) == "workers = 3"

    def test_with_the_hooks(self, capsys: Output) -> None:
        assert main(["init", "--dry-run", "--pre-commit", "--pyproject"]) == 0
        assert capsys.readouterr().out.endswith(snippet())
        assert here() == [".git"]


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize("arguments", [[], ["--force"], ["--pyproject"]])
def test_a_folder_that_may_not_be_written_to(arguments: list[str], capsys: Output) -> None:
    with private_folder() as folder:
        os.chdir(folder)
        Path(SHARED).write_text("[a]\n")
        folder.chmod(0o555)
        become_nobody()
        assert main(["init", *arguments]) == 2
        assert "cannot write the configuration to " in capsys.readouterr().err
        assert here() == [SHARED]
