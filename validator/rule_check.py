"""What types cannot check of a rule: facts and units exist, bounds are in order, values can occur."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import get_args, get_origin

from validator.fact import FactInfo
from validator.media_formats import MEDIA_FORMATS, is_media_format
from validator.model import MediaKind, fact_table
from validator.quantity import exact
from validator.rule import PLACEHOLDER, Bounds, Rule
from validator.suggest import aside, closest

_KINDS = get_args(MediaKind)
_COMPARED = frozenset({int, Fraction, str, bool})
_OTHER_NAMES = MappingProxyType({"jpg": "jpeg", "tif": "tiff", "hif": "heif", "aif": "aiff", "qt": "mov"})
"""What people call formats after the endings of files."""


def rule_problem(rule: Rule, rules: Mapping[str, Rule]) -> str:
    """What makes no sense in a rule, beginning with the key; empty where all does.

    `rules`: all of its profile, by code.

    >>> from validator.profile import default_profile
    >>> rule = default_profile()["VID002"]
    >>> rule_problem(rule, {})
    ''
    """
    facts = fact_table(rule.applies)
    texts = (
        rule.help,
        rule.help_below,
        rule.help_above,
        *rule.says.values(),
        *rule.helps.values(),
        *(text for held in rule.bounds.values() for text in _texts(held)),
    )
    named_in_texts = tuple(name for text in texts for name in PLACEHOLDER.findall(text))
    for key, named in (
        ("bounds" if rule.bounds else "fact", rule.facts),
        ("shows", rule.shows),
        ("locates", rule.locates),
        ("{}", named_in_texts),
    ):
        for name in named:
            if name not in facts:
                return f'{key}: {rule.applies} has no fact "{name}"{aside(closest(name, tuple(facts)))}'
    for name in rule.shows:
        if facts[name].python_type not in _COMPARED:
            return f'shows: "{name}" only locates, it cannot be shown'
    for name in named_in_texts:
        if get_origin(facts[name].python_type) is tuple:
            return f'{{}}: "{name}" is a list, which cannot stand in a sentence'
    return (
        _comparison_problem(rule, facts)
        or _bounds_problem(rule, facts)
        or _values_problem(rule, facts)
        or _formats_problem(rule)
        or _reference_problem(rule, rules)
        or ""
    )


def _texts(bounds: Bounds) -> tuple[str, ...]:
    return (bounds.below, bounds.above, bounds.help_below, bounds.help_above)


def _comparison_problem(rule: Rule, facts: Mapping[str, FactInfo]) -> str | None:
    given = [
        key
        for key, present in (
            ("min/max", rule.min is not None or rule.max is not None),
            ("bounds", bool(rule.bounds)),
            ("one_of", bool(rule.one_of)),
            ("equals", rule.equals is not None),
            ("levels", bool(rule.levels) and not rule.one_of),
            ("on_bound_of", bool(rule.on_bound_of)),
        )
        if present
    ]
    if len(given) != 1:
        what = " and ".join(given) if given else "nothing"
        return f"compares by {what}: give one of min/max, bounds, one_of, equals, levels, on_bound_of"
    if bool(rule.facts) == bool(rule.on_bound_of):
        return "fact: name at least one (and none with on_bound_of)"
    if rule.bounds and (rule.fact or rule.unit):
        return "bounds: each fact is named there, and has its own unit: leave fact and unit out"
    for name in rule.facts:
        if facts[name].python_type not in _COMPARED:
            return f'fact: "{name}" only locates, it cannot be compared'
        if not rule.bounds and facts[name].unit != rule.unit:
            return f'unit: "{rule.unit}" given, but {name} is in "{facts[name].unit}"'
    return None


def _bounds_problem(rule: Rule, facts: Mapping[str, FactInfo]) -> str | None:
    if rule.observed is not None and rule.observed.min is None and rule.observed.max is None:
        return "observed: give min or max"
    for name, bounds in rule.bounds.items():
        if bounds.min is None and bounds.max is None:
            return f"bounds.{name}: give min or max"
    for key, low, high in (
        ("min", rule.min, rule.max),
        *((f"bounds.{name}.min", bounds.min, bounds.max) for name, bounds in rule.bounds.items()),
        *((("observed.min", rule.observed.min, rule.observed.max),) if rule.observed else ()),
    ):
        if low is not None and high is not None and low > high:
            return f"{key}: {exact(low)} is larger than max {exact(high)}"
    if rule.bounds or rule.min is not None or rule.max is not None:
        for name in rule.facts:
            if facts[name].python_type not in (int, Fraction):
                return f'min/max: "{name}" is not a number'
    return None


def _values_problem(rule: Rule, facts: Mapping[str, FactInfo]) -> str | None:
    for name in rule.facts:
        info = facts[name]
        choices = ("true", "false") if info.python_type is bool else info.choices
        for key, values in (("levels", rule.levels), ("one_of", rule.one_of), ("says", rule.says)):
            for value in values:
                if choices and value not in choices:
                    return f'{key}: "{name}" is never "{value}"{aside(closest(value, choices))}'
        for value in rule.helps:
            if choices and value not in (*choices, *_KINDS):
                return f'helps: "{name}" is never "{value}"{aside(closest(value, (*choices, *_KINDS)))}'
        if rule.equals is not None and type(rule.equals) is not info.python_type:
            return f"equals: {name} is of type {info.python_type.__name__}, not {type(rule.equals).__name__}"
        if isinstance(rule.equals, str) and choices and rule.equals not in choices:
            return f'equals: "{name}" is never "{rule.equals}"{aside(closest(rule.equals, choices))}'
        if (rule.levels or rule.one_of) and info.python_type is not str:
            return f'{"one_of" if rule.one_of else "levels"}: "{name}" is not a text'
    return None


def _formats_problem(rule: Rule) -> str | None:
    """A format that no file can have: the rule would never run, or refuse what it means."""
    named = [("when.format", name) for when in rule.alternatives for name in when.format]
    named += [("weighs.format", name) for weighs in rule.weighs for name in weighs.format]
    if "format" in rule.facts:
        keys = {"one_of": rule.one_of, "levels": rule.levels, "says": rule.says, "helps": _by_value(rule)}
        named += [(key, name) for key, names in keys.items() for name in names]
    for key, name in named:
        if not is_media_format(name):
            meant = _OTHER_NAMES.get(name.lower()) or closest(name.lower(), sorted(MEDIA_FORMATS))
            return f'{key}: format is never "{name}"{aside(meant)}'
    return None


def _by_value(rule: Rule) -> tuple[str, ...]:
    return tuple(value for value in rule.helps if value not in _KINDS)


def _reference_problem(rule: Rule, rules: Mapping[str, Rule]) -> str | None:
    for code in rule.on_bound_of:
        other = rules.get(code)
        if other is None or (other.min is None and other.max is None):
            return f"on_bound_of: {code} is no rule with min or max"
        if other.applies != rule.applies:
            return f"on_bound_of: {code} applies to {other.applies}, not to {rule.applies}"
    if rule.against and rule.against not in rules:
        return f"against: {rule.against} is no rule of this profile"
    return None
