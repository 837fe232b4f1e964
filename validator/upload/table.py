"""Groups and assets of the library as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from validator.report.columns import aligned
from validator.report.escape import printable
from validator.upload.entry import Entry
from validator.upload.outcome import Step
from validator.upload.records import AssetGroup, RegisteredAsset

_STATES = {Step.NOT_PUBLISHED: "no public address"}  # a file under --public-url is never published


def groups_table(
    groups: Sequence[AssetGroup], width: int | None = None, *, narrowed: bool = False
) -> list[str]:
    """One line for each group, and a sentence where there is none; `narrowed`: only of some that were meant.

    >>> groups_table([AssetGroup("group-1", "Ada")])
    ['group    kind  created (UTC)  name', 'group-1                       Ada']
    """
    if not groups:
        return [f"There is no {'such ' if narrowed else ''}group."]
    rows = [("group", "kind", "created (UTC)", "name")]
    rows += [(each.id, str(each.kind or ""), shown_time(each.created), each.name) for each in groups]
    return aligned(rows, width)


def assets_table(
    assets: Sequence[RegisteredAsset], width: int | None = None, *, narrowed: bool = False
) -> list[str]:
    """One line for each asset, and a sentence where there is none; `narrowed`: of some that were meant."""
    if not assets:
        return [f"There is no {'such ' if narrowed else ''}asset."]
    rows = [("asset", "status", "kind", "group", "created (UTC)", "name")]
    rows += [
        (
            each.reference,
            each.status,
            str(each.kind or ""),
            each.group_id,
            shown_time(each.created),
            each.name,
        )
        for each in assets
    ]
    return aligned(rows, width)


def asset_page(asset: RegisteredAsset, *, with_url: bool = False) -> list[str]:
    """All that is known of one asset, one thing on a line."""
    rows = [
        ("asset", asset.reference),
        ("status", asset.status),
        ("name", asset.name),
        ("kind", str(asset.kind or "")),
        ("group", asset.group_id),
        ("created", shown_time(asset.created, " UTC")),
        ("updated", shown_time(asset.updated, " UTC")),
        ("url", asset.url if with_url else ""),
    ]
    return aligned([row for row in rows if row[1]]) + list(failure_lines(asset))


def failure_lines(asset: RegisteredAsset) -> Iterable[str]:
    """Why an asset failed, and which rule would have told, each on a line of its own."""
    if asset.failure is None:
        return
    from validator.upload.vendor_codes import explain

    yield f"  {printable(': '.join(part for part in (asset.failure.code, asset.failure.message) if part))}"
    yield f"  {printable(explain(asset.failure.code).why)}"


def shown_time(moment: datetime | None, zone: str = "") -> str:
    """A time in UTC, to the minute.

    >>> shown_time(datetime(2026, 11, 22, 21, 35, 7, tzinfo=UTC), " UTC")
    '2026-11-22 21:35 UTC'
    """
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}{zone}"


def entries_table(entries: Sequence[Entry], width: int | None = None, *, narrowed: bool = False) -> list[str]:
    """What the journal remembers, one line for each target; `narrowed`: only of some that were meant."""
    if not entries:
        return [f"Nothing{' of this kind' if narrowed else ''} was uploaded."]
    rows = [("when (UTC)", "state", "asset", "group", "target")]
    rows += [
        (
            shown_time(each.updated),
            _STATES.get(each.state, str(each.state)),
            each.reference,
            each.group_id,
            each.target,
        )
        for each in entries
    ]
    return aligned(rows, width)
