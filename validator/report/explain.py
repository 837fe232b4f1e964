"""Why a rule is there, what it lets pass and who says so, below what it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from validator.profile import Profile
from validator.report.escape import printable
from validator.report.paint import Page
from validator.report.rule_paragraphs import limit_lines, source_words
from validator.rule import Rule

_Said = tuple[str, str, str]
"""A title, the profile's name, and what it says."""


def explained(code: str, profiles: Sequence[Profile], page: Page, indent: int) -> Iterator[str]:
    r"""A few lines on a rule of these profiles, what they say alike once; none where no profile has it.

    >>> from validator.profile import default_profile
    >>> from validator.report.base import Look
    >>> print("\n".join(explained("VID008", [default_profile()], Page(Look(width=70)), 0)))
    why: The page names the three labels beside the pixel range. They are
    names, not limits: the range decides.
    limit: resolution: 480p, 720p, 1080p
    source: https://docs.orcarouter.ai/seedance-video/asset-library
    (checked 2026-11-22)
    """
    held = [(rule, profile) for profile in profiles for rule in profile.rules if rule.code == code]
    names = [profile.info.name for _, profile in held]
    said: list[_Said] = [("why", profile.info.name, rule.why) for rule, profile in held]
    said += [("limit", profile.info.name, "; ".join(limit_lines(rule, profile))) for rule, profile in held]
    for title, text, whose in _together(said):
        of_some = "" if len(whose) == len(names) else f" [{', '.join(whose)}]"
        yield from _lines(f"{title}{of_some}", text, page, indent)
    if len(held) == 1:
        yield from _lines("source", source_words(*held[0]), page, indent)
    else:
        for text in _sources(held):
            yield from _lines("source", text, page, indent)


def _together(said: Iterable[_Said]) -> Iterator[tuple[str, str, list[str]]]:
    """Titles and texts, each with the profiles that say so."""
    alike: dict[tuple[str, str], list[str]] = {}
    for title, name, text in said:
        if text:
            alike.setdefault((title, text), []).append(name)
    for (title, text), names in alike.items():
        yield title, text, names


def _sources(held: Iterable[tuple[Rule, Profile]]) -> Iterator[str]:
    """Each source once, with the profiles that name it, and when each of these was last compared."""
    alike: dict[str, dict[str, list[str]]] = {}
    for rule, profile in held:
        by_date = alike.setdefault(rule.source or profile.info.source, {})
        by_date.setdefault(profile.info.checked, []).append(profile.info.name)
    for source, by_date in alike.items():
        whose = "; ".join(f"{', '.join(names)}: checked {date}" for date, names in by_date.items())
        yield f"{source} ({whose})"


def _lines(title: str, text: str, page: Page, indent: int) -> Iterator[str]:
    label = f"{' ' * indent}{printable(title)}: "
    # Whole: an address that cannot be copied is no source.
    for line in page.lines(label, printable(text), indent, whole=True):
        yield page.paint(line, "aside")
