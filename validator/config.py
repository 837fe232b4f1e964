"""What a user chose, applied to one asset: which rules run, how much each weighs, how deep to look."""

from __future__ import annotations

import dataclasses

import msgspec

from validator.config_file import check_types, load_config
from validator.errors import ConfigError
from validator.findings import Severity
from validator.judge import Policy
from validator.model import Asset, Depth, Group
from validator.profile import Profile, default_profile, load_profile
from validator.selection import by_length, check_selectors, compiled, covers, names, running
from validator.settings import Config, FailOn, Override, Settings, Weight

__all__ = [
    "Config",
    "FailOn",
    "Override",
    "Weight",
    "check_config",
    "check_types",
    "depth_for",
    "insisting",
    "load_config",
    "placed",
    "policy_for",
    "profiles_of",
]

EVERYTHING = ("*",)
"""The globs that name every asset, URLs included."""


def insisting(config: Config, last: Override) -> Config:
    """The configuration with choices that no earlier override undoes, as those of a command line.

    >>> config = Config(overrides=(Override(files=("*.png",), depth=Depth.FULL),))
    >>> config = insisting(config, Override(files=EVERYTHING, depth=Depth.HEADER))
    >>> depth_for(Asset("a.png", "a.png"), config).value
    'header'
    """
    return msgspec.structs.replace(config, overrides=(*config.overrides, last))


def profiles_of(config: Config) -> tuple[Profile, ...]:
    """The profiles that a run judges by, the main one first.

    Raises:
        ProfileError: one cannot be used.
        ConfigError: two have the same name, so that nobody could tell which one speaks.

    >>> [profile.info.name for profile in profiles_of(Config())]
    ['seedance-2.0']
    """
    profiles = tuple(load_profile(name) for name in (config.profile, *config.further_profiles))
    for number, profile in enumerate(profiles):
        if any(profile.info.name == earlier.info.name for earlier in profiles[:number]):
            raise ConfigError(f'two of the profiles have the name "{profile.info.name}": name each once')
    return profiles


def check_config(config: Config, *profiles: Profile) -> None:
    """Refuse selectors that name no rule of any of the profiles, and globs that make no sense.

    What leaves rules of the default profile out, or weighs them, may be said of other profiles, too: a
    configuration that ignores POR is no reason to refuse `--profile runway`.

    Raises:
        UsageError: naming the key and the selector, with what may have been meant.
        ConfigError: naming the glob.
    """
    for where, layer in _named_layers(config):
        check_selectors(layer.select or (), profiles, where + "select")
        for key, selectors in (("ignore", layer.ignore), ("severity", layer.severity)):
            if selectors:
                check_selectors(selectors, profiles, where + key, also=default_profile())
        if isinstance(layer, Override):
            _check_globs(layer.files, where)


def _named_layers(config: Config) -> list[tuple[str, Settings | Override]]:
    numbered = [(f"overrides number {number}: ", over) for number, over in enumerate(config.overrides, 1)]
    return [("", config), *numbered]


def _check_globs(globs: tuple[str, ...], where: str) -> None:
    for glob in globs:
        try:
            compiled((glob,))
        except ValueError as error:
            raise ConfigError(f'{where}files: "{glob}" is not a glob') from error


def policy_for(asset: Asset, config: Config, profile: Profile) -> Policy:
    """Which rules run for an asset, and how much each weighs; a selector may name no rule of this profile.

    >>> from validator.profile import default_profile
    >>> config = Config(severity={"VID": "warning", "VID006": "off"})
    >>> policy = policy_for(Asset("a.mp4", "a.mp4"), config, default_profile())
    >>> policy.severities["VID005"].value, "VID006" in policy.codes
    ('warning', False)
    """
    select, ignore, limits = config.select, config.ignore, config.limits
    weights = _weighed(config.severity, profile)
    for layer in _overrides(asset, config):
        if layer.select is not None:
            select, ignore = layer.select, ()
        ignore = (*ignore, *(layer.ignore or ()))
        limits = layer.limits or limits
        weights |= _weighed(layer.severity, profile)
    off = {code for code, weight in weights.items() if weight == "off"}
    severities = {code: Severity(weight) for code, weight in weights.items() if weight != "off"}
    return Policy(running(select, ignore, profile) - off, severities, limits)


def depth_for(asset: Asset, config: Config) -> Depth:
    """How much of an asset is decoded."""
    chosen = [layer.depth for layer in _overrides(asset, config) if layer.depth is not None]
    return chosen[-1] if chosen else config.depth


def placed(asset: Asset, config: Config) -> Asset:
    """The asset with the role and the group that the configuration gives it, unless it names its own.

    >>> from validator.model import Role
    >>> placed(Asset("a.png", "a.png"), Config(role=Role.PRODUCT)).role.value
    'product'
    """
    role, group = config.role, config.group
    for layer in _overrides(asset, config):
        role, group = layer.role or role, layer.group or group
    group_of_all = Group(kind=group) if group else None
    return dataclasses.replace(asset, role=asset.role or role, group=asset.group or group_of_all)


def _overrides(asset: Asset, config: Config) -> list[Override]:
    return [layer for layer in config.overrides if covers(layer.files, asset, config.folder)]


def _weighed(severity: dict[str, Weight], profile: Profile) -> dict[str, Weight]:
    return {
        code: severity[selector]
        for selector in by_length(severity)
        for code in profile.codes
        if names(selector, code)
    }
