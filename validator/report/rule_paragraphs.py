"""What there is to say of a rule, paragraph by paragraph, in the order in which a reader wants it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from validator.fact import FactInfo
from validator.fact_words import fact_words
from validator.findings import Severity
from validator.message import limit_words, span
from validator.model import fact_table
from validator.profile import Profile
from validator.report.rule_example import example_finding
from validator.report.rule_repair import repair_words
from validator.rule import PLACEHOLDER, Bounds, Rule, When

_BY_WEIGHT = sorted(Severity, key=lambda severity: severity.rank)


class Paragraph(msgspec.Struct, frozen=True):
    """One thing there is to say: a title, and its lines, of which several make a list."""

    title: str
    lines: tuple[str, ...]


def paragraphs(rule: Rule, profile: Profile) -> tuple[Paragraph, ...]:
    """All there is to say of a rule, in the order in which a reader wants it.

    >>> from validator.profile import default_profile
    >>> [paragraph.title for paragraph in paragraphs(default_profile()["VID005"], default_profile())][:3]
    ['Limit', 'Severity', 'Concerns']
    """
    example = example_finding(rule, profile)
    said = (
        ("Limit", limit_lines(rule, profile)),
        ("Severity", tuple(dict.fromkeys(_severities(rule)))),
        ("Concerns", (_concerns(rule),)),
        ("Why", (rule.why,)),
        ("Source", (source_words(rule, profile),)),
        ("Observed", (_observed(rule),)),
        ("Prevents", (", ".join(rule.prevents),)),
        ("Example", (rule.example,)),
        ("Message", (example.message if example else "",)),
        ("How to mend", tuple(_mend(rule))),
        ("Mended by", (repair_words(rule),)),
    )
    return tuple(Paragraph(title, lines) for title, lines in said if any(lines))


def severity_words(rule: Rule) -> str:
    """The severities that a rule can have by default, the heaviest first.

    >>> from validator.profile import default_profile
    >>> severity_words(default_profile()["FIL006"])
    'error, warning'
    """
    return ", ".join(severities(rule))


def severities(rule: Rule) -> tuple[Severity, ...]:
    """The same as values."""
    found = set(rule.levels.values()) | {weighs.severity for weighs in rule.weighs}
    if rule.one_of or not rule.levels:
        found.add(rule.severity)
    return tuple(severity for severity in reversed(_BY_WEIGHT) if severity in found)


def source_words(rule: Rule, profile: Profile) -> str:
    """Who says so, and when that was last compared.

    >>> from validator.profile import default_profile
    >>> source_words(default_profile()["IMG005"], default_profile())
    'server text quoted by third parties'
    """
    source = rule.source or profile.info.source
    return f"{source} (checked {profile.info.checked})" if source == profile.info.source else source


def limit_lines(rule: Rule, profile: Profile) -> tuple[str, ...]:
    """What the rule lets pass: one line, or one for each fact that has limits of its own.

    >>> from validator.profile import default_profile
    >>> limit_lines(default_profile()["VID006"], default_profile())
    ('frame rate: 24 to 60 fps',)
    """
    facts = fact_table(rule.applies)
    label = " and ".join(facts[name].label for name in rule.facts)
    if rule.on_bound_of:
        others = (f"{code} ({_bounds(profile[code])})" for code in rule.on_bound_of)
        return (f"not exactly on a bound of {' or '.join(others)}",)
    limits = {name: rule.bounds_of(name) for name in rule.facts}
    if rule.bounds:
        return tuple(
            f"{facts[name].label}: {limit_words(bounds, facts[name].unit, open_bounds=rule.open)}"
            for name, bounds in limits.items()
            if bounds is not None
        )
    if rule.min is not None or rule.max is not None:
        return (f"{label}: {_bounds(rule)}",)
    if rule.one_of:
        return (f"{label}: {', '.join(rule.one_of)}",)
    return tuple(_values(rule, facts[name], profile) for name in rule.facts)


def _values(rule: Rule, info: FactInfo, profile: Profile) -> str:
    """Which values of a fact pass; of rules that each refuse another one, what passes all of them."""
    if isinstance(rule.equals, bool):
        return f"{info.description}: {'yes' if rule.equals else 'no'}"
    if rule.equals is not None:
        return f"{info.label}: {rule.equals}"
    others = [other for other in profile.rules if other.applies == rule.applies and info.name in other.facts]
    refused = [value for other in (rule, *others) for value in other.levels]
    allowed = [fact_words(info.name, value) for value in info.choices if value not in refused]
    levels = [fact_words(info.name, value) for value in rule.levels]
    return f"{info.label}: {', '.join(allowed) if allowed else 'not ' + ' or '.join(levels)}"


def _bounds(rule: Rule) -> str:
    return limit_words(Bounds(rule.min, rule.max), rule.unit, open_bounds=rule.open)


def _severities(rule: Rule) -> Iterator[str]:
    if rule.unknown_outside:
        yield f"{rule.severity}, not judged: what lies outside of the limit, of which nothing is known"
        return
    if not rule.levels or rule.one_of:
        yield _says(rule, str(rule.severity), "true" if "true" in rule.says else "")
    for value, severity in rule.levels.items():
        yield _says(rule, str(severity), value)
    for weighs in rule.weighs:
        yield f"{weighs.severity} {_where(weighs)}"


def _says(rule: Rule, severity: str, value: str) -> str:
    """A severity and what it is given for; what is measured only in a case is left out."""
    words = next((fact_words(name, value) for name in rule.facts if fact_words(name, value) != value), value)
    said = _MEASURED.sub("", rule.says.get(value, ""))
    if not said or PLACEHOLDER.search(said):
        said = words
    return f"{severity}: {said[0].lower()}{said[1:]}" if said else severity


_MEASURED = re.compile(r"(:| \()? ?\{\w+\}\)?$")
"""What a sentence of a rule ends in that is filled in where the rule finds something."""


def _concerns(rule: Rule) -> str:
    alternatives = [_where(when) for when in rule.alternatives]
    return f"{_WHAT.get(rule.applies, f'every {rule.applies}')} {'; or '.join(alternatives)}".rstrip()


_WHAT = {
    "file": "every file",
    "url": "every URL",
    "faces": "every image and every video that is looked at for faces",
    "portrait": "every image that is looked at for faces",
    "likeness": "every image and every video with others of its group, or a reference, to compare with",
    "request": "every generation request",
    "references": "every generation request about whose assets the library is asked (--online)",
    "library": "every upload, before the first asset is created",
}


def _where(when: When) -> str:
    """Which assets are meant, in words that follow their kind."""
    said = [f"with the role {' or '.join(when.role)}"] if when.role else []
    if when.practice:
        said.append(f"held to the framing {' or '.join(when.practice)}")
    if when.group:
        said.append(f"in a {' or '.join(when.group)} group")
    if when.format:
        said.append(f"that is a {' or '.join(when.format)}")
    return " ".join(said)


def _observed(rule: Rule) -> str:
    observed = rule.observed
    if observed is None:
        return ""
    unit = {"": "", "B": " bytes"}.get(rule.unit, f" {rule.unit}")
    bounds = ", both bounds outside" if observed.open else ""
    effect = "; with --limits observed, a value in there is a warning" if _softens(rule) else ""
    return f"{span(observed.min, observed.max)}{unit}{bounds} ({observed.source}){effect}"


def _softens(rule: Rule) -> bool:
    """Whether `--limits observed` changes anything: the band reaches beyond the documented limit."""
    observed = rule.observed
    if observed is None or rule.severity is not Severity.ERROR:
        return False
    lower = rule.min is not None and (observed.min is None or observed.min < rule.min)
    higher = rule.max is not None and (observed.max is None or observed.max > rule.max)
    return lower or higher


def _mend(rule: Rule) -> Iterator[str]:
    facts = fact_table(rule.applies)
    yield _open(rule.help, facts)
    for value, text in rule.helps.items():
        words = _KINDS.get(value) or next(fact_words(name, value) for name in rule.facts)
        yield f"{words[0].upper()}{words[1:]}: {_open(text, facts)}"
    for name in rule.facts if rule.bounds else rule.facts[:1]:
        bounds = rule.bounds_of(name)
        whose = f" of the {facts[name].label}" if len(rule.bounds) > 1 else ""
        if bounds is not None and bounds.help_below:
            yield f"Below the minimum{whose}: {_open(bounds.help_below, facts)}"
        if bounds is not None and bounds.help_above:
            yield f"Above the maximum{whose}: {_open(bounds.help_above, facts)}"


_KINDS = {"image": "An image", "video": "A video", "audio": "A sound"}


def _open(text: str, facts: Mapping[str, FactInfo]) -> str:
    """A text with the name of each fact in the place where what is measured of it will stand."""
    return PLACEHOLDER.sub(lambda match: f"[{facts[match[1]].label}]", text)
