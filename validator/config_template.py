"""A configuration file to begin with: every setting, what it is for and its default, made from the types."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import inspect

from validator.profile import shipped_profiles
from validator.report.base import FORMATS
from validator.settings import FixSettings, ServiceSettings, Settings, UploadSettings
from validator.toml_text import toml_value

_WIDTH = 100
_NO_TABLE = ("severity", "overrides", "service", "upload", "fix")

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "By what assets are judged": ("profile", "further-profiles", "limits", "select", "ignore"),
        "What the assets are for": ("role", "group", "references"),
        "What counts, and what is reported": (
            *("all-findings", "fail-on", "exit-zero", "baseline"),
            *("output-format", "quiet", "show-passing", "explain"),
        ),
        "How deep it looks, and for how long": (
            *("depth", "workers", "decode-timeout", "decode-memory", "look-timeout", "models"),
            *("cache", "cache-size"),
        ),
        "How URLs are fetched": (
            *(
                "downloads",
                "connect-timeout",
                "read-timeout",
                "download-timeout",
                "retries",
                "allow-private-hosts",
                "ports",
            ),
        ),
    }
)
"""The settings outside of tables, as they stand together."""

_HEAD = (
    "Settings of seedance-validator. `validator config show` prints those that hold.",
    'A line that begins with "#" and no space is a setting at its default: take the "#" away and change it.',
)
_EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "output-format": 'output-format = "json"',
        "role": 'role = "portrait"',
        "group": 'group = "real-human"',
        "severity": 'VID006 = "warning"\nVID008 = "off"',
        "overrides": '[[{prefix}overrides]]\nfiles = ["voices/**"]   # as in .gitignore\nrole = "voice"',
    }
)


class Setting(msgspec.Struct, frozen=True):
    """One key of a configuration file: what it is for, what it may be, and what it is where nothing is said.

    `default` is plain data, as in TOML; `None`: not set.
    """

    key: str
    about: str
    default: Any
    choices: tuple[str, ...] = ()


def settings_of(table: type[msgspec.Struct] = Settings) -> tuple[Setting, ...]:
    """The keys of a table of the configuration file, in the order of its type.

    >>> settings_of(ServiceSettings)[0].default
    'https://api.orcarouter.ai/v1'
    """
    info = inspect.type_info(table)
    assert isinstance(info, inspect.StructType)  # noqa: S101 - it is given a struct
    return tuple(_setting(field) for field in info.fields)


def _setting(field: inspect.Field) -> Setting:
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    about, choices = "", tuple[str, ...]()
    type_: Any = field.type
    while isinstance(type_, inspect.Metadata):
        about = about or str((type_.extra_json_schema or {}).get("description", ""))
        type_ = type_.type
    for arm in type_.types if isinstance(type_, inspect.UnionType) else (type_,):
        if isinstance(arm, inspect.EnumType):
            choices = tuple(member.value for member in arm.cls)
        elif isinstance(arm, inspect.LiteralType):
            choices = tuple(map(str, arm.values))
    known = {"output-format": tuple(FORMATS), "profile": shipped_profiles()}
    return Setting(
        field.encode_name, about, msgspec.to_builtins(default), known.get(field.encode_name, choices)
    )


def template(chosen: Mapping[str, Any] | None = None, prefix: str = "") -> str:
    """The text of a configuration file, in which every setting but those `chosen` is commented out.

    `prefix` is what stands before the name of a table, such as "tool.validator".

    >>> 'profile = "mine"' in template({"profile": "mine"}).splitlines()
    True
    >>> "[tool.validator.upload]" in template(prefix="tool.validator")
    True
    """
    said = dict(chosen or {})
    settings = {setting.key: setting for setting in settings_of()}
    grouped = {key for keys in GROUPS.values() for key in keys}
    left = tuple(key for key in settings if key not in grouped and key not in _NO_TABLE)
    dotted = f"{prefix}." if prefix else ""
    lines = [f"[{prefix}]"] if prefix else []
    lines += [f"# {line}" for line in _HEAD]
    for title, keys in (*GROUPS.items(), *((("More", left),) if left else ())):
        lines += ["", f"# --- {title} ---", ""]
        lines += _spaced([settings[key] for key in keys], said)
    lines += ["", f"[{dotted}severity]", *_comment(_sentence(settings["severity"])), *_example("severity")]
    lines += ["", *_comment(_sentence(settings["overrides"])), *_example("overrides", dotted)]
    for name, table in (("service", ServiceSettings), ("upload", UploadSettings), ("fix", FixSettings)):
        lines += ["", f"[{dotted}{name}]", *_spaced(settings_of(table), {})]
    return "".join(f"{line}\n" for line in lines)


def _spaced(settings: Sequence[Setting], said: Mapping[str, Any]) -> Iterator[str]:
    for setting in settings:
        yield from _comment(_sentence(setting))
        if setting.key in said:
            yield f"{setting.key} = {toml_value(said[setting.key])}"
        elif setting.default is None:
            yield from _example(setting.key)
        else:
            yield f"#{setting.key} = {toml_value(setting.default)}"


def _sentence(setting: Setting) -> str:
    choices = f" ({', '.join(setting.choices)})" if setting.choices else ""
    return f"{setting.about[:1].upper()}{setting.about[1:]}{choices}."


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _example(key: str, prefix: str = "") -> list[str]:
    """What it could say, as an example: after a "#" and three spaces."""
    return [f"#   {line}" for line in _EXAMPLES[key].format(prefix=prefix).splitlines()]
