"""What there is to say of a rule, once: as text for a terminal and as Markdown for `rules/README.md`.

`python -m validator.report.rule_page` writes `rules/README.md` of this checkout anew.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from validator.profile import Profile, default_profile, load_profile, rules_directory, shipped_profiles
from validator.report.rule_paragraphs import paragraphs, severity_words
from validator.rule import Rule

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


def as_text(rule: Rule, profile: Profile, width: int = 80) -> str:
    """A rule for a terminal of this width, in columns.

    >>> from validator.profile import load_profile
    >>> print(as_text(load_profile()["FIL002"], load_profile()).splitlines()[0])
    FIL002 file-empty
    """
    blocks = [f"{rule.code} {rule.name}", _wrapped(rule.summary, width)]
    for paragraph in paragraphs(rule, profile):
        bullet = "- " if len(paragraph.lines) > 1 else ""
        lines = (_wrapped(line, width, bullet) for line in paragraph.lines)
        blocks.append("\n".join((f"  {paragraph.title}", *lines)))
    return "\n\n".join(blocks) + "\n"


def as_markdown(rule: Rule, profile: Profile, title: str = "") -> str:
    """A rule as a section of `rules/README.md`; its title is code and name where nothing else is given.

    >>> from validator.profile import load_profile
    >>> print(as_markdown(load_profile()["FIL002"], load_profile()).splitlines()[0])
    #### FIL002 file-empty
    """
    blocks = [f"#### {title or _title(rule)}", _marked(rule.summary)]
    for paragraph in paragraphs(rule, profile):
        lines = [_marked(line) for line in paragraph.lines]
        if len(lines) == 1:
            blocks.append(f"**{paragraph.title}:** {lines[0]}")
        else:
            blocks.append("\n".join((f"**{paragraph.title}:**\n", *(f"- {line}" for line in lines))))
    return "\n\n".join(blocks) + "\n"


def as_table(rules: Iterable[Rule], links: Mapping[str, str]) -> str:
    """Rules as a table in Markdown, each a link to its section."""
    rows = ["| code | name | severity | summary |", "|---|---|---|---|"]
    for rule in rules:
        code = f"[{rule.code}]({links[rule.code]})"
        rows.append(f"| {code} | {rule.name} | {severity_words(rule)} | {_marked(rule.summary)} |")
    return "\n".join(rows) + "\n"


def page(profiles: tuple[Profile, ...]) -> str:
    """The whole of `rules/README.md`: for each profile tables by family, and each rule where it is new."""
    blocks = [
        "# Rules",
        "Written by `python -m validator.report.rule_page` from the TOML files beside it: do not edit. "
        "`validator rules --profile NAME` prints the same. A rule that means the same in several profiles is "
        "explained once.",
    ]
    if len(profiles) > 1:
        blocks.append("\n".join(f"- [{_heading(each)}](#{_anchor(_heading(each))})" for each in profiles))
    explained = _Explained()
    blocks += [of_profile(profile, explained=explained).rstrip("\n") for profile in profiles]
    return "\n\n".join(blocks) + "\n"


class _Explained:
    """Where on a page each rule is explained: by all that is said of it, so that nothing is said twice."""

    def __init__(self) -> None:
        self._anchors: dict[tuple[object, ...], str] = {}
        self._titles: set[str] = set()

    def link(self, rule: Rule, profile: Profile) -> tuple[str, str]:
        """The link to its section, and the title of that section where it is still to be written, else ""."""
        meaning, title = _meaning(rule, profile), ""
        if meaning not in self._anchors:
            title = _title(rule)
            title = f"{title} ({profile.info.name})" if title in self._titles else title
            self._titles.add(title)
            self._anchors[meaning] = f"#{_anchor(title)}"
        return self._anchors[meaning], title


def of_profile(
    profile: Profile, rules: Iterable[Rule] | None = None, explained: _Explained | None = None
) -> str:
    """A profile in Markdown, all or some of its rules: tables by family, and a section for each rule."""
    info, explained = profile.info, explained or _Explained()
    source = f"<{info.source}>" if info.source.startswith("http") else _marked(info.source)
    blocks = [f"## {_heading(profile)}", f"Compared with {source} on {info.checked}."]
    for family, members in _families(profile.rules if rules is None else rules):
        sections, links = [], {}
        for rule in members:
            links[rule.code], title = explained.link(rule, profile)
            if title:
                sections.append(as_markdown(rule, profile, title).rstrip("\n"))
        blocks.append(f"### {info.name}, {family}: {FAMILIES.get(family, 'More rules').lower()}")
        blocks += [as_table(members, links).rstrip("\n"), *sections]
    return "\n\n".join(blocks) + "\n"


def _meaning(rule: Rule, profile: Profile) -> tuple[object, ...]:
    """All that is said of a rule, apart from who says so and what one service calls it."""
    said = (each for each in paragraphs(rule, profile) if each.title not in ("Source", "Prevents"))
    return (rule.code, rule.name, rule.summary, *said)


def _title(rule: Rule) -> str:
    return f"{rule.code} {rule.name}"


def _heading(profile: Profile) -> str:
    return f"{profile.info.title} (`{profile.info.name}`)"


def _anchor(heading: str) -> str:
    """Where a heading can be linked to, on the pages of GitHub and GitLab.

    >>> _anchor("Seedance (`seedance-2.0`)")
    'seedance-seedance-20'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _families(rules: Iterable[Rule]) -> Iterator[tuple[str, list[Rule]]]:
    families: dict[str, list[Rule]] = {}
    for rule in rules:
        families.setdefault(rule.code[:3], []).append(rule)
    yield from families.items()


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
    """Write the page of all shipped profiles to this path: the default one, the base of all, the others."""
    first = (default_profile().info.name, "media")
    names = sorted(shipped_profiles(), key=lambda name: (*(name != each for each in first), name))
    text = page(tuple(load_profile(name) for name in names))
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_page(rules_directory() / "README.md")
