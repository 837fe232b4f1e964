"""One line of a .gitignore as git reads it (gitignore(5) and git's wildmatch).

Libraries that do this answer for whole trees; a walk that never enters an ignored folder must know
whether a line means this very file or folder, which they do not tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
# What a pattern is made of, in the order in which to look for it.
_TOKEN = re.compile(
    r"""
      (?P<any_folders>(?:(?<=/)|^)\*\*+/)
    | (?P<everything>(?<=/)\*\*+$)
    | (?P<stars>\*+)
    | (?P<one>\?)
    | \[(?P<not>[!^]?)(?P<set>\]?(?:\[:\w+:\]|\\.|[^\]\\])*)\]
    | \\(?P<escaped>.)
    | (?P<broken>[\[\\])
    | (?P<plain>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class IgnorePattern:
    """A line that ignores, or with `include` takes back what an earlier one ignored."""

    matcher: re.Pattern[str]
    include: bool
    folders_only: bool

    def matches(self, path: str, *, folder: bool) -> bool:
        """Whether it means this path, relative to the folder of its .gitignore."""
        return (folder or not self.folders_only) and self.matcher.fullmatch(path) is not None


def parse_line(line: str) -> IgnorePattern | None:
    r"""The pattern of a line; `None` for a comment, a blank line, or one that can match nothing.

    >>> parse_line("*.tmp.png").matches("a/b.tmp.png", folder=False)
    True
    >>> parse_line("/build/").matches("build", folder=False)
    False
    >>> parse_line("# a comment")
    """
    text = re.sub(r"(?<!\\) +$", "", line)
    if not text or text.startswith("#"):
        return None
    include = text.startswith("!")
    text = text[include:]
    folders_only = text.endswith("/")
    text = text.removesuffix("/")
    anchored = "/" in text
    text = text.removeprefix("/")
    expression = _expression(text)
    if not text or expression is None:
        return None
    try:
        matcher = re.compile(expression if anchored else f"(?:.*/)?{expression}", re.DOTALL)
    except re.error:  # such as a range that runs backwards
        return None
    return IgnorePattern(matcher, include, folders_only)


def _expression(pattern: str) -> str | None:
    pieces = []
    for token in _TOKEN.finditer(pattern):
        kind = token.lastgroup
        if kind == "broken":
            return None
        if kind in ("set", "not"):
            pieces.append(_one_of(token["set"], negated=bool(token["not"])))
        elif kind in ("escaped", "plain"):
            pieces.append(re.escape(token[kind]))
        else:
            fixed = {"any_folders": "(?:.*/)?", "everything": ".+", "stars": "[^/]*", "one": "[^/]"}
            pieces.append(fixed[str(kind)])
    return "".join(pieces)


def _one_of(members: str, *, negated: bool) -> str:
    def class_or_text(found: re.Match[str]) -> str:
        if found["name"]:
            return _CLASSES.get(found["name"], "")
        text = found["escaped"] or found["text"]
        return text if text == "-" and not found["escaped"] else re.escape(text)

    inside = re.sub(
        r"\[:(?P<name>\w+):\]|\\(?P<escaped>.)|(?P<text>.)", class_or_text, members, flags=re.DOTALL
    )
    return f"(?!/)[{'^' if negated else ''}{inside}]"
