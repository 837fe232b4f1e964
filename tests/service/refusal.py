"""What the service refuses, and how it says so."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "insufficient_balance",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    502: "upstream_error",
}


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        param: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.headers = headers
        super().__init__(message)

    def response(self) -> JSONResponse:
        """The answer as it is sent."""
        body = error_body(self.code, self.message, _TYPES.get(self.status, "server_error"), self.param)
        return JSONResponse(body, self.status, self.headers)


def error_body(code: str, message: str, kind: str, param: str | None = None) -> dict[str, Any]:
    """The service's own shape of an error."""
    return {"error": {"message": message, "type": kind, "code": code, "param": param}}


def invalid(message: str, param: str) -> Refusal:
    """A request that is not as documented."""
    return Refusal(400, "InvalidParameter", message, param=param)


def missing(what: str, identity: str) -> Refusal:
    """Nothing by this id. Upstream's words come behind a marker."""
    return Refusal(404, f"NotFound.{what}", f"[upstream] The specified {what} {identity!r} is not found.")
