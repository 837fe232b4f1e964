"""A group by its name, made once however often it is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from validator.upload.journal import Journal
from validator.upload.records import AssetGroup

if TYPE_CHECKING:
    from validator.upload.client import AssetClient


def ensure_group(  # noqa: PLR0913 - the seams
    name: str,
    *,
    client: AssetClient,
    journal: Journal,
    description: str = "",
    list_lag: float = 10.0,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
    cancelled: Callable[[], bool] = lambda: False,
) -> AssetGroup:
    """The virtual group of this name that this journal has made, or a new one.

    Raises:
        UsageError: the name is none, or there is a group of that name that this journal knows nothing of: its
            id is named.
        UploadBusy: somebody else is creating it at this moment.
        ServiceError: it could not be created. Call it again: it is found if it was created all the same.
    """
    raise NotImplementedError
