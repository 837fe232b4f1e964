"""Going on with a delivery that was cut short."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from validator.upload.entry import Entry
from validator.upload.journal import Journal
from validator.upload.outcome import DeliveryOptions, Event, Outcome
from validator.upload.publish import Publisher

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
    """Wait for what was created by a delivery that was cut short: `UnfinishedRun.waiting`."""
    raise NotImplementedError
