"""Our table in somebody's pyproject.toml: nothing else of it changes, or nothing at all."""

from __future__ import annotations

import tomllib

import pytest

from validator.config_template import template
from validator.errors import ConfigError
from validator.pyproject_table import has_table, with_table

TABLE = (
    "[tool.validator]\n# a comment\n#quiet = false\nworkers = 3\n\n[tool.validator.upload]\n#quota = 100\n"
)
OURS = {"workers": 3, "upload": {}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "# only a comment",
        '[project]\nname = "x"',
        '[project]\nname = "x"\n\n\n',
        "tool.ruff.line-length = 80\n",
        "[tool]\n",
        "[tool]\nother = 1\n",
        '[project]\nabout = """\n[tool.validator]\n"""\n',
    ],
)
def test_it_is_appended(text: str) -> None:
    new = with_table(text, TABLE)
    assert new.startswith(text)
    assert new.endswith(TABLE)
    assert tomllib.loads(new)["tool"]["validator"] == OURS


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("[tool.validator]\nworkers = 1\n", ""),
        ("[tool.validator]\nworkers = 1\n# old\n#old = 1\n", ""),
        ('[project]\nname = "x"\n\n[tool.validator]\nworkers = 1\n', '[project]\nname = "x"\n\n'),
        ("[tool.validator]\n[tool.validator.service]\n#a = 1\n\n[tool.ruff]\n", "[tool.ruff]\n"),
        ("[ tool . validator ] # ours\n\n# of ruff\n[tool.ruff]\n", "# of ruff\n[tool.ruff]\n"),
        ('["tool".validator]\n[[tool.validator.overrides]]\nfiles = ["a"]\n[a]\nb = 1\n', "[a]\nb = 1\n"),
    ],
)
def test_it_takes_the_place_of_the_one_that_is_there(text: str, kept: str) -> None:
    new = with_table(text, TABLE)
    assert new.replace(TABLE, "").strip() == kept.strip()
    assert tomllib.loads(new)["tool"]["validator"] == OURS
    assert with_table(new, TABLE) == new


def test_line_ends_are_kept() -> None:
    new = with_table("[project]\r\nname = 'x'\r\n", TABLE)
    assert new.count("\n") == new.count("\r\n") == 10


def test_the_real_one_can_be_replaced_by_itself() -> None:
    ours = template(prefix="tool.validator")
    once = with_table("[build-system]\nrequires = []\n\n# lint\n[tool.ruff]\nline-length = 80\n", ours)
    assert with_table(once, ours) == once


@pytest.mark.parametrize(
    "text",
    [
        "tool = { ruff = {} }\n",
        "tool = 3\n",
        "tool.validator.workers = 1\n",
        "[tool]\nvalidator = { workers = 1 }\n",
        "[tool.validator]\nworkers = 1\n[tool.ruff]\n[tool.validator.upload]\nquota = 1\n",
        '[tool.validator]\nselect = ["""\n[tool.ruff]\n"""]\n',
    ],
)
def test_what_cannot_be_done_without_harm_is_not_done(text: str) -> None:
    tomllib.loads(text)
    with pytest.raises(ConfigError, match="no table can be put into it"):
        with_table(text, TABLE)


@pytest.mark.parametrize("text", ["= 3", "[tool.validator", "a = " + "[" * 5000])
def test_what_is_no_toml(text: str) -> None:
    for look in (has_table, lambda text: with_table(text, TABLE)):
        with pytest.raises(ConfigError, match="not TOML"):
            look(text)


@pytest.mark.parametrize("text", ["", "tool = 3", "[tool]", "[tool.ruff]", "# [tool.validator]"])
def test_there_is_none(text: str) -> None:
    assert not has_table(text)
