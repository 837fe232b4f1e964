"""What a user chose, applied to one asset: which rules run, how much each weighs, how deep to look."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from validator.config_file import check_types, load_config
from validator.errors import ConfigError, ProfileError, UsageError
from validator.findings import NotJudged, Severity
from validator.intake.url import is_url, redact
from validator.judge import Policy
from validator.model import NO_MEDIA, Asset, Depth, Group
from validator.profile import Profile, load_profile
from validator.selection import EVERYTHING, by_length, compiled, covers, is_of, names, resolved, running
from validator.settings import Config, FailOn, Override, Settings, Weight

__all__ = [
    "EVERYTHING",
    "Config",
    "FailOn",
    "Override",
    "Weight",
    "check_config",
    "check_types",
    "depth_for",
    "idleness",
    "insisting",
    "load_config",
    "overrides_of",
    "placed",
    "policy_for",
    "profiles_of",
    "refuse_idle",
]


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


def check_config(config: Config, *profiles: Profile, named: Iterable[str] = ()) -> Config:
    """The configuration with codes for the names of rules, each in capitals.

    Selectors that name no rule of any of the profiles are refused, and globs that make no sense.

    What leaves rules of any shipped profile out, or weighs them, may be said of other profiles, too: a
    configuration that ignores POR is no reason to refuse `--profile runway`. What names rules of other
    profiles of the configuration alone is left out, as `validator upload` judges by one of them; `named` are
    such as were its own before a command line named others.

    Raises:
        UsageError: naming the key and the selector, with what may have been meant.
        ConfigError: naming the glob.

    >>> from validator.profile import default_profile
    >>> check_config(Config(select=("vid", "image-side")), default_profile()).select
    ('VID', 'IMG003')
    """
    try:
        return _checked(config, profiles)
    except UsageError:
        names = dict.fromkeys((config.profile, *config.further_profiles, *named))
        others = [profile for name in names if (profile := _readable(name)) is not None]
        return _checked(_without_rules_of(others, config, profiles), profiles)


def _readable(name: str) -> Profile | None:
    try:
        return load_profile(name)
    except ProfileError:  # whoever judges by it is told
        return None


def _checked(config: Config, profiles: tuple[Profile, ...]) -> Config:
    overrides = []
    for number, layer in enumerate(config.overrides, 1):
        where = f"overrides number {number}: "
        overrides.append(msgspec.structs.replace(layer, **_resolved(layer, profiles, where)))
        _check_globs(layer.files, where)
    return msgspec.structs.replace(config, **_resolved(config, profiles), overrides=tuple(overrides))


def _resolved(layer: Settings | Override, profiles: tuple[Profile, ...], where: str = "") -> dict[str, Any]:
    said: dict[str, Any] = {}
    if layer.select:
        said["select"] = tuple(
            code for each in layer.select for code in resolved(each, profiles, where + "select")
        )
    if layer.ignore:
        said["ignore"] = tuple(
            code for each in layer.ignore for code in resolved(each, profiles, where + "ignore", of_any=True)
        )
    if layer.severity:
        said["severity"] = _one_weight_each(layer.severity, profiles, where + "severity")
    return said


def _one_weight_each(
    severity: dict[str, Weight], profiles: tuple[Profile, ...], key: str
) -> dict[str, Weight]:
    weights: dict[str, Weight] = {}
    spelled: dict[str, str] = {}
    for selector, weight in severity.items():
        for code in resolved(selector, profiles, key, of_any=True):
            if weights.get(code, weight) != weight:
                raise UsageError(
                    f'{key}: "{redact(spelled[code])}" and "{redact(selector)}" are the same, and weigh '
                    f"{weights[code]} and {weight}: name it once"
                )
            weights[code], spelled[code] = weight, selector
    return weights


def _without_rules_of(others: Sequence[Profile], config: Config, profiles: Sequence[Profile]) -> Config:
    """The configuration without what names rules of other profiles alone.

    A selection of nothing else stays, to be refused.
    """

    def kept(selector: str) -> bool:
        return is_of(selector, profiles) or not is_of(selector, others)

    def layered(layer: Settings | Override) -> dict[str, Any]:
        select = tuple(each for each in layer.select or () if kept(each))
        return {
            "select": select or layer.select,
            "ignore": layer.ignore and tuple(each for each in layer.ignore if kept(each)),
            "severity": {each: weight for each, weight in layer.severity.items() if kept(each)},
        }

    overrides = tuple(msgspec.structs.replace(each, **layered(each)) for each in config.overrides)
    return msgspec.structs.replace(config, **layered(config), overrides=overrides)


def refuse_idle(config: Config, *profiles: Profile, of_requests: bool = False) -> None:
    """Refuse a configuration under which no rule is left to run: what is not judged would pass.

    Overrides may leave nothing for some files, as long as there is something for others: those are not
    judged (`idleness`). Each of several profiles has to have something to say, or all would pass by it.

    Raises:
        UsageError: saying so.

    >>> from validator.profile import default_profile
    >>> refuse_idle(Config(ignore=("ALL",)), default_profile())
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: no rule on media of the profile seedance-2.0 is left to run: all are left \
out by ignore and severity
    """
    for_all = [each for each in config.overrides if each.files == EVERYTHING]
    layers = [for_all, *([each, *for_all] for each in config.overrides if each.files != EVERYTHING)]
    for profile in profiles:
        codes = {rule.code for rule in profile.rules if (rule.applies in NO_MEDIA) is of_requests}
        if any(codes & _codes_and_weights(config, each, profile)[0] for each in layers):
            continue
        subject = "requests" if of_requests else "media"
        raise UsageError(
            f"no rule on {subject} of the profile {profile.info.name} is left to run: all are left out by "
            f"{_choosers(config)}"
        )


def idleness(profile: Profile, policy: Policy) -> NotJudged | None:
    """Why nothing is judged under a policy, told of the first rule on media, where none of them runs.

    >>> from validator.profile import default_profile
    >>> skipped = idleness(default_profile(), Policy(codes=frozenset()))
    >>> skipped and skipped.reason
    'no rule is left to run for this asset: select, ignore and severity leave all out'
    """
    codes = [rule.code for rule in profile.rules if rule.applies not in NO_MEDIA]
    if policy.codes is None or not codes or not policy.codes.isdisjoint(codes):
        return None
    reason = "no rule is left to run for this asset: select, ignore and severity leave all out"
    return NotJudged(codes[0], reason, Severity.ERROR)


def _choosers(config: Config) -> str:
    """What chooses rules: the selection that holds, where there is one, and all else that may leave out."""
    selections = [config.select, *(each.select for each in config.overrides if each.files == EVERYTHING)]
    last = next((each for each in reversed(selections) if each), None)
    return f"select ({', '.join(map(redact, last))}), ignore and severity" if last else "ignore and severity"


def _check_globs(globs: tuple[str, ...], where: str) -> None:
    if globs == EVERYTHING:
        return
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
    layers = _overrides(asset, config)
    limits = next((layer.limits for layer in reversed(layers) if layer.limits), config.limits)
    return Policy(*_codes_and_weights(config, layers, profile), limits)


def _codes_and_weights(
    config: Config, layers: Sequence[Override], profile: Profile
) -> tuple[frozenset[str], dict[str, Severity]]:
    """What runs where these overrides hold, and how much it weighs."""
    select, ignore, weights = config.select, config.ignore, _weighed(config.severity, profile)
    for layer in layers:
        if layer.select is not None:
            select, ignore = layer.select, ()
        ignore = (*ignore, *(layer.ignore or ()))
        weights |= _weighed(layer.severity, profile)
    off = {code for code, weight in weights.items() if weight == "off"}
    severities = {code: Severity(weight) for code, weight in weights.items() if weight != "off"}
    return running(select, ignore, profile) - off, severities


def depth_for(asset: Asset, config: Config) -> Depth:
    """How much of an asset is decoded."""
    chosen = [layer.depth for layer in _overrides(asset, config) if layer.depth is not None]
    return chosen[-1] if chosen else config.depth


def placed(asset: Asset, config: Config, overrides: tuple[int, ...] | None = None) -> Asset:
    """The asset with the role and the group that the configuration gives it, unless it names its own.

    `overrides` are those that name it, where they are known already.

    >>> from validator.model import Role
    >>> placed(Asset("a.png", "a.png"), Config(role=Role.PRODUCT)).role.value
    'product'
    """
    role, group = config.role, config.group
    for number in overrides_of(asset, config) if overrides is None else overrides:
        layer = config.overrides[number]
        role, group = layer.role or role, layer.group or group
    if role is None and group is None:
        return asset
    group_of_all = Group(kind=group) if group else None
    return dataclasses.replace(asset, role=asset.role or role, group=asset.group or group_of_all)


def overrides_of(asset: Asset, config: Config) -> tuple[int, ...]:
    """Which of the overrides name an asset, counted from 0.

    >>> config = Config(overrides=(Override(files=("*.mp4",)), Override(files=("a.*",))))
    >>> overrides_of(Asset("a.png", "a.png"), config)
    (1,)
    """
    if asset.placed_as is not None:
        asset = Asset(asset.placed_as, asset.placed_as, is_url=is_url(asset.placed_as))
    layers = enumerate(config.overrides)
    return tuple(number for number, layer in layers if covers(layer.files, asset, config.folder))


def _overrides(asset: Asset, config: Config) -> list[Override]:
    return [config.overrides[number] for number in overrides_of(asset, config)]


def _weighed(severity: dict[str, Weight], profile: Profile) -> dict[str, Weight]:
    return {
        code: severity[selector]
        for selector in by_length(severity)
        for code in profile.codes
        if names(selector, code)
    }
