"""Both clients behind one face, a clock that moves while somebody waits, and servers that say as told."""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl

from tests.intake.servers import answer, serving
from validator.upload import AssetClient, AsyncAssetClient, Service

KEY = "sk-orca-0123456789abcdef"
GROUP = "group-20260318033332-ab12c"
NAME = "face-0123456789abcdef"
URL = "https://cdn.example/face.png"
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Seconds that pass only while somebody sleeps."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(seconds)
        self.seconds += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)

    @property
    def waits(self) -> list[float]:
        """Without those that only keep the pace."""
        return [seconds for seconds in self.slept if seconds > 0.05]


class Face:
    """The methods of an `AsyncAssetClient`, for tests that do not know which client they have."""

    def __init__(self, client: AsyncAssetClient, runner: asyncio.Runner) -> None:
        self._client = client
        self._runner = runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(*args: Any, **options: Any) -> Any:
            result = method(*args, **options)
            return self._pulled(result) if inspect.isasyncgen(result) else self._runner.run(result)

        return call

    def __repr__(self) -> str:
        return repr(self._client)

    def _pulled(self, items: AsyncIterator[Any]) -> Iterator[Any]:
        async def following() -> Any:
            return await anext(items)

        while True:
            try:
                yield self._runner.run(following())
            except StopAsyncIteration:
                return


@dataclass
class Clients:
    """Makes clients of one sort, and closes them."""

    sort: str
    clock: Clock = field(default_factory=Clock)
    _closers: list[Callable[[], object]] = field(default_factory=list)

    def __call__(self, base_url: str, *, clock: Clock | None = None, **seams: Any) -> AssetClient:
        """A client with the clock of the test."""
        clock = clock or self.clock
        given: dict[str, Any] = {"clock": clock, "now": clock.now, "random": lambda: 1.0, **seams}
        service = given.pop("service", None) or Service(base_url)
        key = given.pop("key", KEY)
        if self.sort == "sync":
            client = AssetClient(key, service=service, **{"sleep": clock.sleep, **given})
            self._closers.append(client.close)
            return client
        runner = asyncio.Runner()
        behind = AsyncAssetClient(key, service=service, **{"sleep": clock.asleep, **given})
        self._closers += [runner.close, lambda: runner.run(behind.aclose())]
        return cast("AssetClient", Face(behind, runner))

    def real(self, base_url: str, key: str = KEY, **seams: Any) -> AssetClient:
        """A client that really waits."""
        if self.sort == "sync":
            client = AssetClient(key, service=Service(base_url), **seams)
            self._closers.append(client.close)
            return client
        runner = asyncio.Runner()
        behind = AsyncAssetClient(key, service=Service(base_url), **seams)
        self._closers += [runner.close, lambda: runner.run(behind.aclose())]
        return cast("AssetClient", Face(behind, runner))

    def close(self) -> None:
        """Close what was made, the last first."""
        while self._closers:
            self._closers.pop()()


@dataclass(frozen=True)
class Asked:
    """A request as it came over the wire."""

    verb: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"


Says = bytes | Callable[[Asked], bytes]
"""An answer as it goes over the wire; an empty one drops the connection."""


@dataclass
class Scripted:
    """A server that gives these answers, one to each request, and the last to all that follow."""

    url: str = ""
    answers: list[Says] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def talk(self, connection: socket.socket, head: str) -> None:
        head, _, body = head.partition("\r\n\r\n")
        lines = head.split("\r\n")
        verb, target, _ = lines[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        data = body.encode("latin-1")
        while len(data) < int(headers.get("content-length", 0)):
            data += connection.recv(65536)
        path, _, query = target.partition("?")
        asked = Asked(verb, path, dict(parse_qsl(query)), headers, json.loads(data) if data else None)
        with self._lock:
            self.asked.append(asked)
            says = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        connection.sendall(says if isinstance(says, bytes) else says(asked))

    @property
    def calls(self) -> list[str]:
        """Verbs and paths, in the order they came."""
        return [str(each) for each in self.asked]


@contextmanager
def scripted(*answers: Says) -> Iterator[Scripted]:
    """Such a server."""
    server = Scripted(answers=list(answers))
    with serving(server.talk) as url:
        server.url = f"{url}/v1"
        yield server


def says(payload: Any, status: int = 200, *headers: str) -> bytes:
    """An answer in JSON."""
    body = json.dumps(payload).encode()
    return answer(body, "Content-Type: application/json", "Connection: close", *headers, status=f"{status} X")


def refuses(
    status: int, message: str = "no", code: str | None = None, *headers: str, kind: str = "error"
) -> bytes:
    """An error in the service's own shape."""
    error = {"message": message, "type": kind, "code": code, "param": None}
    return says({"error": error}, status, *headers)


def item(asset_id: str = "asset-1", name: str = NAME, status: str = "Active", **more: Any) -> dict[str, Any]:
    """An asset as the service writes it."""
    return {
        "Id": asset_id,
        "Name": name,
        "AssetType": "Image",
        "Status": status,
        "GroupId": GROUP,
        "URL": "https://tos.example/a?X-Tos-Signature=abcdef",
        "CreateTime": "2026-03-18T03:33:32Z",
        "UpdateTime": "2026-03-18T03:34:32Z",
        **more,
    }


def listed(*items: dict[str, Any], total: int | None = None, size: int = 100) -> dict[str, Any]:
    """A page of a list."""
    return {
        "TotalCount": len(items) if total is None else total,
        "Items": list(items),
        "PageNumber": 1,
        "PageSize": size,
    }


LOST = b""
WEB_PAGE = answer(b"<html>Log in</html>", "Content-Type: text/html", "Connection: close")
