"""The configuration to begin with says what is so: every key, at the value that it has by default."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from validator.config_file import convert_settings, load_config
from validator.config_template import GROUPS, Setting, settings_of, template
from validator.settings import Config, FixSettings, ServiceSettings, Settings, UploadSettings
from validator.toml_text import toml_key, toml_value

TABLES: dict[str, type[msgspec.Struct]] = {
    "service": ServiceSettings,
    "upload": UploadSettings,
    "fix": FixSettings,
}
UNSET = {"output-format", "role", "group"}
TEXT = some.text(some.characters(exclude_categories=["Cs"]))
BY_EXAMPLE = {"severity", "overrides", *UNSET}


def uncommented(text: str) -> str:
    """With every setting in force: the "#" away from each line that has no space behind it."""
    return re.sub(r"^#(?=\S)", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("text", [template(), uncommented(template())], ids=["commented", "uncommented"])
def test_it_says_what_holds_anyway(text: str) -> None:
    assert convert_settings(tomllib.loads(text), "template") == Settings()


def test_in_a_pyproject_it_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(uncommented(template(prefix="tool.validator")))
    config = load_config(tmp_path)
    assert config.found is not None
    assert msgspec.structs.replace(config, folder=None, found=None) == Config()


def test_every_key_is_in_it() -> None:
    data = tomllib.loads(uncommented(template()))
    assert set(data) == set(Settings.__struct_encode_fields__) - UNSET - {"overrides"}
    for name, table in TABLES.items():
        assert set(data[name]) == set(table.__struct_encode_fields__)


def test_every_key_has_its_place() -> None:
    grouped = [key for keys in GROUPS.values() for key in keys]
    assert sorted([*grouped, "severity", "overrides", *TABLES]) == sorted(Settings.__struct_encode_fields__)
    assert "--- More ---" not in template()


@pytest.mark.parametrize(
    "setting",
    [*settings_of(), *(each for table in TABLES.values() for each in settings_of(table))],
    ids=lambda setting: setting.key,
)
def test_every_key_is_explained(setting: Setting) -> None:
    assert setting.key in TABLES or len(setting.about) > 10


def test_the_examples_are_settings_too() -> None:
    text = re.sub(r"^#   ", "", template(), flags=re.MULTILINE)
    data = tomllib.loads(text)
    assert set(data) >= BY_EXAMPLE
    settings = convert_settings(data, "template")
    assert settings.role is not None
    assert settings.overrides[0].files == ("voices/**",)


def test_in_a_pyproject_the_examples_are_too() -> None:
    text = re.sub(r"^#   ", "", template(prefix="tool.validator"), flags=re.MULTILINE)
    assert set(tomllib.loads(text)["tool"]["validator"]) >= BY_EXAMPLE


def test_what_is_chosen_is_in_force() -> None:
    chosen = {"profile": "mine.toml", "role": "voice", "further-profiles": ["a", "b"]}
    data = tomllib.loads(template(chosen))
    assert {key: data[key] for key in chosen} == chosen


def test_lines_are_no_longer_than_a_screen_is_wide() -> None:
    assert max(map(len, template(prefix="tool.validator").splitlines())) <= 105


class TestTomlText:
    @given(
        some.recursive(
            some.booleans()
            | some.integers(-(2**63), 2**63 - 1)
            | some.floats(allow_nan=False, allow_infinity=False)
            | TEXT,
            lambda inner: some.lists(inner) | some.dictionaries(TEXT, inner),
            max_leaves=8,
        )
    )
    def test_what_is_written_is_read(self, value: Any) -> None:
        assert tomllib.loads(f"{toml_key('a b')} = {toml_value(value)}") == {"a b": value}

    @pytest.mark.parametrize("nothing", [None, object(), {"a": None}])
    def test_what_toml_does_not_have(self, nothing: Any) -> None:
        with pytest.raises(TypeError, match="TOML has no"):
            toml_value(nothing)
