"""Limits as data: reads a `rules/*.toml` into a typed, checked `Profile`."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_origin

import msgspec

from validator.errors import ProfileError
from validator.fact import FactInfo
from validator.findings import ProfileInfo, Severity
from validator.model import fact_table
from validator.quantity import exact, parse_number
from validator.rule import PLACEHOLDER, Bounds, Number, Observed, Rule, Weighs, When
from validator.suggest import aside, closest, did_you_mean
from validator.threadsafe import ready


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[profile]` table. `checked`: the day a person last compared it with `source`."""

    name: str
    title: str
    checked: datetime.date
    source: str
    extends: str = ""


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a profile that `extends` another one can change of a rule that it inherits."""

    code: str
    severity: Severity | None = None
    min: Number | None = None
    max: Number | None = None
    open: bool | None = None
    bounds: dict[str, Bounds] | None = None
    one_of: tuple[str, ...] | None = None
    observed: Observed | None = None
    source: str | None = None
    summary: str | None = None
    help: str | None = None
    remove: bool = False


class ProfileFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A profile as it lies in a TOML file."""

    profile: Header
    rule: tuple[Rule, ...] = ()
    change: tuple[Change, ...] = ()


class Profile(msgspec.Struct, frozen=True):
    """A checked set of rules, in the order of the file."""

    info: ProfileInfo
    rules: tuple[Rule, ...]

    def __getitem__(self, code: str) -> Rule:
        """The rule with this code.

        Raises:
            KeyError: there is none.
        """
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(code)

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, in order."""
        return tuple(rule.code for rule in self.rules)


def rules_directory() -> Path:
    """Where the shipped profiles lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "rules"
    return installed if installed.is_dir() else package.parent / "rules"


def shipped_profiles() -> tuple[str, ...]:
    """The names of the profiles that come with the package.

    >>> shipped_profiles()
    ('seedance-2.0',)
    """
    # Not glob, which says of a folder that cannot be read that it is empty.
    return tuple(sorted(path.stem for path in rules_directory().iterdir() if path.suffix == ".toml"))


def load_profile(name_or_path: str | Path = "seedance-2.0") -> Profile:
    """Load a shipped profile by its name, or any profile by its path (a name with `/` or `.toml`).

    Raises:
        ProfileError: there is no such profile, or it cannot be used; the message says why.

    >>> load_profile()["VID005"].max
    Fraction(2086876, 1)
    """
    try:
        return _load(_find(name_or_path, Path()), ())
    except OSError as error:  # a program that may open no further file
        raise ProfileError(f"{name_or_path}: {error.strerror or error}") from error


def _find(name_or_path: str | Path, beside: Path) -> Path:
    name = str(name_or_path)
    if name in shipped_profiles():
        return rules_directory() / f"{name}.toml"
    if isinstance(name_or_path, Path) or name.endswith(".toml") or "/" in name or "\\" in name:
        return beside / name
    known = shipped_profiles()
    raise ProfileError(
        f'There is no profile "{name}".{did_you_mean(closest(name, known))} '
        f"Shipped profiles: {', '.join(known)}; or give the path of a TOML file."
    )


def _load(path: Path, seen: tuple[Path, ...]) -> Profile:
    file = read_profile_file(path)  # first: what can be read can be resolved
    if path.resolve() in seen:
        raise ProfileError(f"{path}: extends itself, by way of {seen[-1].name}")
    if not file.profile.extends:
        if file.change:
            raise ProfileError(f"{path}: {file.change[0].code}: [[change]] needs a profile to extend")
        return check_profile(file.profile, file.rule, str(path))
    base = _load(_find(file.profile.extends, path.parent), (*seen, path.resolve()))
    return check_profile(file.profile, (*_changed(base, file, path), *file.rule), str(path))


def _changed(base: Profile, file: ProfileFile, path: Path) -> tuple[Rule, ...]:
    rules = {rule.code: rule for rule in base.rules}
    changed: set[str] = set()
    for change in file.change:
        if change.code in changed:
            raise ProfileError(f"{path}: {change.code}: this rule is changed twice")
        changed.add(change.code)
        if change.code not in rules:
            raise ProfileError(f"{path}: {change.code}: there is no such rule in {base.info.name} to change")
        given = {
            key: value
            for key, value in msgspec.structs.asdict(change).items()
            if value is not None and key not in ("code", "remove")
        }
        if change.remove and given:
            raise ProfileError(
                f"{path}: {change.code}: remove: nothing else can be changed of what is removed"
            )
        if change.remove:
            del rules[change.code]
            continue
        if given.keys() & {"min", "max", "open", "bounds", "one_of"}:
            given.setdefault("source", file.profile.source)  # the base's source never said this
        rules[change.code] = msgspec.structs.replace(rules[change.code], **given)
    return tuple(rules.values())


_COMPARED = frozenset({int, Fraction, str, bool})


def read_profile_file(path: Path) -> ProfileFile:
    """Read one TOML file, types checked, meaning not yet.

    Raises:
        ProfileError: unreadable, not TOML, an unknown key or a wrong type.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"{path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:  # also: no UTF-8, endless integers, deep nesting
        raise ProfileError(f"{path}: not TOML: {error}") from error
    try:
        return msgspec.convert(data, ready(ProfileFile), dec_hook=decode_number)
    except msgspec.ValidationError as error:
        raise ProfileError(f"{path}: {_in_words(str(error), data)}") from error


def decode_number(type_: type[Any], value: Any) -> Any:
    """The msgspec hook for `Number`.

    Raises:
        ValueError: not an exact number.
        NotImplementedError: asked for another type.
    """
    if type_ is Fraction:
        return parse_number(value)
    raise NotImplementedError(type_)


_INNER: Mapping[str, type[msgspec.Struct]] = MappingProxyType(
    {"observed": Observed, "bounds": Bounds, "when": When, "weighs": Weighs}
)
_PATH = re.compile(r" - at `(?P<path>[^`]*)`")


def _in_words(message: str, data: Mapping[str, Any]) -> str:
    """Turn "... - at `$.rule[3].min`" into "VID002: min: ...", which a person can search for."""
    match = _PATH.search(message)
    plain = _PATH.sub("", message)
    if match is None:
        return plain + _meant(plain, ProfileFile)
    steps = re.match(r"\$\.?(?P<table>rule|change)\[(?P<index>\d+|\.\.\.)\]\.?(?P<key>.*)", match["path"])
    if steps is None or not steps["index"].isdigit():
        return f"{match['path'].removeprefix('$.')}: {plain}{_meant(plain, Header)}"
    entries = data[steps["table"]]
    entry = entries[int(steps["index"])]
    code = entry.get("code") if isinstance(entry, dict) else None
    where = str(code) if code else f"[[{steps['table']}]] number {int(steps['index']) + 1}"
    inner = re.split(r"\W", steps["key"])[0]
    plain += _meant(plain, _INNER.get(inner, Rule if steps["table"] == "rule" else Change))
    return f"{where}: {steps['key']}: {plain}" if steps["key"] else f"{where}: {plain}"


def _meant(plain: str, table: type[msgspec.Struct]) -> str:
    """Suggest a key of this table for one that it does not have."""
    unknown = re.search(r"unknown field `([^`]*)`", plain)
    return did_you_mean(closest(unknown[1], table.__struct_fields__)) if unknown else ""


def check_profile(header: Header, rules: tuple[Rule, ...], file: str) -> Profile:
    """Check what types cannot: facts and units exist, bounds are in order, codes are unique.

    Raises:
        ProfileError: naming file, rule and key.
    """
    codes: dict[str, Rule] = {}
    names: set[str] = set()
    for rule in rules:
        problem = _problem(rule, codes, names)
        if problem:
            raise ProfileError(f"{file}: {rule.code}: {problem}")
        codes[rule.code] = rule
        names.add(rule.name)
    sourced = (msgspec.structs.replace(rule, source=rule.source or header.source) for rule in rules)
    info = ProfileInfo(header.name, header.title, header.checked.isoformat(), header.source)
    return Profile(info, tuple(sourced))


def _problem(rule: Rule, earlier: Mapping[str, Rule], names: set[str]) -> str | None:
    if rule.code in earlier:
        return "code: this code is used twice"
    if rule.name in names:
        return f'name: "{rule.name}" is used twice'
    facts = fact_table(rule.applies)
    texts = (
        rule.help,
        rule.help_below,
        rule.help_above,
        *rule.says.values(),
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
        or _reference_problem(rule, earlier)
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
        if rule.equals is not None and type(rule.equals) is not info.python_type:
            return f"equals: {name} is of type {info.python_type.__name__}, not {type(rule.equals).__name__}"
        if isinstance(rule.equals, str) and choices and rule.equals not in choices:
            return f'equals: "{name}" is never "{rule.equals}"{aside(closest(rule.equals, choices))}'
        if (rule.levels or rule.one_of) and info.python_type is not str:
            return f'{"one_of" if rule.one_of else "levels"}: "{name}" is not a text'
    return None


def _reference_problem(rule: Rule, earlier: Mapping[str, Rule]) -> str | None:
    for code in rule.on_bound_of:
        other = earlier.get(code)
        if other is None or (other.min is None and other.max is None):
            return f"on_bound_of: {code} is no earlier rule with min or max"
        if other.applies != rule.applies:
            return f"on_bound_of: {code} applies to {other.applies}, not to {rule.applies}"
    if rule.against and rule.against != rule.code and rule.against not in earlier:
        return f"against: {rule.against} is no earlier rule"
    return None


@cache
def default_profile() -> Profile:
    """The profile `seedance-2.0`, read once."""
    return load_profile("seedance-2.0")
