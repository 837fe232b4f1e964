"""The asset library's API for programs that wait: one method for each thing it can be asked."""

from __future__ import annotations

import random as _random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from validator.model import GroupKind, Kind
from validator.upload.ensure import Ensured
from validator.upload.key import ApiKey
from validator.upload.operations import Service
from validator.upload.records import AssetGroup, RegisteredAsset, VerificationSession

if TYPE_CHECKING:
    import httpx


class AssetClient:
    """Speaks to the asset library, from any number of threads at once. A context manager.

    Args:
        key: the API key.
        service: where it is sent.
        transport: replaces the network. Closed with the client.
        timeout: seconds that one answer may take.
        clock: seconds, rising.
        now: the time of day, for dates in Retry-After.
        sleep: waits, in seconds.
        random: numbers from 0 to 1, that spread the waits of many clients.
    """

    def __init__(  # noqa: PLR0913 - the seams of a client
        self,
        key: ApiKey | str,
        *,
        service: Service | None = None,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], object] = time.sleep,
        random: Callable[[], float] = _random.random,
    ) -> None:
        raise NotImplementedError

    def __enter__(self) -> AssetClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""

    def create_group(self, name: str, description: str = "") -> str:
        raise NotImplementedError

    def groups(
        self,
        *,
        kind: GroupKind,
        name: str = "",
        page_size: int = 100,
        sort_by: str = "CreateTime",
        ascending: bool = False,
    ) -> Iterator[AssetGroup]:
        raise NotImplementedError

    def group(self, group_id: str) -> AssetGroup:
        raise NotImplementedError

    def update_group(self, group_id: str, *, name: str | None = None, description: str | None = None) -> None:
        raise NotImplementedError

    def delete_group(self, group_id: str) -> None:
        raise NotImplementedError

    def create_asset(
        self, group_id: str, url: str, kind: Kind, *, name: str = "", skip_moderation: bool = False
    ) -> str:
        raise NotImplementedError

    def ensure_asset(  # noqa: PLR0913
        self,
        group_id: str,
        url: str,
        kind: Kind,
        name: str,
        *,
        look_for: float | None = 0.0,
        list_lag: float = 10.0,
        before_create: Callable[[], None] | None = None,
        skip_moderation: bool = False,
    ) -> Ensured:
        raise NotImplementedError

    def asset(self, asset_id: str) -> RegisteredAsset:
        raise NotImplementedError

    def assets(  # noqa: PLR0913
        self,
        *,
        group_kind: GroupKind | None = None,
        group_id: str = "",
        statuses: Sequence[str] = (),
        name: str = "",
        page_size: int = 100,
        sort_by: str = "CreateTime",
        ascending: bool = True,
    ) -> Iterator[RegisteredAsset]:
        raise NotImplementedError

    def count_assets(self, kind: GroupKind) -> int:
        raise NotImplementedError

    def delete_asset(self, asset_id: str) -> None:
        raise NotImplementedError

    def wait_until_active(
        self,
        asset_ids: str | Iterable[str],
        *,
        timeout: float = 1800.0,
        on_change: Callable[[RegisteredAsset], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> tuple[RegisteredAsset, ...]:
        raise NotImplementedError

    def start_session(self, return_url: str = "") -> VerificationSession:
        raise NotImplementedError

    def session(self, session_id: str) -> VerificationSession:
        raise NotImplementedError

    def wait_for_session(
        self,
        session_id: str,
        *,
        timeout: float = 600.0,
        on_change: Callable[[VerificationSession], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> VerificationSession:
        raise NotImplementedError
