"""Limits as data: reads a `rules/*.toml` into a typed, checked `Profile`."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec

from validator.errors import ProfileError
from validator.findings import ProfileInfo, Severity
from validator.intake.url import is_meant_for_url, is_url, shown
from validator.quantity import parse_number
from validator.rule import Bounds, Number, Observed, Rule, Weighs, When
from validator.suggest import closest, did_you_mean
from validator.threadsafe import ready

Grade = Literal["documented", "third parties"]
"""Who says what a service takes: its own documentation, or resellers and others who tell of it."""


Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$(?!\n)", max_length=60)]
"""What a profile is called: it stands in reports, in settings and in commands."""

Line = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f\u2028\u2029]*$(?!\n)", max_length=200
    ),
]
"""Words in one line."""


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[profile]` table. `checked`: the day a person last compared it with `source`.

    `grade`: whether the source is the service itself, or others who tell of it; what only those say is best a
    warning.
    """

    name: Name
    title: Line
    checked: datetime.date
    source: str
    grade: Grade = "documented"
    extends: str = ""


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a profile that `extends` another one can change of a rule that it inherits, or of several.

    What is given takes the place of what the rule said; tables and lists are not merged. A rule may be
    changed in several places, but no key of it twice.
    """

    code: str | Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    severity: Severity | None = None
    min: Number | None = None
    max: Number | None = None
    open: bool | None = None
    bounds: dict[str, Bounds] | None = None
    one_of: tuple[str, ...] | None = None
    equals: bool | int | str | None = None
    levels: dict[str, Severity] | None = None
    says: dict[str, str] | None = None
    helps: dict[str, str] | None = None
    on_bound_of: tuple[str, ...] | None = None
    shows: tuple[str, ...] | None = None
    locates: tuple[str, ...] | None = None
    against: str | None = None
    when: When | tuple[When, ...] | None = None
    weighs: tuple[Weighs, ...] | None = None
    observed: Observed | None = None
    prevents: tuple[str, ...] | None = None
    source: str | None = None
    summary: str | None = None
    why: str | None = None
    example: str | None = None
    help: str | None = None
    help_below: str | None = None
    help_above: str | None = None
    repair: str | None = None
    unknown_outside: bool | None = None
    remove: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules that are changed."""
        return (self.code,) if isinstance(self.code, str) else self.code

    @property
    def given(self) -> dict[str, Any]:
        """What is changed of them, by key."""
        keys = (key for key in self.__struct_fields__ if key not in ("code", "remove"))
        return {key: getattr(self, key) for key in keys if getattr(self, key) is not None}


class ProfileFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A profile as it lies in a TOML file."""

    profile: Header
    rule: tuple[Rule, ...] = ()
    change: tuple[Change, ...] = ()


class Profile(msgspec.Struct, frozen=True):
    """A checked set of rules, in the order of the file; with those of a base, by family and code."""

    info: ProfileInfo
    rules: tuple[Rule, ...]
    grade: Grade = "documented"

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

    >>> "seedance-2.0" in shipped_profiles()
    True
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
    if is_url(name) or is_meant_for_url(name):
        raise ProfileError(f"{shown(name)} is a URL, but a profile has to be a file: download it")
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
            code = " ".join(file.change[0].codes)
            raise ProfileError(f"{path}: {code}: [[change]] needs a profile to extend")
        return check_profile(file.profile, file.rule, str(path), shipped=_is_shipped(path))
    base = _load(_find(file.profile.extends, path.parent), (*seen, path.resolve()))
    rules = (*_changed(base, file, path), *file.rule)
    return check_profile(file.profile, _by_family(rules), str(path), shipped=_is_shipped(path))


def _is_shipped(path: Path) -> bool:
    return path.parent == rules_directory()


_LIMITING = frozenset(
    {"min", "max", "open", "bounds", "one_of", "equals", "levels", "on_bound_of", "unknown_outside"}
)
"""What makes a rule say something else than its source, where it is changed."""


def _changed(base: Profile, file: ProfileFile, path: Path) -> tuple[Rule, ...]:
    rules = {rule.code: rule for rule in base.rules}
    changes: dict[str, dict[str, Any]] = {}
    removed: set[str] = set()
    for change in file.change:
        for code in change.codes:
            if code not in rules:
                raise ProfileError(f"{path}: {code}: there is no such rule in {base.info.name} to change")
            earlier = changes.setdefault(code, {})
            twice = next((key for key in change.given if key in earlier), None)
            if twice:
                raise ProfileError(f"{path}: {code}: {twice}: this is changed twice")
            earlier.update(change.given)
            if change.remove:
                removed.add(code)
    for code, given in changes.items():
        if code in removed:
            if given:
                raise ProfileError(f"{path}: {code}: remove: nothing else can be changed of what is removed")
            del rules[code]
            continue
        if given.keys() & _LIMITING:
            given.setdefault("source", file.profile.source)  # the base's source never said this
        rules[code] = msgspec.structs.replace(rules[code], **given)
    return tuple(rules.values())


def _by_family(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules of several files as if they stood in one: by family, as these first came, and by code."""
    found = tuple(rules)
    families = list(dict.fromkeys(rule.code[:3] for rule in found))
    return tuple(sorted(found, key=lambda rule: (families.index(rule.code[:3]), rule.code)))


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
_HEADER_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "$.profile.name": 'a name is 1 to 60 letters, digits, ".", "_" and "-", such as "my-limits"',
        "$.profile.title": "a title is one line of 1 to 200 characters",
    }
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
        wanted = _HEADER_FORMS.get(match["path"])
        if wanted and (" matching regex " in plain or " of length " in plain):
            return f"{match['path'].removeprefix('$.')}: {wanted}"
        return f"{match['path'].removeprefix('$.')}: {plain}{_meant(plain, Header)}"
    entries = data[steps["table"]]
    entry = entries[int(steps["index"])]
    code = entry.get("code") if isinstance(entry, dict) else None
    named = ", ".join(map(str, code)) if isinstance(code, list) else str(code or "")
    where = named or f"[[{steps['table']}]] number {int(steps['index']) + 1}"
    inner = re.split(r"\W", steps["key"])[0]
    plain += _meant(plain, _INNER.get(inner, Rule if steps["table"] == "rule" else Change))
    return f"{where}: {steps['key']}: {plain}" if steps["key"] else f"{where}: {plain}"


def _meant(plain: str, table: type[msgspec.Struct]) -> str:
    """Suggest a key of this table for one that it does not have."""
    unknown = re.search(r"unknown field `([^`]*)`", plain)
    return did_you_mean(closest(unknown[1], table.__struct_fields__)) if unknown else ""


def check_profile(header: Header, rules: tuple[Rule, ...], file: str, *, shipped: bool = False) -> Profile:
    """Check what types cannot: facts and units exist, bounds are in order, codes are unique.

    The rules of a `shipped` profile were looked at when they were written, which a test holds them to.

    Raises:
        ProfileError: naming file, rule and key.
    """
    by_code = {rule.code: rule for rule in reversed(rules)}
    names: set[str] = set()
    for rule in rules:
        problem = "code: this code is used twice" if by_code[rule.code] is not rule else ""
        if rule.name in names:
            problem = problem or f'name: "{rule.name}" is used twice'
        problem = problem or ("" if shipped else _rule_problem(rule, by_code))
        if problem:
            raise ProfileError(f"{file}: {rule.code}: {problem}")
        names.add(rule.name)
    sourced = (msgspec.structs.replace(rule, source=rule.source or header.source) for rule in rules)
    info = ProfileInfo(header.name, header.title, header.checked.isoformat(), header.source)
    return Profile(info, tuple(sourced), header.grade)


def _rule_problem(rule: Rule, by_code: Mapping[str, Rule]) -> str:
    from validator.rule_check import rule_problem  # for profiles of users alone

    return rule_problem(rule, by_code)


@cache
def default_profile() -> Profile:
    """The profile `seedance-2.0`, read once."""
    return load_profile("seedance-2.0")
