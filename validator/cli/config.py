"""`validator config`: which settings hold, and what a configuration may say."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validator._version import __version__
from validator.cli.family import Family, help_where_none_is_meant
from validator.cli.folder import current_folder
from validator.cli.options import Choices, configuration_file, options_named, settled
from validator.cli.service import Out
from validator.cli.synonym import Synonym

if TYPE_CHECKING:
    from validator.effective import EffectiveSetting

_SCHEMA_VERSION = 1
_SCHEMAS = Path(__file__).parents[1] / "schemas"
_SUFFIX = ".schema.json"
_OF_LINT = (
    *("select", "ignore", "severity", "profiles", "limits", "depth", "role", "group", "reference"),
    *("fail_on", "exit_zero", "baseline", "quiet", "show_passing", "explain", "allow_private_hosts"),
    *("allow_port", "workers", "downloads", "no_cache", "all_findings", "config", "no_config"),
)
_NOT_SET = "not set"


@click.group("config", cls=Family, invoke_without_command=True, short_help="Show the settings that hold.")
@click.pass_context
def config(context: click.Context) -> None:
    """Show which settings hold, or the JSON schemas of the files that the validator reads and writes."""
    help_where_none_is_meant(context)


def _options_of_lint(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options_named(_OF_LINT)):
        command = option(command)
    return command


@config.command(short_help="Show the settings that hold here.")
@click.option(
    "--format",
    "--output-format",
    "output_format",
    cls=Synonym,
    type=click.Choice(["text", "toml", "json"]),
    default="text",
    show_default=True,
    help="A table for people, a configuration file that says the same, or JSON for programs.",
)
@_options_of_lint
def show(output_format: str, **said: Any) -> int:
    """Show every setting that `validator lint` would use here, with the same options, and who says so.

    Paths are shown as they are used; of addresses, secrets are left out, and no key is ever shown.
    """
    from validator.config import check_config
    from validator.config_file import read_config, read_table
    from validator.effective import effective
    from validator.settings import Config

    out = Out()
    choices, start = Choices(**said), current_folder()
    file = configuration_file(choices, start)
    chosen, profiles = settled(choices, start)
    settings = effective(
        chosen,
        said=check_config(read_config(file), *profiles) if file else Config(),  # as those chosen are
        written=read_table(file) if file else {},
        environ=os.environ,
    )
    if output_format == "text":
        out.lines(_table(settings, file, out.width))
    else:
        out.write({"toml": _as_toml, "json": _as_json}[output_format](settings, file))
    return 0


@config.command(short_help="Print a JSON schema.")
@click.option(
    "--of",
    "subject",
    type=click.Choice(sorted(path.name.removesuffix(_SUFFIX) for path in _SCHEMAS.glob(f"*{_SUFFIX}"))),
    default="config",
    show_default=True,
    help="The configuration, a profile of limits, or what a command writes.",
)
def schema(subject: str) -> int:
    """Print a JSON schema, for an editor or a check: of what validator.toml may say, or of another file."""
    Out().write((_SCHEMAS / f"{subject}{_SUFFIX}").read_text(encoding="utf-8"))
    return 0


def _table(settings: Sequence[EffectiveSetting], file: Path | None, width: int | None) -> list[str]:
    from validator.report.columns import aligned
    from validator.toml_text import toml_value

    rows = [
        (each.key, each.origin, _NOT_SET if each.value is None else toml_value(each.value))
        for each in _one_by_one(settings)
    ]
    return [f"configuration file: {file or 'none'}", "", *aligned(rows, width)]


def _one_by_one(settings: Sequence[EffectiveSetting]) -> Iterator[EffectiveSetting]:
    """With a row for each override, of which the last may be the command line's."""
    from validator.effective import EffectiveSetting

    for each in settings:
        if each.key != "overrides" or not each.value:
            yield each
            continue
        *first, last = each.value
        for number, held in enumerate(first, 1):
            yield EffectiveSetting(f"overrides {number}", held, "file")
        yield EffectiveSetting(
            f"overrides {len(each.value)}", last, "file" if each.origin == "file" else "command line"
        )


def _as_toml(settings: Sequence[EffectiveSetting], file: Path | None) -> str:
    from validator.report.escape import printable
    from validator.toml_text import toml_value

    lines = [f"# configuration file: {printable(str(file or 'none'))}"]
    table = ""
    for each in settings:
        before, _, name = each.key.rpartition(".")
        if before != table:
            table = before
            lines += ["", f"[{table}]"]
        if each.value is None:
            lines.append(f"# {name} is {_NOT_SET}")
        else:
            lines.append(f"{name} = {toml_value(each.value)}  # {each.origin}")
    return "".join(f"{line}\n" for line in lines)


def _as_json(settings: Sequence[EffectiveSetting], file: Path | None) -> str:
    from validator.report.json import pretty

    held: dict[str, Any] = {}
    for each in settings:
        table, dot, name = each.key.rpartition(".")
        (held.setdefault(table, {}) if dot else held)[name] = each.value
    report = {
        "schema_version": _SCHEMA_VERSION,
        "tool": {"name": "seedance-validator", "version": __version__},
        "file": str(file) if file else None,
        "settings": held,
        "origins": {each.key: each.origin for each in settings},
    }
    return pretty(report) + "\n"
