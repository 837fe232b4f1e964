"""What several profiles say of one asset: what they say alike is said once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from validator.findings import AssetReport, Finding


@dataclass(frozen=True)
class Shared:
    """One finding, and the profiles that have it; `profiles` is empty where all have it, or there is one."""

    finding: Finding
    profiles: tuple[str, ...] = ()


def shared(findings: Iterable[Finding], profiles: tuple[str, ...]) -> list[Shared]:
    """Findings of several profiles, those that read alike as one, in the order in which they come.

    >>> shared([], ("runway", "ltx"))
    []
    """
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.code, finding.severity, finding.message, finding.help, finding.known)
        alike.setdefault(key, []).append(finding)
    return [
        Shared(found[0], _some((finding.profile for finding in found), profiles)) for found in alike.values()
    ]


def unjudged(result: AssetReport) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """Rules that were not judged, those for the same reason and by the same profiles together.

    Gives codes, reason and profiles; the latter are empty where it is all of them.
    """
    by_rule: dict[tuple[str, str], list[str | msgspec.UnsetType]] = {}
    for skipped in result.not_judged:
        by_rule.setdefault((skipped.reason, skipped.code), []).append(skipped.profile)
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (reason, code), names in by_rule.items():
        together.setdefault((reason, _some(names, result.profiles)), []).append(code)
    for (reason, profiles), codes in together.items():
        yield tuple(codes), reason, profiles


def _some(named: Iterable[str | msgspec.UnsetType], profiles: tuple[str, ...]) -> tuple[str, ...]:
    """Which profiles are named, in their order; empty where all are."""
    held = {name for name in named if name is not UNSET}
    some = tuple(name for name in profiles if name in held)
    return () if len(some) == len(profiles) else some


def each(result: AssetReport) -> Iterator[tuple[str, AssetReport]]:
    """The asset as each profile alone judges it, by the profile's name; nothing where there is only one.

    >>> from validator.model import Asset, Facts
    >>> result = AssetReport(Asset("a.png", "a.png"), Facts(), profiles=("runway", "ltx"))
    >>> [(name, alone.verdict.value) for name, alone in each(result)]
    [('runway', 'pass'), ('ltx', 'pass')]
    """
    for name in result.profiles:
        yield (
            name,
            dataclasses.replace(
                result,
                findings=tuple(finding for finding in result.findings if finding.profile == name),
                not_judged=tuple(skipped for skipped in result.not_judged if skipped.profile == name),
                profiles=(),
            ),
        )
