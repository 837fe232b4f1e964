"""What there is to say of a rule, once: as text for a terminal and as Markdown for `rules/README.md`.

`python -m validator.report.rule_page` writes `rules/README.md` of this checkout anew.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import msgspec

from validator.fact import FactInfo
from validator.findings import Severity
from validator.message import limit_words, span
from validator.model import fact_table
from validator.profile import Profile, load_profile, rules_directory, shipped_profiles
from validator.rule import PLACEHOLDER, Bounds, Rule, When

FAMILIES = {
    "FIL": "The file itself",
    "URL": "Can the service fetch it",
    "IMG": "Images",
    "VID": "Videos",
    "AUD": "Sounds",
    "POR": "Portraits",
    "GRP": "The set",
    "REQ": "A generation request",
}

_BY_WEIGHT = sorted(Severity, key=lambda severity: severity.rank)


class Paragraph(msgspec.Struct, frozen=True):
    """One thing there is to say: a title, and its lines, of which several make a list."""

    title: str
    lines: tuple[str, ...]


def paragraphs(rule: Rule, profile: Profile) -> tuple[Paragraph, ...]:
    """All there is to say of a rule, in the order in which a reader wants it.

    >>> [paragraph.title for paragraph in paragraphs(load_profile()["VID005"], load_profile())][:3]
    ['Limit', 'Severity', 'Concerns']
    """
    source = rule.source or profile.info.source
    if source == profile.info.source:
        source = f"{source} (checked {profile.info.checked})"
    said = (
        ("Limit", _limit(rule, profile)),
        ("Severity", tuple(_severities(rule))),
        ("Concerns", (_concerns(rule),)),
        ("Why", (rule.why,)),
        ("Source", (source,)),
        ("Observed", (_observed(rule),)),
        ("Prevents", (", ".join(rule.prevents),)),
        ("Example", (rule.example,)),
        ("How to mend", tuple(_mend(rule))),
    )
    return tuple(Paragraph(title, lines) for title, lines in said if any(lines))


def severity_words(rule: Rule) -> str:
    """The severities that a rule can have by default, the heaviest first.

    >>> severity_words(load_profile()["FIL006"])
    'error, warning'
    """
    found = set(rule.levels.values()) | {weighs.severity for weighs in rule.weighs}
    if rule.one_of or not rule.levels:
        found.add(rule.severity)
    return ", ".join(severity for severity in reversed(_BY_WEIGHT) if severity in found)


def as_text(rule: Rule, profile: Profile, width: int = 80) -> str:
    """A rule for a terminal of this width, in columns.

    >>> print(as_text(load_profile()["FIL002"], load_profile()).splitlines()[0])
    FIL002 file-empty
    """
    blocks = [f"{rule.code} {rule.name}", _wrapped(rule.summary, width)]
    for paragraph in paragraphs(rule, profile):
        bullet = "- " if len(paragraph.lines) > 1 else ""
        lines = (_wrapped(line, width, bullet) for line in paragraph.lines)
        blocks.append("\n".join((f"  {paragraph.title}", *lines)))
    return "\n\n".join(blocks) + "\n"


def as_markdown(rule: Rule, profile: Profile) -> str:
    """A rule as a section of `rules/README.md`."""
    blocks = [f"#### {rule.code} {rule.name}", _marked(rule.summary)]
    for paragraph in paragraphs(rule, profile):
        lines = [_marked(line) for line in paragraph.lines]
        if len(lines) == 1:
            blocks.append(f"**{paragraph.title}:** {lines[0]}")
        else:
            blocks.append("\n".join((f"**{paragraph.title}:**\n", *(f"- {line}" for line in lines))))
    return "\n\n".join(blocks) + "\n"


def page(profiles: tuple[Profile, ...]) -> str:
    """The whole of `rules/README.md`: tables by family, then a section for each rule."""
    blocks = [
        "# Rules",
        "Written by `python -m validator.report.rule_page` from the TOML files beside it: do not edit. "
        "`validator rules` prints the same.",
    ]
    for profile in profiles:
        info = profile.info
        blocks.append(f"## {info.title} (`{info.name}`)")
        blocks.append(f"Compared with <{info.source}> on {info.checked}.")
        for family, rules in _families(profile):
            blocks.append(f"### {family}: {FAMILIES.get(family, 'More rules').lower()}")
            blocks.append("\n".join(_table(rules)))
            blocks.extend(as_markdown(rule, profile).rstrip("\n") for rule in rules)
    return "\n\n".join(blocks) + "\n"


def _families(profile: Profile) -> Iterator[tuple[str, list[Rule]]]:
    families: dict[str, list[Rule]] = {}
    for rule in profile.rules:
        families.setdefault(rule.code[:3], []).append(rule)
    yield from families.items()


def _table(rules: list[Rule]) -> Iterator[str]:
    yield "| code | name | severity | summary |"
    yield "|---|---|---|---|"
    for rule in rules:
        anchor = f"{rule.code} {rule.name}".lower().replace(" ", "-")
        cells = (f"[{rule.code}](#{anchor})", rule.name, severity_words(rule), _marked(rule.summary))
        yield f"| {' | '.join(cells)} |"


def _limit(rule: Rule, profile: Profile) -> tuple[str, ...]:
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
    return ()


def _bounds(rule: Rule) -> str:
    return limit_words(Bounds(rule.min, rule.max), rule.unit, open_bounds=rule.open)


def _severities(rule: Rule) -> Iterator[str]:
    if not rule.levels or rule.one_of:
        yield _says(rule, str(rule.severity), "true" if "true" in rule.says else "")
    for value, severity in rule.levels.items():
        yield _says(rule, str(severity), value)
    for weighs in rule.weighs:
        yield f"{weighs.severity} {_where(weighs)}"


def _says(rule: Rule, severity: str, value: str) -> str:
    said = _open(rule.says.get(value, value), fact_table(rule.applies))
    return f"{severity}: {said[0].lower()}{said[1:]}" if said else severity


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
    for name in rule.facts if rule.bounds else rule.facts[:1]:
        bounds = rule.bounds_of(name)
        whose = f" of the {facts[name].label}" if len(rule.bounds) > 1 else ""
        if bounds is not None and bounds.help_below:
            yield f"Below the minimum{whose}: {_open(bounds.help_below, facts)}"
        if bounds is not None and bounds.help_above:
            yield f"Above the maximum{whose}: {_open(bounds.help_above, facts)}"


def _open(text: str, facts: Mapping[str, FactInfo]) -> str:
    """A text with the name of each fact in the place where what is measured of it will stand."""
    return PLACEHOLDER.sub(lambda match: f"[{facts[match[1]].label}]", text)


def _wrapped(text: str, width: int, bullet: str = "") -> str:
    """Prose within the width; a command stays on one line of its own, so that it can be copied."""
    lines: list[str] = []
    for part in filter(None, (piece.strip() for piece in _COMMAND.split(text))):
        whole = _COMMAND.fullmatch(part) is not None
        lines += [part] if whole else _WRAP(part, width - 4 - len(bullet))
    hanging = " " * len(bullet)
    return "\n".join(f"    {hanging if at else bullet}{line}" for at, line in enumerate(lines))


_WRAP = partial(textwrap.wrap, break_long_words=False, break_on_hyphens=False)
_COMMAND = re.compile(r"(ffmpeg -.*?(?= \(|$))")
_CODE = re.compile(rf"(`[^`]*`|{_COMMAND.pattern[1:-1]})")
_SPECIAL = re.compile(r"([\\*<|\[\]])")


def _marked(text: str) -> str:
    """Plain text as Markdown: commands become code, and nothing else is taken for a mark."""
    pieces = _CODE.split(text)
    return "".join(
        _as_code(piece) if at % 2 else _SPECIAL.sub(r"\\\1", piece) for at, piece in enumerate(pieces)
    )


def _as_code(piece: str) -> str:
    return piece if piece.startswith("`") else f"`{piece}`"


def write_page(path: Path) -> None:
    """Write the page of all shipped profiles to this path."""
    text = page(tuple(load_profile(name) for name in shipped_profiles()))
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_page(rules_directory() / "README.md")
