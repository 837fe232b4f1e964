"""Reads `validator.toml` and `[tool.validator]`: errors name file and key, in plain words."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import msgspec

from validator.errors import ConfigError
from validator.intake.url import displayed, is_meant_for_url, is_url, redact, shown
from validator.judge import Limits
from validator.model import Depth, GroupKind, Role
from validator.profile import shipped_profiles
from validator.settings import (
    Config,
    FailOn,
    FixSettings,
    FoundFile,
    Override,
    ServiceSettings,
    Settings,
    UploadSettings,
    Weight,
)
from validator.suggest import closest, did_you_mean
from validator.threadsafe import ready

Table = TypeVar("Table", ServiceSettings, UploadSettings, FixSettings)

OWN_FILE = "validator.toml"
SHARED_FILE = "pyproject.toml"
_TABLE = "[tool.validator]"

_CHOICES: dict[str, tuple[str, ...]] = {
    "limits": tuple(Limits),
    "depth": tuple(Depth),
    "role": tuple(Role),
    "group": tuple(GroupKind),
    "fail-on": get_args(FailOn),
    "severity": get_args(Weight),
    "level": get_args(FailOn),
    "fit": ("pad", "crop"),
    "metadata": ("keep", "drop"),
    "lengthen": ("never", "loop", "hold", "slow"),
}
_NAMED_TABLES: dict[str, tuple[str, ...]] = {
    "service": ServiceSettings.__struct_encode_fields__,
    "upload": UploadSettings.__struct_encode_fields__,
    "fix": FixSettings.__struct_encode_fields__,
}
_WORDS = {
    "array": "a list",
    "object": "a table",
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
    "datetime": "a date",
    "date": "a date",
    "time": "a time",
}


_SAID_ANEW = frozenset(
    {"color", "config", "isolated", "no-config", "output", "statistics", "watch", "write-baseline"}
)
"""Options that are no settings: what they ask for is wanted once."""


def load_config(start: Path, explicit: Path | None = None) -> Config:
    """The configuration that holds for a folder: the nearest one, upwards from `start`.

    A folder's `validator.toml` wins over the `[tool.validator]` table of its `pyproject.toml`; a
    `pyproject.toml` without that table is passed over. `explicit` names a file of either form. Where
    there is none, all choices are the default ones. A profile's path is relative to the file.

    Raises:
        ConfigError: a file that cannot be used; the message names file and key.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "validator.toml").write_text('limits = "observed"')
    ...     load_config(Path(folder)).limits.value
    'observed'
    """
    if explicit:
        return read_config(explicit)
    path = find_config(start)
    return read_found(path) if path else Config()


def find_config(start: Path) -> Path | None:
    """The nearest configuration file, upwards from a folder (or from the folder of a file).

    Raises:
        ConfigError: a `pyproject.toml` on the way that is not TOML, or a current folder that is gone.
    """
    try:
        folder = Path(os.path.abspath(start))  # noqa: PTH100 - a symbolic link's own parents count
    except OSError as error:
        raise ConfigError(f"the current folder cannot be used: {error.strerror or error}") from error
    if not folder.is_dir():
        folder = folder.parent
    for place in (folder, *folder.parents):
        # os.path: a folder that cannot be searched holds no configuration, which is no error
        if os.path.isfile(place / OWN_FILE):  # noqa: PTH113
            return place / OWN_FILE
        shared = place / SHARED_FILE
        if os.path.isfile(shared) and _own_table(_read_toml(shared)) is not None:  # noqa: PTH113
            return shared
    return None


def read_config(path: Path) -> Config:
    """Read one configuration file.

    Raises:
        ConfigError: unreadable, not TOML, an unknown key or a wrong type; file and key are named.
    """
    settings = convert_settings(read_table(path), str(path))
    chosen = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    chosen["profile"] = _from_here(path, "profile", settings.profile)
    chosen["further_profiles"] = tuple(
        _from_here(path, "further-profiles", name) for name in settings.further_profiles
    )
    chosen["models"] = _beside(path, "models", settings.models) if settings.models else ""
    chosen["baseline"] = _beside(path, "baseline", settings.baseline) if settings.baseline else ""
    chosen["references"] = tuple(_beside(path, "references", named) for named in settings.references)
    chosen["service"] = _placed(path, settings.service, "api_key_file")
    chosen["upload"] = _placed(path, settings.upload, "journal")
    chosen["fix"] = _placed(path, settings.fix, "output")
    return Config(**chosen, folder=Path(os.path.abspath(path.parent)))  # noqa: PTH100 - see find_config


def read_table(path: Path) -> Any:
    """What a configuration file says, as it stands there; in a `pyproject.toml`, in its table.

    Raises:
        ConfigError: unreadable, not TOML, or without that table.
    """
    data = _read_toml(path)
    if path.name != SHARED_FILE:
        return data
    table = _own_table(data)
    if table is None:
        raise ConfigError(f"{path}: there is no {_TABLE} table")
    return table


def read_found(path: Path) -> Config:
    """Read a configuration file that was found, and remember that nobody named it.

    Raises:
        ConfigError: see `read_config`.
    """
    config = read_config(path)
    found = FoundFile(path=path, service=config.service, upload=config.upload)
    return msgspec.structs.replace(config, found=found)


def _placed(file: Path, table: Table, key: str) -> Table:
    """The table, with the path under `key`, if it has one, relative to the file."""
    named = getattr(table, key)
    return (
        msgspec.structs.replace(table, **{key: _beside(file, key.replace("_", "-"), named)})
        if named
        else table
    )


def _beside(file: Path, key: str, named: str) -> str:
    """A path that a configuration file names: relative to that file, `~` is the user's folder.

    Raises:
        ConfigError: it is a URL.
    """
    _refuse_url(file, key, named)
    expanded = os.path.expanduser(named)  # noqa: PTH111 - the home of somebody unknown is no reason to raise
    return str(file.parent / expanded)


def check_types(config: Config) -> Config:
    """A configuration made by hand, types checked and plain texts turned into what they mean.

    Raises:
        ConfigError: a value that a configuration file could not hold either.

    >>> check_types(Config(limits="observed")).limits
    <Limits.OBSERVED: 'observed'>
    """
    if not isinstance(config, Config):
        raise ConfigError(
            f'Config: expected a Config, such as Config(depth="header"), not a {type(config).__name__}'
        )
    data = {
        encoded: getattr(config, name)
        for name, encoded in zip(Settings.__struct_fields__, Settings.__struct_encode_fields__, strict=True)
    }
    try:
        plain = msgspec.to_builtins(data, enc_hook=_text_of_path)
    except TypeError as error:
        raise ConfigError(f"Config: {error}") from error
    settings = convert_settings({key: value for key, value in plain.items() if value is not None}, "Config")
    chosen = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    folder = None if config.folder is None else Path(config.folder)
    return Config(**chosen, folder=folder, found=config.found)


def _text_of_path(value: Any) -> str:
    if isinstance(value, os.PathLike):
        return str(value)
    raise TypeError(f"{value!r} is nothing that can be configured")


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{displayed(str(path))}: {error.strerror or error}") from error
    except ValueError as error:  # also: no UTF-8, endless integers
        raise ConfigError(f"{path}: not TOML: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: not TOML: nested too deeply") from error


def _own_table(data: dict[str, Any]) -> Any:
    tool = data.get("tool")
    return tool.get("validator") if isinstance(tool, dict) else None


def _refuse_url(file: Path, key: str, named: str) -> None:
    if is_url(named) or is_meant_for_url(named):
        raise ConfigError(f"{file}: {key}: {shown(named)} is a URL, but it has to be a file: download it")


def _from_here(file: Path, key: str, profile: str) -> str:
    """A profile's path, made relative to the file that names it; a name stays a name."""
    _refuse_url(file, key, profile)
    is_path = profile.endswith(".toml") or "/" in profile or "\\" in profile
    return str(file.parent / profile) if is_path and profile not in shipped_profiles() else profile


def convert_settings(data: Any, where: str) -> Settings:
    """Typed settings from plain data.

    Raises:
        ConfigError: naming `where` and the key, in plain words.
    """
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: {_TABLE} is {_kind_of(data)}, not a table")
    for owner, table, keys in _tables(data):
        for key in table:
            if key not in keys:
                option = key.replace("_", "-")
                meant = did_you_mean(closest(option, keys))
                if not owner and option in _SAID_ANEW:
                    meant = f" --{option} is an option of the command line alone."
                if key == "tool":
                    meant = f" In {OWN_FILE} the keys stand by themselves, without {_TABLE}."
                raise ConfigError(f'{where}: {owner}unknown key "{redact(key)}".{meant}')
    _check_lists(data, where)
    try:
        return msgspec.convert(data, ready(Settings))
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {redact(_in_words(str(error), data))}") from error


def _check_lists(data: dict[str, Any], where: str) -> None:
    """Refuse several values of what is one value here, and several only on the command line.

    A file that is found must not say which files are written.
    """
    form, profile = data.get("output-format"), data.get("profile")
    if isinstance(form, (list, tuple)) or (isinstance(form, str) and not {"=", ","}.isdisjoint(form)):
        raise ConfigError(
            f"{where}: output-format: expected the name of one form; several reports, and the files that "
            "they go into, are named on the command line only: --output-format NAME=FILE"
        )
    names = profile if isinstance(profile, (list, tuple)) else _shipped_among(profile)
    if names:
        raise ConfigError(
            f"{where}: profile: expected the name of one profile; name others in further-profiles"
        )


def _shipped_among(profile: Any) -> list[str]:
    """Shipped profiles that a text names with commas between them."""
    names = profile.split(",") if isinstance(profile, str) and "," in profile else []
    return [name for name in names if name.strip() in shipped_profiles()]


def _tables(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], tuple[str, ...]]]:
    """Every table, what to call it, and the keys it may have."""
    yield "", data, Settings.__struct_encode_fields__
    for name, keys in _NAMED_TABLES.items():
        if isinstance(data.get(name), dict):
            yield f"{name}: ", data[name], keys
    overrides = data.get("overrides")
    for number, table in enumerate(overrides if isinstance(overrides, (list, tuple)) else (), 1):
        if isinstance(table, dict):
            yield f"overrides number {number}: ", table, Override.__struct_encode_fields__


def _in_words(message: str, data: dict[str, Any]) -> str:
    """Turn "Expected `array`, got `str` - at `$.select`" into "select: expected a list, got a text"."""
    plain, _, path = message.removesuffix("`").partition(" - at `$")
    steps = re.findall(r"\.([\w-]+)|\[(\d+|\.\.\.)\]", path)
    keys = [name or index for name, index in steps]
    value: Any = data
    said: list[str] = []
    for key in keys:
        key_here = key
        if key == "..." and isinstance(value, dict):  # msgspec does not say which: the first that is wrong
            right = _is_weight if "severity" in keys else _is_text
            key_here = next((str(name) for name, held in value.items() if not right(held)), key)
        value = _step(value, key_here)
        said.append(f"number {int(key_here) + 1}" if key_here.isdecimal() else key_here)
    where = " ".join(said[:2]) + ": " + ": ".join(said[2:]) if said[:1] == ["overrides"] else ": ".join(said)
    # The last key decides; of a severity table it is a code, so the one before it.
    choices = _CHOICES.get("severity" if "severity" in keys[:-1] else keys[-1] if keys else "", ())
    if keys[-1:] == ["severity"]:
        choices = ()
    if choices and isinstance(value, str):
        meant = did_you_mean(closest(value, choices))
        problem = f'"{value}" is none of {", ".join(choices)}.{meant}'
    elif keys[-1:] and keys[-1] in _EXPECTED and isinstance(value, str):
        problem = f'"{value}" is not {_EXPECTED[keys[-1]]}'
    else:
        problem = _plain_problem(plain, value)
    return f"{where.removesuffix(': ')}: {problem}"


_EXPECTED = {
    "fill": "blur, edge, transparent, black, white or a colour such as #202020",
    "face": "largest, or a number from 1 as the report lists the faces",
}
"""What texts of a certain form may be, by key."""


def _plain_problem(plain: str, value: Any) -> str:
    missing = re.match(r"Object missing required field `([\w-]+)`", plain)
    if missing:
        return f'the key "{missing[1]}" is missing'
    limit = re.match(r"Expected `(\w+)` (>=|<=|>) ([\d.]+)", plain)
    if limit:
        words = {">=": "at least", "<=": "at most", ">": "more than"}[limit[2]]
        number = limit[3].removesuffix(".0")
        return f"expected {_WORDS[limit[1]]} of {words} {number}, got {value}"
    if "of length >= 1" in plain and value == "":
        return "the text is empty"
    wanted = re.match(r"Expected `(\w+)(?: \| null)?`", plain)
    if wanted and wanted[1] == "array" and isinstance(value, (list, tuple)):
        return "the list is empty"
    if wanted:
        return f"expected {_WORDS.get(wanted[1], wanted[1])}, got {_kind_of(value)}"
    return plain


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_weight(value: Any) -> bool:
    return isinstance(value, str) and value in get_args(Weight)


def _step(value: Any, key: str) -> Any:
    try:
        return value[int(key)] if key.isdecimal() else cast("dict[str, Any]", value)[key]
    except (KeyError, IndexError, TypeError):
        return None


def _kind_of(value: Any) -> str:
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "true or false"),
        (int, "a whole number"),
        (float, "a number with a point"),
        (str, "a text"),
        ((list, tuple), "a list"),
        (dict, "a table"),
    )
    return next((words for type_, words in kinds if isinstance(value, type_)), type(value).__name__)
