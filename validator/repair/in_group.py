"""What only a whole run can say of a copy, which is judged alone: whether its group is of one person."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from validator.config import Config
from validator.findings import AssetReport
from validator.judge import Policy
from validator.profile import Profile
from validator.repair.options import RepairOptions

_THE_MAIN_ONE = frozenset({None, "1", "largest"})


def likeness_codes(profiles: Sequence[Profile], policies: Sequence[Policy]) -> frozenset[str]:
    """The rules that compare faces, of those that run; each profile has its policy."""
    return frozenset(
        rule.code
        for profile, policy in zip(profiles, policies, strict=True)
        for rule in profile.rules
        if rule.applies == "likeness" and (policy.codes is None or rule.code in policy.codes)
    )


def in_group(
    copy: AssetReport, original: AssetReport, codes: frozenset[str], config: Config, options: RepairOptions
) -> tuple[AssetReport, tuple[str, ...]]:
    """What is said of a copy as one of its original's group, and sentences on what nobody compared.

    The face of a copy is its original's, and as far from the others. Where another one was chosen, nothing is
    known of that, as of what comes first; with references, each copy was compared with these.

    >>> from validator.model import Asset, Facts
    >>> original, copy = (AssetReport(Asset(name, name), Facts()) for name in ("a.png", "mended/a.png"))
    >>> in_group(copy, original, frozenset({"GRP001"}), Config(), RepairOptions(face="2")) == (copy, ())
    True
    """
    group = original.asset.group
    if not codes or config.references or group is None or not (group.id or group.name):
        return copy, ()
    if options.face in _THE_MAIN_ONE and options.frame is None:
        return _compared_as(copy, original, codes), ()
    if copy.facts.faces is None or not copy.facts.faces.face_count:
        return copy, ()
    rules = ", ".join(sorted(codes))
    return copy, (
        f"Whether its face is that of its group's person was not compared ({rules}): name a picture of that "
        "person with --reference, or lint the copies together.",
    )


def _compared_as(copy: AssetReport, original: AssetReport, codes: frozenset[str]) -> AssetReport:
    findings = tuple(each for each in original.findings if each.code in codes)
    not_judged = tuple(each for each in original.not_judged if each.code in codes)
    return dataclasses.replace(
        copy,
        facts=dataclasses.replace(copy.facts, likeness=original.facts.likeness),
        findings=(*copy.findings, *findings),
        not_judged=(*copy.not_judged, *not_judged),
    )
