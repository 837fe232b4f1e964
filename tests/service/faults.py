"""The ways in which the service fails, by name.

Before the work, which is then not done: `429`, `500`, `502`, `503`, `504`, `502-vendor` (a gateway's, around
a vendor's error), `400-vendor`, `200-error` (an error in the body of a 200), `401`, `402`, `403`,
`403-quota`, `404`, `drop` (the connection), `hang`, `delay`. After the work: `lose-answer` (drop the
connection), `500-after`, `502-after`, `503-after`, `504-after`, `unreadable` (a web page with status 200),
`truncate` (half an answer), `hang-after`, `delay-after`. A delay goes on as if nothing had been.
Whatever is said is in the words that the fault is given, if it is given any.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.service.refusal import Refusal, error_body
from tests.service.settings import Fault

Hang_up = Callable[[Scope], None]
"""Closes the connection of a request, whatever is still to be sent."""

_WORDS = "The request could not be served."


@dataclass(frozen=True)
class Connection:
    """One request's connection."""

    scope: Scope
    receive: Receive
    send: Send
    hang_up: Hang_up

    async def drop(self) -> None:
        """Close it, and let the server notice."""
        self.hang_up(self.scope)
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def hang(self, seconds: float) -> None:
        """Say nothing until the client leaves, or for that long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (await self.receive())["type"] != "http.disconnect":
                    pass
                return
        await self.drop()

    async def halve(self, response: Response) -> None:
        """Send half of an answer."""
        await self.send(
            {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
        )
        body = bytes(response.body)
        await self.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await self.drop()


def _vendor_body(fault: Fault) -> dict[str, Any]:
    """A vendor's error in one of the ways in which gateways wrap it."""
    message = fault.message or "The request failed."
    upstream = {"ResponseMetadata": {"Error": {"Code": fault.code, "Message": message}}}
    shapes: Mapping[str, Callable[[], dict[str, Any]]] = {
        "code": lambda: error_body(fault.code, f"[upstream] {message}", "upstream_error"),
        "text": lambda: error_body(
            "bad_response_status_code", f"[upstream] {fault.code}: {message}", "upstream_error"
        ),
        "json": lambda: error_body(
            "bad_response_status_code", f"[upstream] {json.dumps(upstream)}", "upstream_error"
        ),
        "upstream": lambda: upstream,
    }
    return shapes[fault.shape]()


def _limited(fault: Fault) -> Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else None
    message = fault.message or "Too many requests."
    return Refusal(429, "RateLimitExceeded", message, headers=headers).response()


def _refusal(status: int, code: str, message: str = _WORDS) -> Callable[[Fault], Response]:
    return lambda fault: Refusal(status, code, fault.message or message).response()


def _web_page(fault: Fault) -> Response:
    return HTMLResponse(f"<!DOCTYPE html><title>{fault.message or 'One moment, please'}</title>")


_FAILURES = {status: _refusal(status, "InternalServiceError") for status in (500, 502, 503, 504)}
_BEFORE: dict[str, Callable[[Fault], Response]] = {
    **{str(status): answer for status, answer in _FAILURES.items()},
    "429": _limited,
    "502-vendor": lambda fault: JSONResponse(_vendor_body(fault), 502),
    "400-vendor": lambda fault: JSONResponse(_vendor_body(fault), 400),
    "200-error": lambda fault: JSONResponse(_vendor_body(fault), 200),
    "401": _refusal(401, "invalid_api_key", "The API key has expired."),
    "402": _refusal(402, "InsufficientBalance", "The account balance is not sufficient."),
    "403": _refusal(403, "PermissionDenied", "The account has no permission for this."),
    "403-quota": _refusal(403, "QuotaExceeded", "The asset quota of this account is exceeded."),
    "404": _refusal(404, "NotFound", "[upstream] The specified resource is not found."),
}
_AFTER: dict[str, Callable[[Fault], Response]] = {
    **{f"{status}-after": answer for status, answer in _FAILURES.items()},
    "unreadable": _web_page,
}
FAULTS = (*_BEFORE, *_AFTER, "drop", "hang", "delay", "lose-answer", "hang-after", "delay-after", "truncate")


async def fail(
    name: str, fault: Fault, connection: Connection, work: Callable[[], Awaitable[Response]]
) -> Response | None:
    """What is to be answered in place of the work's own answer; `None` where nothing more is."""
    if name in _BEFORE:
        return _BEFORE[name](fault)
    if name in ("drop", "hang"):
        await _say_nothing(name, fault, connection)
        return None
    if name == "delay":
        await asyncio.sleep(fault.seconds)
    response = await work()
    if name == "delay-after":
        await asyncio.sleep(fault.seconds)
    elif name in _AFTER:
        response = _AFTER[name](fault)
    elif name != "delay":
        await (connection.halve(response) if name == "truncate" else _say_nothing(name, fault, connection))
        return None
    return response


async def _say_nothing(name: str, fault: Fault, connection: Connection) -> None:
    if name.startswith("hang"):
        await connection.hang(fault.seconds)
    else:
        await connection.drop()
