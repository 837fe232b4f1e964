"""The asset library's API for asynchronous programs: the same methods, over the same core."""

from __future__ import annotations

import math
import random as _random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import TypeVar

import anyio
import httpx

from validator.model import GroupKind, Kind
from validator.upload.ensure import Ensured, NewAsset
from validator.upload.exchange import NoReply, Pause, Reply, Send, Steps
from validator.upload.key import ApiKey
from validator.upload.library import new_library
from validator.upload.operations import Service
from validator.upload.paging import Listed, Pages
from validator.upload.records import AssetGroup, RegisteredAsset, VerificationSession
from validator.upload.waiting import LIST_LAG
from validator.upload.wire import (
    Answer,
    UnusableAnswer,
    async_network,
    connect_timeout,
    host_of,
    no_reply,
    request_for,
)

_T = TypeVar("_T")
_Item = TypeVar("_Item", bound=Listed)


class AsyncAssetClient:
    """Speaks to the asset library, for any number of tasks of one loop. An asynchronous context manager.

    What is safe to repeat is tried again for a while; a create is not, unless the service says that it did
    nothing, or never got it. Every method raises a kind of `ServiceError` where the service does not do what
    it is asked, and `UsageError` for what cannot be asked.

    Args:
        key: the API key.
        service: where it is sent.
        transport: replaces the network. Closed with the client.
        timeout: seconds that one answer may take.
        clock: seconds, rising.
        now: the time of day, for dates in Retry-After.
        sleep: waits, in seconds.
        random: numbers from 0 to 1, which spread the waits of many clients.

    >>> AsyncAssetClient("sk-orca-1")
    AsyncAssetClient('https://api.orcarouter.ai/v1')
    """

    def __init__(  # noqa: PLR0913 - the seams of a client
        self,
        key: ApiKey | str,
        *,
        service: Service | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[object]] = anyio.sleep,
        random: Callable[[], float] = _random.random,
    ) -> None:
        self._key = key if isinstance(key, ApiKey) else ApiKey(key)
        self._service = service or Service()
        self._transport = async_network(self._service) if transport is None else transport
        self._clock = clock
        self._sleep = sleep
        self._library = new_library(
            self._key, self._service, timeout=timeout, clock=clock, now=now, random=random
        )

    async def __aenter__(self) -> AsyncAssetClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncAssetClient({self._service.base_url!r})"

    @property
    def service(self) -> Service:
        """Where the library is reached."""
        return self._service

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def create_group(self, name: str, description: str = "") -> str:
        """Make a virtual group.

        Returns:
            its id.

        Raises:
            AnswerLost: it may have been made; look for it by its name.
        """
        return await self._take(self._library.create_group(name, description))

    def groups(
        self,
        *,
        kind: GroupKind,
        name: str = "",
        page_size: int = 100,
        sort_by: str = "CreateTime",
        ascending: bool = False,
    ) -> AsyncIterator[AssetGroup]:
        """All groups of one kind, page by page as they are asked for.

        Args:
            kind: virtual or real-human.
            name: a part of the name, as the service searches for it: fuzzily.
            page_size: groups to one request.
            sort_by: CreateTime or UpdateTime.
            ascending: the oldest first.
        """
        return self._each(self._library.groups(kind, name, page_size, sort_by, ascending=ascending))

    async def group(self, group_id: str) -> AssetGroup:
        """One group, looked for in the lists of both kinds.

        Raises:
            NotFound: neither holds it; lists may be some seconds behind.
        """
        return await self._take(self._library.group(group_id))

    async def update_group(
        self, group_id: str, *, name: str | None = None, description: str | None = None
    ) -> None:
        """Change the name or the description of a group, or both."""
        await self._take(self._library.update_group(group_id, name, description))

    async def delete_group(self, group_id: str) -> None:
        """Delete a group, and all assets in it."""
        await self._take(self._library.delete_group(group_id))

    async def create_asset(
        self, group_id: str, url: str, kind: Kind, *, name: str = "", skip_moderation: bool = False
    ) -> str:
        """Register what a public URL serves; the service fetches and checks it behind its answer.

        Returns:
            the asset's id.

        Raises:
            AssetRejected: the service refused it at once.
            AnswerLost: it may have been registered; `ensure_asset` finds out.
        """
        new = NewAsset(group_id, url, kind, name, skip_moderation)
        return await self._take(self._library.create_asset(new))

    async def ensure_asset(  # noqa: PLR0913 - what there is to say about one asset
        self,
        group_id: str,
        url: str,
        kind: Kind,
        name: str,
        *,
        look_for: float | None = math.inf,
        list_lag: float = 10.0,
        before_create: Callable[[], None] | None = None,
        skip_moderation: bool = False,
    ) -> Ensured:
        """The one asset of this name in its group: found, or registered; never two, whatever is lost.

        That holds as long as one caller at a time asks for this name.

        Args:
            group_id: the group.
            url: where the service fetches it.
            kind: what it is.
            name: ends in - and 16 hex digits of the file's hash, and so is its own.
            look_for: seconds to look for it before anything is created, at least once; by default for as
                long as lists may not show it; `None`: nobody has ever tried to create this name.
            list_lag: seconds for which the service's lists may not show what was created.
            before_create: called right before each time that a create is sent.
            skip_moderation: ask the service not to moderate it.

        Raises:
            AssetRejected: the service refused it at once.
            AnswerLost: it may be there, but no list shows it.
        """
        new = NewAsset(group_id, url, kind, name, skip_moderation)
        return await self._take(self._library.ensure_asset(new, look_for, list_lag, before_create))

    async def asset(self, asset_id: str) -> RegisteredAsset:
        """One asset as it is now.

        Raises:
            NotFound: there is none.
        """
        return await self._take(self._library.asset(asset_id))

    def assets(  # noqa: PLR0913 - what the service's list can be asked
        self,
        *,
        group_kind: GroupKind | None = None,
        group_id: str = "",
        statuses: Sequence[str] = (),
        name: str = "",
        page_size: int = 100,
        sort_by: str = "CreateTime",
        ascending: bool = True,
    ) -> AsyncIterator[RegisteredAsset]:
        """Assets, page by page as they are asked for.

        Args:
            group_kind: of which library; by default of both, that of real people only where the
                account may see it.
            group_id: of one group alone.
            statuses: with one of these: Active, Processing, Failed.
            name: a part of the name, as the service searches for it: fuzzily.
            page_size: assets to one request.
            sort_by: CreateTime, UpdateTime or GroupId.
            ascending: the oldest first.
        """
        return self._each(
            self._library.assets(
                group_kind, group_id, statuses, name, page_size, sort_by, ascending=ascending
            )
        )

    async def count_assets(self, kind: GroupKind) -> int:
        """How many assets the library of one kind holds, as the service counts them."""
        return await self._take(self._library.count_assets(kind))

    async def delete_asset(self, asset_id: str) -> None:
        """Delete an asset.

        Raises:
            NotFound: there is none.
        """
        await self._take(self._library.delete_asset(asset_id))

    async def wait_until_active(
        self,
        asset_ids: str | Iterable[str],
        *,
        timeout: float = 1800.0,
        on_change: Callable[[RegisteredAsset], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        list_lag: float = LIST_LAG,
    ) -> tuple[RegisteredAsset, ...]:
        """Poll until each asset is Active or Failed; a Failed one comes back with its `failure`.

        Args:
            asset_ids: one or several.
            timeout: seconds for all of them together.
            on_change: called with each new status of each asset.
            cancelled: asked about four times a second.
            list_lag: seconds for which the service may not know yet what it has just created.

        Returns:
            the assets in the order of their ids.

        Raises:
            WaitTimeout: some are neither; it carries their ids.
            NotFound: one of them does not exist, as the service says for longer than `list_lag`; it is
                raised once the others are settled.
            Cancelled: `cancelled()` said so.
        """
        steps = self._library.wait_until_active(asset_ids, timeout, on_change, cancelled, list_lag)
        return await self._take(steps)

    async def start_session(self, return_url: str = "") -> VerificationSession:
        """Begin the verification of a person.

        Args:
            return_url: where the person's browser goes afterwards.

        Returns:
            the session, whose `link` the person has to open within about two minutes.
        """
        return await self._take(self._library.start_session(return_url))

    async def session(self, session_id: str) -> VerificationSession:
        """A verification as it is now."""
        return await self._take(self._library.session(session_id))

    async def wait_for_session(
        self,
        session_id: str,
        *,
        timeout: float = 600.0,
        on_change: Callable[[VerificationSession], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> VerificationSession:
        """Poll until a verification has succeeded, and so has a group, or failed.

        Raises:
            WaitTimeout: neither happened in so many seconds.
            Cancelled: `cancelled()` said so.
        """
        return await self._take(self._library.wait_for_session(session_id, timeout, on_change, cancelled))

    async def _each(self, pages: Pages[_Item]) -> AsyncIterator[_Item]:
        while (items := await self._take(pages.next_page())) is not None:
            for item in items:
                yield item

    async def _take(self, steps: Steps[_T]) -> _T:
        """Do what the steps ask for, until they come to their result."""
        reply: Reply | NoReply | None = None
        try:
            while True:
                try:
                    step = steps.send(reply)
                except StopIteration as end:
                    result: _T = end.value
                    return result
                if isinstance(step, Pause):
                    await self._sleep(step.seconds)
                    reply = None
                else:
                    reply = await self._sent(step)
        finally:
            steps.close()

    async def _sent(self, send: Send) -> Reply | NoReply:
        # The limits of a single read begin anew with each byte.
        with anyio.move_on_after(connect_timeout(send) + send.timeout):
            return await self._exchanged(send)
        return NoReply(f"nothing whole came within {send.timeout:g} s from {host_of(send)}", sent=True)

    async def _exchanged(self, send: Send) -> Reply | NoReply:
        ends = self._clock() + send.timeout
        try:
            response = await self._transport.handle_async_request(request_for(send, self._key))
            try:
                answer = Answer(response, ends, self._clock)
                assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - this client's half of httpx's union
                async for piece in response.stream:
                    answer.feed(piece)
                return answer.reply()
            finally:
                await response.aclose()
        except (httpx.TransportError, UnusableAnswer) as error:
            return no_reply(error, send)
