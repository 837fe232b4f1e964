"""What `[fix]` says, and that a file which was only found writes nowhere but beside itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from validator.config_file import load_config, read_config
from validator.errors import ConfigError
from validator.findings import Severity
from validator.repair.configured import options_of, output_folder
from validator.repair.options import RepairOptions
from validator.settings import Config, FixSettings


def configured(folder: Path, text: str) -> Path:
    file = folder / "validator.toml"
    file.write_text(text)
    return file


def test_the_defaults_are_those_of_the_options() -> None:
    assert options_of(FixSettings()) == RepairOptions()


def test_everything_that_is_said_is_an_option(tmp_path: Path) -> None:
    file = configured(
        tmp_path,
        '[fix]\nlevel = "warning"\nfit = "crop"\nfill = "#202020"\nmetadata = "drop"\nmax-enlarge = 2.5\n'
        'face = "2"\nscenes = true\nlengthen = "slow"\nnormalise = true\n',
    )
    assert options_of(read_config(file).fix) == RepairOptions(
        level=Severity.WARNING,
        fit="crop",
        fill="#202020",
        metadata="drop",
        max_enlarge=Fraction(5, 2),
        face="2",
        scenes=True,
        lengthen="slow",
        normalise=True,
    )


def test_copies_go_beside_the_file_that_names_their_folder(tmp_path: Path) -> None:
    configured(tmp_path, '[fix]\noutput = "out/fixed"\n')
    assert output_folder(load_config(tmp_path)) == tmp_path / "out/fixed"
    assert output_folder(load_config(tmp_path), "here") == Path("here")


def test_within_the_current_folder_it_is_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(tmp_path, '[fix]\noutput = "out/fixed"\n')
    monkeypatch.chdir(tmp_path)
    assert output_folder(load_config(tmp_path)) == Path("out/fixed")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert output_folder(load_config(tmp_path)) == tmp_path / "out/fixed"


def test_without_a_word_they_go_into_a_folder_here(tmp_path: Path) -> None:
    configured(tmp_path, "[fix]\nscenes = true\n")
    assert output_folder(load_config(tmp_path)) == Path("mended")


@pytest.mark.parametrize(("said", "fill"), [("white", "#ffffff"), ("#FFF", "#ffffff"), ("edge", "edge")])
def test_a_colour_is_read_as_the_command_line_reads_it(said: str, fill: str) -> None:
    assert options_of(FixSettings(fill=said)).fill == fill


@pytest.mark.parametrize("output", ["../elsewhere", "/elsewhere", "link/below"])
def test_a_file_that_nobody_named_writes_nowhere_else(tmp_path: Path, output: str) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "link").symlink_to(tmp_path)
    file = configured(own, f'[fix]\noutput = "{output}"\n')
    with pytest.raises(ConfigError, match="outside this file's own folder"):
        output_folder(load_config(own))
    assert output_folder(load_config(own), "here") == Path("here")
    assert output_folder(read_config(file)) == own / output


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (
            'fill = "blurr"',
            'fix: fill: "blurr" is not blur, edge, transparent, black, white or a colour such as #202020',
        ),
        ('face = "0"', 'fix: face: "0" is not largest, or a number from 1'),
        ('fit = "stretch"', 'fix: fit: "stretch" is none of pad, crop.'),
        ('lengthen = "lop"', 'Did you mean "loop"?'),
        ("max-enlarge = 0.5", "fix: max-enlarge: expected a number of at least 1, got 0.5"),
        ("fil = 1", 'fix: unknown key "fil". Did you mean "fill"?'),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, said: str, problem: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_config(configured(tmp_path, f"[fix]\n{said}\n"))
    assert problem in str(refused.value)


def test_a_config_made_by_hand_is_no_file_that_was_found() -> None:
    assert output_folder(Config(fix=FixSettings(output="/elsewhere"))) == Path("/elsewhere")
