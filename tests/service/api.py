"""The documented operations of the asset library, and the inferred ones, over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.service.faults import Connection, Hang_up, fail
from tests.service.library import AIGC, REAL_HUMAN, Account, Call
from tests.service.refusal import Refusal, invalid
from tests.service.settings import Fault
from tests.service.work import Work

_TYPES = (AIGC, REAL_HUMAN)
_STATUSES = {"Processing", "Active", "Failed"}
_PAGING = {"page_number", "page_size", "sort_by", "sort_order"}


@dataclass
class World:
    """Everything that the service knows."""

    work: Work
    hang_up: Hang_up
    accounts: dict[str, Account] = field(default_factory=dict)


Handler = Callable[[World, Account, Request], Awaitable[Response]]


@dataclass(frozen=True)
class Endpoint:
    """One operation: who asks, whether it fails, whether it comes too often, and then its work."""

    world: World
    operation: str
    sort: str
    handler: Handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or not."""
        request = Request(scope, receive)
        await request.body()
        try:
            account = self._account(request)
        except Refusal as refusal:
            await refusal.response()(scope, receive, send)
            return
        call = Call(len(account.calls) + 1, self.operation, account.clock())
        account.calls.append(call)

        async def work() -> Response:
            answer = await self._answer(account, request)
            call.phase = "worked"
            return answer

        connection = Connection(scope, receive, send, self.world.hang_up)
        response = await self._failing(account, call, connection, work)
        call.phase = "answered" if response is not None else f"{call.phase}, dropped"
        if response is not None:
            call.status = response.status_code
            await response(scope, receive, send)

    async def _failing(
        self, account: Account, call: Call, connection: Connection, work: Callable[[], Awaitable[Response]]
    ) -> Response | None:
        chosen: tuple[str, Fault] | None = None
        for planned in account.faults:
            name = planned.take(self.operation)
            if name is not None and chosen is None:
                chosen = name, planned.fault
        if chosen is None:
            return await work()
        call.fault = chosen[0]
        return await fail(*chosen, connection, work)

    async def _answer(self, account: Account, request: Request) -> Response:
        settings = account.settings
        limits = {
            "creates": settings.creates_a_second,
            "lists": settings.lists_a_second,
            "gets": settings.gets_a_second,
        }
        if not account.rates[self.sort].takes(limits[self.sort], account.clock()):
            words = "[upstream] Request rate limit exceeded."
            return Refusal(429, "RequestRateLimitExceeded", words, headers={"Retry-After": "1"}).response()
        try:
            return await self.handler(self.world, account, request)
        except Refusal as refusal:
            return refusal.response()

    def _account(self, request: Request) -> Account:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        account = self.world.accounts.get(key) if scheme == "Bearer" else None
        if account is None:
            raise Refusal(401, "invalid_api_key", "The API key is missing or wrong.")
        if account.settings.key_expired:
            raise Refusal(401, "invalid_api_key", "The API key has expired.")
        return account


async def _body(request: Request, required: Mapping[str, int], optional: Mapping[str, int]) -> dict[str, Any]:
    """A request's JSON: text fields and how long each may be (0: no text, or any)."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise invalid("The body must be application/json.", "body")
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise invalid("The body is no JSON.", "body") from None
    if not isinstance(body, dict):
        raise invalid("The body must be an object.", "body")
    known = {**required, **optional}
    for name, value in body.items():
        if name not in known:
            raise invalid(f"Unknown field {name}.", name)
        if known[name] and not isinstance(value, str):
            raise invalid(f"{name} must be a string.", name)
        if known[name] and len(value) > known[name]:
            raise invalid(f"{name} must not be longer than {known[name]} characters.", name)
    for name in required:
        if not body.get(name):
            raise invalid(f"{name} is required.", name)
    return body


def _query(request: Request, known: set[str]) -> Mapping[str, str]:
    for name in request.query_params:
        if name not in known:
            raise invalid(f"Unknown parameter {name}.", name)
    return request.query_params


def _one_of(value: str, choices: tuple[str, ...], name: str) -> str:
    if value not in choices:
        raise invalid(f"{name} must be one of {', '.join(choices)}.", name)
    return value


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(query.get(name, default))
    except ValueError:
        raise invalid(f"{name} must be a number.", name) from None


def _page(
    account: Account, query: Mapping[str, str], items: list[dict[str, Any]], keys: tuple[str, ...]
) -> Response:
    key = _one_of(query.get("sort_by", keys[0]), keys, "sort_by")
    order = _one_of(query.get("sort_order", "Desc"), ("Desc", "Asc"), "sort_order")
    number, size = _number(query, "page_number", 1), _number(query, "page_size", 10)
    return JSONResponse(account.page(items, number, size, key, ascending=order == "Asc"))


async def _create_group(_world: World, account: Account, request: Request) -> Response:
    account.require_rights(AIGC)
    body = await _body(request, {"Name": 64}, {"Description": 300})
    await asyncio.sleep(account.settings.create_seconds)
    return JSONResponse({"Id": account.create_group(body["Name"], body.get("Description", "")).id})


async def _list_groups(_world: World, account: Account, request: Request) -> Response:
    query = _query(request, {"group_type", "name"} | _PAGING)
    group_type = _one_of(query.get("group_type", REAL_HUMAN), _TYPES, "group_type")
    account.require_rights(group_type)
    items = [group.shown() for group in account.list_groups(group_type, query.get("name", ""))]
    return _page(account, query, items, ("CreateTime", "UpdateTime"))


async def _update_group(_world: World, account: Account, request: Request) -> Response:
    group = account.group(request.path_params["gid"])
    body = await _body(request, {}, {"Name": 64, "Description": 300})
    group.name = body.get("Name") or group.name
    group.description = body.get("Description", group.description)
    group.updated = account.clock()
    return JSONResponse({"Id": group.id})


async def _delete_group(_world: World, account: Account, request: Request) -> Response:
    account.delete_group(account.group(request.path_params["gid"]))
    return JSONResponse({})


async def _create_asset(world: World, account: Account, request: Request) -> Response:
    body = await _body(
        request, {"GroupId": 200, "URL": 8000, "AssetType": 20}, {"Name": 1000, "Moderation": 0}
    )
    group = account.group(body["GroupId"])
    account.require_rights(group.type)
    _one_of(body["AssetType"], ("Image", "Video", "Audio"), "AssetType")
    parts = urlsplit(body["URL"])
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("URL must be a public web address.", "URL")
    moderation = body.get("Moderation", {})
    if moderation not in ({}, {"Strategy": "Skip"}):
        raise invalid("Moderation.Strategy must be Skip.", "Moderation")
    await asyncio.sleep(account.settings.create_seconds)
    asset = account.create_asset(
        group, body["URL"], body["AssetType"], body.get("Name", ""), moderated=not moderation
    )
    world.work.begin(account, asset)
    return JSONResponse({"Id": asset.id})


async def _list_assets(_world: World, account: Account, request: Request) -> Response:
    query = _query(request, {"group_type", "group_id", "statuses", "name"} | _PAGING)
    group_type = _one_of(query.get("group_type", REAL_HUMAN), _TYPES, "group_type")
    group_id = query.get("group_id", "")
    account.require_rights(account.group(group_id).type if group_id else group_type)
    statuses = [status for status in query.get("statuses", "").split(",") if status]
    if set(statuses) - _STATUSES:
        raise invalid("statuses must be of Processing, Active and Failed.", "statuses")
    items = account.list_assets(group_type, group_id, statuses, query.get("name", ""))
    return _page(account, query, items, ("CreateTime", "UpdateTime", "GroupId"))


async def _get_asset(_world: World, account: Account, request: Request) -> Response:
    return JSONResponse(account.asset(request.path_params["aid"]).shown(account.clock()))


async def _delete_asset(_world: World, account: Account, request: Request) -> Response:
    account.delete_asset(account.asset(request.path_params["aid"]))
    return Response(status_code=204)


async def _start_session(_world: World, account: Account, request: Request) -> Response:
    account.require_rights(REAL_HUMAN)
    body = await _body(request, {}, {"return_url": 2000}) if await request.body() else {}
    session = account.start_session(body.get("return_url", ""))
    link = str(request.base_url.replace(path=f"/h5/{session.token}"))
    return JSONResponse({"session_id": session.id, "h5_link": link, "status": session.status})


async def _get_session(_world: World, account: Account, request: Request) -> Response:
    return JSONResponse(account.session(request.path_params["sid"]).shown())


_OPERATIONS: tuple[tuple[str, str, str, str, Handler], ...] = (
    ("create-group", "POST", "/asset/groups", "creates", _create_group),
    ("list-groups", "GET", "/asset/groups", "lists", _list_groups),
    ("update-group", "PATCH", "/asset/groups/{gid}", "lists", _update_group),
    ("delete-group", "DELETE", "/asset/groups/{gid}", "lists", _delete_group),
    ("create-asset", "POST", "/asset/files", "creates", _create_asset),
    ("list-assets", "GET", "/asset/files", "lists", _list_assets),
    ("get-asset", "GET", "/asset/files/{aid}", "gets", _get_asset),
    ("delete-asset", "DELETE", "/asset/files/{aid}", "lists", _delete_asset),
    ("start-session", "POST", "/asset/real-human/sessions", "creates", _start_session),
    ("get-session", "GET", "/asset/real-human/sessions/{sid}", "gets", _get_session),
)
OPERATIONS = tuple(name for name, *_ in _OPERATIONS)


def routes(world: World) -> list[Route]:
    """All operations below /v1, and the page that a person opens to be verified."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for name, verb, path, sort, handler in _OPERATIONS:
        by_path.setdefault(path, {})[verb] = Endpoint(world, name, sort, handler)
    asset = [Route(f"/v1{path}", _Verbs(verbs)) for path, verbs in by_path.items()]
    return [*asset, Route("/h5/{token}", _person_page(world))]


@dataclass(frozen=True)
class _Verbs:
    """One path, which takes several verbs."""

    endpoints: Mapping[str, Endpoint]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self.endpoints.get(scope["method"])
        if endpoint is None:
            refusal = Refusal(405, "MethodNotAllowed", f"The method {scope['method']} is not allowed.")
            await refusal.response()(scope, receive, send)
        else:
            await endpoint(scope, receive, send)


def _person_page(world: World) -> Callable[[Request], Awaitable[Response]]:
    """What a person's browser sees; `?outcome=success` or `failed` is what `person` does there."""

    async def page(request: Request) -> Response:
        for account in world.accounts.values():
            for session in account.sessions.values():
                if session.token == request.path_params["token"]:
                    outcome = request.query_params.get("outcome")
                    if outcome is None:
                        return HTMLResponse("<!DOCTYPE html><title>Show your face</title>")
                    person = request.query_params.get("person", "ada")
                    try:
                        account.end_session(session, verified=outcome == "success", person=person)
                    except Refusal as refusal:
                        return refusal.response()
                    about = {"status": session.status, **session.shown()}
                    return RedirectResponse(f"{session.return_url or '/h5-done'}?{urlencode(about)}", 302)
        return HTMLResponse("<!DOCTYPE html><title>No such link</title>", 404)

    return page
