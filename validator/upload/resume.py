"""Going on with a delivery that was cut short: waiting for what it had created already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from validator.errors import UsageError
from validator.findings import AssetReport
from validator.model import Asset, Facts, FileFacts
from validator.report.escape import printable
from validator.upload.bundle import Bundle
from validator.upload.decision import Decision, Known
from validator.upload.entry import Entry
from validator.upload.inventory import Held
from validator.upload.journal import Journal
from validator.upload.outcome import DeliveryOptions, Event, Outcome
from validator.upload.publish import Publisher
from validator.upload.records import AssetGroup, RegisteredAsset
from validator.upload.settlement import settle, unpublish
from validator.upload.work import Work

if TYPE_CHECKING:
    from validator.upload.client import AssetClient


def wait_for_entries(  # noqa: PLR0913 - the seams
    entries: Sequence[Entry],
    *,
    client: AssetClient,
    journal: Journal,
    publisher: Publisher | None = None,
    options: DeliveryOptions | None = None,
    on_event: Callable[[Event], object] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Outcome, ...]:
    """Wait for what was created by a delivery that was cut short (`UnfinishedRun.waiting`), in that order.

    Nothing is created and nothing is linted. `publisher` removes what was published, if `options` say so.

    Raises:
        UsageError: one of them was never created, or is in another library.
        Cancelled: `cancelled()` said so.
        JournalError: the journal cannot be written.
        ServiceError: the key, the account or the service stands in the way; `outcomes` says what is known.
    """
    service = client.service.base_url
    for entry in entries:
        if not entry.asset_id or entry.service != service:
            raise UsageError(
                f"{printable(entry.target)} cannot be waited for: "
                + (
                    f"it is in the library at {printable(entry.service)}"
                    if entry.asset_id
                    else "it has no asset"
                )
                + "."
            )
    outcomes: dict[int, Outcome] = {}
    problem = None
    for group_id in dict.fromkeys(entry.group_id for entry in entries):
        work = Work(
            client=client,
            publisher=publisher,
            same_bytes=lambda _url, _sha256: None,
            journal=journal,
            group=AssetGroup(group_id, ""),
            options=options or DeliveryOptions(),
            cancelled=cancelled,
            tell=on_event,
        )
        bundles = list(_bundles(entries, group_id, journal))
        problem = settle(work, bundles) or problem
        unpublish(work, bundles)
        for bundle in bundles:
            outcomes |= bundle.outcomes
    ordered = tuple(outcomes[number] for number in range(len(entries)))
    if problem is not None:
        problem.outcomes = ordered
        raise problem
    return ordered


def _bundles(entries: Sequence[Entry], group_id: str, journal: Journal) -> Iterator[Bundle]:
    numbers: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        if entry.group_id == group_id:
            numbers.setdefault(entry.sha256, []).append(number)
    for sha256, of_one in numbers.items():
        first = entries[of_one[0]]
        asset = RegisteredAsset(first.asset_id, first.name, first.kind, group_id=group_id)
        held = Held(Known((asset,)), journal.history(first.service, group_id, sha256))
        results = [_result(entries[number]) for number in of_one]
        yield Bundle(sha256, of_one, results, held, Decision("wait", asset))


def _result(entry: Entry) -> AssetReport:
    """It passed, or it would not have been created."""
    asset = Asset(entry.target, entry.location, is_url=entry.is_url, role=entry.role)
    facts = Facts(entry.kind, FileFacts(sha256=entry.sha256, bytes=entry.bytes))
    return AssetReport(asset, facts, shown=entry.target)
