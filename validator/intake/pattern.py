"""Whether a name is a pattern of names."""

from __future__ import annotations


def is_pattern(target: str) -> bool:
    """Whether a target holds any of `*?[`.

    >>> is_pattern("clips/*.mp4"), is_pattern("clips/a.mp4")
    (True, False)
    """
    return any(character in target for character in "*?[")
