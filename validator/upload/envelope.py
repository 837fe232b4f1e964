"""What an answer says of an error, in whichever of the shapes it is wrapped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from validator.upload.exchange import Reply
from validator.upload.reading import Nonsense, load
from validator.upload.vendor_codes import vendor_code_in
from validator.upload.wording import LONGEST_CODE, harmless

_READ_AT_MOST = 20_000  # characters of a message that are looked through
# A vendor's code that we do not know: after the word, or after the marker of a gateway.
_CODE_IN_MESSAGE = re.compile(
    r'"?\b[Cc]ode"?\s*[:=]\s*"?([A-Z][A-Za-z]*[a-z][\w.]{0,60})'
    r"|^(?:\[[^\]]{0,40}\]\s*)?([A-Z][a-z]+(?:[A-Z.][a-z]*){1,20}):\s"
)
_REQUEST_IDS = ("x-request-id", "x-oneapi-request-id", "x-tt-logid", "request-id")
_RESULTS = ("Id", "Items", "session_id")


@dataclass(frozen=True)
class Said:
    """An error in the service's words, which hold nothing secret and do nothing but show.

    `vendor`: the code of the vendor behind it, if there is one; `code`: that, or the service's own.
    """

    message: str = ""
    code: str = ""
    vendor: str = ""
    request_id: str = ""


def error_in(payload: Any) -> Any:
    """The error inside of an answer that says all is well; `None` where there is none.

    >>> error_in({"error": {"code": "FpsTooHigh"}}), error_in({"Id": "asset-1", "Error": {"Code": "x"}})
    ({'code': 'FpsTooHigh'}, None)
    """
    if not isinstance(payload, dict) or any(payload.get(name) for name in _RESULTS):
        return None
    return _wrapped(payload) or (payload if _is_one_itself(payload) else None)


def said(reply: Reply, hide: Callable[[str], str], error: Any = None) -> Said:
    """What a reply says of its error.

    Args:
        reply: whose body is looked at, if `error` is not given.
        hide: takes the key out of a text.
        error: as `error_in` found it.
    """
    if error is None:
        try:
            payload = load(reply.body)
        except Nonsense:
            payload = _plain_text(reply)
        error = _wrapped(payload) or payload
    table = error if isinstance(error, Mapping) else {"message": error}
    message = _first(table, "message", "Message", "msg", "detail", "error_description")
    own = _first(table, "code", "Code") or _first(table, "type", "Type")
    vendor = vendor_code_in(own[:_READ_AT_MOST]) or vendor_code_in(message)
    embedded = _CODE_IN_MESSAGE.search(message)
    code = vendor or (embedded[1] or embedded[2] if embedded else own)
    return Said(
        harmless(message, hide),
        harmless(code, hide, LONGEST_CODE),
        vendor,
        harmless(_request_id(reply, table), hide, LONGEST_CODE),
    )


def _wrapped(payload: Any) -> Any:
    if not isinstance(payload, dict):
        return None
    metadata = payload.get("ResponseMetadata")
    inner = metadata.get("Error") if isinstance(metadata, dict) else None
    return payload.get("error") or payload.get("Error") or inner


def _is_one_itself(payload: Mapping[str, Any]) -> bool:
    code = payload.get("code", payload.get("Code"))
    failing = isinstance(code, str) and code.lower() not in ("", "0", "ok", "success", "200")
    failing = failing or (type(code) is int and code >= 400)
    return payload.get("success") is False or (failing and bool(_first(payload, "message", "Message", "msg")))


def _plain_text(reply: Reply) -> str:
    """A body that is no JSON, unless it is a page, which says nothing in a sentence."""
    text = reply.body[:_READ_AT_MOST].decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else text


def _first(table: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds text or a number."""
    for name in names:
        value = table.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()[:_READ_AT_MOST]
        if type(value) is int and abs(value) < 10**15:
            return str(value)
    return ""


def _request_id(reply: Reply, table: Mapping[str, Any]) -> str:
    for name in _REQUEST_IDS:
        if reply.headers.get(name):
            return reply.headers[name]
    return _first(table, "request_id", "RequestId")
