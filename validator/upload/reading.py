"""The service's answers as typed records: whatever it writes becomes one, or is said to make no sense."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Generic, NoReturn, TypeVar

from validator.model import GroupKind, Kind
from validator.upload.records import AssetGroup, Failure, RegisteredAsset, VerificationSession

_T = TypeVar("_T")
_MILLISECONDS = 10**11  # seconds since 1970 reach this in the year 5138
_ID = re.compile(r"[A-Za-z0-9._~:@!$&'()*+,;=\-]{1,200}")
ADDRESS = "see whether ORCAROUTER_BASE_URL or base-url in [service] is right (does it end in /v1?)"
"""What to do where somebody else seems to answer."""

GROUP_KINDS: Mapping[str, GroupKind] = MappingProxyType(
    {
        "aigc": GroupKind.VIRTUAL,
        "virtual": GroupKind.VIRTUAL,
        "livenessface": GroupKind.REAL_HUMAN,
        "realhuman": GroupKind.REAL_HUMAN,
    }
)


class Nonsense(Exception):
    """An answer that cannot be what was asked for; says in words why."""


@dataclass(frozen=True)
class Page(Generic[_T]):
    """A part of a list. `total` and `size` are what the service says, if it says anything."""

    items: tuple[_T, ...]
    total: int | None = None
    size: int | None = None


def load(body: bytes) -> Any:
    """The JSON value in a body; `None` for an empty one.

    Raises:
        Nonsense: it is no JSON.

    >>> load(b'{"Id": "asset-1"}'), load(b" ")
    ({'Id': 'asset-1'}, None)
    """
    if not body.strip():
        return None
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # also: no UTF-8, or a number of thousands of digits
        is_page = body.lstrip()[:1] == b"<"
        raise Nonsense(f"it is a web page; {ADDRESS}" if is_page else "it is no JSON") from None


def nothing(_: Any) -> None:
    """The answer to what answers with nothing of interest."""


def created_id(payload: Any) -> str:
    """The id of what was created.

    Raises:
        Nonsense: there is none, or none that can be asked for.

    >>> created_id({"Id": "asset-1"})
    'asset-1'
    """
    found = _identity(_table(payload), "Id")
    if not is_id(found):
        raise Nonsense("its Id can name nothing")
    return found


def is_id(text: str) -> bool:
    """Whether a text can be the id of something: visible ASCII, no longer than any id, one part of a path.

    >>> is_id("asset-20260318033332-ab12c"), is_id(".."), is_id("asset/1"), is_id("")
    (True, False, False, False)
    """
    return _ID.fullmatch(text) is not None and text.strip(".") != ""


def group(payload: Any, asked: GroupKind | None = None) -> AssetGroup:
    """A group; `asked`: the kind that was asked for, where the answer names none.

    Raises:
        Nonsense: it has no id.

    >>> group({"Id": "group-1", "Name": "Ada", "GroupType": "AIGC", "Colour": "teal"}).extra
    {'Colour': 'teal'}
    """
    fields = _Fields(_table(payload))
    return AssetGroup(
        fields.identity("Id"),
        fields.text("Name"),
        fields.understood("GroupType", _group_kind) or asked,
        fields.text("Description"),
        fields.text("ProjectName"),
        fields.understood("CreateTime", moment),
        fields.understood("UpdateTime", moment),
        fields.rest(),
    )


def asset(payload: Any, asked: str = "") -> RegisteredAsset:
    """An asset; `asked`: the id of the only one that it can be.

    Raises:
        Nonsense: it has no id, or is another one.

    >>> asset({"Id": "asset-1", "Status": "Failed", "Error": {"Code": "FpsTooHigh"}}).failure
    Failure(code='FpsTooHigh', message='')
    """
    fields = _Fields(_table(payload))
    identity = fields.identity("Id")
    if asked and identity != asked:
        raise Nonsense("it is about another asset than the one that was asked for")
    return RegisteredAsset(
        identity,
        fields.text("Name"),
        fields.understood("AssetType", _kind),
        fields.text("Status"),
        fields.text("GroupId"),
        fields.text("URL"),
        fields.understood("CreateTime", moment),
        fields.understood("UpdateTime", moment),
        fields.understood("Error", _failure) or fields.understood("error", _failure),
        fields.rest(),
    )


def session(payload: Any, asked: str = "") -> VerificationSession:
    """A verification; `asked`: its id, where the answer names none.

    Raises:
        Nonsense: it has no id, that of another, or no status.

    >>> session({"session_id": "s-1", "status": "success", "group_id": "group-1"}).group_id
    'group-1'
    """
    fields = _Fields(_table(payload))
    status = fields.text("status")
    if not status:
        raise Nonsense("it has no status")
    identity = fields.text("session_id") or asked or fields.identity("session_id")
    if asked and identity != asked:
        raise Nonsense("it is about another session than the one that was asked for")
    return VerificationSession(
        identity,
        status.lower(),
        fields.text("h5_link"),
        fields.text("group_id"),
        fields.rest(),
    )


def started_session(payload: Any) -> VerificationSession:
    """A verification that has just begun.

    Raises:
        Nonsense: it has no id that can be asked for, no status, or no page that the person could open.

    >>> started_session({"session_id": "s-1", "status": "pending", "h5_link": "https://h/x"}).id
    's-1'
    """
    found = session(payload)
    if not is_id(found.id):
        raise Nonsense("its session_id can name nothing")
    if not found.link.strip():
        raise Nonsense("it has no h5_link")
    return found


def page(payload: Any, item: Callable[[Any], _T]) -> Page[_T]:
    """A part of a list, its items read by `item`.

    Raises:
        Nonsense: it holds no list, or an item of it makes no sense.

    >>> page({"Items": [{"Id": "group-1"}], "TotalCount": 1}, group).total
    1
    """
    table = _table(payload)
    items = table.get("Items")
    if items is None and _count(table.get("TotalCount")) == 0:
        items = []
    if not isinstance(items, list):
        raise Nonsense("it holds no list of items")
    return Page(
        tuple(item(each) for each in items), _count(table.get("TotalCount")), _count(table.get("PageSize"))
    )


def moment(value: Any) -> datetime | None:
    """A time, in UTC; one without a zone is UTC, a number is seconds or milliseconds since 1970.

    >>> moment("2026-03-18T03:33:32Z") == moment("2026-03-18 11:33:32+0800") == moment(1773804812)
    True
    >>> moment("soon")
    """
    try:
        if isinstance(value, str):
            text = value.strip()
            if text.isascii() and text.isdigit() and len(text) > 8:
                return moment(int(text))
            found = datetime.fromisoformat(text.removesuffix(" UTC"))
            # UTC has no time for those at both ends of the calendar of another zone.
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


class _Fields:
    """Takes the known fields out of a table; the rest is kept as it is."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._left = dict(table)

    def identity(self, name: str) -> str:
        return _identity(self._left, name, self._left)

    def text(self, name: str) -> str:
        value = self._left.get(name)
        if value is None or isinstance(value, str):
            self._left.pop(name, None)
        return value if isinstance(value, str) else ""

    def understood(self, name: str, read: Callable[[Any], _T | None]) -> _T | None:
        """What `read` makes of it; what it makes nothing of stays with the rest."""
        value = self._left.get(name)
        found = None if value is None else read(value)
        if found is not None or value is None:
            self._left.pop(name, None)
        return found

    def rest(self) -> Mapping[str, Any]:
        return self._left


def _table(payload: Any) -> Mapping[str, Any]:
    if not isinstance(payload, dict):
        raise Nonsense("it is no JSON object")
    return payload


def _identity(table: Mapping[str, Any], name: str, taken_from: dict[str, Any] | None = None) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Nonsense(f"it has no {name}")
    if taken_from is not None:
        del taken_from[name]
    return value


def _kind(value: Any) -> Kind | None:
    try:
        return Kind(value.lower()) if isinstance(value, str) else None
    except ValueError:
        return None


def _group_kind(value: Any) -> GroupKind | None:
    return (
        GROUP_KINDS.get(value.lower().replace("_", "").replace("-", "")) if isinstance(value, str) else None
    )


def _failure(value: Any) -> Failure | None:
    if isinstance(value, str) and value:
        return Failure(value)
    if not isinstance(value, dict):
        return None
    code, message = (_first_text(value, name, name.lower()) for name in ("Code", "Message"))
    return Failure(code, message) if code or message else None


def _first_text(table: Mapping[str, Any], *names: str) -> str:
    return next((table[name] for name in names if isinstance(table.get(name), str)), "")


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
