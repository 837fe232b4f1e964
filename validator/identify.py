"""Which profiles a file fits, by their own rules alone, whatever a configuration makes of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from validator.config import Config, profiles_of
from validator.findings import AssetReport, Severity, Verdict
from validator.judge import Limits
from validator.profile import Profile, load_profile, shipped_profiles
from validator.report.outcome import by_profile
from validator.rule import ABOUT_PEOPLE
from validator.settings import Override


class Fit(msgspec.Struct, frozen=True):
    """What one profile says of an asset: the verdict, and the codes of the rules that make it.

    `not_judged` are those that could not be applied.
    """

    profile: str
    verdict: Verdict
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    not_judged: tuple[str, ...] = ()


def candidates(config: Config) -> tuple[str, ...]:
    """The profiles of a configuration, and all shipped ones that have another name.

    Raises:
        UsageError: one cannot be used.

    >>> candidates(Config(profile="runway"))[:2]
    ('runway', 'hailuo-02')
    """
    own = {profile.info.name for profile in profiles_of(config)}
    others = (name for name in shipped_profiles() if load_profile(name).info.name not in own)
    return (config.profile, *config.further_profiles, *others)


def identifying(
    config: Config, profiles: Sequence[str], *, faces: bool
) -> tuple[Config, tuple[Profile, ...]]:
    """A configuration under which the profiles speak for themselves, and these profiles.

    What it says of rules is left out; how media is fetched and decoded, and what it is for, stays. Nobody is
    looked for without `faces`, since that takes longer than all the rest.

    Raises:
        UsageError: a profile cannot be used, or has another one's name.
    """
    main, *further = profiles
    bare = msgspec.structs.replace(
        config,
        profile=main,
        further_profiles=tuple(further),
        select=(),
        ignore=(),
        severity={},
        limits=Limits.DOCUMENTED,
        references=(),
        baseline="",
        all_findings=True,
        overrides=tuple(
            Override(files=each.files, role=each.role, group=each.group, depth=each.depth)
            for each in config.overrides
        ),
    )
    loaded = profiles_of(bare)
    if faces:
        return bare, loaded
    about_people = {rule.code for profile in loaded for rule in profile.rules if rule.applies in ABOUT_PEOPLE}
    return msgspec.structs.replace(bare, ignore=tuple(sorted(about_people))), loaded


def fits(result: AssetReport, profiles: Sequence[Profile]) -> Iterator[Fit]:
    """What each profile says of an asset, in their order.

    >>> from validator.model import Asset, Facts
    >>> from validator.profile import default_profile
    >>> [fit.verdict.value for fit in fits(AssetReport(Asset("a", "a"), Facts()), [default_profile()])]
    ['pass']
    """
    for name, judged in by_profile(result, profiles[0].info.name).items():
        by_severity = {
            severity: tuple(
                dict.fromkeys(finding.code for finding in judged.findings if finding.severity is severity)
            )
            for severity in Severity
        }
        yield Fit(
            profile=name,
            verdict=judged.verdict,
            errors=by_severity[Severity.ERROR],
            warnings=by_severity[Severity.WARNING],
            notes=by_severity[Severity.NOTE],
            not_judged=tuple(dict.fromkeys(skipped.code for skipped in judged.not_judged)),
        )


def is_identified(result: AssetReport) -> bool:
    """Whether it is known to be a picture, a clip or a sound."""
    return result.facts.kind is not None
