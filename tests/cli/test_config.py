"""Which settings hold, who says so, and that what is printed says the same when it is read."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

import validator.schemas
from validator.cli import main
from validator.cli.options import Choices, settled
from validator.config import Config, depth_for, placed, policy_for
from validator.config_file import read_config
from validator.effective import effective
from validator.model import Asset
from validator.profile import default_profile
from validator.schemas import SCHEMAS
from validator.settings import Settings

Output = pytest.CaptureFixture[str]
SCHEMA_FOLDER = Path(validator.schemas.__file__).parent

FILE = """
workers = 3
ignore = ["IMG008"]
severity = { VID005 = "note", IMG = "off" }
references = ["ada.png"]
[service]
api-key-file = "key"
[upload]
quota = 7
[[overrides]]
files = ["voices/"]
role = "voice"
severity = { AUD002 = "warning" }
"""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("ORCAROUTER_BASE_URL", "VALIDATOR_MODELS"):
        monkeypatch.delenv(name, raising=False)
    with chdir(tmp_path):
        yield tmp_path


def write(text: str, name: str = "validator.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def shown(capsys: Output, *arguments: str) -> tuple[dict[str, Any], dict[str, str], str | None]:
    """Settings, origins and file, by JSON."""
    assert main(["config", "show", "--format", "json", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    report = json.loads(captured.out)
    assert report["schema_version"] == 1
    return report["settings"], report["origins"], report["file"]


def said(origins: dict[str, str]) -> dict[str, str]:
    return {key: origin for key, origin in origins.items() if origin != "default"}


class TestShow:
    def test_without_a_file_everything_is_as_by_default(self, capsys: Output) -> None:
        settings, origins, file = shown(capsys)
        assert (said(origins), file) == ({}, None)
        assert settings == json.loads(msgspec.json.encode(Settings()))
        tables = {f"{table}.{key}" for table in ("service", "upload", "fix") for key in settings[table]}
        assert set(origins) == (set(settings) - {"service", "upload", "fix"}) | tables

    def test_what_the_nearest_file_says(self, tmp_path: Path, capsys: Output) -> None:
        write(FILE)
        (tmp_path / "below").mkdir()
        with chdir("below"):
            settings, origins, file = shown(capsys)
        assert file == str(tmp_path / "validator.toml")
        keys = "workers ignore severity references service.api-key-file upload.quota overrides"
        assert said(origins) == dict.fromkeys(keys.split(), "file")
        assert (settings["workers"], settings["upload"]["quota"]) == (3, 7)
        assert settings["service"]["api-key-file"] == str(tmp_path / "key")
        assert settings["references"] == [str(tmp_path / "ada.png")]

    def test_what_is_said_at_its_default_is_said(self, capsys: Output) -> None:
        write("workers = 0", "pyproject.toml")
        write("[tool.validator]\nworkers = 0\n[tool.validator.upload]\nquota = 100", "pyproject.toml")
        _, origins, _ = shown(capsys)
        assert said(origins) == {"workers": "file", "upload.quota": "file"}

    def test_another_file_or_none(self, capsys: Output) -> None:
        write(FILE)
        write("quiet = true", "other.toml")
        settings, origins, file = shown(capsys, "--config", "other.toml")
        assert (said(origins), file, settings["quiet"]) == ({"quiet": "file"}, "other.toml", True)
        assert said(shown(capsys, "--no-config")[1]) == {}

    def test_what_the_command_line_says_on_top(self, capsys: Output) -> None:
        write(FILE)
        arguments = "--ignore AUD --severity VID=warning --role product --workers 4 --quiet --allow-port 81"
        settings, origins, _ = shown(capsys, *arguments.split())
        assert settings["ignore"] == ["IMG008", "AUD"]
        assert settings["severity"] == {"IMG": "off", "VID": "warning"}
        assert said(origins) == {
            **dict.fromkeys(("references", "service.api-key-file", "upload.quota"), "file"),
            **dict.fromkeys(("role", "workers", "quiet", "ports"), "command line"),
            **dict.fromkeys(("ignore", "severity", "overrides"), "file and command line"),
        }

    def test_a_rule_may_be_said_by_name_and_in_any_case(self, capsys: Output) -> None:
        write('select = ["img"]\nignore = ["image-side"]\n[severity]\nvid006 = "off"\n')
        settings, origins, _ = shown(capsys)
        assert (settings["select"], settings["ignore"]) == (["IMG"], ["IMG003"])
        assert said(origins) == dict.fromkeys(("select", "ignore", "severity"), "file")

    def test_select_starts_anew(self, capsys: Output) -> None:
        write(FILE)
        settings, origins, _ = shown(capsys, "--select", "AUD,VID")
        assert (settings["select"], settings["ignore"]) == (["AUD", "VID"], [])
        assert (origins["select"], origins["ignore"]) == ("command line", "command line")

    def test_the_environment(self, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
        monkeypatch.setenv("ORCAROUTER_BASE_URL", "https://library.example/v1")
        monkeypatch.setenv("ORCAROUTER_API_KEY", "sk-orca-very-secret")
        monkeypatch.setenv("VALIDATOR_MODELS", "/models")
        settings, origins, _ = shown(capsys)
        assert said(origins) == {"service.base-url": "environment", "models": "environment"}
        assert settings["service"]["base-url"] == "https://library.example/v1"
        assert settings["models"] == "/models"
        write('models = "ours"')
        assert shown(capsys)[1]["models"] == "file"

    @pytest.mark.parametrize("form", ["text", "toml", "json"])
    def test_nothing_secret(self, form: str, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
        monkeypatch.setenv("ORCAROUTER_API_KEY", "sk-orca-5ecret")
        write(
            """
            [service]
            api-key-file = "sk-orca-5ecret"
            base-url = "https://ada:5ecret@library.example/v1?key=5ecret"
            operations = { get-session = "GET https://h.example/?token=5ecret" }
            [upload]
            public-url = "https://cdn.example/a?X-Amz-Signature=5ecret#5ecret"
            [[overrides]]
            files = ["https://a.example/?key=5ecret"]
            """
        )
        assert main(["config", "show", "--format", form]) == 0
        captured = capsys.readouterr()
        assert "5ecret" not in captured.out + captured.err
        for left in ("library.example/v1", "https://cdn.example/a", "api-key-file"):
            assert left in captured.out

    @pytest.mark.parametrize("form", ["text", "toml", "json"])
    def test_what_commands_a_terminal_is_only_shown(self, form: str, capsys: Output) -> None:
        write('models = "a\\u009b2J\\u202e\\u001b\\U000e0001"\nreferences = ["##[error]x"]')
        assert main(["config", "show", "--format", form]) == 0
        out = capsys.readouterr().out
        assert not set(out) & set("\x9b\u202e\x1b\U000e0001")
        assert "##[" not in out

    def test_the_text_has_a_line_for_each(self, capsys: Output) -> None:
        path = write(FILE)
        assert main(["config", "show", "--role", "scene"]) == 0
        first, empty, *lines = capsys.readouterr().out.splitlines()
        assert (first, empty) == (f"configuration file: {path.absolute()}", "")
        rows = [line.split(maxsplit=1) for line in lines]
        assert ["workers", "file          3"] in rows
        assert ["group", "default       not set"] in rows
        assert ["role", 'command line  "scene"'] in rows
        assert 'overrides 2           command line  { files = ["*"], role = "scene" }' in lines
        assert lines[0].startswith('profile               default       "')

    def test_a_broken_file_is_refused_as_by_lint(self, capsys: Output) -> None:
        write("selct = []")
        assert main(["config", "show"]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert 'validator.toml: unknown key "selct". Did you mean "select"?' in captured.err

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--format", "yaml"], "'yaml' is not one of 'text', 'toml', 'json'"),
            (["--select", "VDI"], '"VDI" names no rule'),
            (["--config", "no.toml"], "no.toml: No such file"),
            (["--config", "a", "--no-config"], "exclude each other"),
            (["--output-format", "yaml"], "'yaml' is not one of"),
            (["workers"], "unexpected extra argument (workers)"),
        ],
    )
    def test_wrong_use(self, arguments: list[str], words: str, capsys: Output) -> None:
        assert main(["config", "show", *arguments]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert words in captured.err


ASSETS = [Asset(name, name) for name in ("a.png", "voices/a.wav", "clip.mp4")]


@pytest.mark.parametrize("file", ["", FILE, FILE.partition("[[overrides]]")[0]])
@pytest.mark.parametrize(
    "choices",
    [
        Choices(),
        Choices(select=("VID",), ignore=("VID005",)),
        Choices(ignore=("AUD", "IMG001")),
        Choices(severity=("VID=warning,IMG003=error",)),
        Choices(severity=("ALL=note",)),
        Choices(role="scene", group="virtual", depth="full", limits="observed"),
        Choices(workers=2, quiet=True, allow_port=(81,), reference=("b.png",), fail_on="warning"),
    ],
)
def test_as_toml_it_says_the_same(file: str, choices: Choices, capsys: Output) -> None:
    write(file)
    config, _ = settled(choices, Path.cwd())
    arguments = [
        *(argument for value in choices.select for argument in ("--select", value)),
        *(argument for value in choices.ignore for argument in ("--ignore", value)),
        *(argument for value in choices.severity for argument in ("--severity", value)),
        *(argument for value in choices.reference for argument in ("--reference", value)),
        *(argument for value in choices.allow_port for argument in ("--allow-port", str(value))),
    ]
    for name in ("role", "group", "depth", "limits", "workers", "fail_on"):
        if (value := getattr(choices, name)) is not None:
            arguments += [f"--{name.replace('_', '-')}", str(value)]
    arguments += ["--quiet"] * choices.quiet
    assert main(["config", "show", "--format", "toml", *arguments]) == 0
    again = read_config(write(capsys.readouterr().out, "again.toml"))
    for asset in ASSETS:
        assert policy_for(asset, again, default_profile()) == policy_for(asset, config, default_profile())
        assert placed(asset, again) == placed(asset, config)
        assert depth_for(asset, again) == depth_for(asset, config)
    changed = {"select", "ignore", "severity", "role", "group", "depth", "limits", "overrides"}
    for name in set(Settings.__struct_fields__) - changed:
        assert getattr(again, name) == getattr(config, name), name


def test_without_overrides_there_are_none(capsys: Output) -> None:
    assert main(["config", "show", "--format", "toml", "--role", "voice"]) == 0
    assert tomllib.loads(capsys.readouterr().out)["overrides"] == []


def test_what_json_says_is_a_configuration(capsys: Output) -> None:
    write(FILE)
    settings, _, _ = shown(capsys, "--role", "voice")
    schema = json.loads((SCHEMA_FOLDER / "config.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(settings, schema)


def test_every_setting_is_among_them() -> None:
    config, _ = settled(Choices(no_config=True), Path())
    held = effective(config, said=Config(), written={}, environ={})
    keys = {each.key.partition(".")[0] for each in held}
    assert keys == set(Settings.__struct_encode_fields__)


class TestSchema:
    @pytest.mark.parametrize("name", sorted(SCHEMAS))
    def test_is_the_checked_in_one(self, name: str, capsys: Output) -> None:
        assert main(["config", "schema", "--of", name.removesuffix(".schema.json")]) == 0
        assert capsys.readouterr().out == (SCHEMA_FOLDER / name).read_text(encoding="utf-8")

    def test_by_default_is_that_of_the_configuration(self, capsys: Output) -> None:
        assert main(["config", "schema"]) == 0
        assert json.loads(capsys.readouterr().out)["title"] == "seedance-validator configuration"

    def test_of_something_else(self, capsys: Output) -> None:
        assert main(["config", "schema", "--of", "profil"]) == 2
        assert "'profil' is not one of" in capsys.readouterr().err


def test_neither_of_the_two(capsys: Output) -> None:
    assert main(["config"]) == 2
    assert "show" in capsys.readouterr().err
    assert main(["config", "shwo"]) == 2
    assert 'Did you mean "show"?' in capsys.readouterr().err
