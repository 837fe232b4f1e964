"""How tests tell the service what to do, and ask what became of it: below /_control, for no client's eyes."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tests.service.api import OPERATIONS, World
from tests.service.faults import FAULTS
from tests.service.library import Account, Planned
from tests.service.refusal import Refusal
from tests.service.settings import Fault, Settings

_LOOK_AGAIN = 0.005  # seconds between two looks at whether a call has come


class Control:
    """The hand that rules the accounts' fate."""

    def __init__(self, world: World, defaults: Settings) -> None:
        self._world = world
        self._defaults = defaults
        self._folders = Mount("/_files", routes=[])

    def routes(self) -> list[Route | Mount]:
        """The control's paths."""

        def at(path: str, endpoint: Callable[[Request], Awaitable[Response]], *verbs: str) -> Route:
            return Route(f"/_control{path}", endpoint, methods=verbs)

        return [
            at("/accounts", self._open, "POST"),
            at("/accounts/{key}/settings", self._configure, "PATCH"),
            at("/accounts/{key}/faults", self._fail, "PUT", "POST"),
            at("/accounts/{key}/state", self._state, "GET"),
            at("/accounts/{key}/seen", self._seen, "GET"),
            at("/accounts/{key}/sessions/{sid}", self._end_session, "POST"),
            at("/folders", self._serve, "POST"),
            self._folders,
        ]

    def _account(self, request: Request) -> Account:
        return self._world.accounts[request.path_params["key"]]

    async def _open(self, request: Request) -> Response:
        key = f"sk-orca-{secrets.token_hex(20)}"
        settings = _changed(self._defaults, await request.json())
        self._world.accounts[key] = Account(settings, time.time)
        return JSONResponse({"key": key})

    async def _configure(self, request: Request) -> Response:
        account = self._account(request)
        account.settings = _changed(account.settings, await request.json())
        return Response(status_code=204)

    async def _fail(self, request: Request) -> Response:
        account = self._account(request)
        planned = msgspec.json.decode(await request.body(), type=list[Fault])
        for fault in planned:
            names = (fault.fault,) if isinstance(fault.fault, str) else fault.fault
            if not names or set(names) - set(FAULTS) or fault.operation not in ("*", *OPERATIONS):
                return JSONResponse({"error": f"there is no such fault: {fault}"}, 400)
        if request.method == "PUT":
            account.faults.clear()
        account.faults.extend(Planned(fault) for fault in planned)
        return Response(status_code=204)

    async def _state(self, request: Request) -> Response:
        return JSONResponse(_state(self._account(request)))

    async def _seen(self, request: Request) -> Response:
        query, account = request.query_params, self._account(request)
        until = time.monotonic() + float(query["wait"])
        while True:
            calls = [call for call in account.calls if query["operation"] in ("*", call.operation)]
            count = sum(query["phase"] == "arrived" or call.phase != "arrived" for call in calls)
            if count >= int(query["count"]) or time.monotonic() > until:
                return JSONResponse({"count": count})
            await asyncio.sleep(_LOOK_AGAIN)

    async def _end_session(self, request: Request) -> Response:
        account, said = self._account(request), await request.json()
        session = account.session(request.path_params["sid"])
        verified = said["status"] == "success"
        try:
            account.end_session(session, verified=verified, person=said["person"], name=said["name"])
        except Refusal as refusal:
            return refusal.response()
        return JSONResponse(session.shown())

    async def _serve(self, request: Request) -> Response:
        path, name = Path((await request.json())["path"]), secrets.token_hex(8)
        self._folders.routes.append(Mount(f"/{name}", StaticFiles(directory=path)))
        return JSONResponse({"url": str(request.base_url.replace(path=f"/_files/{name}/"))})


def _changed(settings: Settings, changes: dict[str, Any]) -> Settings:
    return msgspec.convert({**msgspec.to_builtins(settings), **changes}, Settings)


def _state(account: Account) -> dict[str, Any]:
    """All of an account."""
    assets = [
        {
            **asset.shown(account.clock()),
            "Name": asset.name,
            "GivenURL": asset.url,
            "Sha256": asset.sha256,
            "Deleted": asset.deleted is not None,
            "Moderated": asset.moderated,
        }
        for asset in account.assets.values()
    ]
    groups = [
        {**group.shown(), "Description": group.description, "Deleted": group.deleted is not None}
        for group in account.groups.values()
    ]
    return {
        "assets": assets,
        "groups": groups,
        "sessions": [session.shown() for session in account.sessions.values()],
        "creates": len(account.assets),
        "calls": Counter(call.operation for call in account.calls),
        "last_call": account.calls[-1].operation if account.calls else "",
        "faults": Counter(call.fault for call in account.calls if call.fault),
        "faults_worked": Counter(call.fault for call in account.calls if call.phase != "arrived"),
        "statuses": Counter(str(call.status) for call in account.calls),
        "most_a_second": {sort: rate.most for sort, rate in account.rates.items()},
    }
