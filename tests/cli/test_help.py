from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from tests.cli.process import unmeasured
from validator import __version__
from validator.cli import main
from validator.cli.app import COMMANDS, application
from validator.cli.fix_options import FixChoices
from validator.cli.options import Choices
from validator.cli.upload_options import UploadChoices

Output = pytest.CaptureFixture[str]


def paths(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command below this one, by the words that name it."""
    if isinstance(command, click.Group):
        for name, below in below_of(command).items():
            yield (*path, name)
            yield from paths(below, (*path, name))


def below_of(command: click.Group) -> dict[str, click.Command]:
    """The commands of a command, by name."""
    context = click.Context(command)
    found = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return {name: below for name, below in found.items() if below is not None}


PATHS = tuple(paths(application))
HEAVY = (
    *("av", "PIL", "pillow_heif", "httpx", "rich", "numpy", "mediapipe", "mutagen"),
    *(
        "platformdirs",
        "validator.workers",
        "validator.probe.portrait",
        "sqlite3",
        "obstore",
        "segno",
        "jinja2",
    ),
)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["rules", "-h"], *([*path, "--help"] for path in PATHS), []]
)
def test_the_help_page_fits_into_80_columns(arguments: list[str], capsys: Output) -> None:
    main(arguments)
    captured = capsys.readouterr()
    text = captured.out + captured.err
    assert "Usage: validator" in text
    assert max(map(len, text.splitlines())) <= 80


def test_every_option_of_lint_is_explained(capsys: Output) -> None:
    assert main(["lint", "--help"]) == 0
    text = capsys.readouterr().out
    named = {"profiles": "profile", "outputs": "output_format"}
    for field in Choices.__struct_fields__:
        option = named.get(field, field).replace("_", "-")
        assert re.search(rf"--{option}[ ,]", text), field


def test_every_option_of_fix_is_explained(capsys: Output) -> None:
    assert main(["fix", "--help"]) == 0
    text = capsys.readouterr().out
    named = {"profiles": "profile", "outputs": "output_format", "folder": "output", "fit": "crop"}
    not_here = {"exit_zero", "show_passing", "explain", "statistics", "profile", "output_format", "output"}
    not_here |= {"baseline", "write_baseline", "watch", "fail_on", "fix", "fix_output", "no_cache"}
    not_here |= {"all_findings"}
    for field in set(FixChoices.__struct_fields__) - not_here:
        option = named.get(field, field).replace("_", "-")
        assert re.search(rf"--{option}[ ,\n]", text), field


def test_every_option_of_upload_is_explained(capsys: Output) -> None:
    assert main(["upload", "--help"]) == 0
    text = capsys.readouterr().out
    not_here = {"exit_zero", "show_passing", "explain", "statistics", "group", "profiles", "outputs"}
    not_here |= {"baseline", "write_baseline", "watch"}
    for field in set(UploadChoices.__struct_fields__) - not_here:
        option = "group" if field == "group_id" else field.replace("_", "-")
        assert re.search(rf"--{option}[ ,\n]", text), field
    assert "--exit-zero" not in text


def test_upload_says_where_the_key_comes_from_and_goes(capsys: Output) -> None:
    assert main(["upload", "--help"]) == 0
    text = capsys.readouterr().out
    assert "ORCAROUTER_API_KEY" in text
    assert "ORCAROUTER_BASE_URL" in text


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_command_and_option_says_what_it_is_for(path: tuple[str, ...]) -> None:
    command: click.Command = application
    for name in path:
        assert isinstance(command, click.Group)
        command = below_of(command)[name]
    assert command.help
    assert command.short_help
    assert command.short_help.endswith(".")
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, option.name
            assert option.help.rstrip(")").endswith("."), option.help


def test_the_table_of_commands_says_what_the_commands_say() -> None:
    said = {name: (command.name, command.short_help) for name, command in below_of(application).items()}
    assert said == {name: (name, about) for name, (_, about) in COMMANDS.items()}
    assert list(COMMANDS) == sorted(COMMANDS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(("uplaod",), "upload"), (("group", "list"), "groups"), (("asset", "list"), "assets")],
)
def test_a_command_is_mistyped(typed: tuple[str, ...], meant: str, capsys: Output) -> None:
    assert main(list(typed)) == 2
    assert capsys.readouterr().err.endswith(f' Did you mean "{meant}"?\n')


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("lint", "--downloads", "abc", "a.png"), "'abc' is no whole number from 1 to 64."),
        (("lint", "--workers", "1000", "a.png"), "'1000' is no whole number from 0 to 256."),
        (("uploads", "--limit", "0"), "'0' is no whole number from 1."),
    ],
)
def test_a_number_is_none_or_too_large(typed: tuple[str, ...], said: str, capsys: Output) -> None:
    assert main(list(typed)) == 2
    assert capsys.readouterr().err.endswith(f": {said}\n")


def test_the_version(capsys: Output) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"validator {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["lint", "--help"],
        ["fix", "--help"],
        ["upload", "--help"],
        ["groups", "--help"],
        ["rules"],
        ["config", "show"],
        ["--version"],
    ],
)
def test_what_measures_nothing_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from validator.cli import main; main(sys.argv[1:]); "
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    environment = {**unmeasured(), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True, env=environment
    )
    assert done.stderr == "[]\n"


@pytest.mark.parametrize(
    "command",
    [
        ("lint", "gone.png"),
        ("fix", "gone.png"),
        ("rules", "VID005"),
        ("identify", "gone.png"),
        ("doctor",),
        ("config", "show"),
    ],
)
def test_the_form_of_what_is_printed_has_two_spellings(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ("--format", "--output-format"):
        assert main([*command, option, "jsno"]) == 2
        assert "jsno" in capsys.readouterr().err
    main([command[0], *(command[1:2] if command[0] == "config" else ()), "--help"])
    page = capsys.readouterr().out
    assert ("  --format " in page) is not ("  --output-format " in page)
