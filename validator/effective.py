"""Which settings hold, and where each of them comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from validator.config_template import settings_of
from validator.intake.url import redact
from validator.selection import ALL
from validator.settings import (
    Config,
    FixSettings,
    Override,
    ServiceSettings,
    Settings,
    UploadSettings,
    Weight,
)
from validator.upload.trust import said_by_user
from validator.upload.wording import without_keys

Origin = Literal["default", "file", "command line", "file and command line", "environment"]
"""Who says so."""

_TABLES: Mapping[str, type[msgspec.Struct]] = {
    "service": ServiceSettings,
    "upload": UploadSettings,
    "fix": FixSettings,
}
_MODELS = "VALIDATOR_MODELS"


class EffectiveSetting(msgspec.Struct, frozen=True):
    """One setting that holds: `key` has a dot behind the name of a table, `value` is plain, `None`: not set.

    Of texts, what is secret is left out.
    """

    key: str
    value: Any
    origin: Origin


def effective(
    config: Config, *, said: Config, written: Mapping[str, Any], environ: Mapping[str, str]
) -> tuple[EffectiveSetting, ...]:
    """Every setting for an asset that no override names, in the order of the types.

    Args:
        config: all that was chosen; its last override is the command line's, which holds for every asset.
        said: what the configuration file says, or a `Config` where there is none.
        written: the file's own words, of which only the keys count.
        environ: may name the service's address, and a folder with models.

    >>> config = Config(workers=2, overrides=(Override(files=("*",), role="voice"),))
    >>> settings = effective(config, said=Config(workers=2), written={"workers": 2}, environ={})
    >>> [(each.key, each.value, each.origin) for each in settings if each.origin != "default"]
    [('role', 'voice', 'command line'), ('workers', 2, 'file')]
    """
    last = config.overrides[-1]
    held, before = _plain(_with_last_word(config, last)), _plain(said)
    from_environment = dict(_environment(config, environ))
    return tuple(_setting(key, held, before, written, from_environment) for key in _keys())


def _keys() -> Iterator[str]:
    for setting in settings_of(Settings):
        table = _TABLES.get(setting.key)
        if table is None:
            yield setting.key
        else:
            yield from (f"{setting.key}.{below.key}" for below in settings_of(table))


def _with_last_word(config: Config, last: Override) -> Config:
    """The choices with the command line's laid over them: for an asset that no other override names."""
    others = config.overrides[:-1]
    return msgspec.structs.replace(
        config,
        role=last.role or config.role,
        group=last.group or config.group,
        select=config.select if last.select is None else last.select,
        ignore=((() if last.select is not None else config.ignore) + (last.ignore or ())),
        severity={**_not_overruled(config.severity, last.severity), **last.severity},
        limits=last.limits or config.limits,
        depth=last.depth or config.depth,
        # Said once more behind those of the file, since it comes before them too.
        overrides=(*others, last) if others and last != Override(files=last.files) else others,
    )


def _not_overruled(severity: Mapping[str, Weight], later: Mapping[str, Weight]) -> dict[str, Weight]:
    """Without what names no rule that the later ones do not name: a prefix said later beats a code."""
    return {
        selector: weight
        for selector, weight in severity.items()
        if not any(other == ALL or selector.startswith(other) for other in later)
    }


def _plain(config: Config) -> dict[str, Any]:
    settings = {name: getattr(config, name) for name in Settings.__struct_fields__}
    plain: dict[str, Any] = msgspec.to_builtins(Settings(**settings))
    for override in plain["overrides"]:
        for key in [key for key, value in override.items() if value in (None, {})]:
            del override[key]
    return plain


def _environment(config: Config, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    address = said_by_user(environ)
    if address:
        yield "service.base-url", address
    if environ.get(_MODELS) and not config.models:
        yield "models", environ[_MODELS]


def _setting(
    key: str,
    held: Mapping[str, Any],
    before: Mapping[str, Any],
    written: Mapping[str, Any],
    from_environment: Mapping[str, str],
) -> EffectiveSetting:
    if key in from_environment:
        return EffectiveSetting(key, _shown(from_environment[key]), "environment")
    value, of_file, in_file = _at(held, key), _at(before, key), _at(written, key) is not None
    origin: Origin = "file" if in_file else "default"
    if value != of_file:
        origin = "file and command line" if in_file and _adds(value, of_file) else "command line"
    return EffectiveSetting(key, _shown(value), origin)


def _adds(value: Any, to: Any) -> bool:
    """Whether something of a list, or of a table, is left in what it has become."""
    if isinstance(value, dict):
        return not value.items().isdisjoint(to.items())
    return isinstance(value, (list, tuple)) and any(each in value for each in to)


def _at(data: Mapping[str, Any], key: str) -> Any:
    table, dot, name = key.rpartition(".")
    held = data.get(table, {}) if dot else data
    return held.get(name)


def _shown(value: Any) -> Any:
    """The value without keys and without the secrets of URLs."""
    if isinstance(value, str):
        return without_keys(redact(value))
    if isinstance(value, (list, tuple)):
        return [_shown(each) for each in value]
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    return value
