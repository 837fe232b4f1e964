"""Which rules a selector names, and which assets a glob names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from validator.errors import ProfileError, UsageError
from validator.intake.url import redact
from validator.model import Asset
from validator.profile import Profile, default_profile, load_profile, shipped_profiles
from validator.rule import Rule
from validator.suggest import closest, did_you_mean

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

ALL = "ALL"
"""The selector that names every rule."""

EVERYTHING = ("*",)
"""The globs that name every asset, URLs included."""

_NAMED = 3  # of the profiles that have a rule, in a message
_LONGEST_FAMILY = 4  # letters of one that is mistyped


def names(selector: str, code: str) -> bool:
    """Whether a selector (`VID005`, `VID00`, `VID` or `ALL`) names a rule.

    >>> names("VID00", "VID005"), names("ALL", "VID005"), names("IMG", "VID005")
    (True, True, False)
    """
    return selector == ALL or (bool(selector) and code.startswith(selector))


def running(select: Iterable[str], ignore: Iterable[str], profile: Profile) -> frozenset[str]:
    """The codes that run: where both lists name a rule, the longer selector wins, and `ignore` wins ties.

    An empty `select` means `ALL`.

    >>> from validator.profile import default_profile
    >>> sorted(running(["AUD"], ["AUD00"], default_profile()))
    []
    >>> sorted(running(["AUD002"], ["AUD"], default_profile()))
    ['AUD002']
    """
    selected, ignored = tuple(select) or (ALL,), tuple(ignore)
    return frozenset(
        code for code in profile.codes if _weight(selected, code) > max(_weight(ignored, code), -1)
    )


def _weight(selectors: tuple[str, ...], code: str) -> int:
    """The length of the longest selector that names the rule; -1 where none does."""
    return max((_length(selector) for selector in selectors if names(selector, code)), default=-1)


def _length(selector: str) -> int:
    return 0 if selector == ALL else len(selector)


def by_length(selectors: Iterable[str]) -> list[str]:
    """Selectors from the widest to the most specific.

    >>> by_length(["VID005", "ALL", "VID"])
    ['ALL', 'VID', 'VID005']
    """
    return sorted(selectors, key=_length)


def resolved(
    selector: str, profiles: Sequence[Profile], key: str, *, of_any: bool = False
) -> tuple[str, ...]:
    """What a selector stands for: itself in capitals; in place of a rule's name, its code.

    It names a rule of one of the profiles; with `of_any`, of any that is shipped.

    Raises:
        UsageError: naming the key, the selector, and what may have been meant.

    >>> from validator.profile import default_profile
    >>> [resolved(selector, [default_profile()], "select") for selector in ("vid", "video-pixels")]
    [('VID',), ('VID005',)]
    >>> resolved("VID05", [default_profile()], "ignore")
    Traceback (most recent call last):
        ...
    validator.errors.UsageError: ignore: "VID05" names no rule of the profile seedance-2.0. \
Did you mean "VID005"?
    """
    found = _meant(selector, profiles)
    if found:
        return found
    if of_any:
        for _, profile in _shipped():
            found = _meant(selector, (profile,))
            if found:
                return found
    known = ", ".join(profile.info.name for profile in profiles)
    refused = f'{key}: "{redact(selector)}" names no rule of the profile{"s"[: len(profiles) - 1]} {known}'
    owners = [] if of_any else [name for name, profile in _shipped() if _meant(selector, (profile,))]
    if owners:
        raise UsageError(f"{refused}: it is of {_few(owners)}.")
    raise UsageError(f"{refused}.{did_you_mean(_suggestion(selector, profiles))}")


def is_of(selector: str, profiles: Sequence[Profile]) -> bool:
    """Whether a selector, or the name of a rule, names a rule of any of the profiles.

    >>> from validator.profile import default_profile
    >>> [is_of(selector, [default_profile()]) for selector in ("vid", "image-side", "URL015")]
    [True, True, False]
    """
    return bool(_meant(selector, profiles))


def _meant(selector: str, profiles: Sequence[Profile]) -> tuple[str, ...]:
    upper, name = selector.strip().upper(), selector.strip().lower()
    if any(names(upper, code) for profile in profiles for code in profile.codes):
        return (upper,)
    return tuple(
        dict.fromkeys(rule.code for profile in profiles for rule in profile.rules if rule.name == name)
    )


def _shipped() -> Iterator[tuple[str, Profile]]:
    """All that can be used, the default one first; they are read where a selector is of none that judges."""
    first = default_profile().info.name
    for name in sorted(shipped_profiles(), key=lambda name: (name != first, name)):
        try:
            yield name, load_profile(name)
        except ProfileError:  # whoever uses it is told
            continue


def _few(owners: Sequence[str]) -> str:
    if len(owners) <= _NAMED:
        return " and ".join(owners)
    return f"{', '.join(owners[: _NAMED - 1])} and {len(owners) - _NAMED + 1} other profiles"


def _suggestion(selector: str, profiles: Sequence[Profile]) -> str | None:
    """The nearest code or name; a family only for a word that is one, since it names many rules at once."""
    rules: list[Rule] = [rule for profile in profiles for rule in profile.rules]
    upper = selector.strip().upper()
    if len(upper) <= _LONGEST_FAMILY and upper.isalpha():
        return closest(upper, [*sorted({rule.code[:3] for rule in rules}), ALL])
    return closest(upper, [rule.code for rule in rules]) or closest(
        upper.lower(), [rule.name for rule in rules]
    )


def covers(globs: tuple[str, ...], asset: Asset, folder: Path | None) -> bool:
    """Whether globs, written as in `.gitignore` and relative to `folder`, name an asset.

    A URL is matched by its path, without host and query. `folder` is the working directory by default.

    Raises:
        ValueError: a glob that makes no sense.

    >>> covers(("faces/",), Asset("a", "https://example.com/faces/ada.png?key=1", is_url=True), None)
    True
    >>> covers(("*.mp4", "!keep.mp4"), Asset("keep.mp4", "keep.mp4"), None)
    False
    """
    return globs == EVERYTHING or compiled(globs).match_file(_path_to_match(asset, folder))


@lru_cache(maxsize=64)
def compiled(globs: tuple[str, ...]) -> GitIgnoreSpec:
    """The globs, ready to match.

    Raises:
        ValueError: a glob that makes no sense.
    """
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(globs)
    except re.error as error:  # [z-a]: pathspec makes a regular expression of it unseen
        raise ValueError(str(error)) from error


def _path_to_match(asset: Asset, folder: Path | None) -> str:
    if asset.is_url:
        try:
            path = urlsplit(asset.location).path
        except ValueError:  # malformed: a finding later
            path = ""
    else:
        path = asset.location
        try:
            path = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow symbolic links
            inside = os.path.relpath(path, folder or Path.cwd())
        except (ValueError, OSError):  # another drive; a current folder that is gone
            inside = os.pardir
        path = path if inside.startswith(os.pardir) else inside
    # A line feed in a name is no reason for a glob to miss it; "." is matched by "*".
    return path.replace(os.sep, "/").replace("\n", "?").lstrip("/") or "."
