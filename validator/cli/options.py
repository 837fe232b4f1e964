"""What `validator lint` can be told, and how that is laid over a configuration file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast, get_args

import click
import msgspec

from validator.cli import suggested
from validator.cli.synonym import Synonym
from validator.cli.whole import Whole
from validator.config import (
    EVERYTHING,
    Config,
    FailOn,
    Override,
    Weight,
    check_config,
    insisting,
    profiles_of,
)
from validator.config_file import find_config, read_config, read_found
from validator.errors import ConfigError, UsageError
from validator.intake.url import redact
from validator.judge import Limits
from validator.model import Depth, GroupKind, Role
from validator.profile import Profile, load_profile, shipped_profiles
from validator.report.base import FORMATS, new_format
from validator.selection import resolved
from validator.suggest import closest, did_you_mean


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """The command line of `validator lint`, as click hands it over. `None`: not said."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    profile: str | None = None
    profiles: tuple[str, ...] = ()
    limits: str | None = None
    depth: str | None = None
    role: str | None = None
    group: str | None = None
    fail_on: str | None = None
    exit_zero: bool = False
    baseline: str | None = None
    write_baseline: str | None = None
    watch: bool = False
    fix: bool = False
    fix_output: str | None = None
    output_format: str | None = None
    outputs: tuple[str, ...] = ()
    output: str | None = None
    quiet: bool = False
    show_passing: bool = False
    explain: bool = False
    statistics: bool = False
    color: str | None = None
    config: Path | None = None
    no_config: bool = False
    workers: int | None = None
    downloads: int | None = None
    no_cache: bool = False
    all_findings: bool = False
    reference: tuple[str, ...] = ()
    allow_private_hosts: bool = False
    allow_port: tuple[int, ...] = ()


def _choice(*names: str, values: Iterable[str], help_: str, metavar: str | None = None) -> Any:
    return click.option(
        *names, type=click.Choice(tuple(str(value) for value in values)), help=help_, metavar=metavar
    )


_OPTIONS = (
    click.option(
        "--select",
        metavar="CODES",
        multiple=True,
        shell_complete=suggested.selectors,
        help="Run only these rules: names, codes or prefixes, with commas (VID,image-side), or ALL.",
    ),
    click.option(
        "--ignore",
        metavar="CODES",
        multiple=True,
        shell_complete=suggested.selectors,
        help="Leave these rules out.",
    ),
    click.option(
        "--severity",
        metavar="CODE=LEVEL",
        multiple=True,
        shell_complete=suggested.weights,
        help="Make a rule an error, a warning, a note, or switch it off: VID006=warning.",
    ),
    click.option(
        "--profile",
        "profiles",
        metavar="NAME|FILE",
        multiple=True,
        shell_complete=suggested.profiles,
        help="Judge by another profile, or by a TOML file of your own; said again, by several.",
    ),
    _choice(
        "--limits",
        values=Limits,
        help_="observed: what others have seen the service take beyond its documented limits is a warning.",
    ),
    _choice(
        "--depth",
        values=Depth,
        help_="How much is decoded: nothing but headers; images whole and clips in places; or everything.",
    ),
    click.option(
        "--all-findings",
        is_flag=True,
        help="Decode what fails by its header, too, so that everything that is wrong is found.",
    ),
    _choice("--role", values=Role, metavar="ROLE", help_=f"What the assets are for: {', '.join(Role)}."),
    _choice("--group", values=GroupKind, help_="The kind of asset group that they are meant for."),
    click.option(
        "--reference",
        metavar="FILE",
        multiple=True,
        type=click.Path(path_type=str, readable=False),
        help="A picture of the person whom every face should be (needs the extra likeness).",
    ),
    _choice(
        "--fail-on",
        values=get_args(FailOn),
        help_="Exit with 1 from this severity on; from error on by default.",
    ),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found."),
    click.option(
        "--baseline",
        metavar="FILE",
        type=click.Path(path_type=str, readable=False),
        help="Leave the findings that this file holds out of the decision.",
    ),
    click.option(
        "--write-baseline",
        metavar="FILE",
        type=click.Path(path_type=str, readable=False),
        help="Write what is found into this file, as known from now on.",
    ),
    click.option(
        "--watch", is_flag=True, help="Judge again whenever a file, a list or the configuration changes."
    ),
    click.option(
        "--fix", is_flag=True, help="Make a conforming copy of what fails, as `validator fix` does."
    ),
    click.option(
        "--fix-output",
        metavar="DIR",
        type=click.Path(path_type=str, readable=False),
        help="The folder that the copies of --fix are written into (mended).",
    ),
    click.option(
        "--output-format",
        "--format",
        "outputs",
        cls=Synonym,
        metavar="NAME[=FILE]",
        multiple=True,
        shell_complete=suggested.output_formats,
        help=f"The form of the report (text), and a file to write it into; said again, several: "
        f"{', '.join(FORMATS)}.",
    ),
    click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(path_type=str, readable=False),
        help="Write the report into a file, which appears when it is complete; where no form is said, the "
        "ending of its name says it (.json, .html, .csv, …).",
    ),
    click.option(
        "-q", "--quiet", is_flag=True, help="Report only what decides the outcome, and show no progress."
    ),
    click.option(
        "--show-passing",
        is_flag=True,
        help="List assets without findings too, and every measured value beside its limit.",
    ),
    click.option(
        "--explain",
        is_flag=True,
        help="Say below each finding why its rule is there, its limit and its source.",
    ),
    click.option(
        "--statistics", is_flag=True, help="Count the findings of each rule, instead of listing assets."
    ),
    _choice(
        "--color",
        values=("auto", "always", "never"),
        help_="auto: on a terminal only. NO_COLOR and FORCE_COLOR count.",
    ),
    click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Read this file instead of the nearest validator.toml or pyproject.toml.",
    ),
    click.option("--no-config", "--isolated", is_flag=True, help="Read no configuration file."),
    click.option(
        "--allow-private-hosts",
        is_flag=True,
        help="Fetch from hosts that are not public too, such as this machine.",
    ),
    click.option(
        "--allow-port",
        metavar="PORT",
        multiple=True,
        type=Whole(1, 65535),
        help="Fetch from this port too (80, 443, 8080 and 8443 are allowed).",
    ),
    click.option(
        "--workers",
        metavar="N",
        type=Whole(0, 256),
        help="How many assets are judged at a time (0: one a core).",
    ),
    click.option(
        "--downloads",
        metavar="N",
        type=Whole(1, 64),
        help="How many URLs are fetched at a time (8), over twice as many connections at most.",
    ),
    click.option(
        "--no-cache",
        is_flag=True,
        help="Measure everything anew, and remember nothing (see `validator cache`).",
    ),
)


_OF_ONE_PROFILE = click.option(
    "--profile",
    metavar="NAME|FILE",
    shell_complete=suggested.profiles,
    help="Judge by another profile, or by a TOML file of your own.",
)
"""The option of commands that judge by one profile."""


def lint_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command all the options of `validator lint`, in the order of the help page."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def options_named(names: Iterable[str]) -> list[Any]:
    """Some of the options of `validator lint`, by the fields of `Choices`, for another command.

    >>> len(options_named(["role", "no_config"]))
    2
    """
    by_name = {_field_of(option): option for option in (*_OPTIONS, _OF_ONE_PROFILE)}
    return [by_name[name] for name in names]


def _field_of(option: Any) -> str:
    return str(click.command()(option(lambda: None)).params[0].name)


def settled(choices: Choices, start: Path) -> tuple[Config, tuple[Profile, ...]]:
    """The configuration with the command line laid over it, and the profiles that it names.

    The command line wins, also over what a configuration file says of single files. `--select`
    starts anew; `--ignore` alone adds to what the configuration ignores.

    Raises:
        UsageError: a configuration, a profile, a code or a severity that makes no sense.
    """
    path = configuration_file(choices, start)
    config, named = _chosen(path, choices)
    with _blaming(None if choices.profiles else path):
        profiles = profiles_of(config)
    config = _checked(config, profiles, named, path, choices)
    return insisting(config, _last_word(choices, profiles)), profiles


def configuration_file(choices: Choices, start: Path) -> Path | None:
    """The configuration file that holds, if any does.

    Raises:
        UsageError: two options that exclude each other.
    """
    if choices.config and choices.no_config:
        raise UsageError("--config and --no-config exclude each other")
    return None if choices.no_config else choices.config or find_config(start)


def settled_by(path: Path | None, choices: Choices) -> tuple[Config, Profile]:
    """The same for a command that judges by one profile, with a configuration file that was found already."""
    config, named = _chosen(path, choices)
    with _blaming(None if choices.profile else path):
        profile = load_profile(config.profile)
    config = _checked(config, (profile,), named, path, choices)
    return insisting(config, _last_word(choices, (profile,))), profile


_EXCLUDING = (
    ("statistics", "show_passing"),
    ("statistics", "explain"),
    ("show_passing", "quiet"),
    ("watch", "fix"),
)
_NOT_EMPTY = {"baseline": "file", "write_baseline": "file", "output": "file", "fix_output": "folder"}


def _chosen(path: Path | None, choices: Choices) -> tuple[Config, tuple[str, ...]]:
    """The configuration with the command line laid over it, and the profiles that its file names."""
    _check_words(choices)
    for name in choices.profiles or (choices.profile or "",):
        _check_single(name)
    read = read_config if choices.config else read_found
    config = read(path) if path else Config()
    named = (config.profile, *config.further_profiles)
    said: dict[str, Any] = {
        name: value
        for name in ("profile", "fail_on", "output_format", "workers", "downloads", "baseline")
        if (value := getattr(choices, name)) is not None
    }
    if choices.reference:
        said["references"] = choices.reference
    if choices.allow_port:
        said["ports"] = (*config.ports, *choices.allow_port)
    flags = ("exit_zero", "quiet", "show_passing", "explain", "all_findings", "allow_private_hosts")
    said |= {name: True for name in flags if getattr(choices, name)}
    if choices.no_cache:
        said["cache"] = False
    if choices.profiles:
        said["profile"], *said["further_profiles"] = choices.profiles
        said["further_profiles"] = tuple(said["further_profiles"])
    return msgspec.structs.replace(config, **said), named


def _check_words(choices: Choices) -> None:
    """Refuse options that contradict one another, or say nothing."""
    for one, other in _EXCLUDING:
        if getattr(choices, one) and getattr(choices, other):
            words = (f"--{name.replace('_', '-')}" for name in (one, other))
            raise UsageError(f"{' and '.join(words)} exclude each other")
    for name, what in _NOT_EMPTY.items():
        if getattr(choices, name) == "":
            raise UsageError(f"--{name.replace('_', '-')}: the name of the {what} is empty")
    if choices.fix_output is not None and not choices.fix:
        raise UsageError("--fix-output says where the copies of --fix go: say --fix, too")


def _checked(
    config: Config, profiles: tuple[Profile, ...], named: Iterable[str], path: Path | None, choices: Choices
) -> Config:
    with _blaming(None if choices.output_format else path):
        if config.output_format is not None:
            new_format(config.output_format)
    with _blaming(path):
        return check_config(config, *profiles, named=named)


def _check_single(profile: str) -> None:
    names = [name.strip() for name in profile.split(",")]
    if len(names) > 1 and not os.path.lexists(profile) and not {*names}.isdisjoint(shipped_profiles()):
        each = " ".join(f"--profile {name}" for name in names if name)
        raise UsageError(
            f'--profile: "{redact(profile)}" is no profile; say the option once for each: {each}'
        )


@contextmanager
def _blaming(path: Path | None) -> Iterator[None]:
    """Name the file whose words are refused; `None`: the command line's own."""
    try:
        yield
    except UsageError as error:
        if path is None:
            raise
        raise ConfigError(f"{path}: {error}") from error


def _last_word(choices: Choices, profiles: tuple[Profile, ...]) -> Override:
    select = [code for each in _split(choices.select) for code in resolved(each, profiles, "--select")]
    if choices.select and not select:
        raise UsageError('--select names no rule: say which, or "ALL", or leave the option out')
    ignore, severity = _split(choices.ignore), [_weight(item) for item in _split(choices.severity)]
    if choices.severity and not severity:
        raise UsageError("--severity names no rule: write CODE=LEVEL, or leave the option out")
    return Override(
        files=EVERYTHING,
        role=Role(choices.role) if choices.role else None,
        group=GroupKind(choices.group) if choices.group else None,
        select=tuple(select) or None,
        ignore=tuple(code for each in ignore for code in resolved(each, profiles, "--ignore", of_any=True))
        or None,
        severity={
            code: level
            for each, level in severity
            for code in resolved(each, profiles, "--severity", of_any=True)
        },
        limits=Limits(choices.limits) if choices.limits else None,
        depth=Depth(choices.depth) if choices.depth else None,
    )


def _split(values: tuple[str, ...]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _weight(item: str) -> tuple[str, Weight]:
    code, equals, level = (part.strip() for part in item.partition("="))
    weights = get_args(Weight)
    level = level.lower()
    if not equals or level not in weights:
        close = closest(level, weights) if equals else None
        meant = did_you_mean(close and f"{code}={close}")
        raise UsageError(
            f'--severity: "{item}" is not CODE=LEVEL with a level of {", ".join(weights)}.{meant}'
        )
    return code, cast("Weight", level)
