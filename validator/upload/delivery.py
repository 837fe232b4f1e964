"""From judged results to Active assets: what is there is found, what is missing is made, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from validator.findings import AssetReport
from validator.upload.entry import Entry
from validator.upload.journal import Journal
from validator.upload.outcome import DeliveryOptions, Event, Outcome
from validator.upload.publish import Publisher
from validator.upload.records import AssetGroup
from validator.upload.same_bytes import SameBytes

if TYPE_CHECKING:
    from validator.upload.client import AssetClient

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Planned:
    """What would be done for one target: `outcome` where it is known already.

    `action`: "create", "wait", "retry" (deleted and created anew), "skip" (Active already), "failed" (is in
    the library, Failed) or "refuse" (the lint says no).
    """

    target: str
    action: Literal["create", "wait", "retry", "skip", "failed", "refuse"]
    name: str = ""
    sha256: str = ""
    asset_id: str = ""
    message: str = ""


@dataclass(frozen=True)
class Plan:
    """What a delivery would do. `used`: assets in both libraries; `needed`: how many more it would create."""

    targets: tuple[Planned, ...]
    used: int
    needed: int
    quota: int

    @property
    def fits(self) -> bool:
        """Whether the quota suffices."""
        return self.used + self.needed <= self.quota


def plan(
    results: Sequence[AssetReport],
    group: AssetGroup | None,
    *,
    client: AssetClient,
    journal: Journal | None,
    options: DeliveryOptions = DeliveryOptions(),  # noqa: B008 - frozen
) -> Plan:
    """What `deliver` would do, without doing any of it: for `--dry-run`. Without a group: one that is new."""
    raise NotImplementedError


def deliver(  # noqa: PLR0913 - the seams of a delivery
    results: Sequence[AssetReport],
    group: AssetGroup,
    *,
    client: AssetClient,
    publisher: Publisher | None,
    same_bytes: SameBytes,
    journal: Journal,
    options: DeliveryOptions = DeliveryOptions(),  # noqa: B008 - frozen
    on_event: Callable[[Event], object] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
    remember: Mapping[str, Any] = _NOTHING,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> tuple[Outcome, ...]:
    """Register what passed in a group, and wait until it is Active; one outcome for each result, in order.

    Call it again with the same results, after whatever went wrong: what is there is found, nothing is made
    twice.

    Args:
        results: what `validator.lint` gave.
        group: where to.
        client: the asset library.
        publisher: gives files their address; URLs are forwarded as they are.
        same_bytes: whether an address serves, at this moment, what was judged.
        journal: remembers each step.
        options: see there.
        on_event: is told each step, in this thread.
        cancelled: whether to stop; asked between two steps.
        remember: whatever a caller needs to resume (see `UnfinishedRun`): JSON, no secrets.
        clock: seconds, rising.
        sleep: waits for seconds.

    Raises:
        QuotaExceeded: the quota does not suffice for all; then nothing was created.
        UploadBusy: another delivery into this group is running.
        JournalError: the journal cannot be written, so that nothing more was created.
        Cancelled: `cancelled()` said so. What was created is in the journal.
        ServiceError: the key, the account or the service stands in the way of the rest; what was created is
            waited for before. `outcomes` of the error says what became of each target.
    """
    raise NotImplementedError


def wait_for_entries(
    entries: Sequence[Entry],
    *,
    client: AssetClient,
    journal: Journal,
    options: DeliveryOptions = DeliveryOptions(),  # noqa: B008 - frozen
    on_event: Callable[[Event], object] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Outcome, ...]:
    """Wait for what was created by a delivery that was cut short: `UnfinishedRun.waiting`."""
    raise NotImplementedError
