"""Why a rule is there, what it lets pass and who says so, below what it found."""

from __future__ import annotations

from collections.abc import Iterator

from validator.profile import Profile
from validator.report.escape import printable
from validator.report.paint import Page
from validator.report.rule_paragraphs import limit_lines, source_words


def explained(code: str, profile: Profile, page: Page, indent: int) -> Iterator[str]:
    r"""A few lines on a rule; none where the profile has no such rule.

    >>> from validator.profile import default_profile
    >>> from validator.report.base import Look
    >>> print("\n".join(explained("VID008", default_profile(), Page(Look(width=70)), 0)))
    why: The page names the three labels beside the pixel range. They are
    names, not limits: the range decides.
    limit: resolution: 480p, 720p, 1080p
    source: https://docs.orcarouter.ai/seedance-video/asset-library
    (checked 2026-11-22)
    """
    rule = next((rule for rule in profile.rules if rule.code == code), None)
    if rule is None:
        return
    said = (
        ("why", rule.why),
        ("limit", "; ".join(limit_lines(rule, profile))),
        ("source", source_words(rule, profile)),
    )
    for title, text in said:
        if text:
            label = f"{' ' * indent}{title}: "
            # Whole: an address that cannot be copied is no source.
            for line in page.lines(label, printable(text), indent, whole=True):
                yield page.paint(line, "aside")
