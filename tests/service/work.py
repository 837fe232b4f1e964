"""What goes on behind a create: the service fetches the URL, looks at the file, and settles the asset."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping

import httpx

from tests.service.library import Account, Asset
from tests.service.review import Rejected, compare_faces, review

_MOST_BYTES = 60_000_000
_PIECE = 1 << 16
_LOOK_AGAIN = 0.2  # seconds until it is asked again whether an asset may settle


class Work:
    """Processes assets in the background, some at a time."""

    def __init__(self, at_once: int = 4) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(follow_redirects=True, trust_env=False)

    def begin(self, account: Account, asset: Asset) -> None:
        """Start with an asset."""
        task = asyncio.create_task(self._settle(account, asset))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Stop, whatever is left."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def _settle(self, account: Account, asset: Asset) -> None:
        settings = account.settings
        due = time.monotonic() + settings.processing_seconds * (2 if asset.type == "Video" else 1)
        try:
            async with self._places, asyncio.timeout(settings.download_seconds):
                data = await self._fetched(asset.url)
            asset.sha256 = hashlib.sha256(data).hexdigest()
            await asyncio.to_thread(review, data, asset.type)
            if asset.group.person and asset.type == "Image":
                compare_faces(data, asset.group.person)
            _reject_by_name(asset.name, settings.rejects, settings.reject_message)
            status, error = "Active", None
        except Rejected as why:
            status, error = "Failed", {"Code": why.code, "Message": why.message}
        except TimeoutError:
            status, error = "Failed", {"Code": "DownloadFailed", "Message": "timeout while fetching resource"}
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        while any(part in asset.name for part in account.settings.stuck):
            await asyncio.sleep(_LOOK_AGAIN)
        asset.settle(status, account.clock(), error)

    async def _fetched(self, url: str) -> bytes:
        data = bytearray()
        try:
            async with self._client.stream("GET", url) as response:
                if response.status_code != 200:
                    raise Rejected("DownloadFailed", f"fetching the resource: status {response.status_code}")
                async for piece in response.aiter_bytes(_PIECE):
                    data += piece
                    if len(data) > _MOST_BYTES:
                        raise Rejected("FileSizeTooLarge", "the asset is too large")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Rejected(
                "DownloadFailed", f"error while fetching resource: {type(error).__name__}"
            ) from None
        return bytes(data)


def _reject_by_name(name: str, rejects: Mapping[str, str], message: str) -> None:
    for part, code in rejects.items():
        if part in name:
            raise Rejected(code, message)
