"""What a delivery will do: decided for all targets before anything is done for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from validator.errors import PermissionDenied, QuotaExceeded
from validator.findings import AssetReport
from validator.model import GroupKind
from validator.profile import Profile, default_profile
from validator.upload.decision import Decision, decide
from validator.upload.gate import refusal
from validator.upload.inventory import Held, Inventory
from validator.upload.journal import Journal
from validator.upload.naming import stem_of
from validator.upload.outcome import DeliveryOptions
from validator.upload.quota import judge_quota
from validator.upload.records import AssetGroup

if TYPE_CHECKING:
    from validator.upload.client import AssetClient


@dataclass(frozen=True)
class Planned:
    """What would be done for one target.

    `action`: "create", "wait", "retry" (deleted and created anew), "skip" (Active already), "failed" (is in
    the library, Failed), "refuse" (the lint says no; `message` says why) or "mend" (a copy would be made, and
    created; `mended` says what would differ).
    """

    target: str
    action: Literal["create", "wait", "retry", "skip", "failed", "refuse", "mend"]
    name: str = ""
    sha256: str = ""
    asset_id: str = ""
    message: str = ""
    mended: str = ""


@dataclass(frozen=True)
class Plan:
    """What a delivery would do. `used`: assets in both libraries; `needed`: how many more there would be.

    >>> Plan((), used=90, needed=10, quota=100).fits
    True
    """

    targets: tuple[Planned, ...]
    used: int
    needed: int
    quota: int

    @property
    def fits(self) -> bool:
        """Whether the quota suffices."""
        return self.needed <= 0 or self.used + self.needed <= self.quota


def plan(
    results: Sequence[AssetReport],
    group: AssetGroup | None,
    *,
    client: AssetClient,
    journal: Journal | None,
    options: DeliveryOptions | None = None,
) -> Plan:
    """What `deliver` would do, without doing any of it. Without a group: into one that is new.

    Raises:
        ServiceError: the service could not be asked.
    """
    options = options or DeliveryOptions()
    passing = by_bytes(results, options)
    group_id = group.id if group else ""
    inventory = Inventory(
        client, journal, client.service.base_url, group_id, options.list_lag, options.at_a_time
    )
    held = inventory.look(list(passing))
    decisions = {
        digest: decided(held[digest], results[numbers[0]], options) for digest, numbers in passing.items()
    }
    targets = tuple(_planned(result, decisions, options) for result in results)
    return Plan(targets, used(client), growth(decisions), options.quota)


def by_bytes(results: Sequence[AssetReport], options: DeliveryOptions) -> dict[str, list[int]]:
    """The numbers of the results that are forwarded, by their sha256, in order."""
    numbers: dict[str, list[int]] = {}
    for number, result in enumerate(results):
        if not refusal(result, options):
            numbers.setdefault(result.facts.file.sha256 or "", []).append(number)
    return numbers


def decided(held: Held, first: AssetReport, options: DeliveryOptions) -> Decision:
    """What to do for some bytes. `first`: the target that gives them their name."""
    return decide(
        held.known,
        stem_of(first.asset),
        first.facts.file.sha256 or "",
        retry_failed=options.retry_failed,
        list_lag=options.list_lag,
    )


def growth(decisions: Mapping[str, Decision]) -> int:
    """How many assets more there will be."""
    return sum(decision.creates - len(decision.delete) for decision in decisions.values())


def used(client: AssetClient) -> int:
    """How many assets the account holds, in both libraries: they share the quota."""
    count = client.count_assets(GroupKind.VIRTUAL)
    try:
        return count + client.count_assets(GroupKind.REAL_HUMAN)
    except PermissionDenied:  # only invited accounts have that library
        return count


def check_quota(
    client: AssetClient, needed: int, options: DeliveryOptions, profile: Profile | None = None
) -> None:
    """Refuse what the account has no room for, before anything is created.

    `profile`: whose GRP002 says so; the one of the package, where there is none.

    Raises:
        QuotaExceeded: with GRP002's words.
    """
    if needed <= 0:
        return
    finding = judge_quota(used(client), needed, options.quota, profile or default_profile())
    if finding is not None:
        raise QuotaExceeded(
            f"{finding.message} Nothing was created. {finding.help}".rstrip(), code=finding.code
        )


def _planned(result: AssetReport, decisions: Mapping[str, Decision], options: DeliveryOptions) -> Planned:
    digest = result.facts.file.sha256 or ""
    why_not = refusal(result, options)
    if why_not:
        return Planned(result.target, "refuse", sha256=digest, message=why_not)
    decision = decisions[digest]
    asset = decision.asset
    name = decision.name or (asset.name if asset else "")
    return Planned(result.target, decision.action, name, digest, asset.id if asset else "")
