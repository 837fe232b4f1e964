"""What may have been meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 80  # characters: beyond that, nobody mistyped


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like this one, if any does.

    >>> closest("selct", ["select", "ignore"])
    'select'
    """
    import difflib  # for mistakes alone

    matches = difflib.get_close_matches(word[:_LONGEST], list(known), n=1)
    return matches[0] if matches else None


def did_you_mean(word: str | None) -> str:
    """The question that ends a refusal.

    >>> did_you_mean("select"), did_you_mean(None)
    (' Did you mean "select"?', '')
    """
    return f' Did you mean "{word}"?' if word else ""


def aside(word: str | None) -> str:
    """The same question in the middle of a sentence.

    >>> aside("select"), aside(None)
    (' (did you mean "select"?)', '')
    """
    return f' (did you mean "{word}"?)' if word else ""
