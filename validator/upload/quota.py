"""Whether an account has room for an upload: GRP002, before the first asset is created."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from validator.findings import Finding
from validator.generation import LibraryFacts
from validator.judge import Policy, judge
from validator.model import NO_MEDIA, Asset, Facts
from validator.profile import Profile, default_profile


def judge_quota(used: int, needed: int, cap: int | None, profile: Profile) -> Finding | None:
    """What is found of `needed` assets more in an account that holds `used`; `None` where there is room.

    `cap`: how many the account may hold, if it is known; else the profile's own limit counts, and of a
    profile that knows nothing of the library, as those of other services, the documented one. Nothing is
    found where nothing is needed, however full the account is.

    >>> from validator.profile import default_profile
    >>> judge_quota(85, 30, 100, default_profile()).message
    'The number of assets is 115: 15 above the maximum of 100 (held already 85, to be created 30).'
    >>> judge_quota(70, 30, 100, default_profile()) is None
    True
    """
    if needed <= 0:
        return None
    rules = tuple(
        rule if cap is None else msgspec.structs.replace(rule, max=Fraction(cap))
        for rule in _knowing(profile).rules
        if rule.applies == "library"
    )
    facts = Facts(library=LibraryFacts(assets_after=used + needed, assets_held=used, assets_needed=needed))
    findings, _ = judge(Asset("", ""), facts, msgspec.structs.replace(profile, rules=rules), Policy())
    return findings[0] if findings else None


def _knowing(profile: Profile) -> Profile:
    """The profile, or the default one where it has no rule on what is no media."""
    return profile if any(rule.applies in NO_MEDIA for rule in profile.rules) else default_profile()
